import CLinux
import CMessages
import Dispatch
import Failures
import Glibc

/// The processes that train one model together, each with a rank.
///
/// All of them must call everything here in the same order.
///
/// `@unchecked Sendable`: one thread at a time calls: the coordinator, or the first worker at work while the coordinator waits for the workers; the barriers and
/// the pool's hand-over order their calls.
public final class Ranks: @unchecked Sendable {
  /// From 0. Rank 0 writes all files and says what there is to say.
  public let rank: Int
  /// How many there are.
  public let count: Int
  /// The MPI's name and version.
  public let library: String
  /// Exchanges that have lasted longer end all ranks.
  public var limitSeconds = 120.0
  /// Of exchanges that have lasted longer the first rank says what it waits for.
  public var lateSeconds = Double.infinity
  /// Whether the exchanges of steps carry nothing, and take no time: for a benchmark of computing alone. What is said between steps goes on.
  public var isSilent = false
  private let table: UnsafePointer<lockstep_messages>
  /// Whether all ranks fail for a reason that all of them know.
  private var allFail = false
  /// What this one has exchanged with the others in steps so far.
  public private(set) var traffic = RankTraffic()

  /// Whether this is rank 0.
  public var isFirst: Bool { rank == 0 }

  /// The others that a launcher has started with this process; nil where none has.
  ///
  /// - Parameters:
  ///   - environment: of the process.
  ///   - folder: that of the program.
  ///   - limitSeconds: to wait for the others. Then the process ends, and with it all that its launcher has started.
  /// - Throws: `.usage` when they cannot speak to each other, `.missingInput` without the library that does, `.badData` when it is another version's, `.inputOutput` with MPI's words.
  public static func join(environment: [String: String], folder: String, limitSeconds: Double = 600) throws(Failure) -> Ranks? {
    guard let launcher = try Launcher(environment: environment, folder: folder) else { return nil }
    return try Ranks(library: try launcher.library(), number: launcher.rank, limitSeconds: limitSeconds)
  }

  private init(library path: String, number: Int, limitSeconds: Double) throws(Failure) {
    var words = [CChar](repeating: 0, count: 512)
    guard let table = lockstep_messages_open(path, &words, words.count) else {
      throw Failure(.missingInput, at: path, "cannot be loaded: \(Self.text(words))")
    }
    guard table.pointee.version == LOCKSTEP_MESSAGES_VERSION else {
      throw Failure(.badData, at: path, "is of another version of Lockstep; make it anew with: make mpi")
    }
    self.table = table
    var numbers: (Int32, Int32) = (0, 0)
    let code = Self.limited(to: limitSeconds + Double(Self.turn(of: number)), { Self.end(Self.tooLate(limitSeconds, number, "to begin")) }) {
      table.pointee.begin(&numbers.0, &numbers.1)
    }
    guard code == 0 else {
      table.pointee.error_words(code, &words, Int32(words.count))
      throw Failure(.inputOutput, at: "MPI", "the ranks did not come together: \(Self.text(words))")
    }
    (rank, count) = (Int(numbers.0), Int(numbers.1))
    table.pointee.library(&words, Int32(words.count))
    library = Self.text(words)
  }

  /// The first `few` of `all`, of which this one is.
  private init(first few: Int, of all: Ranks) {
    (rank, count, library, limitSeconds, lateSeconds, table) = (all.rank, few, all.library, all.limitSeconds, all.lateSeconds, all.table)
  }

  /// Calls `body` on the first `few` ranks, to whom it is as if there were no others; those wait, asleep. All must call it. Returns nil on one that waits.
  public func among<Result>(first few: Int, _ body: (Ranks) throws(Failure) -> Result) throws(Failure) -> Result? {
    precondition(1...count ~= few, "the first \(few) of \(count) ranks")
    // So that no more than MPI's own work is to be waited for.
    meet()
    divide(first: few)
    var result: Result?
    if rank < few {
      let ranks = Ranks(first: few, of: self)
      do throws(Failure) { result = try body(ranks) } catch {
        allFail = ranks.allFail
        throw error
      }
    }
    divide(first: count)
    meet()
    return result
  }

  private func divide(first few: Int) {
    check(
      Self.limited(to: limitSeconds + Double(Self.turn(of: rank)), { [limitSeconds, rank] in Self.end(Self.tooLate(limitSeconds, rank, "to divide them")) }) {
        table.pointee.among(Int32(few))
      })
  }

  private static func text(_ words: [CChar]) -> String { String(decoding: words.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) }

  /// Begins to send `parts.counts[r]` floats at `send + parts.offsets[r]` to each rank r, and to take what the others send. `wait(slot)` ends it; until then
  /// nobody may touch either.
  public func scatter(
    _ slot: Slot, from send: UnsafePointer<Float>, _ parts: RankParts, into receive: UnsafeMutablePointer<Float>, _ received: RankParts
  ) {
    guard carries(slot) else { return }
    tally(slot, sent: parts.others(than: rank), received: received.others(than: rank))
    check(table.pointee.all_to_all(slot.number, send, parts.counts, parts.offsets, receive, received.counts, received.offsets))
  }

  /// Begins to give everybody the words of four bytes that lie at `words + parts.offsets[r]` on each rank r. `wait(slot)` ends it; until then nobody may touch
  /// them.
  public func gather(_ slot: Slot, _ words: UnsafeMutableRawPointer, _ parts: RankParts) {
    guard carries(slot) else { return }
    tally(slot, sent: parts.words(of: rank) * (count - 1), received: parts.others(than: rank))
    check(table.pointee.all_gather(slot.number, words, parts.counts, parts.offsets))
  }

  /// Lets what has begun go on: an MPI gets further only when it is called. `slot` is one of those under way.
  public func poke(_ slot: Slot) {
    guard carries(slot) else { return }
    var done: Int32 = 0
    check(table.pointee.test(slot.number, &done))
  }

  private func carries(_ slot: Slot) -> Bool { !isSilent || slot == .talk }

  private func tally(_ slot: Slot, sent: Int, received: Int) {
    guard slot != .talk else { return }
    traffic.sentBytes += 4 * sent
    traffic.receivedBytes += 4 * received
  }

  /// Waits for the end of what has begun in `slot`. Does not return when it does not come: then all ranks end. With `asleep` others may have the core meanwhile, for
  /// a wait that may be long: ten times as long as others.
  public func wait(_ slot: Slot, asleep: Bool = false) {
    guard carries(slot) else { return }
    let limit = asleep ? 10 * limitSeconds : limitSeconds
    var done: Int32 = 0
    var looks = 0
    var begin: UInt64 = 0
    var isLate = false
    while true {
      check(table.pointee.test(slot.number, &done))
      if done != 0 { return }
      looks += 1
      if asleep {
        usleep(1000)
      } else {
        lockstep_spin_hint()
        // The others are near; but they may need this core.
        guard looks % 64 == 0 else { continue }
        sched_yield()
        guard looks % 1024 == 0 else { continue }
      }
      let now = Self.nanoseconds
      if begin == 0 { begin = now }
      if !isLate, !asleep, isFirst, Double(now - begin) * 1e-9 > lateSeconds {
        isLate = true
        Self.say("warning: rank 0 has waited for the other ranks for \(lateSeconds) s, \(slot.words); one of them is late, or its host has stalled")
      }
      if Double(now - begin) * 1e-9 > limit {
        abortInTurn(Self.tooLate(limit, rank, slot.words))
      }
    }
  }

  private static func tooLate(_ limit: Double, _ rank: Int, _ words: String) -> Failure {
    Failure(.inputOutput, at: "rank \(rank)", "has waited for the others for \(Int(limit)) s, \(words); a host has stalled, or a process has died")
  }

  /// Calls a function of MPI's that waits for the others, who knows how long, and returns what it does. When it takes longer than `limit` seconds, `end` ends the
  /// process, on another thread: without MPI, in which this one is.
  private static func limited(to limit: Double, _ end: @escaping @Sendable () -> Never, _ call: () -> Int32) -> Int32 {
    let watch = DispatchWorkItem { end() }
    DispatchQueue(label: "lockstep.ranks.limit").asyncAfter(deadline: .now() + limit, execute: watch)
    defer { watch.cancel() }
    return call()
  }

  /// By the status the launcher ends the others.
  private static func end(_ failure: Failure) -> Never {
    sayLast("\(failure)")
    _exit(failure.exitCode)
  }

  private static var host: String {
    var name = utsname()
    uname(&name)
    return withUnsafeBytes(of: name.nodename) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }

  private static var nanoseconds: UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  private func check(_ code: Int32) {
    guard code != 0 else { return }
    var words = [CChar](repeating: 0, count: 512)
    table.pointee.error_words(code, &words, Int32(words.count))
    abortInTurn(Failure(.inputOutput, at: "rank \(rank)", "the other ranks cannot be reached: \(Self.text(words))"))
  }

  /// To be called on all ranks before they throw one failure.
  public func failTogether() { allFail = true }

  /// Ends all ranks because of what this one threw. What all know, or what is likely to be wrong for all of them, as in a config that all have read, the first says
  /// and ends them; what only another one knows, that one says, when nobody has ended it.
  public func end(_ failure: Failure) -> Never {
    if allFail, !isFirst { pause(UInt32(min(limitSeconds, 3600))) }
    abortInTurn(failure)
  }

  /// Says what is wrong and ends all ranks, unless another has done so before: several may find it at the same time, and one line is enough. The first does so at
  /// once, the second after five seconds, those behind it after ten.
  private func abortInTurn(_ failure: Failure) -> Never {
    pause(Self.turn(of: rank))
    abort(failure)
  }

  /// In seconds.
  private static func turn(of rank: Int) -> UInt32 { 5 * UInt32(min(rank, 2)) }

  /// The launcher's signals would end a sleep, and then all would speak.
  private func pause(_ seconds: UInt32) {
    var left = seconds
    while left > 0 { left = sleep(left) }
  }

  /// Says what is wrong and ends all ranks.
  public func abort(_ failure: Failure) -> Never {
    Self.sayLast("\(failure)")
    // Should MPI not manage even that, this signal ends the process.
    alarm(10)
    table.pointee.abort(failure.exitCode)
    _exit(failure.exitCode)
  }

  private static func say(_ words: String) { _ = "lockstep: \(words)\n".withCString { Glibc.write(STDERR_FILENO, $0, strlen($0)) } }

  /// Before the process ends: MPICH's launcher throws away what it has not read by then.
  private static func sayLast(_ words: String) {
    say(words)
    usleep(300_000)
  }

  /// Takes leave of the others, which do so, too, before the process ends with `status`.
  public func leave(status: Int32 = 0) {
    // What MPI itself does now should take a moment, since all have done their work.
    let hosts = all(Self.host)
    // In MPI_Finalize MPICH 4.0 asks each other rank over TCP for a last answer, and answers them, until it has all answers. One that has answered before it asked, in
    // an exchange that ended late, would get none. So nobody asks before all have ended theirs, though a packet of it had to be sent again; should one take longer yet,
    // there is a limit.
    if hosts.contains(where: { $0 != hosts[0] }) { pause(1) }
    let limit = min(limitSeconds, 30)
    let giveUp: @Sendable () -> Never = { [isFirst] in
      if isFirst { Self.sayLast("warning: all is done, but MPI_Finalize has not come to an end for \(Int(limit)) s; ended without it") }
      _exit(status)
    }
    // The first before the others, since Open MPI's launcher can crash or hang where several end without MPI_Finalize at one time; it ends the others.
    check(Self.limited(to: limit + Double(Self.turn(of: rank)), giveUp) { table.pointee.end() })
  }

  /// Of the exchanges that may be under way at once. `talk` is for what is said between steps, which does not count as traffic.
  public struct Slot: Equatable, Sendable {
    let number: Int32
    /// What is waited for.
    let words: String

    private init(_ number: Int, _ words: String) { (self.number, self.words) = (Int32(number), words) }

    /// The losses of blocks.
    public static let sums = Slot(0, "for their losses")
    /// What metrics sum.
    public static let metrics = Slot(1, "for their losses")
    /// What batch normalisation tells from all rows.
    public static let statistics = Slot(2, "for their statistics of the batch")
    /// Whether a rank has failed.
    public static let faults = Slot(3, "for their weights")
    /// Anything else.
    public static let talk = Slot(4, "outside of a step")
    /// Of parts of the weights.
    public static let weights = (5..<64).map { Slot($0, "for their weights") }
    /// Of sums of gradients of such parts, those of a few nodes of a tree at once.
    public static let gradients = (64..<Int(LOCKSTEP_MESSAGES_SLOTS)).map { Slot($0, "for their gradients") }
  }
}

/// Bytes that a rank has exchanged with others: its own parts, once for each that gets them, whatever way an MPI takes.
public struct RankTraffic: Equatable, Sendable {
  /// To all others together.
  public internal(set) var sentBytes = 0
  /// From all others together.
  public internal(set) var receivedBytes = 0

  /// Nothing.
  public init() {}
}

/// For each rank a part of a buffer, in floats or other words of four bytes. Fixed, so that an exchange allocates nothing.
///
/// `@unchecked Sendable`: never written after `init`.
public final class RankParts: @unchecked Sendable {
  let counts: UnsafeMutablePointer<Int32>
  let offsets: UnsafeMutablePointer<Int32>
  private let all: Int

  /// - Throws: `.badData` where one lies beyond what MPI's 32-bit numbers reach.
  public init(_ parts: [Range<Int>]) throws(Failure) {
    guard let last = parts.map(\.upperBound).max(), last <= Int(Int32.max) else {
      throw Failure(.badData, "an exchange of more than \(Int32.max) numbers, which is more than MPI counts")
    }
    counts = .allocate(capacity: parts.count)
    offsets = .allocate(capacity: parts.count)
    all = parts.reduce(0) { $0 + $1.count }
    for (rank, part) in parts.enumerated() {
      counts.advanced(by: rank).initialize(to: Int32(part.count))
      offsets.advanced(by: rank).initialize(to: Int32(part.lowerBound))
    }
  }

  /// Of things of so many words each, for each rank those that are its own.
  ///
  /// - Throws: as above.
  public convenience init(_ things: [Range<Int>], words: Int) throws(Failure) {
    try self.init(things.map { $0.lowerBound * words..<$0.upperBound * words })
  }

  func words(of rank: Int) -> Int { Int(counts[rank]) }

  func others(than rank: Int) -> Int { all - words(of: rank) }

  deinit {
    counts.deallocate()
    offsets.deallocate()
  }
}

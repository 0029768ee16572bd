import Synchronization

/// Where each worker is, for the moment when one of them does not come: a store a phase, into a cache line of the worker's own.
///
/// `@unchecked Sendable`: the words are atomics, each written by its worker alone, and their memory lives as long as this object.
package final class PhaseTrace: PhaseMeter, @unchecked Sendable {
  package let workers: Int
  /// For each worker two cache lines (the CPU fetches pairs of them), of which the first word is used: 16 · (calls so far) + what the last one said.
  private let words: UnsafeMutablePointer<Atomic<UInt64>>
  private static let wordsPerWorker = 16
  private static let exchanging: UInt64 = 13
  private static let waiting: UInt64 = 14
  private static let begun: UInt64 = 15

  package init(workers: Int) {
    self.workers = workers
    let count = workers * Self.wordsPerWorker
    words = UnsafeMutableRawPointer.allocate(byteCount: count * 8, alignment: 128).bindMemory(to: Atomic<UInt64>.self, capacity: count)
    for index in 0..<count { (words + index).initialize(to: Atomic(0)) }
  }

  deinit {
    words.deinitialize(count: workers * Self.wordsPerWorker)
    UnsafeMutableRawPointer(words).deallocate()
  }

  @inline(__always) public func begin(_ worker: Int) { note(Self.begun, worker) }
  @inline(__always) public func end(_ phase: Phase, _ worker: Int) { note(UInt64(phase.rawValue), worker) }
  @inline(__always) public func waits(_ worker: Int) { note(Self.waiting, worker) }
  @inline(__always) public func exchanges(_ worker: Int) { note(Self.exchanging, worker) }

  @inline(__always) private func note(_ what: UInt64, _ worker: Int) {
    let word = words + worker * Self.wordsPerWorker
    word.pointee.store((word.pointee.load(ordering: .relaxed) & ~15) &+ 16 | what, ordering: .relaxed)
  }

  /// Changes whenever any of the workers has come further.
  package var calls: UInt64 { (0..<workers).reduce(0) { $0 &+ word($1) >> 4 } }

  /// Whether it is another rank that is waited for.
  var isExchanging: Bool { (0..<workers).contains { word($0) & 15 == Self.exchanging } }

  /// What `worker` is at, in words.
  func place(_ worker: Int) -> String {
    let word = word(worker)
    if word == 0 { return "has not begun" }
    switch word & 15 {
    case Self.waiting: return "waits for the others"
    case Self.exchanging: return "waits for the other ranks"
    case Self.begun: return "is in its first phase, gather"
    case let phase: return "has not come further since it was done with \(Phase(rawValue: Int(phase))!)"
    }
  }

  private func word(_ worker: Int) -> UInt64 { words[worker * Self.wordsPerWorker].load(ordering: .relaxed) }
}

/// Notices when no worker has come further for long: one is stuck, or its core belongs to somebody else, and all others wait for it.
package struct StallWatch {
  private let limit: Double
  private let rank: Int?
  private let clock = ContinuousClock()
  private var calls: UInt64 = 0
  private var since: ContinuousClock.Instant
  private var isReported = false

  /// - Parameters:
  ///   - limit: seconds.
  ///   - rank: of this process among those that train together; nil for one alone.
  package init(limit: Double, rank: Int? = nil) {
    self.limit = limit
    self.rank = rank
    since = clock.now
  }

  /// To be called now and then. Once for each stall, when it has lasted for the limit, returns what every worker is at. Where another rank is waited for, nothing:
  /// `Ranks` says so, and that rank what is the matter.
  package mutating func look(_ trace: PhaseTrace) -> String? {
    let now = clock.now
    let calls = trace.calls
    guard calls == self.calls else {
      (self.calls, since, isReported) = (calls, now, false)
      return nil
    }
    guard !isReported, (now - since) / .seconds(1) >= limit else { return nil }
    isReported = true
    guard !trace.isExchanging else { return nil }
    let who = rank.map { "rank \($0): " } ?? ""
    let places = (0..<trace.workers).map { "worker \($0) \(trace.place($0))" }.joined(separator: "; ")
    return "\(who)no worker has come further for \(limit) s: \(places)"
  }
}

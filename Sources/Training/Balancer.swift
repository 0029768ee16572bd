/// Finds the shares with which steps go fastest, from how the workers fared with those before.
///
/// After each window of steps it may make a move, the first of these that promises something:
///
/// - `proportion`: slices in proportion to the workers' speeds. That helps where a core is slower all the time, or loses its turns to another process
///   many times in a step.
/// - `leaveOut`: the slowest worker sits out. That helps where a step is short against such a turn (a few milliseconds): then a worker that has lost its
///   core stops all the others, however little it has to do.
/// - `takeBack`: a worker that sits out comes back, to see whether its core is free again.
///
/// A speed says what a move promises, not what it gives; so a move is tried for one window, and taken back when the steps were not faster. A move that
/// failed is tried again after ever longer pauses. Everything here is arithmetic on what was measured; `Engine` measures.
package struct Balancer {
  /// What was measured over some steps.
  package struct Window {
    package var seconds = 0.0
    /// Slices that each worker took.
    package var slices: [Int]
    /// Seconds that each worker was busy with them.
    package var busy: [Double]

    package init(workers: Int) {
      slices = Array(repeating: 0, count: workers)
      busy = Array(repeating: 0, count: workers)
    }

    mutating func add(seconds: Double, slices: [Int], busy: [Double]) {
      self.seconds += seconds
      for worker in slices.indices {
        self.slices[worker] += slices[worker]
        self.busy[worker] += busy[worker]
      }
    }

    /// Slices a second.
    package var rate: Double { Double(slices.reduce(0, +)) / seconds }

    /// Slices a second; nil for a worker that took none.
    func speed(_ worker: Int) -> Double? { slices[worker] > 0 && busy[worker] > 0 ? Double(slices[worker]) / busy[worker] : nil }
  }

  enum Move: CaseIterable {
    case proportion, leaveOut, takeBack

    /// Windows before the first try. The very first window is a cold one, and no measure for others.
    var firstPause: Int { self == .takeBack ? 8 : 1 }
  }

  /// How much shorter steps must promise to be for a move to be tried,
  static let promise = 0.95
  /// and how many times faster they must have been for it to be kept: windows differ by a few percent by themselves.
  static let gain = 1.02
  /// Below this part of the rate of the window before, the machine is no longer what the pauses were learned on.
  static let upheaval = 0.8
  static let longestPause = 64

  package private(set) var shares: Shares
  /// In a whole batch.
  private let slices: Int
  private var pauses = Dictionary(uniqueKeysWithValues: Move.allCases.map { ($0, Pause($0)) })
  private var trial: (move: Move, before: Shares, rate: Double)?
  /// Of the last window that was no failed trial.
  private var rate = 0.0
  /// Who was taken back last.
  private var takenBack = -1

  private struct Pause {
    /// Windows until the next try.
    var left: Int
    var failures = 0

    init(_ move: Move) { left = move.firstPause }
  }

  /// - Parameter slices: of a whole batch.
  package init(shares: Shares, slices: Int) {
    self.shares = shares
    self.slices = slices
  }

  /// Looks at a window that was measured with `shares`, and perhaps changes them for the next one.
  package mutating func learn(_ window: Window) {
    if let (move, before, earlier) = trial {
      trial = nil
      guard window.rate >= Self.gain * earlier else {
        shares = before
        pauses[move]!.failures += 1
        pauses[move]!.left = min(move.firstPause << pauses[move]!.failures, Self.longestPause)
        return
      }
      forgetPauses()
    } else if window.rate < Self.upheaval * rate {
      forgetPauses()
    }
    rate = window.rate
    for move in Move.allCases {
      guard pauses[move]!.left == 0 else {
        pauses[move]!.left -= 1
        continue
      }
      guard trial == nil, let (next, length) = candidate(move, window), length < Self.promise else { continue }
      trial = (move, shares, window.rate)
      if move == .takeBack { takenBack = sitters.first { next.weights[$0] > 0 }! }
      shares = next
    }
  }

  private mutating func forgetPauses() {
    for move in Move.allCases { pauses[move] = Pause(move) }
  }

  private var sitters: [Int] { shares.weights.indices.filter { shares.weights[$0] == 0 } }

  /// The shares that `move` leads to, and how long a step they promise, of what it takes now. Nil where the move cannot be made.
  private func candidate(_ move: Move, _ window: Window) -> (shares: Shares, length: Double)? {
    let members = shares.members
    let speeds = shares.weights.indices.map { window.speed($0) ?? 0 }
    let step = Double(slices) / window.rate
    /// Until the last worker is done with its slices.
    func longest(_ shares: Shares) -> Double {
      zip(shares.ranges(of: slices), speeds).map { $0.isEmpty ? 0 : Double($0.count) / $1 }.max()!
    }
    switch move {
    case .proportion:
      guard members.count > 1, members.allSatisfy({ speeds[$0] > 0 }) else { return nil }
      var aims = speeds
      if pauses[move]!.failures % 2 == 1 {
        // The whole way was too far. A worker that does less may be faster, as it gives the core away by itself.
        let (done, all) = (Double(window.slices.reduce(0, +)), speeds.reduce(0, +))
        aims = speeds.indices.map { speeds[$0] / all + Double(window.slices[$0]) / done }
      }
      let next = divided(by: aims)
      return (next, 1 - (longest(shares) - longest(next)) / step)
    case .leaveOut:
      guard members.count > 1 else { return nil }
      var others = speeds
      others[members.min { speeds[$0] < speeds[$1] }!] = 0
      guard others.contains(where: { $0 > 0 }) else { return nil }
      let next = divided(by: others)
      // How much of the step is waiting for the one that is left out cannot be told, so all that is not work on slices counts as that.
      return (next, longest(next) / step)
    case .takeBack:
      // In turn, as one whose core is still busy would hide that another's is free.
      guard let back = sitters.first(where: { $0 > takenBack }) ?? sitters.first else { return nil }
      var aims = speeds
      aims[back] = speeds.reduce(0, +) / Double(members.count)
      let next = divided(by: aims)
      return next.weights[back] > 0 ? (next, 0) : nil
    }
  }

  /// The slices of a whole batch divided so that workers of these speeds are done as early as can be. Who gets nothing sits out.
  private func divided(by speeds: [Double]) -> Shares {
    let members = speeds.indices.filter { speeds[$0] > 0 }
    // Where there are many slices they are handed out a few at a time, so that the passes of a worker stay long and its half-done sums few.
    var several = 1
    while slices / (2 * several) >= 8 * members.count { several *= 2 }
    var counts = speeds.map { _ in 0 }
    var left = slices
    while left > 0 {
      let count = min(several, left)
      let quickest = members.min { Double(counts[$0] + count) / speeds[$0] < Double(counts[$1] + count) / speeds[$1] }!
      counts[quickest] += count
      left -= count
    }
    return Shares(counts)
  }
}

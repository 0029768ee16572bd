import RandomStreams
import Testing
import Training

/// The promise: on cores that differ, or that other processes use, steps get nearly as fast as they can; on cores that are alike they stay as fast as they were.
///
/// Machines are simulated: the balancer hears what would have been measured.
@Suite struct BalancerTests {
  /// A machine on which a window always lasts a tenth of a second.
  struct Machine {
    /// Slices a second of each core by itself.
    var speeds: [Double]
    /// The part of the time that each core is lost to other processes.
    var lost: [Double]
    /// Whether steps are short against the turns that processes take; then everybody stands still while any of the workers has lost its core.
    var stepsAreShort = false
    /// Seconds of a step besides the slices: reduction and barriers.
    var overhead = 0.0
    /// How much a window's rate differs by chance, to either side.
    var noise = 0.0
    var slices = 32
    private var generator = CounterGenerator(seed: 9, stream: 0)

    init(_ speeds: [Double], lost: [Double]? = nil) {
      self.speeds = speeds
      self.lost = lost ?? speeds.map { _ in 0 }
    }

    /// Steps a second.
    func rate(_ shares: Shares) -> Double {
      let counts = shares.ranges(of: slices).map { Double($0.count) }
      guard stepsAreShort else { return 1 / (overhead + counts.indices.map { counts[$0] / speeds[$0] / (1 - lost[$0]) }.max()!) }
      let running = shares.members.reduce(1.0) { $0 * (1 - lost[$1]) }
      return running / (overhead + counts.indices.map { counts[$0] / speeds[$0] }.max()!)
    }

    mutating func window(_ shares: Shares) -> Balancer.Window {
      var window = Balancer.Window(workers: speeds.count)
      let steps = rate(shares) * 0.1 * (1 + noise * (2 * Double(generator.next() >> 40) / Double(1 << 24) - 1))
      window.seconds = 0.1
      window.slices = shares.ranges(of: slices).map { Int(Double($0.count) * steps) }
      // By the wall clock a slice takes longer by what the core is lost, long steps or short.
      window.busy = speeds.indices.map { Double(window.slices[$0]) / speeds[$0] / (1 - lost[$0]) }
      return window
    }

    /// The mean rate over `windows` windows, after `before` of them.
    mutating func train(_ balancer: inout Balancer, before: Int = 0, windows: Int) -> Double {
      for _ in 0..<before { balancer.learn(window(balancer.shares)) }
      var sum = 0.0
      for _ in 0..<windows {
        sum += rate(balancer.shares)
        balancer.learn(window(balancer.shares))
      }
      return sum / Double(windows)
    }

    func even() -> Double { rate(.even(speeds.count)) }
    func balancer() -> Balancer { Balancer(shares: .even(speeds.count), slices: slices) }
  }

  /// Of 32 slices at 2 : 1, 22 and 10 are as good as it gets in twos.
  @Test func aSlowCoreGetsLess() {
    var machine = Machine([2000, 1000])
    var balancer = machine.balancer()
    let rate = machine.train(&balancer, before: 5, windows: 200)
    #expect(balancer.shares.weights == [22, 10] || balancer.shares.weights == [20, 12], "\(balancer.shares)")
    #expect(rate > 1.4 * machine.even())
  }

  /// Eight cores of which four are efficient ones.
  @Test func hybridChips() {
    var machine = Machine([Double](repeating: 3000, count: 4) + [Double](repeating: 1800, count: 4))
    machine.slices = 64
    machine.overhead = 0.0005
    var balancer = machine.balancer()
    let rate = machine.train(&balancer, before: 5, windows: 200)
    #expect(rate > 1.2 * machine.even())
    #expect(balancer.shares.members.count == 8)
  }

  @Test func aNeighbourOnOneCoreOfLongSteps() {
    var machine = Machine([1000, 1000], lost: [0, 0.5])
    machine.noise = 0.03
    var balancer = machine.balancer()
    #expect(machine.train(&balancer, before: 5, windows: 200) > 1.35 * machine.even())
  }

  /// Whoever waits for a turn makes all wait; one core alone is faster. It comes back when the neighbour has gone.
  @Test func aNeighbourOnOneCoreOfShortStepsAndItsLeaving() {
    var machine = Machine([100_000, 100_000], lost: [0.5, 0])
    machine.stepsAreShort = true
    machine.slices = 8
    machine.overhead = 0.00004
    machine.noise = 0.03
    var balancer = machine.balancer()
    let rate = machine.train(&balancer, before: 10, windows: 200)
    #expect(balancer.shares.members == [1])
    #expect(rate > 1.25 * machine.even())
    machine.lost = [0, 0]
    #expect(machine.train(&balancer, before: 65, windows: 100) > 0.97 * machine.even())
    #expect(balancer.shares.members == [0, 1])
  }

  /// From the first core to the second: the change is noticed at once, not after the pause that was learned before.
  @Test func aNeighbourThatMoves() {
    var machine = Machine([100_000, 100_000], lost: [0.5, 0])
    machine.stepsAreShort = true
    machine.slices = 8
    machine.overhead = 0.00004
    var balancer = machine.balancer()
    _ = machine.train(&balancer, windows: 300)
    #expect(balancer.shares.members == [1])
    machine.lost = [0, 0.5]
    _ = machine.train(&balancer, windows: 14)
    #expect(balancer.shares.members == [0])
  }

  @Test(arguments: [1, 2, 4, 16])
  func coresThatAreAlikeLoseNothing(_ workers: Int) {
    for (overhead, slices) in [(0.0, 32), (0.00004, 4), (0.0002, 8), (0.01, 64), (0.001, 1)] {
      var machine = Machine([Double](repeating: 100_000, count: workers))
      machine.slices = slices
      machine.overhead = overhead
      machine.noise = 0.03
      var balancer = machine.balancer()
      let rate = machine.train(&balancer, windows: 600)
      #expect(rate > 0.98 * machine.even(), "\(workers) workers, \(slices) slices, \(overhead) s: \(rate / machine.even())")
    }
  }

  /// Whatever the machine, in the long run it is never worse off; and every division is one of all slices.
  @Test func randomMachines() {
    var generator = CounterGenerator(seed: 4, stream: 0)
    func number(_ range: ClosedRange<Double>) -> Double {
      range.lowerBound + (range.upperBound - range.lowerBound) * Double(generator.next() >> 40) / Double(1 << 24)
    }
    for _ in 0..<300 {
      let workers = Int(number(1...9))
      var machine = Machine((0..<workers).map { _ in number(20_000...100_000) }, lost: (0..<workers).map { _ in max(0, number(-0.8...0.8)) })
      machine.slices = 1 + Int(number(0...64))
      machine.stepsAreShort = number(0...1) < 0.5
      machine.overhead = number(0...0.0005)
      machine.noise = 0.03
      var balancer = machine.balancer()
      let rate = machine.train(&balancer, windows: 300)
      #expect(rate > 0.97 * machine.even(), "\(machine): \(rate / machine.even())")
      let taken = balancer.shares.ranges(of: machine.slices).reduce(0) { $0 + $1.count }
      #expect(balancer.shares.weights.count == workers && taken == machine.slices)
    }
  }
}

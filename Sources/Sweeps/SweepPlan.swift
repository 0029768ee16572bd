import Failures
import RandomStreams

/// Which trials a sweep has: a pure function of the keys, their values and the seed, so that a sweep that goes on finds the trials it began with.
public struct SweepPlan: Equatable, Sendable {
  /// More than anybody waits for, and few enough to be told at once that they are too many.
  public static let mostTrials = 10_000

  /// In the order given: those of the grid, then those that are drawn.
  public let axes: [Axis]
  /// Of the draws.
  public let seed: UInt64
  /// How often the random axes are drawn; 1 where there are none.
  public let draws: Int
  /// With each draw, the whole grid: the last axis of the grid changes first, the draw last. So more draws are more trials behind those there are.
  public let trials: [Trial]

  /// - Parameter draws: how often the random axes are drawn; nil, as it must be without such axes, for once.
  /// - Throws: `.usage` when nothing is swept, a key is swept twice, draws and random axes do not go together, or there are too many trials.
  public init(axes: [Axis], draws: Int?, seed: UInt64) throws(Failure) {
    let random = axes.filter(\.isRandom)
    let grid = axes.filter { !$0.isRandom }
    guard !axes.isEmpty else { throw Failure(.usage, "expected what to sweep: --grid key.path=A,B or --random key.path=log:LOW..HIGH") }
    for (number, axis) in axes.enumerated() where axes[..<number].contains(where: { $0.path == axis.path }) {
      throw Failure(.usage, at: axis.key, "swept twice; give all of its values at once")
    }
    guard random.isEmpty || draws != nil else { throw Failure(.usage, at: "--random \(random[0].argument)", "expected --trials N, how often to draw") }
    guard !random.isEmpty || draws == nil else { throw Failure(.usage, at: "--trials", "a grid has as many trials as it has combinations; --random needs it") }
    var total = draws ?? 1
    for axis in grid where total <= Self.mostTrials { total *= axis.gridValues.count }
    guard total <= Self.mostTrials else { throw Failure(.usage, "more than \(Self.mostTrials) trials; sweep fewer values at once") }
    (self.axes, self.seed, self.draws) = (grid + random, seed, draws ?? 1)
    let combinations = Self.combinations(grid)
    var trials: [Trial] = []
    for draw in 0..<self.draws {
      let drawn = random.enumerated().map { Trial.Setting($1, $1.drawn(seed: seed, draw: draw, axis: $0)) }
      for combination in combinations { trials.append(Trial(number: trials.count + 1, settings: combination + drawn)) }
    }
    self.trials = trials
  }

  private static func combinations(_ grid: [Axis]) -> [[Trial.Setting]] {
    grid.reduce([[]]) { shorter, axis in shorter.flatMap { begin in axis.gridValues.map { begin + [Trial.Setting(axis, $0)] } } }
  }
}

extension Axis {
  var isRandom: Bool { if case .random = values { true } else { false } }

  /// None of a random axis.
  fileprivate var gridValues: [String] { if case .grid(let values) = values { values } else { [] } }

  /// - Parameter axis: its place among the random ones; each has a stream for each draw, so that neither more draws nor further axes change the ones there are.
  fileprivate func drawn(seed: UInt64, draw: Int, axis: Int) -> String {
    guard case .random(let distribution) = values else { preconditionFailure("\(key) is not drawn") }
    var generator = CounterGenerator(seed: seed, stream: Stream.sweep(draw: draw, axis: axis))
    return distribution.draw(&generator)
  }
}

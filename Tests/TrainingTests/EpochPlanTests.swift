import NeuralNetwork
import Testing
import Training

/// The promise: an epoch is whole batches and perhaps a partial one, and each section knows which rows come after its own.
@Suite struct EpochPlanTests {
  private static func epoch(_ rows: Int, _ batchSize: Int, _ shares: Shares) -> EpochPlan {
    EpochPlan(rows: rows, batchSize: batchSize, leaves: InputLeaves(inputs: 785, units: 25), shares: shares)
  }

  @Test func batchesAndTheRest() {
    let plan = Self.epoch(100, 32, .even(2))
    #expect(plan.steps == 4 && plan.wholeSteps == 3)
    #expect((0..<4).map { plan.plan($0).rows } == [32, 32, 32, 4])
    #expect(Self.epoch(64, 32, .even(2)).steps == 2)
    #expect(Self.epoch(5, 32, .even(2)).plan(0).rows == 5)
  }

  @Test func slicesOfSomeSteps() {
    let plan = Self.epoch(100, 32, Shares([3, 0, 1]))
    #expect(plan.slices(in: 0..<4) == [9, 0, 4])
    #expect(plan.slices(in: 1..<3) == [6, 0, 2])
    #expect(plan.slices(in: 3..<4) == [0, 0, 1])
    #expect(Self.epoch(5, 32, .even(1)).slices(in: 0..<1) == [1])
  }

  /// Where a section does not end with a barrier, its workers update the very weights that they read before the next one, and write no outputs before it.
  @Test func stripesAreTheWorkersOwnInputs() throws {
    let network = try Network(inputs: 784, layers: [.dense(.init(25)), .dense(.init(15)), .dense(.init(10))])
    for weights in [[1], [1, 1], [3, 0, 1], [1, 1, 1, 1, 1, 1, 1], Array(repeating: 1, count: 40)] {
      let epoch = EpochPlan(rows: 5000, batchSize: 3000, leaves: InputLeaves(inputs: 785, units: 25), shares: Shares(weights))
      let stripes = epoch.stripes(network)
      for plan in [epoch.whole, epoch.rest] where !plan.endsWithBarrier {
        for (stripe, shard) in plan.sections.flatMap({ zip(stripes, $0.shards) }) {
          #expect(stripe.layers[0].map(\.rows) == (shard.runs.isEmpty ? [] : [shard.runs.lowerBound * 8..<shard.runs.upperBound * 8]))
          #expect(!shard.parts.contains(0) || plan.isAlone)
        }
      }
      #expect(stripes.reduce(0) { $0 + $1.segments.reduce(0) { $0 + $1.count } } == network.arenaCount)
    }
  }
}

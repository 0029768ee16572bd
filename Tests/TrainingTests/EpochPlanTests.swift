import NeuralNetwork
import Testing
import Training

/// The promise: an epoch is whole batches and perhaps a partial one, and each chunk knows what its worker gathers after it.
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

  /// What a worker asks for while it gathers a chunk is what it gathers next, as far as batches are alike, and never behind the epoch's end.
  @Test(arguments: [(1000, 512), (1024, 32), (70, 32), (9000, 3000), (300, 64), (5000, 1024)], [25, 512])
  func rowsThatFollowAreTheWorkersNext(_ size: (rows: Int, batchSize: Int), _ units: Int) {
    for weights in [[1], [1, 1], [3, 0, 1], [1, 1, 1, 1, 1]] {
      let epoch = EpochPlan(rows: size.rows, batchSize: size.batchSize, leaves: InputLeaves(inputs: 785, units: units), shares: Shares(weights))
      for worker in weights.indices {
        /// What follows the last chunk, and the rows of its section.
        var promised: (following: Range<Int>, rows: Int)?
        for step in 0..<epoch.steps {
          for section in epoch.plan(step).sections {
            let shard = section.shards[worker]
            for chunk in shard.chunks {
              let place = step * size.batchSize + section.rows.lowerBound + chunk.rows.lowerBound
              if let promised, promised.rows == section.rows.count { #expect(promised.following.lowerBound == place, "step \(step)") }
              let following = epoch.following(chunk, of: shard, in: section, step: step)
              #expect(following.lowerBound >= place + chunk.rows.count || following.isEmpty)
              #expect(following.upperBound == size.rows)
              promised = (following, section.rows.count)
            }
          }
        }
      }
    }
  }

  /// A worker's own plan is the plan, without the others' shards.
  @Test func ownPlansHoldTheWorkersShards() {
    let epoch = Self.epoch(5000, 3000, Shares([1, 2, 0, 1]))
    for worker in 0..<4 {
      let own = epoch.own(worker)
      for (mine, all) in [(own.whole, epoch.whole), (own.rest, epoch.rest)] {
        #expect(mine.sections.map(\.rows) == all.sections.map(\.rows) && mine.sections.map(\.parts) == all.sections.map(\.parts))
        #expect(mine.sections.map { $0.shards[worker] } == all.sections.map { $0.shards[worker] })
        #expect(mine.sections.allSatisfy { section in section.shards.indices.allSatisfy { $0 == worker || section.shards[$0] == Shard.none } })
      }
    }
  }

  /// Where a section does not end with a barrier, its workers update the very weights that they read before the next one, and write no outputs before it.
  @Test func stripesAreTheWorkersOwnInputs() throws {
    let network = try Network(inputs: 784, layers: [.dense(.init(25)), .dense(.init(15)), .dense(.init(10))])
    for weights in [[1], [1, 1], [3, 0, 1], [1, 1, 1, 1, 1, 1, 1], Array(repeating: 1, count: 40)] {
      let epoch = EpochPlan(rows: 5000, batchSize: 3000, leaves: InputLeaves(inputs: 785, units: 25), shares: Shares(weights))
      let stripes = epoch.stripes(network)
      for plan in [epoch.whole, epoch.rest] where !plan.endsWithBarrier {
        for (stripe, shard) in plan.sections.flatMap({ zip(stripes, $0.shards) }) {
          #expect(stripe.blocks[0].map(\.rows) == (shard.runs.isEmpty ? [] : [shard.runs.lowerBound * 8..<shard.runs.upperBound * 8]))
          #expect(!shard.parts.contains(0) || plan.isAlone)
        }
      }
      #expect(stripes.reduce(0) { $0 + $1.segments.reduce(0) { $0 + $1.count } } == network.arenaCount)
    }
  }
}

import Testing
import Training

/// The promise: an epoch is whole batches and perhaps a partial one, and each pass knows where its worker goes on.
@Suite struct EpochPlanTests {
  @Test func batchesAndTheRest() {
    let plan = EpochPlan(rows: 100, batchSize: 32, shares: .even(2))
    #expect(plan.steps == 4 && plan.wholeSteps == 3)
    #expect((0..<4).map { plan.plan($0).rows } == [32, 32, 32, 4])
    #expect(EpochPlan(rows: 64, batchSize: 32, shares: .even(2)).steps == 2)
    #expect(EpochPlan(rows: 5, batchSize: 32, shares: .even(2)).plan(0).rows == 5)
  }

  @Test func slicesOfSomeSteps() {
    let plan = EpochPlan(rows: 100, batchSize: 32, shares: Shares([3, 0, 1]))
    #expect(plan.slices(in: 0..<4) == [9, 0, 4])
    #expect(plan.slices(in: 1..<3) == [6, 0, 2])
    #expect(plan.slices(in: 3..<4) == [0, 0, 1])
    #expect(EpochPlan(rows: 5, batchSize: 32, shares: .even(1)).slices(in: 0..<1) == [1])
  }

  /// Carries out an epoch: what lies ahead of a pass is what the worker gathers next, as long as those steps are of whole batches.
  @Test(arguments: [(1000, 512, [1]), (1024, 32, [1, 1]), (70, 32, [5, 3]), (4096, 1024, [21, 11]), (300, 64, [1, 0, 2])])
  func rowsAheadAreThoseOfTheNextPass(_ rows: Int, _ batchSize: Int, _ weights: [Int]) {
    let epoch = EpochPlan(rows: rows, batchSize: batchSize, shares: Shares(weights))
    for worker in weights.indices {
      let visits = (0..<epoch.steps).flatMap { step in epoch.plan(step).passes[worker].map { (step: step, pass: $0, row: step * batchSize + $0.firstRow) } }
      for (visit, next) in zip(visits, visits.dropFirst()) where next.step < epoch.wholeSteps {
        let ahead = epoch.ahead(visit.pass, step: visit.step)
        let fits = next.row + visit.pass.rows <= rows
        #expect(ahead == (fits ? next.row - visit.row : 0), "step \(visit.step), row \(visit.row)")
      }
      for visit in visits {
        let ahead = epoch.ahead(visit.pass, step: visit.step)
        #expect(ahead >= 0 && visit.row + ahead + visit.pass.rows <= rows, "asks for rows behind the epoch's end")
      }
      #expect(visits.last.map { epoch.ahead($0.pass, step: $0.step) } ?? 0 == 0, "after the last pass there is nothing")
    }
  }
}

import Failures
import Sweeps
import Testing
import Training

/// The promise: the table has the best first, and files that other programs read.
@Suite struct SweepResultsTests {
  private static func results(_ monitor: String, _ figures: [[Double]], failing: Set<Int> = []) throws -> SweepResults {
    let axes = [try Axis(grid: "model.layers[0].units=" + (1...figures.count).map(String.init).joined(separator: ",")), try Axis(grid: "data.classes=[3, 1]")]
    let plan = try SweepPlan(axes: axes, draws: nil, seed: 1)
    var results = SweepResults(axes: plan.axes, monitor: monitor)
    // In any order; some twice.
    for (trial, values) in zip(plan.trials, figures).reversed() + zip(plan.trials, figures) {
      let records = values.enumerated().map { EpochRecord(epoch: $0 + 1, figures: [.init(monitor, $1)], seconds: 0.25, samplesPerSecond: 1) }
      results.add(
        TrialResult(trial: trial, records: records, failure: failing.contains(trial.number) ? Failure(.badData, at: "step 7", "the loss, \"again\"") : nil))
    }
    return results
  }

  private static func order(_ results: SweepResults) -> [Int] { results.ranking.map(\.trial.number) }

  @Test func theBestEpochCounts() throws {
    let figures = [[3.0, 2], [1, 5], [2, 2], [.nan, .nan], [0.5], []]
    #expect(Self.order(try Self.results("val_loss", figures, failing: [5])) == [2, 1, 3, 4, 6, 5])
    #expect(Self.order(try Self.results("val_accuracy", figures, failing: [5])) == [2, 1, 3, 4, 6, 5])
    #expect(Self.order(try Self.results("accuracy", [[0.1], [0.9, 0.2], [0.5]])) == [2, 3, 1])
    let best = try Self.results("loss", [[3, 2, .nan, 2]]).results[0].best(by: "loss")
    #expect(best?.value == 2 && best?.epoch == 2, "of equal ones the first")
  }

  @Test func asTable() throws {
    #expect(
      try Self.results("val_loss", [[3, 2], [1, 5], [0.5]], failing: [3]).lines == [
        "trial       units  classes  best val_loss  epoch  val_loss  seconds",
        "trial-0002      2   [3, 1]         1.0000    1/2    5.0000     0.50",
        "trial-0001      1   [3, 1]         2.0000    2/2    2.0000     0.50",
        "trial-0003      3   [3, 1]         0.5000    1/1    0.5000     0.25  failed",
      ])
  }

  @Test func asCSV() throws {
    #expect(
      try Self.results("val_loss", [[3, 2], [.nan]], failing: [2]).csv == #"""
        trial,status,model.layers[0].units,data.classes,epochs,val_loss,best_val_loss,best_epoch,seconds,error
        trial-0001,done,1,"[3, 1]",2,2.0,2.0,2,0.5,
        trial-0002,failed,2,"[3, 1]",1,,,,0.25,"step 7: the loss, ""again"""

        """#)
  }

  @Test func asJSONLines() throws {
    #expect(
      try Self.results("val_loss", [[3, 2], [.nan]], failing: [2]).jsonLines == #"""
        {"best":{"epoch":2,"val_loss":2},"epochs":2,"figures":{"val_loss":2},"seconds":0.5,"settings":{"data.classes":[3,1],"model.layers[0].units":1},"status":"done","trial":"trial-0001"}
        {"epochs":1,"error":"step 7: the loss, \"again\"","figures":{"val_loss":null},"seconds":0.25,"settings":{"data.classes":[3,1],"model.layers[0].units":2},"status":"failed","trial":"trial-0002"}

        """#)
  }

  /// Keys that end alike are told apart.
  @Test func keysAreAsLongAsTheyMustBe() throws {
    let keys = ["model.layers[0].units=1", "model.layers[1].units=1", "compile.optimizer.type=sgd", "compile.loss.type=huber", "seed=1", "data.classes[0]=1"]
    let results = SweepResults(axes: try keys.map { try Axis(grid: $0) }, monitor: "loss")
    #expect(results.lines == ["trial  layers.0.units  layers.1.units  optimizer.type  loss.type  seed  classes.0  best loss  epoch  seconds"])
  }
}

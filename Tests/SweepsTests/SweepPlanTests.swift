import Failures
import Foundation
import Sweeps
import Testing

/// The promise: what a sweep tries is a pure function of its command line.
@Suite struct SweepPlanTests {
  private func plan(_ grid: [String], _ random: [String] = [], draws: Int? = nil, seed: UInt64 = 1) throws -> SweepPlan {
    try SweepPlan(axes: try grid.map { try Axis(grid: $0) } + random.map { try Axis(random: $0) }, draws: draws, seed: seed)
  }

  private func values(_ plan: SweepPlan) -> [[String]] { plan.trials.map { $0.settings.map(\.value) } }

  @Test func aGridIsEveryCombination() throws {
    let plan = try plan(["fit.batch_size=32,64", "seed=1,2,3"])
    #expect(values(plan) == [["32", "1"], ["32", "2"], ["32", "3"], ["64", "1"], ["64", "2"], ["64", "3"]])
    #expect(plan.trials.map(\.name) == (1...6).map { "trial-000\($0)" })
    #expect(plan.trials[0].settings.map(\.key) == ["fit.batch_size", "seed"])
  }

  @Test(arguments: [
    ("a=1", ["1"]), ("a= 1 , 2 ", ["1", "2"]), ("a=[1,2],[3]", ["[1,2]", "[3]"]), ("a={type:'sgd',momentum:0.9},adam", ["{type:'sgd',momentum:0.9}", "adam"]),
    ("a='x,y',z", ["'x,y'", "z"]), ("a=it's,its", ["it's", "its"]), ("a=[\"]\",1],2", ["[\"]\",1]", "2"]), ("a='\\',',b", ["'\\','", "b"]),
    ("a=b=c,d=e", ["b=c", "d=e"]),
  ]) func commasPartValuesOutsideBracketsAndQuotes(_ argument: String, _ expected: [String]) throws {
    #expect(try values(plan([argument])) == expected.map { [$0] })
  }

  /// An object is set before the keys inside it, whatever the order in which they were given.
  @Test func whatIsInsideComesLast() throws {
    let plan = try plan(["compile.optimizer.learning_rate=0.1"], ["compile.optimizer=choice:sgd"], draws: 1)
    #expect(plan.trials[0].overrides == ["compile.optimizer=sgd", "compile.optimizer.learning_rate=0.1"])
    #expect(plan.trials[0].settings.map(\.value) == ["0.1", "sgd"])
  }

  @Test func drawsDependOnTheSeedAlone() throws {
    let random = [
      "compile.optimizer.learning_rate=log:1e-4..1e-1", "model.layers[0].units=int:4..9", "compile.optimizer=choice:adam,sgd", "data.scale=uniform:-1..1",
    ]
    let first = try values(plan([], random, draws: 50))
    #expect(try values(plan([], random, draws: 50)) == first)
    #expect(try values(plan([], random, draws: 50, seed: 2)) != first)
    #expect(try Array(values(plan([], random, draws: 70)).prefix(50)) == first, "more draws are more trials behind those there are")
    #expect(try values(plan([], Array(random.prefix(2)), draws: 50)) == first.map { Array($0.prefix(2)) }, "a further key changes no other's draws")
    #expect(Set(first.map { $0[0] }).count == 50)
  }

  @Test func drawsLieWhereTheyShould() throws {
    func draws(_ distribution: String) throws -> [String] { try plan([], ["a=\(distribution)"], draws: 4000).trials.map { $0.settings[0].value } }
    let logs = try draws("log:1e-4..1e-1").map { try #require(Double($0)) }
    #expect(logs.allSatisfy { 1e-4...1e-1 ~= $0 })
    // A third for each power of ten, give or take six standard deviations of 30.
    for (low, high) in [(1e-4, 1e-3), (1e-3, 1e-2), (1e-2, 1e-1)] { #expect(abs(logs.count { low..<high ~= $0 } - 1333) < 180) }
    let uniform = try draws("uniform:-2..2").map { try #require(Double($0)) }
    for low in [-2.0, -1, 0, 1] { #expect(abs(uniform.count { low..<low + 1 ~= $0 } - 1000) < 165) }
    let whole = try draws("int:-1..2")
    #expect(Set(whole) == ["-1", "0", "1", "2"])
    for value in Set(whole) { #expect(abs(whole.count { $0 == value } - 1000) < 165) }
    let choice = try draws("choice:[1,2],x")
    #expect(Set(choice) == ["[1,2]", "x"] && abs(choice.count { $0 == "x" } - 2000) < 190)
    // Six digits, and never outside.
    #expect(logs.allSatisfy { Double(String(format: "%.6g", $0)) == $0 })
    #expect(try draws("uniform:0.12345678..0.12345679").allSatisfy { 0.12345678...0.12345679 ~= Double($0)! })
  }

  /// The first draws of all time: whatever changes them changes the plan of sweeps that are under way.
  @Test func theDrawsStayTheSame() throws {
    let plan = try plan(["fit.batch_size=32,64"], ["compile.optimizer.learning_rate=log:1e-4..1e-1", "seed=int:1..1000"], draws: 2)
    #expect(values(plan) == [["32", "0.000190703", "494"], ["64", "0.000190703", "494"], ["32", "0.016366", "450"], ["64", "0.016366", "450"]])
  }

  @Test func tooManyAreRefused() throws {
    let thousand = (1...1000).map(String.init).joined(separator: ",")
    #expect(throws: Failure.self) {
      try plan(["a=\(thousand)", "b=\(thousand)", "c=\(thousand)", "d=\(thousand)", "e=\(thousand)", "f=\(thousand)", "g=\(thousand)"])
    }
    #expect(try plan(["a=\(thousand)", "b=1,2,3,4,5,6,7,8,9,10"]).trials.last?.name == "trial-10000")
  }

  @Test func aKeyIsTheSameHoweverItIsTyped() throws {
    let failure = #expect(throws: Failure.self) { try plan(["model.layers[0].units=3", "model.layers.0.units=4"]) }
    #expect(failure?.description == "model.layers.0.units: swept twice; give all of its values at once")
  }
}

import Foundation
import TestSupport
import Testing

/// The promise: `report` writes one page that tells what the run and `evaluate` tell, the same bytes each time, and asks for nothing from elsewhere.
@Suite struct ReportTests {
  private static func page(_ arguments: [String], in folder: URL) throws -> String {
    let file = folder.appendingPathComponent("\(UUID().uuidString).html")
    #expect(try succeed(["report"] + arguments + ["--output", file.path]) == file.path + "\n")
    return try String(contentsOf: file, encoding: .utf8)
  }

  private static func headings(_ html: String) -> [String] { html.matches(of: /<h2 id="part-[0-9]+">([^<]*)<\/h2>/).map { String($0.output.1) } }

  private static let parts = [
    "Training", "Answers", "Most confident mistakes", "Weights of the first layer", "Time", "Machine", "Model", "Config",
  ]

  @Test func oneRun() throws {
    try withTemporaryFolder { folder in
      let run = try train("configs/digits.json", set("fit.epochs=3", "fit.diagnostics=true"), into: folder)
      let html = try Self.page([run.folder.path], in: folder)
      #expect(Self.headings(html) == Array(Self.parts[..<4]) + ["Diagnostics"] + Array(Self.parts[4...]))
      #expect(try Self.page([run.folder.path], in: folder) == html)
      #expect(try Self.page([run.folder.path, "--workers", "3"], in: folder) == html, "on any workers")

      let evaluation = try #require(try object(try succeed(["evaluate", run.folder.path, "--mistakes", "24", "--json"]))["validation"] as? [String: Any])
      let confusion = try #require(evaluation["confusion"] as? [[Int]])
      let cells = html.matches(of: /taken for [0-9]: ([0-9]+)">/).map { Int($0.output.1)! }
      #expect(cells == confusion.joined().filter { $0 > 0 })
      let error = try #require((evaluation["calibration"] as? [String: Any])?["error"] as? Double)
      #expect(html.contains("Expected calibration error: <b>\(String(format: "%.4f", error))</b>"))
      let mistakes = try #require(evaluation["mistakes"] as? [[String: Any]])
      let rows = html.matches(of: /<span>row ([0-9]+)<\/span>/).map { Int($0.output.1)! }
      #expect(rows == mistakes.map { $0["row"] as! Int })
      #expect(html.matches(of: /<img class="ink"/).count == 24 && html.matches(of: /<img class="map"/).count == 25)
      #expect(html.contains("worker 0, forward: ") && html.contains("<figcaption>Size of updates</figcaption>"))
      for word in ["http:", "https:", "<script", "@import", "url("] { #expect(!html.contains(word), "\(word)") }
      #expect(!html.contains(/(?i)\b(nan|inf)\b/))
    }
  }

  /// What is not there is left out: no classes, no metrics, no validation, inputs that are no picture.
  @Test(arguments: [("linear-regression", []), ("ten-sigmoids", []), ("logistic-regression", set("data.validation=none", "compile.metrics=[]"))])
  func otherTasks(_ name: String, _ settings: [String]) throws {
    try withTemporaryFolder { folder in
      let run = try train("configs/\(name).json", set("fit.epochs=2") + settings, into: folder)
      let html = try Self.page([run.folder.path], in: folder)
      let absent = name == "linear-regression" ? ["Answers", "Most confident mistakes"] : []
      #expect(Self.headings(html) == Self.parts.filter { !absent.contains($0) })
      #expect(html.contains("The run did not time its phases."))
    }
  }

  @Test func severalRuns() throws {
    try withTemporaryFolder { folder in
      let first = try train("configs/digits.json", set("fit.epochs=2"), into: folder).folder
      let second = try train("configs/digits.json", set("fit.epochs=3", "compile.optimizer=nadam"), into: folder).folder
      let other = try train("configs/digits.json", set("fit.epochs=1", "seed=2"), into: folder).folder
      let html = try Self.page([first.path, second.path, other.path], in: folder)
      let names = [first, second, other].map(\.lastPathComponent)
      #expect(Self.headings(html) == ["Results", "Differences", "Training"] + names)
      #expect(
        html.contains(
          "<th scope=\"row\" class=\"word\">compile.optimizer.type</th><td class=\"word\">&quot;adam&quot;</td><td class=\"word\">&quot;nadam&quot;</td><td class=\"word\">&quot;adam&quot;</td>"
        ))
      for name in names { #expect(html.contains("\(name), validation</li>") && html.contains("\(name), training</li>")) }
      let comparison = try object(try succeed(["compare", first.path, second.path, "--json"]))
      let right = try #require(comparison["right"] as? [String: Int])
      #expect(html.contains("\(names[0]) alone is right on \(right["only_first"]!) rows, \(names[1]) alone on \(right["only_second"]!): "))
      #expect(html.contains("\(names[2]): was judged by other rows than \(names[0])"))
    }
  }

  /// Beside the run unless another place is named; and the learning rate is drawn where it changes.
  @Test func besideTheRun() throws {
    try withTemporaryFolder { folder in
      let rate = "compile.optimizer.learning_rate={type:'exponential_decay',initial_learning_rate:0.01,decay_steps:125,decay_rate:0.5}"
      let run = try train("configs/digits.json", set("fit.epochs=4", rate), into: folder)
      #expect(try succeed(["report", run.folder.path]) == "\(run.folder.path)/report.html\n")
      let html = try String(contentsOf: run.folder.appendingPathComponent("report.html"), encoding: .utf8)
      // That of step 124, the last of the first epoch: 0.01 · 0.5^(124 / 125).
      #expect(html.contains("<title>epoch 1&#10;learning rate: \(String(format: "%.5g", 0.01 * pow(0.5, 124.0 / 125)))</title>"))
    }
  }

  /// A run notes what trained it, and with diagnostics where each worker's time went.
  @Test(arguments: [false, true]) func theMachineIsNoted(_ isTimed: Bool) throws {
    try withTemporaryFolder { folder in
      let settings = set("fit.epochs=10", "fit.diagnostics=\(isTimed)") + ["--workers", "2", "--placement", "none"]
      let run = try train("configs/digits.json", settings, into: folder)
      let machine = try object(try String(contentsOf: run.folder.appendingPathComponent("machine.json"), encoding: .utf8))
      #expect(machine["placement"] as? String == "none" && machine["first_epoch"] as? Int == 1 && machine["last_epoch"] as? Int == 10)
      #expect("lockstep \(machine["lockstep"] ?? "")\n" == (try succeed(["--version"])))
      let workers = try #require(machine["workers"] as? [[String: Any]])
      #expect(workers.count == 2)
      #expect(machine["timed_epochs"] as? [Int] == (isTimed ? [1, 9] : nil))
      let history = try run.history
      let seconds = history[0]["seconds"]! + history[8]["seconds"]!
      let timed = workers.compactMap { $0["phases"] as? [String: Double] }
      #expect(!isTimed || timed.contains { $0["forward"]! > 0 && $0["backward"]! > 0 && $0["reduce"]! > 0 })
      for worker in workers {
        let phases = worker["phases"] as? [String: Double]
        #expect(phases.map { Set($0.keys) } == (isTimed ? ["gather", "forward", "loss", "backward", "wait", "reduce"] : nil))
        // A worker that sits out has no time at all.
        #expect(phases.map { $0.values.reduce(0, +) <= seconds } ?? true, "no more than the epochs took")
      }
    }
  }

  @Test func refusals() throws {
    try withDigitsFolder { folder in
      try Refusal("report", 64, "expected a run directory, or several").expect(in: folder)
      try Refusal("report a b c d e f g h i", 64, "found 9 run directories; expected at most 8, as many as there are colours").expect(in: folder)
      try Refusal("report nothing", 66, "nothing: no such run folder").expect(in: folder)
    }
  }
}

import Failures
import Foundation
import Interchange
import RunConfig
import Training

/// `lockstep compare RUN RUN`: whether two runs differ, and in what.
enum CompareVerb: Verb {
  static let name = "compare"
  static let summary = "whether two runs differ in how often they are right (McNemar's test), their metrics, and what changed in their configs"
  static let usage = "RUN RUN [options]"
  static let example = "lockstep compare runs/digits runs/digits-2"
  static let options = [Option.workers, .placement, .json]

  static func run(_ arguments: Arguments) throws(Failure) {
    guard arguments.operands.count == 2 else {
      throw Failure(.usage, "expected two run directories, found \(arguments.operands.count)")
    }
    let paths = (arguments.operands[0], arguments.operands[1])
    let (first, second) = (try Subject(paths.0, arguments), try Subject(paths.1, arguments))
    let comparison = try compare(first.side(paths.0), second.side(paths.1), crew: try Crew(second.configuration.engine))
    let report = ComparisonReport(
      comparison: comparison, names: paths, part: second.part, changes: second.configuration.changes(from: first.configuration))
    try Console.output(arguments.has(.json) ? jsonLine(report.json) + "\n" : report.text)
  }
}

extension Subject {
  /// A side of a comparison, called `name` in messages.
  func side(_ name: String) -> Comparison.Side {
    Comparison.Side(name: name, compiled: compiled, state: state, dataset: dataset, encoding: configuration.data.targets)
  }
}

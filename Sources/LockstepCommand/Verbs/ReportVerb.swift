import Failures
import Interchange
import RunConfig
import Training

/// `lockstep report RUN [RUN...]`: a page about runs.
enum ReportVerb: Verb {
  static let name = "report"
  static let summary = "one HTML file about a run, or about several side by side: curves, confusion, mistakes as pictures, weights, time, machine, config"
  static let usage = "RUN [RUN...] [options]"
  static let example = "lockstep report runs/digits --output digits.html"
  static let output = Option(
    name: "output", value: "FILE", help: "where the page goes; - is standard output; default: report.html in the first run's directory")
  static let mistakes = Option(name: "mistakes", value: "N", help: "draw this many of the most confident mistakes; default: 24")
  static let options = [output, mistakes, Option.set, .workers, .placement, .json]

  /// As many as there are colours.
  private static let mostRuns = 8

  static func run(_ arguments: Arguments) throws(Failure) {
    let paths = arguments.operands
    guard let first = paths.first else { throw Failure(.usage, "expected a run directory, or several") }
    guard paths.count <= mostRuns else {
      throw Failure(.usage, "found \(paths.count) run directories; expected at most \(mostRuns), as many as there are colours")
    }
    for (number, path) in paths.enumerated() {
      if let twin = paths[..<number].first(where: { OutputFile.areOne($0, path) }) {
        throw Failure(.usage, at: path, twin == path ? "is given twice" : "is given already, as \(twin)")
      }
    }
    let file = arguments.last(output) ?? "\(first)/report.html"
    let target = try OutputFile(file, arguments)
    let count = try arguments.number(mistakes, in: 0...1000) ?? 24
    let names = ReportedRun.names(paths)
    var runs: [ReportedRun] = []
    for (path, name) in zip(paths, names) { runs.append(try ReportedRun(path, name: name, mistakes: count, arguments)) }
    let page = Array(try RunReport(runs).html().utf8)
    try target.write(page) { arguments.has(.json) ? jsonLine(["report": file, "runs": paths, "bytes": page.count]) + "\n" : "\(file)\n" }
  }
}

import Failures
import Interchange
import Lockstep
import Measurements
import Reports
import RunConfig
import Training

/// `lockstep bench kernels|step|scaling`: how fast this machine does it, and where the time goes.
enum BenchVerb: Verb {
  static let name = "bench"
  static let summary = "how fast: the kernels on one core, a step phase by phase, the speed-up with more workers"
  static let usage = "kernels|step|scaling [CONFIG] [options]"
  static let example = "lockstep bench scaling configs/digits.json --svg scaling.svg"
  static let mostWorkers = Option(name: "max-workers", value: "N", help: "scaling: try no more workers; default: twice the cores")
  static let svg = Option(name: "svg", value: "FILE", help: "scaling: draw speed-up and efficiency")
  static let options = [Option.set, .workers, .placement, mostWorkers, svg, .json]

  /// What can be measured, and what may be said about it. CONFIG is the bundled digits' 25-15-10 network unless one is given.
  private enum Subject: String, CaseIterable {
    case kernels, step, scaling

    var options: [Option] {
      switch self {
      case .kernels: [.json]
      case .step: [.set, .workers, .placement, .json]
      case .scaling: [.set, mostWorkers, svg, .json]
      }
    }
  }

  static func run(_ arguments: Arguments) throws(Failure) {
    let subject = try subject(arguments)
    for option in options where arguments.has(option) && !subject.options.contains(option) {
      let takers = Subject.allCases.filter { $0.options.contains(option) }.map { "bench \($0)" }.joined(separator: " and ")
      throw Failure(.usage, at: "--\(option.name)", "bench \(subject) does not take it; \(takers) \(takers.contains(" and ") ? "do" : "does")")
    }
    if let extra = arguments.operands.dropFirst(subject == .kernels ? 1 : 2).first {
      throw Failure(.usage, at: extra, subject == .kernels ? "unexpected; bench kernels takes options only" : "unexpected; a config file is given already")
    }
    switch subject {
    case .kernels: try kernels(arguments)
    case .step: try step(arguments)
    case .scaling: try scaling(arguments)
    }
  }

  private static func subject(_ arguments: Arguments) throws(Failure) -> Subject {
    guard let word = arguments.operands.first else { throw Failure(.usage, "expected what to measure: kernels, step, scaling") }
    guard let subject = Subject(rawValue: word) else {
      let hint = Nearest.word(to: word, among: Subject.allCases.map(\.rawValue)).map { "did you mean '\($0)'?" } ?? "known are kernels, step, scaling"
      throw Failure(.usage, at: word, "unknown benchmark; \(hint)")
    }
    return subject
  }

  private static func kernels(_ arguments: Arguments) throws(Failure) {
    let crew = try Crew(EngineSection(workers: .exactly(1)))
    let report = try KernelReport.measure(crew)
    for warning in crew.pool.bindingWarnings { Console.error("lockstep: warning: \(warning)") }
    try show(report.jsonObject, report.lines, arguments)
  }

  private static func step(_ arguments: Arguments) throws(Failure) {
    var configuration = try configuration(arguments)
    configuration.engine = try configuration.engine.with(workers: arguments.last(.workers), placement: arguments.last(.placement))
    let report = try StepReport.measure(configuration)
    for warning in report.warnings { Console.error("lockstep: warning: \(warning)") }
    try show(report.jsonObject, report.lines, arguments)
  }

  private static func scaling(_ arguments: Arguments) throws(Failure) {
    var most: Int?
    if let text = arguments.last(mostWorkers) {
      guard let number = Int(text), number >= 1 else {
        throw Failure(.usage, at: "--max-workers \(text)", "expected a whole number of at least 1")
      }
      most = number
    }
    let report = try ScalingReport.measure(try configuration(arguments), mostWorkers: most)
    for warning in report.warnings { Console.error("lockstep: warning: \(warning)") }
    // The numbers first: a picture that cannot be written must not take them along.
    try show(report.jsonObject, report.lines, arguments)
    if let path = arguments.last(svg) { try AtomicFile.write(Array(report.chart.svg.utf8), to: path) }
  }

  private static func configuration(_ arguments: Arguments) throws(Failure) -> RunConfiguration {
    try RunConfiguration(benchmark: arguments.operands.dropFirst().first, overrides: arguments.all(.set))
  }

  private static func show(_ object: [String: Any], _ lines: [String], _ arguments: Arguments) throws(Failure) {
    try Console.output((arguments.has(.json) ? jsonLine(object) : lines.joined(separator: "\n")) + "\n")
  }
}

extension ScalingReport {
  /// The report as a picture.
  fileprivate var chart: SpeedUpChart {
    SpeedUpChart(
      title: "\(run.name): speed-up with more workers",
      subtitle: "batch \(run.batchSize), placement \(run.placement), \(run.instructionSet); medians and ranges of \(rounds) rounds", cores: cores,
      points: points.map { point in
        let rate = ProgressDisplay.rate(point.samplesPerSecond.median)
        return SpeedUpChart.Point(
          workers: point.workers, speedUp: point.speedUp.median, least: point.speedUp.minimum, most: point.speedUp.maximum, efficiency: point.efficiency,
          words: "\(point.workers) worker\(point.workers == 1 ? "" : "s"): \(rate) samples/s")
      })
  }
}

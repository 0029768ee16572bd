import Failures
import Interchange
import Lockstep
import Measurements
import Ranks
import Reports
import RunConfig
import Training

/// `lockstep bench cores|kernels|step|scaling`: how fast this machine does it, and where the time goes; under an MPI launcher the last two of all its ranks.
enum BenchVerb: Verb {
  static let name = "bench"
  static let summary = "how fast: the cores, the kernels on one of them, a step phase by phase, the speed-up with more workers"
  static let usage = "cores|kernels|step|scaling [CONFIG] [options]"
  static let example = "lockstep bench scaling configs/digits.json --svg scaling.svg"
  static let mostWorkers = Option(name: "max-workers", value: "N", help: "scaling: try no more workers; default: twice the cores")
  static let svg = Option(name: "svg", value: "FILE", help: "scaling: draw speed-up and efficiency")
  static let options = [Option.set, .workers, .placement, mostWorkers, svg, .json]
  static var words: WordList? { WordList("benchmark", Subject.allCases.map(\.rawValue), opening: Subject.allCases.filter(\.trains).map(\.rawValue)) }

  /// What can be measured, and what may be said about it. CONFIG is the bundled digits' 25-15-10 network unless one is given.
  private enum Subject: String, CaseIterable {
    case cores, kernels, step, scaling

    var options: [Option] {
      switch self {
      case .cores: [.workers, .placement, .json]
      case .kernels: [.json]
      case .step: [.set, .workers, .placement, .json]
      case .scaling: [.set, mostWorkers, svg, .json]
      }
    }

    /// Whether it trains, and so takes a CONFIG.
    var trains: Bool { self == .step || self == .scaling }
  }

  static func run(_ arguments: Arguments) throws(Failure) {
    let subject = try subject(arguments)
    for option in options where arguments.has(option) && !subject.options.contains(option) {
      let takers = Subject.allCases.filter { $0.options.contains(option) }.map { "bench \($0)" }.joined(separator: " and ")
      throw Failure(.usage, at: "--\(option.name)", "bench \(subject) does not take it; \(takers) \(takers.contains(" and ") ? "do" : "does")")
    }
    if let extra = arguments.operands.dropFirst(subject.trains ? 2 : 1).first {
      throw Failure(.usage, at: extra, subject.trains ? "unexpected; a config file is given already" : "unexpected; bench \(subject) takes options only")
    }
    switch subject {
    case .cores: try cores(arguments)
    case .kernels: try kernels(arguments)
    case .step: try Ranks.launched(arguments) { ranks throws(Failure) in try step(arguments, ranks) }
    case .scaling:
      try Ranks.launched(arguments) { ranks throws(Failure) in if let ranks { try scaling(arguments, of: ranks) } else { try scaling(arguments) } }
    }
  }

  private static let known = Subject.allCases.map(\.rawValue).joined(separator: ", ")

  private static func subject(_ arguments: Arguments) throws(Failure) -> Subject {
    guard let word = arguments.operands.first else { throw Failure(.usage, "expected what to measure: \(known)") }
    try words?.check(word)
    guard let subject = Subject(rawValue: word) else { preconditionFailure("no benchmark is called '\(word)'") }
    return subject
  }

  private static func cores(_ arguments: Arguments) throws(Failure) {
    let crew = try Crew(EngineSection().with(workers: arguments.last(.workers), placement: arguments.last(.placement)))
    let report = try CoreReport.measure(crew)
    warn(crew.pool.bindingWarnings)
    try show(report.jsonObject, report.lines, arguments)
  }

  private static func kernels(_ arguments: Arguments) throws(Failure) {
    let crew = try Crew(EngineSection(workers: .exactly(1)))
    let report = try KernelReport.measure(crew)
    warn(crew.pool.bindingWarnings)
    try show(report.jsonObject, report.lines, arguments)
  }

  private static func step(_ arguments: Arguments, _ ranks: Ranks?) throws(Failure) {
    var configuration = try configuration(arguments)
    configuration.engine = try configuration.engine.with(workers: arguments.last(.workers), placement: arguments.last(.placement))
    let report = try StepReport.measure(configuration, ranks: ranks)
    guard ranks?.isFirst != false else { return }
    warn(report.warnings)
    try show(report.jsonObject, report.lines, arguments)
  }

  private static func scaling(_ arguments: Arguments) throws(Failure) {
    let most = try arguments.number(mostWorkers, in: 1...Int.max)
    let report = try ScalingReport.measure(try configuration(arguments), mostWorkers: most)
    warn(report.warnings)
    // The numbers first: a picture that cannot be written must not take them along.
    try show(report.jsonObject, report.lines, arguments)
    if let path = arguments.last(svg) { try AtomicFile.write(Array(report.chart.svg.utf8), to: path) }
  }

  /// Of several processes; the first speaks for all.
  private static func scaling(_ arguments: Arguments, of ranks: Ranks) throws(Failure) {
    if let text = arguments.last(mostWorkers) {
      throw Failure(
        .usage, at: "--max-workers \(text)",
        "an MPI launcher has started \(ranks.count) ranks, which are what is counted; set the workers of each with --set engine.workers=N")
    }
    guard let report = try RankScalingReport.measure(try configuration(arguments), ranks: ranks) else { return }
    warn(report.warnings)
    try show(report.jsonObject, report.lines, arguments)
    if let path = arguments.last(svg) { try AtomicFile.write(Array(report.chart.svg.utf8), to: path) }
  }

  private static func configuration(_ arguments: Arguments) throws(Failure) -> RunConfiguration {
    try RunConfiguration(benchmark: arguments.operands.dropFirst().first, overrides: arguments.all(.set))
  }

  private static func warn(_ warnings: [String]) {
    for warning in warnings { Console.warning(warning) }
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
        let rate = Amount.rate(point.samplesPerSecond.median)
        return SpeedUpChart.Point(
          number: point.workers, speedUp: point.speedUp.median, least: point.speedUp.minimum, most: point.speedUp.maximum, efficiency: point.efficiency,
          words: "\(point.workers) worker\(point.workers == 1 ? "" : "s"): \(rate) samples/s")
      })
  }
}

extension RankScalingReport {
  /// The report as a picture.
  fileprivate var chart: SpeedUpChart {
    SpeedUpChart(
      title: "\(run.name): speed-up with more ranks",
      subtitle: "batch \(run.batchSize), \(library); medians and ranges of \(rounds) rounds", noun: "rank",
      points: points.map { point in
        SpeedUpChart.Point(
          number: point.ranks, speedUp: point.speedUp.median, least: point.speedUp.minimum, most: point.speedUp.maximum, efficiency: point.efficiency,
          words: "\(point.ranks) rank\(point.ranks == 1 ? "" : "s"): \(Amount.rate(point.samplesPerSecond.median)) samples/s")
      })
  }
}

import Failures
import NeuralNetwork
import RunConfig
import Training

/// All that a report tells of a run: what its directory holds, and what the network does on the data that it is judged by.
struct ReportedRun {
  /// What tells it from the other runs of the report.
  let name: String
  let subject: Subject
  /// As the run has it, whatever this machine's workers are.
  let configuration: RunConfiguration
  let crew: Crew
  let history: [EpochRecord]
  let examination: Examination
  /// What trained it; nil where the run did not note it.
  let machine: RunMachine?

  /// - Parameters:
  ///   - mistakes: to look for at most.
  ///   - arguments: of which `--set`, `--workers` and `--placement` count.
  /// - Throws: `Failure` for what is wrong with the directory, or with its data.
  init(_ path: String, name: String, mistakes: Int, _ arguments: Arguments) throws(Failure) {
    let directory = try RunDirectory(opening: path)
    self.name = name
    subject = try Subject(path, arguments)
    configuration = try directory.configuration()
    history = try directory.history()
    machine = try directory.machine()
    crew = try Crew(subject.configuration.engine)
    examination = try examine(
      subject.compiled, state: subject.state, dataset: subject.dataset, encoding: subject.configuration.data.targets,
      questions: Examination.Questions(mistakes: mistakes, seed: subject.configuration.seed), crew: crew)
  }

  /// For each path the shortest end of it that no other one has.
  static func names(_ paths: [String]) -> [String] {
    let parts = paths.map { $0.split(separator: "/").filter { $0 != "." } }
    return parts.indices.map { index in
      let others = parts.indices.filter { $0 != index }.map { parts[$0] }
      let ends = (1...max(1, parts[index].count)).map { parts[index].suffix($0) }
      let end = ends.first { end in !others.contains { $0.suffix(end.count).elementsEqual(end) } } ?? parts[index].suffix(parts[index].count)
      return end.isEmpty ? paths[index] : end.joined(separator: "/")
    }
  }

  /// What class number `number` stands for.
  func label(_ number: Int) -> String { "\(EvaluationReport.label(number, configuration.data.classes))" }

  /// The weights of the first dense layer `[inputs][units]`, and the side of the square that its inputs make; nil where they make none.
  var firstWeights: (values: [Float], units: Int, side: Int)? {
    guard let layer = subject.compiled.network.layers.first, let side = Self.side(layer.inputs) else { return nil }
    let tensors = subject.compiled.network.tensors(arena: subject.state.weights)
    return tensors.first { $0.name == "\(layer.name).kernel" }.map { ($0.values, layer.units, side) }
  }

  /// The side of a square of `count` pixels that can be drawn.
  static func side(_ count: Int) -> Int? {
    let side = Int(Double(count).squareRoot().rounded())
    return side * side == count && 4...64 ~= side ? side : nil
  }
}

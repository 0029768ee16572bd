import Failures
import Interchange
import RunConfig
import Training

/// `lockstep import CONFIG WEIGHTS`: a run made of another program's weights.
enum ImportVerb: Verb {
  static let name = "import"
  static let summary = "a run made of weights that PyTorch or Keras has saved as safetensors"
  static let usage = "CONFIG WEIGHTS [options]"
  static let example = "lockstep import configs/digits.json weights.safetensors --transpose --output runs/imported"
  static let transpose = Option(name: "transpose", value: nil, help: "kernels are [outputs, inputs], as in a state_dict of PyTorch")
  static let output = Option(name: "output", value: "DIR", help: "the run directory; default: the first free of runs/NAME, runs/NAME-2, ...")
  static let options = [Option.set, transpose, output, .json]

  static func run(_ arguments: Arguments) throws(Failure) {
    guard arguments.operands.count == 2 else { throw Failure(.usage, "expected a config file and a file of weights, found \(arguments.operands.count)") }
    let configuration = try RunConfiguration(file: arguments.operands[0], overrides: arguments.all(.set))
    let run = try ImportedRun(configuration, weights: arguments.operands[1], transposed: arguments.has(transpose), output: arguments.last(output))
    try Console.output(arguments.has(.json) ? json(run) : text(run))
  }

  private static func text(_ run: ImportedRun) -> String {
    let lines = run.matches.map { "\($0.source) \($0.sourceShape) → \($0.tensor.name) \($0.tensor.shape)\n" }
    return lines.joined() + "saved in \(run.directory.destination)\n"
  }

  private static func json(_ run: ImportedRun) -> String {
    let tensors: [[String: Any]] = run.matches.map {
      ["source": $0.source, "source_shape": $0.sourceShape, "name": $0.tensor.name, "shape": $0.tensor.shape]
    }
    return jsonLine(["run": run.directory.destination, "tensors": tensors]) + "\n"
  }
}

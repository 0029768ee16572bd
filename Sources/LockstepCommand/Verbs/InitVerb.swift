import Datasets
import Failures
import Foundation
import Interchange

/// `lockstep init [DATA]`: a config to begin with.
enum InitVerb: Verb {
  static let name = "init"
  static let summary = "write a commented config to begin with, for the data in a folder of IDX files, or for the bundled digits"
  static let usage = "[FOLDER] [options]"
  static let example = "lockstep init --output digits.json"
  static let output = Option(
    name: "output", value: "FILE",
    help: "where the config goes; default: the folder's name with .json; a file that is there is not replaced; - is standard output")
  static let options = [output, .json]

  static func run(_ arguments: Arguments) throws(Failure) {
    let folder = arguments.operands.isEmpty ? nil : try arguments.operand("a folder of IDX files")
    let name = StarterConfig.name(of: folder)
    let file = arguments.last(output) ?? "\(name).json"
    let target = try OutputFile(file, arguments)
    if target.isThere { throw Failure(.alreadyThere, at: file, "the file is there already; name another with --output") }
    let config = StarterConfig(name: name, folder: folder, data: try Self.data(folder))
    try target.write(Array(config.text.utf8)) {
      arguments.has(.json) ? jsonLine(["config": file]) + "\n" : "\(file)\nnext: lockstep check \(file), then lockstep train \(file)\n"
    }
  }

  /// The training rows, and how many more there are to test on.
  private static func data(_ folder: String?) throws(Failure) -> (training: Dataset, testRows: Int?) {
    guard let folder else { return (try Dataset.bundledDigits(), nil) }
    let hasTest = ["", ".gz", ".bz2"].contains { access("\(folder)/t10k-images-idx3-ubyte\($0)", F_OK) == 0 }
    guard hasTest else { return (try Dataset.load(idxFolder: folder), nil) }
    let both = try Dataset.loadBoth(idxFolder: folder)
    return (both.training, both.test.count)
  }
}

import Datasets
import Failures
import Foundation
import Interchange

/// `lockstep init [DATA]`: a config to begin with.
enum InitVerb: Verb {
  static let name = "init"
  static let summary = "write a commented config to begin with, for the data in a file or folder of any format, or for the bundled digits"
  static let usage = "[FOLDER|FILE] [options]"
  static let example = "lockstep init --output digits.json"
  static let output = Option(
    name: "output", value: "FILE",
    help: "where the config goes; default: the data's name with .json; a file that is there is not replaced; - is standard output")
  static let labelColumn = Option(
    name: "label-column", value: "COLUMN",
    help:
      "of CSV and TSV: the labels' column, its name or number from 0, -1 the last; default: the one called label, or the first or last that looks like classes; of IDX labels with several integers a row the number"
  )
  static let options = [output] + Option.table.map { $0.name == labelColumn.name ? labelColumn : $0 } + [.json]

  static func run(_ arguments: Arguments) throws(Failure) {
    let path = arguments.operands.isEmpty ? nil : try arguments.operand("a file or folder of examples")
    let name = StarterConfig.name(of: path)
    let file = arguments.last(output) ?? "\(name).json"
    let target = try OutputFile(file, arguments)
    if target.isThere { throw Failure(.alreadyThere, at: file, "the file is there already; name another with --output") }
    let data =
      if let path { try StarterData(try arguments.table(path: path), labelIsGiven: arguments.has(labelColumn)) } else { try StarterData() }
    let config = StarterConfig(name: name, data: data)
    try target.write(Array(config.text.utf8)) {
      arguments.has(.json) ? jsonLine(["config": file]) + "\n" : "\(file)\n\(config.facts)\nnext: lockstep check \(file), then lockstep train \(file)\n"
    }
  }
}

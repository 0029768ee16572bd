import Datasets
import Failures
import Interchange

/// `lockstep data info FILE`: what a file or folder of examples holds.
enum DataInfoVerb: Verb {
  static let name = "data info"
  static let summary = "shape, type, range, classes, duplicates and missing numbers of a data set, and a few of its digits; - is standard input"
  static let usage = "FILE|FOLDER [options]"
  static let example = "lockstep data info digits.csv --label-column label"
  static let options = Option.table + [.json]

  static func run(_ arguments: Arguments) throws(Failure) {
    let reports = try StandardInput.opened(try arguments.operand("a file or folder of examples")) { path, isStandardInput throws(Failure) in
      let parts = try arguments.table(path: path, isStandardInput: isStandardInput).open()
      let name = isStandardInput ? StandardInput.name : nil
      let training = TableReport(name: name, part: parts.test == nil ? nil : "training", parts.training)
      return [training] + (parts.test.map { [TableReport(name: name, part: "test", $0)] } ?? [])
    }
    if arguments.has(.json) {
      let names = ["training", "test"]
      return try Console.output(jsonLine(Dictionary(uniqueKeysWithValues: zip(names, reports.map(\.json)))) + "\n")
    }
    let blocks = DigitPicture.mayHoldBlocks()
    try Console.output(reports.map { $0.text(blocks: blocks) }.joined(separator: "\n"))
  }
}

extension Option {
  /// What must be said about a file of examples.
  static let table: [Option] = [
    Option(
      name: "from", value: "FORMAT", words: WordList("format", DataFormat.self),
      help: "default: what the name says; of standard input what it begins with, else csv"),
    Option(
      name: "label-column", value: "COLUMN",
      help:
        "of CSV and TSV: the labels' column, its name or number from 0, -1 the last, or none; of IDX labels with several integers a row, such as QMNIST's, the number; default: 0"
    ),
    Option(
      name: "header", value: "WORD", words: WordList("word", ["true", "false", "auto"]),
      help: "of CSV and TSV, whether there is one; auto: a first line without a number is one; default: auto"),
    Option(name: "images", value: "NAME", help: "of NPZ and folders of NPY: the array of the images; default: x_train, and x_test to test with"),
    Option(name: "labels", value: "NAME|FILE", help: "of NPZ and folders of NPY: the array of the labels; of an IDX or NPY file: the file of the labels"),
  ]
}

extension Arguments {
  /// The table at `path`, and what the options of `Option.table` say about it.
  ///
  /// - Parameter isStandardInput: whether the path is that of what came from there, and says nothing of its format.
  func table(path: String, isStandardInput: Bool = false) throws(Failure) -> TableRequest {
    var request = TableRequest(path)
    func value(_ name: String) -> String? { Option.table.first { $0.name == name }.flatMap { last($0) } }
    request.format = value("from").flatMap { DataFormat(rawValue: $0) }
    if isStandardInput, request.format == nil { request.format = try DataFormat(contentsOf: path) }
    if let column = value("label-column") { request.label = column == "none" ? nil : Int(column).map { .number($0) } ?? .name(column) }
    request.header = value("header").flatMap { Bool($0) }
    (request.images, request.labels) = (value("images"), value("labels"))
    return request
  }
}

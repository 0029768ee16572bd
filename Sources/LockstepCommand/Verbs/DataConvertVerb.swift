import Datasets
import Failures
import Foundation
import Interchange
import Lockstep

/// `lockstep data convert IN OUT`: examples from one format into another.
enum DataConvertVerb: Verb {
  static let name = "data convert"
  static let summary = "a data set as IDX, CSV, TSV, NPY, NPZ, LIBSVM or PNG, with the same numbers to the bit; - is standard input or output"
  static let usage = "IN OUT [options]"
  static let example = "lockstep data convert digits.csv digits --to idx --shape 28x28"
  static let to = Option(
    name: "to", value: "FORMAT", words: WordList("format", DataFormat.self),
    help: "idx, npy and png are folders; default: what OUT's name says; .gz behind it packs text")
  static let shape = Option(name: "shape", value: "RxC", help: "the dimensions of a row, such as 28x28, for formats that keep them; default: those of IN")
  static let part = Option(
    name: "part", value: "WORD", words: WordList("part", Part.self), help: "default: both where OUT has a place for both, else training")
  static let overwrite = Option(name: "overwrite", value: nil, help: "replace files that are there, but never IN, nor a folder of pictures")
  static let options = [to, shape, part, overwrite] + Option.table + [.json]

  private enum Part: String, CaseIterable { case training, test }

  static func run(_ arguments: Arguments) throws(Failure) {
    guard arguments.operands.count == 2 else {
      throw Failure(
        .usage, at: arguments.operands.count > 2 ? arguments.operands[2] : "",
        arguments.operands.count > 2 ? "unexpected; IN and OUT are given already" : "expected IN and OUT")
    }
    let target = try OutputFile(arguments.operands[1], arguments)
    try StandardInput.opened(arguments.operands[0]) { path, isStandardInput throws(Failure) in
      let parts = try arguments.table(path: path, isStandardInput: isStandardInput).open()
      try convert(parts, of: isStandardInput ? StandardInput.name : path, read: isStandardInput ? "/dev/stdin" : path, to: target, arguments)
    }
  }

  /// - Parameters:
  ///   - input: what messages call that which was read.
  ///   - source: its path.
  private static func convert(
    _ parts: (training: ExampleTable, test: ExampleTable?), of input: String, read source: String, to target: OutputFile, _ arguments: Arguments
  ) throws(Failure) {
    let output = target.path
    let encoder = TableEncoder(try format(arguments.word(to), target), shape: try arguments.last(shape).map(dimensions))
    let (training, test) = try chosen(arguments.word(part), parts, input)
    let kept = encoder.holdsTestPart ? test : nil
    var files = try encoder.files(training: training, test: kept)
    if output.hasSuffix(".gz"), !encoder.makesFolder, encoder.format != .npz { files = files.map { ($0.name, gzipped($0.bytes)) } }
    let bytes = files.reduce(0) { $0 + $1.bytes.count }
    let rows = training.count + (kept?.count ?? 0)
    if test != nil, kept == nil { Console.error("lockstep: \(input): the test part is left out; --part test writes it") }
    if target.isStandardOutput { return try Console.output(files[0].bytes) }
    try write(
      files, encoder, output, read: [source] + Option.table.filter { $0.name == "labels" }.compactMap { arguments.last($0) },
      overwrite: arguments.has(overwrite))
    try Console.output(
      arguments.has(.json)
        ? jsonLine(["output": output, "format": encoder.format.rawValue, "rows": rows, "bytes": bytes, "files": files.count]) + "\n"
        : "\(output): \(rows) rows as \(encoder.format.rawValue), \(Amount.bytes(bytes))\n")
  }

  /// Pictures, of which there may be many thousands, come with their folder; of other formats each file is written on its own.
  ///
  /// - Parameter sources: the files that were read, or the folder that holds them.
  private static func write(
    _ files: [(name: String, bytes: [UInt8])], _ encoder: TableEncoder, _ output: String, read sources: [String], overwrite: Bool
  ) throws(Failure) {
    guard encoder.format != .png else { return try AtomicFolder.write(files, to: output) }
    let files = files.map { (path: $0.name.isEmpty ? output : "\(output)/\($0.name)", bytes: $0.bytes) }
    for (path, _) in files where OutputFile.isFile(path) {
      let isRead = sources.contains { OutputFile.areOne($0, path) || OutputFile.areOne($0, output) }
      guard !isRead else { throw Failure(.alreadyThere, at: path, "is what is read; name another OUT") }
      guard overwrite else { throw Failure(.alreadyThere, at: path, "is there already; name another OUT, or add --overwrite to replace it") }
    }
    let made = encoder.makesFolder ? try makeFolders(output) : []
    do throws(Failure) {
      try AtomicFile.write(files)
    } catch {
      removeEmptyFolders(made)
      throw error
    }
  }

  private static func format(_ word: DataFormat?, _ target: OutputFile) throws(Failure) -> DataFormat {
    let output = target.path
    if target.isStandardOutput {
      guard let word else { throw Failure(.usage, at: output, "standard output has no name that says which format to write; give --to") }
      guard !TableEncoder(word).makesFolder else {
        throw Failure(.usage, at: "--to \(word.rawValue)", "makes a folder of files, and standard output takes one; choose csv, tsv, npz or libsvm")
      }
      return word
    }
    guard let format = word ?? DataFormat(name: output) else { throw Failure(.usage, at: output, "its name does not say which format to write; give --to") }
    guard format != .png || word != nil else { throw Failure(.usage, at: output, "a data set is a folder of PNG files; --to png makes one of this name") }
    return format
  }

  /// "28x28" as two numbers.
  private static func dimensions(_ text: String) throws(Failure) -> [Int] {
    let numbers = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
    guard 1...3 ~= numbers.count, numbers.allSatisfy({ 1...1 << 24 ~= $0 }) else {
      throw Failure(.usage, at: "--shape \(text)", "expected dimensions with an x between them, such as 28x28")
    }
    return numbers
  }

  private static func chosen(
    _ part: Part?, _ parts: (training: ExampleTable, test: ExampleTable?), _ input: String
  ) throws(Failure) -> (training: ExampleTable, test: ExampleTable?) {
    switch part {
    case nil: return parts
    case .training?: return (parts.training, nil)
    case .test?:
      guard let test = parts.test else { throw Failure(.badData, at: input, "has no test part") }
      return (test, nil)
    }
  }
}

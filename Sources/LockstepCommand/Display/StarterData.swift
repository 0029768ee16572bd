import Datasets
import Failures
import Foundation

/// What a config to begin with is written for: where the examples are, in the config's words, and what they ask of a network.
struct StarterData {
  /// A key of a config, or several, as JSON5, and why it is so.
  typealias Key = (text: String, why: String)

  /// Of the config's `data`.
  let keys: [Key]
  /// The rows to train on, with the classes that `keys` pick.
  let training: Dataset
  /// Rows of the test part, where it can be validated on; nil for none.
  let testRows: Int?

  /// The digits that ship with the package.
  init() throws(Failure) {
    (keys, training, testRows) = ([(#"source: "bundled","#, "the 5,000 digits that ship with Lockstep")], try Dataset.bundledDigits(), nil)
  }

  /// - Parameters:
  ///   - request: what was said about the file or folder.
  ///   - labelIsGiven: whether that includes the column of the labels; else it is looked for.
  /// - Throws: `.missingInput` where nothing is there; what reading it throws; `.badData` where no network can be trained on it.
  init(_ request: TableRequest, labelIsGiven: Bool) throws(Failure) {
    guard access(request.path, F_OK) == 0 else { throw Failure(.missingInput, at: request.path, "no such file or folder") }
    let format = try request.knownFormat()
    var request = request
    if !labelIsGiven { request.label = try request.likelyLabel() }
    var keys = try Self.source(request, format, labelIsGiven: labelIsGiven)
    let (training, test, areNumbers) = try Self.load(request, format)
    if areNumbers { keys.append((#"targets: "value","#, "labels are numbers that are no classes: the network is to come near them")) }
    guard let counts = training.rowsPerClass, !areNumbers else {
      try Self.requireDifferentNumbers(training, request)
      (self.keys, self.training, testRows) = (keys, training, test?.count)
      return
    }
    let present = counts.indices.filter { counts[$0] > 0 }
    guard present.count > 1 else { throw Self.oneLabel("\(present[0])", training, request) }
    if present.count < counts.count {
      keys.append(("classes: \(present),", "the labels that there are, which become outputs 0 to \(present.count - 1)"))
    }
    self.training = present.count < counts.count ? try training.selecting(classes: present) : training
    self.keys = keys
    // A class that the test part lacks cannot be picked out of it.
    let testCounts = test?.rowsPerClass ?? []
    testRows = test != nil && present.allSatisfy { $0 < testCounts.count && testCounts[$0] > 0 } ? test?.count : nil
  }

  /// Both parts, the second if it is there with its labels; and whether labels are one number a row that are no classes.
  private static func load(_ request: TableRequest, _ format: DataFormat) throws(Failure) -> (training: Dataset, test: Dataset?, areNumbers: Bool) {
    guard format != .idx else {
      let column = try request.labelNumber
      let hasTest = ["", ".gz", ".bz2"].contains { access("\(request.path)/t10k-images-idx3-ubyte\($0)", F_OK) == 0 }
      guard hasTest else { return (try Dataset.load(idxFolder: request.path, labelColumn: column), nil, false) }
      let both = try Dataset.loadBoth(idxFolder: request.path, labelColumn: column)
      return (both.training, both.test, false)
    }
    let (training, test) = try request.open()
    let areNumbers = training.labels.map { $0.width == nil && !$0.areClasses } ?? false
    guard let test, test.labels != nil else { return (try Dataset(training, labels: areNumbers ? .numbers : .classes), nil, areNumbers) }
    let both = try Dataset.load(training, test: test, labels: areNumbers ? .numbers : .classes)
    return (both.training, both.test, areNumbers)
  }

  private static func source(_ request: TableRequest, _ format: DataFormat, labelIsGiven: Bool) throws(Failure) -> [Key] {
    let isFolder = (try? FileManager.default.contentsOfDirectory(atPath: request.path)) != nil
    func source(_ path: String) -> Key { ("source: \"\(format.rawValue)\", path: \(quoted(path)),", "") }
    switch format {
    case .idx:
      guard isFolder else {
        throw Failure(
          .badData, at: request.path, "is one IDX file, and a config takes a folder of them with MNIST's names; lockstep data convert makes one, with --to idx")
      }
      return [source(request.path)] + (labelIsGiven ? [column(request.label, "of labels with several integers a row")] : [])
    case .csv, .tsv:
      let why = labelIsGiven ? "which column holds the labels" : "what looks like the column of the labels; -1 is the last one"
      let keys: [Key] = [source(request.path), column(request.label, why)]
      guard let header = request.header else { return keys }
      return keys + [("header: \(header),", "whether the first line holds the columns' names")]
    case .libsvm, .png: return [source(request.path)]
    case .npz: return [source(request.path)] + arrays(request.images, request.labels)
    case .npy where isFolder: return [source(request.path)] + arrays(request.images, request.labels)
    case .npy:
      guard let labels = request.labels else {
        throw Failure(.badData, at: request.path, "has no labels to learn; --labels names the file that has them")
      }
      let (folder, other) = (Self.folder(of: request.path), Self.folder(of: labels))
      guard folder == other else {
        throw Failure(.badData, at: labels, "is not in the folder of \(request.path); a config takes arrays from one folder")
      }
      return [source(folder)] + arrays(array(of: request.path), array(of: labels))
    }
  }

  private static func column(_ label: LabelColumn?, _ why: String) -> Key {
    let word =
      switch label {
      case .name(let name)?: quoted(name)
      case .number(let number)?: "\(number)"
      case nil: "0"
      }
    return ("label_column: \(word),", why)
  }

  /// Nothing where they have Keras's names, which are the defaults.
  private static func arrays(_ images: String?, _ labels: String?) -> [Key] {
    guard let images else { return [] }
    return [("images: \(quoted(images)),\(labels.map { " labels: \(quoted($0))," } ?? "")", "the arrays")]
  }

  private static func folder(of path: String) -> String {
    let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    return folder.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : folder
  }

  /// The name of the array in a file, as a folder of arrays has it.
  private static func array(of path: String) -> String {
    let name = String(path.split(separator: "/").last ?? "")
    return [".npy", ".npy.gz", ".npy.bz2"].first { name.hasSuffix($0) }.map { String(name.dropLast($0.count)) } ?? name
  }

  private static func requireDifferentNumbers(_ training: Dataset, _ request: TableRequest) throws(Failure) {
    guard case .vectors(let values, let width) = training.targets, width == 1 else { return }
    guard values.contains(where: { $0 != values[0] }) else { throw oneLabel("\(values[0])", training, request) }
  }

  private static func oneLabel(_ label: String, _ training: Dataset, _ request: TableRequest) -> Failure {
    Failure(.badData, at: request.path, "all \(training.count) rows have the label \(label); a network learns to tell labels apart, and needs two")
  }

  /// As a string of JSON5.
  private static func quoted(_ text: String) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    guard let data = try? encoder.encode(text) else { preconditionFailure("a string did not encode: \(text)") }
    return String(decoding: data, as: UTF8.self)
  }
}

import Failures
import Glibc

extension Dataset {
  /// The training part of a folder of IDX files: `train-images-idx3-ubyte` and `train-labels-idx1-ubyte`, plain, or with `.gz` or `.bz2`
  /// (the first that is there is taken).
  ///
  /// Images are unsigned bytes `[rows, …]` of any size. Labels may be bytes `[rows]` (class numbers), bytes `[rows, outputs]` of 0 and 1
  /// (one-hot, or independent labels), or floats `[rows]` or `[rows, outputs]` (real numbers), whatever the file's name says. Integers of 32 bits, as
  /// `train-labels-idx2-int` of QMNIST has them, are class numbers `[rows]`, or `[rows, columns]` of which `labelColumn` is.
  ///
  /// - Throws: what `IDXFile` throws; `.missingInput` with the names tried; `.badData` when images and labels differ in number or have a wrong
  ///   type or shape.
  /// - Parameters:
  ///   - folder: where the files are.
  ///   - labelColumn: from 0, below 0 from the last column backwards.
  public static func load(idxFolder folder: String, labelColumn: Int = 0) throws(Failure) -> Dataset {
    try load(prefix: "train", folder: folder, labelColumn: labelColumn).dataset
  }

  /// The training part and the test part (`t10k-images-idx3-ubyte`, `t10k-labels-idx1-ubyte`) of a folder of IDX files.
  ///
  /// Both get the same `classCount`, the larger of the two.
  ///
  /// - Throws: what `load(idxFolder:labelColumn:)` throws; `.badData` when the parts' images differ in width, or their targets in kind or width.
  /// - Parameters: as for `load(idxFolder:labelColumn:)`.
  public static func loadBoth(idxFolder folder: String, labelColumn: Int = 0) throws(Failure) -> (training: Dataset, test: Dataset) {
    // At once, because inflating is most of the work where the files are gzipped.
    let (training, test) = try together(
      { () throws(Failure) in try load(prefix: "train", folder: folder, labelColumn: labelColumn) },
      { () throws(Failure) in try load(prefix: "t10k", folder: folder, labelColumn: labelColumn) })
    return try matched(training.dataset, test.dataset, images: (training.images, test.images), labels: (training.labels, test.labels))
  }

  /// Two parts as parts of one whole, with the larger `classCount`.
  ///
  /// - Parameters:
  ///   - images: what a message calls their features.
  ///   - labels: what it calls their labels.
  static func matched(
    _ training: Dataset, _ test: Dataset, images: (training: String, test: String), labels: (training: String, test: String)
  ) throws(Failure) -> (training: Dataset, test: Dataset) {
    guard training.width == test.width else {
      throw Failure(.badData, at: images.test, "the images' width is \(test.width), but that of \(images.training) is \(training.width)")
    }
    let (trainingKind, testKind) = (training.targets.kind, test.targets.kind)
    guard trainingKind == testKind else {
      throw Failure(.badData, at: labels.test, "holds \(testKind), but \(labels.training) holds \(trainingKind)")
    }
    let classCount = max(training.classCount, test.classCount)
    return (training.with(classCount: classCount), test.with(classCount: classCount))
  }

  private func with(classCount: Int) -> Dataset {
    with(targets: targets, classCount: classCount)
  }

  /// A part of the folder, and the paths of its two files for messages.
  private static func load(
    prefix: String, folder: String, labelColumn: Int
  ) throws(Failure) -> (dataset: Dataset, images: String, labels: String) {
    let (imagePath, labelPath) = try paths(of: prefix, in: folder)
    let store = try ExampleStore(images: imagePath)
    let labels = try IDXFile(labelPath)
    guard labels.count == store.count else {
      throw Failure(.badData, at: imagePath, "holds \(store.count) images, but \(labelPath) holds \(labels.count) labels")
    }
    let targets = try Targets(labels, labelColumn: labelColumn)
    let highest = targets.classes?.max().map { Int($0) + 1 } ?? 0
    return (Dataset(all: store, targets: targets, classCount: highest), imagePath, labelPath)
  }

  /// The files of a part: MNIST's names, and for labels those of QMNIST, too.
  static func paths(of prefix: String, in folder: String) throws(Failure) -> (images: String, labels: String) {
    let images = try path(of: "\(prefix)-images-idx3-ubyte", in: folder)
    let labels = "\(prefix)-labels-idx1-ubyte"
    if existing(labels, in: folder) == nil, let integers = existing("\(prefix)-labels-idx2-int", in: folder) { return (images, integers) }
    return (images, try path(of: labels, in: folder))
  }

  /// The plain file, or else a packed one.
  static func path(of name: String, in folder: String) throws(Failure) -> String {
    guard let path = existing(name, in: folder) else { throw Failure(.missingInput, at: folder, "neither \(name) nor \(name).gz is there") }
    return path
  }

  private static func existing(_ name: String, in folder: String) -> String? {
    let base = folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
    return ["", ".gz", ".bz2"].map { base + $0 }.first { access($0, F_OK) == 0 }
  }
}

extension Targets {
  /// What an IDX file of labels says, by its type and rank.
  fileprivate init(_ file: IDXFile, labelColumn: Int) throws(Failure) {
    guard file.shape.count <= 2 else {
      throw Failure(.badData, at: file.path, "labels of \(file.shape.count) dimensions; expected 1 or 2")
    }
    switch file.elements {
    case .bytes(let bytes) where file.shape.count == 1:
      self = .classes(ClassNumbers(count: bytes.byteCount) { Int32(bytes[$0]) })
    case .bytes(let bytes):
      if let index = (0..<bytes.byteCount).first(where: { bytes[$0] > 1 }) {
        let place = "\(file.path): row \(index / file.width), column \(index % file.width)"
        throw Failure(.badData, at: place, "the label is \(bytes[index]); expected 0 or 1")
      }
      self = .vectors((0..<bytes.byteCount).map { Float(bytes[$0]) }, width: file.width)
    case .integers(let values):
      let column = try file.column(labelColumn, of: values)
      if let row = column.firstIndex(where: { !(0...Int32(Dataset.highestLabel) ~= $0) }) {
        throw Failure(.badData, at: "\(file.path): row \(row)", "the label is \(column[row]); expected a whole number from 0 to \(Dataset.highestLabel)")
      }
      self = .classes(ClassNumbers(count: column.count) { column[$0] })
    case .floats(let values):
      try requireFinite(values, width: file.width, at: file.path)
      self = .vectors(values, width: file.width)
    }
  }

  /// In words, with the width: equal words for targets that fit the same network.
  fileprivate var kind: String {
    switch self {
    case .classes: "class labels"
    case .vectors(_, let width): "target vectors of \(width)"
    }
  }
}

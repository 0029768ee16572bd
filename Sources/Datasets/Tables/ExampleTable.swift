import Failures
import Glibc

/// What a file of examples holds, before anybody asks whether a network can be trained on it: infinities, missing labels and labels of any value are in it as they came.
///
/// Each format has an initialiser, `init(csv:…)`, `init(npy:…)` and so on. `Dataset.init(_:labels:)` judges the table.
public struct ExampleTable: Sendable {
  /// The answers, as far as there are any.
  public struct Labels: Sendable {
    /// Row-major `[rows, width]`. Whole numbers beyond 2²⁴ and doubles are rounded.
    public let values: [Float]
    /// Numbers a row; nil for one, in a list of one dimension.
    public let width: Int?

    /// Rows.
    public var count: Int { values.count / (width ?? 1) }
  }

  /// The file or folder of the features, for messages.
  public let path: String
  /// The format it was read from.
  public let format: DataFormat
  /// Rows; at least 1 and at most `UInt32.max`.
  public let count: Int
  /// The dimensions of a row, as far as the file tells.
  public let shape: [Int]
  /// Row-major `[count, width]`. Floats are not checked: some may be infinite or none.
  public let features: ExampleStore.Features
  /// Nil for a file without labels.
  public let labels: Labels?
  let places: Places

  /// Features a row.
  public var width: Int { shape.reduce(1, *) }

  /// Where a number stands, in the words of the format: "digits.csv: line 7, column 3". Rows and columns are counted from 0, lines from 1.
  struct Places: Sendable {
    /// Of a row's feature.
    let feature: @Sendable (_ row: Int, _ column: Int) -> String
    /// Of a row's label, or the number `column` of a row's target vector.
    let label: @Sendable (_ row: Int, _ column: Int) -> String

    /// Arrays, whose rows and columns need no translation.
    static func rows(_ features: String, _ labels: String) -> Places {
      Places(feature: { "\(features): row \($0), column \($1)" }, label: { "\(labels): row \($0)" + ($1 > 0 ? ", column \($1)" : "") })
    }
  }

  init(
    path: String, format: DataFormat, count: Int, shape: [Int], features: ExampleStore.Features, labels: Labels?, places: Places
  ) throws(Failure) {
    self.path = path
    self.format = format
    self.count = try requireCountable(count, at: path)
    self.shape = shape
    self.features = features
    self.labels = labels
    self.places = places
  }
}

/// The formats in which examples come and go.
public enum DataFormat: String, CaseIterable, Sendable {
  /// MNIST's own format: a header with type and dimensions, then the numbers.
  case idx
  /// Text, a row a line, with commas.
  case csv
  /// The same with tabs.
  case tsv
  /// A NumPy array.
  case npy
  /// A zip archive of NumPy arrays.
  case npz
  /// Text, `label index:value …`.
  case libsvm
  /// Pictures in a folder for each class.
  case png

  /// What the bytes that a file begins with say, or tabs without commas in its first line; CSV where they say nothing.
  ///
  /// - Throws: as for any file that is read.
  public init(contentsOf path: String) throws(Failure) {
    let contents = try FileContents(path)
    // The bytes live as long as the contents.
    defer { withExtendedLifetime(contents) {} }
    let line = contents.bytes.prefix { $0 != UInt8(ascii: "\n") }
    let kinds: [(start: [UInt8], format: DataFormat)] = [
      (NPYHeader.magic, .npy), ([0x50, 0x4B, 3, 4], .npz), ([0x89, 0x50, 0x4E, 0x47], .png), ([0, 0, 8], .idx), ([0, 0, 12], .idx), ([0, 0, 13], .idx),
    ]
    self =
      kinds.first { contents.bytes.starts(with: $0.start) }?.format
      ?? (line.contains(UInt8(ascii: "\t")) && !line.contains(UInt8(ascii: ",")) ? .tsv : .csv)
  }

  /// What a path says: a folder is one of PNG files.
  public init?(path: String) {
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { self = .png } else { self.init(name: path) }
  }

  /// What a file's name says, with or without `.gz` or `.bz2` behind it; nil for a name that says nothing.
  public init?(name: String) {
    var name = name.lowercased()
    if let ending = [".gz", ".bz2"].first(where: { name.hasSuffix($0) }) { name.removeLast(ending.count) }
    let base = name.split(separator: "/").last ?? ""
    if base.contains("-idx") || base.hasSuffix(".idx") {
      self = .idx
    } else {
      switch base.split(separator: ".", omittingEmptySubsequences: false).dropFirst().last {
      case "svm", "libsvm", "svmlight": self = .libsvm
      case let ending?: self.init(rawValue: String(ending))
      case nil: return nil
      }
    }
  }
}

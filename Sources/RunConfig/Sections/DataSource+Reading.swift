import Failures

extension DataSection {
  /// The words of `data.source`.
  enum SourceWord: String, CaseIterable {
    case bundled, idx, csv, tsv, npy, npz, libsvm, png
  }

  /// The word of `data.header` that is neither true nor false.
  static let automaticHeader = "auto"

  static func source(_ reader: inout ObjectReader) throws(Failure) -> Source {
    switch try reader.required("source", "Where the examples come from.").word("source", SourceWord.self) {
    case .bundled:
      guard let path = reader.optional("path", "The file or folder; of the bundled digits none.") else { return .bundled }
      throw path.failure("the bundled digits need no path; remove it, or set data.source to 'idx'")
    case .idx:
      return .idx(
        path: try path(&reader),
        labelColumn: try reader.optional(
          "label_column", "Which column is the label: a number from 0, below 0 from the last one backwards; of text a name, too.")?.integer(
            -Int(Int32.max)...Int(Int32.max)) ?? 0)
    case .csv: return .csv(try text(&reader))
    case .tsv: return .tsv(try text(&reader))
    case .npy: return .npy(try arrays(&reader))
    case .npz: return .npz(try arrays(&reader))
    case .libsvm:
      return .libsvm(
        SparseSource(
          path: try path(&reader), testPath: try testPath(&reader),
          features: try reader.nullable("features", "Features a row; null for the highest index in the file.")?.integer(1...Int(Int32.max))))
    case .png: return .png(path: try path(&reader), testPath: try testPath(&reader))
    }
  }

  private static func path(_ reader: inout ObjectReader) throws(Failure) -> String {
    try reader.required("path", "The file or folder; of the bundled digits none.").string()
  }

  private static func testPath(_ reader: inout ObjectReader) throws(Failure) -> String? {
    try reader.nullable("test_path", "The file or folder that validation 'test' is measured on; null for none.")?.string()
  }

  private static func text(_ reader: inout ObjectReader) throws(Failure) -> TextSource {
    var source = TextSource(path: try path(&reader), testPath: try testPath(&reader))
    if let column = try reader.optional(
      "label_column", "Which column is the label: a number from 0, below 0 from the last one backwards; of text a name, too.")?.labelColumn()
    {
      source.labelColumn = column
    }
    if let header = reader.optional("header", "Whether the first line holds the columns' names; 'auto' where none of its fields is a number.") {
      source.header = try header.header()
    }
    return source
  }

  private static func arrays(_ reader: inout ObjectReader) throws(Failure) -> ArraySource {
    var source = ArraySource(path: try path(&reader))
    if let name = try reader.optional("images", "The array of the training images.")?.string() { source.images = name }
    if let name = try reader.optional("labels", "The array of the training labels.")?.string() { source.labels = name }
    if let name = try reader.optional("test_images", "The array of the test images.")?.string() { source.testImages = name }
    if let name = try reader.optional("test_labels", "The array of the test labels.")?.string() { source.testLabels = name }
    return source
  }
}

extension ConfigNode {
  fileprivate func labelColumn() throws(Failure) -> DataSection.TextSource.LabelColumn {
    switch value {
    case .integer: .number(try integer(-Int(Int32.max)...Int(Int32.max)))
    case .string: .name(try string())
    default: throw expected("a column's number or name")
    }
  }

  fileprivate func header() throws(Failure) -> Bool? {
    switch value {
    case .bool(let value): return value
    case .string(DataSection.automaticHeader): return nil
    default: throw expected("true, false or 'auto'")
    }
  }
}

extension DataSection.Source {
  /// The keys that `DataSection.source` reads.
  var fields: [String: JSONValue] {
    switch self {
    case .bundled: return ["source": .string("bundled")]
    case .idx(let path, let column): return ["source": .string("idx"), "path": .string(path), "label_column": .integer(Int128(column))]
    case .csv(let text): return Self.fields("csv", text)
    case .tsv(let text): return Self.fields("tsv", text)
    case .npy(let arrays): return Self.fields("npy", arrays)
    case .npz(let arrays): return Self.fields("npz", arrays)
    case .libsvm(let text):
      return [
        "source": .string("libsvm"), "path": .string(text.path), "test_path": Self.json(text.testPath),
        "features": text.features.map { .integer(Int128($0)) } ?? .null,
      ]
    case .png(let path, let testPath): return ["source": .string("png"), "path": .string(path), "test_path": Self.json(testPath)]
    }
  }

  private static func fields(_ word: String, _ text: DataSection.TextSource) -> [String: JSONValue] {
    let column: JSONValue =
      switch text.labelColumn {
      case .number(let number): .integer(Int128(number))
      case .name(let name): .string(name)
      }
    return [
      "source": .string(word), "path": .string(text.path), "test_path": json(text.testPath), "label_column": column,
      "header": text.header.map(JSONValue.bool) ?? .string(DataSection.automaticHeader),
    ]
  }

  private static func fields(_ word: String, _ arrays: DataSection.ArraySource) -> [String: JSONValue] {
    [
      "source": .string(word), "path": .string(arrays.path), "images": .string(arrays.images), "labels": .string(arrays.labels),
      "test_images": .string(arrays.testImages), "test_labels": .string(arrays.testLabels),
    ]
  }

  private static func json(_ path: String?) -> JSONValue { path.map(JSONValue.string) ?? .null }
}

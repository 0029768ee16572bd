import Failures

extension ExampleTable {
  /// IDX files, plain or packed: features of bytes, integers or floats, and labels.
  ///
  /// - Parameters:
  ///   - features: the file of images.
  ///   - labels: nil for none.
  ///   - labelColumn: which of several integers a row is the label, from 0, below 0 from the last one backwards; bytes and floats are taken as they are.
  /// - Throws: what `IDXFile` throws; `.badData` when the labels have more than 2 dimensions, or when the files differ in rows.
  public init(idx features: String, labels: String? = nil, labelColumn: Int = 0) throws(Failure) {
    let file = try IDXFile(features)
    var answers: Labels? = nil
    if let labels {
      let labelFile = try IDXFile(labels)
      guard labelFile.count == file.count else { throw Failure(.badData, at: features, "holds \(file.count) rows, but \(labels) holds \(labelFile.count)") }
      guard labelFile.shape.count <= 2 else { throw Failure(.badData, at: labels, "labels of \(labelFile.shape.count) dimensions; expected 1 or 2") }
      if case .integers(let values) = labelFile.elements {
        answers = Labels(values: try labelFile.column(labelColumn, of: values).map { Float($0) }, width: nil)
      } else {
        answers = Labels(values: labelFile.numbers, width: labelFile.shape.count == 1 ? nil : labelFile.width)
      }
    }
    let elements: ExampleStore.Features =
      switch file.elements {
      case .bytes(let bytes): .bytes(bytes)
      case .integers, .floats: .floats(file.numbers)
      }
    try self.init(
      path: features, format: .idx, count: file.count, shape: file.shape.count == 1 ? [1] : Array(file.shape.dropFirst()), features: elements, labels: answers,
      places: .rows(features, labels ?? features))
  }

  /// A part of a folder under MNIST's names.
  ///
  /// - Parameters:
  ///   - folder: where the files are.
  ///   - prefix: `train` or `t10k`.
  ///   - labelColumn: as for `init(idx:labels:labelColumn:)`.
  /// - Throws: as that; `.missingInput` with the names tried.
  public init(idxFolder folder: String, prefix: String, labelColumn: Int = 0) throws(Failure) {
    let files = try Dataset.paths(of: prefix, in: folder)
    try self.init(idx: files.images, labels: files.labels, labelColumn: labelColumn)
  }
}

extension IDXFile {
  fileprivate var numbers: [Float] {
    switch elements {
    case .bytes(let bytes): (0..<bytes.byteCount).map { Float(bytes[$0]) }
    case .integers(let values): values.map { Float($0) }
    case .floats(let values): values
    }
  }
}

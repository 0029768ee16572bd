import Failures

extension ExampleTable {
  /// IDX files, plain or gzipped: features of bytes or floats, and labels.
  ///
  /// - Parameters:
  ///   - features: the file of images.
  ///   - labels: nil for none.
  /// - Throws: what `IDXFile` throws; `.badData` when the labels have more than 2 dimensions, or when the files differ in rows.
  public init(idx features: String, labels: String? = nil) throws(Failure) {
    let file = try IDXFile(features)
    var answers: Labels? = nil
    if let labels {
      let labelFile = try IDXFile(labels)
      guard labelFile.count == file.count else { throw Failure(.badData, at: features, "holds \(file.count) rows, but \(labels) holds \(labelFile.count)") }
      guard labelFile.shape.count <= 2 else { throw Failure(.badData, at: labels, "labels of \(labelFile.shape.count) dimensions; expected 1 or 2") }
      answers = Labels(values: labelFile.numbers, width: labelFile.shape.count == 1 ? nil : labelFile.width)
    }
    let elements: ExampleStore.Features =
      switch file.elements {
      case .bytes(let bytes): .bytes(bytes)
      case .floats(let values): .floats(values)
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
  public init(idxFolder folder: String, prefix: String) throws(Failure) {
    try self.init(
      idx: try Dataset.path(of: "\(prefix)-images-idx3-ubyte", in: folder), labels: try Dataset.path(of: "\(prefix)-labels-idx1-ubyte", in: folder))
  }
}

extension IDXFile {
  fileprivate var numbers: [Float] {
    switch elements {
    case .bytes(let bytes): (0..<bytes.byteCount).map { Float(bytes[$0]) }
    case .floats(let values): values
    }
  }
}

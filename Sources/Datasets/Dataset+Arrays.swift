import Failures

/// Datasets straight from Swift arrays. Each is `ExampleStore`'s initialiser and then one of `Dataset`'s, and throws what they throw.
extension Dataset {
  /// Bytes, row-major `[rows, width]`, with a class number a row.
  public init(bytes: [UInt8], width: Int, labels: [Int]) throws(Failure) {
    try self.init(try ExampleStore(bytes: bytes, width: width), labels: labels)
  }

  /// Floats, one array a row, with a class number a row.
  public init(rows: [[Float]], labels: [Int]) throws(Failure) {
    try self.init(try ExampleStore(rows: rows), labels: labels)
  }

  /// Floats, one array a row, with a real number a row.
  public init(rows: [[Float]], values: [Float]) throws(Failure) {
    try self.init(try ExampleStore(rows: rows), values: values)
  }

  /// Floats, one array a row, with a target vector a row.
  public init(rows: [[Float]], vectors: [[Float]]) throws(Failure) {
    try self.init(try ExampleStore(rows: rows), vectors: vectors)
  }

  /// Floats, row-major `[rows, width]`, with a class number a row.
  public init(floats: [Float], width: Int, labels: [Int]) throws(Failure) {
    try self.init(try ExampleStore(floats: floats, width: width), labels: labels)
  }

  /// Floats, row-major `[rows, width]`, with a real number a row.
  public init(floats: [Float], width: Int, values: [Float]) throws(Failure) {
    try self.init(try ExampleStore(floats: floats, width: width), values: values)
  }

  /// Floats, row-major `[rows, width]`, with a target vector a row.
  public init(floats: [Float], width: Int, vectors: [[Float]]) throws(Failure) {
    try self.init(try ExampleStore(floats: floats, width: width), vectors: vectors)
  }
}

import Failures

extension ExampleStore {
  /// Byte features from an array, which is copied once.
  ///
  /// - Parameters:
  ///   - bytes: row-major `[rows, width]`.
  ///   - width: features a row.
  /// - Throws: `.badData` when there is no row, or `bytes` is no whole number of rows.
  public convenience init(bytes: [UInt8], width: Int) throws(Failure) {
    let count = try Self.rowCount(of: bytes.count, width: width)
    let rows = ByteRows(ByteRegion(copying: bytes), byteCount: bytes.count)
    self.init(count: count, width: width, features: .bytes(rows))
  }

  /// Float features from one flat array.
  ///
  /// - Parameters:
  ///   - floats: row-major `[rows, width]`.
  ///   - width: features a row.
  /// - Throws: `.badData` when there is no row, when `floats` is no whole number of rows, or when one is infinite or not a number.
  public convenience init(floats: [Float], width: Int) throws(Failure) {
    let count = try Self.rowCount(of: floats.count, width: width)
    try requireFinite(floats, width: width, at: "features")
    self.init(count: count, width: width, features: .floats(floats))
  }

  /// Float features from one array a row.
  ///
  /// - Throws: `.badData` when there is no row, when rows differ in width, or when a feature is infinite or not a number.
  public convenience init(rows: [[Float]]) throws(Failure) {
    try self.init(floats: try flattened(rows, at: "features"), width: rows.first?.count ?? 0)
  }

  private static func rowCount(of elements: Int, width: Int) throws(Failure) -> Int {
    guard elements > 0 else { throw Failure(.badData, at: "features", "there are 0 rows; expected at least 1") }
    guard width > 0 else { throw Failure(.badData, at: "features", "the width is \(width); expected at least 1") }
    guard elements % width == 0 else {
      throw Failure(.badData, at: "features", "the length is \(elements); expected whole rows of \(width)")
    }
    return try requireCountable(elements / width, at: "features")
  }
}

/// `rows`, when a row number fits the 32 bits that `Dataset.rows` has for it.
func requireCountable(_ rows: Int, at place: String) throws(Failure) -> Int {
  guard rows <= Int(UInt32.max) else { throw Failure(.badData, at: place, "there are \(rows) rows; expected at most \(UInt32.max)") }
  return rows
}

/// The rows one after the other, when all are as wide as the first and that is at least 1.
func flattened(_ rows: [[Float]], at place: String) throws(Failure) -> [Float] {
  guard let first = rows.first else { throw Failure(.badData, at: place, "there are 0 rows; expected at least 1") }
  guard !first.isEmpty else { throw Failure(.badData, at: "\(place): row 0", "the row is empty; expected at least 1 number") }
  for (number, row) in rows.enumerated() where row.count != first.count {
    throw Failure(.badData, at: "\(place): row \(number)", "the row's width is \(row.count); expected \(first.count) as in row 0")
  }
  return Array(rows.joined())
}

/// Refuses the first number that is infinite or not a number, by its row and column. `values` is row-major, `width` numbers a row.
func requireFinite(_ values: [Float], width: Int, at place: String) throws(Failure) {
  guard let index = values.firstIndex(where: { !$0.isFinite }) else { return }
  throw Failure(.badData, at: "\(place): row \(index / width), column \(index % width)", "the value is \(values[index]); expected a finite number")
}

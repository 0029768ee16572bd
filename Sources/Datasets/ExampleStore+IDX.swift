import Failures

extension ExampleStore {
  /// The images of one IDX file of unsigned bytes, plain (mapped, not copied) or packed: rank 2 `[rows, width]`, or rank 3 or 4, whose inner
  /// dimensions together are the width.
  ///
  /// - Throws: what `IDXFile` throws; `.badData` when the file holds other numbers, or has one dimension only, as a file of labels has.
  public convenience init(images path: String) throws(Failure) {
    let file = try IDXFile(path)
    guard case .bytes(let rows) = file.elements else {
      let what = if case .floats = file.elements { "floats" } else { "integers" }
      throw Failure(.badData, at: path, "holds 32-bit \(what); expected images of unsigned bytes")
    }
    guard file.shape.count > 1 else {
      throw Failure(.badData, at: path, "has 1 dimension, as labels have; expected images: rows, and then 1 to 3 more")
    }
    self.init(count: file.count, width: file.width, shape: Array(file.shape.dropFirst()), features: .bytes(rows))
  }
}

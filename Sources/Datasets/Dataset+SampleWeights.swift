import Failures

extension Dataset {
  /// The same rows, each of which counts in a loss as its number says, Keras's `sample_weight`: 1 as without, 0 not at all.
  ///
  /// - Parameter weights: one for each of `rows`, in their order.
  /// - Throws: `.badData` when the counts differ, or a weight is below 0, infinite or not a number.
  public func withSampleWeights(_ weights: [Float]) throws(Failure) -> Dataset {
    guard weights.count == count else { throw Failure(.badData, at: "sample_weight", "found \(weights.count); expected \(count), one a row") }
    return try with(checked: weights, at: "sample_weight")
  }

  /// As above, with the weights in an IDX file of bytes or floats, plain or gzipped: one number a row.
  ///
  /// - Throws: what `IDXFile` throws; `.badData` when the file holds another number of rows, more than one number a row, or what is no weight.
  public func withSampleWeights(idxFile path: String) throws(Failure) -> Dataset {
    let file = try IDXFile(path)
    guard file.width == 1 else { throw Failure(.badData, at: path, "holds \(file.width) numbers a row; expected one weight a row") }
    guard file.count == count else { throw Failure(.badData, at: path, "holds \(file.count) weights; expected \(count), one a row") }
    switch file.elements {
    case .bytes(let bytes): return try with(checked: (0..<count).map { Float(bytes[$0]) }, at: path)
    case .integers(let values): return try with(checked: values.map { Float($0) }, at: path)
    case .floats(let weights): return try with(checked: weights, at: path)
    }
  }

  private func with(checked weights: [Float], at place: String) throws(Failure) -> Dataset {
    if let row = weights.firstIndex(where: { !($0.isFinite && $0 >= 0) }) {
      throw Failure(.badData, at: "\(place): row \(row)", "the weight is \(weights[row]); expected a finite number, 0 or above")
    }
    var byStoreRow = [Float](repeating: 1, count: store.count)
    for (row, weight) in zip(rows, weights) { byStoreRow[Int(row)] = weight }
    var weighted = self
    weighted.sampleWeights = byStoreRow
    return weighted
  }
}

/// A tensor as a file holds it: a name, a shape and the values.
public struct NamedTensor: Equatable, Sendable {
  /// Keras's name, or the file's: `dense.kernel`.
  public var name: String
  /// Dimensions, outermost first; empty for a single number.
  public var shape: [Int]
  /// Row-major, as many as the product of the shape.
  public var values: [Float]

  /// - Parameters:
  ///   - name: as others will look for it.
  ///   - shape: dimensions, the outermost first; their product is the number of `values`.
  ///   - values: row-major.
  public init(name: String, shape: [Int], values: [Float]) {
    self.name = name
    self.shape = shape
    self.values = values
  }
}

/// The product of `shape`; nil when a dimension is negative or the product overflows.
func elementCount(_ shape: [Int]) -> Int? {
  // A 0 anywhere makes the product 0, however large the others are.
  guard shape.allSatisfy({ $0 >= 0 }) else { return nil }
  guard !shape.contains(0) else { return 0 }
  var count = 1
  for dimension in shape {
    let (product, overflows) = count.multipliedReportingOverflow(by: dimension)
    guard !overflows else { return nil }
    count = product
  }
  return count
}

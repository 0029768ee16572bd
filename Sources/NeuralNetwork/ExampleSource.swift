/// Examples and targets as a worker reads them: raw pointers into memory that the caller keeps alive for as long as workers run.
///
/// `@unchecked Sendable`: the memory is never written while a source exists.
public struct ExampleSource: @unchecked Sendable {
  /// Where the inputs are; kept alive by the caller.
  public enum Features {
    /// Row-major `[any, width]`, unsigned bytes.
    case bytes(UnsafePointer<UInt8>)
    /// Row-major `[any, width]`.
    case floats(UnsafePointer<Float>)
  }

  /// The inputs of all rows.
  public let features: Features
  /// Numbers an example.
  public let width: Int
  /// Inputs are divided by this.
  public let scale: Float
  /// The class of each row: the target itself, or the largest of a target vector. For accuracy, and for one-hot and number targets.
  public let classes: UnsafePointer<Int32>
  /// Row-major `[any, outputs]`, where targets are vectors.
  public let vectors: UnsafePointer<Float>?
  /// What each row's loss and gradient are multiplied by; nil where all count 1.
  public private(set) var weights: UnsafePointer<Float>?

  /// - Parameters:
  ///   - features: of all rows.
  ///   - width: numbers an example.
  ///   - scale: what inputs are divided by; not 0.
  ///   - classes: a number a row.
  ///   - vectors: row-major `[any, outputs]`, where targets are vectors.
  ///   - weights: a factor a row; nil where all count 1.
  public init(
    features: Features, width: Int, scale: Float, classes: UnsafePointer<Int32>, vectors: UnsafePointer<Float>?, weights: UnsafePointer<Float>? = nil
  ) {
    self.features = features
    self.width = width
    self.scale = scale
    self.classes = classes
    self.vectors = vectors
    self.weights = weights
  }

  /// The same, where every row counts 1.
  public var unweighted: ExampleSource {
    var source = self
    source.weights = nil
    return source
  }
}

import Interchange

/// A tensor of another program's file, and the one of the network that it stands for.
public struct TensorMatch: Equatable, Sendable {
  /// As the file calls it.
  public let source: String
  /// Its shape in the file, the outermost dimension first.
  public let sourceShape: [Int]
  /// Under the network's name and in its shape.
  public let tensor: NamedTensor

  /// The same with rows and columns of the matrix changed.
  var withTransposedTensor: TensorMatch {
    let (rows, columns) = (tensor.shape[0], tensor.shape[1])
    let values = (0..<columns).flatMap { column in (0..<rows).map { tensor.values[$0 * columns + column] } }
    return TensorMatch(source: source, sourceShape: sourceShape, tensor: NamedTensor(name: tensor.name, shape: [columns, rows], values: values))
  }
}

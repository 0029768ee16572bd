/// What a layer adds to the loss for numbers x, so that they stay small: l1·Σ|x| + l2·Σx², as Keras's `L1`, `L2` and `L1L2`.
///
/// Of weights it is added once a batch; of a layer's outputs ("activity") for each row, and then averaged like the loss.
public struct Regularizer: Equatable, Sendable {
  /// The factor of Σ|x|.
  public var l1: Double
  /// The factor of Σx².
  public var l2: Double

  /// Keras's `L1L2`.
  public static func l1L2(l1: Double = 0, l2: Double = 0) -> Regularizer { Regularizer(l1: l1, l2: l2) }
  /// Keras's `L1`.
  public static func l1(_ l1: Double = 0.01) -> Regularizer { Regularizer(l1: l1, l2: 0) }
  /// Keras's `L2`.
  public static func l2(_ l2: Double = 0.01) -> Regularizer { Regularizer(l1: 0, l2: l2) }
}

extension Regularizer {
  /// The words of a regulariser's `type`.
  enum TypeWord: String, CaseIterable {
    case l1, l2
    case l1L2 = "l1_l2"
  }
}

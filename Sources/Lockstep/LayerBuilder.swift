import RunConfig

/// Lets a stack of layers be written one below the other; `if` and `for` work inside.
@resultBuilder
public enum LayerBuilder {
  /// A layer in the braces.
  public static func buildExpression(_ layer: Dense) -> [Layer] { [.dense(layer)] }
  /// A layer in the braces.
  public static func buildExpression(_ layer: Activation) -> [Layer] { [.activation(layer)] }
  /// A layer in the braces.
  public static func buildExpression(_ layer: Dropout) -> [Layer] { [.dropout(layer)] }
  /// A layer in the braces.
  public static func buildExpression(_ layer: GaussianNoise) -> [Layer] { [.gaussianNoise(layer)] }
  /// A layer in the braces.
  public static func buildExpression(_ layer: BatchNormalization) -> [Layer] { [.batchNormalization(layer)] }
  /// A layer in the braces.
  public static func buildExpression(_ layer: LayerNormalization) -> [Layer] { [.layerNormalization(layer)] }
  /// A layer in the braces.
  public static func buildExpression(_ layer: ActivityRegularization) -> [Layer] { [.activityRegularization(layer)] }
  /// A layer in the braces.
  public static func buildExpression(_ layer: Flatten) -> [Layer] { [.flatten] }
  /// A layer in the braces.
  public static func buildExpression(_ layer: Rescaling) -> [Layer] { [.rescaling(layer)] }
  /// A layer in the braces.
  public static func buildExpression(_ layer: Normalization) -> [Layer] { [.normalization(layer)] }
  /// A layer in the braces.
  public static func buildExpression(_ layer: Reshape) -> [Layer] { [.reshape(layer)] }
  /// A layer in the braces.
  public static func buildExpression(_ layer: RandomTranslation) -> [Layer] { [.augmentation(.translation(layer))] }
  /// A layer in the braces.
  public static func buildExpression(_ layer: RandomRotation) -> [Layer] { [.augmentation(.rotation(layer))] }
  /// A layer in the braces.
  public static func buildExpression(_ layer: RandomZoom) -> [Layer] { [.augmentation(.zoom(layer))] }
  /// A layer in the braces.
  public static func buildExpression(_ layer: RandomShear) -> [Layer] { [.augmentation(.shear(layer))] }
  /// A layer in the braces.
  public static func buildExpression(_ layer: RandomElasticTransform) -> [Layer] { [.augmentation(.elasticTransform(layer))] }
  /// A layer in the braces.
  public static func buildExpression(_ layer: RandomErasing) -> [Layer] { [.augmentation(.erasing(layer))] }
  /// Layers one after the other.
  public static func buildBlock(_ parts: [Layer]...) -> [Layer] { parts.flatMap { $0 } }
  /// An `if` without an `else`.
  public static func buildOptional(_ part: [Layer]?) -> [Layer] { part ?? [] }
  /// An `if` with an `else`.
  public static func buildEither(first part: [Layer]) -> [Layer] { part }
  /// An `if` with an `else`.
  public static func buildEither(second part: [Layer]) -> [Layer] { part }
  /// A `for`.
  public static func buildArray(_ parts: [[Layer]]) -> [Layer] { parts.flatMap { $0 } }
}

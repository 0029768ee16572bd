import RunConfig

/// Lets a stack of layers be written one below the other; `if` and `for` work inside.
@resultBuilder
public enum LayerBuilder {
  public static func buildExpression(_ layer: Dense) -> [Layer] { [.dense(layer)] }
  public static func buildExpression(_ layer: Activation) -> [Layer] { [.activation(layer)] }
  public static func buildExpression(_ layer: Dropout) -> [Layer] { [.dropout(layer)] }
  public static func buildExpression(_ layer: GaussianNoise) -> [Layer] { [.gaussianNoise(layer)] }
  public static func buildExpression(_ layer: BatchNormalization) -> [Layer] { [.batchNormalization(layer)] }
  public static func buildExpression(_ layer: LayerNormalization) -> [Layer] { [.layerNormalization(layer)] }
  public static func buildExpression(_ layer: ActivityRegularization) -> [Layer] { [.activityRegularization(layer)] }
  public static func buildExpression(_ layer: Flatten) -> [Layer] { [.flatten] }
  public static func buildExpression(_ layer: Rescaling) -> [Layer] { [.rescaling(layer)] }
  public static func buildExpression(_ layer: Normalization) -> [Layer] { [.normalization(layer)] }
  public static func buildExpression(_ layer: Reshape) -> [Layer] { [.reshape(layer)] }
  public static func buildExpression(_ layer: RandomTranslation) -> [Layer] { [.augmentation(.translation(layer))] }
  public static func buildExpression(_ layer: RandomRotation) -> [Layer] { [.augmentation(.rotation(layer))] }
  public static func buildExpression(_ layer: RandomZoom) -> [Layer] { [.augmentation(.zoom(layer))] }
  public static func buildExpression(_ layer: RandomShear) -> [Layer] { [.augmentation(.shear(layer))] }
  public static func buildExpression(_ layer: RandomElasticTransform) -> [Layer] { [.augmentation(.elasticTransform(layer))] }
  public static func buildExpression(_ layer: RandomErasing) -> [Layer] { [.augmentation(.erasing(layer))] }
  public static func buildBlock(_ parts: [Layer]...) -> [Layer] { parts.flatMap { $0 } }
  public static func buildOptional(_ part: [Layer]?) -> [Layer] { part ?? [] }
  public static func buildEither(first part: [Layer]) -> [Layer] { part }
  public static func buildEither(second part: [Layer]) -> [Layer] { part }
  public static func buildArray(_ parts: [[Layer]]) -> [Layer] { parts.flatMap { $0 } }
}

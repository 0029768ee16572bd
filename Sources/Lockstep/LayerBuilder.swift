import RunConfig

/// Lets a stack of layers be written one below the other; `if` and `for` work inside.
@resultBuilder
public enum LayerBuilder {
  public static func buildExpression(_ dense: Dense) -> [Layer] { [.dense(dense)] }
  public static func buildBlock(_ parts: [Layer]...) -> [Layer] { parts.flatMap { $0 } }
  public static func buildOptional(_ part: [Layer]?) -> [Layer] { part ?? [] }
  public static func buildEither(first part: [Layer]) -> [Layer] { part }
  public static func buildEither(second part: [Layer]) -> [Layer] { part }
  public static func buildArray(_ parts: [[Layer]]) -> [Layer] { parts.flatMap { $0 } }
}

import Failures
import RunConfig

extension RunConfiguration {
  /// The config at `path`; without one the ten-digit network of `configs/digits.json`, which an installed program need not have at hand.
  ///
  /// - Throws: `Failure` as for any config.
  public init(benchmark path: String?, overrides: [String]) throws(Failure) {
    if let path { try self.init(file: path, overrides: overrides) } else { try self.init(json5: Self.digits, name: "digits", overrides: overrides) }
  }

  private static let digits = """
    {
      data: { source: "bundled", scale: 255, validation: { fraction: 0.2, stratified: true } },
      model: {
        layers: [
          { type: "dense", units: 25, activation: "sigmoid" },
          { type: "dense", units: 15, activation: "sigmoid" },
          { type: "dense", units: 10 },
        ],
      },
      compile: {
        optimizer: { type: "adam", learning_rate: 0.01 },
        loss: { type: "sparse_categorical_crossentropy", from_logits: true },
        metrics: ["accuracy"],
      },
      fit: { epochs: 10, batch_size: 32 },
    }
    """
}

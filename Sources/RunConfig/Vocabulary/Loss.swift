/// A loss function, by Keras's name, averaged over the batch (`sum_over_batch_size`).
public enum Loss: Equatable, Sendable {
  /// −mean over outputs of y·log p + (1−y)·log(1−p).
  case binaryCrossentropy(fromLogits: Bool = false)
  /// −Σ y·log p; targets are one-hot (or a distribution).
  case categoricalCrossentropy(fromLogits: Bool = false)
  /// −log p[class]; targets are class numbers.
  case sparseCategoricalCrossentropy(fromLogits: Bool = false)
  /// mean over outputs of (y−p)².
  case meanSquaredError
}

extension Loss {
  /// Keras's string for the loss.
  public var name: String {
    switch self {
    case .binaryCrossentropy: "binary_crossentropy"
    case .categoricalCrossentropy: "categorical_crossentropy"
    case .sparseCategoricalCrossentropy: "sparse_categorical_crossentropy"
    case .meanSquaredError: "mean_squared_error"
    }
  }

  /// True when the model's outputs are logits: the loss applies the sigmoid or softmax itself.
  public var fromLogits: Bool {
    switch self {
    case .binaryCrossentropy(let fromLogits), .categoricalCrossentropy(let fromLogits), .sparseCategoricalCrossentropy(let fromLogits): fromLogits
    case .meanSquaredError: false
    }
  }
}

import Failures

import RunConfig

/// A config to vary in tests, and the lines that its variants are refused with.
enum Example {
  static let text = """
    {
      data: { source: "bundled", validation: { fraction: 0.2 } },
      model: { layers: [{ type: "dense", units: 25, activation: "sigmoid" }, { type: "dense", units: 10 }] },
      compile: {
        optimizer: { type: "adam" },
        loss: { type: "sparse_categorical_crossentropy", from_logits: true },
        metrics: ["accuracy"],
      },
      fit: { epochs: 5 },
    }
    """

  /// The same with an IDX folder, whose labels the config cannot know.
  static let idx = text.replacing("source: \"bundled\"", with: "source: \"idx\", path: \"digits\"")

  static func read(_ text: String = text, _ overrides: [String] = []) throws(Failure) -> RunConfiguration {
    try RunConfiguration(json5: text, name: "example.json", overrides: overrides)
  }

  /// What the reader says to `text`; nil when it is accepted.
  static func refusal(of text: String = text, _ overrides: [String] = []) -> Failure? {
    do {
      _ = try read(text, overrides)
      return nil
    } catch {
      return error
    }
  }
}

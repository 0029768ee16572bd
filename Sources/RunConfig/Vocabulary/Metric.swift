/// A figure reported beside the loss, by Keras's name.
public enum Metric: String, CaseIterable, Sendable {
  /// The share of right answers. As in Keras the word is resolved from the shapes: one output → binary (threshold 0.5);
  /// class-number targets → sparse categorical; otherwise categorical (the largest output against the largest target).
  case accuracy
}

/// One epoch's figures, in the order of Keras's history: loss, metrics, then the same with `val_`.
public struct EpochRecord: Equatable, Sendable {
  /// A figure's name and value.
  public struct Figure: Equatable, Sendable {
    /// `loss`, Keras's name of a metric, or these with `val_` before them.
    public let name: String
    /// May be infinite or no number where the training diverged.
    public let value: Double

    /// - Parameters:
    ///   - name: Keras's.
    ///   - value: over the whole epoch.
    public init(_ name: String, _ value: Double) {
      self.name = name
      self.value = value
    }
  }

  /// From 1.
  public let epoch: Int
  /// The loss, the metrics, and the same of the validation data, in this order.
  public let figures: [Figure]
  /// Wall time of the epoch's training: shuffle and steps, not validation.
  public let seconds: Double
  /// Rows trained on, by `seconds`.
  public let samplesPerSecond: Double
  /// Nil where they were not wanted, and in a record that was read from a history.
  public var diagnostics: EpochDiagnostics?

  /// - Parameters:
  ///   - epoch: from 1.
  ///   - figures: in the order they are shown.
  ///   - seconds: wall time of the training part.
  ///   - samplesPerSecond: rows trained on by these seconds.
  ///   - diagnostics: nil where nothing was noted.
  public init(epoch: Int, figures: [Figure], seconds: Double, samplesPerSecond: Double, diagnostics: EpochDiagnostics? = nil) {
    self.epoch = epoch
    self.figures = figures
    self.seconds = seconds
    self.samplesPerSecond = samplesPerSecond
    self.diagnostics = diagnostics
  }

  /// The figure called `name`.
  public subscript(name: String) -> Double? { figures.first { $0.name == name }?.value }
}

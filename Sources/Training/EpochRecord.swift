/// One epoch's figures, in the order of Keras's history: loss, metrics, then the same with `val_`.
public struct EpochRecord: Equatable, Sendable {
  /// A figure's name and value.
  public struct Figure: Equatable, Sendable {
    public let name: String
    public let value: Double

    public init(_ name: String, _ value: Double) {
      self.name = name
      self.value = value
    }
  }

  /// From 1.
  public let epoch: Int
  public let figures: [Figure]
  /// Wall time of the epoch's training: shuffle and steps, not validation.
  public let seconds: Double
  /// Rows trained on, by `seconds`.
  public let samplesPerSecond: Double
  /// Nil where they were not wanted, and in a record that was read from a history.
  public var diagnostics: EpochDiagnostics?

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

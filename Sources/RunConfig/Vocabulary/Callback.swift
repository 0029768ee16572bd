/// What a fit does between two epochs because of a figure, or with it; with Keras's names, defaults and rules.
public enum Callback: Equatable, Sendable {
  /// Ends the fit.
  case earlyStopping(EarlyStopping)
  /// Lowers the learning rate.
  case reduceLROnPlateau(ReduceLROnPlateau)
  /// Writes a line an epoch.
  case csvLogger(CSVLogger)
  /// Writes event files.
  case tensorBoard(TensorBoard)

  /// Keras's `EarlyStopping`.
  public static func earlyStopping(
    monitor: String = "val_loss", minDelta: Double = 0, patience: Int = 0, mode: MonitorMode = .auto, baseline: Double? = nil,
    restoreBestWeights: Bool = false, startFromEpoch: Int = 0
  ) -> Callback {
    .earlyStopping(
      EarlyStopping(
        monitor: monitor, minDelta: minDelta, patience: patience, mode: mode, baseline: baseline, restoreBestWeights: restoreBestWeights,
        startFromEpoch: startFromEpoch))
  }

  /// Keras's `ReduceLROnPlateau`.
  public static func reduceLROnPlateau(
    monitor: String = "val_loss", factor: Double = 0.1, patience: Int = 10, mode: MonitorMode = .auto, minDelta: Double = 1e-4, cooldown: Int = 0,
    minLR: Double = 0
  ) -> Callback {
    .reduceLROnPlateau(
      ReduceLROnPlateau(monitor: monitor, factor: factor, patience: patience, mode: mode, minDelta: minDelta, cooldown: cooldown, minLR: minLR))
  }

  /// Keras's `CSVLogger`.
  public static func csvLogger(filename: String, separator: String = ",", append: Bool = false) -> Callback {
    .csvLogger(CSVLogger(filename: filename, separator: separator, append: append))
  }

  /// Keras's `TensorBoard`.
  public static func tensorBoard(logDir: String = "logs", histogramFreq: Int = 0) -> Callback {
    .tensorBoard(TensorBoard(logDir: logDir, histogramFreq: histogramFreq))
  }

  /// The figure of an epoch that it looks at; nil for all.
  public var monitor: String? {
    switch self {
    case .earlyStopping(let callback): callback.monitor
    case .reduceLROnPlateau(let callback): callback.monitor
    case .csvLogger, .tensorBoard: nil
    }
  }
}

/// Which values of a figure are better.
public enum MonitorMode: String, CaseIterable, Sendable {
  /// Less of a loss or an error, more of all else.
  case auto
  /// Less.
  case min
  /// More.
  case max
}

/// Ends the fit when a figure has not become better for some epochs.
public struct EarlyStopping: Equatable, Sendable {
  /// The figure, such as `val_loss`.
  public var monitor: String
  /// By how much a value must be better to count.
  public var minDelta: Double
  /// The epoch that is the `patience`-th without a better value is the last.
  public var patience: Int
  /// Which of its values are better.
  public var mode: MonitorMode
  /// What a value must be better than, beside the best one, to be waited from.
  public var baseline: Double?
  /// Whether the weights at the end are those after the best epoch.
  public var restoreBestWeights: Bool
  /// Epochs before the first that counts.
  public var startFromEpoch: Int

  /// - Parameters:
  ///   - monitor: the figure.
  ///   - minDelta: by how much a value must be better to count.
  ///   - patience: epochs without a better value.
  ///   - mode: whether less or more is better.
  ///   - baseline: what it must be better than from the start; nil for none.
  ///   - restoreBestWeights: whether the best epoch's weights are taken back in the end.
  ///   - startFromEpoch: the first epoch that is watched, from 0.
  public init(
    monitor: String = "val_loss", minDelta: Double = 0, patience: Int = 0, mode: MonitorMode = .auto, baseline: Double? = nil,
    restoreBestWeights: Bool = false, startFromEpoch: Int = 0
  ) {
    self.monitor = monitor
    self.minDelta = minDelta
    self.patience = patience
    self.mode = mode
    self.baseline = baseline
    self.restoreBestWeights = restoreBestWeights
    self.startFromEpoch = startFromEpoch
  }
}

/// Lowers the learning rate when a figure has not become better for some epochs. The rate must be a number, no schedule; each epoch's record has it as
/// `learning_rate`.
public struct ReduceLROnPlateau: Equatable, Sendable {
  /// The figure, such as `val_loss`.
  public var monitor: String
  /// What the rate is multiplied by; below 1.
  public var factor: Double
  /// Epochs without a better value before the rate falls.
  public var patience: Int
  /// Which of its values are better.
  public var mode: MonitorMode
  /// By how much a value must be better to count.
  public var minDelta: Double
  /// Epochs behind a reduction that are not waited in.
  public var cooldown: Int
  /// The rate does not fall below this.
  public var minLR: Double

  /// - Parameters:
  ///   - monitor: the figure.
  ///   - factor: what the learning rate is multiplied by.
  ///   - patience: epochs without a better value.
  ///   - mode: whether less or more is better.
  ///   - minDelta: by how much a value must be better to count.
  ///   - cooldown: epochs to wait after a reduction.
  ///   - minLR: the rate never falls below this.
  public init(
    monitor: String = "val_loss", factor: Double = 0.1, patience: Int = 10, mode: MonitorMode = .auto, minDelta: Double = 1e-4, cooldown: Int = 0,
    minLR: Double = 0
  ) {
    self.monitor = monitor
    self.factor = factor
    self.patience = patience
    self.mode = mode
    self.minDelta = minDelta
    self.cooldown = cooldown
    self.minLR = minLR
  }
}

/// Writes a line an epoch into a file: the epoch's number from 0, and its figures sorted by name, under a line with the names. Byte for byte what Keras writes, but for
/// the digits of the figures. A run that goes on leaves the file as if nobody had interrupted it: what is behind its own lines is cut off.
public struct CSVLogger: Equatable, Sendable {
  /// Relative to the current directory.
  public var filename: String
  /// What stands between two values: one character, and neither a quotation mark nor a line break.
  public var separator: String
  /// Whether what is in the file stays, and lines are added behind it; the names are then written into an empty file only.
  public var append: Bool

  /// - Parameters:
  ///   - filename: the file.
  ///   - separator: one character between the columns.
  ///   - append: whether lines are added to a file that is there.
  public init(filename: String, separator: String = ",", append: Bool = false) {
    self.filename = filename
    self.separator = separator
    self.append = append
  }
}

/// Writes event files that TensorBoard shows: each epoch's figures, in the folders `train` and `validation` under the names that Keras's callback gives them.
public struct TensorBoard: Equatable, Sendable {
  /// Relative to the current directory.
  public var logDir: String
  /// After how many epochs there are histograms of weights and gradients, too, and where answers are classes, the confusion matrix and the surest mistakes as
  /// pictures; 0 for never.
  public var histogramFreq: Int

  /// - Parameters:
  ///   - logDir: the folder, relative to the current directory.
  ///   - histogramFreq: epochs from one set of histograms to the next; 0 for none.
  public init(logDir: String = "logs", histogramFreq: Int = 0) {
    self.logDir = logDir
    self.histogramFreq = histogramFreq
  }
}

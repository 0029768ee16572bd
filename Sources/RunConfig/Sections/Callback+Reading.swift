import Failures

extension Callback {
  /// The words of a callback's `type`.
  private enum TypeWord: String, DescribedWord {
    case earlyStopping = "early_stopping"
    case reduceLROnPlateau = "reduce_lr_on_plateau"
    case csvLogger = "csv_logger"
    case tensorBoard = "tensorboard"

    var about: String {
      switch self {
      case .earlyStopping: "Ends the fit when a figure has not become better for some epochs."
      case .reduceLROnPlateau: "Lowers the learning rate when a figure has not become better for some epochs."
      case .csvLogger: "Writes each epoch's figures as a line of CSV."
      case .tensorBoard: "Writes what TensorBoard shows."
      }
    }
  }

  private static let mostEpochs = Int(Int32.max)

  // Keras's defaults, as in the initialisers; a test compares the two.
  init(_ reader: inout ObjectReader) throws(Failure) {
    switch try reader.required("type", "Which callback.").word("callback", TypeWord.self) {
    case .earlyStopping:
      var callback = EarlyStopping()
      if let monitor = try reader.optional("monitor", "The figure to watch, such as val_loss.")?.string() { callback.monitor = monitor }
      if let delta = try reader.optional("min_delta", "By how much a value must be better to count.")?.number(.notNegative) { callback.minDelta = delta }
      if let patience = try reader.optional("patience", "Epochs without a better value.")?.integer(0...Self.mostEpochs) { callback.patience = patience }
      if let mode = try reader.optional("mode", "Whether less or more of the figure is better.")?.word("mode", MonitorMode.self) { callback.mode = mode }
      if let baseline = try reader.nullable("baseline", "A value that the figure must be better than from the start; null for none.")?.number(.any) {
        callback.baseline = baseline
      }
      if let restores = try reader.optional("restore_best_weights", "Whether the weights of the best epoch are taken back in the end.")?.bool() {
        callback.restoreBestWeights = restores
      }
      if let epoch = try reader.optional("start_from_epoch", "The first epoch that is watched, from 0.")?.integer(0...Self.mostEpochs) {
        callback.startFromEpoch = epoch
      }
      self = .earlyStopping(callback)
    case .reduceLROnPlateau:
      var callback = ReduceLROnPlateau()
      if let monitor = try reader.optional("monitor", "The figure to watch, such as val_loss.")?.string() { callback.monitor = monitor }
      if let factor = try reader.optional("factor", "What the learning rate is multiplied by.")?.number(.share) { callback.factor = factor }
      if let patience = try reader.optional("patience", "Epochs without a better value.")?.integer(0...Self.mostEpochs) { callback.patience = patience }
      if let mode = try reader.optional("mode", "Whether less or more of the figure is better.")?.word("mode", MonitorMode.self) { callback.mode = mode }
      if let delta = try reader.optional("min_delta", "By how much a value must be better to count.")?.number(.notNegative) { callback.minDelta = delta }
      if let cooldown = try reader.optional("cooldown", "Epochs to wait after a reduction.")?.integer(0...Self.mostEpochs) { callback.cooldown = cooldown }
      if let rate = try reader.optional("min_lr", "The learning rate never falls below this.")?.number(.notNegative) { callback.minLR = rate }
      self = .reduceLROnPlateau(callback)
    case .csvLogger:
      var callback = CSVLogger(filename: try reader.required("filename", "The file that is written.").string())
      if let separator = try reader.optional("separator", "One character between the columns.")?.separator() { callback.separator = separator }
      if let append = try reader.optional("append", "Whether lines are added to a file that is there.")?.bool() { callback.append = append }
      self = .csvLogger(callback)
    case .tensorBoard:
      var callback = TensorBoard()
      if let folder = try reader.optional("log_dir", "The folder for TensorBoard's event files.")?.string() { callback.logDir = folder }
      if let epochs = try reader.optional("histogram_freq", "Epochs from one set of histograms and pictures to the next; 0 for none.")?.integer(
        0...Self.mostEpochs)
      {
        callback.histogramFreq = epochs
      }
      self = .tensorBoard(callback)
    }
  }

  var json: JSONValue {
    switch self {
    case .earlyStopping(let callback):
      .object([
        "type": .string(TypeWord.earlyStopping.rawValue), "monitor": .string(callback.monitor), "min_delta": .number(callback.minDelta),
        "patience": .integer(Int128(callback.patience)), "mode": .string(callback.mode.rawValue),
        "baseline": callback.baseline.map(JSONValue.number) ?? .null, "restore_best_weights": .bool(callback.restoreBestWeights),
        "start_from_epoch": .integer(Int128(callback.startFromEpoch)),
      ])
    case .reduceLROnPlateau(let callback):
      .object([
        "type": .string(TypeWord.reduceLROnPlateau.rawValue), "monitor": .string(callback.monitor), "factor": .number(callback.factor),
        "patience": .integer(Int128(callback.patience)), "mode": .string(callback.mode.rawValue), "min_delta": .number(callback.minDelta),
        "cooldown": .integer(Int128(callback.cooldown)), "min_lr": .number(callback.minLR),
      ])
    case .csvLogger(let callback):
      .object([
        "type": .string(TypeWord.csvLogger.rawValue), "filename": .string(callback.filename), "separator": .string(callback.separator),
        "append": .bool(callback.append),
      ])
    case .tensorBoard(let callback):
      .object([
        "type": .string(TypeWord.tensorBoard.rawValue), "log_dir": .string(callback.logDir), "histogram_freq": .integer(Int128(callback.histogramFreq)),
      ])
    }
  }

  /// - Throws: `Failure` (bad data) naming the option that is out of its range. A config is checked as it is read; this is for Swift callers.
  public func check(index: Int) throws(Failure) {
    _ = try ConfigNode(json, at: ConfigPath(file: "callbacks[\(index)]")).object(word: "type", Callback.init)
  }
}

extension ConfigNode {
  /// As Python's csv module takes it.
  fileprivate func separator() throws(Failure) -> String {
    let text = try string()
    guard text.unicodeScalars.count == 1, !["\"", "\r", "\n"].contains(text) else {
      throw expected("one character, and neither a quotation mark nor a line break")
    }
    return text
  }
}

extension [Callback] {
  /// The first of its kind; nil where there is none.
  public var earlyStopping: EarlyStopping? {
    for case .earlyStopping(let callback) in self { return callback }
    return nil
  }

  /// The first of its kind; nil where there is none.
  public var reduceLROnPlateau: ReduceLROnPlateau? {
    for case .reduceLROnPlateau(let callback) in self { return callback }
    return nil
  }

  /// The first of its kind; nil where there is none.
  public var csvLogger: CSVLogger? {
    for case .csvLogger(let callback) in self { return callback }
    return nil
  }

  /// The first of its kind; nil where there is none.
  public var tensorBoard: TensorBoard? {
    for case .tensorBoard(let callback) in self { return callback }
    return nil
  }
}

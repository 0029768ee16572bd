import Failures

// What one section asks of another. Only what the config alone can tell: an IDX label file may hold whole label vectors, so for such a
// source the training, which has seen the data, decides about shapes.
extension RunConfiguration {
  /// - Throws: `.badData` with the key path that should change as its place.
  func checkAgreement() throws(Failure) {
    try checkValidation()
    try checkEpochs()
    try checkWorkers()
    guard let last = model.layers.lastDense?.dense else { throw Failure(.badData, at: "model.layers", "expected at least one dense layer, found none") }
    try checkMonitor()
    try checkCallbacks()
    try checkOutputs(model.layers.outputActivation)
    try checkTargets(units: last.units)
    try checkMetrics()
    try compile.checkMetrics(outputs: last.units, activation: model.layers.outputActivation)
  }

  private func checkTargets(units: Int) throws(Failure) {
    if case .sparseCategoricalCrossentropy = compile.loss { return try checkSparse(units: units) }
    switch compile.loss.question {
    case .oneOfMany: try checkCategorical(units: units)
    case .yesOrNo, .side: try checkBinary(units: units)
    case .quantity: try checkQuantity(units: units)
    }
  }

  private func checkEpochs() throws(Failure) {
    guard fit.epochs > fit.initialEpoch else {
      throw Failure(.badData, at: "fit.epochs", "expected more than fit.initial_epoch, \(fit.initialEpoch), found \(fit.epochs)")
    }
  }

  private func checkValidation() throws(Failure) {
    if data.validationSampleWeight != nil, data.validation != .test {
      throw Failure(
        .badData, at: "data.validation_sample_weight", "only the rows of validation 'test' have weights of their own; others take those of data.sample_weight")
    }
    guard data.validation == .test, !data.source.hasTestPart else { return }
    guard data.source == .bundled else { throw Failure(.badData, at: "data.validation", "'test' needs data.test_path, the file or folder to test with") }
    throw Failure(.badData, at: "data.validation", "the bundled digits have no test part; use a fraction such as { fraction: 0.2, stratified: true }")
  }

  private func checkMetrics() throws(Failure) {
    guard data.targets == .value, let index = compile.metrics.firstIndex(where: \.isAboutClasses) else { return }
    throw Failure(
      .badData, at: "compile.metrics[\(index)]",
      "\(compile.metrics[index].name) tells classes apart, and data.targets \"value\" asks for a number; use mean_absolute_error, mean_squared_error, "
        + "root_mean_squared_error or r2_score")
  }

  private func checkMonitor() throws(Failure) {
    guard let monitor = fit.checkpoint.monitor else { return }
    try checkFigure(monitor, at: "fit.checkpoint.monitor")
  }

  /// - Parameter place: where `figure` was asked for.
  /// - Throws: `.badData` there when the epochs of this run have no such figure.
  package func checkFigure(_ figure: String, at place: String) throws(Failure) {
    let own = ["loss"] + metricNames
    let known = own + (data.validation == .none ? [] : own.map { "val_" + $0 })
    guard !known.contains(figure) else { return }
    throw Failure(
      .badData, at: place, "unknown figure '\(printable(figure))'; \(Nearest.hint(figure, among: known))this run has \(known.joined(separator: ", "))")
  }

  private func checkCallbacks() throws(Failure) {
    for (index, callback) in fit.callbacks.enumerated() {
      if let monitor = callback.monitor { try checkFigure(monitor, at: "fit.callbacks[\(index)].monitor") }
      guard case .reduceLROnPlateau = callback else { continue }
      guard case .constant = compile.optimizer.learningRate else {
        throw Failure(.badData, at: "fit.callbacks[\(index)]", "reduce_lr_on_plateau needs a learning rate that is a number; the optimizer has a schedule")
      }
    }
  }

  /// The figures of the metrics in an epoch's record, in order, without those of the validation.
  package var metricNames: [String] { Array(compile.metrics.figureNames(outputs: model.layers.lastDense?.dense.units ?? 1).joined()) }

  private func checkWorkers() throws(Failure) {
    guard case .exactly(let workers) = engine.workers, case .cpus(let cpus) = engine.placement, workers > cpus.count else { return }
    throw Failure(.badData, at: "engine.workers", "\(workers) workers do not fit on the \(cpus.count) listed in engine.placement; list more CPUs")
  }

  /// Crossentropies take probabilities, or logits when they are told so.
  private func checkOutputs(_ activation: Activation) throws(Failure) {
    guard let own = compile.loss.ownActivation else { return }
    let place = "compile.loss.from_logits"
    if compile.loss.fromLogits, activation == own {
      throw Failure(.badData, at: place, "the last layer's \(own.name) already gives probabilities; set this to false, or that to 'linear'")
    }
    if !compile.loss.fromLogits, activation != .sigmoid, activation != .softmax {
      throw Failure(.badData, at: place, "the last layer's '\(activation.name)' gives no probabilities; set this to true, or that to '\(own.name)'")
    }
  }

  private func checkSparse(units: Int) throws(Failure) {
    guard data.targets == .classes else { throw targets("sparse_categorical_crossentropy needs class numbers; set 'classes', not '\(data.targets.rawValue)'") }
    if let count = classCount, units < count { throw lastUnits("\(count) classes need as many units; found \(units)") }
  }

  private func checkCategorical(units: Int) throws(Failure) {
    if data.source == .bundled, data.targets != .oneHot {
      throw targets("\(compile.loss.name) needs 'one_hot', not '\(data.targets.rawValue)'; for class numbers use sparse_categorical_crossentropy")
    }
    try checkOneHot(units: units)
  }

  private func checkBinary(units: Int) throws(Failure) {
    if data.source == .bundled, units > 1, data.targets != .oneHot {
      throw targets("\(compile.loss.name) over \(units) units needs 'one_hot', not '\(data.targets.rawValue)'")
    }
    if units == 1, data.targets == .classes, let count = classCount, count > 2 {
      throw Failure(.badData, at: "data.classes", "one unit with \(compile.loss.name) tells two classes apart; choose two, such as [0, 1]")
    }
    try checkOneHot(units: units)
  }

  private func checkQuantity(units: Int) throws(Failure) {
    if data.source == .bundled, units > 1, data.targets != .oneHot {
      throw targets("\(compile.loss.name) over \(units) units needs 'one_hot', not '\(data.targets.rawValue)'; or use one unit")
    }
    try checkOneHot(units: units)
  }

  private func checkOneHot(units: Int) throws(Failure) {
    guard data.targets == .oneHot, let count = classCount, units != count else { return }
    throw lastUnits("one_hot targets of \(count) classes need as many units; found \(units)")
  }

  /// The number of classes, where the config tells it.
  private var classCount: Int? { data.classes?.count ?? (data.source == .bundled ? 10 : nil) }

  private func targets(_ message: String) -> Failure { Failure(.badData, at: "data.targets", message) }

  private func lastUnits(_ message: String) -> Failure { Failure(.badData, at: "model.layers[\(model.layers.lastDense?.index ?? 0)].units", message) }
}

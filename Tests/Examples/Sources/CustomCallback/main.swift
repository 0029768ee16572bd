import Lockstep

/// Raises the learning rate over the first steps, tells the best epoch, and ends the fit when that is good enough.
final class WarmUpAndStop: BatchCallback {
  private let peak: Double
  private let steps: Int
  private let wanted: Double
  private(set) var best = (epoch: 0, accuracy: 0.0)

  /// - Parameters:
  ///   - peak: the learning rate after the first `steps` steps.
  ///   - wanted: the validation accuracy that ends the fit.
  init(peak: Double, steps: Int, wanted: Double) {
    (self.peak, self.steps, self.wanted) = (peak, steps, wanted)
  }

  func onTrainBatchBegin(_ batch: Int, _ fit: FitControl) throws(Failure) {
    if fit.step < steps { try fit.set(learningRate: peak * Double(fit.step + 1) / Double(steps)) }
  }

  func onEpochEnd(_ epoch: Int, _ fit: FitControl, logs: [String: Double]) {
    let accuracy = logs["val_accuracy"] ?? 0
    if accuracy > best.accuracy { best = (epoch + 1, accuracy) }
    fit.stopTraining = accuracy >= wanted
  }
}

let (training, test) = try Dataset.bundledDigits().split(validationFraction: 0.2, stratified: true, seed: 1)
let model = try Sequential(inputs: 784) {
  Dense(64, activation: .relu)
  Dense(10)
}
try model.compile(optimizer: .adam(), loss: .sparseCategoricalCrossentropy(fromLogits: true), metrics: [.accuracy])

let callback = WarmUpAndStop(peak: 0.003, steps: 100, wanted: 0.92)
try model.fit(training, epochs: 30, validationData: test, customCallbacks: [callback])
print("best: epoch \(callback.best.epoch), accuracy \(callback.best.accuracy)")
precondition(callback.best.accuracy >= 0.92, "good enough")

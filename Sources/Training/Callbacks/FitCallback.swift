import Failures
import Interchange
import NeuralNetwork
import RunConfig

/// A callback of one's own: Keras's hooks between epochs. One that wants to hear of every step is a `BatchCallback`.
///
/// ```swift
/// final class WarmUp: BatchCallback {
///   func onTrainBatchBegin(_ batch: Int, _ fit: FitControl) throws(Failure) {
///     if fit.step < 100 { try fit.set(learningRate: 0.001 * Double(fit.step + 1) / 100) }
///   }
///   func onEpochEnd(_ epoch: Int, _ fit: FitControl, logs: [String: Double]) {
///     if logs["accuracy"]! > 0.99 { fit.stopTraining = true }
///   }
/// }
/// try model.fit(digits, epochs: 20, customCallbacks: [WarmUp()])
/// ```
///
/// All hooks are called on the thread that called `fit`, while no worker runs. What one throws ends the fit with the epoch and hook before its words; the model is
/// then as it was before the fit.
public protocol FitCallback: AnyObject {
  /// Before the first step.
  ///
  /// - Throws: `Failure` to end the fit.
  func onTrainBegin(_ fit: FitControl) throws(Failure)
  /// - Parameters:
  ///   - fit: what may be asked and changed.
  ///   - logs: the last epoch's figures.
  func onTrainEnd(_ fit: FitControl, logs: [String: Double]) throws(Failure)
  /// - Parameters:
  ///   - fit: what may be asked and changed.
  ///   - epoch: from 0, as in Keras.
  func onEpochBegin(_ epoch: Int, _ fit: FitControl) throws(Failure)
  /// - Parameters:
  ///   - epoch: from 0, as in Keras.
  ///   - fit: what may be asked and changed.
  ///   - logs: the epoch's figures, those of the validation among them.
  func onEpochEnd(_ epoch: Int, _ fit: FitControl, logs: [String: Double]) throws(Failure)
}

extension FitCallback {
  /// Does nothing.
  public func onTrainBegin(_ fit: FitControl) throws(Failure) {}
  /// Does nothing.
  public func onTrainEnd(_ fit: FitControl, logs: [String: Double]) throws(Failure) {}
  /// Does nothing.
  public func onEpochBegin(_ epoch: Int, _ fit: FitControl) throws(Failure) {}
  /// Does nothing.
  public func onEpochEnd(_ epoch: Int, _ fit: FitControl, logs: [String: Double]) throws(Failure) {}
}

/// A callback that hears of every step, too. With one, the workers pause behind each step; without, steps cost what they cost.
public protocol BatchCallback: FitCallback {
  /// - Parameters:
  ///   - fit: what may be asked and changed.
  ///   - batch: of the epoch, from 0.
  func onTrainBatchBegin(_ batch: Int, _ fit: FitControl) throws(Failure)
  /// - Parameters:
  ///   - batch: of the epoch, from 0.
  ///   - fit: what may be asked and changed.
  ///   - logs: the figures over the epoch's rows so far, as in Keras.
  func onTrainBatchEnd(_ batch: Int, _ fit: FitControl, logs: [String: Double]) throws(Failure)
}

extension BatchCallback {
  /// Does nothing.
  public func onTrainBatchBegin(_ batch: Int, _ fit: FitControl) throws(Failure) {}
  /// Does nothing.
  public func onTrainBatchEnd(_ batch: Int, _ fit: FitControl, logs: [String: Double]) throws(Failure) {}
}

/// What a callback can ask of a fit, and change in it.
public final class FitControl {
  /// True ends the fit, behind the step that comes next or has just been taken (the epoch so far is then evaluated and told as any other), or behind the epoch
  /// that has just ended. Keras's `model.stop_training`.
  public var stopTraining = false
  private var changedRate: Double?
  private let engine: Engine
  private let compiled: CompiledNetwork

  init(_ engine: Engine, _ compiled: CompiledNetwork) { (self.engine, self.compiled) = (engine, compiled) }

  /// Steps that the optimizer has taken, those of earlier fits included. Keras's `optimizer.iterations`.
  public var step: Int { engine.step }

  /// Of the next step.
  public var learningRate: Double { engine.learningRate }

  /// Sets the learning rate of the steps to come in this fit.
  ///
  /// - Throws: `Failure` (bad data) when the optimizer has a schedule, as in Keras, or `learningRate` is none.
  public func set(learningRate: Double) throws(Failure) {
    guard case .constant = compiled.compile.optimizer.learningRate else {
      throw Failure(.badData, at: "learning_rate", "the optimizer has a schedule, so its rate cannot be set")
    }
    var optimizer = compiled.compile.optimizer
    optimizer.learningRate = .constant(learningRate)
    try optimizer.check()
    engine.set(learningRate: learningRate)
    changedRate = learningRate
  }

  /// A copy of all weights as they are now, under Keras's names and shapes.
  public var weights: [NamedTensor] { compiled.network.tensors(arena: engine.weights) }

  /// What a callback has set since this was asked last; nil for nothing.
  func takeChangedRate() -> Double? {
    defer { changedRate = nil }
    return changedRate
  }
}

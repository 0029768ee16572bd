import KernelTemplates

/// What a step does once the batch's gradient is summed; the same for every worker.
public struct StepMove: Sendable {
  /// The batch's total sample weight: sums of gradients divided by it are means.
  public let weight: Double
  /// Nil where every batch has a step of its own.
  let accumulation: Accumulation?
  /// Nil where the batch only leaves its gradient for a later one.
  public let factors: StepFactors?
  /// Nil where weights are not averaged.
  let average: Average?

  /// Batches that share a step.
  struct Accumulation: Sendable {
    let batches: Double
    /// Whether this is the last of them.
    let ends: Bool
  }

  struct Average: Sendable {
    /// What stays of the average, and what is added of the weights.
    let momentum: Float
    let share: Float
    /// Whether the weights become the average.
    let overwrites: Bool
  }

  /// What the gradient is divided by that the arena holds at last.
  public var divisor: Double { accumulation?.batches ?? weight }
  var changesWeights: Bool { factors != nil || average?.overwrites == true }
}

/// A learning rate: a number, or a schedule with Keras's names and defaults. `step` counts the optimizer's steps from 0, never time.
public enum LearningRate: Equatable, Sendable {
  /// The same rate in every step.
  case constant(Double)
  /// initial·rate^(step / decaySteps); the quotient is whole with `staircase`.
  case exponentialDecay(initial: Double, decaySteps: Int, decayRate: Double, staircase: Bool = false)
  /// (initial − end)·(1 − step / decaySteps)^power + end until `decaySteps`, then `end`; with `cycle` in ever longer stretches.
  case polynomialDecay(initial: Double, decaySteps: Int, end: Double = 0.0001, power: Double = 1, cycle: Bool = false)
  /// values[0] up to and with step boundaries[0], values[1] up to boundaries[1], …; one value more than boundaries.
  case piecewiseConstantDecay(boundaries: [Int], values: [Double])
  /// initial·((1 − alpha)·½(1 + cos(π·step / decaySteps)) + alpha). With a target the rate first goes from `initial` to that in `warmupSteps`, and
  /// falls from there.
  case cosineDecay(initial: Double, decaySteps: Int, alpha: Double = 0, warmupTarget: Double? = nil, warmupSteps: Int = 0)
  /// As `cosineDecay`, beginning again after `firstDecaySteps`, then after `tMul` times as many, …, each time from `mMul` times the height before.
  case cosineDecayRestarts(initial: Double, firstDecaySteps: Int, tMul: Double = 2, mMul: Double = 1, alpha: Double = 0)
  /// initial / (1 + rate·step / decaySteps); the quotient is whole with `staircase`.
  case inverseTimeDecay(initial: Double, decaySteps: Int, decayRate: Double, staircase: Bool = false)
}

/// So that `0.01` is a learning rate.
extension LearningRate: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  /// The same rate in every step.
  public init(floatLiteral value: Double) { self = .constant(value) }
  /// The same rate in every step.
  public init(integerLiteral value: Int) { self = .constant(Double(value)) }
}

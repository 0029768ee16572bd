/// Gathers what is measured into windows long enough to judge by, and asks `Balancer` after each.
///
/// A window may span the ends of epochs: small data sets have epochs of milliseconds.
struct MeasuredBalance {
  private let windowSeconds: Double
  private var balancer: Balancer
  private var window: Balancer.Window
  /// At present.
  private var secondsPerStep: Double

  /// - Parameter windowSeconds: the length of a window. A tenth of a second holds many turns of processes that share a core, of a few milliseconds each;
  ///   and to end a run of the workers and begin another takes less than a thousandth of it.
  init(_ epoch: EpochPlan, windowSeconds: Double = 0.1) {
    self.windowSeconds = windowSeconds
    secondsPerStep = windowSeconds
    balancer = Balancer(shares: epoch.shares, slices: epoch.whole.slices)
    window = Balancer.Window(workers: epoch.shares.weights.count)
  }

  /// Steps until the end of the window, as far as can be told: 1 as long as nothing is known.
  var stepsLeft: Int { max(1, secondsPerStep > 0 ? Int((windowSeconds - window.seconds) / secondsPerStep) : 1) }

  /// Adds what was measured over `steps`. At the end of a window returns the shares to go on with, if they are others.
  ///
  /// - Parameter busy: each worker's seconds with its slices.
  mutating func next(after steps: Range<Int>, of epoch: EpochPlan, seconds: Double, busy: [Double]) -> Shares? {
    secondsPerStep = seconds / Double(steps.count)
    window.add(seconds: seconds, slices: epoch.slices(in: steps), busy: busy)
    // What is left is less than a step.
    guard window.seconds + secondsPerStep > windowSeconds else { return nil }
    balancer.learn(window)
    window = Balancer.Window(workers: busy.count)
    return balancer.shares == epoch.shares ? nil : balancer.shares
  }
}

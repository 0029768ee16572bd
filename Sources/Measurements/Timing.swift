import Training

/// How long to measure one thing: until both are reached.
public struct TimeBudget: Equatable, Sendable {
  public var seconds: Double
  public var samples: Int
  /// Seconds to go on at most until that many samples were taken while nobody else used the core.
  public var patience: Double

  public init(seconds: Double, samples: Int, patience: Double = 0) {
    self.seconds = seconds
    self.samples = samples
    self.patience = patience
  }
}

/// What some measurements of one thing say.
public struct Spread: Equatable, Sendable {
  public let median: Double
  public let minimum: Double
  public let maximum: Double

  /// - Parameter values: at least one.
  public init(_ values: [Double]) {
    precondition(!values.isEmpty, "a spread of nothing")
    let sorted = values.sorted()
    let middle = sorted.count / 2
    median = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    minimum = sorted[0]
    maximum = sorted[sorted.count - 1]
  }
}

/// Seconds on a clock that nobody sets.
func now() -> Double { Double(monotonicNanoseconds()) * 1e-9 }

/// Seconds that one `work` takes, which was done once before: data and code are in the caches. A sample is as many of them as take 50 µs, so that
/// reading the clock does not count.
///
/// - Parameters:
///   - before: called before each sample.
///   - sampled: hears the seconds of each sample at once, and says whether more are wanted, for the budget's patience.
func time(_ budget: TimeBudget, before: () -> Void = {}, sampled: (Double) -> Bool = { _ in false }, _ work: () -> Void) -> Spread {
  func sample(_ times: Int) -> Double {
    let begin = now()
    for _ in 0..<times { work() }
    return (now() - begin) / Double(times)
  }
  let once = sample(1)
  let times = once >= 50e-6 ? 1 : Int((50e-6 / max(once, 20e-9)).rounded(.up))
  var samples: [Double] = []
  let begin = now()
  var wantsMore = true
  while samples.count < budget.samples || now() - begin < budget.seconds || (wantsMore && now() - begin < budget.patience) {
    before()
    samples.append(sample(times))
    wantsMore = sampled(samples[samples.count - 1])
  }
  return Spread(samples)
}

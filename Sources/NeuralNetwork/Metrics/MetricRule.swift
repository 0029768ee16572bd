/// What is counted or summed over rows for one metric. y are targets, p the model's outputs.
enum MetricRule: Equatable, Sendable {
  /// Nothing: `SliceSums` has the right answers.
  case accuracy
  /// One count: elements where y is 1 and p above the threshold, or y 0 and p not.
  case matches(threshold: Float)
  /// One count: rows whose largest output is the class's.
  case largest
  /// One count: rows in which fewer than `k` outputs are above the class's.
  case amongLargest(k: Int)
  /// Three counts, of all outputs or one: elements above the threshold (and among the row's so many largest) whose y is not 0, and those whose y is; and
  /// elements whose y is not 0 that are not above it.
  case positives(threshold: Float, largest: Int?, output: Int?)
  /// Three sums an output: Σ y·a, Σ a and Σ y, where the answer a is 1 for p above the threshold, or the row's largest, and else 0.
  case scores(threshold: Float?)
  /// Counts of p in so many buckets of equal width, of y that are not 0 and then of those that are; with `perOutput` an output each.
  case buckets(Int, perOutput: Bool)
  /// One sum: a row's mean of |y−p|.
  case absoluteError
  /// One sum: a row's mean of (y−p)².
  case squaredError
  /// Three sums an output: y, y² and (y−p)².
  case variance

  func counts(outputs: Int) -> Int {
    switch self {
    case .matches, .largest, .amongLargest: 1
    case .positives: 3
    case .buckets(let count, let perOutput): 2 * count * (perOutput ? outputs : 1)
    case .accuracy, .scores, .absoluteError, .squaredError, .variance: 0
    }
  }

  func sums(outputs: Int) -> Int {
    switch self {
    case .absoluteError, .squaredError: 1
    case .scores, .variance: 3 * outputs
    case .accuracy, .matches, .largest, .amongLargest, .positives, .buckets: 0
    }
  }
}

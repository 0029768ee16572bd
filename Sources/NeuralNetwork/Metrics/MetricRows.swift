import KernelTemplates

/// Some rows of a batch as metrics see them: what the model gave, and what it was to give.
struct MetricRows {
  /// The model's outputs.
  let outputs: Matrix
  /// The same as probabilities: their sigmoid where a metric takes them for logits.
  let probabilities: Matrix
  let width: Int
  let form: Objective.TargetForm
  /// Of each row of the batch.
  let classes: UnsafePointer<Int32>
  let source: ExampleSource
  /// Where each row of the batch lies in the source.
  let rows: UnsafePointer<UInt32>

  /// The target as the data set has it, without smoothing.
  @inline(__always)
  private func target(_ row: Int, _ output: Int) -> Float {
    switch form {
    case .oneHot: Int(classes[row]) == output ? 1 : 0
    case .number: Float(classes[row])
    case .vector: source.vectors![Int(rows[row]) * width + output]
    }
  }

  /// Adds the rows of `range` to `counts`, and sets `sums` to theirs, added in row order.
  func tally(_ range: Range<Int>, _ plan: MetricPlan, counts: UnsafeMutablePointer<Int>, sums: UnsafeMutablePointer<Double>) {
    sums.update(repeating: 0, count: plan.sums)
    for entry in plan.entries {
      let (counts, sums) = (counts + entry.counts, sums + entry.sums)
      switch entry.rule {
      case .accuracy: break
      case .matches(let threshold): for row in range { counts[0] += matches(row, above: threshold) }
      case .largest: for row in range where indexOfLargest(row) == Int(classes[row]) { counts[0] += 1 }
      case .amongLargest(let k): for row in range where largerOutputs(row, than: Int(classes[row])) < k { counts[0] += 1 }
      case .positives(let threshold, let largest, let output):
        for row in range { addPositives(row, outputs: output.map { $0..<$0 + 1 } ?? 0..<width, above: threshold, among: largest, to: counts) }
      case .scores(let threshold): for row in range { addScores(row, above: threshold, to: sums) }
      case .buckets(let count, let perOutput): for row in range { addBuckets(row, count, perOutput: perOutput, to: counts) }
      case .absoluteError: for row in range { sums[0] += meanError(row) { abs($0) } }
      case .squaredError: for row in range { sums[0] += meanError(row) { $0 * $0 } }
      case .variance: for row in range { addVariance(row, to: sums) }
      }
    }
  }

  private func matches(_ row: Int, above threshold: Float) -> Int {
    var count = 0
    for output in 0..<width where target(row, output) == (outputs[row, output] > threshold ? 1 : 0) { count += 1 }
    return count
  }

  /// The first of equals, as NumPy's `argmax`.
  private func indexOfLargest(_ row: Int) -> Int {
    var best = 0
    for output in 1..<max(width, 1) where outputs[row, output] > outputs[row, best] { best = output }
    return best
  }

  /// A NaN has all others above it.
  private func largerOutputs(_ row: Int, than output: Int) -> Int {
    let value = outputs[row, output].isNaN ? -Float.infinity : outputs[row, output]
    var count = 0
    for other in 0..<width where outputs[row, other] > value { count += 1 }
    return count
  }

  /// Whether an output is one of the row's `count` largest, the first of equals before the others.
  private func isAmongLargest(_ count: Int, _ row: Int, _ output: Int) -> Bool {
    var before = largerOutputs(row, than: output)
    for other in 0..<output where outputs[row, other] == outputs[row, output] { before += 1 }
    return before < count
  }

  private func addPositives(_ row: Int, outputs range: Range<Int>, above threshold: Float, among largest: Int?, to counts: UnsafeMutablePointer<Int>) {
    for output in range {
      let isPositive = outputs[row, output] > threshold && largest.map { isAmongLargest($0, row, output) } ?? true
      let isTrue = target(row, output) != 0
      if isPositive { counts[isTrue ? 0 : 1] += 1 } else if isTrue { counts[2] += 1 }
    }
  }

  private func addScores(_ row: Int, above threshold: Float?, to sums: UnsafeMutablePointer<Double>) {
    let largest = threshold == nil ? outputs[row, indexOfLargest(row)] : 0
    for output in 0..<width {
      let value = outputs[row, output]
      // As Keras: a row of zeros has no largest.
      let answer = threshold.map { value > $0 } ?? (value >= largest && abs(value) > 1e-9)
      let target = Double(target(row, output))
      if answer { (sums[3 * output], sums[3 * output + 1]) = (sums[3 * output] + target, sums[3 * output + 1] + 1) }
      sums[3 * output + 2] += target
    }
  }

  /// Bucket b of n holds b < p·(n−1) ≤ b + 1; the first one 0, too.
  private func addBuckets(_ row: Int, _ count: Int, perOutput: Bool, to counts: UnsafeMutablePointer<Int>) {
    for output in 0..<width {
      let value = probabilities[row, output]
      // NaN goes with 0.
      let share = value > 0 ? min(value, 1) : 0
      let bucket = max(Int((share * Float(count - 1)).rounded(.up)) - 1, 0)
      counts[(perOutput ? 2 * count * output : 0) + (target(row, output) != 0 ? 0 : count) + bucket] += 1
    }
  }

  @inline(__always)
  private func meanError(_ row: Int, _ measure: (Double) -> Double) -> Double {
    var sum = 0.0
    for output in 0..<width { sum += measure(Double(target(row, output)) - Double(outputs[row, output])) }
    return sum / Double(width)
  }

  private func addVariance(_ row: Int, to sums: UnsafeMutablePointer<Double>) {
    for output in 0..<width {
      let target = Double(target(row, output))
      let error = target - Double(outputs[row, output])
      sums[3 * output] += target
      sums[3 * output + 1] += target * target
      sums[3 * output + 2] += error * error
    }
  }
}

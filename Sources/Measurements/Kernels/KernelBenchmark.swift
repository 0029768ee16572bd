import Datasets
import Failures
import KernelTemplates
import Kernels
import RunConfig
import Training

/// The kernels of one CPU level on one core: each is checked against its scalar reference, then timed.
struct KernelBenchmark: Sendable {
  /// Rows × inputs × units.
  struct Shape: Equatable, Sendable {
    let rows: Int
    let inputs: Int
    let units: Int

    init(_ rows: Int, _ inputs: Int, _ units: Int) {
      self.rows = rows
      self.inputs = inputs
      self.units = units
    }
  }

  static let denseShapes = [
    Shape(16, 784, 25), Shape(32, 784, 25), Shape(128, 784, 25), Shape(32, 784, 512), Shape(64, 784, 512), Shape(512, 784, 512), Shape(128, 512, 512),
    Shape(1024, 2048, 2048),
  ]
  /// The dense shapes whose inputs are a digit's pixels: there a network has the first layer's kernels in place of the dense ones.
  static let firstLayerShapes = denseShapes.filter { $0.inputs == 784 }

  let kernels: any KernelSet.Type
  /// Whether the level's multiply-adds round once, for the references.
  let isFused: Bool
  let budget: TimeBudget

  /// Everything, in the order of the table.
  func run(digits: Dataset) throws(Failure) -> KernelReport {
    let peak = try peak()
    var timings: [KernelTiming] = []
    for shape in Self.denseShapes { timings += try dense(shape) }
    let mostRows = Self.firstLayerShapes.map(\.rows).max()!
    for data in [try FirstLayerData(digits: digits, rows: mostRows), FirstLayerData(denseWidth: 784, rows: mostRows)] {
      for rows in [16, 32, 128] { timings.append(try gather(data, rows: rows)) }
      for shape in Self.firstLayerShapes { timings += try firstLayer(data, shape) }
    }
    timings += try elementwise()
    return KernelReport(instructionSet: kernels.name, peak: peak, timings: timings)
  }

  /// Multiply-adds × 2 in a second, of the fastest loop there is of them.
  func peak() throws(Failure) -> Double {
    let numbers = try OwnedMatrix(rows: 1, columns: kernels.peakCount, seed: 1)
    let (factor, term): (Float, Float) = (0.999, 0.001)
    let expected = numbers.row(0).map { peakReference($0, steps: 100, factor: factor, term: term, fused: isFused) }
    kernels.peak(numbers.matrix.base, steps: 100, factor: factor, term: term)
    for (column, found) in numbers.row(0).enumerated() where found != expected[column] {
      throw mismatch("peak", row: 0, column: column, found: found, expected: expected[column])
    }
    let steps = 2000
    var longer = budget
    longer.seconds *= 4
    let seconds = time(longer) { kernels.peak(numbers.matrix.base, steps: steps, factor: factor, term: term) }.minimum
    return 2 * Double(steps) * Double(kernels.peakCount) / seconds
  }

  /// Times a product of `operations` multiply-adds × 2. Its share of the peak is taken sample by sample, the peak being measured right before and after each:
  /// the pace of a core that shares a machine changes from one moment to the next. And it is that of the samples taken while nobody else used the core
  /// (`CoreBenchmark`), if there were as many as the budget asks for.
  func product(_ name: String, data: String? = nil, _ shape: Shape, operations: Double, _ work: () -> Void) throws(Failure) -> KernelTiming {
    let core = try CoreBenchmark(kernels)
    var (shares, freeShares): ([Double], [Double]) = ([], [])
    var before = (peak: 0.0, product: 0.0)
    let seconds = time(
      budget, before: { before = (core.peakRate(), core.productRate()) },
      sampled: { seconds in
        let after = (peak: core.peakRate(), product: core.productRate())
        let share = operations / seconds / ((before.peak + after.peak) / 2)
        shares.append(share)
        if min(before.product / before.peak, after.product / after.peak) >= CoreReport.freeShare { freeShares.append(share) }
        return freeShares.count < budget.samples
      }, work)
    let isFree = freeShares.count >= budget.samples
    return KernelTiming(name, data: data, shape, seconds, operations: operations, share: Spread(isFree ? freeShares : shares).median, isFree: isFree)
  }
}

extension KernelReport {
  /// Checks and times every kernel of the crew's instruction set, on its first worker: pinned, and in the floating-point mode of training.
  ///
  /// - Parameter budget: for each kernel and shape.
  /// - Throws: `Failure` (internal error) when a kernel does not give what its reference gives.
  public static func measure(_ crew: Crew, budget: TimeBudget = TimeBudget(seconds: 0.05, samples: 3, patience: 3)) throws(Failure) -> KernelReport {
    try measure(crew, kernels: crew.instructionSet.kernels, budget: budget)
  }

  /// As above, for `kernels` in place of the crew's: tests put broken ones here.
  package static func measure(_ crew: Crew, kernels: any KernelSet.Type, budget: TimeBudget) throws(Failure) -> KernelReport {
    let digits = try Dataset.bundledDigits()
    let benchmark = KernelBenchmark(kernels: kernels, isFused: crew.instructionSet.isFused, budget: budget)
    return try crew.pool.collect { worker throws(Failure) -> KernelReport? in worker.number == 0 ? try benchmark.run(digits: digits) : nil }[0]!
  }
}

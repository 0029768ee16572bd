import Failures
import KernelTemplates
import Kernels
import Measurements
import RunConfig
import Testing
import Training

/// The promise: every kernel is in the table, right before it is timed, and a wrong one stops it.
@Suite(.serialized) struct KernelBenchmarkTests {
  /// Each kernel once: what is wrong shows, and how fast it is does not matter here.
  static let once = TimeBudget(seconds: 0, samples: 1)

  static func crew() throws -> Crew { try Crew(EngineSection(workers: .exactly(1), placement: .none), environment: [:]) }

  /// Measured once for all tests that only look.
  static let report = Result { try KernelReport.measure(crew(), budget: once) }

  @Test func theTableAndItsJSON() throws {
    let report = try Self.report.get()
    let object = report.jsonObject
    #expect(Set(object.keys) == ["instruction_set", "peak_gflops", "kernels"])
    #expect(object["instruction_set"] as? String == InstructionSet.supported[0].rawValue)
    #expect(try #require(object["peak_gflops"] as? Double) > 0)
    let kernels = try #require(object["kernels"] as? [[String: Any]])
    for kernel in kernels {
      #expect(
        Set(kernel.keys) == [
          "kernel", "data", "rows", "inputs", "units", "seconds", "minimum_seconds", "gflops", "share_of_peak", "core_was_free", "elements_per_second",
        ])
      #expect((kernel["share_of_peak"] is Double) == (kernel["core_was_free"] is Bool))
      let numbers = ["seconds", "minimum_seconds", "gflops", "share_of_peak", "elements_per_second"].compactMap { kernel[$0] as? Double }
      #expect(numbers.allSatisfy { $0 > 0 && $0.isFinite })
      #expect((kernel["gflops"] is Double) != (kernel["elements_per_second"] is Double), "work is counted in one way")
    }
    let names = kernels.compactMap { $0["kernel"] as? String }
    for name in ["forward", "weight_gradient", "input_gradient"] { #expect(names.count { $0 == name } == 8, "\(name)") }
    for name in ["first_forward", "first_weight_gradient"] { #expect(names.count { $0 == name } == 12, "six shapes, digits and dense: \(name)") }
    #expect(names.count { $0 == "gather" } == 6)
    for name in ["sigmoid", "tanh", "relu", "softmax", "sigmoid_gradient", "softmax_crossentropy", "sigmoid_crossentropy", "adam"] {
      #expect(names.contains(name), "\(name)")
    }
    let foot = report.timings.contains { $0.isFree == false } ? 2 : 0
    #expect(report.lines.count == kernels.count + 4 + foot, "two lines and an empty one before the table, an empty one and what the star means behind it")
  }

  /// Most of the digits' runs of eight inputs are blank: what is skipped is no work. The bias fills a run of its own.
  @Test func skippedInputsDoNotCount() throws {
    let timings = try Self.report.get().timings.filter { $0.kernel == "first_forward" && $0.rows == 128 && $0.units == 25 }
    let (digits, dense) = (try #require(timings.first { $0.data == "digits" }?.operations), try #require(timings.first { $0.data == "dense" }?.operations))
    #expect(dense == 2 * 128 * 792 * 25)
    #expect((0.3...0.7).contains(digits / dense))
  }

  @Test func aWrongKernelIsNotTimed() throws {
    let failure = #expect(throws: Failure.self) { try KernelReport.measure(Self.crew(), kernels: BrokenKernels.self, budget: Self.once) }
    #expect(failure?.kind == .internalError)
    #expect(failure?.place == "worker 0: broken kernel forward 16 × 784 × 25")
    #expect(try #require(failure?.message).contains(/^row 15, column 3 is 1000\.0, but its scalar reference gives -?[0-9.]+; nothing is timed that is wrong$/))
  }
}

/// The best kernels of this CPU, but for one number of a product.
private enum BrokenKernels: KernelSet {
  static let real = InstructionSet.supported[0].kernels
  static var name: String { "broken" }

  static func multiply(_ x: Matrix, _ w: Matrix, into out: Matrix, rows: Int) {
    real.multiply(x, w, into: out, rows: rows)
    out[rows - 1, 3] = 1000
  }

  static var peakCount: Int { real.peakCount }
  static func peak(_ numbers: UnsafeMutablePointer<Float>, steps: Int, factor: Float, term: Float) {
    real.peak(numbers, steps: steps, factor: factor, term: term)
  }
  static func transpose(_ w: Matrix, into out: Matrix, panel: Int, firstRow: Int, endRow: Int) {
    real.transpose(w, into: out, panel: panel, firstRow: firstRow, endRow: endRow)
  }
  static func weightGradient(_ x: Matrix, _ dz: Panel, into gradient: Panel, inputs: Range<Int>, adds: Bool, rows: Int) {
    real.weightGradient(x, dz, into: gradient, inputs: inputs, adds: adds, rows: rows)
  }

  // What comes after the first product in the table is never reached.
  static func gatherBytes(
    _ bytes: UnsafePointer<UInt8>, width: Int, rows: UnsafePointer<UInt32>, count: Int, following: UnsafeBufferPointer<UInt32>,
    scale: Float, runs: Range<Int>, into out: InputRuns
  ) {}
  static func gatherFloats(
    _ floats: UnsafePointer<Float>, width: Int, rows: UnsafePointer<UInt32>, count: Int, following: UnsafeBufferPointer<UInt32>,
    scale: Float, runs: Range<Int>, into out: InputRuns
  ) {}
  static func multiplyRuns(_ x: InputRuns, runs: Range<Int>, _ w: Panel, into out: Panel, rows: Int) {}
  static func weightGradientRuns(_ x: InputRuns, runs: Range<Int>, _ dz: Panel, into gradient: Panel, adds: Bool) {}
  static func activate(_ kind: ActivationKernel, _ values: Matrix, keeping sums: Matrix, rows: Int, columns: Int, units: Int) {}
  static func activationGradient(_ kind: ActivationKernel, kept: Matrix, _ gradient: Matrix, rows: Int, columns: Int, units: Int) {}
  static func expandBytes(_ bytes: UnsafePointer<UInt8>, scale: Float, columns: Range<Int>, into values: UnsafeMutablePointer<Float>) {}
  static func expandFloats(_ floats: UnsafePointer<Float>, scale: Float, columns: Range<Int>, into values: UnsafeMutablePointer<Float>) {}
  static func scaleInputs(
    _ values: UnsafeMutablePointer<Float>, centers: UnsafePointer<Float>, factors: UnsafePointer<Float>, offsets: UnsafePointer<Float>, columns: Range<Int>
  ) {}
  static func dropOutInputs(_ values: UnsafeMutablePointer<Float>, rate: Float, scale: Float, key: UInt64, row: Int, columns: Range<Int>) {}
  static func addNoiseToInputs(_ values: UnsafeMutablePointer<Float>, deviation: Float, key: UInt64, row: Int, columns: Range<Int>) {}
  static func sampleImage(
    _ image: UnsafePointer<Float>, _ grid: ImageGrid, map: ImageMap, moves: ImageMoves?, fill: ImageFill, limits: (low: Float, high: Float),
    columns: Range<Int>, into values: UnsafeMutablePointer<Float>
  ) {}
  static func smoothNoise(
    _ noise: UnsafePointer<Float>, _ grid: ImageGrid, pitch: Int, rows: Range<Int>, taps: UnsafePointer<Float>, radius: Int, strength: Float,
    across: UnsafeMutablePointer<Float>, into moves: UnsafeMutablePointer<Float>
  ) {}
  static func eraseInputs(_ values: UnsafeMutablePointer<Float>, _ grid: ImageGrid, _ box: ImageBox, value: Float, columns: Range<Int>) {}
  static func eraseInputsWithNoise(
    _ values: UnsafeMutablePointer<Float>, _ grid: ImageGrid, _ box: ImageBox, deviation: Float, limits: (low: Float, high: Float), key: UInt64, row: Int,
    columns: Range<Int>
  ) {}
  static func dropOut(_ x: Matrix, into out: Matrix, rate: Float, scale: Float, key: UInt64, firstRow: Int, rows: Int, columns: Int) {}
  static func addNoise(_ x: Matrix, into out: Matrix, deviation: Float, key: UInt64, firstRow: Int, rows: Int, columns: Int) {}
  static func rescale(_ x: Matrix, into out: Matrix, scale: Float, offset: Float, rows: Int, columns: Int) {}
  static func setOnes(_ values: Matrix, rows: Int, units: Int) {}
  static func columnMoments(_ x: Matrix, into slots: Matrix, rows: Int, columns: Int) {}
  static func joinSlices(_ slots: Panel, into block: Panel, rows: Int, columns: Int) {}
  static func joinBlocks(_ blocks: Panel, into moments: Panel, rows: Int, blockRows: Int, columns: Int) {}
  static func normalizeColumns(
    _ x: Matrix, moments: Matrix, epsilon: Float, parameters: Matrix, normalized: Matrix, into out: Matrix, rows: Int, columns: Int
  ) {}
  static func columnProducts(_ gradient: Matrix, normalized: Matrix, into slots: Matrix, rows: Int, columns: Int) {}
  static func addSlices(_ slots: Panel, into out: Panel, slices: Range<Int>, rows: Range<Int>, columns: Int, adds: Bool) {}
  static func normalizeColumnsGradient(
    _ gradient: Matrix, normalized: Matrix, moments: Matrix, products: Matrix, epsilon: Float, parameters: Matrix, batch: Int, rows: Int, columns: Int
  ) {}
  static func moveRows(_ values: Matrix, towards target: Matrix, keeping momentum: Float, share: Float, rows: Int, columns: Int, units: Int) {}
  static func normalizeRows(
    _ x: Matrix, epsilon: Float, parameters: Matrix, normalized: Matrix, factors: UnsafeMutablePointer<Float>, into out: Matrix, rows: Int, columns: Int,
    units: Int
  ) {}
  static func normalizeRowsGradient(
    _ gradient: Matrix, normalized: Matrix, factors: UnsafePointer<Float>, parameters: Matrix, rows: Int, columns: Int, units: Int
  ) {}
  static func loss(
    _ kind: LossKernel, outputs: Matrix, targets: Matrix, gradient: Matrix, rows: Int, columns: Int, units: Int, losses: UnsafeMutablePointer<Float>
  ) {}
  static func countLargest(_ outputs: Matrix, classes: UnsafePointer<Int32>, rows: Range<Int>, columns: Int, units: Int) -> Int { 0 }
  static func countThreshold(_ outputs: Matrix, targets: Matrix, threshold: Float, zero: Float, one: Float, rows: Range<Int>) -> Int { 0 }
  static func add(_ left: Panel, _ right: Panel, into: Panel, rows: Int, columns: Int) {}
  static func update(_ kind: OptimizerKernel, _ arenas: UpdateArenas, count: Int, _ factors: StepFactors) -> Bool { true }
  static func sumSquares(_ values: UnsafePointer<Float>, into sums: UnsafeMutablePointer<Float>, count: Int) {}
  static func penalties(_ values: UnsafePointer<Float>, l1: Float, l2: Float, into sums: UnsafeMutablePointer<Float>, count: Int) {}
  static func penalize(_ weights: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>, l1: Float, l2: Float, scale: Float, count: Int) {}
  static func activityPenalty(_ x: Matrix, l1: Float, l2: Float, losses: UnsafeMutablePointer<Float>, rows: Int, units: Int) {}
  static func activityPenaltyGradient(_ x: Matrix, _ gradient: Matrix, l1: Float, l2: Float, rows: Int, units: Int) {}
  static func accumulate(
    _ gradient: UnsafeMutablePointer<Float>, scale: Float, into accumulator: UnsafeMutablePointer<Float>, ends: Bool, count: Int
  ) -> Bool { true }
  static func average(
    _ weights: UnsafeMutablePointer<Float>, into average: UnsafeMutablePointer<Float>, momentum: Float, share: Float, overwrites: Bool, count: Int
  ) {}
  static func constrainColumns(_ kind: ConstraintKernel, _ weights: Panel, rows: Int) {}
  static func constrainRow(_ kind: ConstraintKernel, _ weights: Matrix, columns: Int) {}
}

/// The coarse kernels of one CPU level: a table of entry points, one call a layer and chunk of rows, or block of weights.
///
/// The requirements are the templates of the same names, where the shapes and formulas stand. `Kernels` picks one conforming type, once.
public protocol KernelSet: Sendable {
  /// The word for `LOCKSTEP_ISA` and for reports.
  static var name: String { get }

  static func gatherBytes(
    _ bytes: UnsafePointer<UInt8>, width: Int, rows: UnsafePointer<UInt32>, count: Int, following: UnsafeBufferPointer<UInt32>,
    scale: Float, runs: Range<Int>, into out: InputRuns)
  static func gatherFloats(
    _ floats: UnsafePointer<Float>, width: Int, rows: UnsafePointer<UInt32>, count: Int, following: UnsafeBufferPointer<UInt32>,
    scale: Float, runs: Range<Int>, into out: InputRuns)

  static func expandBytes(_ bytes: UnsafePointer<UInt8>, scale: Float, columns: Range<Int>, into values: UnsafeMutablePointer<Float>)
  static func expandFloats(_ floats: UnsafePointer<Float>, scale: Float, columns: Range<Int>, into values: UnsafeMutablePointer<Float>)
  static func scaleInputs(
    _ values: UnsafeMutablePointer<Float>, centers: UnsafePointer<Float>, factors: UnsafePointer<Float>, offsets: UnsafePointer<Float>, columns: Range<Int>)
  static func dropOutInputs(_ values: UnsafeMutablePointer<Float>, rate: Float, scale: Float, key: UInt64, row: Int, columns: Range<Int>)
  static func addNoiseToInputs(_ values: UnsafeMutablePointer<Float>, deviation: Float, key: UInt64, row: Int, columns: Range<Int>)

  static func sampleImage(
    _ image: UnsafePointer<Float>, _ grid: ImageGrid, map: ImageMap, moves: ImageMoves?, fill: ImageFill, limits: (low: Float, high: Float),
    columns: Range<Int>, into values: UnsafeMutablePointer<Float>)
  static func smoothNoise(
    _ noise: UnsafePointer<Float>, _ grid: ImageGrid, pitch: Int, rows: Range<Int>, taps: UnsafePointer<Float>, radius: Int, strength: Float,
    across: UnsafeMutablePointer<Float>, into moves: UnsafeMutablePointer<Float>)
  static func eraseInputs(_ values: UnsafeMutablePointer<Float>, _ grid: ImageGrid, _ box: ImageBox, value: Float, columns: Range<Int>)
  static func eraseInputsWithNoise(
    _ values: UnsafeMutablePointer<Float>, _ grid: ImageGrid, _ box: ImageBox, deviation: Float, limits: (low: Float, high: Float), key: UInt64, row: Int,
    columns: Range<Int>)

  static func multiplyRuns(_ x: InputRuns, runs: Range<Int>, _ w: Panel, into out: Panel, rows: Int)
  static func weightGradientRuns(_ x: InputRuns, runs: Range<Int>, _ dz: Panel, into gradient: Panel, adds: Bool)

  static func multiply(_ x: Matrix, _ w: Matrix, into out: Matrix, rows: Int)
  static func weightGradient(_ x: Matrix, _ dz: Panel, into gradient: Panel, inputs: Range<Int>, adds: Bool, rows: Int)
  static func transpose(_ w: Matrix, into out: Matrix, panel: Int, firstRow: Int, endRow: Int)

  static func activate(_ kind: ActivationKernel, _ values: Matrix, keeping sums: Matrix, rows: Int, columns: Int, units: Int)
  static func activationGradient(_ kind: ActivationKernel, kept: Matrix, _ gradient: Matrix, rows: Int, columns: Int, units: Int)
  static func dropOut(_ x: Matrix, into out: Matrix, rate: Float, scale: Float, key: UInt64, firstRow: Int, rows: Int, columns: Int)
  static func addNoise(_ x: Matrix, into out: Matrix, deviation: Float, key: UInt64, firstRow: Int, rows: Int, columns: Int)
  static func rescale(_ x: Matrix, into out: Matrix, scale: Float, offset: Float, rows: Int, columns: Int)
  static func setOnes(_ values: Matrix, rows: Int, units: Int)

  static func columnMoments(_ x: Matrix, into slots: Matrix, rows: Int, columns: Int)
  static func joinSlices(_ slots: Panel, into block: Panel, rows: Int, columns: Int)
  static func joinBlocks(_ blocks: Panel, into moments: Panel, rows: Int, blockRows: Int, columns: Int)
  static func normalizeColumns(
    _ x: Matrix, moments: Matrix, epsilon: Float, parameters: Matrix, normalized: Matrix, into out: Matrix, rows: Int, columns: Int)
  static func columnProducts(_ gradient: Matrix, normalized: Matrix, into slots: Matrix, rows: Int, columns: Int)
  static func addSlices(_ slots: Panel, into out: Panel, slices: Range<Int>, rows: Range<Int>, columns: Int, adds: Bool)
  static func normalizeColumnsGradient(
    _ gradient: Matrix, normalized: Matrix, moments: Matrix, products: Matrix, epsilon: Float, parameters: Matrix, batch: Int, rows: Int, columns: Int)
  static func moveRows(_ values: Matrix, towards target: Matrix, keeping momentum: Float, share: Float, rows: Int, columns: Int, units: Int)
  static func normalizeRows(
    _ x: Matrix, epsilon: Float, parameters: Matrix, normalized: Matrix, factors: UnsafeMutablePointer<Float>, into out: Matrix, rows: Int, columns: Int,
    units: Int)
  static func normalizeRowsGradient(
    _ gradient: Matrix, normalized: Matrix, factors: UnsafePointer<Float>, parameters: Matrix, rows: Int, columns: Int, units: Int)

  static func loss(
    _ kind: LossKernel, outputs: Matrix, targets: Matrix, gradient: Matrix, rows: Int, columns: Int, units: Int, losses: UnsafeMutablePointer<Float>)
  static func countLargest(_ outputs: Matrix, classes: UnsafePointer<Int32>, rows: Range<Int>, columns: Int, units: Int) -> Int
  static func countThreshold(_ outputs: Matrix, targets: Matrix, threshold: Float, zero: Float, one: Float, rows: Range<Int>) -> Int

  static func add(_ left: Panel, _ right: Panel, into: Panel, rows: Int, columns: Int)
  /// Returns whether all new weights are finite.
  @discardableResult static func update(_ kind: OptimizerKernel, _ arenas: UpdateArenas, count: Int, _ factors: StepFactors) -> Bool
  static func sumSquares(_ values: UnsafePointer<Float>, into sums: UnsafeMutablePointer<Float>, count: Int)

  static func penalties(_ values: UnsafePointer<Float>, l1: Float, l2: Float, into sums: UnsafeMutablePointer<Float>, count: Int)
  static func penalize(_ weights: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>, l1: Float, l2: Float, scale: Float, count: Int)
  static func activityPenalty(_ x: Matrix, l1: Float, l2: Float, losses: UnsafeMutablePointer<Float>, rows: Int, units: Int)
  static func activityPenaltyGradient(_ x: Matrix, _ gradient: Matrix, l1: Float, l2: Float, rows: Int, units: Int)
  static func accumulate(_ gradient: UnsafeMutablePointer<Float>, scale: Float, into accumulator: UnsafeMutablePointer<Float>, ends: Bool, count: Int) -> Bool
  static func average(
    _ weights: UnsafeMutablePointer<Float>, into average: UnsafeMutablePointer<Float>, momentum: Float, share: Float, overwrites: Bool, count: Int)
  static func constrainColumns(_ kind: ConstraintKernel, _ weights: Panel, rows: Int)
  static func constrainRow(_ kind: ConstraintKernel, _ weights: Matrix, columns: Int)

  /// The numbers that `peak` keeps in registers.
  static var peakCount: Int { get }
  static func peak(_ numbers: UnsafeMutablePointer<Float>, steps: Int, factor: Float, term: Float)
}

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

  static func multiplyRuns(_ x: InputRuns, runs: Range<Int>, _ w: Panel, into out: Panel, rows: Int)
  static func weightGradientRuns(_ x: InputRuns, runs: Range<Int>, _ dz: Panel, into gradient: Panel, adds: Bool)

  static func multiply(_ x: Matrix, _ w: Matrix, into out: Matrix, rows: Int)
  static func weightGradient(_ x: Matrix, _ dz: Panel, into gradient: Panel, inputs: Range<Int>, adds: Bool, rows: Int)
  static func transpose(_ w: Matrix, into out: Matrix, panel: Int, firstRow: Int, endRow: Int)

  static func activate(_ kind: ActivationKernel, _ values: Matrix, keeping sums: Matrix, rows: Int, columns: Int, units: Int)
  static func activationGradient(_ kind: ActivationKernel, kept: Matrix, _ gradient: Matrix, rows: Int, columns: Int, units: Int)
  static func loss(
    _ kind: LossKernel, outputs: Matrix, targets: Matrix, gradient: Matrix, rows: Int, columns: Int, units: Int, losses: UnsafeMutablePointer<Float>)
  static func countLargest(_ outputs: Matrix, classes: UnsafePointer<Int32>, rows: Range<Int>, columns: Int, units: Int) -> Int
  static func countThreshold(_ outputs: Matrix, targets: Matrix, threshold: Float, zero: Float, one: Float, rows: Range<Int>) -> Int

  static func add(_ left: Panel, _ right: Panel, into: Panel, rows: Int, columns: Int)
  /// Returns whether all new weights are finite.
  @discardableResult static func update(_ kind: OptimizerKernel, _ arenas: UpdateArenas, count: Int, _ factors: StepFactors) -> Bool
  static func sumSquares(_ values: UnsafePointer<Float>, into sums: UnsafeMutablePointer<Float>, count: Int)

  /// The numbers that `peak` keeps in registers.
  static var peakCount: Int { get }
  static func peak(_ numbers: UnsafeMutablePointer<Float>, steps: Int, factor: Float, term: Float)
}

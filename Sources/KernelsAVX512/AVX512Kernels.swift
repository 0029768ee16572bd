import KernelTemplates

/// Names this CPU level in the tiles' symbols.
public enum AVX512Level {}

/// 12 rows × 2 vectors: 24 sums in 32 registers.
typealias Wide = TwelveRows<VectorPair<AVX512Level>>
typealias Narrow = TwelveRows<SingleVector<AVX512Level>>

/// For blocks of 8 rows: 16 sums, or 16 registers of deltas beside 8 of sums.
typealias BlockWide = EightRows<VectorPair<AVX512Level>>
typealias BlockNarrow = EightRows<SingleVector<AVX512Level>>

/// 12 registers of 32.
typealias Chains = TwelveChains<AVX512Level>

/// The templates, compiled for x86-64-v4 (AVX-512). Nothing else may stand in this module: whatever is compiled here uses these
/// instructions.
public enum AVX512Kernels: KernelSet {
  public static var name: String { "avx512" }

  public static func gatherBytes(
    _ bytes: UnsafePointer<UInt8>, width: Int, rows: UnsafePointer<UInt32>, count: Int, scale: Float, into out: InputBlocks
  ) {
    gatherBytesTemplate(bytes, width: width, rows: rows, count: count, scale: scale, into: out)
  }

  public static func gatherFloats(_ floats: UnsafePointer<Float>, width: Int, rows: UnsafePointer<UInt32>, count: Int, scale: Float, into out: InputBlocks) {
    gatherFloatsTemplate(floats, width: width, rows: rows, count: count, scale: scale, into: out)
  }

  public static func multiplyBlocks(_ x: InputBlocks, _ w: Matrix, into out: Matrix, rows: Int) {
    multiplyBlocksTemplate(BlockWide.self, BlockNarrow.self, x, w, into: out, rows: rows)
  }

  public static func weightGradientBlocks(
    _ x: InputBlocks, _ dz: Matrix, into gradient: Matrix, adds: Bool, rows: Int, sliceRows: Int, scratch: UnsafeMutablePointer<Float>
  ) {
    weightGradientBlocksTemplate(BlockWide.self, BlockNarrow.self, x, dz, into: gradient, adds: adds, rows: rows, sliceRows: sliceRows, scratch: scratch)
  }

  public static func multiply(_ x: Matrix, _ w: Matrix, into out: Matrix, rows: Int) {
    multiplyTemplate(Wide.self, Narrow.self, x, w, into: out, rows: rows)
  }

  public static func weightGradient(
    _ x: Matrix, _ dz: Matrix, into gradient: Matrix, adds: Bool, rows: Int, sliceRows: Int, scratch: UnsafeMutablePointer<Float>
  ) {
    weightGradientTemplate(Wide.self, Narrow.self, x, dz, into: gradient, adds: adds, rows: rows, sliceRows: sliceRows, scratch: scratch)
  }

  public static func transpose(_ w: Matrix, into out: Matrix, panel: Int, firstRow: Int, endRow: Int) {
    transposeTemplate(w, into: out, panel: panel, firstRow: firstRow, endRow: endRow)
  }

  public static func activate(_ kind: ActivationKernel, _ values: Matrix, rows: Int, columns: Int, units: Int) {
    activateTemplate(kind, values, rows: rows, columns: columns, units: units)
  }

  public static func activationGradient(_ kind: ActivationKernel, outputs: Matrix, _ gradient: Matrix, rows: Int, columns: Int, units: Int) {
    activationGradientTemplate(kind, outputs: outputs, gradient, rows: rows, columns: columns, units: units)
  }

  public static func loss(
    _ kind: LossKernel, outputs: Matrix, targets: Matrix, gradient: Matrix, rows: Int, columns: Int, units: Int, losses: UnsafeMutablePointer<Float>
  ) {
    lossTemplate(kind, outputs: outputs, targets: targets, gradient: gradient, rows: rows, columns: columns, units: units, losses: losses)
  }

  public static func countLargest(_ outputs: Matrix, classes: UnsafePointer<Int32>, rows: Range<Int>, columns: Int, units: Int) -> Int {
    countLargestTemplate(outputs, classes: classes, rows: rows, columns: columns, units: units)
  }

  public static func countThreshold(_ outputs: Matrix, targets: Matrix, threshold: Float, rows: Range<Int>) -> Int {
    countThresholdTemplate(outputs, targets: targets, threshold: threshold, rows: rows)
  }

  public static func add(_ from: UnsafePointer<Float>, into: UnsafeMutablePointer<Float>, count: Int) {
    addTemplate(from, into: into, count: count)
  }

  public static func sgd(_ w: UnsafeMutablePointer<Float>, _ g: UnsafePointer<Float>, count: Int, _ factors: StepFactors) {
    sgdTemplate(w, g, count: count, factors)
  }

  public static func momentum(
    _ w: UnsafeMutablePointer<Float>, _ m: UnsafeMutablePointer<Float>, _ g: UnsafePointer<Float>, count: Int, nesterov: Bool, _ factors: StepFactors
  ) {
    momentumTemplate(w, m, g, count: count, nesterov: nesterov, factors)
  }

  public static func adam(
    _ w: UnsafeMutablePointer<Float>, _ m: UnsafeMutablePointer<Float>, _ v: UnsafeMutablePointer<Float>, _ g: UnsafePointer<Float>, count: Int,
    _ factors: StepFactors
  ) {
    adamTemplate(w, m, v, g, count: count, factors)
  }

  public static func rmsprop(_ w: UnsafeMutablePointer<Float>, _ v: UnsafeMutablePointer<Float>, _ g: UnsafePointer<Float>, count: Int, _ factors: StepFactors)
  {
    rmspropTemplate(w, v, g, count: count, factors)
  }

  public static var peakCount: Int { Chains.count }

  public static func peak(_ numbers: UnsafeMutablePointer<Float>, steps: Int, factor: Float, term: Float) {
    peakTemplate(Chains.self, numbers, steps: steps, factor: factor, term: term)
  }
}

import KernelTemplates

/// Names this CPU level in the tiles' symbols.
public enum AVX2Level {}

/// 6 rows × 1 vector (2 registers each): 12 sums in 16 registers.
typealias Wide = SixRows<SingleVector<AVX2Level>>
typealias Narrow = SixRows<SingleVector<AVX2Level>>

/// For the first layer: half a run, 4 inputs × 1 vector, 8 registers of weights beside 4 of sums; or 8 sums of gradients.
typealias RunWide = FourRows<SingleVector<AVX2Level>>
typealias RunSums = TwoRows<SingleVector<AVX2Level>>
typealias RunNarrow = RunWide
typealias RunNarrowSums = RunSums

/// 12 registers of 16.
typealias Chains = SixChains<AVX2Level>

/// The templates, compiled for x86-64-v3 (AVX2 and FMA). Nothing else may stand in this module: whatever is compiled here uses these
/// instructions.
public enum AVX2Kernels: KernelSet {
  public static var name: String { "avx2" }

  public static func gatherBytes(
    _ bytes: UnsafePointer<UInt8>, width: Int, rows: UnsafePointer<UInt32>, count: Int, following: UnsafeBufferPointer<UInt32>,
    scale: Float, runs: Range<Int>, into out: InputRuns
  ) {
    gatherBytesTemplate(bytes, width: width, rows: rows, count: count, following: following, scale: scale, runs: runs, into: out)
  }

  public static func gatherFloats(
    _ floats: UnsafePointer<Float>, width: Int, rows: UnsafePointer<UInt32>, count: Int, following: UnsafeBufferPointer<UInt32>,
    scale: Float, runs: Range<Int>, into out: InputRuns
  ) {
    gatherFloatsTemplate(floats, width: width, rows: rows, count: count, following: following, scale: scale, runs: runs, into: out)
  }

  public static func expandBytes(_ bytes: UnsafePointer<UInt8>, scale: Float, columns: Range<Int>, into values: UnsafeMutablePointer<Float>) {
    expandBytesTemplate(bytes, scale: scale, columns: columns, into: values)
  }

  public static func expandFloats(_ floats: UnsafePointer<Float>, scale: Float, columns: Range<Int>, into values: UnsafeMutablePointer<Float>) {
    expandFloatsTemplate(floats, scale: scale, columns: columns, into: values)
  }

  public static func scaleInputs(
    _ values: UnsafeMutablePointer<Float>, centers: UnsafePointer<Float>, factors: UnsafePointer<Float>, offsets: UnsafePointer<Float>, columns: Range<Int>
  ) {
    scaleInputsTemplate(values, centers: centers, factors: factors, offsets: offsets, columns: columns)
  }

  public static func dropOutInputs(_ values: UnsafeMutablePointer<Float>, rate: Float, scale: Float, key: UInt64, row: Int, columns: Range<Int>) {
    dropOutInputsTemplate(values, rate: rate, scale: scale, key: key, row: row, columns: columns)
  }

  public static func addNoiseToInputs(_ values: UnsafeMutablePointer<Float>, deviation: Float, key: UInt64, row: Int, columns: Range<Int>) {
    addNoiseToInputsTemplate(values, deviation: deviation, key: key, row: row, columns: columns)
  }

  public static func sampleImage(
    _ image: UnsafePointer<Float>, _ grid: ImageGrid, map: ImageMap, moves: ImageMoves?, fill: ImageFill, limits: (low: Float, high: Float),
    columns: Range<Int>, into values: UnsafeMutablePointer<Float>
  ) {
    sampleImageTemplate(image, grid, map: map, moves: moves, fill: fill, limits: limits, columns: columns, into: values)
  }

  public static func smoothNoise(
    _ noise: UnsafePointer<Float>, _ grid: ImageGrid, pitch: Int, rows: Range<Int>, taps: UnsafePointer<Float>, radius: Int, strength: Float,
    across: UnsafeMutablePointer<Float>, into moves: UnsafeMutablePointer<Float>
  ) {
    smoothNoiseTemplate(noise, grid, pitch: pitch, rows: rows, taps: taps, radius: radius, strength: strength, across: across, into: moves)
  }

  public static func eraseInputs(_ values: UnsafeMutablePointer<Float>, _ grid: ImageGrid, _ box: ImageBox, value: Float, columns: Range<Int>) {
    eraseInputsTemplate(values, grid, box, value: value, columns: columns)
  }

  public static func eraseInputsWithNoise(
    _ values: UnsafeMutablePointer<Float>, _ grid: ImageGrid, _ box: ImageBox, deviation: Float, limits: (low: Float, high: Float), key: UInt64, row: Int,
    columns: Range<Int>
  ) {
    eraseInputsWithNoiseTemplate(values, grid, box, deviation: deviation, limits: limits, key: key, row: row, columns: columns)
  }

  public static func multiplyRuns(_ x: InputRuns, runs: Range<Int>, _ w: Panel, into out: Panel, rows: Int) {
    multiplyRunsTemplate(RunWide.self, RunSums.self, RunNarrow.self, RunNarrowSums.self, x, runs: runs, w, into: out, rows: rows)
  }

  public static func weightGradientRuns(_ x: InputRuns, runs: Range<Int>, _ dz: Panel, into gradient: Panel, adds: Bool) {
    weightGradientRunsTemplate(RunWide.self, RunNarrow.self, x, runs: runs, dz, into: gradient, adds: adds)
  }

  public static func multiply(_ x: Matrix, _ w: Matrix, into out: Matrix, rows: Int) {
    multiplyTemplate(Wide.self, Narrow.self, x, w, into: out, rows: rows)
  }

  public static func weightGradient(_ x: Matrix, _ dz: Panel, into gradient: Panel, inputs: Range<Int>, adds: Bool, rows: Int) {
    weightGradientTemplate(Wide.self, Narrow.self, x, dz, into: gradient, inputs: inputs, adds: adds, rows: rows)
  }

  public static func transpose(_ w: Matrix, into out: Matrix, panel: Int, firstRow: Int, endRow: Int) {
    transposeTemplate(w, into: out, panel: panel, firstRow: firstRow, endRow: endRow)
  }

  public static func activate(_ kind: ActivationKernel, _ values: Matrix, keeping sums: Matrix, rows: Int, columns: Int, units: Int) {
    activateTemplate(kind, values, keeping: sums, rows: rows, columns: columns, units: units)
  }

  public static func activationGradient(_ kind: ActivationKernel, kept: Matrix, _ gradient: Matrix, rows: Int, columns: Int, units: Int) {
    activationGradientTemplate(kind, kept: kept, gradient, rows: rows, columns: columns, units: units)
  }

  public static func dropOut(_ x: Matrix, into out: Matrix, rate: Float, scale: Float, key: UInt64, firstRow: Int, rows: Int, columns: Int) {
    dropOutTemplate(x, into: out, rate: rate, scale: scale, key: key, firstRow: firstRow, rows: rows, columns: columns)
  }

  public static func addNoise(_ x: Matrix, into out: Matrix, deviation: Float, key: UInt64, firstRow: Int, rows: Int, columns: Int) {
    addNoiseTemplate(x, into: out, deviation: deviation, key: key, firstRow: firstRow, rows: rows, columns: columns)
  }

  public static func rescale(_ x: Matrix, into out: Matrix, scale: Float, offset: Float, rows: Int, columns: Int) {
    rescaleTemplate(x, into: out, scale: scale, offset: offset, rows: rows, columns: columns)
  }

  public static func setOnes(_ values: Matrix, rows: Int, units: Int) {
    setOnesTemplate(values, rows: rows, units: units)
  }

  public static func columnMoments(_ x: Matrix, into slots: Matrix, rows: Int, columns: Int) {
    columnMomentsTemplate(x, into: slots, rows: rows, columns: columns)
  }

  public static func joinSlices(_ slots: Panel, into block: Panel, rows: Int, columns: Int) {
    joinSlicesTemplate(slots, into: block, rows: rows, columns: columns)
  }

  public static func joinBlocks(_ blocks: Panel, into moments: Panel, rows: Int, blockRows: Int, columns: Int) {
    joinBlocksTemplate(blocks, into: moments, rows: rows, blockRows: blockRows, columns: columns)
  }

  public static func normalizeColumns(
    _ x: Matrix, moments: Matrix, epsilon: Float, parameters: Matrix, normalized: Matrix, into out: Matrix, rows: Int, columns: Int
  ) {
    normalizeColumnsTemplate(x, moments: moments, epsilon: epsilon, parameters: parameters, normalized: normalized, into: out, rows: rows, columns: columns)
  }

  public static func columnProducts(_ gradient: Matrix, normalized: Matrix, into slots: Matrix, rows: Int, columns: Int) {
    columnProductsTemplate(gradient, normalized: normalized, into: slots, rows: rows, columns: columns)
  }

  public static func addSlices(_ slots: Panel, into out: Panel, slices: Range<Int>, rows: Range<Int>, columns: Int, adds: Bool) {
    addSlicesTemplate(slots, into: out, slices: slices, rows: rows, columns: columns, adds: adds)
  }

  public static func normalizeColumnsGradient(
    _ gradient: Matrix, normalized: Matrix, moments: Matrix, products: Matrix, epsilon: Float, parameters: Matrix, batch: Int, rows: Int, columns: Int
  ) {
    normalizeColumnsGradientTemplate(
      gradient, normalized: normalized, moments: moments, products: products, epsilon: epsilon, parameters: parameters, batch: batch, rows: rows,
      columns: columns)
  }

  public static func moveRows(_ values: Matrix, towards target: Matrix, keeping momentum: Float, share: Float, rows: Int, columns: Int, units: Int) {
    moveRowsTemplate(values, towards: target, keeping: momentum, share: share, rows: rows, columns: columns, units: units)
  }

  public static func normalizeRows(
    _ x: Matrix, epsilon: Float, parameters: Matrix, normalized: Matrix, factors: UnsafeMutablePointer<Float>, into out: Matrix, rows: Int, columns: Int,
    units: Int
  ) {
    normalizeRowsTemplate(
      x, epsilon: epsilon, parameters: parameters, normalized: normalized, factors: factors, into: out, rows: rows, columns: columns, units: units)
  }

  public static func normalizeRowsGradient(
    _ gradient: Matrix, normalized: Matrix, factors: UnsafePointer<Float>, parameters: Matrix, rows: Int, columns: Int, units: Int
  ) {
    normalizeRowsGradientTemplate(gradient, normalized: normalized, factors: factors, parameters: parameters, rows: rows, columns: columns, units: units)
  }

  public static func loss(
    _ kind: LossKernel, outputs: Matrix, targets: Matrix, gradient: Matrix, rows: Int, columns: Int, units: Int, losses: UnsafeMutablePointer<Float>
  ) {
    lossTemplate(kind, outputs: outputs, targets: targets, gradient: gradient, rows: rows, columns: columns, units: units, losses: losses)
  }

  public static func countLargest(_ outputs: Matrix, classes: UnsafePointer<Int32>, rows: Range<Int>, columns: Int, units: Int) -> Int {
    countLargestTemplate(outputs, classes: classes, rows: rows, columns: columns, units: units)
  }

  public static func countThreshold(_ outputs: Matrix, targets: Matrix, threshold: Float, zero: Float, one: Float, rows: Range<Int>) -> Int {
    countThresholdTemplate(outputs, targets: targets, threshold: threshold, zero: zero, one: one, rows: rows)
  }

  public static func add(_ left: Panel, _ right: Panel, into: Panel, rows: Int, columns: Int) {
    addTemplate(left, right, into: into, rows: rows, columns: columns)
  }

  @discardableResult
  public static func update(_ kind: OptimizerKernel, _ arenas: UpdateArenas, count: Int, _ factors: StepFactors) -> Bool {
    updateTemplate(kind, arenas, count: count, factors)
  }

  public static func sumSquares(_ values: UnsafePointer<Float>, into sums: UnsafeMutablePointer<Float>, count: Int) {
    sumSquaresTemplate(values, into: sums, count: count)
  }

  public static func penalties(_ values: UnsafePointer<Float>, l1: Float, l2: Float, into sums: UnsafeMutablePointer<Float>, count: Int) {
    penaltiesTemplate(values, l1: l1, l2: l2, into: sums, count: count)
  }

  public static func penalize(_ weights: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>, l1: Float, l2: Float, scale: Float, count: Int) {
    penalizeTemplate(weights, gradient: gradient, l1: l1, l2: l2, scale: scale, count: count)
  }

  public static func activityPenalty(_ x: Matrix, l1: Float, l2: Float, losses: UnsafeMutablePointer<Float>, rows: Int, units: Int) {
    activityPenaltyTemplate(x, l1: l1, l2: l2, losses: losses, rows: rows, units: units)
  }

  public static func activityPenaltyGradient(_ x: Matrix, _ gradient: Matrix, l1: Float, l2: Float, rows: Int, units: Int) {
    activityPenaltyGradientTemplate(x, gradient, l1: l1, l2: l2, rows: rows, units: units)
  }

  public static func accumulate(_ gradient: UnsafeMutablePointer<Float>, scale: Float, into accumulator: UnsafeMutablePointer<Float>, ends: Bool, count: Int)
    -> Bool
  {
    accumulateTemplate(gradient, scale: scale, into: accumulator, ends: ends, count: count)
  }

  public static func average(
    _ weights: UnsafeMutablePointer<Float>, into average: UnsafeMutablePointer<Float>, momentum: Float, share: Float, overwrites: Bool, count: Int
  ) {
    averageTemplate(weights, into: average, momentum: momentum, share: share, overwrites: overwrites, count: count)
  }

  public static func constrainColumns(_ kind: ConstraintKernel, _ weights: Panel, rows: Int) {
    constrainColumnsTemplate(kind, weights, rows: rows)
  }

  public static func constrainRow(_ kind: ConstraintKernel, _ weights: Matrix, columns: Int) {
    constrainRowTemplate(kind, weights, columns: columns)
  }

  public static var peakCount: Int { Chains.count }

  public static func peak(_ numbers: UnsafeMutablePointer<Float>, steps: Int, factor: Float, term: Float) {
    peakTemplate(Chains.self, numbers, steps: steps, factor: factor, term: term)
  }
}

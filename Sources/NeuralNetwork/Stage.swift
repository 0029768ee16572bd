import KernelTemplates

/// A layer with the buffers it reads and writes: a dense one, or one that follows it. All its matrices have a row for each row in memory.
///
/// Here and below, nothing is reference-counted: all workers copy these whenever they look at them.
struct Stage {
  enum Kind {
    case dense(DenseMatrices)
    case activation
    case rescaling(scale: Float, offset: Float)
    /// `family` is what `BatchPosition.key` makes keys of.
    case dropout(rate: Float, family: UInt64)
    case gaussianNoise(deviation: Float, family: UInt64)
    /// The number of one of `BatchMatrices.normalizations`: what that holds would make every stage large.
    case normalization(Int)
    case activityPenalty(l1: Float, l2: Float)
  }

  let kind: Kind
  let units: Int
  /// What comes in; of the first layer it is never read, since its sums come otherwise.
  let input: Matrix
  let output: Matrix
  /// Of a dense layer or activation: what is applied to the outputs in place; linear where the loss holds the output's activation.
  let activation: ActivationKernel
  /// What its derivative is told from: the output, or the sums that it was applied to.
  let kept: Matrix
  /// The gradient with respect to `output`, and after the way back through it with respect to what came in; of a dense layer, to its sums.
  let delta: Matrix

  var columns: Int { paddedToVector(units) }
}

/// Where a dense layer's weights lie, and what is made of them.
struct DenseMatrices {
  let number: Int
  let weights: Matrix
  let transposed: Matrix
  let gradient: Matrix
}

/// What a normalisation keeps beside its stage's matrices.
struct NormalizationMatrices {
  let isBatch: Bool
  /// Whether mean and variance are the batch's; batch normalisation's that does not train are running ones.
  let usesBatch: Bool
  let epsilon: Float
  /// What a batch leaves of the running mean and variance, and what it adds of its own.
  let momentum: Float
  let share: Float
  /// γ and β, and of batch normalisation the running mean and variance.
  let parameters: Matrix
  let gradient: Matrix
  /// x̂.
  let normalized: Matrix
  /// Layer normalisation's 1 / √(variance + ε) of each row.
  let factors: UnsafeMutablePointer<Float>
  /// Two rows a slice: its mean and squared distances.
  let moments: Matrix
  /// Two rows a slice: its gradients of γ and β.
  let products: Matrix
  /// What the blocks of a batch add up to, forward or back, in two rows of `columns` floats each: one set a worker, or one for all, which other processes fill, too.
  private let allBlocks: UnsafeMutablePointer<Float>
  private let blockFloats: Int
  let columns: Int
  /// For each worker the mean, the variance, and the sums of the gradients of γ and β over the batch: every worker adds them up for itself.
  private let allTotals: Matrix

  init(_ layout: NormalizationLayout, _ parameters: ParameterArena, _ size: BatchMatrices.Size, panelRows: Int, isTraining: Bool, _ plan: inout BufferPlan) {
    let (rows, workers) = (size.rows, size.workers)
    isBatch = layout.kind.isBatch
    columns = layout.columns
    epsilon = layout.epsilon
    let itsMomentum = if case .batch(let momentum) = layout.kind { momentum } else { 0.0 }
    (momentum, share) = (Float(itsMomentum), Float(1 - itsMomentum))
    usesBatch = layout.kind.isBatch && isTraining
    self.parameters = layout.matrix(parameters.weights.base)
    gradient = layout.matrix(parameters.gradient.base)
    let slots = 2 * ((rows + normalizationSlice - 1) / normalizationSlice)
    normalized = plan.matrix(rows: panelRows, columns: columns)
    factors = plan.floats(layout.kind == .layer ? rows : 0)
    moments = plan.matrix(rows: usesBatch ? slots : 0, columns: columns)
    products = plan.matrix(rows: slots, columns: columns)
    let blocks = ((size.sharedBatch ?? rows) + BatchBuffers.chunkRows - 1) / BatchBuffers.chunkRows
    blockFloats = size.sharedBatch == nil ? 2 * blocks * columns : 0
    allBlocks = plan.floats(usesBatch ? 2 * blocks * columns * (size.sharedBatch == nil ? workers : 1) : 0)
    allTotals = plan.matrix(rows: usesBatch ? 4 * workers : 0, columns: columns)
  }

  func totals(_ worker: Int) -> Matrix { allTotals.from(4 * worker) }

  /// From the first block's on.
  func blocks(_ worker: Int) -> UnsafeMutablePointer<Float> { allBlocks + worker * blockFloats }

  /// The columns of a panel of all blocks.
  func blocks(_ worker: Int, at column: Int) -> Panel { Panel(blocks(worker) + column, stride: columns) }
}

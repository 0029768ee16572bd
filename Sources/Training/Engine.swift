import Failures
import Glibc
import KernelTemplates
import NeuralNetwork
import Ranks
import RunConfig
import Workers

/// The lockstep engine: a compiled network on a pool of workers, and the three things it does with a data set: train an epoch, evaluate,
/// predict.
///
/// Path of a mini-batch: `train` → `BatchPlan` (who takes what) → `StepLoop` → `BatchBuffers` (gather, the first layer's sums) → barrier → `BatchBuffers`
/// (all other layers, loss, and back) → barrier → `Reducer` (gradients of the weights, average, update).
public final class Engine {
  private let pool: WorkerPool
  /// The processes that train together, and share what they evaluate; nil for this one alone.
  private let ranks: Ranks?
  private var loop: StepLoop
  /// Each worker's own, for rows that nothing is learned from.
  private let evaluators: [BatchBuffers]
  /// The steps of an epoch; nil for an engine that only evaluates and predicts.
  private var epoch: EpochPlan?
  /// Whether one step of each epoch is watched.
  private let diagnoses: Bool
  /// Nil where the shares stay as they are.
  private var balance: MeasuredBalance?
  /// Of late; so much that the first pause comes after one step.
  private var secondsPerStep = Engine.secondsBetweenPauses
  /// Short enough to answer a signal in. To end a run of the workers and begin another takes less than a thousandth of it.
  private static let secondsBetweenPauses = 0.1
  /// Rows of the step that was taken last.
  private var lastRows = 1
  /// Steps taken, those of earlier fits of the same model included.
  public private(set) var step: Int
  private let firstStep: Int
  /// Of the ranks, before the first step.
  private let earlierTraffic: RankTraffic

  /// Lays the network out in memory, every worker touching its own part first.
  ///
  /// - Parameters:
  ///   - pool: the workers.
  ///   - ranks: the processes that train together; nil for this one alone.
  ///   - kernels: of an instruction set.
  ///   - network: what is trained.
  ///   - objective: the loss and its targets.
  ///   - optimizer: resolved to a kernel.
  ///   - state: where to start from; its weights are copied in, and where there are rows to train on the moments that this rank updates.
  ///   - trainingRows: rows of an epoch; 0 for an engine that only evaluates and predicts.
  ///   - batchSize: rows of a step.
  ///   - countsAccuracy: whether to look at the answers as well as the loss.
  ///   - balance: how a batch is divided among the workers.
  ///   - seed: of the run, for random layers.
  ///   - diagnoses: whether to look at what one step of each epoch does.
  ///   - terminatesOnNaN: whether training fails at the step in which a loss or weight becomes NaN or infinite.
  /// - Throws: `Failure` when there is not enough memory.
  public init(
    pool: WorkerPool, ranks: Ranks? = nil, kernels: any KernelSet.Type, network: Network, objective: Objective, optimizer: OptimizerRule, state: ModelState,
    trainingRows: Int,
    batchSize: Int, countsAccuracy: Bool, seed: UInt64 = 0, balance: Balance = .even, diagnoses: Bool = false, terminatesOnNaN: Bool = true
  ) throws(Failure) {
    // Workers that would share a core begin by sitting out: two cores are no faster for having four of them.
    let shares = Shares.even(pool.count, members: balance == .measured ? pool.spread : nil)
    let leaves = InputLeaves(network.layers[0])
    // Statistics over a batch need all of it in memory.
    let sectionRows = network.usesBatchStatistics ? max(batchSize, BatchBuffers.mostRows) : BatchBuffers.mostRows
    let epoch = EpochPlan(
      rows: max(trainingRows, 1), batchSize: batchSize, leaves: leaves, shares: shares, sectionRows: sectionRows,
      place: ranks.map { RankPlace(rank: $0.rank, count: $0.count) } ?? .alone)
    let parameters = try ParameterArena(network: network, optimizer: optimizer, gradientArenas: epoch.gradientArenas, keepsWeights: diagnoses)
    parameters.loadUntrained(state)
    let stripes = epoch.stripes(network)
    // Nobody else looks at moments.
    let updated =
      trainingRows == 0 ? [] : ranks == nil ? [stripes] : RankPlace.parts(network).map { epoch.stripes(network, of: epoch.place.owned(network, of: $0)) }
    let evaluators = try pool.collect { worker throws(Failure) in
      parameters.load(state, stripe: stripes[worker.number])
      for part in updated { parameters.loadMoments(state, stripe: part[worker.number]) }
      for segment in stripes[worker.number].segments { parameters.transpose(kernels, segment, rows: segment.rows) }
      return try BatchBuffers(kernels: kernels, parameters: parameters, objective: objective, rows: BatchBuffers.chunkRows, chunks: 1, workers: 1, seed: nil)
    }
    // Of a partial batch a rank can have more rows than of a whole one.
    let rows = max(epoch.whole.sections[0].rows.count, epoch.rest.sections[0].rows.count)
    self.pool = pool
    self.ranks = ranks
    self.evaluators = evaluators
    self.epoch = trainingRows > 0 ? epoch : nil
    self.diagnoses = diagnoses
    let buffers = try BatchBuffers(
      kernels: kernels, parameters: parameters, objective: objective, rows: rows,
      chunks: BatchPlan.mostChunks(rows: rows, workers: pool.count, leaves: leaves), workers: pool.count,
      sharedBatch: ranks == nil ? nil : max(epoch.whole.rows, epoch.rest.rows), seed: trainingRows > 0 ? seed : nil)
    var exchange: RankExchange?
    if let ranks, trainingRows > 0 { exchange = try RankExchange(ranks, epoch, parameters, buffers) }
    loop = StepLoop(
      kernels: kernels, parameters: parameters, rule: optimizer, countsAccuracy: countsAccuracy, buffers: buffers, epoch: epoch, exchange: exchange,
      busy: BusyClock(workers: pool.count), faults: StepFaults(isWatching: terminatesOnNaN))
    // A rank that takes no rows has nothing to divide.
    if trainingRows > 0, balance == .measured, pool.count > 1, epoch.whole.sliceCounts.contains(where: { $0 > 0 }) { self.balance = MeasuredBalance(epoch) }
    step = state.step
    firstStep = state.step
    earlierTraffic = ranks?.traffic ?? RankTraffic()
  }

  /// Bytes that this rank has sent and received a step; nil without other ranks or steps.
  var trafficPerStep: (sent: Int, received: Int)? {
    guard let traffic = ranks?.traffic, step > firstStep else { return nil }
    let steps = step - firstStep
    return ((traffic.sentBytes - earlierTraffic.sentBytes) / steps, (traffic.receivedBytes - earlierTraffic.receivedBytes) / steps)
  }

  /// Seconds in which the ranks exchange what they do in so many steps with whole batches, with nothing computed beside it; nil without other ranks, all of which
  /// must ask. To be asked behind a step.
  ///
  /// - Parameter rest: seconds before each exchange, as long as a step would compute: a network that has had nothing to do may take more at once.
  /// - Throws: `Failure` from a worker.
  func exchangeSeconds(steps: Int, rest: Double) throws(Failure) -> Double? {
    guard let exchange = loop.exchange, let epoch else { return nil }
    let total = EpochSums(slices: epoch.whole.slices, slicesPerBlock: BatchPlan.slicesPerBlock, metrics: loop.buffers.metrics, workers: pool.count)
    let nanoseconds = try pool.collect { [loop] worker -> UInt64 in
      guard worker.number == epoch.shares.members[0] else { return 0 }
      var all: UInt64 = 0
      for _ in 0..<steps {
        usleep(UInt32(rest * 1e6))
        // All begin together.
        _ = exchange.endWeights(hasFailed: false)
        let begin = monotonicNanoseconds()
        exchange.exchangeAlone(epoch.whole, total, loop.buffers, clipsNorms: loop.rule.normLimit != nil)
        all += monotonicNanoseconds() - begin
      }
      return all
    }
    return Double(nanoseconds.max()!) * 1e-9
  }

  /// Calls `body`, in which steps compute all that they do, and exchange nothing: what they take is not worth keeping, so the weights do not move meanwhile. All ranks
  /// must do so, behind a step.
  func withoutExchange<Result>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
    let rule = loop.rule
    loop.rule = rule.with(learningRate: 0)
    ranks?.isSilent = true
    defer {
      loop.rule = rule
      ranks?.isSilent = false
    }
    return try body()
  }

  /// Steps of a pass over the training rows.
  public var stepsPerPass: Int { epoch?.steps ?? 0 }

  /// Of the steps of a pass that are an epoch's, the last with a whole batch, counted from the first of them; where there is none, that one.
  func watchedStep(of part: Range<Int>) -> Int { max(0, min(part.upperBound, epoch?.wholeSteps ?? 0) - part.lowerBound - 1) }

  /// Takes one step for each batch of `order`, the store rows in the order of this pass; or for some of the batches.
  ///
  /// - Parameters:
  ///   - part: the steps of the pass that are the epoch's; nil for all.
  ///   - start: where in the epoch to begin.
  ///   - meter: hears from every worker where its phases end.
  ///   - longest: at most so many steps from one pause to the next; nil: as many as take about a tenth of a second.
  ///   - tick: called about ten times a second with the number of steps done, perhaps while workers run.
  ///   - pause: called between steps, while no worker runs, with how far the epoch has come, last at its end; false leaves it there.
  /// - Throws: `Failure` from a worker, or from `pause`.
  func train(
    _ source: ExampleSource, order: [UInt32], part: Range<Int>? = nil, from start: EpochProgress = EpochProgress(), meter: some PhaseMeter = Unmetered(),
    longest: Int? = nil, tick: (Int) -> Void = { _ in }, pause: (EpochProgress) throws(Failure) -> Bool
  ) throws(Failure) {
    guard let epoch, order.count == epoch.rows else {
      preconditionFailure("an order of \(order.count) rows for an engine that was made for \(epoch?.rows ?? 0)")
    }
    let part = part ?? 0..<epoch.steps
    precondition(part.upperBound <= epoch.steps, "steps \(part) of a pass of \(epoch.steps)")
    precondition(0...part.count ~= start.steps, "step \(start.steps) of an epoch of \(part.count)")
    let total = EpochSums(
      slices: epoch.whole.slices, slicesPerBlock: BatchPlan.slicesPerBlock, metrics: loop.buffers.metrics, workers: pool.count, from: start.sums,
      totals: loop.exchange?.start(start.metrics) ?? start.metrics)
    loop.progress.reset(to: start.steps)
    var done = start.steps
    var goesOn = true
    let watched = diagnoses ? watchedStep(of: part) : nil
    var norms = start.norms
    while done < part.count, goesOn {
      var most = longest ?? max(1, Int(Self.secondsBetweenPauses / secondsPerStep))
      // The workers end their run behind the watched step, and all that it changed is still there to see.
      if let watched, done <= watched { most = min(most, watched + 1 - done) }
      most = min(most, balance?.stepsLeft ?? most)
      // All pause at the same step.
      if let ranks { most = ranks.all(most).min()! }
      let steps = done..<min(done + most, part.count)
      try take(steps, of: part, watched: watched, source, order, total, meter) { tick(loop.progress.value) }
      done = steps.upperBound
      // Whoever looks at the gradient of an epoch's last step, or of the watched one, sees all of it.
      if done == part.count || done - 1 == watched { loop.exchange?.gatherGradient() }
      if let watched, done == watched + 1 {
        norms = LayerNorms.ofLastStep(loop, batch: step, rows: lastRows)
      }
      if done < part.count { tick(done) }
      let metrics = ranks?.joined(total.metrics) ?? total.metrics
      goesOn = try pause(EpochProgress(steps: done, sums: total.sums, metrics: metrics, norms: norms))
    }
  }

  /// Takes some steps of the epoch, which is `part` of a pass, and divides the next ones anew where that seems better.
  private func take(
    _ steps: Range<Int>, of part: Range<Int>, watched: Int?, _ source: ExampleSource, _ order: [UInt32], _ total: EpochSums, _ meter: some PhaseMeter,
    tick: () -> Void
  ) throws(Failure) {
    guard let epoch else { preconditionFailure("steps of an engine without rows to train on") }
    let steps = part.lowerBound + steps.lowerBound..<part.lowerBound + steps.upperBound
    let firstStep = step - steps.lowerBound
    let watched = watched.map { part.lowerBound + $0 }
    let begin = monotonicNanoseconds()
    try pool.run(on: epoch.shares.members, tickEvery: 0.1, tick: tick) { [loop] worker in
      order.withUnsafeBufferPointer { loop.run(worker, steps: steps, firstStep: firstStep, watched: watched, source, $0.baseAddress!, total, meter) }
    }
    if loop.faults.weightsStep != nil { loop.exchange?.gatherGradient() }
    if let diagnosis = Diagnosis(loop, epoch, firstStep: firstStep, source, order) {
      // Each rank fails in the same step; one of them knows why.
      ranks?.failTogether()
      let words = ranks?.all(diagnosis.words).first { !$0.isEmpty } ?? diagnosis.words
      throw Failure(.badData, at: "step \(diagnosis.step - part.lowerBound + 1)", words)
    }
    let seconds = Double(monotonicNanoseconds() - begin) * 1e-9
    step += steps.count
    lastRows = epoch.plan(steps.upperBound - 1).rows
    // To begin a run takes as long as a small step, so one alone tells only that they do not take longer.
    secondsPerStep = min(max(seconds, 1e-9) / Double(steps.count), steps.count > 1 ? .infinity : secondsPerStep)
    if let shares = balance?.next(after: steps, of: epoch, seconds: seconds, busy: loop.busy.take()) { divide(by: shares) }
  }

  /// Divides the batches by `shares` from now on.
  func divide(by shares: Shares) {
    guard let old = epoch else { preconditionFailure("shares for an engine without rows to train on") }
    precondition(shares.weights.count == pool.count, "shares for \(shares.weights.count) workers of \(pool.count)")
    let new = old.divided(by: shares)
    epoch = new
    loop.follow(new)
  }

  /// Divides the batches by what is measured from now on, in windows of `seconds`.
  func balance(every seconds: Double) { balance = epoch.map { MeasuredBalance($0, windowSeconds: seconds) } }

  /// The learning rate of the next step.
  var learningRate: Double { loop.rule.learningRate.value(step: step) }

  /// The learning rate of the steps to come, where it is a number.
  func set(learningRate: Double) { loop.rule = loop.rule.with(learningRate: learningRate) }

  /// Slices of a whole batch that each worker takes at present.
  public var sliceCounts: [Int] { epoch?.whole.sliceCounts ?? [] }

  /// The sums of loss, right answers and metrics over `rows`, without learning from them. Where there are several ranks all of them must ask at the same time, and
  /// each takes its share.
  ///
  /// - Throws: `Failure` from a worker.
  public func evaluate(_ source: ExampleSource, rows: [UInt32]) throws(Failure) -> (sums: SliceSums, metrics: MetricTotals) {
    let passes = passes(rows)
    let share = ranks?.share(of: passes) ?? 0..<passes
    let total = EpochSums(slices: passes, slicesPerBlock: 1, metrics: loop.buffers.metrics, workers: pool.count)
    try forEachPass(source, rows, of: share) { [accuracy = loop.countsAccuracy] worker, buffers, shard, pass, start in
      buffers.computeLoss(shard.rows, source, rows: start)
      total[pass] = buffers.sums(shard.rows, accuracy: accuracy)
      total.tally(pass, buffers, shard.rows, source, rows: start, worker: worker)
    }
    total.sum(share, slices: passes)
    try ranks?.gather(total, blocks: passes)
    total.foldStep(blocks: passes)
    total.add(loop.parameters.penalty(loop.kernels) * Double(rows.count))
    return (total.sums, ranks?.joined(total.metrics) ?? total.metrics)
  }

  /// The network's outputs for `rows`, row-major `[rows.count, outputs]`, the last activation applied.
  ///
  /// - Throws: `Failure` from a worker.
  public func predict(_ source: ExampleSource, rows: [UInt32]) throws(Failure) -> [Float] {
    let outputs = loop.parameters.network.outputs
    let results = try AlignedBuffer(count: rows.count * outputs)
    let destination = SharedPointer(results.base)
    try forEachPass(source, rows) { _, buffers, shard, pass, _ in
      buffers.copyOutputs(shard.rows, to: destination.base + pass * BatchBuffers.chunkRows * outputs)
    }
    return Array(UnsafeBufferPointer(start: results.base, count: results.count))
  }

  /// What each layer gives for one row, with the bits that `predict` goes on with.
  ///
  /// - Throws: `Failure` from a worker.
  func stageOutputs(_ source: ExampleSource, row: UInt32) throws(Failure) -> [StageOutputs] {
    let shard = BatchPlan.alone(rows: 1, leaves: InputLeaves(loop.parameters.network.layers[0]))
    var stages: [StageOutputs] = []
    try pool.runHere { _ in stages = evaluators[0].outputs(ofStagesFor: row, source, shard) }
    return stages
  }

  /// The loss of each of `rows`, whatever they count.
  ///
  /// - Throws: `Failure` from a worker.
  func losses(_ source: ExampleSource, rows: [UInt32]) throws(Failure) -> [Float] {
    let source = source.unweighted
    let results = try AlignedBuffer(count: rows.count)
    let destination = SharedPointer(results.base)
    try forEachPass(source, rows) { _, buffers, shard, pass, start in
      buffers.computeLoss(shard.rows, source, rows: start)
      buffers.copyLosses(shard.rows, to: destination.base + pass * BatchBuffers.chunkRows)
    }
    return Array(UnsafeBufferPointer(start: results.base, count: results.count))
  }

  /// What the layers give for `rows`.
  ///
  /// - Throws: `Failure` from a worker.
  func survey(_ source: ExampleSource, rows: [UInt32]) throws(Failure) -> [ActivitySurvey] {
    let counts = evaluators[0].surveyCounts
    let counters = SharedCounters(count: counts * pool.count)
    try forEachPass(source, rows) { worker, buffers, shard, _, _ in buffers.survey(shard.rows, counters.base + worker * counts) }
    let sums = (0..<counts).map { index in (0..<pool.count).reduce(0) { $0 + counters.base[$1 * counts + index] } }
    return evaluators[0].surveys(sums, rows: rows.count)
  }

  private func passes(_ rows: [UInt32]) -> Int { (rows.count + BatchBuffers.chunkRows - 1) / BatchBuffers.chunkRows }

  /// Runs `body(worker, its buffers, their rows, pass, rows)` for every run of `BatchBuffers.chunkRows` rows after their way forward, or for those in `part`; each
  /// worker takes a contiguous share of them.
  private func forEachPass(
    _ source: ExampleSource, _ rows: [UInt32], of part: Range<Int>? = nil,
    _ body: @escaping @Sendable (Int, BatchBuffers, Shard, Int, UnsafePointer<UInt32>) -> Void
  ) throws(Failure) {
    let passes = passes(rows)
    let part = part ?? 0..<passes
    guard !part.isEmpty else { return }
    let leaves = InputLeaves(loop.parameters.network.layers[0])
    let whole = BatchPlan.alone(rows: BatchBuffers.chunkRows, leaves: leaves)
    let last = BatchPlan.alone(rows: rows.count - (passes - 1) * BatchBuffers.chunkRows, leaves: leaves)
    let work: @Sendable (WorkerContext) -> Void = { [evaluators] worker in
      let buffers = evaluators[worker.number]
      rows.withUnsafeBufferPointer { order in
        for pass in part.lowerBound + part.count * worker.number / worker.count..<part.lowerBound + part.count * (worker.number + 1) / worker.count {
          let start = order.baseAddress! + pass * BatchBuffers.chunkRows
          let shard = pass == passes - 1 ? last : whole
          let position = BatchPosition(step: 0, firstRow: 0, rows: shard.rows.count)
          buffers.gather(
            shard, shard.chunks[0], source, rows: start, following: UnsafeBufferPointer(rebasing: order.dropFirst((pass + 1) * BatchBuffers.chunkRows)),
            position,
            worker: 0)
          buffers.multiplyInputs(shard, shard.chunks[0], worker: 0)
          buffers.forward(shard, shard.rows, position, worker: 0)
          body(worker.number, buffers, shard, pass, start)
        }
      }
    }
    if part.count == 1 { try pool.runHere(work) } else { try pool.run(work) }
  }

  /// The private memory that the engine takes.
  public var memory: MemoryUse {
    MemoryUse(
      weights: loop.parameters.weightBytes, transposed: loop.parameters.transposedBytes, moments: loop.exchange?.momentBytes ?? loop.parameters.momentBytes,
      gradient: loop.parameters.gradientBytes + (loop.exchange?.bytes ?? 0), rows: loop.buffers.bytes)
  }

  /// The gradient of the last step, summed over its rows, in arena layout.
  var gradient: [Float] { loop.parameters.gradientCopy }

  /// The mean gradient of the last step, as the optimizer's formulas get it but for norms that are clipped, in arena layout. To be asked behind a step.
  var lastMeanGradient: [Float] {
    let scale = Float(loop.rule.gradientScale(batch: step, weight: Double(lastRows)))
    return gradient.map { $0 * scale }
  }

  /// The weights as they are now, in arena layout.
  var weights: [Float] { loop.parameters.weightCopy }

  /// The weights and moments as they are now. Where there are several ranks all of them must ask at the same time; the first gets all moments, and the others none.
  public var state: ModelState {
    guard let exchange = loop.exchange else { return loop.parameters.state(step: step) }
    return ModelState(weights: weights, moments: exchange.gatherMoments(), step: step)
  }

  /// One of the arenas of moments as it is now. All ranks must ask at the same time, and get all of it.
  func moments(_ number: Int) -> [Float] { loop.exchange?.shareMoments(number) ?? loop.parameters.momentCopy(number) }
}

import Failures
import KernelTemplates
import NeuralNetwork
import RunConfig
import Workers

/// The lockstep engine: a compiled network on a pool of workers, and the three things it does with a data set: train an epoch, evaluate,
/// predict.
///
/// Path of a mini-batch: `train` → `BatchPlan` (who takes which rows) → `StepLoop` → `Shard` (gather, forward, loss, backward) → barrier →
/// `Reducer` (add, average, update) → barrier.
public final class Engine {
  private let pool: WorkerPool
  private let objective: Objective
  private var loop: StepLoop
  /// The steps of an epoch; nil for an engine that only evaluates and predicts.
  private var epoch: EpochPlan?
  /// Nil where the shares stay as they are.
  private var balance: MeasuredBalance?
  /// Steps taken, those of earlier fits of the same model included.
  public private(set) var step: Int

  /// Lays the network out in memory, every worker touching its own part first.
  ///
  /// - Parameters:
  ///   - state: where to start from; its weights and moments are copied in.
  ///   - trainingRows: rows of an epoch; 0 for an engine that only evaluates and predicts.
  ///   - batchSize: rows of a step.
  ///   - countsAccuracy: whether to look at the answers as well as the loss.
  ///   - balance: how a batch is divided among the workers.
  /// - Throws: `Failure` when there is not enough memory.
  public init(
    pool: WorkerPool, kernels: any KernelSet.Type, network: Network, objective: Objective, optimizer: OptimizerRule, state: ModelState, trainingRows: Int,
    batchSize: Int, countsAccuracy: Bool, balance: Balance = .even
  ) throws(Failure) {
    let parameters = try ParameterArena(network: network, optimizer: optimizer)
    let stripes = (0..<pool.count).map { Stripe($0, of: pool.count, network: network) }
    // Workers that would share a core begin by sitting out: two cores are no faster for having four of them.
    let shares = Shares.even(pool.count, members: balance == .measured ? pool.spread : nil)
    let epoch = trainingRows > 0 ? EpochPlan(rows: trainingRows, batchSize: batchSize, shares: shares) : nil
    let gradients = epoch?.bufferCounts ?? Array(repeating: 0, count: pool.count)
    let shards = try pool.collect { worker throws(Failure) in
      parameters.load(state, stripe: stripes[worker.number])
      for segment in stripes[worker.number].segments { parameters.transpose(kernels, segment, first: 0, rows: segment.rows) }
      let shard = try Shard(kernels: kernels, parameters: parameters, objective: objective, gradientCount: gradients[worker.number])
      shard.touch()
      return shard
    }
    self.pool = pool
    self.objective = objective
    self.epoch = epoch
    loop = StepLoop(
      kernels: kernels, parameters: parameters, rule: optimizer, countsAccuracy: countsAccuracy, shards: shards, stripes: stripes,
      busy: BusyClock(workers: pool.count))
    if let epoch, balance == .measured, pool.count > 1 { self.balance = MeasuredBalance(epoch) }
    step = state.step
    assignStripes()
  }

  /// Steps of an epoch.
  public var stepsPerEpoch: Int { epoch?.steps ?? 0 }

  /// Takes one step for each batch of `order`, the store rows in the order of this epoch. Returns the sums over all rows as they were seen.
  ///
  /// - Parameters:
  ///   - meter: hears from every worker where its phases end.
  ///   - tick: called about ten times a second with the number of steps done.
  /// - Throws: `Failure` from a worker.
  public func train(
    _ source: ExampleSource, order: [UInt32], meter: some PhaseMeter = Unmetered(), tick: (Int) -> Void = { _ in }
  ) throws(Failure) -> SliceSums {
    guard let epoch, order.count == epoch.rows else {
      preconditionFailure("an order of \(order.count) rows for an engine that was made for \(epoch?.rows ?? 0)")
    }
    let total = EpochSums(slices: epoch.whole.slices)
    loop.progress.reset()
    var done = 0
    while done < epoch.steps {
      let steps = done..<min(done + (balance?.stepsLeft ?? epoch.steps), epoch.steps)
      try take(steps, source, order, total, meter) { tick(loop.progress.value) }
      done = steps.upperBound
      if done < epoch.steps { tick(done) }
    }
    step += epoch.steps
    return total.sums
  }

  /// Takes some steps of the epoch, and divides the next ones anew where that seems better.
  private func take(
    _ steps: Range<Int>, _ source: ExampleSource, _ order: [UInt32], _ total: EpochSums, _ meter: some PhaseMeter, tick: () -> Void
  ) throws(Failure) {
    guard let epoch else { preconditionFailure("steps of an engine without rows to train on") }
    let firstStep = step
    let begin = monotonicNanoseconds()
    try pool.run(on: epoch.shares.members, tickEvery: 0.1, tick: tick) { [loop] worker in
      order.withUnsafeBufferPointer { loop.run(worker, epoch, steps: steps, firstStep: firstStep, source, $0.baseAddress!, total, meter) }
    }
    let seconds = Double(monotonicNanoseconds() - begin) * 1e-9
    guard let shares = balance?.next(after: steps, of: epoch, seconds: seconds, busy: loop.busy.take()) else { return }
    // Without the memory for it the present division is good enough.
    do { try divide(by: shares) } catch { balance = nil }
  }

  /// Divides the batches by `shares` from now on.
  ///
  /// A worker that needs more partial gradients than ever before gets a new shard; who sits out keeps what it has.
  ///
  /// - Throws: `Failure` when there is not enough memory.
  func divide(by shares: Shares) throws(Failure) {
    guard let old = epoch else { preconditionFailure("shares for an engine without rows to train on") }
    precondition(shares.weights.count == pool.count, "shares for \(shares.weights.count) workers of \(pool.count)")
    let new = EpochPlan(rows: old.rows, batchSize: old.batchSize, shares: shares)
    loop.shards = try pool.collect { [loop, objective] worker throws(Failure) in
      let shard = loop.shards[worker.number]
      let needed = new.bufferCounts[worker.number]
      guard shard.gradientBytes < needed * loop.parameters.network.arenaCount * MemoryLayout<Float>.stride else { return shard }
      let larger = try Shard(kernels: loop.kernels, parameters: loop.parameters, objective: objective, gradientCount: needed)
      larger.touch()
      return larger
    }
    epoch = new
    if new.shares.members != old.shares.members { assignStripes() }
  }

  /// Divides the parameters among the workers that take part in the steps.
  private func assignStripes() {
    guard let members = epoch?.shares.members else { return }
    for (index, worker) in members.enumerated() { loop.stripes[worker] = Stripe(index, of: members.count, network: loop.parameters.network) }
  }

  /// Divides the batches by what is measured from now on, in windows of `seconds`.
  func balance(every seconds: Double) { balance = epoch.map { MeasuredBalance($0, windowSeconds: seconds) } }

  /// Slices of a whole batch that each worker takes at present.
  public var sliceCounts: [Int] { epoch?.whole.passes.map { $0.reduce(0) { $0 + $1.slices } } ?? [] }

  /// The sums of loss and right answers over `rows`, without learning from them.
  ///
  /// - Throws: `Failure` from a worker.
  public func evaluate(_ source: ExampleSource, rows: [UInt32]) throws(Failure) -> SliceSums {
    let passes = (rows.count + Shard.mostRows - 1) / Shard.mostRows
    let sums = EpochSums(slices: passes)
    try forEachPass(rows) { [accuracy = loop.countsAccuracy] shard, pass, _, start, count in
      shard.gather(source, rows: start, count: count)
      shard.forward(count: count)
      shard.computeLoss(source, rows: start, count: count)
      sums[pass] = shard.sums(first: 0, count: count, accuracy: accuracy)
    }
    sums.foldStep(slices: passes)
    return sums.sums
  }

  /// The network's outputs for `rows`, row-major `[rows.count, outputs]`, the last activation applied.
  ///
  /// - Throws: `Failure` from a worker.
  public func predict(_ source: ExampleSource, rows: [UInt32]) throws(Failure) -> [Float] {
    let outputs = loop.parameters.network.outputs
    let results = try AlignedBuffer(count: rows.count * outputs)
    let destination = SharedPointer(results.base)
    try forEachPass(rows) { shard, _, first, start, count in
      shard.gather(source, rows: start, count: count)
      shard.forward(count: count)
      shard.copyOutputs(count: count, to: destination.base + first * outputs)
    }
    return Array(UnsafeBufferPointer(start: results.base, count: results.count))
  }

  /// Runs `body(shard, pass, first row, rows, row count)` for every run of `Shard.mostRows` rows; each worker takes a contiguous share of
  /// them.
  private func forEachPass(
    _ rows: [UInt32], _ body: @escaping @Sendable (Shard, Int, Int, UnsafePointer<UInt32>, Int) -> Void
  ) throws(Failure) {
    let passes = (rows.count + Shard.mostRows - 1) / Shard.mostRows
    try pool.run { [shards = loop.shards] worker in
      rows.withUnsafeBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return }
        for pass in passes * worker.number / worker.count..<passes * (worker.number + 1) / worker.count {
          let first = pass * Shard.mostRows
          body(shards[worker.number], pass, first, base + first, min(Shard.mostRows, rows.count - first))
        }
      }
    }
  }

  /// The private memory that the engine takes.
  public var memory: MemoryUse {
    MemoryUse(
      weights: loop.parameters.weightBytes, transposed: loop.parameters.transposedBytes, moments: loop.parameters.momentBytes,
      gradients: loop.shards.map(\.gradientBytes), passes: loop.shards.map(\.passBytes))
  }

  /// The weights and moments as they are now.
  public var state: ModelState { loop.parameters.state(step: step) }
}

import Datasets
import Failures
import NeuralNetwork
import Ranks
import RunConfig

/// What a network does on data it does not learn from.
public struct Evaluation: Equatable, Sendable {
  /// Loss and metrics.
  public let figures: [EpochRecord.Figure]
  /// Examples that were judged.
  public let rows: Int
  /// Counts `[truth][answer]`; nil where answers are not classes.
  public let confusion: [[Int]]?
}

/// Loss and metrics of `state` on `dataset`, and the confusion matrix where the task is to tell classes apart.
///
/// - Throws: `Failure` when data and network do not go together, or from a worker.
public func evaluate(
  _ compiled: CompiledNetwork, state: ModelState, dataset: Dataset, encoding: DataSection.Targets = .classes, crew: Crew
) throws(Failure) -> Evaluation {
  try Examiner(compiled, state: state, dataset: dataset, encoding: encoding, crew: crew).evaluation()
}

/// A network and a data set, ready to be asked.
struct Examiner {
  private let compiled: CompiledNetwork
  private let dataset: Dataset
  private let examples: Examples
  private let engine: Engine
  private let ranks: Ranks?

  /// - Parameter crew: where it has several ranks, all of them ask together for an `evaluation`, and each computes its share.
  /// - Throws: `Failure` when data and network do not go together.
  init(_ compiled: CompiledNetwork, state: ModelState, dataset: Dataset, encoding: DataSection.Targets, crew: Crew) throws(Failure) {
    let objective = try compiled.objective(for: dataset, encoding: encoding)
    self.compiled = compiled
    self.dataset = dataset
    examples = try Examples(dataset, compiled, objective, name: "evaluation data")
    ranks = crew.ranks
    engine = try Engine(
      pool: crew.pool, ranks: ranks, kernels: crew.instructionSet.kernels, network: compiled.network, objective: objective, optimizer: compiled.rule,
      state: state, trainingRows: 0, batchSize: 1, countsAccuracy: compiled.countsAccuracy)
  }

  /// - Throws: `Failure` from a worker.
  func evaluation() throws(Failure) -> Evaluation {
    let (sums, metrics) = try engine.evaluate(examples.source, rows: examples.rows)
    var confusion: [[Int]]?
    if let truth = dataset.truths(compiled.compile.loss) {
      let classes = max(dataset.classCount, compiled.network.outputs, 2)
      var matrix = [[Int]](repeating: [Int](repeating: 0, count: classes), count: classes)
      let share = examples.rows[ranks?.share(of: examples.rows.count) ?? 0..<examples.rows.count]
      // Piece by piece: the outputs for all rows of a large data set would be its largest part in memory.
      for start in stride(from: share.startIndex, to: share.endIndex, by: 1 << 16) {
        let rows = Array(share[start...].prefix(1 << 16))
        let outputs = try engine.predict(examples.source, rows: rows)
        for (row, answer) in zip(rows, Training.answers(outputs, width: compiled.network.outputs, threshold: compiled.threshold)) {
          matrix[Int(truth(Int(row)))][answer] += 1
        }
      }
      // Row by row: of many classes and ranks all at once would be much memory.
      if let ranks { matrix = matrix.map { ranks.sums($0) } }
      confusion = matrix
    }
    return withExtendedLifetime(examples) { Evaluation(figures: compiled.figures(sums, metrics), rows: sums.count, confusion: confusion) }
  }

  /// - Parameter wantsScores: whether yes and no of every output is asked, too.
  /// - Throws: `Failure` from a worker.
  func answers(wantsScores: Bool) throws(Failure) -> Answers {
    let answers = try engine.answers(compiled, dataset, examples, wantsScores: wantsScores)
    return withExtendedLifetime(examples) { answers }
  }
}

/// The network's outputs for every row of `store`, row-major `[rows, outputs]`, the last activation applied.
///
/// - Throws: `Failure` when the width is not the network's, or from a worker.
public func predict(_ compiled: CompiledNetwork, state: ModelState, store: ExampleStore, scale: Double, crew: Crew) throws(Failure) -> [Float] {
  try Predictor(compiled, weights: state.weights, scale: scale, crew: crew).outputs(store)
}

/// The class that each row of outputs names: the first largest; for a single output, whether it is above `threshold`.
public func answers(_ outputs: [Float], width: Int, threshold: Float) -> [Int] {
  stride(from: 0, to: outputs.count, by: width).map { start in
    if width == 1 { return outputs[start] > threshold ? 1 : 0 }
    // What is NaN is larger than nothing; where all are, the answer is the first.
    return (start..<start + width).reduce(start) { outputs[$1] > outputs[$0] || outputs[$0].isNaN && !outputs[$1].isNaN ? $1 : $0 } - start
  }
}

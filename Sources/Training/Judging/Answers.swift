import Datasets
import Failures
import NeuralNetwork
import RunConfig

/// What a network answers to every row of a data set, and whether it is right.
public struct Answers: Equatable, Sendable {
  /// Each row's class; empty where answers are not classes.
  public internal(set) var truths: [Int32] = []
  /// Each row's answer: the class of the largest output, or of one output, whether it is above the threshold.
  public internal(set) var answers: [Int32] = []
  /// How sure each answer is: its probability; or where the network gives none, the output, of a single one the distance from the threshold.
  public internal(set) var confidences: [Float] = []
  /// The loss of each row.
  public internal(set) var losses: [Float] = []
  /// What outputs that answer yes or no say, and the truths about them, one list an output; empty where nobody asked.
  public internal(set) var scores: [[Float]] = []
  /// Of yes-or-no outputs what is true, by output, then by row; empty for others.
  public internal(set) var labels: [[Bool]] = []

  /// For each row whether the answer is the truth.
  public var isRight: [Bool] { zip(truths, answers).map { $0 == $1 } }
}

extension Engine {
  /// The answers to `rows` of `dataset`, piece by piece: the outputs for all rows of a large data set would be its largest part in memory.
  ///
  /// - Parameter wantsScores: whether yes and no of every output is asked, too.
  /// - Throws: `Failure` from a worker.
  func answers(_ compiled: CompiledNetwork, _ dataset: Dataset, _ examples: Examples, wantsScores: Bool) throws(Failure) -> Answers {
    let width = compiled.network.outputs
    let loss = compiled.compile.loss
    var all = Answers()
    if wantsScores { (all.scores, all.labels) = ([[Float]](repeating: [], count: width), [[Bool]](repeating: [], count: width)) }
    for start in stride(from: 0, to: examples.rows.count, by: 1 << 16) {
      let rows = Array(examples.rows[start...].prefix(1 << 16))
      all.losses += try losses(examples.source, rows: rows)
      let outputs = try predict(examples.source, rows: rows)
      let values = loss.fromLogits ? probabilities(outputs, width: width, loss: loss) : outputs
      if let truth = dataset.truths(loss) {
        let answers = Training.answers(outputs, width: width, threshold: compiled.threshold)
        all.truths += rows.map { truth(Int($0)) }
        all.answers += answers.map(Int32.init)
        all.confidences += answers.indices.map { row in
          guard width == 1 else { return values[row * width + answers[row]] }
          if loss.givesProbabilities { return answers[row] == 1 ? values[row] : 1 - values[row] }
          return abs(values[row] - compiled.threshold)
        }
      }
      guard wantsScores else { continue }
      for output in 0..<width {
        all.scores[output] += rows.indices.map { values[$0 * width + output] }
        all.labels[output] += rows.map { dataset.isYes(Int($0), output: output, of: width) }
      }
    }
    return all
  }
}

extension Dataset {
  /// The class that each store row belongs to: its number, or the largest of its targets, or whether its one target is yes. Nil where targets are not classes: for
  /// a quantity, and where several outputs each answer yes or no for themselves.
  func truths(_ loss: Loss) -> ((Int) -> Int32)? {
    switch (targets, loss.question) {
    case (_, .quantity): return nil
    case (.classes(let labels), _): return { labels[$0] }
    case (.vectors(let values, let width), .oneOfMany):
      return { row in
        let vector = values[row * width..<(row + 1) * width]
        return Int32(vector.firstIndex(of: vector.max()!)! - vector.startIndex)
      }
    case (.vectors(let values, 1), _): return { values[$0] > 0.5 ? 1 : 0 }
    case (.vectors, _): return nil
    }
  }

  /// Whether yes is right for an output of a store row.
  fileprivate func isYes(_ row: Int, output: Int, of width: Int) -> Bool {
    switch targets {
    case .classes(let labels): Int(labels[row]) == (width == 1 ? 1 : output)
    case .vectors(let values, _): values[row * width + output] > 0.5
    }
  }
}

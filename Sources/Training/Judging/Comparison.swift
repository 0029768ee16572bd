import Datasets
import Failures
import NeuralNetwork
import RunConfig

/// Two networks on the same rows.
public struct Comparison: Sendable {
  /// A network to compare, with the data that its config judges it by.
  public struct Side: Sendable {
    let name: String
    let compiled: CompiledNetwork
    let state: ModelState
    let dataset: Dataset
    let encoding: DataSection.Targets

    /// - Parameters:
    ///   - compiled: the network, its loss and its metrics.
    ///   - state: what was learned.
    ///   - dataset: what it is judged by.
    ///   - encoding: what becomes of class numbers.
    ///   - name: for messages.
    public init(name: String, compiled: CompiledNetwork, state: ModelState, dataset: Dataset, encoding: DataSection.Targets) {
      self.name = name
      self.compiled = compiled
      self.state = state
      self.dataset = dataset
      self.encoding = encoding
    }
  }

  /// Rows by who is right.
  public struct Table: Equatable, Sendable {
    /// Rows that both answer rightly.
    public var both = 0
    /// Rows that only the first answers rightly.
    public var onlyFirst = 0
    /// Rows that only the second answers rightly.
    public var onlySecond = 0
    /// Rows that neither answers rightly.
    public var neither = 0
  }

  /// What the first network does.
  public let first: Evaluation
  /// What the second network does on the same rows.
  public let second: Evaluation
  /// Nil where an answer of one of them is not a class.
  public let table: Table?
  /// As `table`.
  public let test: McNemarTest?

  /// The figures that both have: name, value of the first and of the second.
  public var figures: [(name: String, first: Double, second: Double)] {
    first.figures.compactMap { figure in second.figures.first { $0.name == figure.name }.map { (figure.name, figure.value, $0.value) } }
  }
}

/// Asks both for their answers to every row.
///
/// - Throws: `Failure` (bad data) when their rows are not the same; otherwise as `evaluate`.
public func compare(_ first: Comparison.Side, _ second: Comparison.Side, crew: Crew) throws(Failure) -> Comparison {
  let (one, other) = (DataFingerprint(first.dataset), DataFingerprint(second.dataset))
  guard one == other else {
    throw Failure(.badData, at: second.name, "was judged by other rows than \(first.name): \(other.text), and there \(one.text)")
  }
  func ask(_ side: Comparison.Side) throws(Failure) -> (evaluation: Evaluation, answers: Answers) {
    let examiner = try Examiner(side.compiled, state: side.state, dataset: side.dataset, encoding: side.encoding, crew: crew)
    return (try examiner.evaluation(), try examiner.answers(wantsScores: false))
  }
  let (left, right) = (try ask(first), try ask(second))
  guard !left.answers.answers.isEmpty, !right.answers.answers.isEmpty else {
    return Comparison(first: left.evaluation, second: right.evaluation, table: nil, test: nil)
  }
  var table = Comparison.Table()
  for (isLeft, isRight) in zip(left.answers.isRight, right.answers.isRight) {
    switch (isLeft, isRight) {
    case (true, true): table.both += 1
    case (true, false): table.onlyFirst += 1
    case (false, true): table.onlySecond += 1
    case (false, false): table.neither += 1
    }
  }
  return Comparison(
    first: left.evaluation, second: right.evaluation, table: table,
    test: McNemarTest(onlyFirst: table.onlyFirst, onlySecond: table.onlySecond))
}

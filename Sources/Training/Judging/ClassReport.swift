/// How well each class is told from the others, from a confusion matrix: scikit-learn's `classification_report`.
public struct ClassReport: Equatable, Sendable {
  /// How one class does, or all of them on average.
  public struct Scores: Equatable, Sendable {
    /// Of the rows that were given the class's answer, the share that belong to it; 0 where there are none.
    public let precision: Double
    /// Of the rows that belong to the class, the share that were given its answer; 0 where there are none.
    public let recall: Double
    /// The harmonic mean of both; 0 where both are.
    public let f1: Double
    /// Rows that belong to the class.
    public let support: Int

    /// - Parameters:
    ///   - right: rows of the class with its answer.
    ///   - answered: rows with its answer.
    ///   - support: rows of the class.
    init(right: Int, answered: Int, support: Int) {
      precision = answered == 0 ? 0 : Double(right) / Double(answered)
      recall = support == 0 ? 0 : Double(right) / Double(support)
      f1 = answered + support == 0 ? 0 : 2 * Double(right) / Double(answered + support)
      self.support = support
    }

    /// The mean of `scores`, each counted `weight` times.
    init(meanOf scores: [Scores], weight: (Scores) -> Int) {
      let weights = scores.reduce(0) { $0 + weight($1) }
      func mean(_ value: (Scores) -> Double) -> Double { weights == 0 ? 0 : scores.reduce(0) { $0 + value($1) * Double(weight($1)) } / Double(weights) }
      precision = mean(\.precision)
      recall = mean(\.recall)
      f1 = mean(\.f1)
      support = scores.reduce(0) { $0 + $1.support }
    }
  }

  /// By class number.
  public let classes: [Scores]
  /// Their mean, every class counted once.
  public let macro: Scores
  /// Their mean, every class counted as often as it has rows.
  public let weighted: Scores

  /// - Parameter confusion: counts `[truth][answer]`.
  package init(confusion: [[Int]]) {
    self.init(
      confusion.indices.map { number in
        Scores(right: confusion[number][number], answered: confusion.reduce(0) { $0 + $1[number] }, support: confusion[number].reduce(0, +))
      })
  }

  /// Of labels that each row has or has not.
  ///
  /// - Parameters:
  ///   - scores: of the rows, a list a label.
  ///   - truths: whether they have it.
  ///   - threshold: above it the answer is that a row has the label.
  package init(scores: [[Float]], truths: [[Bool]], threshold: Float) {
    self.init(
      zip(scores, truths).map { scores, truths in
        var (right, answered, support) = (0, 0, 0)
        for (score, truth) in zip(scores, truths) {
          if score > threshold { answered += 1 }
          if truth { support += 1 }
          if score > threshold, truth { right += 1 }
        }
        return Scores(right: right, answered: answered, support: support)
      })
  }

  private init(_ classes: [Scores]) {
    self.classes = classes
    macro = Scores(meanOf: classes) { _ in 1 }
    weighted = Scores(meanOf: classes, weight: \.support)
  }
}

import Foundation

/// A network's answers, row by row, as people read them.
package struct Predictions: Sendable {
  /// Row-major `[rows, width]`.
  package let values: [Float]
  package let width: Int
  /// The answer of each row; empty for a regression.
  package let answers: [Int]
  /// What a value is called: `probability` or, where the network gives something else, `output`.
  package let kind: String
  /// The label behind each class number, where the config picked classes.
  private let labels: [Int]?

  /// - Parameter classes: the config's `data.classes`; answers are then given as the labels they stand for.
  package init(outputs: [Float], compiled: CompiledNetwork, classes: [Int]?) {
    width = compiled.network.outputs
    labels = classes
    let isRegression = compiled.compile.loss.question == .quantity
    answers = isRegression ? [] : Training.answers(outputs, width: width, threshold: compiled.threshold)
    // Logits are turned into what the loss takes them for: probabilities.
    values = compiled.compile.loss.fromLogits ? Training.probabilities(outputs, width: width, loss: compiled.compile.loss) : outputs
    kind = compiled.compile.loss.givesProbabilities ? "probability" : "output"
  }

  package var rows: Int { values.count / width }

  package func row(_ row: Int) -> ArraySlice<Float> { values[row * width..<(row + 1) * width] }

  /// What the answer of a row stands for.
  package func label(row: Int) -> Int { label(answers[row]) }

  /// What output `index` stands for: a single output is the probability of class 1.
  package func name(of index: Int) -> Int { answers.isEmpty ? index : label(width == 1 ? 1 : index) }

  private func label(_ answer: Int) -> Int { labels.flatMap { answer < $0.count ? $0[answer] : nil } ?? answer }

  /// The `count` largest values of a row, the lower class first where they are equal.
  package func best(_ count: Int, row: Int) -> [(label: Int, value: Float)] {
    let sorted = self.row(row).enumerated().sorted { $0.element != $1.element ? $0.element > $1.element : $0.offset < $1.offset }
    return sorted.prefix(count).map { (name(of: $0.offset), $0.element) }
  }

  /// A row for JSON: `row`, `class`, and the values as an array; those that are not finite are null.
  package func record(_ row: Int) -> [String: Any] {
    var object: [String: Any] = ["row": row, kind: self.row(row).map(Self.json)]
    if !answers.isEmpty { object["class"] = label(row: row) }
    return object
  }

  /// `best` for JSON: objects with `class` and value.
  package func topRecords(_ count: Int, row: Int) -> [[String: Any]] { best(count, row: row).map { ["class": $0.label, kind: Self.json($0.value)] } }

  package static func json(_ value: Float) -> Any { value.isFinite ? value as Any : NSNull() }
}

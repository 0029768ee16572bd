import Foundation
import Lockstep
import Training

/// A network's answers, row by row.
struct Predictions {
  /// Row-major `[rows, width]`.
  let values: [Float]
  let width: Int
  /// The answer of each row; empty for a regression.
  let answers: [Int]
  /// What a value is called: `probability` or, where the network gives something else, `output`.
  let kind: String
  /// The label behind each class number, where the config picked classes.
  let labels: [Int]?

  /// - Parameter classes: the config's `data.classes`; answers are then given as the labels they stand for.
  init(outputs: [Float], compiled: CompiledNetwork, classes: [Int]?) {
    width = compiled.network.outputs
    labels = classes
    let isRegression = compiled.compile.loss.question == .quantity
    answers = isRegression ? [] : Training.answers(outputs, width: width, threshold: compiled.threshold)
    // Logits are turned into what the loss takes them for: probabilities.
    values = compiled.compile.loss.fromLogits ? Training.probabilities(outputs, width: width, loss: compiled.compile.loss) : outputs
    kind = compiled.compile.loss.givesProbabilities ? "probability" : "output"
  }

  /// A header, then a line a row: `row,class,probability_0,…`; without the class for a regression.
  var csv: String {
    let rows = width == 0 ? 0 : values.count / width
    var text = "row," + (answers.isEmpty ? "" : "class,") + (0..<width).map { "\(kind)_\(name(of: $0))" }.joined(separator: ",") + "\n"
    for row in 0..<rows {
      text += "\(row)," + (answers.isEmpty ? "" : "\(label(answers[row])),")
      text += values[row * width..<(row + 1) * width].map { "\($0)" }.joined(separator: ",") + "\n"
    }
    return text
  }

  /// A line of JSON a row: `row`, `class`, and the values as an array.
  var json: String {
    (0..<values.count / width).map { row in
      var object: [String: Any] = ["row": row, kind: values[row * width..<(row + 1) * width].map { $0.isFinite ? $0 as Any : NSNull() }]
      if !answers.isEmpty { object["class"] = label(answers[row]) }
      return jsonLine(object) + "\n"
    }.joined()
  }

  /// As `csv`, with the `count` most probable classes of each row, the first first: `row,class_1,probability_1,class_2,…`.
  func csv(top count: Int) -> String {
    let places = 1...min(count, width)
    return "row," + places.map { "class_\($0),\(kind)_\($0)" }.joined(separator: ",") + "\n"
      + best(count).enumerated().map { row, best in "\(row)," + best.map { "\($0.label),\($0.value)" }.joined(separator: ",") + "\n" }.joined()
  }

  /// As `json`, with the `count` most probable classes of each row as `top`: objects with `class` and value.
  func json(top count: Int) -> String {
    best(count).enumerated().map { row, best in
      jsonLine(["row": row, "top": best.map { ["class": $0.label, kind: $0.value.isFinite ? $0.value as Any : NSNull()] }]) + "\n"
    }.joined()
  }

  /// Of each row the largest values, the lower class first where they are equal.
  private func best(_ count: Int) -> [[(label: Int, value: Float)]] {
    (0..<values.count / width).map { row in
      let own = values[row * width..<(row + 1) * width].enumerated()
      return own.sorted { $0.element != $1.element ? $0.element > $1.element : $0.offset < $1.offset }.prefix(count).map { (name(of: $0.offset), $0.element) }
    }
  }

  /// The label that answer `answer` stands for.
  private func label(_ answer: Int) -> Int { labels.flatMap { answer < $0.count ? $0[answer] : nil } ?? answer }

  /// What output `index` stands for: a single output is the probability of class 1.
  private func name(of index: Int) -> Int { answers.isEmpty ? index : label(width == 1 ? 1 : index) }
}

import Foundation
import Lockstep

/// An evaluation as text or JSON.
enum EvaluationReport {
  /// Figures and confusion matrix for people.
  ///
  /// - Parameter labels: what the class numbers stand for, where the config picked classes.
  static func text(_ evaluation: Evaluation, of what: String, labels: [Int]?) -> String {
    line(evaluation, of: what) + confusion(evaluation, labels: labels)
  }

  /// The figures in a line.
  static func line(_ evaluation: Evaluation, of what: String) -> String {
    let figures = evaluation.figures.map { "\($0.name) \(String(format: "%.4f", $0.value))" }.joined(separator: ", ")
    return "\(Ink.output.heading("\(what) (\(evaluation.rows) rows):")) \(figures)\n"
  }

  /// The confusion matrix, or nothing where answers are not classes.
  static func confusion(_ evaluation: Evaluation, labels: [Int]?) -> String {
    evaluation.confusion.map { table($0, (0..<$0.count).map { label($0, labels) }) } ?? ""
  }

  /// The label that class number `number` stands for.
  static func label(_ number: Int, _ labels: [Int]?) -> Int { labels.flatMap { number < $0.count ? $0[number] : nil } ?? number }

  /// One object: the figures, `rows`, and `confusion` as `[truth][answer]`. Numbers that are not finite are null.
  static func json(_ evaluation: Evaluation) -> [String: Any] {
    var object: [String: Any] = ["rows": evaluation.rows]
    for figure in evaluation.figures { object[figure.name] = figure.value.isFinite ? figure.value : NSNull() }
    if let confusion = evaluation.confusion { object["confusion"] = confusion }
    return object
  }

  /// The confusion matrix: a line a true class, a column an answer, and each class's share of right answers.
  private static func table(_ confusion: [[Int]], _ labels: [Int]) -> String {
    let classes = confusion.count
    guard classes <= 20 else { return "" }  // wider than any terminal; --json has it
    let width = max(3, (confusion.joined() + labels).map { String($0).count }.max() ?? 1) + 1
    func cell(_ text: String) -> String { String(repeating: " ", count: max(0, width - text.count)) + text }
    var lines = ["confusion matrix (rows: truth, columns: answer)", Ink.output.heading("  true" + labels.map { cell(String($0)) }.joined() + "   right")]
    for (truth, counts) in confusion.enumerated() {
      let total = counts.reduce(0, +)
      let share = total == 0 ? "    -" : String(format: "%4.1f%%", 100 * Double(counts[truth]) / Double(total))
      // Zeros as dots: the eye finds the mistakes.
      let cells = counts.enumerated().map { answer, count in
        answer == truth ? Ink.output.good(cell(count == 0 ? "." : String(count))) : cell(count == 0 ? "." : String(count))
      }
      lines.append(String(format: "%6d", labels[truth]) + cells.joined() + "   \(share)")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

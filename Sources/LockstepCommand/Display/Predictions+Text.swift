import Interchange
import Training

extension Predictions {
  /// A header, then a line a row: `row,class,probability_0,…`; without the class for a regression.
  var csv: String {
    var text = "row," + (answers.isEmpty ? "" : "class,") + (0..<width).map { "\(kind)_\(name(of: $0))" }.joined(separator: ",") + "\n"
    for row in 0..<rows {
      text += "\(row)," + (answers.isEmpty ? "" : "\(label(row: row)),")
      text += self.row(row).map { "\($0)" }.joined(separator: ",") + "\n"
    }
    return text
  }

  /// A line of JSON a row: `row`, `class`, and the values as an array.
  var json: String { (0..<rows).map { jsonLine(record($0)) + "\n" }.joined() }

  /// As `csv`, with the `count` most probable classes of each row, the first first: `row,class_1,probability_1,class_2,…`.
  func csv(top count: Int) -> String {
    let places = 1...min(count, width)
    return "row," + places.map { "class_\($0),\(kind)_\($0)" }.joined(separator: ",") + "\n"
      + (0..<rows).map { row in "\(row)," + best(count, row: row).map { "\($0.label),\($0.value)" }.joined(separator: ",") + "\n" }.joined()
  }

  /// As `json`, with the `count` most probable classes of each row as `top`: objects with `class` and value.
  func json(top count: Int) -> String { (0..<rows).map { jsonLine(["row": $0, "top": topRecords(count, row: $0)]) + "\n" }.joined() }
}

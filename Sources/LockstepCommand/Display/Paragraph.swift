/// Words in lines of at most a hundred columns.
enum Paragraph {
  static let width = 100

  /// `text` behind `head`, its further lines as far to the right as it begins; each line ends with a line feed.
  static func text(_ head: String, _ text: String) -> String {
    let margin = String(repeating: " ", count: head.count)
    var (lines, line) = ([String](), head)
    var isEmpty = true
    for word in text.split(separator: " ") {
      if !isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        (line, isEmpty) = (margin, true)
      }
      line += (isEmpty ? "" : " ") + word
      isEmpty = false
    }
    return (lines + [line]).joined(separator: "\n") + "\n"
  }

  /// `text` with blanks behind it.
  static func left(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(0, width - text.count)) }

  /// `text` with blanks before it.
  static func right(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(0, width - text.count)) + text }

  /// Lines of words in columns, two blanks between them; of `rows` the first are the heads. Columns that are not named are flush right.
  static func table(_ rows: [[String]], left columns: Set<Int>, indent: String = "") -> String {
    guard let heads = rows.first else { return "" }
    let widths = heads.indices.map { column in rows.map { $0[column].count }.max()! }
    return rows.map { row in
      let cells = row.indices.map { columns.contains($0) ? left(row[$0], widths[$0]) : right(row[$0], widths[$0]) }
      let line = indent + cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed()) + "\n"
    }.joined()
  }
}

import Glibc
import Lockstep

/// Words in lines of at most a hundred columns, or as many as the terminal has.
enum Paragraph {
  static let width = Terminal.columns(STDOUT_FILENO).map { min(100, max(40, $0)) } ?? 100

  /// For what is a line anywhere but on a terminal too narrow for it.
  static let lineWidth = Terminal.columns(STDOUT_FILENO).map { max(40, $0) } ?? Int.max

  /// `text` behind `head`, its further lines as far to the right as it begins; each line ends with a line feed.
  ///
  /// - Parameter ink: for the head.
  static func text(_ head: String, _ text: String, width: Int = width, ink: (String) -> String = { $0 }) -> String {
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
    let all = (lines + [line]).joined(separator: "\n") + "\n"
    return ink(head) + all.dropFirst(head.count)
  }

  /// `text` with blanks behind it.
  static func left(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(0, width - text.count)) }

  /// `text` with blanks before it.
  static func right(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(0, width - text.count)) + text }

  /// Lines of words in columns, two blanks between them; of `rows` the first are the heads. Columns that are not named are flush right.
  static func table(_ rows: [[String]], left columns: Set<Int>, indent: String = "") -> String {
    guard let heads = rows.first else { return "" }
    let widths = heads.indices.map { column in rows.map { $0[column].count }.max()! }
    return rows.enumerated().map { number, row in
      let cells = row.indices.map { columns.contains($0) ? left(row[$0], widths[$0]) : right(row[$0], widths[$0]) }
      let line = indent + cells.joined(separator: "  ")
      let trimmed = String(line.reversed().drop { $0 == " " }.reversed())
      return (number == 0 ? Ink.output.heading(trimmed) : trimmed) + "\n"
    }.joined()
  }
}

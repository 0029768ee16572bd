/// Rows of words under a header, in aligned columns.
package struct TextTable {
  /// Which side of its column a word touches.
  package enum Side {
    case left
    case right
  }

  package let columns: [(title: String, side: Side)]
  package var rows: [[String]] = []

  package init(columns: [(title: String, side: Side)]) { self.columns = columns }

  /// The header, then the rows; two spaces between columns, none at the end of a line.
  package var lines: [String] {
    let all = [columns.map(\.title)] + rows
    let widths = columns.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.map { row in
      var line = ""
      for (column, word) in row.enumerated() {
        let padding = String(repeating: " ", count: widths[column] - word.count)
        line += (column == 0 ? "" : "  ") + (columns[column].side == .left ? word + padding : padding + word)
      }
      while line.last == " " { line.removeLast() }
      return line
    }
  }
}

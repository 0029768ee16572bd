/// Lines of words in columns, all to the right, under heads.
struct ColumnTable {
  private var lines: [[String]]
  /// For each line the column of the word that is better than the others, if there is one.
  private var best: [Int?] = [nil]

  init(_ heads: String...) { self.init(heads) }
  init(_ heads: [String]) { lines = [heads] }

  mutating func add(_ words: String...) { add(words) }
  mutating func add(_ words: [String], best column: Int? = nil) {
    lines.append(words)
    best.append(column)
  }

  /// Each line indented by two spaces, with a line feed.
  var text: String {
    let widths = lines[0].indices.map { column in lines.map { $0[column].count }.max()! }
    return lines.indices.map { number in
      let cells = zip(lines[number], widths).map { "  " + String(repeating: " ", count: $1 - $0.count) + $0 }
      if number == 0 { return Ink.output.heading(cells.joined()) + "\n" }
      return cells.indices.map { best[number] == $0 ? Ink.output.good(cells[$0]) : cells[$0] }.joined() + "\n"
    }.joined()
  }
}

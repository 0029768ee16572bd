/// Lines of words in columns, all to the right.
struct ColumnTable {
  private var lines: [[String]]

  init(_ heads: String...) { self.init(heads) }
  init(_ heads: [String]) { lines = [heads] }

  mutating func add(_ words: String...) { add(words) }
  mutating func add(_ words: [String]) { lines.append(words) }

  /// Each line indented by two spaces, with a line feed.
  var text: String {
    let widths = lines[0].indices.map { column in lines.map { $0[column].count }.max()! }
    return lines.map { line in
      zip(line, widths).map { "  " + String(repeating: " ", count: $1 - $0.count) + $0 }.joined() + "\n"
    }.joined()
  }
}

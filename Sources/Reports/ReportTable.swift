import Foundation

/// A table in HTML that scrolls by itself where the page is too narrow for it.
public struct ReportTable: Sendable {
  let caption: String
  let heads: [String]
  let rows: [[String]]
  let words: Set<Int>
  let isLong: Bool

  /// - Parameters:
  ///   - rows: as many cells as heads each; the first cell is the row's head.
  ///   - words: columns of text; the others are numbers, flush right.
  ///   - isLong: whether it scrolls in a box of its own where it is high.
  public init(_ caption: String, heads: [String], rows: [[String]], words: Set<Int> = [0], isLong: Bool = false) {
    (self.caption, self.heads, self.rows, self.words, self.isLong) = (caption, heads, rows, words, isLong)
  }

  public var html: String {
    let style = { (column: Int) in words.contains(column) ? " class=\"word\"" : "" }
    let head = heads.enumerated().map { "<th scope=\"col\"\(style($0))>\(SVGText.escaped($1))</th>" }.joined()
    let body = rows.map { row in
      "<tr>"
        + row.enumerated().map { column, cell in
          column == 0 ? "<th scope=\"row\"\(style(0))>\(SVGText.escaped(cell))</th>" : "<td\(style(column))>\(SVGText.escaped(cell))</td>"
        }.joined() + "</tr>\n"
    }.joined()
    return ReportPage.captioned(
      caption, "<table><thead><tr>\(head)</tr></thead>\n<tbody>\(body)</tbody></table>", isLong: isLong)
  }
}

/// A confusion matrix as a table with coloured cells: right answers in one colour, mistakes in another, each the fuller the larger its share of its row.
public struct ConfusionTable: Sendable {
  let labels: [String]
  let counts: [[Int]]

  /// - Parameter counts: `[truth][answer]`.
  public init(labels: [String], counts: [[Int]]) {
    precondition(counts.count == labels.count, "\(labels.count) labels for \(counts.count) classes")
    (self.labels, self.counts) = (labels, counts)
  }

  public var html: String {
    let heads = labels.map { "<th scope=\"col\">\(SVGText.escaped($0))</th>" }.joined()
    let rows = counts.enumerated().map { truth, row in
      let all = max(1, row.reduce(0, +))
      let cells = row.enumerated().map { answer, count -> String in
        guard count > 0 else { return "<td class=\"none\">·</td>" }
        // The root, so that one mistake in a hundred is seen.
        let share = Double(count) / Double(all)
        let fill = String(format: "%.3f", 0.6 * (truth == answer ? share : min(1, 1.5 * share.squareRoot())))
        return
          "<td class=\"\(truth == answer ? "right" : "wrong")\" style=\"--fill:\(fill)\" title=\"\(SVGText.escaped("\(labels[truth]) taken for \(labels[answer])")): \(count)\">\(count)</td>"
      }
      return
        "<tr><th scope=\"row\">\(SVGText.escaped(labels[truth]))</th>\(cells.joined())<td class=\"share\">\(String(format: "%.1f", 100 * Double(row[truth]) / Double(all)))</td></tr>\n"
    }
    return ReportPage.captioned(
      "Confusion: a row a true class, a column an answer; %: the share of the row that is right",
      "<table class=\"confusion\"><thead><tr><th scope=\"col\" class=\"corner\">true</th>\(heads)<th scope=\"col\" title=\"right\">%</th></tr></thead>\n<tbody>\(rows.joined())</tbody></table>"
    )
  }
}

import Datasets
import Foundation

/// What a file of examples holds, as text or JSON.
struct TableReport {
  /// What the file or folder is called.
  let name: String
  /// What the part is called: "training" or "test"; nil where there is one.
  let part: String?
  let table: ExampleTable
  let summary: TableSummary

  /// - Parameter name: nil for the table's path.
  init(name: String?, part: String?, _ table: ExampleTable) {
    (self.name, self.part, self.table, summary) = (name ?? table.path, part, table, TableSummary(table))
  }

  private var numbers: Int { table.count * table.width }
  private var areBytes: Bool { if case .bytes = table.features { true } else { false } }
  private var shape: String { table.shape.map(String.init).joined(separator: "×") }

  func text(blocks: Bool) -> String {
    let what = [name, part.map { "the \($0) part" }, "\(table.count) rows of \(shape) \(areBytes ? "bytes" : "floats")"].compactMap { $0 }
    return what.joined(separator: ": ") + " (\(table.format.rawValue))\n" + values + labels + duplicates + pictures(blocks: blocks)
  }

  private var values: String {
    var words = [summary.range.map { "\(Self.number($0.lowerBound)) to \(Self.number($0.upperBound))" } ?? "none is finite"]
    words.append(String(format: "%.1f%% are 0", 100 * Double(summary.zeros) / Double(numbers)))
    if summary.constantColumns > 0 { words.append("\(summary.constantColumns) of \(table.width) columns never change") }
    if summary.nans > 0 { words.append("\(summary.nans) NaN") }
    if summary.infinities > 0 { words.append("\(summary.infinities) infinite") }
    return Paragraph.text("values      ", words.joined(separator: ", "))
  }

  private var labels: String {
    guard let labels = table.labels else { return "labels      none\n" }
    guard let classes = summary.classes else {
      let range = summary.labelRange.map { " from \(Self.number($0.lowerBound)) to \(Self.number($0.upperBound))" } ?? ""
      return Paragraph.text("labels      ", (labels.width.map { "vectors of \($0) numbers" } ?? "numbers") + range)
    }
    let counts = classes.map(\.rows)
    let share = counts.max()! == counts.min()! ? "\(counts[0]) rows each" : "\(counts.min()!) to \(counts.max()!) rows each"
    let head = Paragraph.text("labels      ", "\(classes.count) class\(classes.count == 1 ? "" : "es"), \(share)")
    guard classes.count <= 30 else { return head }
    var lines = ColumnTable("class", "rows", "share")
    for (label, rows) in classes { lines.add("\(label)", "\(rows)", String(format: "%.1f%%", 100 * Double(rows) / Double(table.count))) }
    return head + lines.text
  }

  private var duplicates: String {
    guard summary.duplicates > 0 else { return "duplicates  none\n" }
    let others = summary.contradictions > 0 ? ", \(summary.contradictions) of them with another label" : ""
    return Paragraph.text("duplicates  ", "\(summary.duplicates) rows that are there already\(others)")
  }

  /// One digit of each of the first classes, or the first rows, as many as fit a line.
  private func pictures(blocks: Bool) -> String {
    var rows: [Int] = []
    if let labels = table.labels, labels.width == nil, let classes = summary.classes {
      rows = classes.prefix(4).compactMap { each in labels.values.firstIndex(of: Float(each.label)) }
    } else {
      rows = Array(0..<min(4, table.count))
    }
    let lines = DigitPicture.row(rows.compactMap { DigitPicture(row($0)) }, width: Paragraph.width, blocks: blocks)
    return lines.isEmpty ? "" : "\n" + lines.joined(separator: "\n") + "\n"
  }

  private func row(_ row: Int) -> [Float] {
    (row * table.width..<(row + 1) * table.width).map { index in
      switch table.features {
      case .bytes(let rows): Float(rows.base[index])
      case .floats(let values): values[index].isFinite ? values[index] : 0
      }
    }
  }

  var json: [String: Any] {
    func list(_ range: ClosedRange<Float>?) -> Any { range.map { [$0.lowerBound, $0.upperBound] as Any } ?? NSNull() }
    return [
      "path": name, "format": table.format.rawValue, "rows": table.count, "shape": table.shape, "type": areBytes ? "bytes" : "floats",
      "range": list(summary.range), "zeros": summary.zeros, "nan": summary.nans, "infinite": summary.infinities, "constant_columns": summary.constantColumns,
      "labels": table.labels.map { $0.width.map { "vectors of \($0)" } ?? (summary.classes == nil ? "numbers" : "classes") as Any } ?? NSNull(),
      "label_range": list(summary.labelRange),
      "rows_per_class": summary.classes.map { Dictionary(uniqueKeysWithValues: $0.map { ("\($0.label)", $0.rows) }) as Any } ?? NSNull(),
      "duplicates": summary.duplicates, "contradictions": summary.contradictions,
    ]
  }

  private static func number(_ value: Float) -> String { String(format: "%.6g", Double(value)) }
}

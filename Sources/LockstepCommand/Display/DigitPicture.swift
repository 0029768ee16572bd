import Foundation

/// An image in characters: two rows of pixels in a line, in half blocks where the terminal has them.
struct DigitPicture {
  /// Row-major.
  private let pixels: [Float]
  private let side: Int

  /// Nil where `values` are no square of 4 to 64 pixels a side.
  init?(_ values: [Float]) {
    let side = Int(Double(values.count).squareRoot().rounded())
    guard side * side == values.count, 4...64 ~= side, let most = values.max(), most > 0 else { return nil }
    self.side = side
    pixels = values.map { $0 / most }
  }

  /// The lines, without what is empty above and below.
  func lines(blocks: Bool) -> [String] {
    let all = allLines(blocks: blocks)
    let inked = all.indices.filter { !all[$0].isEmpty }
    guard let first = inked.first, let last = inked.last else { return [] }
    return Array(all[first...last])
  }

  /// Several side by side, as many as fit `width` columns, without the lines that are empty in all of them.
  static func row(_ pictures: [DigitPicture], width: Int, blocks: Bool) -> [String] {
    var (lines, columns) = ([String](), 0)
    for picture in pictures where columns + picture.side <= width {
      let own = picture.allLines(blocks: blocks)
      for index in 0..<max(lines.count, own.count) {
        if index == lines.count { lines.append("") }
        lines[index] = Paragraph.left(lines[index], columns) + (index < own.count ? own[index] : "")
      }
      columns += picture.side + 2
    }
    let inked = lines.indices.filter { lines[$0].contains { $0 != " " } }
    guard let first = inked.first, let last = inked.last else { return [] }
    return lines[first...last].map { String($0.reversed().drop { $0 == " " }.reversed()) }
  }

  private func allLines(blocks: Bool) -> [String] {
    stride(from: 0, to: side, by: 2).map { row in
      let line = (0..<side).map { column in
        let (upper, lower) = (pixels[row * side + column], row + 1 < side ? pixels[(row + 1) * side + column] : 0)
        return blocks ? Self.block(upper > 0.35, lower > 0.35) : Self.shade((max(upper, 0) + max(lower, 0)) / 2)
      }
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }

  private static func block(_ upper: Bool, _ lower: Bool) -> Character {
    switch (upper, lower) {
    case (true, true): "█"
    case (true, false): "▀"
    case (false, true): "▄"
    case (false, false): " "
    }
  }

  private static let shades = Array(" .:-=+*#%@")

  private static func shade(_ ink: Float) -> Character { shades[min(shades.count - 1, Int(ink * Float(shades.count)))] }

  /// Whether output may hold blocks: not on a dumb terminal, and not where the locale names another encoding than UTF-8.
  static func mayHoldBlocks(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> Bool {
    guard environment["TERM"] != "dumb" else { return false }
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty }
    return locale.map { $0.uppercased().replacingOccurrences(of: "-", with: "").contains("UTF8") } ?? true
  }
}

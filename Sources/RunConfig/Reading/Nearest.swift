/// "Did you mean": the known word nearest to a mistyped one.
package enum Nearest {
  /// The one of `known` that begins with `word`, or else the first that is a slip or two away from it, ignoring case; nil when none is near enough.
  package static func word(to word: String, among known: [String]) -> String? {
    let begun = known.filter { !word.isEmpty && $0.lowercased().hasPrefix(word.lowercased()) }
    if begun.count == 1 { return begun[0] }
    let typed = Array(word.lowercased().unicodeScalars.prefix(100))
    let near = known.map { (word: $0, distance: distance(typed, Array($0.lowercased().unicodeScalars))) }
    guard let best = near.min(by: { $0.distance < $1.distance }), best.distance <= allowed(typed.count) else { return nil }
    return best.word
  }

  /// "did you mean 'adam'? ", or nothing when no word is near enough.
  package static func hint(_ word: String, among known: [String]) -> String {
    Nearest.word(to: word, among: known).map { "did you mean '\($0)'? " } ?? ""
  }

  /// One slip in a short word, three in a long one: fewer than would turn one word into another.
  private static func allowed(_ length: Int) -> Int { min(3, max(1, length / 3)) }

  /// Insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b` (optimal string alignment).
  private static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
    var rows = [Array(0...b.count)]
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        let replaced = rows[i][j] + (a[i] == b[j] ? 0 : 1)
        var least = min(rows[i][j + 1] + 1, row[j] + 1, replaced)
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { least = min(least, rows[i - 1][j - 1] + 1) }
        row.append(least)
      }
      rows.append(row)
    }
    return rows[a.count][b.count]
  }
}

import Failures

extension Ranks {
  /// Each rank's `value`, in order.
  public func all(_ value: Int) -> [Int] {
    var values = [Int](repeating: 0, count: count)
    values[rank] = value
    values.withUnsafeMutableBytes { exchange($0.baseAddress!, words: 2) }
    return values
  }

  /// The sums of each rank's `values`, of which all have as many.
  public func sums(_ values: [Int]) -> [Int] {
    guard !values.isEmpty else { return [] }
    var all = [Int](repeating: 0, count: count * values.count)
    all.replaceSubrange(rank * values.count..<(rank + 1) * values.count, with: values)
    all.withUnsafeMutableBytes { exchange($0.baseAddress!, words: 2 * values.count) }
    return values.indices.map { index in (0..<count).reduce(0) { $0 + all[$1 * values.count + index] } }
  }

  /// What rank 0 says.
  public func first(_ value: Int) -> Int { all(value)[0] }

  /// Whether it is so on any rank.
  public func any(_ flag: Bool) -> Bool { all(flag ? 1 : 0).contains(1) }

  /// Each rank's text, in order; of a long one the beginning.
  public func all(_ text: String) -> [String] {
    let most = 1024
    var bytes = [UInt8](repeating: 0, count: count * most)
    for (index, byte) in text.utf8.prefix(most - 1).enumerated() { bytes[rank * most + index] = byte }
    bytes.withUnsafeMutableBytes { exchange($0.baseAddress!, words: most / 4) }
    return (0..<count).map { rank in String(decoding: bytes[rank * most..<(rank + 1) * most].prefix { $0 != 0 }, as: UTF8.self) }
  }

  /// Waits until all have come, asleep.
  func meet() {
    var nothing = [Int32](repeating: 0, count: count)
    nothing.withUnsafeMutableBytes { exchange($0.baseAddress!, words: 1, asleep: true) }
  }

  private func exchange(_ base: UnsafeMutableRawPointer, words: Int, asleep: Bool = false) {
    let parts: RankParts
    do { parts = try RankParts((0..<count).map { $0 * words..<($0 + 1) * words }) } catch { abort(error) }
    gather(.talk, base, parts)
    wait(.talk, asleep: asleep)
    // MPI reads them until then.
    withExtendedLifetime(parts) {}
  }

  /// - Throws: `.badData`, the same on all ranks, when `value` is not the same on all of them.
  public func checkSame(_ value: String, _ name: String) throws(Failure) {
    let values = all(value)
    guard let other = values.firstIndex(where: { $0 != values[0] }) else { return }
    failTogether()
    throw Failure(.badData, at: "rank \(other)", "has another \(name) than rank 0: \(values[other]), not \(values[0])")
  }
}

extension Ranks? {
  /// What rank 0 says, of something that each knows or measures for itself; without ranks it is so.
  package func agreed(_ flag: Bool) -> Bool { self.map { $0.first(flag ? 1 : 0) == 1 } ?? flag }
}

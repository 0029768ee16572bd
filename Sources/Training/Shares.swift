/// How the slices of every batch are divided among the workers: a weight for each.
///
/// A worker takes a contiguous run of slices in proportion to its weight. A batch's sums run over slices, so no division changes a bit of the result; it
/// changes only how long workers wait for each other.
package struct Shares: Equatable, Sendable {
  /// One a worker, in any unit. A worker of weight 0 sits out: it takes no slices and no stripe, and nobody waits for it.
  package let weights: [Int]

  package init(_ weights: [Int]) {
    precondition(weights.allSatisfy { $0 >= 0 } && weights.contains { $0 > 0 }, "shares of \(weights)")
    self.weights = weights
  }

  /// The same for all, or for those of `members`; the others sit out.
  package static func even(_ workers: Int, members: [Int]? = nil) -> Shares {
    Shares((0..<workers).map { members?.contains($0) ?? true ? 1 : 0 })
  }

  /// The workers that do not sit out.
  package var members: [Int] { weights.indices.filter { weights[$0] > 0 } }

  /// Each worker's slices of `total`. With few slices a light worker may have none, and still takes part in the reduction.
  package func ranges(of total: Int) -> [Range<Int>] {
    let sum = weights.reduce(0, +)
    var before = 0
    return weights.map { weight in
      let first = total * before / sum
      before += weight
      return first..<total * before / sum
    }
  }
}

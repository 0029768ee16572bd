/// What one worker does with the rows of a batch that are in memory at once: a plan, made once, followed in every step.
///
/// First it takes some inputs of its group's rows through the first layer; then, when its group is done with that, some rows through all the rest.
public struct Shard: Equatable, Sendable {
  /// At most `BatchBuffers.chunkRows` rows whose gathered inputs share lists.
  public struct Chunk: Equatable, Sendable {
    /// The number of the lists.
    public let list: Int
    public let rows: Range<Int>

    public init(list: Int, rows: Range<Int>) {
      self.list = list
      self.rows = rows
    }
  }

  /// The sums over one leaf of inputs, and where they go.
  public struct Leaf: Equatable, Sendable {
    public let runs: Range<Int>
    /// The worker's place for them. The first of its places are `Shard.parts`.
    public let place: Int
    /// Additions that follow: the place to the one before it, that one to the one before it, and so on.
    public let merges: Int

    public init(runs: Range<Int>, place: Int, merges: Int) {
      self.runs = runs
      self.place = place
      self.merges = merges
    }
  }

  /// Part sum `into` = `left` + `right`.
  public struct Addition: Equatable, Sendable {
    public let left: Int
    public let right: Int
    public let into: Int

    public init(left: Int, right: Int, into: Int) {
      self.left = left
      self.right = right
      self.into = into
    }
  }

  /// The rows of its group.
  public let chunks: [Chunk]
  /// The inputs it gathers of them; all runs of its leaves.
  public let runs: Range<Int>
  public let leaves: [Leaf]
  /// The part sums that its leaves make.
  public let parts: [Int]
  /// The rows that it takes through the other layers.
  public let rows: Range<Int>
  /// The additions of the group's part sums that make the first layer's, which is part 0; the same for all of the group. Part 0 has no other use then:
  /// while others still read it, a worker may be at its part of the next batch. Without additions, the one that sums all leaves writes part 0 itself.
  public let additions: [Addition]

  /// Nothing to do.
  public static let none = Shard(chunks: [], runs: 0..<0, leaves: [], parts: [], rows: 0..<0, additions: [])

  /// The same in memory of its own.
  public var copy: Shard {
    Shard(
      chunks: chunks.map { $0 }, runs: runs, leaves: leaves.map { $0 }, parts: parts.map { $0 }, rows: rows, additions: additions.map { $0 })
  }

  public init(chunks: [Chunk], runs: Range<Int>, leaves: [Leaf], parts: [Int], rows: Range<Int>, additions: [Addition]) {
    self.chunks = chunks
    self.runs = runs
    self.leaves = leaves
    self.parts = parts
    self.rows = rows
    self.additions = additions
  }
}

/// What one worker does with the rows of a batch that are in memory at once: a plan, made once, followed in every step.
///
/// First it takes some inputs of its group's rows through the first layer; then, when its group is done with that, some rows through all the rest.
public struct Shard: Equatable, Sendable {
  /// At most `BatchBuffers.chunkRows` rows whose gathered inputs share lists.
  public struct Chunk: Equatable, Sendable {
    /// The number of the lists.
    public let list: Int
    /// Of the batch.
    public let rows: Range<Int>

    /// - Parameters:
    ///   - list: the number of the lists.
    ///   - rows: of the batch, at most `BatchBuffers.chunkRows`.
    public init(list: Int, rows: Range<Int>) {
      self.list = list
      self.rows = rows
    }
  }

  /// The sums over one leaf of inputs, and where they go.
  public struct Leaf: Equatable, Sendable {
    /// The runs of eight inputs that are summed.
    public let runs: Range<Int>
    /// The worker's place for them. The first of its places are `Shard.parts`.
    public let place: Int
    /// Additions that follow: the place to the one before it, that one to the one before it, and so on.
    public let merges: Int

    /// - Parameters:
    ///   - runs: of inputs.
    ///   - place: where the sums go.
    ///   - merges: additions that follow.
    public init(runs: Range<Int>, place: Int, merges: Int) {
      self.runs = runs
      self.place = place
      self.merges = merges
    }
  }

  /// Part sum `into` = `left` + `right`.
  public struct Addition: Equatable, Sendable {
    /// The number of a part sum.
    public let left: Int
    /// The number of another.
    public let right: Int
    /// The number of the sum, which may be that of one of them.
    public let into: Int

    /// - Parameters:
    ///   - left: the number of a part sum.
    ///   - right: the number of another.
    ///   - into: the number of the sum.
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
  /// What it sums of its inputs, in this order.
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

  /// - Parameters:
  ///   - chunks: the rows of its group.
  ///   - runs: the inputs it gathers of them.
  ///   - leaves: what it sums of its inputs.
  ///   - parts: the part sums that its leaves make.
  ///   - rows: those that it takes through the other layers.
  ///   - additions: of the group's part sums.
  public init(chunks: [Chunk], runs: Range<Int>, leaves: [Leaf], parts: [Int], rows: Range<Int>, additions: [Addition]) {
    self.chunks = chunks
    self.runs = runs
    self.leaves = leaves
    self.parts = parts
    self.rows = rows
    self.additions = additions
  }
}

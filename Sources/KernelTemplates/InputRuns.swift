/// The inputs of some rows as the first layer's kernels stream them: in runs of eight neighbours, and of each run only the rows in which they are not
/// all zero.
///
/// Digits are mostly background: of MNIST's pixels 19 % carry ink, and of its runs 40 %. A kernel that skips the others adds the same numbers in the
/// same order, so the sums are the same bits: zero times anything finite, added to a sum, leaves it, but for the sign of a zero, which the optimizers
/// do not see. Data without zeros costs nothing more than it would without the lists.
@frozen public struct InputRuns {
  /// A run's entries lie from `lists + run · listStride` on: eight values each, and behind all of them that there is room for the entries' rows, rising,
  /// as 32-bit numbers.
  public let lists: UnsafeMutablePointer<Float>
  /// How many entries run g has: `counts[g]`.
  public let counts: UnsafeMutablePointer<UInt32>
  /// Rows there is room for, a multiple of 32.
  public let capacity: Int
  /// Inputs of the layer; the 1 of its bias, if it has one, is the last.
  public let inputs: Int

  /// Room for `rows` rows. `lists` has `listFloats` floats, `counts` one number a run.
  @inlinable public init(lists: UnsafeMutablePointer<Float>, counts: UnsafeMutablePointer<UInt32>, rows: Int, inputs: Int) {
    self.lists = lists
    self.counts = counts
    capacity = Self.capacity(rows)
    self.inputs = inputs
  }

  /// Runs of `inputs` inputs; the last may have fewer than eight.
  @inlinable @inline(__always) public static func runs(_ inputs: Int) -> Int { (inputs + 7) / 8 }
  @inlinable @inline(__always) static func capacity(_ rows: Int) -> Int { (rows + 31) & ~31 }
  /// Floats that lists of `rows` rows take.
  @inlinable public static func listFloats(rows: Int, inputs: Int) -> Int { runs(inputs) * listStride(capacity: capacity(rows)) }
  // Gathering writes to every list in turn. An odd number of cache lines from one to the next keeps them out of each other's places in the cache:
  // 4,096 bytes apart, they took 1.4 times as long.
  @inlinable @inline(__always) static func listStride(capacity: Int) -> Int { capacity * 9 + 16 }

  /// Runs `body` for each entry of run `run`, with its row and its eight values.
  @inlinable public func forEachEntry(_ run: Int, _ body: (_ row: Int, _ values: UnsafePointer<Float>) -> Void) {
    let list = list(run)
    for entry in 0..<list.count { body(Int(list.rows[entry]), list.values + entry * 8) }
  }

  /// One run's entries.
  @inlinable @inline(__always) func list(_ run: Int) -> InputList {
    let values = lists + run * Self.listStride(capacity: capacity)
    return InputList(values: values, rows: UnsafeMutableRawPointer(values + capacity * 8).assumingMemoryBound(to: UInt32.self), count: Int(counts[run]))
  }
}

/// The entries of one run: those in which its eight inputs are not all zero.
@frozen @usableFromInline struct InputList {
  @usableFromInline let values: UnsafeMutablePointer<Float>
  @usableFromInline let rows: UnsafeMutablePointer<UInt32>
  @usableFromInline let count: Int

  @inlinable @inline(__always) init(values: UnsafeMutablePointer<Float>, rows: UnsafeMutablePointer<UInt32>, count: Int) {
    self.values = values
    self.rows = rows
    self.count = count
  }
}

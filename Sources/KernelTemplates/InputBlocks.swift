import CVectorMath

/// The inputs of a pass as the first layer's kernels stream them: blocks of eight rows, without most of the inputs that are zero.
///
/// Digits are mostly background: of MNIST's pixels 19 % carry ink. A kernel that skips the others adds the same numbers in the same order, so the sums
/// are the same bits: zero times anything finite, added to a sum, leaves it, but for the sign of a zero, which the optimizers do not see.
///
/// The forward product sums over inputs: a tile of eight rows skips the inputs that are zero in all of them. A block falls into panels of 128 inputs,
/// as many as let a tile's width of the weights' rows stay in the first-level cache, and each panel lists those that are not: 47 % of an image's places.
///
/// The weights' gradient sums over rows: a tile of eight inputs skips the rows in which they are all zero. `presence` tells: 40 % are not.
@frozen public struct InputBlocks {
  /// Input n of panel p of block b: its eight values from `values + (b · panels + p) · listValues + n · 8` on. Those of a run of eight inputs that are zero
  /// in the whole block are not written.
  public let values: UnsafeMutablePointer<Float>
  /// The numbers, rising, of the inputs of panel p of block b that are not zero in all its rows, from `numbers + (b · panels + p) · 128` on.
  public let numbers: UnsafeMutablePointer<UInt32>
  /// How many: `counts[b · panels + p]`.
  public let counts: UnsafeMutablePointer<UInt32>
  /// Bit r mod 8 of `presence[g · capacity + r / 8]`: whether any of the inputs 8g … 8g + 7 of row r is not zero.
  public let presence: UnsafeMutablePointer<UInt8>
  /// `scratchBytes`, aligned to 64.
  public let scratch: UnsafeMutablePointer<UInt8>
  /// The rows that the next pass will gather.
  public var upcoming = UpcomingRows()
  /// Blocks that there is room for.
  public let capacity: Int
  /// Inputs of the layer; the 1 of its bias, if it has one, is the last.
  public let inputs: Int

  /// Room for `rows` rows. `values` has `listValues` floats a list, `numbers` `listNumbers`, `counts` one.
  @inlinable public init(
    values: UnsafeMutablePointer<Float>, numbers: UnsafeMutablePointer<UInt32>, counts: UnsafeMutablePointer<UInt32>,
    presence: UnsafeMutablePointer<UInt8>, scratch: UnsafeMutablePointer<UInt8>, rows: Int, inputs: Int
  ) {
    self.values = values
    self.numbers = numbers
    self.counts = counts
    self.presence = presence
    self.scratch = scratch
    capacity = Self.blocks(rows)
    self.inputs = inputs
  }

  /// Lists in the blocks of `rows` rows: one a panel and block.
  @inlinable public static func lists(rows: Int, inputs: Int) -> Int { blocks(rows) * ((inputs + 127) / 128) }
  /// Floats from one list's values to the next's: eight for each input, and two lines, so that the blocks of one panel do not lie a multiple of 4,096
  /// bytes apart, where a cache has few places.
  @inlinable public static var listValues: Int { 128 * 8 + 32 }
  /// Room for numbers in a list.
  @inlinable public static var listNumbers: Int { 128 }
  @inlinable public static var scratchBytes: Int { 1024 }
  /// One for each block and eight inputs of whole panels; and eight, so that eight may be read from any.
  @inlinable public static func presenceBytes(rows: Int, inputs: Int) -> Int { lists(rows: rows, inputs: inputs) * 16 + 8 }

  @inlinable @inline(__always) public var panels: Int { (inputs + 127) / 128 }

  /// Blocks that `rows` rows take.
  @inlinable @inline(__always) public static func blocks(_ rows: Int) -> Int { (rows + 7) / 8 }

  /// One panel of one block.
  @inlinable @inline(__always) func list(block: Int, panel: Int) -> InputList {
    let index = block * panels + panel
    return InputList(values: values + index * Self.listValues, numbers: numbers + index * 128, count: Int(counts[index]))
  }

  /// Where the presence of block `block` in the eight inputs that `input` is one of lies.
  @inlinable @inline(__always) func presencePlace(input: Int, block: Int) -> UnsafeMutablePointer<UInt8> { presence + (input >> 3) * capacity + block }
}

/// Rows of a data set that will be gathered next. They are scattered over memory that no cache holds, so the first layer's products ask for them
/// between their own work, a few lines at a time: a core can wait for about ten lines at once, and more in one place would hold it up.
@frozen public struct UpcomingRows {
  @usableFromInline let source: UnsafeRawPointer?
  @usableFromInline let rows: UnsafePointer<UInt32>?
  @usableFromInline let count: Int
  @usableFromInline let rowBytes: Int
  @usableFromInline let panelBytes: Int

  /// None.
  @inlinable public init() { (source, rows, count, rowBytes, panelBytes) = (nil, nil, 0, 0, 0) }

  /// Rows rows[0 ..< count] of `source`, (any, width).
  @inlinable public init<Element>(_ source: UnsafePointer<Element>, width: Int, rows: UnsafePointer<UInt32>, count: Int) {
    self.source = UnsafeRawPointer(source)
    self.rows = rows
    self.count = count
    rowBytes = width * MemoryLayout<Element>.stride
    panelBytes = 128 * MemoryLayout<Element>.stride
  }

  /// Asks for one panel of four of the eight rows that block `block` will gather.
  @inlinable @inline(__always) func prefetch(block: Int, panel: Int, half: Int) {
    guard let source, let rows else { return }
    let first = block * 8 + half * 4
    let begin = panel * panelBytes
    let end = min(begin + panelBytes, rowBytes)
    var row = first
    while row < min(first + 4, count) {
      let line = source + Int(rows[row]) * rowBytes
      var offset = begin
      while offset < end {
        vector_prefetch(line + offset)
        offset += 64
      }
      row += 1
    }
  }
}

/// The list of one panel of one block.
@frozen @usableFromInline struct InputList {
  @usableFromInline let values: UnsafeMutablePointer<Float>
  @usableFromInline let numbers: UnsafeMutablePointer<UInt32>
  @usableFromInline var count: Int

  @inlinable @inline(__always) init(values: UnsafeMutablePointer<Float>, numbers: UnsafeMutablePointer<UInt32>, count: Int) {
    self.values = values
    self.numbers = numbers
    self.count = count
  }

  /// Where the eight values of input `number` lie.
  @inlinable @inline(__always) func place(_ number: Int) -> UnsafeMutablePointer<Float> { values + number * 8 }

  @inlinable @inline(__always) mutating func append(_ number: Int) {
    numbers[count] = UInt32(truncatingIfNeeded: number)
    count += 1
  }
}

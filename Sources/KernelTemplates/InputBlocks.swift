import CVectorMath

/// The inputs of a pass as the first layer's kernels stream them: blocks of eight rows, without the inputs that are zero in all eight.
///
/// Digits are mostly background: of MNIST's pixels 19 % carry ink, and 47 % of an image's places do in at least one of eight rows. A kernel that skips
/// the others adds the same numbers in the same order, so the sums are the same bits: zero times anything finite, added to a sum, leaves it, but for
/// the sign of a zero, which the optimizers do not see.
///
/// A block falls into panels of 128 inputs, as many as let a tile's width of the weights' rows stay in the first-level cache. A panel holds a list:
/// each entry is the number of an input in its panel, rising, and the input's eight values. Lists are filled up to whole groups of eight
/// with entries of zeros whose number is 128.
@frozen public struct InputBlocks {
  /// Entry e of panel p of block b: eight floats from `values + ((b · panels + p) · 128 + e) · 8` on.
  public let values: UnsafeMutablePointer<Float>
  /// Its number: `numbers[(b · panels + p) · 128 + e]`.
  public let numbers: UnsafeMutablePointer<UInt32>
  /// Entries of panel p of block b that are not filling: `counts[b · panels + p]`.
  public let counts: UnsafeMutablePointer<UInt32>
  /// `scratchBytes`, aligned to 64.
  public let scratch: UnsafeMutablePointer<UInt8>
  /// The rows that the next pass will gather.
  public var upcoming = UpcomingRows()
  /// Inputs of the layer; the 1 of its bias, if it has one, is the last.
  public let inputs: Int

  @inlinable public init(
    values: UnsafeMutablePointer<Float>, numbers: UnsafeMutablePointer<UInt32>, counts: UnsafeMutablePointer<UInt32>, scratch: UnsafeMutablePointer<UInt8>,
    inputs: Int
  ) {
    self.values = values
    self.numbers = numbers
    self.counts = counts
    self.scratch = scratch
    self.inputs = inputs
  }

  /// Lists in the blocks of `rows` rows: one a panel and block.
  @inlinable public static func lists(rows: Int, inputs: Int) -> Int { blocks(rows) * ((inputs + 127) / 128) }
  /// Room for floats in a list.
  @inlinable public static var listValues: Int { 128 * 8 }
  /// Room for numbers in a list.
  @inlinable public static var listNumbers: Int { 128 }
  @inlinable public static var scratchBytes: Int { 1024 }

  @inlinable @inline(__always) public var panels: Int { (inputs + 127) / 128 }

  /// Blocks that `rows` rows take.
  @inlinable @inline(__always) public static func blocks(_ rows: Int) -> Int { (rows + 7) / 8 }

  /// One panel of one block.
  @inlinable @inline(__always) func list(block: Int, panel: Int) -> InputList {
    let index = block * panels + panel
    return InputList(values: values + index * 1024, numbers: numbers + index * 128, count: Int(counts[index]))
  }
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

  @inlinable @inline(__always) mutating func append(_ number: Int, _ eight: SIMD8<Float>) {
    UnsafeMutableRawPointer(values + count * 8).storeBytes(of: eight, as: SIMD8<Float>.self)
    numbers[count] = UInt32(truncatingIfNeeded: number)
    count += 1
  }

  /// Two entries at once.
  @inlinable @inline(__always) mutating func append(_ one: Int, _ two: Int, _ sixteen: Vector) {
    (values + count * 8).vector = sixteen
    numbers[count] = UInt32(truncatingIfNeeded: one)
    numbers[count + 1] = UInt32(truncatingIfNeeded: two)
    count += 2
  }
}

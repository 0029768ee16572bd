import CVectorMath

/// Gathers the inputs of `runs` of rows rows[0 ..< count] into their lists, each byte divided by `scale`; behind a row's last input a 1, the input of
/// the bias, where out.inputs is width + 1. What the lists held is gone. `following` are the numbers of the rows that will be gathered next: of the first
/// of them `runs` are asked for from memory.
///
/// bytes is (any, width), unsigned 8-bit. The quotient is correctly rounded: the same as `Float(byte) / scale`.
@inlinable @inline(__always)
public func gatherBytesTemplate(
  _ bytes: UnsafePointer<UInt8>, width: Int, rows: UnsafePointer<UInt32>, count: Int, following: UnsafeBufferPointer<UInt32>,
  scale: Float, runs: Range<Int>, into out: InputRuns
) {
  let divisor = SIMD8<Float>(repeating: scale)
  let reciprocal = SIMD8<Float>(repeating: 1 / scale)
  gatherRuns(bytes, width, rows, count, following, runs, out) {
    vector_divide_bytes($0, divisor, reciprocal)
  } whole: { place, runs in
    // Nothing is read behind a row's end, which may be its page's end.
    var mask: UInt64 = 0
    var run = 0
    while run + 8 <= runs {
      mask |= UInt64(vector_nonzero_runs(place + run * 8)) << UInt64(truncatingIfNeeded: run)
      run += 8
    }
    guard run < runs else { return mask }
    // The last eight once more, some of which were looked at before.
    if runs >= 8 { return mask | UInt64(vector_nonzero_runs(place + (runs - 8) * 8)) << UInt64(truncatingIfNeeded: runs - 8) }
    for run in 0..<runs where UnsafeRawPointer(place + run * 8).loadUnaligned(as: UInt64.self) != 0 { mask |= 1 << UInt64(truncatingIfNeeded: run) }
    return mask
  } one: {
    Float($0[0]) / scale
  }
}

/// Gathers rows of floats, each divided by `scale`. Shapes as `gatherBytesTemplate`.
@inlinable @inline(__always)
public func gatherFloatsTemplate(
  _ floats: UnsafePointer<Float>, width: Int, rows: UnsafePointer<UInt32>, count: Int, following: UnsafeBufferPointer<UInt32>,
  scale: Float, runs: Range<Int>, into out: InputRuns
) {
  @inline(__always) func eight(_ place: UnsafePointer<Float>) -> SIMD8<Float> { UnsafeRawPointer(place).loadUnaligned(as: SIMD8<Float>.self) }
  gatherRuns(floats, width, rows, count, following, runs, out) {
    eight($0) / SIMD8<Float>(repeating: scale)
  } whole: { place, runs in
    var mask: UInt64 = 0
    for run in 0..<runs where any(eight(place + run * 8) .!= SIMD8<Float>()) { mask |= 1 << UInt64(truncatingIfNeeded: run) }
    return mask
  } one: {
    $0[0] / scale
  }
}

/// How many rows before its turn a row is asked for. Rows are scattered over memory that no cache holds, 0.1 µs away and more, and a digit is 13 lines, of
/// which a core can wait for about ten at once. Measured: 10 and 16 rows are the same.
@inlinable @inline(__always) public var rowsAhead: Int { 10 }

/// Row by row, the entries of `runs`; rows ahead, those of `following` too, are asked for. `whole` answers a bit for each of up to 64 whole runs from a place
/// on, set where one is not all zero; `values` gives a whole run's values, `one` an input's of the last, partial run, which has an entry in every row.
@inlinable @inline(__always)
func gatherRuns<Element>(
  _ source: UnsafePointer<Element>, _ width: Int, _ rows: UnsafePointer<UInt32>, _ count: Int, _ following: UnsafeBufferPointer<UInt32>,
  _ runs: Range<Int>, _ out: InputRuns,
  values: (UnsafePointer<Element>) -> SIMD8<Float>, whole: (_ place: UnsafePointer<Element>, _ runs: Int) -> UInt64,
  one: (UnsafePointer<Element>) -> Float
) {
  // Copies, which the compiler keeps in registers: for all it knows, the lists could lie where `out` does.
  let (counts, lists, rowsPlace) = (out.counts, out.lists, out.capacity * 8)
  let listStride = InputRuns.listStride(capacity: out.capacity)
  for run in runs { counts[run] = 0 }
  @inline(__always) func append(_ row: Int, _ run: Int, _ values: SIMD8<Float>) {
    let entry = Int(counts[run])
    let list = UnsafeMutableRawPointer(lists + run * listStride)
    list.storeBytes(of: values, toByteOffset: entry * 32, as: SIMD8<Float>.self)
    list.storeBytes(of: UInt32(truncatingIfNeeded: row), toByteOffset: (rowsPlace + entry) * 4, as: UInt32.self)
    counts[run] = UInt32(truncatingIfNeeded: entry + 1)
    // A list grows by half a line an entry, too slowly for the core to see where: asked for one line ahead, 128 rows take 21.6 instead of 22.3 µs, and in
    // a step, among the misses of the rows themselves, a tenth less time.
    prefetchLineNear(list + (entry * 32 + 64))
  }
  let wholeEnd = min(runs.upperBound, width / 8)
  let wanted = min(runs.lowerBound * 8, width) * MemoryLayout<Element>.stride..<min(runs.upperBound * 8, width) * MemoryLayout<Element>.stride
  // The first were asked for when the rows before them were gathered.
  var asked = min(rowsAhead, count)
  for row in 0..<count {
    let start = source + Int(rows[row]) * width
    while asked <= row + rowsAhead, asked < count + following.count {
      let ahead = UnsafeRawPointer(source + Int(asked < count ? rows[asked] : following[asked - count]) * width)
      var line = (ahead + wanted.lowerBound).alignedDown(toMultipleOf: 64)
      while line < ahead + wanted.upperBound {
        prefetchLine(line)
        line += 64
      }
      asked += 1
    }
    var first = runs.lowerBound
    while first < wholeEnd {
      var mask = whole(start + first * 8, min(64, wholeEnd - first))
      while mask != 0 {
        let run = first + mask.trailingZeroBitCount
        mask &= mask &- 1
        append(row, run, values(start + run * 8))
      }
      first += 64
    }
    if wholeEnd < runs.upperBound {
      var last = SIMD8<Float>()
      for input in wholeEnd * 8..<width { last[input & 7] = one(start + input) }
      if out.inputs > width { last[width & 7] = 1 }
      append(row, wholeEnd, last)
    }
  }
}

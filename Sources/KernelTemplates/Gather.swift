import CVectorMath

/// Gathers the inputs of `runs` of rows rows[0 ..< count] into their lists, each byte divided by `scale`; behind a row's last input a 1, the input of
/// the bias, where out.inputs is width + 1. What the lists held is gone.
///
/// bytes is (any, width), unsigned 8-bit. The quotient is correctly rounded: the same as `Float(byte) / scale`.
@inlinable @inline(__always)
public func gatherBytesTemplate(
  _ bytes: UnsafePointer<UInt8>, width: Int, rows: UnsafePointer<UInt32>, count: Int, scale: Float, runs: Range<Int>, into out: InputRuns
) {
  let divisor = SIMD8<Float>(repeating: scale)
  let reciprocal = SIMD8<Float>(repeating: 1 / scale)
  gatherRuns(width, count, runs, out) { row, run in
    vector_divide_bytes(bytes + (Int(rows[row]) * width + run * 8), divisor, reciprocal)
  } whole: { row, run, runs in
    // Nothing is read behind a row's end, which may be its page's end.
    let place = bytes + (Int(rows[row]) * width + run * 8)
    var mask: UInt64 = 0
    var bit = 0
    while bit + 8 <= runs {
      mask |= UInt64(vector_nonzero_runs(place + bit * 8)) << UInt64(truncatingIfNeeded: bit)
      bit += 8
    }
    while bit < runs {
      if UnsafeRawPointer(place + bit * 8).loadUnaligned(as: UInt64.self) != 0 { mask |= 1 << UInt64(truncatingIfNeeded: bit) }
      bit += 1
    }
    return mask
  } one: { row, input in
    Float(bytes[Int(rows[row]) * width + input]) / scale
  }
}

/// Gathers rows of floats, each divided by `scale`. Shapes as `gatherBytesTemplate`.
@inlinable @inline(__always)
public func gatherFloatsTemplate(
  _ floats: UnsafePointer<Float>, width: Int, rows: UnsafePointer<UInt32>, count: Int, scale: Float, runs: Range<Int>, into out: InputRuns
) {
  @inline(__always) func eight(_ row: Int, _ run: Int) -> SIMD8<Float> {
    UnsafeRawPointer(floats + (Int(rows[row]) * width + run * 8)).loadUnaligned(as: SIMD8<Float>.self)
  }
  gatherRuns(width, count, runs, out) { row, run in
    eight(row, run) / SIMD8<Float>(repeating: scale)
  } whole: { row, run, runs in
    var mask: UInt64 = 0
    for bit in 0..<runs where any(eight(row, run + bit) .!= SIMD8<Float>()) { mask |= 1 << UInt64(truncatingIfNeeded: bit) }
    return mask
  } one: { row, input in
    floats[Int(rows[row]) * width + input] / scale
  }
}

/// Row by row, the entries of `runs`. `whole` answers a bit for each of up to 64 whole runs from `run` on, set where one is not all zero; `values` gives
/// a whole run's values, `one` an input's of the last, partial run, which has an entry in every row.
@inlinable @inline(__always)
func gatherRuns(
  _ width: Int, _ count: Int, _ runs: Range<Int>, _ out: InputRuns, values: (_ row: Int, _ run: Int) -> SIMD8<Float>,
  whole: (_ row: Int, _ run: Int, _ runs: Int) -> UInt64, one: (_ row: Int, _ input: Int) -> Float
) {
  for run in runs { out.counts[run] = 0 }
  @inline(__always) func append(_ row: Int, _ run: Int, _ values: SIMD8<Float>) {
    let entry = Int(out.counts[run])
    UnsafeMutableRawPointer(out.values + (run * out.valueStride + entry * 8)).storeBytes(of: values, as: SIMD8<Float>.self)
    out.numbers[run * out.numberStride + entry] = UInt32(truncatingIfNeeded: row)
    out.counts[run] = UInt32(truncatingIfNeeded: entry + 1)
  }
  let wholeEnd = min(runs.upperBound, width / 8)
  for row in 0..<count {
    var first = runs.lowerBound
    while first < wholeEnd {
      var mask = whole(row, first, min(64, wholeEnd - first))
      while mask != 0 {
        let run = first + mask.trailingZeroBitCount
        mask &= mask &- 1
        append(row, run, values(row, run))
      }
      first += 64
    }
    if wholeEnd < runs.upperBound {
      var last = SIMD8<Float>()
      for input in wholeEnd * 8..<width { last[input & 7] = one(row, input) }
      if out.inputs > width { last[width & 7] = 1 }
      append(row, wholeEnd, last)
    }
  }
}

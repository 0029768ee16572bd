import CVectorMath

/// Gathers rows rows[0 ..< count] into blocks, each byte divided by `scale`; behind them a 1, the input of the bias, where out.inputs is
/// width + 1. Rows that a last block lacks are zeros.
///
/// bytes is (any, width), unsigned 8-bit. The quotient is correctly rounded: the same as `Float(byte) / scale`.
@inlinable @inline(__always)
public func gatherBytesTemplate(
  _ bytes: UnsafePointer<UInt8>, width: Int, rows: UnsafePointer<UInt32>, count: Int, scale: Float, into out: InputBlocks
) {
  let divisor = splat(scale)
  let reciprocal = splat(1 / scale)
  let columns = out.scratch + 512
  gatherBlocks(bytes, width, rows, count, out) { number, block, base, panelWidth, list in
    var offset = 0
    while offset < panelWidth {
      let start = base + offset
      let here = min(64, panelWidth - offset)
      var pixels = block
      if block.present < 8 || here < 64 {
        // What is not there, rows or columns, is zero; and nothing is read behind a row's end, which may be its page's end.
        let corner = out.scratch
        for i in 0..<512 { corner[i] = 0 }
        for r in 0..<block.present { (corner + r * 64).update(from: block[r] + start, count: here) }
        pixels = EightRowPointers(UnsafePointer(corner) - start, stride: 64)
      }
      let presence = transposeBytes(pixels, start, columns)
      for run in 0..<8 { out.presencePlace(input: start + 8 * run, block: number)[0] = UInt8(truncatingIfNeeded: presence.runs >> UInt64(8 * run)) }
      var runs = presence.runs
      for run in 0..<8 {
        if runs & 0xff != 0 {
          // Two columns in each sixteen bytes: see `vector_column_place`.
          for pair in 0..<4 {
            let place = list.place(offset + run * 8 + pair * 2)
            place.vector = vector_divide_bytes(columns + vector_column_place(run * 8 + pair * 2), divisor, reciprocal)
          }
        }
        runs >>= 8
      }
      var mask = presence.columns
      while mask != 0 {
        list.append(offset + mask.trailingZeroBitCount)
        mask &= mask &- 1
      }
      offset += 64
    }
  }
}

@inlinable @inline(__always)
func transposeBytes(_ r: EightRowPointers<UInt8>, _ start: Int, _ out: UnsafeMutablePointer<UInt8>) -> vector_presence {
  vector_transpose_bytes(r.r0 + start, r.r1 + start, r.r2 + start, r.r3 + start, r.r4 + start, r.r5 + start, r.r6 + start, r.r7 + start, out)
}

/// Gathers rows rows[0 ..< count] of floats into blocks, each divided by `scale`. Shapes as `gatherBytesTemplate`.
@inlinable @inline(__always)
public func gatherFloatsTemplate(_ floats: UnsafePointer<Float>, width: Int, rows: UnsafePointer<UInt32>, count: Int, scale: Float, into out: InputBlocks) {
  let divisor = SIMD8<Float>(repeating: scale)
  gatherBlocks(floats, width, rows, count, out) { number, block, base, panelWidth, list in
    for column in stride(from: base, to: base + panelWidth, by: 8) { out.presencePlace(input: column, block: number)[0] = 0 }
    for column in base..<base + panelWidth {
      var eight = SIMD8<Float>(
        block.r0[column], block.r1[column], block.r2[column], block.r3[column], block.r4[column], block.r5[column], block.r6[column], block.r7[column])
      eight.replace(with: 0, where: rowNumbers .>= Int32(truncatingIfNeeded: block.present))
      UnsafeMutableRawPointer(list.place(column - base)).storeBytes(of: eight / divisor, as: SIMD8<Float>.self)
      let isPresent = eight .!= SIMD8<Float>()
      guard any(isPresent) else { continue }
      list.append(column - base)
      for r in 0..<8 where isPresent[r] { out.presencePlace(input: column, block: number)[0] |= 1 << UInt8(truncatingIfNeeded: r) }
    }
  }
}

/// Where the rows of a block are. Rows that the block lacks point to its first, so that reading them is no harm.
@frozen @usableFromInline struct EightRowPointers<Element> {
  @usableFromInline let present: Int
  @usableFromInline let r0, r1, r2, r3, r4, r5, r6, r7: UnsafePointer<Element>

  @inlinable @inline(__always) init(_ present: Int, _ row: (Int) -> UnsafePointer<Element>) {
    @inline(__always) func existing(_ r: Int) -> UnsafePointer<Element> { row(r < present ? r : 0) }
    self.present = present
    (r0, r1, r2, r3) = (existing(0), existing(1), existing(2), existing(3))
    (r4, r5, r6, r7) = (existing(4), existing(5), existing(6), existing(7))
  }

  @inlinable @inline(__always) init(_ first: UnsafePointer<Element>, stride: Int) {
    self.init(8) { first + $0 * stride }
  }

  @inlinable @inline(__always) subscript(_ r: Int) -> UnsafePointer<Element> {
    switch r {
    case 0: r0
    case 1: r1
    case 2: r2
    case 3: r3
    case 4: r4
    case 5: r5
    case 6: r6
    default: r7
    }
  }
}

@inlinable @inline(__always) var rowNumbers: SIMD8<Int32> { SIMD8<Int32>(0, 1, 2, 3, 4, 5, 6, 7) }

/// Runs `body(number of the block, its rows, first input, inputs, list)` for each panel of each block, and adds the bias's ones.
@inlinable @inline(__always)
func gatherBlocks<Element>(
  _ source: UnsafePointer<Element>, _ width: Int, _ rows: UnsafePointer<UInt32>, _ count: Int, _ out: InputBlocks,
  _ body: (_ number: Int, _ block: EightRowPointers<Element>, _ base: Int, _ width: Int, inout InputList) -> Void
) {
  for block in 0..<InputBlocks.blocks(count) {
    let first = block * 8
    let pointers = EightRowPointers(min(8, count - first)) { source + Int(rows[first + $0]) * width }
    for panel in 0..<out.panels {
      let base = panel * 128
      var list = out.list(block: block, panel: panel)
      list.count = 0
      body(block, pointers, base, min(128, width - base), &list)
      if out.inputs > width, width / 128 == panel { appendBias(&list, out, width, block, pointers.present) }
      out.counts[block * out.panels + panel] = UInt32(truncatingIfNeeded: list.count)
    }
  }
}

/// The 1 of the bias, behind `width` inputs, in the `present` rows of block `block`.
@inlinable @inline(__always)
func appendBias(_ list: inout InputList, _ out: InputBlocks, _ width: Int, _ block: Int, _ present: Int) {
  let presence = out.presencePlace(input: width, block: block)
  let number = width & 127
  if width & 7 == 0 || presence[0] == 0 {
    // Nothing was written for the run of eight that it is in.
    presence[0] = 0
    for other in number & ~7..<number { UnsafeMutableRawPointer(list.place(other)).storeBytes(of: SIMD8<Float>(), as: SIMD8<Float>.self) }
  }
  let ones = SIMD8<Float>().replacing(with: 1, where: rowNumbers .< Int32(truncatingIfNeeded: present))
  UnsafeMutableRawPointer(list.place(number)).storeBytes(of: ones, as: SIMD8<Float>.self)
  presence[0] |= UInt8(truncatingIfNeeded: 0xff >> (8 - present))
  list.append(number)
}

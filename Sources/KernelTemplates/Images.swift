import CVectorMath

// Images are rows of inputs. Like the other preparations these write some columns of one, widened to whole vectors, so there must be room behind its end.

/// values[p] = the pixel of `image` at the place that pixel p comes from, between four pixels bilinearly, for each p of `columns`, not beyond `limits`.
///
/// image is (grid.height, grid.width); values and image are different memory. As Keras's `affine_transform` and `map_coordinates` of order 1.
@inlinable @inline(__always)
public func sampleImageTemplate(
  _ image: UnsafePointer<Float>, _ grid: ImageGrid, map: ImageMap, moves: ImageMoves?, fill: ImageFill, limits: (low: Float, high: Float), columns: Range<Int>,
  into values: UnsafeMutablePointer<Float>
) {
  switch fill {
  case .reflect: samplePixels(image, grid, map, moves, nil, limits, columns, values, ImageAxis.reflected)
  case .constant(let value): samplePixels(image, grid, map, moves, value, limits, columns, values, ImageAxis.nearest)
  case .nearest: samplePixels(image, grid, map, moves, nil, limits, columns, values, ImageAxis.nearest)
  case .wrap: samplePixels(image, grid, map, moves, nil, limits, columns, values, ImageAxis.wrapped)
  }
}

/// One direction of an image.
@frozen @usableFromInline struct ImageAxis {
  @usableFromInline let count: Float

  @inlinable @inline(__always) init(_ count: Int) { self.count = Float(count) }

  /// The nearest of the pixels; the first for what is no number, so that nothing is read beyond an image, whatever a map says.
  @inlinable @inline(__always) static func nearest(_ axis: ImageAxis, _ index: Vector) -> Vector {
    vector_min(vector_max(index, splat(0)), splat(axis.count - 1))
  }

  /// `index` modulo the number of pixels. A half more keeps the quotient of a multiple from falling below it.
  @inlinable @inline(__always) static func wrapped(_ axis: ImageAxis, _ index: Vector) -> Vector { nearest(axis, modulo(index, axis.count)) }

  /// Back and forth: 0, 1, …, n − 1, n − 1, …, 1, 0, 0, 1, ….
  @inlinable @inline(__always) static func reflected(_ axis: ImageAxis, _ index: Vector) -> Vector {
    let place = modulo(index, 2 * axis.count)
    return nearest(axis, vector_min(splat(2 * axis.count - 1) - place, place))
  }

  @inlinable @inline(__always) static func modulo(_ index: Vector, _ count: Float) -> Vector {
    multiplyAdd(vector_floor((index + splat(0.5)) * splat(1 / count)), splat(-count), index)
  }
}

/// `within` brings the number of a column or row into the image; `constant` is the value of those that were beyond it.
@inlinable @inline(__always)
func samplePixels(
  _ image: UnsafePointer<Float>, _ grid: ImageGrid, _ map: ImageMap, _ moves: ImageMoves?, _ constant: Float?, _ limits: (low: Float, high: Float),
  _ columns: Range<Int>, _ values: UnsafeMutablePointer<Float>, _ within: (ImageAxis, Vector) -> Vector
) {
  let (across, down) = (ImageAxis(grid.width), ImageAxis(grid.height))
  let pitch = splat(Float(grid.width))
  var column = columns.lowerBound & ~15
  while column < columns.upperBound {
    var (x, y) = ((grid.xs + column).vector, (grid.ys + column).vector)
    if let moves { (x, y) = (x + (moves.xs + column).vector, y + (moves.ys + column).vector) }
    let fromX = multiplyAdd(splat(map.a0), x, multiplyAdd(splat(map.a1), y, splat(map.a2)))
    let fromY = multiplyAdd(splat(map.b0), x, multiplyAdd(splat(map.b1), y, splat(map.b2)))
    let (left, top) = (vector_floor(fromX), vector_floor(fromY))
    let (right, bottom) = (left + splat(1), top + splat(1))
    let (x0, x1) = (within(across, left), within(across, right))
    let (y0, y1) = (within(down, top) * pitch, within(down, bottom) * pitch)
    var upper = (vector_gather(image, y0 + x0), vector_gather(image, y0 + x1))
    var lower = (vector_gather(image, y1 + x0), vector_gather(image, y1 + x1))
    if let constant {
      let value = splat(constant)
      upper.0 = vector_if_equal(x0, left, vector_if_equal(y0, top * pitch, upper.0, value), value)
      upper.1 = vector_if_equal(x1, right, vector_if_equal(y0, top * pitch, upper.1, value), value)
      lower.0 = vector_if_equal(x0, left, vector_if_equal(y1, bottom * pitch, lower.0, value), value)
      lower.1 = vector_if_equal(x1, right, vector_if_equal(y1, bottom * pitch, lower.1, value), value)
    }
    let partX = fromX - left
    let above = multiplyAdd(partX, upper.1 - upper.0, upper.0)
    let below = multiplyAdd(partX, lower.1 - lower.0, lower.0)
    let value = multiplyAdd(fromY - top, below - above, above)
    (values + column).vector = vector_min(splat(limits.high), vector_max(splat(limits.low), value))
    column += 16
  }
}

/// moves[y, x] = strength · Σ taps[i]·taps[j]·noise[y + i − radius, x + j − radius] for each y of `rows`: noise smoothed across and then down. Beyond the
/// image noise is 0.
///
/// noise is (height, pitch); behind the last of a row's `width` numbers, and before the first row, lie `radius` zeros at least. `across` has room for as much.
/// moves is (height, width) and room for a vector; taps are 2 · radius + 1.
@inlinable @inline(__always)
public func smoothNoiseTemplate(
  _ noise: UnsafePointer<Float>, _ grid: ImageGrid, pitch: Int, rows: Range<Int>, taps: UnsafePointer<Float>, radius: Int, strength: Float,
  across: UnsafeMutablePointer<Float>, into moves: UnsafeMutablePointer<Float>
) {
  for y in max(rows.lowerBound - radius, 0)..<min(rows.upperBound + radius, grid.height) {
    var x = 0
    while x < grid.width {
      let from = noise + (y * pitch + x - radius)
      var sum = splat(0)
      for tap in 0...2 * radius { sum = multiplyAdd(splat(taps[tap]), (from + tap).vector, sum) }
      (across + (y * pitch + x)).vector = sum
      x += 16
    }
  }
  for y in rows {
    var x = 0
    while x < grid.width {
      var sum = splat(0)
      for row in max(y - radius, 0)...min(y + radius, grid.height - 1) {
        sum = multiplyAdd(splat(taps[row - y + radius]), (across + (row * pitch + x)).vector, sum)
      }
      // What stands behind the row's end is written again with the next row.
      (moves + (y * grid.width + x)).vector = sum * splat(strength)
      x += 16
    }
  }
}

/// In place: `value` in the box.
@inlinable @inline(__always)
public func eraseInputsTemplate(_ values: UnsafeMutablePointer<Float>, _ grid: ImageGrid, _ box: ImageBox, value: Float, columns: Range<Int>) {
  var column = columns.lowerBound & ~15
  while column < columns.upperBound {
    let place = values + column
    place.vector = erased(place.vector, splat(value), grid, box, column)
    column += 16
  }
}

/// In place, for the row of this number in the batch: in the box deviation · a standard normal number, not beyond `limits`.
@inlinable @inline(__always)
public func eraseInputsWithNoiseTemplate(
  _ values: UnsafeMutablePointer<Float>, _ grid: ImageGrid, _ box: ImageBox, deviation: Float, limits: (low: Float, high: Float), key: UInt64, row: Int,
  columns: Range<Int>
) {
  @inline(__always) func noise(_ uniform: Vector) -> Vector {
    vector_min(splat(limits.high), vector_max(splat(limits.low), standardNormal(uniform) * splat(deviation)))
  }
  var column = columns.lowerBound & ~31
  while column < columns.upperBound {
    let place = values + column
    let uniform = uniformNumbers(key, row: row, column: column)
    place.vector = erased(place.vector, noise(uniform.first), grid, box, column)
    (place + 16).vector = erased((place + 16).vector, noise(uniform.second), grid, box, column + 16)
    column += 32
  }
}

@inlinable @inline(__always)
func erased(_ value: Vector, _ other: Vector, _ grid: ImageGrid, _ box: ImageBox, _ column: Int) -> Vector {
  let (x, y) = ((grid.xs + column).vector, (grid.ys + column).vector)
  let inRows = vector_if_less(y, splat(box.y0), value, vector_if_less(y, splat(box.y1), other, value))
  return vector_if_less(x, splat(box.x0), value, vector_if_less(x, splat(box.x1), inRows, value))
}

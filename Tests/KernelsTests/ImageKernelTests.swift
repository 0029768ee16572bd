import KernelTemplates
import Kernels
import TestSupport
import Testing

/// The promise: a pixel is the same whatever part of an image is asked for, and no map makes a kernel read beyond the image. What pixels are is held against
/// Keras in `TrainingTests/AugmentationTests`.
@Suite struct ImageKernelTests {
  private static let height = 13
  private static let width = 21
  private static let count = height * width
  private static let fills: [ImageFill] = [.reflect, .constant(0.5), .nearest, .wrap]
  private static let unlimited = (low: -Float.greatestFiniteMagnitude, high: Float.greatestFiniteMagnitude)

  /// Some columns of the image that `map` makes, and what was behind the last of them.
  private static func sampled(
    _ set: InstructionSet, _ image: [Float], _ map: ImageMap, _ moves: [[Float]]?, _ fill: ImageFill, _ columns: Range<Int>
  ) -> (pixels: [Float], behind: [Float]) {
    var values = [Float](repeating: 7, count: count + 48)
    withGrid { grid in
      image.withUnsafeBufferPointer { image in
        (moves?[0] ?? []).withUnsafeBufferPointer { xs in
          (moves?[1] ?? []).withUnsafeBufferPointer { ys in
            set.kernels.sampleImage(
              image.baseAddress!, grid, map: map, moves: moves.map { _ in ImageMoves(xs: xs.baseAddress!, ys: ys.baseAddress!) }, fill: fill, limits: unlimited,
              columns: columns, into: &values)
          }
        }
      }
    }
    return (Array(values[columns]), Array(values[((columns.upperBound + 15) & ~15)...]))
  }

  private static func withGrid(_ body: (ImageGrid) -> Void) {
    let padding = [Float](repeating: 0, count: 32)
    let xs = (0..<count).map { Float($0 % width) } + padding
    let ys = (0..<count).map { Float($0 / width) } + padding
    xs.withUnsafeBufferPointer { xs in
      ys.withUnsafeBufferPointer { ys in body(ImageGrid(height: height, width: width, xs: xs.baseAddress!, ys: ys.baseAddress!)) }
    }
  }

  @Test(arguments: instructionSets) func anyColumns(_ set: InstructionSet) {
    let image = seededFloats(Self.count, seed: 1)
    let moves = [seededFloats(Self.count + 32, seed: 2, in: -3...3), seededFloats(Self.count + 32, seed: 3, in: -3...3)]
    let map = ImageMap(a0: 0.8, a1: -0.7, a2: 9, b0: 0.6, b1: 0.9, b2: -7)
    for fill in Self.fills {
      for moves in [nil, moves] {
        let whole = Self.sampled(set, image, map, moves, fill, 0..<Self.count).pixels
        for columns in [0..<8, 8..<24, 5..<6, 17..<18, 40..<Self.count, 256..<Self.count, 272..<Self.count] {
          let part = Self.sampled(set, image, map, moves, fill, columns)
          #expect(part.pixels == Array(whole[columns]), "\(fill), columns \(columns)")
          #expect(part.behind.allSatisfy { $0 == 7 })
        }
      }
    }
  }

  /// Nothing but the image's own pixels and the fill, however far the map goes. The address sanitizer watches, too.
  @Test(arguments: instructionSets) func farAway(_ set: InstructionSet) {
    let image = [Float](repeating: 0.25, count: Self.count)
    for far: Float in [1e3, -1e3, 1e6, -1e6, 3e9, -3e9, 1e30, -1e30, .infinity, .nan] {
      for map in [ImageMap(a0: 1, a1: 0, a2: far, b0: 0, b1: 1, b2: 0), ImageMap(a0: far, a1: 1, a2: 0, b0: 1, b1: far, b2: -far)] {
        for fill in Self.fills {
          let pixels = Self.sampled(set, image, map, nil, fill, 0..<Self.count).pixels
          guard abs(far) <= 1e6 else { continue }
          let highest: Float = if case .constant(let value) = fill { value } else { 0.25 }
          #expect(pixels.allSatisfy { 0.249_999...highest + 1e-6 ~= $0 }, "\(fill) at \(far)")
        }
      }
    }
  }

  /// Whole pixels come as they are, from both sides of the edges, in Keras's words for the fills.
  @Test(arguments: instructionSets) func edges(_ set: InstructionSet) {
    let image = (0..<Self.count).map { Float($0 % Self.width) }
    let last = Self.width - 1
    func row(_ fill: ImageFill, _ shift: Int) -> [Int] {
      let map = ImageMap(a0: 1, a1: 0, a2: Float(shift), b0: 0, b1: 1, b2: 0)
      return Self.sampled(set, image, map, nil, fill, 0..<Self.count).pixels.prefix(Self.width).map { Int($0) }
    }
    for shift in stride(from: -100, through: 100, by: 7) {
      let places = (0..<Self.width).map { $0 + shift }
      func modulo(_ place: Int, _ count: Int) -> Int { (place % count + count) % count }
      #expect(row(.nearest, shift) == places.map { min(max($0, 0), last) })
      #expect(row(.constant(40), shift) == places.map { 0...last ~= $0 ? $0 : 40 })
      #expect(row(.wrap, shift) == places.map { modulo($0, Self.width) })
      #expect(row(.reflect, shift) == places.map { min(modulo($0, 2 * Self.width), 2 * Self.width - 1 - modulo($0, 2 * Self.width)) })
    }
  }

  @Test(arguments: instructionSets) func boxes(_ set: InstructionSet) {
    let image = seededFloats(Self.count, seed: 4)
    let box = ImageBox(x0: 3, x1: 9.5, y0: 2.25, y1: 7)
    let isInside = (0..<Self.count).map { 3...9 ~= $0 % Self.width && 3...6 ~= $0 / Self.width }
    func erased(_ columns: Range<Int>, _ erase: (ImageGrid, UnsafeMutablePointer<Float>) -> Void) -> [Float] {
      var values = image + [Float](repeating: 0, count: 64)
      Self.withGrid { grid in values.withUnsafeMutableBufferPointer { erase(grid, $0.baseAddress!) } }
      return Array(values[columns])
    }
    for columns in [0..<Self.count, 72..<104, 8..<16] {
      let constant = erased(columns) { set.kernels.eraseInputs($1, $0, box, value: 0.5, columns: columns) }
      #expect(constant == columns.map { isInside[$0] ? 0.5 : image[$0] })
      let noise = erased(columns) {
        set.kernels.eraseInputsWithNoise($1, $0, box, deviation: 3, limits: (-1, 2), key: 42, row: 6, columns: columns)
      }
      // As the noise of a row of zeros.
      var drawn = [Float](repeating: 0, count: Self.count + 64)
      drawn.withUnsafeMutableBufferPointer { set.kernels.addNoiseToInputs($0.baseAddress!, deviation: 3, key: 42, row: 6, columns: 0..<Self.count) }
      #expect(noise == columns.map { isInside[$0] ? min(max(drawn[$0], -1), 2) : image[$0] })
    }
  }
}

import Datasets
import Failures
import Foundation
import TestSupport
import Testing

/// The promise: an image of a digit, of any size, becomes what MNIST's makers made of theirs.
@Suite struct DigitFrameTests {
  /// A grey image as `PNGImage` reads it.
  private func image(_ width: Int, _ height: Int, _ pixel: (_ row: Int, _ column: Int) -> UInt8) throws -> PNGImage {
    let pixels = (0..<height).flatMap { row in (0..<width).map { pixel(row, $0) } }
    return try withTemporaryFolder { try PNGImage(try put(png(width: width, height: height, pixels), "a.png", in: $0)) }
  }

  /// A rectangle of ink on paper.
  private func rectangle(_ width: Int, _ height: Int, left: Int, top: Int, right: Int, bottom: Int, ink: UInt8 = 255, paper: UInt8 = 0) throws -> PNGImage {
    try image(width, height) { top..<bottom ~= $0 && left..<right ~= $1 ? ink : paper }
  }

  @Test(arguments: [(100, 100), (40, 90), (28, 28), (10, 10), (200, 30)])
  func aRectangleIsScaledToTheBoxAndCentred(_ width: Int, _ height: Int) throws {
    // Twice as high as wide, in a corner.
    let high = min(height - 2, 2 * (width - 2)) / 2 * 2
    let frame = try #require(DigitFrame(side: 28).frame(try rectangle(width, height, left: 1, top: 1, right: 1 + high / 2, bottom: 1 + high)))
    let expected = (0..<28).flatMap { row in (0..<28).map { 5..<25 ~= row && 10..<20 ~= $0 ? UInt8(255) : 0 } }
    #expect(frame == expected)
  }

  @Test func darkOnBrightIsBrightOnDark() throws {
    let (dark, bright) = (
      try rectangle(50, 50, left: 10, top: 5, right: 20, bottom: 45, ink: 0, paper: 255), try rectangle(50, 50, left: 10, top: 5, right: 20, bottom: 45)
    )
    let frame = try #require(DigitFrame(side: 28).frame(dark))
    #expect(frame == DigitFrame(side: 28).frame(bright) && frame.contains(255))
    // On paper of any brightness, such as red.
    for paper in [UInt8(1), 76, 128, 200, 254] {
      for ink in [UInt8(0), 255] where max(ink, paper) - min(ink, paper) >= 127 {
        let toned = try rectangle(50, 50, left: 10, top: 5, right: 20, bottom: 45, ink: ink, paper: paper)
        #expect(DigitFrame(side: 28).frame(toned) == frame, "\(ink) on \(paper)")
      }
    }
  }

  /// Ink that leans to a side is moved so that its centre of mass, not its middle, is the square's.
  @Test func theCentreOfMassIsTheMiddle() throws {
    let lean = try image(60, 60) { row, column in 10..<50 ~= row && (10..<18 ~= column || row < 18 && column < 50 && column >= 10) ? 255 : 0 }
    let frame = try #require(DigitFrame(side: 28).frame(lean))
    var (mass, x, y) = (0.0, 0.0, 0.0)
    for (index, value) in frame.enumerated() {
      mass += Double(value)
      x += Double(value) * Double(index % 28)
      y += Double(value) * Double(index / 28)
    }
    #expect(abs(x / mass - 14) <= 0.5 && abs(y / mass - 14) <= 0.5)
  }

  @Test func halfAPixelIsHalfAsBright() throws {
    // 30 columns become 20: each new one covers one and a half old ones, of which every second is ink.
    let stripes = try image(32, 32) { row, column in 1..<31 ~= row && 1..<31 ~= column && (column % 2 == 1 || column == 30) ? 240 : 0 }
    let frame = try #require(DigitFrame(side: 28).frame(stripes))
    #expect(Set(frame).isSubset(of: [0, 80, 160, 240]) && Set(frame).count > 2)
  }

  @Test(arguments: [UInt8(0), 255, 77]) func noInk(_ colour: UInt8) throws {
    let frame = DigitFrame(side: 28).frame(try rectangle(9, 9, left: 0, top: 0, right: 9, bottom: 9, ink: colour, paper: colour))
    #expect(frame == nil)
  }

  /// Ink on nothing is seen whatever its colour is, in every way that a PNG has of leaving paper out.
  @Test(arguments: [UInt8(0), 100, 200, 255]) func inkOnNothing(_ ink: UInt8) throws {
    // Half transparent at its borders, as drawing programs make it.
    let covers = (0..<900).map { pixel -> UInt8 in
      let (row, column) = (pixel / 30, pixel % 30)
      return 6..<24 ~= row && 11..<17 ~= column ? (row < 8 ? 128 : 255) : 0
    }
    let indices = covers.map { cover -> UInt8 in cover == 0 ? 1 : cover == 255 ? 0 : 2 }
    let palette: [(name: String, data: [UInt8])] = [("PLTE", [ink, ink, ink, 9, 90, 9, ink, ink, ink]), ("tRNS", [255, 0, 128])]
    let grays: [UInt8] = covers.flatMap { cover -> [UInt8] in [cover == 0 ? 77 : ink, cover] }
    let colours: [UInt8] = covers.flatMap { cover -> [UInt8] in [ink, ink, ink, cover] }
    let words: [UInt8] = covers.flatMap { cover -> [UInt8] in [ink, ink, cover, cover] }
    let files = [
      png(width: 30, height: 30, colour: 4, grays), png(width: 30, height: 30, colour: 6, colours),
      png(width: 30, height: 30, colour: 3, chunks: palette, indices), png(width: 30, height: 30, depth: 16, colour: 4, words),
    ]
    let isDark = ink < 128
    let paper = isDark ? 255 : 0
    let shown = covers.map { cover -> UInt8 in
      let sum: Int = Int(ink) * Int(cover) + paper * (255 - Int(cover))
      return UInt8((sum + 127) / 255)
    }
    for (number, file) in files.enumerated() {
      let image = try PNGImage(bytes: file, place: "file \(number)")
      #expect(image.pixels == shown, "file \(number)")
      let frame = try image.fitted(inputs: 784, place: "file \(number)")
      #expect(frame[14 * 28 + 14] == (isDark ? 255 - ink : ink) && frame[0] == 0 && frame[14 * 28 + 6] == 0, "file \(number)")
    }
    // As long as something is there at all.
    let nothing = try PNGImage(bytes: png(width: 9, height: 9, colour: 4, [UInt8](repeating: 0, count: 162)), place: "nothing")
    let failure = #expect(throws: Failure.self) { try nothing.fitted(inputs: 784, place: "nothing") }
    #expect(failure?.description == "nothing: is of one colour; expected a digit")
  }

  /// The real digits are in their frames already, and stay there; but for a column so faint that it is taken for paper, a hundredth of the ink at most.
  @Test func mnistIsAsItWas() throws {
    let store = try Dataset.bundledDigits().store
    for row in stride(from: 0, to: store.count, by: 100) {
      let pixels = store.row(row).map { UInt8($0) }
      let frame = try #require(DigitFrame(side: 28).frame(try image(28, 28) { pixels[$0 * 28 + $1] }))
      let (lost, ink) = zip(frame, pixels).reduce((0, 0)) { ($0.0 + abs(Int($1.0) - Int($1.1)), $0.1 + Int($1.1)) }
      #expect(100 * lost <= ink, "row \(row)")
    }
  }
}

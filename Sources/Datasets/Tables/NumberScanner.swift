import Glibc

/// Decimal numbers in text: an optional sign, digits with or without a point, an optional exponent; or `nan`, `inf` and `infinity` in any case.
enum NumberScanner {
  /// The number that the text from `start` on begins with, to the last bit what `strtof` makes of it, and where it ends; nil where no number begins.
  @inline(__always)
  static func scan(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> (value: Float, next: UnsafePointer<UInt8>)? {
    var next = start
    var isNegative = false
    if next < end, next.pointee == UInt8(ascii: "-") || next.pointee == UInt8(ascii: "+") {
      isNegative = next.pointee == UInt8(ascii: "-")
      next += 1
    }
    var (mantissa, digits, exponent) = (UInt64(0), 0, 0)
    func takeDigits(_ shift: Int) {
      while next < end, case let digit = next.pointee &- UInt8(ascii: "0"), digit < 10 {
        mantissa = mantissa &* 10 &+ UInt64(digit)
        digits += 1
        exponent += shift
        next += 1
      }
    }
    takeDigits(0)
    if next < end, next.pointee == UInt8(ascii: "."), digits > 0 || (next + 1 < end && isDigit(next[1])) {
      next += 1
      takeDigits(-1)
    }
    guard digits > 0 else { return word(start, next, end, isNegative) }
    if next < end, next.pointee | 0x20 == UInt8(ascii: "e") { exponent += takeExponent(&next, end) }
    // 2²⁴ and 10¹⁰ are floats, so that one product or quotient of such is rounded once. 19 digits fit 64 bits.
    if digits <= 19, mantissa <= 1 << 24, -10...10 ~= exponent {
      let value = exponent < 0 ? Float(mantissa) / powers[-exponent] : Float(mantissa) * powers[exponent]
      return (isNegative ? -value : value, next)
    }
    return (slow(start, next), next)
  }

  private static let powers: InlineArray<11, Float> = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10]

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

  /// The exponent that begins at `next`, which moves behind it; 0, and `next` stays, where an `e` is no exponent. Beyond ±9999 it stays there: that is 0 or infinity.
  private static func takeExponent(_ next: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Int {
    var place = next + 1
    var isNegative = false
    if place < end, place.pointee == UInt8(ascii: "-") || place.pointee == UInt8(ascii: "+") {
      isNegative = place.pointee == UInt8(ascii: "-")
      place += 1
    }
    guard place < end, isDigit(place.pointee) else { return 0 }
    var exponent = 0
    while place < end, isDigit(place.pointee) {
      exponent = min(9999, exponent * 10 + Int(place.pointee - UInt8(ascii: "0")))
      place += 1
    }
    next = place
    return isNegative ? -exponent : exponent
  }

  private static func word(
    _ start: UnsafePointer<UInt8>, _ next: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ isNegative: Bool
  ) -> (value: Float, next: UnsafePointer<UInt8>)? {
    for (word, value) in [("nan", Float.nan), ("infinity", .infinity), ("inf", .infinity)] {
      let letters = word.utf8
      guard end - next >= letters.count, zip(letters, 0...).allSatisfy({ next[$1] | 0x20 == $0 }) else { continue }
      return (isNegative ? -value : value, next + letters.count)
    }
    return nil
  }

  /// What the C library makes of the text, which is a number in any locale but for the point; the program never leaves the "C" locale.
  private static func slow(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Float {
    let count = end - start
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: count + 1) { text in
      for index in 0..<count { text[index] = CChar(bitPattern: start[index]) }
      text[count] = 0
      return strtof(text.baseAddress!, nil)
    }
  }
}

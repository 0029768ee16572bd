/// Functions of Doubles that are the same bits on every machine, which the C library does not promise of its own: additions, multiplications and divisions in a
/// fixed order. Good to some 1e-15 of their value.
package enum ExactFunctions {
  /// base^exponent for whole exponents from 0 on, by squaring.
  static func power(_ base: Double, _ exponent: Int) -> Double {
    var result = 1.0
    var square = base
    var rest = exponent
    while rest > 0 {
      if rest & 1 == 1 { result *= square }
      square *= square
      rest >>= 1
    }
    return result
  }

  /// base^exponent for bases from 0 and exponents from 0 on.
  static func power(_ base: Double, _ exponent: Double) -> Double {
    let whole = exponent.rounded(.down)
    let part = exponent - whole
    if part == 0 { return power(base, Int(whole)) }
    return base > 0 ? power(base, Int(whole)) * exponential(part * logarithm(base)) : 0
  }

  /// e^x, by Taylor's series on |x| ≤ ½ ln 2.
  package static func exponential(_ x: Double) -> Double {
    let n = (x * 1.442_695_040_888_963_4).rounded()
    let r = (x - n * 0.693_147_180_369_123_8) - n * 1.908_214_929_270_587_7e-10
    var sum = 1.0
    for k in stride(from: 16.0, through: 1, by: -1) { sum = 1 + r / k * sum }
    return sum * Double(sign: .plus, exponent: Int(max(-1022, min(1023, n))), significand: 1)
  }

  /// ln x for positive normal x: 2·artanh((m − 1) / (m + 1)) for the mantissa m near 1.
  package static func logarithm(_ x: Double) -> Double {
    var (exponent, mantissa) = (Double(x.exponent), x.significand)
    if mantissa > 1.414_213_562_373_095_1 {
      mantissa /= 2
      exponent += 1
    }
    let s = (mantissa - 1) / (mantissa + 1)
    var sum = 0.0
    for k in stride(from: 25.0, through: 1, by: -2) { sum = 1 / k + s * s * sum }
    return exponent * 0.693_147_180_559_945_3 + 2 * s * sum
  }

  /// cos(πx) for 0 ≤ x ≤ 1, by Taylor's series on 0 ≤ x ≤ ½.
  static func cosine(halfTurns x: Double) -> Double {
    if x > 0.5 { return -cosine(halfTurns: 1 - x) }
    let square = (Double.pi * x) * (Double.pi * x)
    var sum = 1.0
    for k in stride(from: 22.0, through: 2, by: -2) { sum = 1 - square / (k * (k - 1)) * sum }
    return sum
  }

  /// cos(2πx) for −1 ≤ x ≤ 1.
  package static func cosine(turns x: Double) -> Double {
    let part = abs(x)
    return cosine(halfTurns: 2 * min(part, 1 - part))
  }

  /// sin(2πx) for −1 ≤ x ≤ 1: the cosine a quarter of a turn before.
  package static func sine(turns x: Double) -> Double {
    let before = x - 0.25
    return cosine(turns: before < -1 ? before + 1 : before)
  }
}

import CVectorMath

// Own exp, log, sigmoid and tanh: libm's differ from machine to machine, and these are the same multiply-adds on every CPU level.
// Coefficients: Cephes mathematical library (Stephen L. Moshier, netlib.org/cephes), `expf`, `logf`, `tanhf`, public domain.

/// e^x to 2 ULP for −87.33 ≤ x ≤ 88.37; beyond that the value at the border. NaN stays NaN.
@inlinable @inline(__always)
func exponential(_ argument: Vector) -> Vector {
  let (p, n) = reducedExponential(vector_max(splat(-87.33), vector_min(splat(88.37), argument)))
  return vector_scale_by_power(p + splat(1), n)
}

/// e^x − 1 to 3 ULP for x ≤ 88.37, near zero too. NaN stays NaN.
@inlinable @inline(__always)
func exponentialLessOne(_ argument: Vector) -> Vector {
  let (p, n) = reducedExponential(vector_max(splat(-87.33), vector_min(splat(88.37), argument)))
  let power = vector_scale_by_power(splat(1), n)
  return multiplyAdd(power, p, power - splat(1))
}

/// Of x within the borders above: n and p with e^x = 2^n · (1 + p), |p| ≤ √2 − 1.
@inlinable @inline(__always)
func reducedExponential(_ x: Vector) -> (p: Vector, n: Vector) {
  let n = vector_round(x * splat(1.442_695_04))
  // x − n·ln 2 in two steps: the first product is exact.
  var r = multiplyAdd(n, splat(-0.693_359_375), x)
  r = multiplyAdd(n, splat(2.121_944_4e-4), r)
  var p = splat(1.987_569_15e-4)
  p = multiplyAdd(p, r, splat(1.398_199_95e-3))
  p = multiplyAdd(p, r, splat(8.333_451_9e-3))
  p = multiplyAdd(p, r, splat(4.166_579_6e-2))
  p = multiplyAdd(p, r, splat(1.666_666_55e-1))
  p = multiplyAdd(p, r, splat(5.000_000_1e-1))
  return (multiplyAdd(p, r * r, r), n)
}

/// ln x to 2 ULP for positive normal x. NaN stays NaN; anything else is undefined.
@inlinable @inline(__always)
func logarithm(_ x: Vector) -> Vector {
  let e = vector_exponent(x)
  let r = vector_mantissa(x) - splat(1)
  let square = r * r
  var p = splat(7.037_683_6e-2)
  p = multiplyAdd(p, r, splat(-1.151_461_03e-1))
  p = multiplyAdd(p, r, splat(1.167_699_87e-1))
  p = multiplyAdd(p, r, splat(-1.242_014_08e-1))
  p = multiplyAdd(p, r, splat(1.424_932_28e-1))
  p = multiplyAdd(p, r, splat(-1.666_805_77e-1))
  p = multiplyAdd(p, r, splat(2.000_071_48e-1))
  p = multiplyAdd(p, r, splat(-2.499_999_4e-1))
  p = multiplyAdd(p, r, splat(3.333_333_12e-1))
  var y = p * r * square
  y = multiplyAdd(e, splat(-2.121_944_4e-4), y)
  y = multiplyAdd(square, splat(-0.5), y)
  // A NaN's bits make a finite mantissa; adding x·0 brings the NaN back.
  return multiplyAdd(e, splat(0.693_359_375), r + y) + x * splat(0)
}

/// ln(1 + u) for 0 ≤ u ≤ 1, also for tiny u: what 1 + u rounds away is put back (Kahan).
@inlinable @inline(__always)
func logarithmOfOnePlus(_ u: Vector) -> Vector {
  let w = splat(1) + u
  return logarithm(w) + (u - (w - splat(1))) / w
}

/// 1 / (1 + e^−x).
@inlinable @inline(__always)
func logistic(_ x: Vector) -> Vector {
  splat(1) / (splat(1) + exponential(splat(0) - x))
}

/// ln(1 + e^x).
@inlinable @inline(__always)
func softplus(_ x: Vector) -> Vector {
  vector_max(splat(0), x) + logarithmOfOnePlus(exponential(splat(0) - vector_absolute(x)))
}

/// (2/√π)·∫₀ˣ e^(−t²) dt to 4 ULP: x·P(x²) up to 1, and 1 − e^(−Q(x)) beyond. Coefficients: minimax fits of our own, to 1.2e-9 of the value.
@inlinable @inline(__always)
func errorFunction(_ x: Vector) -> Vector {
  let square = x * x
  var near = splat(7.889_123e-5)
  near = multiplyAdd(near, square, splat(-8.020_842e-4))
  near = multiplyAdd(near, square, splat(5.189_535_4e-3))
  near = multiplyAdd(near, square, splat(-2.685_444_5e-2))
  near = multiplyAdd(near, square, splat(1.128_360_02e-1))
  near = multiplyAdd(near, square, splat(-3.761_262_7e-1))
  near = multiplyAdd(near, square, splat(1.128_379_166))
  // Beyond 4 the function is 1 to the last bit; where x is NaN, `near` is.
  let size = vector_min(splat(4), vector_absolute(x))
  var far = splat(-1.863_792_6e-4)
  far = multiplyAdd(far, size, splat(2.947_658_9e-3))
  far = multiplyAdd(far, size, splat(-2.183_806_64e-2))
  far = multiplyAdd(far, size, splat(1.031_067_594e-1))
  far = multiplyAdd(far, size, splat(6.381_448_27e-1))
  far = multiplyAdd(far, size, splat(1.127_089_193))
  far = multiplyAdd(far, size, splat(3.415_222_9e-4))
  return vector_if_less(splat(1), size, vector_copy_sign(splat(0) - exponentialLessOne(splat(0) - far), x), near * x)
}

/// (e^x − e^−x) / (e^x + e^−x): a polynomial near zero, where the quotient would cancel.
@inlinable @inline(__always)
func hyperbolicTangent(_ x: Vector) -> Vector {
  let size = vector_absolute(x)
  let square = x * x
  var p = splat(-5.704_988_7e-3)
  p = multiplyAdd(p, square, splat(2.063_908_9e-2))
  p = multiplyAdd(p, square, splat(-5.373_971_5e-2))
  p = multiplyAdd(p, square, splat(1.333_144_2e-1))
  p = multiplyAdd(p, square, splat(-3.333_328_2e-1))
  let near = multiplyAdd(p * square, x, x)
  let decay = exponential(size * splat(-2))
  let far = vector_copy_sign((splat(1) - decay) / (splat(1) + decay), x)
  return vector_if_less(size, splat(0.625), near, far)
}

/// −1, 0 or 1; NaN stays NaN.
@inlinable @inline(__always)
func signum(_ x: Vector) -> Vector { vector_if_equal(x, splat(0), x, vector_if_equal(x, x, vector_copy_sign(splat(1), x), x)) }

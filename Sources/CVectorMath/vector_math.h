// The vector operations that Swift's SIMD types scalarise or lack, as header-only functions over clang's vector types.
// `vector_float16` is imported as SIMD16<Float>; each importing module compiles these for its own CPU level (-Xcc -march), where one call is one
// instruction (AVX-512), two (AVX2) or four (SSE).
//
// Comparisons are written as `a < b ? a : b`, which is exactly x86's min/max instruction: when either value is NaN, the second operand results.
// The callers choose the order so that a NaN in the data passes through and is seen, never masked.
#pragma once
#include <stdint.h>

typedef float vector_float16 __attribute__((ext_vector_type(16)));
typedef float vector_float8 __attribute__((ext_vector_type(8)));
typedef float vector_float4 __attribute__((ext_vector_type(4)));
typedef int32_t vector_int16 __attribute__((ext_vector_type(16)));
typedef uint8_t vector_byte16 __attribute__((ext_vector_type(16)));

// Every function is inlined, so the calling convention for wide vectors, which differs between CPU levels, never comes into play.
#pragma clang diagnostic ignored "-Wpsabi"

#define VECTOR_FUNCTION static inline __attribute__((always_inline))

/// x * y + z, rounded once where the CPU level has fused multiply-add; in two roundings on the portable path, which must not call `fmaf`.
VECTOR_FUNCTION vector_float16 vector_multiply_add(vector_float16 x, vector_float16 y, vector_float16 z) {
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
    return __builtin_elementwise_fma(x, y, z);
#else
#pragma clang fp contract(off)
    return x * y + z;
#endif
}

/// x / divisor, correctly rounded, given reciprocal = 1 / divisor rounded: a division takes 16 cycles where these three multiply-adds take 1.5.
/// Source: Markstein, "Computation of elementary functions on the IBM RISC System/6000 processor" (1990), theorem on quotients.
VECTOR_FUNCTION vector_float16 vector_divide(vector_float16 x, vector_float16 divisor, vector_float16 reciprocal) {
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
    vector_float16 quotient = x * reciprocal;
    vector_float16 remainder = __builtin_elementwise_fma(-quotient, divisor, x);
    return __builtin_elementwise_fma(remainder, reciprocal, quotient);
#else
    return x / divisor;
#endif
}

VECTOR_FUNCTION vector_float16 vector_square_root(vector_float16 x) { return __builtin_elementwise_sqrt(x); }

/// 1 / x within 2 ULP for normal x below 2^125: an integer guess within an eighth, and three of Newton's steps. Where a square root keeps the
/// divider busy, as in Adam, these six multiply-adds run beside it: 25,600 parameters took 12.8 µs so, and 17.6 µs with a division.
VECTOR_FUNCTION vector_float16 vector_reciprocal(vector_float16 x) {
    vector_float16 y = (vector_float16)(0x7ef311c3 - (vector_int16)x);
    for (int step = 0; step < 3; step++) y = vector_multiply_add(vector_multiply_add(-x, y, (vector_float16)1.0f), y, y);
    return y;
}

/// The smaller of each pair; `x` where either is NaN.
VECTOR_FUNCTION vector_float16 vector_min(vector_float16 limit, vector_float16 x) { return limit < x ? limit : x; }

/// The larger of each pair; `x` where either is NaN.
VECTOR_FUNCTION vector_float16 vector_max(vector_float16 limit, vector_float16 x) { return limit > x ? limit : x; }

/// `yes` where a < b, else `no`.
VECTOR_FUNCTION vector_float16 vector_if_less(vector_float16 a, vector_float16 b, vector_float16 yes, vector_float16 no) { return a < b ? yes : no; }

/// `yes` where a == b, else `no`.
VECTOR_FUNCTION vector_float16 vector_if_equal(vector_float16 a, vector_float16 b, vector_float16 yes, vector_float16 no) { return a == b ? yes : no; }

VECTOR_FUNCTION vector_float16 vector_absolute(vector_float16 x) { return __builtin_elementwise_abs(x); }

/// The magnitude of `x` with the sign of `sign`.
VECTOR_FUNCTION vector_float16 vector_copy_sign(vector_float16 x, vector_float16 sign) { return __builtin_elementwise_copysign(x, sign); }

VECTOR_FUNCTION vector_float16 vector_from_bytes(vector_byte16 x) { return __builtin_convertvector(x, vector_float16); }

/// The whole number nearest to `x`, for |x| < 2^22: adding and taking away 1.5·2^23 rounds to even in one rounding on every CPU level.
/// (SSE2 has no rounding instruction; the two additions cost the same everywhere.)
VECTOR_FUNCTION vector_float16 vector_round(vector_float16 x) {
    const vector_float16 magic = 12582912.0f;
    return (x + magic) - magic;
}

/// x * 2^n for whole n with a normal result: adds n to the exponent field.
VECTOR_FUNCTION vector_float16 vector_scale_by_power(vector_float16 x, vector_float16 n) {
    vector_int16 shift = __builtin_convertvector(n, vector_int16) << 23;
    return (vector_float16)((vector_int16)x + shift);
}

/// Of a positive normal x = m * 2^e with m in [√½, √2): e.
VECTOR_FUNCTION vector_float16 vector_exponent(vector_float16 x) {
    vector_int16 bits = (vector_int16)x - 0x3f3504f3;  // the bits of √½
    return __builtin_convertvector(bits >> 23, vector_float16);
}

/// Of a positive normal x = m * 2^e with m in [√½, √2): m.
VECTOR_FUNCTION vector_float16 vector_mantissa(vector_float16 x) {
    vector_int16 bits = (vector_int16)x - 0x3f3504f3;
    return (vector_float16)((bits & 0x007fffff) + 0x3f3504f3);
}

/// The sum of the lanes in one fixed order: halves, quarters, eighths, pairs.
VECTOR_FUNCTION float vector_sum(vector_float16 x) {
    vector_float8 a = x.lo + x.hi;
    vector_float4 b = a.lo + a.hi;
    return (b.x + b.z) + (b.y + b.w);
}

/// The largest lane; NaN only if lanes that follow one are NaN too (callers test for NaN in the sum, which never loses it).
VECTOR_FUNCTION float vector_largest(vector_float16 x) {
    vector_float8 a = x.lo > x.hi ? x.lo : x.hi;
    vector_float4 b = a.lo > a.hi ? a.lo : a.hi;
    float c = b.x > b.z ? b.x : b.z;
    float d = b.y > b.w ? b.y : b.w;
    return c > d ? c : d;
}

/// The smallest lane.
VECTOR_FUNCTION float vector_smallest(vector_float16 x) { return -vector_largest(-x); }

/// Brings the cache line at `address` into the second-level cache.
VECTOR_FUNCTION void vector_prefetch(const void *address) { __builtin_prefetch(address, 0, 2); }

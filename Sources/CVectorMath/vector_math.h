// The vector operations that Swift's SIMD types scalarise or lack, as header-only functions over clang's vector types.
// `vector_float16` is imported as SIMD16<Float>; each importing module compiles these for its own CPU level (-Xcc -march), where one call is one
// instruction (AVX-512), two (AVX2) or four (SSE).
//
// Comparisons are written as `a < b ? a : b`, which is exactly x86's min/max instruction: when either value is NaN, the second operand results.
// The callers choose the order so that a NaN in the data passes through and is seen, never masked.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef float vector_float16 __attribute__((ext_vector_type(16)));
typedef float vector_float8 __attribute__((ext_vector_type(8)));
typedef float vector_float4 __attribute__((ext_vector_type(4)));
typedef int32_t vector_int16 __attribute__((ext_vector_type(16)));
typedef uint8_t vector_byte16 __attribute__((ext_vector_type(16)));
typedef uint8_t vector_byte64 __attribute__((ext_vector_type(64)));
typedef uint16_t vector_pair32 __attribute__((ext_vector_type(32)));
typedef uint32_t vector_quad16 __attribute__((ext_vector_type(16)));
typedef bool vector_bit64 __attribute__((ext_vector_type(64)));

// Every function is inlined, so the calling convention for wide vectors, which differs between CPU levels, never comes into play.
#pragma clang diagnostic ignored "-Wpsabi"

#pragma clang assume_nonnull begin

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

/// Sixteen bytes, each / divisor, correctly rounded, given reciprocal = 1 / divisor rounded: a division takes 10 cycles where these three multiply-adds
/// take 1.5.
/// Source: Markstein, "Computation of elementary functions on the IBM RISC System/6000 processor" (1990), theorem on quotients.
VECTOR_FUNCTION vector_float16 vector_divide_bytes(const uint8_t *bytes, vector_float16 divisor, vector_float16 reciprocal) {
    vector_byte16 pixels;
    memcpy(&pixels, bytes, sizeof pixels);
    vector_float16 x = __builtin_convertvector(pixels, vector_float16);
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

VECTOR_FUNCTION vector_byte64 vector_load_64(const uint8_t *bytes) {
    vector_byte64 x;
    memcpy(&x, bytes, sizeof x);
    return x;
}

// Lane numbers for `__builtin_shufflevector` of two 64-byte vectors of 1-, 2- or 4-byte elements: within each 16 bytes, elements of the first and the
// second in turn, from element `h` on. That is one instruction (unpack) a register on every CPU level.
#define PAIR(i, n) (i), (i) + (n)
#define RUN8(i) PAIR(i, 64), PAIR((i) + 1, 64), PAIR((i) + 2, 64), PAIR((i) + 3, 64), PAIR((i) + 4, 64), PAIR((i) + 5, 64), PAIR((i) + 6, 64), PAIR((i) + 7, 64)
#define RUN16(i) PAIR(i, 32), PAIR((i) + 1, 32), PAIR((i) + 2, 32), PAIR((i) + 3, 32)
#define RUN32(i) PAIR(i, 16), PAIR((i) + 1, 16)
#define INTERLEAVE8(a, b, h) __builtin_shufflevector(a, b, RUN8(h), RUN8((h) + 16), RUN8((h) + 32), RUN8((h) + 48))
#define INTERLEAVE16(a, b, h) \
    __builtin_shufflevector((vector_pair32)(a), (vector_pair32)(b), RUN16(h), RUN16((h) + 8), RUN16((h) + 16), RUN16((h) + 24))
#define INTERLEAVE32(a, b, h) \
    ((vector_byte64)__builtin_shufflevector((vector_quad16)(a), (vector_quad16)(b), RUN32(h), RUN32((h) + 4), RUN32((h) + 8), RUN32((h) + 12)))

/// One bit a byte, set where it is not zero.
VECTOR_FUNCTION uint64_t vector_nonzero_bytes(vector_byte64 x) {
    vector_bit64 bits = __builtin_convertvector(x != 0, vector_bit64);
    uint64_t mask;
    memcpy(&mask, &bits, sizeof mask);
    return mask;
}

/// What is not zero in eight rows of 64 bytes.
typedef struct {
    /// Bit c: any of the eight bytes of column c.
    uint64_t columns;
    /// Bit 8g + r: any of the eight bytes 8g … 8g + 7 of row r.
    uint64_t runs;
} vector_presence;

/// Transposes eight rows of 64 bytes: the eight bytes of column c go to `out + vector_column_place(c)`.
VECTOR_FUNCTION vector_presence vector_transpose_bytes(
    const uint8_t *r0, const uint8_t *r1, const uint8_t *r2, const uint8_t *r3, const uint8_t *r4, const uint8_t *r5, const uint8_t *r6, const uint8_t *r7,
    uint8_t *out) {
    vector_byte64 a = vector_load_64(r0), b = vector_load_64(r1), c = vector_load_64(r2), d = vector_load_64(r3);
    vector_byte64 e = vector_load_64(r4), f = vector_load_64(r5), g = vector_load_64(r6), h = vector_load_64(r7);
    vector_byte64 ab[2] = {INTERLEAVE8(a, b, 0), INTERLEAVE8(a, b, 8)};
    vector_byte64 cd[2] = {INTERLEAVE8(c, d, 0), INTERLEAVE8(c, d, 8)};
    vector_byte64 ef[2] = {INTERLEAVE8(e, f, 0), INTERLEAVE8(e, f, 8)};
    vector_byte64 gh[2] = {INTERLEAVE8(g, h, 0), INTERLEAVE8(g, h, 8)};
    vector_byte64 columns[8];
    for (int half = 0; half < 2; half++) {
        vector_pair32 abcd[2] = {INTERLEAVE16(ab[half], cd[half], 0), INTERLEAVE16(ab[half], cd[half], 4)};
        vector_pair32 efgh[2] = {INTERLEAVE16(ef[half], gh[half], 0), INTERLEAVE16(ef[half], gh[half], 4)};
        for (int quarter = 0; quarter < 2; quarter++) {
            columns[4 * half + 2 * quarter] = INTERLEAVE32(abcd[quarter], efgh[quarter], 0);
            columns[4 * half + 2 * quarter + 1] = INTERLEAVE32(abcd[quarter], efgh[quarter], 2);
        }
    }
    memcpy(out, columns, sizeof columns);
    // Each 16 bytes of `columns[0 … 3]` hold two columns of the first eight of a run of 16, those of `columns[4 … 7]` two of the others; a byte is a row.
    uint64_t even = vector_nonzero_bytes((columns[0] | columns[1]) | (columns[2] | columns[3]));
    uint64_t odd = vector_nonzero_bytes((columns[4] | columns[5]) | (columns[6] | columns[7]));
    const uint64_t low = 0x00ff00ff00ff00ff;
    vector_presence presence = {
        vector_nonzero_bytes(((a | b) | (c | d)) | ((e | f) | (g | h))),
        ((even | even >> 8) & low) | ((odd | odd >> 8) & low) << 8};
    return presence;
}

/// Where `vector_transpose_bytes` puts column c of 64: interleaving keeps to runs of 16 bytes, so each vector holds two columns of each run.
VECTOR_FUNCTION intptr_t vector_column_place(intptr_t c) {
#define RUN(i) i, i + 8, i + 64, i + 72, i + 128, i + 136, i + 192, i + 200, i + 256, i + 264, i + 320, i + 328, i + 384, i + 392, i + 448, i + 456
    static const uint16_t places[64] = {RUN(0), RUN(16), RUN(32), RUN(48)};
    return places[c];
}

// Lane numbers as above for two vectors of 16 floats, one or two at a time; and for runs of 16 bytes of both, `p` and `q` of each.
#define FLOATS(a, b, h) \
    __builtin_shufflevector(a, b, (h), (h) + 16, (h) + 1, (h) + 17, (h) + 4, (h) + 20, (h) + 5, (h) + 21, (h) + 8, (h) + 24, (h) + 9, (h) + 25, (h) + 12, (h) + 28, (h) + 13, (h) + 29)
#define FLOAT_PAIRS(a, b, h) \
    __builtin_shufflevector(a, b, (h), (h) + 1, (h) + 16, (h) + 17, (h) + 4, (h) + 5, (h) + 20, (h) + 21, (h) + 8, (h) + 9, (h) + 24, (h) + 25, (h) + 12, (h) + 13, (h) + 28, (h) + 29)
#define FLOAT_RUN(i) (i), (i) + 1, (i) + 2, (i) + 3
#define FLOAT_RUNS(a, b, p, q) __builtin_shufflevector(a, b, FLOAT_RUN(4 * (p)), FLOAT_RUN(4 * (q)), FLOAT_RUN(16 + 4 * (p)), FLOAT_RUN(16 + 4 * (q)))

/// out[c * out_stride + r] = in[r * in_stride + c] for 16 rows of 16 floats: 64 shuffles, where numbers one by one take 512 moves.
VECTOR_FUNCTION void vector_transpose(const float *in, intptr_t in_stride, float *out, intptr_t out_stride) {
    vector_float16 fours[4][4];  // [c][g]: rows 4g … 4g + 3 of the columns c, c + 4, c + 8, c + 12, a run of four each.
    for (int g = 0; g < 4; g++) {
        vector_float16 rows[4];
        for (int r = 0; r < 4; r++) memcpy(&rows[r], in + (4 * g + r) * in_stride, sizeof rows[r]);
        vector_float16 low[2] = {FLOATS(rows[0], rows[1], 0), FLOATS(rows[2], rows[3], 0)};
        vector_float16 high[2] = {FLOATS(rows[0], rows[1], 2), FLOATS(rows[2], rows[3], 2)};
        fours[0][g] = FLOAT_PAIRS(low[0], low[1], 0);
        fours[1][g] = FLOAT_PAIRS(low[0], low[1], 2);
        fours[2][g] = FLOAT_PAIRS(high[0], high[1], 0);
        fours[3][g] = FLOAT_PAIRS(high[0], high[1], 2);
    }
    for (int c = 0; c < 4; c++) {
        vector_float16 upper[2] = {FLOAT_RUNS(fours[c][0], fours[c][1], 0, 1), FLOAT_RUNS(fours[c][2], fours[c][3], 0, 1)};
        vector_float16 lower[2] = {FLOAT_RUNS(fours[c][0], fours[c][1], 2, 3), FLOAT_RUNS(fours[c][2], fours[c][3], 2, 3)};
        vector_float16 columns[4] = {
            FLOAT_RUNS(upper[0], upper[1], 0, 2), FLOAT_RUNS(upper[0], upper[1], 1, 3),
            FLOAT_RUNS(lower[0], lower[1], 0, 2), FLOAT_RUNS(lower[0], lower[1], 1, 3)};
        for (int run = 0; run < 4; run++) memcpy(out + (4 * run + c) * out_stride, &columns[run], sizeof columns[run]);
    }
}

#undef FLOATS
#undef FLOAT_PAIRS
#undef FLOAT_RUN
#undef FLOAT_RUNS
#undef PAIR
#undef RUN8
#undef RUN16
#undef RUN32
#undef INTERLEAVE8
#undef INTERLEAVE16
#undef INTERLEAVE32
#undef RUN

#pragma clang assume_nonnull end

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
typedef uint32_t vector_word16 __attribute__((ext_vector_type(16)));
typedef uint8_t vector_byte8 __attribute__((ext_vector_type(8)));
typedef uint64_t vector_long8 __attribute__((ext_vector_type(8)));
typedef bool vector_bit8 __attribute__((ext_vector_type(8)));

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

/// Eight bytes, each / divisor, correctly rounded, given reciprocal = 1 / divisor rounded: a division takes longer than these three multiply-adds.
/// Source: Markstein, "Computation of elementary functions on the IBM RISC System/6000 processor" (1990), theorem on quotients.
VECTOR_FUNCTION vector_float8 vector_divide_bytes(const uint8_t *bytes, vector_float8 divisor, vector_float8 reciprocal) {
    vector_byte8 pixels;
    memcpy(&pixels, bytes, sizeof pixels);
    vector_float8 x = __builtin_convertvector(pixels, vector_float8);
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
    vector_float8 quotient = x * reciprocal;
    vector_float8 remainder = __builtin_elementwise_fma(-quotient, divisor, x);
    return __builtin_elementwise_fma(remainder, reciprocal, quotient);
#else
    return x / divisor;
#endif
}

/// Of eight runs of eight bytes each: bit r is set where a byte of run r is not zero.
VECTOR_FUNCTION uint8_t vector_nonzero_runs(const uint8_t *bytes) {
    vector_long8 runs;
    memcpy(&runs, bytes, sizeof runs);
#if defined(__AVX512F__)
    vector_bit8 bits = __builtin_convertvector(runs != 0, vector_bit8);
    uint8_t mask;
    memcpy(&mask, &bits, sizeof mask);
    return mask;
#else
    uint8_t mask = 0;
    for (int run = 0; run < 8; run++) mask |= (uint8_t)((runs[run] != 0) << run);
    return mask;
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

/// The largest whole number that is not above x.
VECTOR_FUNCTION vector_float16 vector_floor(vector_float16 x) { return __builtin_elementwise_floor(x); }

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

/// 2^-24 times a whole number drawn evenly from 0 ..< 2^24, for each of 32 columns from `column` (a multiple of 32) on: a pure function of key, row and
/// column. The generator is Threefry-2x32 with 20 rounds (Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011), JAX's own: the
/// counter is (row, column / 2 + lane), and of its two words the first is for column + lane, the second for column + 16 + lane.
/// `half` is 0 for the first, 1 for the second; of two calls in a row the compiler makes one.
VECTOR_FUNCTION vector_float16 vector_uniform(uint64_t key, uint32_t row, uint32_t column, int half) {
    const int turns[2][4] = {{13, 15, 26, 6}, {17, 29, 16, 24}};
    const uint32_t keys[3] = {(uint32_t)key, (uint32_t)(key >> 32), 0x1bd11bda ^ (uint32_t)key ^ (uint32_t)(key >> 32)};
    const vector_word16 lanes = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    vector_word16 a = (vector_word16)(row + keys[0]);
    vector_word16 b = lanes + (column / 2 + keys[1]);
#pragma clang loop unroll(full)
    for (int group = 0; group < 5; group++) {
#pragma clang loop unroll(full)
        for (int round = 0; round < 4; round++) {
            int turn = turns[group % 2][round];
            a += b;
            b = (b << turn | b >> (32 - turn)) ^ a;
        }
        a += keys[(group + 1) % 3];
        b += keys[(group + 2) % 3] + group + 1;
    }
    return __builtin_convertvector((vector_int16)((half ? b : a) >> 8), vector_float16) * 0x1p-24f;
}

/// base[index] of each lane; every index is a whole number of what lies there.
VECTOR_FUNCTION vector_float16 vector_gather(const float *base, vector_float16 index) {
    vector_int16 places = __builtin_convertvector(index, vector_int16);
#if defined(__AVX512F__)
    typedef float floats __attribute__((vector_size(64)));
    typedef int ints __attribute__((vector_size(64)));
    return (vector_float16)__builtin_ia32_gathersiv16sf((floats){0}, base, (ints)places, (unsigned short)0xffff, 4);
#elif defined(__AVX2__)
    typedef float floats __attribute__((vector_size(32)));
    typedef int ints __attribute__((vector_size(32)));
    const floats all = (floats)(ints){-1, -1, -1, -1, -1, -1, -1, -1};
    vector_float16 result;
    result.lo = (vector_float8)__builtin_ia32_gatherd_ps256((floats){0}, base, (ints)places.lo, all, 4);
    result.hi = (vector_float8)__builtin_ia32_gatherd_ps256((floats){0}, base, (ints)places.hi, all, 4);
    return result;
#else
    vector_float16 result;
#pragma clang loop unroll(full)
    for (int lane = 0; lane < 16; lane++) result[lane] = base[places[lane]];
    return result;
#endif
}

/// Brings the cache line at `address` into the second-level cache.
VECTOR_FUNCTION void vector_prefetch(const void *address) { __builtin_prefetch(address, 0, 2); }

/// Brings the cache line at `address` into the first-level cache.
VECTOR_FUNCTION void vector_prefetch_near(const void *address) { __builtin_prefetch(address, 0, 3); }

// Lane numbers for `__builtin_shufflevector` of two vectors of 16 floats: within each run of four, floats (or pairs) of the first and the second in turn,
// one instruction (unpack) a register on every CPU level; and for whole runs of four of both, `p` and `q` of each.
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

#pragma clang assume_nonnull end

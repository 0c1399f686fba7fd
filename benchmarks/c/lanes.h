/* Sixteen futures side by side: vectors of float32, elementary functions on them, and their random words.

   Sources: Philox4x32-10 is Salmon, Moraes, Dror and Shaw 2011; exp and log reduce their argument after Cody
   and Waite 1980; the normal quantile is that of world/lanes.py. */

#include <math.h>
#include <stdint.h>
#ifdef __AVX512F__
#include <immintrin.h>
#endif

enum { LANES = 16 };

typedef float v __attribute__((vector_size(4 * LANES)));
typedef int32_t vi __attribute__((vector_size(4 * LANES)));
typedef uint32_t vu __attribute__((vector_size(4 * LANES)));
typedef uint64_t vl __attribute__((vector_size(4 * LANES)));

/* Comparisons of vectors give all bits set or none. */

static inline v pick(vi where, v a, v b) { return (v)(((vi)a & where) | ((vi)b & ~where)); }
#ifdef __AVX512F__
static inline v most(v a, v b) { return (v)_mm512_max_ps((__m512)a, (__m512)b); }
static inline v least(v a, v b) { return (v)_mm512_min_ps((__m512)a, (__m512)b); }
static inline v root(v x) { return (v)_mm512_sqrt_ps((__m512)x); }
static inline int any(vi mask) { return _mm512_test_epi32_mask((__m512i)mask, (__m512i)mask) != 0; }
#else
static inline v most(v a, v b) { return pick(a > b, a, b); }
static inline v least(v a, v b) { return pick(a < b, a, b); }
static inline v root(v x)
{
    for (int l = 0; l < LANES; l++) x[l] = sqrtf(x[l]);
    return x;
}
static inline int any(vi mask)
{
    int32_t found = 0;
    for (int l = 0; l < LANES; l++) found |= mask[l];
    return found != 0;
}
#endif
static inline v all(float x) { return (v){} + x; }
static inline v where(vi mask) { return pick(mask, all(1), all(0)); }
static inline v ratio(v part, v whole) { return pick(whole > 0.0f, part / most(whole, all(1e-30f)), all(0)); }

static inline v raise_e(v x)
{
    x = least(most(x, all(-87.0f)), all(88.0f));
    vi biased = __builtin_convertvector(x * 1.44269504f + 127.5f, vi); /* positive, so cutting off rounds down */
    v k = __builtin_convertvector(biased - 127, v);
    v r = x - k * 0.693359375f + k * 2.12194440e-4f;
    v y = ((((r * (1 / 5040.0f) + 1 / 720.0f) * r + 1 / 120.0f) * r + 1 / 24.0f) * r + 1 / 6.0f) * r + 0.5f;
    y = y * r * r + r + 1.0f;
    return y * (v)(biased << 23);
}

static inline v natural_log(v x)
{
    vi bits = (vi)x + 0x4AFB0D;
    v exponent = __builtin_convertvector((bits >> 23) - 127, v);
    v m = (v)((bits & 0x007FFFFF) + 0x3F3504F3);
    v s = (m - 1.0f) / (m + 1.0f), z = s * s;
    v y = exponent * 0.69314718f + s * (2.0f + z * (2 / 3.0f + z * (2 / 5.0f + z * (2 / 7.0f + z * (2 / 9.0f)))));
    return pick(x >= 1.17549435e-38f, y, all(-1e30f));
}

static inline v power_of(v base, float exponent)
{
    if (exponent == 0.0f) return all(1.0f);
    if (exponent == 1.0f) return base;
    if (exponent < 0.0f) base = most(base, all(1e-6f));
    return pick(base > 1e-37f, raise_e(exponent * natural_log(base)), all(0));
}

/* The standard normal quantile: a polynomial in -log(4u(1-u)), two pieces (see world/lanes.py). */
static inline v normal(v u)
{
    static const float near[] = {3.2931158e-08f, 4.8440330e-07f, -4.8979254e-06f, -6.1993915e-06f, 3.0878917e-04f,
                                 -1.7730683e-03f, -5.9077214e-03f, 0.34880272f, 2.1233134f};
    static const float far[] = {-1.9286335e-04f, 7.5651900e-05f, 1.7923454e-03f, -5.1253117e-03f, 8.1660636e-03f,
                                -1.0799894e-02f, 1.3341491e-02f, 1.4165825f, 4.0064344f};
    v w = -natural_log(4.0f * u * (1.0f - u)), c = w - 2.5f, t = root(most(w, all(5.0f))) - 3.0f;
    v a = all(near[0]), b = all(far[0]);
    for (int n = 1; n < 9; n++) a = a * c + near[n], b = b * t + far[n];
    return (2.0f * u - 1.0f) * pick(w < 5.0f, a, b);
}

static inline void multiply(vu a, uint64_t by, vu *high, vu *low)
{
    vl even = ((vl)a & 0xFFFFFFFFu) * by, odd = ((vl)a >> 32) * by;
    *high = (vu)((even >> 32) | (odd & ~0xFFFFFFFFull));
    *low = (vu)((even & 0xFFFFFFFFu) | (odd << 32));
}

/* Four words for each future: Philox4x32-10 of (state, stream, quarter, 0) under a key. */
static inline void philox(vu state, vu chance, uint32_t quarter, const uint32_t *key, vu *out)
{
    vu c0 = state, c1 = chance, c2 = (vu){} + quarter, c3 = (vu){}, h0, l0, h1, l1;
    uint32_t k0 = key[0], k1 = key[1];
    for (int round = 0; round < 10; round++) {
        multiply(c0, 0xD2511F53u, &h0, &l0);
        multiply(c2, 0xCD9E8D57u, &h1, &l1);
        c0 = h1 ^ c1 ^ k0, c1 = l1, c2 = h0 ^ c3 ^ k1, c3 = l0;
        k0 += 0x9E3779B9u, k1 += 0xBB67AE85u;
    }
    out[0] = c0, out[1] = c1, out[2] = c2, out[3] = c3;
}

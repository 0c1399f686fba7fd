"""Elementary functions on float32 lanes that LLVM turns into vector instructions.

A scalar call to `math.exp` or to a normal generator costs more than a whole week of a future; these
polynomials are branch-free, so a loop over the lanes of a block vectorises. Division by zero gives
infinity (NumPy's rule), never an exception.

Sources: reductions of exp and log after Cody and Waite 1980; the normal quantile is a polynomial in
-log(4u(1-u)), the variable of Giles 2010, with coefficients fitted by ourselves to the exact quantile
(error below 1e-6); Philox4x32-10: Salmon, Moraes, Dror and Shaw 2011.
"""

from __future__ import annotations

import numpy as np

from equipoise.world.kernel.compiling import inlined, inner

LANES = 512
"""Futures in a block, a power of two: one row of lanes fills thirty-two AVX-512 vectors."""

f32 = np.float32
ZERO, ONE, TWO, HALF = f32(0.0), f32(1.0), f32(2.0), f32(0.5)
LOG_OF_ZERO, TINY = f32(-1e30), f32(1e-6)
"""`LOG_OF_ZERO` also stands for the logarithm of a chance of none."""


@inlined
def exp(x):
    """Return e^x for a float32; below -87 it is e^-87, above 88 it is e^88."""
    x = min(max(x, f32(-87.0)), f32(88.0))
    k = np.floor(x * f32(1.4426950408889634) + HALF)
    r = x - k * f32(0.693359375)
    r = r - k * f32(-2.12194440e-4)
    p = f32(1 / 5040)
    p = p * r + f32(1 / 720)
    p = p * r + f32(1 / 120)
    p = p * r + f32(1 / 24)
    p = p * r + f32(1 / 6)
    p = p * r + HALF
    p = p * r * r + r + ONE
    return p * np.int32((np.int32(k) + np.int32(127)) << np.int32(23)).view(f32)


@inlined
def log(x):
    """Return the natural logarithm of a positive, normal float32; -1e30 for anything else."""
    bits = np.int32(f32(x).view(np.int32) + np.int32(0x4AFB0D))
    exponent = f32(np.int32(np.int32(bits >> np.int32(23)) - np.int32(127)))
    m = np.int32(np.int32(bits & np.int32(0x007FFFFF)) + np.int32(0x3F3504F3)).view(f32)
    s = (m - ONE) / (m + ONE)
    z = s * s
    p = f32(2 / 9)
    p = p * z + f32(2 / 7)
    p = p * z + f32(2 / 5)
    p = p * z + f32(2 / 3)
    y = exponent * f32(0.6931471805599453) + s * (f32(2.0) + z * p)
    return y if x >= f32(1.17549435e-38) else LOG_OF_ZERO


@inlined
def normal(u):
    """Return the standard normal quantile of a float32 in (0, 1)."""
    x = f32(2.0) * u - ONE
    w = -log(f32(4.0) * u * (ONE - u))
    c = w - f32(2.5)
    p = f32(3.293115824476445e-08)
    p = p * c + f32(4.844033014705929e-07)
    p = p * c + f32(-4.8979254643199965e-06)
    p = p * c + f32(-6.199391464178916e-06)
    p = p * c + f32(0.0003087891673203558)
    p = p * c + f32(-0.0017730683321133256)
    p = p * c + f32(-0.005907721351832151)
    p = p * c + f32(0.34880271553993225)
    p = p * c + f32(2.1233134269714355)
    t = np.sqrt(max(w, f32(5.0))) - f32(3.0)
    q = f32(-0.0001928863493958488)
    q = q * t + f32(7.565190026070923e-05)
    q = q * t + f32(0.001792345428839326)
    q = q * t + f32(-0.00512531166896224)
    q = q * t + f32(0.008166063576936722)
    q = q * t + f32(-0.010799894109368324)
    q = q * t + f32(0.013341492973268032)
    q = q * t + f32(1.416582465171814)
    q = q * t + f32(4.006434440612793)
    return x * (p if w < f32(5.0) else q)


@inlined
def uniform(word):
    """Return the float32 in (0, 1) of a random 32-bit word: 2^23 equal steps, ends left out."""
    return (f32(np.int32(word >> np.uint32(9))) + HALF) * f32(2.0**-23)


_M0, _M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_W0, _W1 = np.uint32(0x9E3779B9), np.uint32(0xBB67AE85)


@inner
def philox(state, stream, step, key0, key1, out):
    """Fill `out` with four words for each lane: Philox4x32-10 of counter (state, stream, step, 0).

    Args:
        state, stream: uint32 [LANES], who the future is. step: uint32, how often it was asked.
        key0, key1: uint32, what the numbers are for (`key_of`).
        out: uint32 [4 * LANES]; word w of lane l at w * LANES + l.
    """
    for l in range(LANES):
        c0, c1, c2, c3 = state[l], stream[l], step, np.uint32(0)
        k0, k1 = key0, key1
        for _ in range(10):
            p0, p1 = np.uint64(c0) * _M0, np.uint64(c2) * _M1
            high0, low0 = np.uint32(p0 >> np.uint64(32)), np.uint32(p0)
            high1, low1 = np.uint32(p1 >> np.uint64(32)), np.uint32(p1)
            c0, c1, c2, c3 = high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0
            k0, k1 = np.uint32(k0 + _W0), np.uint32(k1 + _W1)
        out[l] = c0
        out[l + LANES] = c1
        out[l + 2 * LANES] = c2
        out[l + 3 * LANES] = c3

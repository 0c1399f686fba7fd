"""From uniform draws to values, quickly: the inverse of a beta distribution read from a table of its shape.

A run draws hundreds of PERT numbers a state, and inverting the incomplete beta function one draw at a time took a
quarter of it. Seen in log-odds, of the draw u and of the place x between the low and the high end, that inverse is a
smooth, nearly straight line. So each shape is inverted once at evenly spaced log-odds of u, where the first and second
derivative are known too, and a polynomial of degree five runs from node to node. What is read off differs from the
exact inverse by less than `ERROR` in log-odds, which is to say relative to its distance from either end: sixty times
finer than a float32 can tell (`tests/draws/test_inverting.py` measures it over all shapes).

Source: Hermite interpolation, Davis 1975, *Interpolation and Approximation*, §2; the derivatives follow from
du/dx = x^(a-1) (1-x)^(b-1) / B(a, b).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from equipoise.scenario.number import Number, beta_of, quantile, spread

ERROR = 1e-9
"""What a value read from a table is off by at most, in log-odds of its place between the two ends."""
REACH, STEPS = 32, 4
"""Log-odds of draws that a table spans to both sides (`sampling.uniforms` ends at 31.9), and its nodes for each 1."""
SHAPES = (1.0, 100.0)
"""Parameters of a beta whose inverse is tabulated; those of a PERT lie from 1 to 5. Others are inverted exactly."""


def value(number: Number, u: np.ndarray) -> np.ndarray:
    """Return the value of a number at draws `u` of `sampling.uniforms`: `scenario.number.quantile` to within `ERROR`.

    Args:
        number: of any form but `is` and `mix`. u: draws [n].
    """
    if not (number.pert or number.beta) or number.within is not None or spread(number) == 0:
        return quantile(number, u)
    a, b, low, high = beta_of(number)
    if not SHAPES[0] <= min(a, b) <= max(a, b) <= SHAPES[1]:
        return quantile(number, u)
    return low + (high - low) * _read(_table(a, b), u)


def _read(table: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Return the place between the ends, from 0 to 1, at draws `u` [n]."""
    from scipy.special import expit

    steps = (np.log(u) - np.log1p(-u) + REACH) * STEPS
    node = steps.astype(np.intp)
    beyond = steps - node
    *lower, found = table.take(node, axis=1)
    for coefficient in reversed(lower):
        found = found * beyond + coefficient
    return expit(found)


@lru_cache(maxsize=4096)
def _table(a: float, b: float) -> np.ndarray:
    """Return the polynomial that begins at each node, its coefficients from the constant on [6, nodes - 1]."""
    y, slope, bend = _nodes(a, b)
    slope, bend = slope / STEPS, bend / (2 * STEPS**2)
    rest = np.diff(y) - slope[:-1] - bend[:-1]
    tilt = np.diff(slope) - 2 * bend[:-1]
    curve = np.diff(bend)
    return np.stack(
        [
            y[:-1],
            slope[:-1],
            bend[:-1],
            10 * rest - 4 * tilt + curve,
            -15 * rest + 7 * tilt - 2 * curve,
            6 * rest - 3 * tilt + curve,
        ]
    )


def _nodes(a: float, b: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the log-odds of the place at each node, and their first two derivatives by those of the draw.

    The lower half is inverted from below and the upper from above, so that neither end is lost in 1 - x.
    """
    from scipy.special import betaincinv, betaln, expit, log_expit

    t = np.arange(-REACH * STEPS, REACH * STEPS + 1) / STEPS
    middle = REACH * STEPS
    below, above = betaincinv(a, b, expit(t[:middle])), betaincinv(b, a, expit(-t[middle:]))
    log_x = np.concatenate([np.log(below), np.log1p(-above)])
    log_rest = np.concatenate([np.log1p(-below), np.log(above)])
    slope = np.exp(log_expit(t) + log_expit(-t) - a * log_x - b * log_rest + betaln(a, b))
    bend = slope * (-np.tanh(t / 2) - slope * (a * np.exp(log_rest) - b * np.exp(log_x)))
    return log_x - log_rest, slope, bend

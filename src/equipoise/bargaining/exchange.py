"""Equal-gain exchange: actors trade concessions across issues, then vote.

Source: Stokman and Van Oosten (1994), *The exchange of voting positions*; Van Assen, Stokman and Van Oosten
(2003), *Conflict measures in cooperative exchange models of collective decision-making*. On each issue the
outcome is the compromise O = sum c s x / sum c s, and an actor's loss is s |x - O|. Two actors on opposite
sides of the outcome on both of two issues p, q can trade: i gives way on q, j on p, each on the issue it
cares less about relative to the other. The outcome shifts stand in the ratio that gives both the same gain,

    d_q (s_iq + s_jq) = d_p (s_ip + s_jp),     gain = |d_q s_iq - d_p s_ip|,

and the exchange is as large as it can be: one side moves to the other's position (an outcome is not dragged
past the position of the one it is meant for; one that stands there already is not held). The exchange with the
largest gain is made first, what remains is priced anew, until none is left; then the vote is the compromise of
the voting positions. Between rounds positions follow votes by the share 0.4 (1 - s) + 0.1.

Equal gains are common (twins at the table), and which of two equal exchanges is made first changes the outcome.
Here gains and places that differ by less than 1e-10 are the same, and the order of the table decides between
equals unless a generator is given; the reference program lets the last of its 28 decimal digits decide, which
`digits=28` does too (`exchange_decimal.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from equipoise.bargaining.model import WEIGHTS, Model, jointly
from equipoise.errors import InputError

if TYPE_CHECKING:
    from decimal import Decimal

    from equipoise.bargaining.exchange_decimal import Exchange

INERTIA = np.array([0.4, 0.1])
FEWEST_DIGITS = 16
"""Fewer decimal digits than a double holds would lose what the table says."""


@dataclass(frozen=True)
class Trade:
    """One exchange: the two actors, what each gives way on, where each then votes, what each gains."""

    actors: tuple[int, int]
    gives: tuple[int, int]
    votes: tuple[float, float]
    gain: float


@dataclass(frozen=True)
class ExchangePath:
    """A run of the exchange model; positions and votes have shape (rounds (+ 1), issues, actors)."""

    positions: np.ndarray
    votes: np.ndarray
    outcomes: np.ndarray
    trades: tuple[tuple[Trade, ...], ...]


def exchange_path(
    positions: np.ndarray,
    salience: np.ndarray,
    clout: np.ndarray,
    *,
    rounds: int = 1,
    rng: np.random.Generator | None = None,
    digits: int | None = None,
) -> ExchangePath:
    """Play the exchange model and return every round.

    Args:
        positions: shape (issues, actors) on 0 to 100, NaN where an actor has none.
        salience: same shape, 0 to 1.
        clout: shape (actors,).
        rng: draws between exchanges of equal gain; without it the first in the order of the table is made.
        digits: compute, slowly, in decimals of so many digits and let the last decide between equals. With 28
            this is the reference program's run; where other numbers of digits give other outcomes, what the
            model says hangs on rounding.

    Raises:
        InputError: fewer than 16 digits, or digits beside a generator.
    """
    if digits is not None:
        return _decimal_path(positions, salience, clout, rounds=rounds, rng=rng, digits=digits)
    from equipoise.bargaining import _exchange_kernel as kernel

    x, c = np.ascontiguousarray(positions, float), np.ascontiguousarray(clout, float)
    s = np.where(np.isnan(x), 0.0, salience)
    path, votes = np.empty((rounds + 1, *x.shape)), np.empty((rounds, *x.shape))
    trades, made = np.empty((rounds, 4096, 7)), np.zeros(rounds, np.int64)
    shape = rounds, x.shape[0] ** 2 * x.shape[1] ** 2 // 2
    toss = np.zeros(shape) if rng is None else 0.49 * rng.random(shape)
    kernel.run(x, s, c, rounds, INERTIA, toss, path, votes, trades, made)
    listed = tuple(tuple(map(_trade, trades[t, : made[t]])) for t in range(rounds))
    return ExchangePath(path, votes, _compromises(votes, x, s * c), listed)


def _compromises(votes: np.ndarray, x: np.ndarray, weight: np.ndarray) -> np.ndarray:
    weight = np.where(np.isnan(x), 0.0, weight)
    return np.nansum(weight * votes, -1) / weight.sum(-1)


def _trade(row: np.ndarray) -> Trade:
    i, j, p, q = (int(v) for v in row[:4])
    return Trade((i, j), (p, q), (float(row[4]), float(row[5])), float(row[6]))


def _decimal_path(
    positions: np.ndarray,
    salience: np.ndarray,
    clout: np.ndarray,
    *,
    rounds: int,
    rng: np.random.Generator | None,
    digits: int,
) -> ExchangePath:
    """Play the rounds in decimal arithmetic and return them as doubles."""
    from equipoise.bargaining.exchange_decimal import decimal_rounds

    if digits < FEWEST_DIGITS or rng is not None:
        raise InputError(
            f"digits: {digits} given{'' if rng is None else ' beside a generator'}; at least {FEWEST_DIGITS} are"
            " needed, and no generator, because the last digit decides between equal gains"
        )

    def trade(made: Exchange) -> Trade:
        i, j = made.sides
        votes = float(i.vote), float(j.vote)
        return Trade((i.actor, j.actor), (i.gives, j.gives), votes, float(made.gain))

    def filled(rows: list[dict[int, Decimal]]) -> np.ndarray:
        out = np.array(positions, float)
        for issue, row in enumerate(rows):
            for actor, place in row.items():
                out[issue, actor] = float(place)
        return out

    played = decimal_rounds(
        positions, salience, clout, rounds=rounds, follow=(INERTIA[0], INERTIA[1]), digits=digits
    )
    path = np.stack([np.array(positions, float), *(filled(r.positions) for r in played)])
    votes = np.reshape([filled(r.votes) for r in played], (rounds, *path[0].shape))
    outcomes = _compromises(votes, path[0], np.asarray(salience) * clout)
    return ExchangePath(path, votes, outcomes, tuple(tuple(map(trade, r.made)) for r in played))


def exchange_outcomes(
    positions: np.ndarray, salience: np.ndarray, clout: np.ndarray, *, scale: np.ndarray
) -> np.ndarray:
    """Return the outcome of each issue for each draw after one round of exchanges.

    Args:
        positions, salience: shape (n, issues, actors), NaN where missing.
        clout: shape (n, actors).
        scale: shape (issues, 2).
    """
    from equipoise.bargaining import _exchange_kernel as kernel

    low, width = scale[:, 0][:, None], (scale[:, 1] - scale[:, 0])[:, None]
    x = np.ascontiguousarray(100.0 * (positions - low) / width)
    s = np.ascontiguousarray(np.where(np.isnan(x) | np.isnan(salience), 0.0, salience))
    x = np.where(s > 0, x, np.nan)
    out = np.empty(positions.shape[:2])
    kernel.batch(x, s, np.ascontiguousarray(clout), out)
    return low[:, 0] + width[:, 0] * out / 100.0


MODELS = (
    Model(
        name="exchange",
        title="Equal-gain exchange between issues",
        says="Opponents trade concessions at equal gain, best trades first; then the compromise of votes.",
        source="Stokman and Van Oosten (1994); Van Assen, Stokman and Van Oosten (2003)",
        caution="Trades may hurt others; with one issue it is the compromise. Order decides between equal gains.",
        uses=WEIGHTS | {"scale", "other issues"},
        symmetric=False,
        mirrors=False,
        counts_actors="Actors trade two by two, each by its own weight (Stokman and Van Oosten 1994).",
        has_rounds=True,
        solve=jointly(exchange_outcomes),
    ),
)

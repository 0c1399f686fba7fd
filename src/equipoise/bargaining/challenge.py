"""The challenge model: who dares to challenge whom, and who gives way.

Reconstruction of Bueno de Mesquita's expected-utility model by Scholz, Calbert and Smith (2011),
*Unravelling Bueno de Mesquita's group decision model*, ICAART. With weights w = clout x salience, range D
of the opening positions and risk exponent r_k:

    vote_k(a over b) = w_k (|x_k - b|^r_k - |x_k - a|^r_k) / D^r_k
    P(a, b) = sum_k max(0, vote_k(a over b)) / T
    E_h(i challenges j) = s_j [P U_success + (1 - P) U_failure] + (1 - s_j) U_success - q U_statusquo
    U_success = 2 - 4 (1/2 - d/2)^r_h,  U_failure = 2 - 4 (1/2 + d/2)^r_h,  U_statusquo = 2 - 4 (1/2)^r_h

with d = |x_i - x_j| / D. T sums |vote| over *all* pairs of positions as published in program form; the
mended form sums it over the pair at issue, so that P(a, b) + P(b, a) = 1. Each round every actor first
takes a risk exponent from the danger it stands in, then confronts, compromises or gives way.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np

from equipoise.bargaining.model import WEIGHTS, Model, by_issue

RiskMode = Literal["scholz", "fixed", "own-positions"]
_MODES = {"scholz": 0, "fixed": 1, "own-positions": 2}


@dataclass(frozen=True, kw_only=True)
class ChallengeRules:
    """The choices the sources leave open; the defaults are the program of 2014 with its quirks.

    Attributes:
        q: weight of the status quo.
        risk: where risk exponents come from: the published rule, one fixed value, or each actor's own
            danger over the positions it could hold.
        fixed_r: the exponent under `risk="fixed"`.
        two_sided: divide by the votes cast on the pair at issue, not on all pairs.
        least_move: of several compromises take the one that moves least, not the lowest on the scale.
        capitulation: let an actor that expects to lose more than its rival gains give way; the program's
            test for it can never hold.
    """

    q: float = 1.0
    risk: RiskMode = "scholz"
    fixed_r: float = 1.0
    two_sided: bool = False
    least_move: bool = False
    capitulation: bool = False


AS_PUBLISHED = ChallengeRules()
"""The program's rules, quirks included."""
MENDED = ChallengeRules(two_sided=True, least_move=True, capitulation=True)
"""All three quirks mended."""


@dataclass(frozen=True)
class ChallengePath:
    """A run of the challenge model.

    Attributes:
        positions: shape (rounds played + 1, actors); row 0 is the opening.
        exponents: risk exponents used in each round, same shape; row 0 is NaN.
        medians, means: weighted median and mean after each round.
        settled: True where the run ended early because no risk could be told apart.
    """

    positions: np.ndarray
    exponents: np.ndarray
    medians: np.ndarray
    means: np.ndarray
    settled: bool


def challenge_path(
    positions: np.ndarray,
    salience: np.ndarray,
    clout: np.ndarray,
    *,
    rounds: int = 10,
    rules: ChallengeRules = AS_PUBLISHED,
) -> ChallengePath:
    """Play the challenge model on one issue and return every round.

    Args:
        positions, salience, clout: one value an actor, all present; salience 0 to 1.
        rounds: how many rounds to play; the model has no stopping rule of its own.
        rules: which variant.

    Source: Scholz, Calbert and Smith (2011), sections 3-5.
    """
    from equipoise.bargaining import _challenge_kernel as kernel

    x, s, c = (np.ascontiguousarray(a, dtype=float) for a in (positions, salience, clout))
    path = np.full((rounds + 1, x.size), np.nan)
    exponents = np.full((rounds + 1, x.size), np.nan)
    last = kernel.run(x, c * s, s, *_arguments(rules, rounds), path, exponents)
    path, exponents, w = path[: last + 1], exponents[: last + 1], c * s
    medians = np.array([kernel.weighted_median(row, w) for row in path])
    return ChallengePath(path, exponents, medians, path @ w / w.sum(), last < rounds)


def challenge_outcomes(
    positions: np.ndarray,
    salience: np.ndarray,
    clout: np.ndarray,
    *,
    rounds: int = 5,
    rules: ChallengeRules = AS_PUBLISHED,
) -> np.ndarray:
    """Return the weighted median after `rounds` rounds for each draw.

    Args:
        positions, salience, clout: shape (n, actors); NaN or 0 weight where an actor has no say.
    """
    from equipoise.bargaining import _challenge_kernel as kernel

    out = np.empty(len(positions))
    kernel.batch(positions, clout * salience, salience, *_arguments(rules, rounds), out)
    return out


def _arguments(rules: ChallengeRules, rounds: int) -> tuple:
    mode = _MODES[rules.risk]
    return (
        float(rules.q), int(rounds), mode, float(rules.fixed_r),
        rules.two_sided, rules.least_move, rules.capitulation,
    )  # fmt: skip


_SOURCE = "Bueno de Mesquita (1985, 1994); as reconstructed by Scholz, Calbert and Smith (2011)"

MODELS = (
    Model(
        name="challenge",
        title="Challenge model, as published",
        says="Actors confront, compromise or give way by what they expect to gain; the weighted median after "
        "five rounds.",
        source=_SOURCE,
        caution="Does not settle, hangs on the weight of the status quo, ties break by the order of actors.",
        uses=WEIGHTS,
        symmetric=False,
        mirrors=False,
        counts_actors="An actor fears each other actor as a challenger of its own (Scholz, Calbert and Smith 2011).",
        has_rounds=True,
        solve=by_issue(challenge_outcomes),
    ),
    Model(
        name="challenge-mended",
        title="Challenge model, mended",
        says="As the challenge model, with chances of the two sides adding to one, nearest compromise first, "
        "and capitulation possible.",
        source=_SOURCE,
        caution="Mended by reading the paper, not by its authors; ties break by the order of actors.",
        uses=WEIGHTS,
        symmetric=False,
        mirrors=False,
        counts_actors="An actor fears each other actor as a challenger of its own (Scholz, Calbert and Smith 2011).",
        has_rounds=True,
        solve=by_issue(partial(challenge_outcomes, rules=MENDED)),
    ),
)

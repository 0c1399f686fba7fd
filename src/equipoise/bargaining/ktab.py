"""KTAB's spatial model of politics: actors challenge, bargain and vote over places in an issue space.

Source: KTAB, the KAPSARC Toolkit for Behavioral Analysis (Wise, Lester and Efird 2015); the program smpc 0.1
of 2019. With clout w_i, position theta_i and salience sigma_i (fractions of each scale, sum_k sigma_ik <= 1,
s_i that sum) one turn is:

1. distance d(i, y)^2 = sum_k (sigma_ik (ideal_ik - y_k))^2 / sum_k sigma_ik^2; the probabilistic Condorcet
   election over all positions (utility 1 - d) gives each position its chance p_i.
2. risk attitude R_i from p_i: (3p_i - max - 2min) / 2(max - min) in `mid` range; utility with risk is
   (1 - d)(1 + dR), (1 - d)(1 + R) beyond d = 1. An observer h takes i's attitude for R_h (1 - a) + R_i a.
3. i challenging j wins with chance phi = A / (A + B), votes of both sides and of third parties, who weigh
   what committing to either side would bring them (`semi`); `none` and `full` commitment both cancel out.
   gain_i = (1 - s_j) 2u_i + s_j (phi 2u_i + (1 - phi) 2u_j) - (u_i + u_j); each takes its best target.
4. a bargain puts both on each dimension at (a theta_i + b theta_j) / (a + b), a = (sigma_i phi)^2 and
   b = (sigma_j (1 - phi))^2 under `s2p2`, first powers under `s1p1`; `s2pmax` lets only the weaker move.
5. each actor holds an election over the bargains it is part of and the status quo, and takes the likeliest.
6. ideals follow positions by the accommodation matrix; it ends when a turn moves less than 2 % of the first.

Two bugs of the program are kept in `as published` and removed in `mended`: the receiver's view of a bargain
is formed from its estimate of the *gain* instead of the chance to win, and the blend of both views weighs
salience alone, the initiator's clout cancelling from both sides. Neither touches the default bargains.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import partial
from typing import Literal, get_args

import numpy as np

from equipoise.bargaining.model import WEIGHTS, Model, jointly
from equipoise.bargaining.pce import (
    ELECTION_MODELS,
    SOURCE,
    VICTORY_POWERS,
    VOTING_RULES,
    ElectionModel,
    VictoryModel,
    VotingRule,
)
from equipoise.errors import InputError

RiskShare = Literal["none", "third", "half", "two-thirds", "full"]
RiskRange = Literal["mid", "min", "max"]
ThirdParties = Literal["semi", "none", "full"]
Blend = Literal["s2p2", "s1p1", "s2pmax"]
Bargains = Literal["initiator", "both", "weighted"]
_SHARES = np.array([0.0, 1 / 3, 1 / 2, 2 / 3, 1.0])


@dataclass(frozen=True, kw_only=True)
class KtabRules:
    """The model's rules; the defaults are the program's.

    Attributes:
        victory, election, voting: as in `pce`.
        risk_share: how much of another's true risk attitude an observer sees.
        risk_range: which range attitudes are scaled to.
        third_parties: how far third parties commit themselves.
        blend: how chances and saliences place a bargain.
        bargains: whose view makes bargains: the initiator's, both, or one weighted blend.
        mended: without the program's two bugs on the receiver's side.
    """

    victory: VictoryModel = "linear"
    election: ElectionModel = "conditional"
    voting: VotingRule = "proportional"
    risk_share: RiskShare = "third"
    risk_range: RiskRange = "mid"
    third_parties: ThirdParties = "semi"
    blend: Blend = "s2p2"
    bargains: Bargains = "initiator"
    mended: bool = False

    def __post_init__(self) -> None:
        for name, allowed in _ALLOWED.items():
            if getattr(self, name) not in allowed:
                raise InputError(f"{name}: {getattr(self, name)!r} is not one of {', '.join(allowed)}")


_ALLOWED = {
    "victory": tuple(VICTORY_POWERS),
    "election": ELECTION_MODELS,
    "voting": VOTING_RULES,
    "risk_share": get_args(RiskShare),
    "risk_range": get_args(RiskRange),
    "third_parties": get_args(ThirdParties),
    "blend": get_args(Blend),
    "bargains": get_args(Bargains),
}


def _codes(rules: KtabRules) -> np.ndarray:
    """Return the rules as the kernel's integers, in its order."""
    codes = [_ALLOWED[f.name].index(getattr(rules, f.name)) for f in fields(rules) if f.name in _ALLOWED]
    codes[0] = VICTORY_POWERS[rules.victory]
    codes[5] = int(rules.third_parties == "semi")
    return np.array([*codes, int(rules.mended)], dtype=np.int64)


@dataclass(frozen=True)
class KtabPath:
    """A run of the spatial model.

    Attributes:
        positions: shape (turns played + 1, actors, dimensions), fractions of the scales.
        risk: risk attitudes, shape (turns, actors).
        targets, gains: whom each actor challenges (-1: nobody) and what it expects from it, same shape.
        outcome: shape (dimensions,), the mean of the different closing positions by their chance of election.
    """

    positions: np.ndarray
    risk: np.ndarray
    targets: np.ndarray
    gains: np.ndarray
    outcome: np.ndarray


def ktab_path(
    positions: np.ndarray,
    salience: np.ndarray,
    clout: np.ndarray,
    *,
    rules: KtabRules | None = None,
    accommodation: np.ndarray | None = None,
    turns: int = 100,
    rng: np.random.Generator | None = None,
) -> KtabPath:
    """Play the spatial model and return every turn.

    Args:
        positions: shape (actors, dimensions), fractions 0 to 1.
        salience: same shape, each row summing to at most 1 and above 0.
        clout: shape (actors,), above 0.
        accommodation: how far i's ideal follows j's position each turn; the identity if not given.
        rng: draws each actor's choice by its chances instead of taking the likeliest.
    """
    from equipoise.bargaining import _ktab_kernel as kernel

    theta, sigma, w = (np.ascontiguousarray(a, dtype=float) for a in (positions, salience, clout))
    n, dims = theta.shape
    codes = _codes(rules or KtabRules())
    alpha = np.eye(n) if accommodation is None else np.ascontiguousarray(accommodation, dtype=float)
    draws = np.full((turns, n), np.nan) if rng is None else rng.random((turns, n))
    path, risk, gains = np.empty((turns + 1, n, dims)), np.empty((turns, n)), np.empty((turns, n))
    chosen = np.empty((turns, n), dtype=np.int64)
    t = kernel.run(theta, sigma, w, alpha, codes, _SHARES, turns, draws, path, risk, chosen, gains)
    return KtabPath(path[: t + 1], risk[:t], chosen[:t], gains[:t], kernel.forecast(path[t], sigma, w, codes))


def ktab_outcomes(
    positions: np.ndarray,
    salience: np.ndarray,
    clout: np.ndarray,
    *,
    scale: np.ndarray,
    rules: KtabRules | None = None,
    turns: int = 100,
) -> np.ndarray:
    """Return the outcome of each issue for each draw, all issues taken together as one space.

    An actor that holds no position on an issue has salience 0 there and stands at its compromise mean.
    Saliences are divided by the largest sum over issues any actor has, where that is above 1.

    Args:
        positions, salience: shape (n, issues, actors); NaN where missing.
        clout: shape (n, actors).
        scale: shape (issues, 2).
    """
    from equipoise.bargaining import _ktab_kernel as kernel

    low, width = scale[:, 0][:, None], (scale[:, 1] - scale[:, 0])[:, None]
    theta = (positions - low) / width
    here = ~np.isnan(theta) & (salience > 0)
    weight = np.where(here, salience * clout[:, None, :], 0.0)
    mean = (weight * np.where(here, theta, 0.0)).sum(-1) / np.maximum(weight.sum(-1), 1e-300)
    theta = np.where(here, theta, mean[..., None])
    sigma = np.where(here, salience, 0.0)
    sigma = sigma / np.maximum(1.0, sigma.sum(1).max(-1))[:, None, None]
    out = np.empty(positions.shape[:2])
    arrays = (np.ascontiguousarray(np.swapaxes(a, 1, 2)) for a in (theta, sigma))
    kernel.batch(*arrays, np.ascontiguousarray(clout), _codes(rules or KtabRules()), _SHARES, turns, out)
    return low[:, 0] + out * width[:, 0]


def _ktab_model(name: str, rules: KtabRules, title: str, says: str) -> Model:
    return Model(
        name=name,
        title=title,
        says=says,
        source=SOURCE,
        caution="Sensitive to small changes of input once bargains tie; read the spread, not one run.",
        uses=WEIGHTS | {"scale", "other issues"},
        symmetric=False,
        mirrors=False,
        counts_actors="Risks and the worth of a bargain are taken over all actors (program smpc 0.1).",
        has_rounds=True,
        solve=jointly(partial(ktab_outcomes, rules=rules)),
    )


MODELS = (
    _ktab_model(
        "ktab",
        KtabRules(),
        "KTAB spatial model",
        "Actors pick targets, bargain and vote on bargains until positions settle, in one space of issues.",
    ),
    _ktab_model(
        "ktab-blend",
        KtabRules(bargains="weighted"),
        "KTAB spatial model, both views blended, as published",
        "As ktab, each bargain a blend of what initiator and receiver see, with the program's two bugs.",
    ),
    _ktab_model(
        "ktab-blend-mended",
        KtabRules(bargains="weighted", mended=True),
        "KTAB spatial model, both views blended, mended",
        "As ktab-blend, the receiver judging by its chance to win and clout weighing the blend.",
    ),
)

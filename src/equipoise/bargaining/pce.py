"""The probabilistic Condorcet election: every option meets every other, the stronger coalition tends to win.

Source: KTAB, the KAPSARC Toolkit for Behavioral Analysis (Wise, Lester and Efird 2015, *Multidimensional
bargaining using KTAB*). For options m, n and actors k of weight w_k with utility u_km:

    c(m:n) = sum_k max(0, vote(w_k; u_km, u_kn))       V_mn = c(m:n)^a / (c(m:n)^a + c(n:m)^a)

    conditional        p_m proportional to prod_n V_mn, V_mm = 1/2
    Markov, uniform    p_m = sum_n V_mn (p_m + p_n) / M
    Markov, incentive  p_m = sum_n V_mn (p_m t_nm + p_n t_mn), t_mn proportional to c(m:n) V_mn over m

Options are the *different* positions tabled (those nearer than 1e-9 of the scale are one), so that it makes no
difference how many actors stand at one of them. Here t_mn is the chance that the holder n is challenged by m. A
floor of 1e-8 under every coalition and 1e-10 under every self-challenge keeps the chances defined, as in the
program; weights are in units of the heaviest.
"""

from __future__ import annotations

from functools import partial
from typing import Literal, get_args

import numpy as np

from equipoise.bargaining.model import WEIGHTS, Model, by_issue

VotingRule = Literal["binary", "proportional", "prop-bin", "prop-cubic", "cubic", "asymmetric"]
VictoryModel = Literal["binary", "linear", "square", "quartic", "octic"]
ElectionModel = Literal["conditional", "markov-uniform", "markov-incentive"]

SOURCE = "KTAB: Wise, Lester and Efird (2015); program smpc 0.1 (2019)"
VOTING_RULES: tuple[VotingRule, ...] = get_args(VotingRule)
ELECTION_MODELS: tuple[ElectionModel, ...] = get_args(ElectionModel)
VICTORY_POWERS: dict[VictoryModel, int] = {"binary": 0, "linear": 1, "square": 2, "quartic": 4, "octic": 8}


def pce(
    utility: np.ndarray,
    weights: np.ndarray,
    *,
    voting: VotingRule = "proportional",
    victory: VictoryModel = "linear",
    election: ElectionModel = "conditional",
) -> np.ndarray:
    """Return each option's chance of winning the probabilistic Condorcet election.

    Args:
        utility: shape (actors, options).
        weights: shape (actors,), not negative.
        voting: how a difference in utility becomes a vote.
        victory: how strengths become a chance to win.
        election: how pairwise chances become one distribution.

    Source: KTAB; see the module's equations.
    """
    from equipoise.bargaining import _pce_kernel as kernel

    codes = VOTING_RULES.index(voting), VICTORY_POWERS[victory], ELECTION_MODELS.index(election)
    return kernel.pce(np.ascontiguousarray(utility, float), np.ascontiguousarray(weights, float), *codes)


def election_from_coalitions(
    coalitions: np.ndarray, *, victory: VictoryModel = "linear", election: ElectionModel = "conditional"
) -> np.ndarray:
    """Return each option's chance from coalition strengths, `coalitions[m, n]` for m against n."""
    from equipoise.bargaining import _pce_kernel as kernel

    strengths = np.ascontiguousarray(coalitions, float)
    return kernel.election(strengths, VICTORY_POWERS[victory], ELECTION_MODELS.index(election))


def pce_outcomes(
    positions: np.ndarray,
    salience: np.ndarray,
    clout: np.ndarray,
    *,
    width: float,
    voting: VotingRule = "proportional",
    victory: VictoryModel = "linear",
    election: ElectionModel = "conditional",
) -> np.ndarray:
    """Return for each draw the mean of the tabled positions, each weighted by its chance of election.

    Every different position is tabled once; all actors vote. Utility is 1 - distance / width; votes weigh clout x
    salience.

    Args:
        positions, salience, clout: shape (n, actors); NaN or 0 weight where an actor has no say.
        width: width of the issue's scale.
    """
    from equipoise.bargaining import _pce_kernel as kernel

    out = np.empty(len(positions))
    codes = VOTING_RULES.index(voting), VICTORY_POWERS[victory], ELECTION_MODELS.index(election)
    kernel.batch(positions, clout * salience, float(width), *codes, out)
    return out


def _pce_model(name: str, election: ElectionModel, says: str) -> Model:
    return Model(
        name=name,
        title=f"Probabilistic Condorcet election, {election.replace('-', ', ')}",
        says=says,
        source=SOURCE,
        caution="A mean over tabled positions: where camps are far apart it may name a place nobody holds.",
        uses=WEIGHTS,
        solve=by_issue(partial(pce_outcomes, election=election), width=True),
    )


MODELS = (
    _pce_model(
        "pce-conditional",
        "conditional",
        "Every position meets every other; its chance is the product of its chances to win.",
    ),
    _pce_model(
        "pce-uniform",
        "markov-uniform",
        "A position holds until a rival, drawn evenly, beats it; its chance is the time it holds.",
    ),
    _pce_model(
        "pce-incentive",
        "markov-incentive",
        "A position holds until beaten, and the more a rival gains by challenging, the oftener it does.",
    ),
)

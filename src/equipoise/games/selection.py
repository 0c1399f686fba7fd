"""One answer out of several equilibria, with the reason in words.

The rules are tried in a stated order and the first that decides is named: the only equilibrium; what
removing weakly dominated strategies leaves; the one better for every player (payoff dominance); the one
less risky to play (risk dominance, in two-by-two games) or at the end of the logit path; the one that
survives resampling most often; and when none decides, the highest sum of payoffs, said to be arbitrary.

Source: Harsanyi and Selten 1988, A General Theory of Equilibrium Selection in Games, for payoff and risk
dominance; McKelvey and Palfrey 1995 for the limiting logit equilibrium.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from equipoise.games.dominance import Elimination
from equipoise.games.equilibria import Equilibrium
from equipoise.games.normal_form import ROUNDING, NormalForm, deviation_payoffs
from equipoise.games.quantal import LogitPath
from equipoise.records import Record

Rule = Literal[
    "none",
    "unique",
    "dominance",
    "payoff-dominance",
    "risk-dominance",
    "limiting-logit",
    "stability",
    "last-resort",
]

_MARGIN = 1e-7  # of the larger one: differences below it count as none
_SURE = 0.95  # share of resamples a payoff comparison must hold in
_LEAD = 0.05  # how far ahead the most stable equilibrium must be
_SAME = 1e-4


@dataclass(frozen=True)
class Selection(Record):
    """The selected equilibrium.

    Attributes:
        index: place in the list of equilibria; None when there is none to select.
        rule: the rule that decided.
        reason: why, in words.
        passed_over: what the rules tried before said, in order.
        dissent: what speaks against the answer, in words; empty if nothing does.
    """

    index: int | None
    rule: Rule
    reason: str
    passed_over: tuple[str, ...] = ()
    dissent: str = ""


@dataclass(frozen=True)
class _Case:
    """What the rules look at."""

    game: NormalForm
    equilibria: Sequence[Equilibrium]
    path: LogitPath | None
    weak: Elimination | None
    stability: Sequence[float | None] | None
    better: Callable[[int, int], float | None] | None


_Verdict = tuple[int | None, str]


def select(
    game: NormalForm,
    equilibria: Sequence[Equilibrium],
    *,
    path: LogitPath | None = None,
    weak: Elimination | None = None,
    stability: Sequence[float | None] | None = None,
    better: Callable[[int, int], float | None] | None = None,
) -> Selection:
    """Select one equilibrium and say why.

    Args:
        game: the game.
        equilibria: verified equilibria (see `equilibria.solve`).
        path: the logit path, for its limit.
        weak: iterated elimination of weakly dominated strategies.
        stability: for each equilibrium the share of resamples in which it holds.
        better: share of resamples in which equilibrium a is at least as good for all as b, by index.

    Returns:
        The selection; its reason and what the rules before said, in words.
    """
    if not equilibria:
        return Selection(
            None,
            "none",
            "No equilibrium was found that passes verification; see the profiles of least regret.",
        )
    case = _Case(game, equilibria, path, weak, stability, better)
    if len(equilibria) == 1:
        return Selection(0, "unique", _unique_reason(case))
    passed: list[str] = []
    for rule, decide in _RULES:
        index, words = decide(case)
        if index is not None:
            return Selection(index, rule, words, tuple(passed), _dissent(case, rule, index))
        passed.append(words)
    index = _highest_sum(case)
    reason = (
        "No rule separates the equilibria; the one with the highest sum of payoffs, each scaled to its "
        "range, is shown. Treat this choice as arbitrary and read all of them."
    )
    return Selection(index, "last-resort", reason, tuple(passed))


def _unique_reason(case: _Case) -> str:
    words = "It is the only equilibrium found."
    if case.weak is not None and case.weak.solved and all(one.kind == "strict" for one in case.weak.removed):
        words += " Removing strictly dominated strategies in turn leaves nothing else, so no other can exist."
    return words


def _by_dominance(case: _Case) -> _Verdict:
    if case.weak is None or not case.weak.solved:
        return None, "Removing dominated strategies in turn leaves more than one profile."
    left = tuple(own[0] for own in case.weak.left)
    for index, one in enumerate(case.equilibria):
        if one.kind == "pure" and one.profile == left:
            return (
                index,
                "Removing weakly dominated strategies, all of a round at once, leaves this profile alone.",
            )
    return None, "What removing dominated strategies leaves is not among the equilibria."


def _by_payoff(case: _Case) -> _Verdict:
    units = np.array([one.payoffs for one in case.equilibria])
    rounding = ROUNDING * np.abs(units).max(axis=0)
    for index, own in enumerate(units):
        others = [k for k in range(len(units)) if k != index]
        if all((own > units[k] + rounding).all() for k in others):
            shares = [case.better(index, k) for k in others] if case.better is not None else []
            if any(share is not None and share < _SURE for share in shares):
                return (
                    None,
                    "One equilibrium looks better for every player, but within the noise of the estimates.",
                )
            return index, "Every player is better off here than in any other equilibrium (payoff dominance)."
    return None, "No equilibrium is better than the others for every player."


def _by_risk(case: _Case) -> _Verdict:
    if case.game.shape != (2, 2):
        return None, "Risk dominance compares two equilibria of a two-by-two game, which this is not."
    strict = [k for k, one in enumerate(case.equilibria) if one.kind == "pure"]
    if len(strict) != 2:
        return None, "Risk dominance needs two pure equilibria to compare."
    products = [_loss_product(case.game, case.equilibria[k]) for k in strict]
    if abs(products[0] - products[1]) <= _MARGIN * max(products):
        return None, "Neither pure equilibrium is less risky than the other."
    winner = strict[int(np.argmax(products))]
    return winner, (
        "It is the safer of the two pure equilibria when players are unsure of each other: the product of "
        f"what each loses by leaving it alone is larger ({max(products):.3g} against {min(products):.3g}, "
        "payoffs scaled to 0..1; risk dominance)."
    )


def _loss_product(game: NormalForm, one: Equilibrium) -> float:
    """Return the product over players of what leaving a pure equilibrium alone costs."""
    losses = [
        (u[s] - np.delete(u, s).max()) / size
        for u, s, size in zip(deviation_payoffs(game, one.mixtures), one.profile, game.ranges, strict=True)
    ]
    return float(np.prod(losses))


def _by_logit(case: _Case) -> _Verdict:
    if case.path is None or case.path.limit is None:
        return None, "The logit path gave no limit."
    if case.path.divides_at:
        return None, "The logit path divides, so it does not single out one equilibrium."
    index = _at_limit(case, case.path.limit)
    if index is None:
        return None, "The limit of the logit path is not among the equilibria."
    return index, (
        "It is where players end up who start from choosing at random and respond ever more exactly "
        "(limiting logit equilibrium, payoffs scaled to each player's range)."
    )


def _at_limit(case: _Case, limit: Sequence[np.ndarray]) -> int | None:
    for index, one in enumerate(case.equilibria):
        if max(np.abs(p - q).max() for p, q in zip(one.mixtures, limit, strict=True)) < _SAME:
            return index
    return None


def _by_stability(case: _Case) -> _Verdict:
    if case.stability is None or any(share is None for share in case.stability):
        return None, "Without replicates nothing is known of stability under resampling."
    shares = np.array(case.stability, dtype=float)
    order = np.argsort(-shares, kind="stable")
    first, second = shares[order[:2]].tolist()
    if first - second < _LEAD:
        return None, "No equilibrium survives resampling clearly more often than the next."
    return int(order[0]), f"It holds in {first:.0%} of resamples, the next best in {second:.0%}."


def _highest_sum(case: _Case) -> int:
    low = case.game.payoffs.reshape(-1, len(case.game.players)).min(axis=0)
    sums = [float(((one.payoffs - low) / case.game.ranges).sum()) for one in case.equilibria]
    return int(np.argmax(np.round(sums, 9)))


def _dissent(case: _Case, rule: Rule, index: int) -> str:
    """Say when risk dominance or the logit path points elsewhere than the selected equilibrium."""
    others = [
        (name, decide(case)[0])
        for other, name, decide in (
            ("risk-dominance", "risk dominance", _by_risk),
            ("limiting-logit", "the logit path", _by_logit),
        )
        if other != rule
    ]
    names = [name for name, found in others if found not in (None, index)]
    if not names:
        return ""
    verb = "points" if len(names) == 1 else "point"
    return f"However, {' and '.join(names)} {verb} to another equilibrium: this one asks for trust."


_RULES: tuple[tuple[Rule, Callable[[_Case], _Verdict]], ...] = (
    ("dominance", _by_dominance),
    ("payoff-dominance", _by_payoff),
    ("risk-dominance", _by_risk),
    ("limiting-logit", _by_logit),
    ("stability", _by_stability),
)

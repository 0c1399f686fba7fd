"""The same futures with goals weighed otherwise: payoff is linear in each goal, so that nothing is played again.

Goals bear on payoffs alone: what patrons want decides what a future is worth to them, not how it goes. The payoff of
eq. 6 is a sum of terms, each linear in its weights. What a weight is multiplied by in a future is what the payoff
gains when the weight is raised by 1; it is found once, by playing the futures again with the weight so raised, and
holds for every value of it.
Source: MODEL.md §2 eq. 6.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from equipoise.errors import InternalError
from equipoise.findings.digest import state_sums
from equipoise.findings.found import InputFound
from equipoise.findings.summary import Payoffs, with_payoffs
from equipoise.findings.what_if import Played
from equipoise.futures.play import Batch
from equipoise.world.kernel.rows import TERMS
from equipoise.world.player import Player

PLAYED = ("exposure", "terminal")
"""What stands among the goals and is played anew: exposure is multiplied with violence, and how much the last week
counts with all."""


def is_goal(path: str, focus: str) -> bool:
    """Say whether a path is a weight in which the payoff of the focus patron is linear."""
    head, _, goal = path.partition(".values.")
    return head == f"patrons.{focus}" and goal not in (*PLAYED, "")


@dataclass(frozen=True, eq=False)
class Held:
    """What is kept of futures to weigh them otherwise.

    Attributes:
        payoff: float64 [profiles, futures]. terms: mean over chance, float64 [terms, profiles, states], in the order of
            eq. 6. chance: streams a state.
    """

    payoff: np.ndarray
    terms: np.ndarray
    chance: int

    @classmethod
    def of(cls, player: Player, batch: Batch) -> Held:
        """Keep what is needed of a batch."""
        first = player.columns[f"terms.{TERMS[0]}"]
        terms = [
            state_sums(profile[first : first + len(TERMS)], batch.chance) / batch.chance
            for profile in batch.outcomes
        ]
        return cls(player.columns.values(batch.outcomes, "payoff"), np.stack(terms, axis=1), batch.chance)

    @classmethod
    def joined(cls, parts: Sequence[Held]) -> Held:
        """Join consecutive batches."""
        payoff = np.concatenate([part.payoff for part in parts], axis=1)
        return cls(payoff, np.concatenate([part.terms for part in parts], axis=2), parts[0].chance)

    def gain(self, raised: Held) -> Gain:
        """Return what a weight is multiplied by, given the same futures with the weight raised by 1."""
        if raised.payoff.shape != self.payoff.shape:
            raise InternalError("the futures with a goal raised are not those without")
        gained = raised.terms - self.terms
        terms = {n: gained[n] for n in np.flatnonzero(gained.any(axis=(1, 2))).tolist()}
        return Gain((raised.payoff - self.payoff).astype(np.float32), terms)


@dataclass(frozen=True, eq=False)
class Gain:
    """How much payoffs gain when a weight is raised by 1.

    Attributes:
        payoff: float32 [profiles, futures]. terms: of those that gain, by their place, [profiles, states].
    """

    payoff: np.ndarray
    terms: Mapping[int, np.ndarray]


def reweighed(
    before: Played,
    held: Held,
    moves: Sequence[tuple[Gain, np.ndarray]],
    inputs: Mapping[str, InputFound | None],
) -> Played:
    """Return what futures say when some goals are moved.

    Args:
        before: what they said, and `held`, what was kept of them.
        moves: what each goal gains, and by how much it is moved in each state [states].
        inputs: the numbers moved, as they are now; None where one is certain now.
    """
    payoff, terms = held.payoff.copy(), {n: values.copy() for n, values in enumerate(held.terms)}
    for gain, by in moves:
        payoff += gain.payoff * np.repeat(by, held.chance)
        for n, gained in gain.terms.items():
            terms[n] += gained * by
    by_state = payoff.reshape(len(payoff), -1, held.chance)
    f = by_state.mean(axis=2)
    within = by_state.var(axis=2, ddof=1).mean(axis=1) if held.chance > 1 else np.zeros(len(payoff))
    payoffs = Payoffs(f, payoff.astype(np.float32), within, held.chance)
    return Played(
        before.names,
        f,
        with_payoffs(before.found, payoffs, {TERMS[n]: values for n, values in terms.items()}, inputs),
    )


def input_found(values: np.ndarray) -> InputFound | None:
    """Return mean and standard deviation of a number over states; None where it is certain."""
    if not values.ndim:
        return None
    beyond = values - values[0]
    mean, squares = beyond.mean(), (beyond**2).mean()
    return InputFound(float(values[0] + mean), float(np.sqrt(max(0.0, squares - mean**2))))

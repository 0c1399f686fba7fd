"""Whether what is signed is kept: in which futures an agreement is signed, and a term falls due and is kept in time.

Source: docs/model.md *Events and agreements*, the rules by which the run judges a breach.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from equipoise.scenario.model import Agreement, Term
from equipoise.scenario.timing import conditional
from equipoise.world.calendar import NEVER
from equipoise.world.player import Player

SIGNED = "signed"
"""Stands where else the number of a term does, for the signing itself."""


@dataclass(frozen=True)
class Judged:
    """How a term ends under the first strategy [futures]: the week of its deadline, whether it falls due within the
    run, and is kept; it is only where it fell due."""

    deadline: np.ndarray
    due: np.ndarray
    kept: np.ndarray


class Happened:
    """In which week things happened in futures under the first strategy, int64 [futures]; NEVER if not.

    Args:
        weeks: of what was drawn [drawn, futures]. outcomes: of the futures [rows, futures].
    """

    def __init__(self, player: Player, weeks: np.ndarray, outcomes: np.ndarray) -> None:
        self._player, self._weeks, self._outcomes = player, weeks, outcomes
        self._drawn = {item.name: n for n, item in enumerate(player.world.drawn)}
        self._late = conditional(player.world.scenario)
        self.horizon = player.world.weeks

    def week(self, what: date | str) -> np.ndarray:
        """Return the weeks of an event or a deal, or of a day."""
        if isinstance(what, date):
            days = (what - self._player.world.start).days
            return np.full(self._weeks.shape[-1], days // 7, np.int64)
        if what in self._drawn:
            return self._weeks[self._drawn[what]].astype(np.int64)
        week = self._outcomes[self._player.columns[f"event.{what}"]].astype(np.int64)
        return np.where(week >= 0, week, NEVER)

    def there(self, what: date | str) -> np.ndarray:
        """Return the futures in which it happened before the run was over."""
        return self.week(what) < self.horizon

    def seen(self, what: date | str) -> np.ndarray:
        """Return from which week on a breach is judged knowing of it: conditional events come after breaches."""
        return self.week(what) + (what in self._late)


def judged(happened: Happened, agreement: Agreement, term: Term) -> Judged:
    """Return in which futures a term falls due within the run, and in which of them it is kept in time."""
    signed = happened.week(agreement.signed)
    deadline = happened.week(term.by) if term.by is not None else signed + (term.within or 0)
    inside = (deadline >= 0) & (deadline < happened.horizon)
    due = inside & (happened.seen(agreement.signed) <= deadline)
    return Judged(deadline, due, due & (happened.seen(term.event) <= deadline))

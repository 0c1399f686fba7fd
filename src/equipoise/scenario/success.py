"""Success: what must hold of a future for a way of engaging to have succeeded in it, as the analyst defines it.

A list of conditions on outcomes, all to hold, each with its horizon. Source: Simon 1956, *Psychological Review* 63
(satisficing: good enough on every count, not best on one).
"""

from __future__ import annotations

from typing import Literal

from equipoise.scenario.number import Finite, Name
from equipoise.scenario.strict_part import Part
from equipoise.scenario.value_types import Weeks

COMPARED = ("influence", "violence", "power", "standing")
"""Subjects that are compared with a level; the others hold or do not."""
SUBJECTS = (*COMPARED, "stands", "not_takeover")


class Goal(Part):
    """One condition on the outcome: one subject, a level where it is compared, and a horizon."""

    influence: Literal["level"] | None = None
    violence: Literal["level"] | None = None
    power: Name | None = None
    standing: Name | None = None
    stands: Name | None = None
    not_takeover: Name | None = None
    below: Finite | None = None
    above: Finite | None = None
    week: Weeks | None = None  # the last one if not given
    over: Literal["week", "every-week", "mean"] | None = None  # `week` if not given

    @property
    def subjects(self) -> tuple[str, ...]:
        """Which subjects are given; one in a sound condition."""
        return tuple(subject for subject in SUBJECTS if getattr(self, subject) is not None)

    @property
    def compared(self) -> bool:
        """Whether what is given is compared with a level."""
        return any(subject in COMPARED for subject in self.subjects)

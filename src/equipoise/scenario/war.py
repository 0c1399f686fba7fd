"""What kind of war a scenario is about: said for base rates alone; nothing in a run rests on it."""

from __future__ import annotations

from typing import Literal

from equipoise.scenario.strict_part import Grounded
from equipoise.scenario.value_types import Day


class War(Grounded):
    """What is fought over, how hard, since when, and when the last foreign troops of the government left.

    An intensity of "none" says that there is no war.
    """

    over: Literal["government", "territory"] | None = None  # government where there is an incumbent
    intensity: Literal["war", "minor", "none"] | None = None
    since: Day | None = None
    troops_left: Day | None = None

    @property
    def peace(self) -> bool:
        """Whether the scenario says that there is no war."""
        return self.intensity == "none"

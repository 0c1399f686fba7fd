"""When a run starts and how long it lasts, and from its weeks to days and back."""

from __future__ import annotations

from datetime import date, timedelta

from equipoise.scenario.strict_part import Part
from equipoise.scenario.value_types import Day, Weeks


class Calendar(Part):
    """When the run starts, how many weeks it lasts, and up to when things are known."""

    start: Day
    weeks: Weeks
    as_of: Day | None = None

    @property
    def last(self) -> date:
        """The last day of the run."""
        return self.day_of(self.weeks) - timedelta(days=1)

    def day_of(self, week: int) -> date:
        """Return the first day of a week; that of the week after the last is the day the run is over."""
        return self.start + timedelta(weeks=week)

    def week_of(self, day: date) -> int:
        """Return the week in which a day lies, below 0 before the run."""
        return (day - self.start).days // 7

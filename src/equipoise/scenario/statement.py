"""What a file says one by one, each told by a key of its own: judgements, observations, questions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import ClassVar

from equipoise.scenario.strict_part import Grounded


class Statement(Grounded):
    """What all statements are.

    Attributes:
        key: names the kind of statement in the file.
        names: what its values name, by key.
    """

    key: ClassVar[str]
    names: ClassVar[Mapping[str, str]] = {}

    @property
    def subject(self) -> tuple[str, ...]:
        """What it is about: the names it gives, in their order."""
        return tuple(self.value_of(key) for key in self.names)


class DatedStatement(Statement):
    """A statement about a day: `on` it, or `by` its end."""

    @classmethod
    def day_key(cls) -> str:
        """Return the key under which the day stands."""
        return "on" if "on" in cls.attributes() else "by"

    @property
    def day(self) -> date:
        """The day it is about."""
        return self.value_of(self.day_key())

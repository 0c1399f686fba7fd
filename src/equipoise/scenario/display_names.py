"""Names as people read them: display names of a scenario's actors, strategies, events and orders.

A name is the scenario's own `name` or `what`; without one, the identifier of the file, so that what is
read here can be typed there. Two things of one kind with the same display name carry their identifiers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from equipoise.scenario.model import Scenario
from equipoise.scenario.phrases import sentence, within


@dataclass(frozen=True)
class Names:
    """Display names by identifier; an identifier nobody named is returned as it is."""

    forces: Mapping[str, str]
    patrons: Mapping[str, str]
    regions: Mapping[str, str]
    strategies: Mapping[str, str]
    events: Mapping[str, str]
    incumbent: str | None

    @classmethod
    def of(cls, scenario: Scenario | None) -> Names:
        """Collect the display names of a scenario, strategies those of its focus patron; without one there are none."""
        if scenario is None:
            return cls({}, {}, {}, {}, {}, None)
        dated = {**scenario.events, **scenario.talks, **scenario.agreements}
        return cls(
            forces=_distinct({key: item.name for key, item in scenario.forces.items()}),
            patrons=_distinct({key: item.name for key, item in scenario.patrons.items()}),
            regions=_distinct({key: item.name for key, item in scenario.regions.items()}),
            strategies=_distinct(
                {key: item.name for key, item in scenario.strategies.get(scenario.focus, {}).items()}
            ),
            events=_distinct({key: item.what for key, item in dated.items()}),
            incumbent=next((key for key, item in scenario.forces.items() if item.incumbent), None),
        )

    def force(self, key: str) -> str:
        """Name of a force."""
        return self.forces.get(key, key)

    def patron(self, key: str) -> str:
        """Name of a patron."""
        return self.patrons.get(key, key)

    def actor(self, key: str) -> str:
        """Name of a force or a patron."""
        return self.forces.get(key) or self.patrons.get(key, key)

    def talk(self, key: str, power: str | None) -> str:
        """Name of a talk; where clout is power, with the power that what was found rests on."""
        return self.events.get(key, key) + (f", with power {power}" if power else "")

    def within(self, key: str) -> str:
        """Name of a force or a patron inside a sentence: `the Crown`."""
        return within(self.actor(key))

    def region(self, key: str) -> str:
        """Name of a region."""
        return self.regions.get(key, key)

    def strategy(self, key: str) -> str:
        """Name of a strategy of the focus patron."""
        return self.strategies.get(key, key)

    def quoted(self, key: str) -> str:
        """Name of a strategy inside a sentence: in quotation marks where it is more than one word."""
        name = self.strategy(key)
        return f"“{name}”" if " " in name else name

    def event(self, key: str) -> str:
        """What an event, talk or agreement is."""
        return self.events.get(key, key)

    def order(self, key: str) -> str:
        """Name of an order of a week: `The Crown holds`, `The rebels take over`."""
        if key == "holds":
            return f"{self.force(self.incumbent)} holds" if self.incumbent else "Nobody has a majority"
        if key.startswith("takeover:"):
            return f"Majority: {within(self.force(key.partition(':')[2]))}"
        return {"settlement": "Settlement", "chaos": "Chaos: no majority"}.get(key, sentence(key))

    def government(self) -> str:
        """The incumbent inside a sentence, or `the government` where there is none."""
        return within(self.force(self.incumbent)) if self.incumbent else "the government"


def _distinct(names: Mapping[str, str | None]) -> dict[str, str]:
    shown = {key: " ".join((name or "").split()) or key for key, name in names.items()}
    often = Counter(shown.values())
    return {key: name if often[name] == 1 else f"{name} ({key})" for key, name in shown.items()}

"""Names as people read them: display names of a scenario's actors, strategies, events and orders.

A name is the scenario's own `name` or `what`. Tables and figures show the `label` in its place where there is
one, and without either the identifier of the file, so that what is read here can be typed there; sentences turn
an identifier into English. Two things of one kind with the same display name carry their identifiers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from equipoise.scenario.model import Agreement, Event, Scenario, Talk
from equipoise.scenario.phrases import labelled, quoted, sentence, spoken, within


@dataclass(frozen=True)
class Names:
    """Display names by identifier; an identifier nobody named is returned as it is.

    Attributes:
        forces, patrons, regions, events: full names. strategies: those of each patron.
        focus: the patron whose strategies are meant where none is named.
        labels: short names of forces, patrons, regions and shared quantities, for tables and figures, by kind and
            identifier.
        incumbent: identifier of the force that governs, or None.
    """

    forces: Mapping[str, str]
    patrons: Mapping[str, str]
    regions: Mapping[str, str]
    strategies: Mapping[str, Mapping[str, str]]
    events: Mapping[str, str]
    incumbent: str | None
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    focus: str | None = None

    @classmethod
    def of(cls, scenario: Scenario | None) -> Names:
        """Collect the display names of a scenario, without one there are none."""
        if scenario is None:
            return cls({}, {}, {}, {}, {}, None)
        dated: dict[str, Event | Talk | Agreement] = {
            **scenario.events,
            **scenario.talks,
            **scenario.agreements,
        }
        return cls(
            forces=_distinct({key: item.name for key, item in scenario.forces.items()}),
            patrons=_distinct({key: item.name for key, item in scenario.patrons.items()}),
            regions=_distinct({key: item.name for key, item in scenario.regions.items()}),
            strategies={
                patron: _distinct({key: item.name for key, item in group.items()})
                for patron, group in scenario.strategies.items()
            },
            focus=scenario.focus,
            events=_distinct({key: item.what for key, item in dated.items()}),
            incumbent=next((key for key, item in scenario.forces.items() if item.incumbent), None),
            labels={
                kind: _distinct(
                    {key: item.label or item.name for key, item in getattr(scenario, kind).items()}
                )
                for kind in ("forces", "patrons", "regions")
            }
            | {"quantities": {key: item.label or key for key, item in scenario.quantities.items()}},
        )

    def force(self, key: str) -> str:
        """Short name of a force."""
        return self._short("forces", key)

    def patron(self, key: str) -> str:
        """Short name of a patron."""
        return self._short("patrons", key)

    def actor(self, key: str) -> str:
        """Short name of a force or a patron."""
        return self._short("forces" if key in self.forces else "patrons", key)

    def _short(self, kind: str, key: str) -> str:
        return self.labels.get(kind, {}).get(key, key)

    def talk(self, key: str, power: str | None) -> str:
        """Name of a talk; where clout is power, with the power that what was found rests on."""
        return self.events.get(key, key) + (f", with power {power}" if power else "")

    def within(self, key: str) -> str:
        """Name of a force or a patron inside a sentence: `the Crown`; whoever else holds a claim as the file has it.

        What a name adds in brackets is left out, unless another actor's name differs in that alone.
        """
        actors = {**self.patrons, **self.forces}
        if key not in actors:
            return key
        if actors[key] == key:
            return spoken(key, force=key in self.forces)
        short = actors[key].partition(" (")[0]
        alike = [name for name in actors.values() if name.partition(" (")[0] == short]
        return within(short if len(alike) == 1 else actors[key])

    def holder(self, key: str | None) -> str:
        """Who holds beliefs, inside a sentence: an actor, a label in quotation marks; None is the analyst."""
        if key is None:
            return "the analyst"
        actor = key in self.patrons or key in self.forces
        return self.within(key) if actor else labelled(key)

    def holding(self, key: str | None) -> str:
        """Who holds beliefs, as tables show it: the short name of an actor, else as in a sentence."""
        actor = key is not None and (key in self.patrons or key in self.forces)
        return self.actor(str(key)) if actor else sentence(self.holder(key))

    def tie(self, key: str) -> str:
        """The two actors of a tie, or of any pair joined by a bar: `the Crown and the rebels`."""
        return " and ".join(map(self.within, key.split("|")))

    def quantity(self, key: str) -> str:
        """Label of a shared quantity."""
        return self._short("quantities", key)

    def region(self, key: str) -> str:
        """Short name of a region."""
        return self._short("regions", key)

    def inside(self, key: str) -> str:
        """Name of a region inside a sentence: `the valley`."""
        return within(self.regions.get(key, key))

    def strategy(self, key: str, patron: str | None = None) -> str:
        """Name of a strategy, of the focus patron unless another is given."""
        return self.strategies.get(patron or self.focus or "", {}).get(key, key)

    def quoted(self, key: str, patron: str | None = None) -> str:
        """Name of a strategy inside a sentence: in quotation marks where it is more than one word."""
        return quoted(self.strategy(key, patron))

    def event(self, key: str) -> str:
        """What an event, talk or agreement is."""
        return self.events.get(key, key)

    def quoted_event(self, key: str) -> str:
        """What an event, talk or agreement is, in quotation marks, as it stands inside a sentence."""
        return f"“{self.event(key)}”"

    def order(self, key: str) -> str:
        """Name of an order of a week: `The Crown holds`, `Majority for the rebels`."""
        if key == "holds":
            return f"{self.force(self.incumbent)} holds" if self.incumbent else "Nobody has a majority"
        if key.startswith("takeover:"):
            return f"Majority for {within(self.force(key.partition(':')[2]))}"
        return {"settlement": "Settlement", "chaos": "Chaos, no majority"}.get(key, sentence(key))

    def ending(self, key: str) -> str:
        """How a future ended, after “it ended”: `with the Crown holding on`, `in chaos`."""
        if key == "holds":
            return f"with {self.government()} holding on" if self.incumbent else "with nobody in the majority"
        if key.startswith("takeover:"):
            return f"with {self.within(key.partition(':')[2])} in the majority"
        return {"settlement": "in a settlement"}.get(key, f"in {key}")

    def government(self) -> str:
        """The incumbent inside a sentence, or `the government` where there is none."""
        return self.within(self.incumbent) if self.incumbent else "the government"


def _distinct(names: Mapping[str, str | None]) -> dict[str, str]:
    shown = {key: " ".join((name or "").split()) or key for key, name in names.items()}
    often = Counter(shown.values())
    return {key: name if often[name] == 1 else f"{name} ({key})" for key, name in shown.items()}

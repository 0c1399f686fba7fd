"""Tables of rules by path: which names may stand where, and which values a number may take there.

A pattern is a path in the file with `*` for any one step; an exact step wins over `*`. The words EFFECT,
CONDITION and POLICY stand for every place where one may be written; what holds there stands with their entries.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from equipoise.scenario.conditions import CONDITIONS
from equipoise.scenario.effects import EFFECTS, MODIFIERS
from equipoise.scenario.outlook import JUDGEMENTS
from equipoise.scenario.policies import TERMS
from equipoise.scenario.reading import Path
from equipoise.scenario.value_types import ANY, NOT_NEGATIVE, SHARE, SIGN, Range

T = TypeVar("T")
Branch = dict[str | None, Any]
"""What may follow a step, by step; under None, which no file can write as a key, the rule for a path that ends."""

EFFECT_PLACES = ("events.*.effects.*", "talks.*.effects.*", "agreements.*.breach.*")
MOST_THENS = 4
"""How deep a strategy's `then` may hold another."""
THEN_PLACES = tuple("strategies.*.*" + ".then" * depth for depth in range(1, MOST_THENS + 1))
CONDITION_PLACES = tuple(
    place + item for place in ("events.*.when", *(f"{t}.when" for t in THEN_PLACES)) for item in ("", ".*")
)
POLICY_PLACES = ("strategies.*.*", *THEN_PLACES)


class Table(Generic[T]):
    """Rules by pattern; looking one up costs as many steps as the path is long."""

    def __init__(self, rules: Mapping[str, T]) -> None:
        self._tree: Branch = {}
        for pattern, rule in rules.items():
            for spelled in _spelled(pattern):
                branch = self._tree
                for step in spelled.split("."):
                    branch = branch.setdefault(step, {})
                branch[None] = rule

    def get(self, path: Path) -> T | None:
        """Return the rule for `path`, or None."""
        return _find(self._tree, path)


def _spelled(pattern: str) -> list[str]:
    for word, prefixes in (
        ("EFFECT", EFFECT_PLACES),
        ("CONDITION", CONDITION_PLACES),
        ("POLICY", POLICY_PLACES),
    ):
        if pattern.startswith(word + "."):
            return [prefix + pattern[len(word) :] for prefix in prefixes]
    return [pattern]


def _find(branch: Branch, path: Path) -> Any:
    if not path:
        return branch.get(None)
    for step in (str(path[0]), "*"):
        found = _find(branch[step], path[1:]) if step in branch else None
        if found is not None:
            return found
    return None


NAMED_BY_KEY: Table[str] = Table(
    {
        "forces.*.control": "region",
        "forces.*.home": "region",
        "outlines.regions": "region",
        "patrons.*.interest": "region",
        "patrons.*.engagement.gain": "force",
        "patrons.*.engagement.engage": "force",
        "patrons.*.values.rivals": "patron",
        "patrons.*.values.power": "force",
        "patrons.*.values.order.takeover": "force",
        "patrons.*.values.control": "force",
        "patrons.*.values.control.*": "region",
        "patrons.*.standing": "force",
        "patrons.*.backing": "force",
        "patrons.*.resented": "force",
        "dynamics.seasons.*.push": "force",
        "events.*.odds": "event or talk",
        "events.*.after": "event or talk",
        "talks.*.odds": "event or talk",
        "talks.*.after": "event or talk",
        "talks.*.clout": "actor",
        "talks.*.issues.*.positions": "actor",
        "talks.*.issues.*.salience": "actor",
        "talks.*.issues.*.reservation": "actor",
        "hypotheses.*.goals": "weight",
        "strategies": "patron",
        "seed-questions.*.answers": "holder",
        "strategies.*.*.decide": "event",
    }
    | {f"EFFECT.{key}{'.*' * n}": kind for key, e in EFFECTS.items() for n, kind in enumerate(e.keys)}
    | {f"POLICY.{key}{'.*' * n}": kind for key, e in TERMS.items() for n, kind in enumerate(e.keys)}
)
"""Mappings whose keys are names of something."""

NAMED_BY_VALUE: Table[str] = Table(
    {
        "focus": "patron",
        "claims.*.source": "source",
        "ties.*.between.*": "actor",
        "pools.*.holders.*": "holder",
        "dynamics.seasons.*.regions.*": "region",
        "events.*.requires.*": "event or talk",
        "events.*.unless.*": "event or talk",
        "events.*.decided-by": "patron",
        "talks.*.requires.*": "event or talk",
        "talks.*.unless.*": "event or talk",
        "talks.*.invited.*": "actor",
        "talks.*.veto.*": "actor",
        "talks.*.model": "bargaining model",
        "hypotheses.*.patron": "patron",
        "hypotheses.*.beliefs": "holder of beliefs",
        "agreements.*.parties.*": "actor",
        "agreements.*.signed": "event or talk",
        "agreements.*.terms.*.who": "actor",
        "agreements.*.terms.*.who.*": "actor",
        "agreements.*.terms.*.event": "event or talk",
    }
    | {f"success.*.{key}": "force" for key in ("power", "standing", "stands", "not-takeover")}
    | dict.fromkeys((f"{place}.when" for place in THEN_PLACES), "event or talk")
    | {f"EFFECT.{key}.{at}": kind for key, e in (EFFECTS | MODIFIERS).items() for at, kind in e.names.items()}
    | {f"CONDITION.{key}": kind for c in CONDITIONS.values() for key, kind in c.names.items()}
    | {f"outlook.*.{key}": kind for j in JUDGEMENTS.values() for key, kind in j.names.items()}
)
"""Values that are names of something."""

RANGES: Table[Range] = Table(
    {
        "forces.*.control.*": NOT_NEGATIVE,
        "forces.*.volatility.*": NOT_NEGATIVE,
        "forces.*.collapse.rate": NOT_NEGATIVE,
        "forces.*.collapse.yearly": SHARE,
        "forces.*.collapse.threshold": NOT_NEGATIVE,
        "forces.*.collapse.steepness": NOT_NEGATIVE,
        "forces.*.collapse.panic": NOT_NEGATIVE,
        "forces.*.collapse.slide": NOT_NEGATIVE,
        "forces.*.receptivity.*": NOT_NEGATIVE,
        "forces.*.resentment.*": NOT_NEGATIVE,
        "patrons.*.engagement.budget": NOT_NEGATIVE,
        "patrons.*.engagement.gain": NOT_NEGATIVE,
        "patrons.*.engagement.gain.*": NOT_NEGATIVE,
        "patrons.*.engagement.engage.*": NOT_NEGATIVE,
        "patrons.*.values.exposure": NOT_NEGATIVE,
        "patrons.*.values.cost": NOT_NEGATIVE,
        "patrons.*.values.backing-cost.*": NOT_NEGATIVE,
        "patrons.*.values.terminal": SHARE,
        "patrons.*.standing.*": SHARE,
        "patrons.*.backing.*.*": SHARE,
        "patrons.*.resented": NOT_NEGATIVE,
        "patrons.*.resented.*": NOT_NEGATIVE,
        "ties.*.sign": SIGN,
        "dynamics.fade": SHARE,
        "dynamics.warmth": NOT_NEGATIVE,
        "dynamics.inherit": NOT_NEGATIVE,
        "dynamics.realign-rate": NOT_NEGATIVE,
        "dynamics.realign-step": SHARE,
        "dynamics.violence.start": NOT_NEGATIVE,
        "dynamics.violence.mean": NOT_NEGATIVE,
        "dynamics.violence.revert": SHARE,
        "dynamics.violence.contest": NOT_NEGATIVE,
        "dynamics.seasons.*.violence": NOT_NEGATIVE,
        "events.*.probability": SHARE,
        "events.*.weekly": SHARE,
        "events.*.chance": SHARE,
        "events.*.odds.*": NOT_NEGATIVE,
        "events.*.slips.chance": SHARE,
        "talks.*.slips.chance": SHARE,
        "talks.*.probability": SHARE,
        "talks.*.odds.*": NOT_NEGATIVE,
        "talks.*.clout.*": NOT_NEGATIVE,
        "talks.*.issues.*.salience.*": NOT_NEGATIVE,
        "talks.*.issues.*.reservation.*": NOT_NEGATIVE,
    }
    | {f"EFFECT.{key}.{at}": allowed for key, e in EFFECTS.items() for at, allowed in e.ranges.items()}
)
"""Least and greatest value a number may take; a place that is not named may take any."""


def range_of(path: str) -> Range:
    """Return the least and greatest value that the number at a path may take."""
    return RANGES.get(tuple(path.split("."))) or ANY

"""Tables of rules by path: which names may stand where, and which values a number may take there.

A pattern is a path in the file with `*` for any one step; an exact step wins over `*`. The words EFFECT
and CONDITION stand for every place where one may be written.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from equipoise.scenario.reading import Path

T = TypeVar("T")
Branch = dict[str | None, Any]
"""What may follow a step, by step; under None, which no file can write as a key, the rule for a path that ends."""

EFFECTS = ("events.*.effects.*", "talks.*.effects.*", "agreements.*.breach.*")
CONDITIONS = (
    "events.*.when",
    "events.*.when.*",
    "strategies.*.*.then.when",
    "strategies.*.*.then.when.*",
)


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
    for word, prefixes in (("EFFECT", EFFECTS), ("CONDITION", CONDITIONS)):
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
        "EFFECT.standing": "patron",
        "EFFECT.standing.*": "force",
        "EFFECT.backing": "patron",
        "EFFECT.backing.*": "force",
        "EFFECT.expect": "patron",
        "EFFECT.expect.*": "force",
        "EFFECT.push": "force",
        "EFFECT.hazard": "force",
        "EFFECT.receptivity": "force",
        "EFFECT.budget": "patron",
        "EFFECT.values": "patron",
        "events.*.odds": "event or talk",
        "events.*.after": "event or talk",
        "talks.*.odds": "event or talk",
        "talks.*.after": "event or talk",
        "talks.*.clout": "actor",
        "talks.*.issues.*.positions": "actor",
        "talks.*.issues.*.salience": "actor",
        "talks.*.issues.*.reservation": "actor",
        "strategies": "patron",
        "strategies.*.*.engage": "force",
        "strategies.*.*.back": "force",
        "strategies.*.*.then.engage": "force",
        "strategies.*.*.then.back": "force",
        "strategies.*.*.decide": "event",
    }
)
"""Mappings whose keys are names of something."""

NAMED_BY_VALUE: Table[str] = Table(
    {
        "focus": "patron",
        "claims.*.source": "source",
        "ties.*.between.*": "actor",
        "EFFECT.tie.between.*": "actor",
        "EFFECT.regions.*": "region",
        "events.*.requires.*": "event or talk",
        "events.*.unless.*": "event or talk",
        "events.*.decided-by": "patron",
        "talks.*.requires.*": "event or talk",
        "talks.*.unless.*": "event or talk",
        "talks.*.host": "actor",
        "talks.*.invited.*": "actor",
        "talks.*.veto.*": "actor",
        "talks.*.model": "bargaining model",
        "agreements.*.parties.*": "actor",
        "agreements.*.signed": "event or talk",
        "agreements.*.terms.*.who": "actor",
        "agreements.*.terms.*.who.*": "actor",
        "agreements.*.terms.*.event": "event or talk",
        "CONDITION.power": "force",
        "CONDITION.control": "force",
        "CONDITION.in": "region",
        "CONDITION.standing": "patron",
        "CONDITION.with": "force",
        "CONDITION.collapsed": "force",
        "strategies.*.*.then.when": "event or talk",
    }
)
"""Values that are names of something."""

Range = tuple[float, float]
ANY: Range = (-math.inf, math.inf)
NOT_NEGATIVE: Range = (0.0, math.inf)
SHARE: Range = (0.0, 1.0)
SIGN: Range = (-1.0, 1.0)

RANGES: Table[Range] = Table(
    {
        "forces.*.control.*": NOT_NEGATIVE,
        "forces.*.volatility.*": NOT_NEGATIVE,
        "forces.*.collapse.rate": NOT_NEGATIVE,
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
        "EFFECT.backing.*.*.*": SHARE,
        "EFFECT.expect.*.*.*": SHARE,
        "EFFECT.violence.set": NOT_NEGATIVE,
        "EFFECT.tie.set": SIGN,
        "EFFECT.hazard.*": NOT_NEGATIVE,
        "EFFECT.receptivity.*": NOT_NEGATIVE,
        "EFFECT.budget.*": NOT_NEGATIVE,
        "EFFECT.values.*.exposure": NOT_NEGATIVE,
        "EFFECT.values.*.cost": NOT_NEGATIVE,
        "EFFECT.values.*.backing-cost.troops": NOT_NEGATIVE,
        "EFFECT.values.*.backing-cost.money": NOT_NEGATIVE,
        "events.*.probability": SHARE,
        "events.*.weekly": SHARE,
        "events.*.odds.*": NOT_NEGATIVE,
        "events.*.slips.chance": SHARE,
        "talks.*.slips.chance": SHARE,
        "talks.*.probability": SHARE,
        "talks.*.odds.*": NOT_NEGATIVE,
        "talks.*.clout.*": NOT_NEGATIVE,
        "talks.*.issues.*.salience.*": NOT_NEGATIVE,
        "talks.*.issues.*.reservation.*": NOT_NEGATIVE,
    }
)
"""Least and greatest value a number may take; a place that is not named may take any."""

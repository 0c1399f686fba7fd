"""Effects of events, deals and breaches as elementary operations. Source: MODEL.md §3 *Effects*."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from equipoise.scenario.model import CHANNELS, Effect, Scenario


class Act(IntEnum):
    """What an operation does; `a`, `b`, `c` are its indices."""

    STANDING = 0  # a patron, b force: add
    BACKING = 1  # a patron, b force, c channel: move to target over span weeks; announced
    EXPECT = 2  # a patron, b force, c channel: set what is expected
    PUSH = 3  # a force, b region: fitness for span weeks
    VIOLENCE_ADD = 4
    VIOLENCE_SET = 5  # level and mean
    TIE_ADD = 6  # a, b forces
    TIE_SET = 7
    HAZARD = 8  # a force: factor
    RECEPTIVITY = 9  # a force: factor
    BUDGET = 10  # a patron: factor
    VALUE = 11  # a patron, b weight: set
    SETTLEMENT = 12


@dataclass(frozen=True)
class Op:
    """One elementary operation; `path` names the number it uses, empty for none."""

    act: Act
    path: str = ""
    a: int = 0
    b: int = 0
    c: int = 0
    span: int = 1
    announced: bool = False


WEIGHTS = ("influence", "violence", "exposure", "cost", "backing-cost.troops", "backing-cost.money",
           "order.holds", "order.settlement", "order.chaos")  # fmt: skip
"""The weights every patron has; those by force, patron and region follow (`weight_names`)."""


def weight_names(
    forces: tuple[str, ...], regions: tuple[str, ...], patrons: tuple[str, ...]
) -> tuple[str, ...]:
    """Return the names of a patron's weights (eq. 6) in the order of the weight axis."""
    return (
        *WEIGHTS,
        *(f"order.takeover.{j}" for j in forces),
        *(f"power.{j}" for j in forces),
        *(f"rivals.{k}" for k in patrons),
        *(f"control.{j}.{g}" for g in regions for j in forces),
    )


def operations(scenario: Scenario, effect: Effect, path: str) -> list[Op]:
    """Return the operations of one effect, in an order that does not depend on the file's.

    A tie between actors of which one is a patron moves nothing in the weekly model and gives none.
    """
    forces, regions, patrons = (
        tuple(sorted(n)) for n in (scenario.forces, scenario.regions, scenario.patrons)
    )
    out: list[Op] = []
    for i, levels in sorted((effect.standing or {}).items()):
        out += [
            Op(Act.STANDING, f"{path}.standing.{i}.{j}", patrons.index(i), forces.index(j))
            for j in sorted(levels)
        ]
    for key, act in (("backing", Act.BACKING), ("expect", Act.EXPECT)):
        for i, by_force in sorted((getattr(effect, key) or {}).items()):
            for j, levels in sorted(by_force.items()):
                out += [
                    Op(act, f"{path}.{key}.{i}.{j}.{channel}", patrons.index(i), forces.index(j), c,
                       effect.over or 1, bool(effect.announced))
                    for c, channel in enumerate(CHANNELS)
                    if getattr(levels, channel) is not None
                ]  # fmt: skip
    where = regions if effect.regions in (None, "all") else sorted(effect.regions or ())
    for j in sorted(effect.push or {}):
        out += [
            Op(Act.PUSH, f"{path}.push.{j}", forces.index(j), regions.index(g), 0, effect.weeks or 1)
            for g in where
        ]
    if effect.violence is not None:
        kind, act = (
            ("add", Act.VIOLENCE_ADD) if effect.violence.add is not None else ("set", Act.VIOLENCE_SET)
        )
        out.append(Op(act, f"{path}.violence.{kind}"))
    if effect.tie is not None and all(actor in forces for actor in effect.tie.between):
        kind, act = ("add", Act.TIE_ADD) if effect.tie.add is not None else ("set", Act.TIE_SET)
        first, second = sorted(forces.index(actor) for actor in effect.tie.between)
        out.append(Op(act, f"{path}.tie.{kind}", first, second))
    for key, act, names in (
        ("hazard", Act.HAZARD, forces), ("receptivity", Act.RECEPTIVITY, forces), ("budget", Act.BUDGET, patrons)
    ):  # fmt: skip
        out += [Op(act, f"{path}.{key}.{n}", names.index(n)) for n in sorted(getattr(effect, key) or {})]
    weights = weight_names(forces, regions, patrons)
    for i, by_weight in sorted((effect.values or {}).items()):
        out += [
            Op(Act.VALUE, f"{path}.values.{i}.{w}", patrons.index(i), weights.index(w))
            for w in sorted(by_weight)
        ]
    if effect.settlement:
        out.append(Op(Act.SETTLEMENT))
    return out

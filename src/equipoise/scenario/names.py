"""Check that every name a scenario uses is the name of something it has."""

from __future__ import annotations

from collections.abc import Iterable

from equipoise.scenario.inspection import Inspection, dotted, quoted, slug, walk
from equipoise.scenario.reading import Node, Path
from equipoise.scenario.rules import NAMED_BY_KEY, NAMED_BY_VALUE
from equipoise.scenario.value_types import CHANNELS, ORDERS, OTHERS, TALK_MODELS, is_day, is_number
from equipoise.text import alike

SIMPLE_WEIGHTS = ("influence", "violence", "exposure", "cost")
FIXED = {
    "terminal": "`terminal` weighs the whole run against its end; an event cannot change it, nor is it a goal",
    "exposure": "`exposure` says how near violence is; the goal is `violence`",
}

SECTIONS: dict[str, tuple[str, ...]] = {
    "force": ("forces",),
    "patron": ("patrons",),
    "actor": ("forces", "patrons"),
    "region": ("regions",),
    "event": ("events",),
    "event or talk": ("events", "talks"),
    "holder": ("beliefs",),
    "source": ("sources",),
    "claim": ("claims",),
    "quantity": ("quantities",),
    "holder of beliefs": ("beliefs", "pools"),
}
"""Where the names of each kind are given."""


def check_names(inspection: Inspection) -> None:
    """Note every name that names nothing, with the nearest one that does.

    Works on the file itself, not on the checked objects, so that a fault elsewhere hides no name.
    """
    known = known_names(inspection)
    for path, node in walk(inspection.document.root):
        kind = _kind_of_keys(path, node)
        if kind == "weight":
            _check_weights(inspection, path, node, known)
        elif kind is not None:
            for key in node.value:
                _check(inspection, (*path, key), key, kind, known, at_key=True)
        elif isinstance(node.value, str):
            kind = _kind_of_value(path, node)
            if kind is not None:
                _check(inspection, path, node.value, kind, known)
    _check_namespace(inspection)
    _check_labels(inspection)
    for name in known.get("force", ()):
        if name in known.get("patron", ()):
            message = f"`{name}` is a force and a patron; actors need different names"
            inspection.add(("patrons", name), message, "rename one", at_key=True)


def known_names(inspection: Inspection) -> dict[str, list[str]]:
    """Return the names of each kind, as the file has them; a kind whose section is no mapping is left out."""

    def keys(*sections: str) -> list[str]:
        names: list[str] = []
        for section in sections:
            node = inspection.document.node((section,))
            if node is not None and not isinstance(node.value, dict):
                unreadable.update(sections)
            elif node is not None:
                names += list(node.value)
        # A name that is noted as misspelt (`The Crown`) is known under its right spelling too.
        return names + [slug(name) for name in names if slug(name) not in names]

    unreadable: set[str] = set()
    known = {kind: keys(*sections) for kind, sections in SECTIONS.items()}
    known["bargaining model"] = list(TALK_MODELS)
    return {
        kind: names for kind, names in known.items() if not unreadable.intersection(SECTIONS.get(kind, ()))
    }


def order_names(forces: Iterable[str]) -> tuple[str, ...]:
    """Return the names of the orders a week may have, each at the place of its code: a takeover by each force last."""
    return (*ORDERS[:-1], *(f"takeover:{force}" for force in forces))


def weights(
    forces: list[str] | tuple[str, ...],
    patrons: list[str] | tuple[str, ...],
    regions: list[str] | tuple[str, ...],
) -> list[str]:
    """Return the keys an effect on `values` may set: paths below a patron's `values`."""
    return [
        *SIMPLE_WEIGHTS,
        *(f"backing-cost.{channel}" for channel in CHANNELS),
        *(f"order.{order}" for order in ORDERS[:-1]),
        *(f"order.takeover.{force}" for force in forces),
        *(f"rivals.{patron}" for patron in patrons),
        *(f"power.{force}" for force in forces),
        *(f"control.{force}.{region}" for force in forces for region in regions),
    ]


def _kind_of_keys(path: Path, node: Node) -> str | None:
    if not isinstance(node.value, dict):
        return None
    kind = NAMED_BY_KEY.get(path)
    if kind is not None and path[-1] in ("gain", "resented") and is_number(node.plain()):
        return None
    return kind


def _kind_of_value(path: Path, node: Node) -> str | None:
    if len(path) > 2 and path[-2] == "claims" and isinstance(path[-1], int):
        return "claim"
    if path[-1] == "is" and path[0] != "outlook":
        return "quantity"
    if path[-2:] == ("transfer", "from") and node.value == OTHERS:
        return None
    kind = NAMED_BY_VALUE.get(path)
    return None if kind is None or (path[-1] == "signed" and is_day(node.value)) else kind


def _check(
    inspection: Inspection,
    path: Path,
    name: str,
    kind: str,
    known: dict[str, list[str]],
    *,
    at_key: bool = False,
) -> None:
    if name in known.get(kind, [name]):
        return
    article = "an" if kind[0] in "aeiou" else "a"
    what = f"{quoted(name)} is not {article} {kind} of this scenario"
    if kind == "bargaining model":
        what = f"{quoted(name)} is not a bargaining model"
    elif kind == "actor":
        what = f"{quoted(name)} is not an actor (a force or a patron) of this scenario"
    inspection.add(path, what, inspection.nearest(name, known[kind]), at_key=at_key)


def _check_weights(inspection: Inspection, path: Path, node: Node, known: dict[str, list[str]]) -> None:
    if not {"force", "patron", "region"} <= known.keys():
        return
    allowed = weights(known["force"], known["patron"], known["region"])
    for key in node.value:
        if key == "terminal" or (key == "exposure" and path[0] == "hypotheses"):
            inspection.add((*path, key), FIXED[key], at_key=True)
        elif key not in allowed:
            hint = inspection.nearest(key, allowed)
            inspection.add((*path, key), f"{quoted(key)} is not a weight of a patron", hint, at_key=True)


def _check_namespace(inspection: Inspection) -> None:
    for name in inspection.document.entries("talks"):
        if name in inspection.document.entries("events"):
            message = f"`{name}` is the name of an event; events and talks need different names"
            inspection.add(("talks", name), message, "rename one", at_key=True)


def _check_labels(inspection: Inspection) -> None:
    """Note actors, regions and strategies of a patron whose names a reader takes for one, in sentences or tables."""
    _check_shown(inspection, "name")
    _check_shown(inspection, "label", "name")


def _check_shown(inspection: Inspection, field: str, instead: str = "") -> None:
    """Note names alike among what is shown: the field, what stands instead of it, or else the key."""
    strategies: list[list[Path]] = [
        [("strategies", patron)] for patron in inspection.document.entries("strategies")
    ]
    groups: list[list[Path]] = [[("forces",), ("patrons",)], [("regions",)], *strategies]
    for places in groups:
        owners: dict[str, Path] = {}
        for place in places:
            for key, entry in inspection.document.entries(*place).items():
                given = ((key, entry.below(key)) for key in (field, instead) if key)
                texts = [
                    (key, node.value)
                    for key, node in given
                    if node is not None and isinstance(node.value, str)
                ]
                last, shown = texts[0] if texts else ("", key)
                path = (*place, key, last) if last else (*place, key)
                first = owners.setdefault(shown, path)
                if last and first != path and (not instead or "label" in (last, first[-1])):
                    _note_alike(inspection, path, shown, shown, first)
        for one, other in alike(owners):
            if not instead or "label" in (owners[one][-1], owners[other][-1]):
                _note_alike(inspection, owners[other], other, one, owners[one])


def _note_alike(inspection: Inspection, path: Path, name: str, other: str, owner: Path) -> None:
    message = f"{quoted(name)} cannot be told from {quoted(other)}, which stands at `{dotted(owner)}`"
    inspection.add(path, message, "write one of them differently", at_key=path[-1] not in ("name", "label"))

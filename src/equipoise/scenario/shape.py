"""Check the shape of a scenario: which keys there are and what each may hold.

The model's classes do the checking; this module says in our own words what they found. What is broken is
set aside and the rest checked again, so one look shows every fault and the relations between the sound
parts can be checked too.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, TypeVar

from pydantic import ValidationError

from equipoise.scenario.inspection import Inspection, nearest, quoted
from equipoise.scenario.model import CONDITIONS, Part, Scenario
from equipoise.scenario.number import ICD_203
from equipoise.scenario.outlines import GEOJSON_NAME
from equipoise.scenario.outlook import JUDGEMENTS
from equipoise.scenario.reading import Path
from equipoise.text import number_in

ROUNDS = 12
MAX_FAULTS = 500

Error = Mapping[str, Any]
P = TypeVar("P", bound=Part)
Kinds = tuple[str, Mapping[str, Any]]
"""What parts are called of which there are several kinds, and the keys that name these."""
CONDITION: Kinds = ("a condition", CONDITIONS)
IN_SECTIONS: Mapping[str, Kinds] = {"outlook": ("a judgement", JUDGEMENTS)}
"""By section of the file the parts there of which there are several kinds; elsewhere they are conditions."""


def shaped(
    inspection: Inspection,
    kind: type[P] = Scenario,  # type: ignore[assignment]
    in_sections: Mapping[str, Kinds] = IN_SECTIONS,
) -> P | None:
    """Return the sound part of the file, or None where too little is left; note every fault.

    Args:
        inspection: of the file.
        kind: what the file describes.
        in_sections: which parts of several kinds stand in which of its sections.
    """
    data = inspection.document.root.plain()
    for _ in range(ROUNDS):
        try:
            return kind.model_validate(data, context={"file": True})
        except ValidationError as error:
            if error.error_count() > 100 * MAX_FAULTS:
                inspection.add(
                    (), f"this file has {error.error_count():,} faults of shape; it is no scenario"
                )
                return None
            faults = error.errors(include_url=False)
        for fault in faults[:MAX_FAULTS]:
            _note(inspection, fault, in_sections)
        if len(faults) > MAX_FAULTS:
            return None
        kept = [_set_aside(inspection, data, fault) for fault in faults]
        if not all(kept):
            return None
    return None


def _steps(fault: Error) -> Path:
    """Return where a fault is, without the tags of alternatives (`<number>`) and key marks (`[key]`)."""
    return tuple(step for step in fault["loc"] if not str(step).startswith(("<", "[")))


def _note(inspection: Inspection, fault: Error, in_sections: Mapping[str, Kinds]) -> None:
    """Note one fault of the model, unless it only follows from another."""
    path = _steps(fault)
    there = inspection.actual(path)
    if fault["type"] == "unknown_keys":
        _note_unknown(inspection, path, fault["ctx"]["keys"], fault["ctx"]["allowed"])
    elif fault["type"] == "missing":
        _note_missing(inspection, path)
    elif not _follows(inspection, fault, there):
        message, hint = _in_words(fault, in_sections)
        inspection.add(path, message, hint, at_key="[key]" in fault["loc"] and there == path)


_OF_THE_WHOLE = ("number", "union_tag_not_found", "union_tag_invalid", "too_short")
"""Faults that can follow from setting aside a key inside."""


def _follows(inspection: Inspection, fault: Error, there: Path) -> bool:
    """True where a part lacks only what was set aside."""
    return fault["type"] in _OF_THE_WHOLE and any(
        broken[: len(there)] == there for broken in inspection.broken
    )


def _note_unknown(inspection: Inspection, path: Path, keys: list[str], allowed: list[str]) -> None:
    for key in keys:
        hint = inspection.nearest(key, allowed)
        inspection.meant |= {(*path, name) for name in allowed if f"mean `{name}`" in hint}
        inspection.add((*path, key), f"there is no key {quoted(key)} here", hint, at_key=True)


def _note_missing(inspection: Inspection, path: Path) -> None:
    parent = inspection.actual(path[:-1])
    if (*parent, path[-1]) in inspection.meant or inspection.document.node((*parent, path[-1])) is not None:
        return  # misspelt, or there and set aside: that fault is already noted
    if isinstance(path[-1], int):
        inspection.add(parent, f"too few values: value {path[-1] + 1} is missing")
    else:
        inspection.add(parent, f"the key `{path[-1]}` is missing here", at_key=True)


def _of_per_cent(given: object) -> str:
    """Return how a number that was written as per cent is written in a file: `write 0.5`; nothing for all else."""
    text = str(given).strip()
    try:
        return f"write {number_in(text.removesuffix('%')) / 100:g}" if text.endswith("%") else ""
    except ValueError:
        return ""


def _in_words(fault: Error, in_sections: Mapping[str, Kinds]) -> tuple[str, str]:
    """Return message and hint for a fault of the model."""
    given, context = quoted(fault["input"]), fault.get("ctx") or {}
    match fault["type"]:
        case "string_pattern_mismatch" if context["pattern"] == GEOJSON_NAME:
            return (
                f"{given} is no GeoJSON file beside the scenario",
                "write its name alone, such as regions.geojson",
            )
        case "string_pattern_mismatch":
            return f"{given} is not a name", "names are lower-case letters, digits and hyphens"
        case "literal_error":
            allowed = context["expected"].replace("'", "`").replace(" or ", ", ")
            near = nearest(str(fault["input"]), allowed.replace("`", "").split(", "))
            return f"{given} cannot stand here; allowed: {allowed}", near if "did you" in near else ""
        case "union_tag_not_found" | "union_tag_invalid":
            return _unknown_kind(fault["input"], given, *in_sections.get(str(fault["loc"][0]), CONDITION))
        case "not_a_number":
            return f"a number is needed here, not {given}", _of_per_cent(fault["input"])
        case "words":
            return f"{given} is {fault['msg']}", nearest(str(fault["input"]), ICD_203)
        case "exactly" | "day" if "needed" in fault["msg"]:
            return f"{fault['msg']}, not {given}", ""
    return _plainly(fault["type"], fault["msg"], given, context)


def _unknown_kind(item: Any, given: str, what: str, kinds: Mapping[str, Any]) -> tuple[str, str]:
    """Say that a part names none of its kinds."""
    named = ", ".join(f"`{key}`" for key in kinds)
    if not isinstance(item, dict):
        return f"{what} is a mapping with one of {named}, not {given}", ""
    hints = [nearest(key, kinds) for key in item]
    return f"{what} names one of {named}", next((hint for hint in hints if "did you" in hint), "")


_NEEDED = {
    "float_type": "a number is needed here",
    "float_parsing": "a number is needed here",
    "int_type": "a whole number is needed here",
    "int_from_float": "a whole number is needed here",
    "bool_type": "`true` or `false` is needed here",
    "string_type": "text is needed here",
    "dict_type": "a mapping (`key: value`) is needed here",
    "model_type": "a mapping (`key: value`) is needed here",
    "model_attributes_type": "a mapping (`key: value`) is needed here",
    "tuple_type": "a list is needed here",
    "list_type": "a list is needed here",
}


def _plainly(kind: str, message: str, given: str, context: dict[str, Any]) -> tuple[str, str]:
    if kind in _NEEDED:
        return f"{_NEEDED[kind]}, not {given}", _how_to_mend(kind, given)
    for limit, words in (("ge", "at least"), ("gt", "above"), ("le", "at most"), ("lt", "below")):
        if limit in context:
            return f"{given} is outside what is allowed: it must be {words} {context[limit]:.15g}", ""
    match kind:
        case "too_long":
            return (
                f"{context['actual_length']} entries stand here; at most {context['max_length']} are allowed",
                "",
            )
        case "too_short":
            return "at least one entry is needed here", ""
        case "string_too_long":
            return f"this text is longer than {context['max_length']:,} characters", ""
    return message, ""


def _how_to_mend(kind: str, given: str) -> str:
    if given == "nothing":
        return "write a value, or leave the key out"
    if kind == "string_type" and given[0] == "`":
        return "put it in quotes to make it text"
    if kind in ("tuple_type", "list_type") and given[0] == "`":
        return f"write [{given.strip('`')}]"
    return ""


def _set_aside(inspection: Inspection, data: Any, fault: Error) -> bool:
    """Remove what is at fault from `data`, so that the rest can be checked; False if nothing is left."""
    path = inspection.actual(_steps(fault))
    if fault["type"] == "unknown_keys":
        parent = _at(data, path)
        for key in fault["ctx"]["keys"]:
            if isinstance(parent, dict):
                parent.pop(key, None)
        return True
    if not path:
        missing = _steps(fault)[:1]
        return bool(missing) and _stand_in(inspection, data, missing[0])
    _remove(inspection, data, path)
    return True


_STAND_INS: dict[str, Any] = {
    "equipoise": 1,
    "title": "untitled",
    "focus": "x",
    "calendar": {"start": "2000-01-03", "weeks": 1},
    "regions": {"x": {}},
    "forces": {"x": {"control": {"x": 1}}},
    "patrons": {"x": {}},
    "strategies": {"x": {"x": {}}},
}
"""What stands in for a required key that is missing, so that the rest can be checked."""


def _stand_in(inspection: Inspection, data: Any, key: str | int) -> bool:
    if key not in _STAND_INS or key in data:
        return False
    data[key] = deepcopy(_STAND_INS[str(key)])
    inspection.broken.add((key,))
    return True


def _remove(inspection: Inspection, data: Any, path: Path) -> None:
    """Remove the entry of the nearest mapping at or above `path`: a list loses no item of its own."""
    cut = len(path)
    while cut > 1 and isinstance(_at(data, path[: cut - 1]), list):
        cut -= 1
    parent = _at(data, path[: cut - 1])
    if isinstance(parent, dict) and path[cut - 1] in parent:
        del parent[path[cut - 1]]
        inspection.broken.add(path[:cut])
    elif cut > 1:
        _remove(inspection, data, path[: cut - 1])


def _at(data: Any, path: Path) -> Any:
    for step in path:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return None
    return data

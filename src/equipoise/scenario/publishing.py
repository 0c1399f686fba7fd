"""The JSON Schema of the format, so that editors complete and check a scenario while it is written.

Generated from the model's classes and the texts of `keys.yaml`. It knows the shape of a file; names, dates
and dependencies are checked when the file is loaded. JSON Schema draft 2020-12.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import resources
from typing import Any

from equipoise.scenario.model import Scenario
from equipoise.scenario.number import FORMS, ICD_203, NUMBER_KEYS
from equipoise.scenario.reading import read
from equipoise.scenario.strict_part import Part
from equipoise.scenario.unless_given import Each, Otherwise, unless_given
from equipoise.scenario.value_types import TALK_MODELS

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_ONE_OR_MORE = (("Term", "who"), ("Event", "when"))
_NAME = {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]*$", "maxLength": 64}


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a scenario, short forms of numbers included."""
    made = Scenario.model_json_schema(by_alias=True, mode="validation")
    definitions = made["$defs"]
    definitions["Number"] = _number(definitions["Number"])
    for part, key in _ONE_OR_MORE:
        definitions[part]["properties"][key] = _or_one(definitions[part]["properties"][key])
    definitions["Then"]["properties"]["when"] = _waiting(definitions["Then"]["properties"]["when"])
    definitions["Talk"]["properties"]["model"]["enum"] = list(TALK_MODELS)
    _describe(made, definitions, key_texts(), "Scenario")
    _tidy(made)
    for (part, key), value in unless_given().items():
        _default(definitions[part]["properties"][key], value)
    return {"$schema": DIALECT, **made, "title": "Equipoise scenario, format version 1"}


def schema_of(root: type[Part], texts: dict[str, dict[str, str]], title: str) -> dict[str, Any]:
    """Return the JSON Schema of another file of ours.

    Args:
        root: the class of what the file holds. texts: what each key means, by part. title: of the schema.
    """
    made = root.model_json_schema(by_alias=True, mode="validation")
    _describe(made, made["$defs"], texts, root.__name__)
    _tidy(made)
    return {"$schema": DIALECT, **made, "title": title}


def schema_text(made: Mapping[str, Any]) -> str:
    """Return a schema as the package publishes it."""
    return json.dumps(made, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def key_texts(room: str = "equipoise.scenario") -> dict[str, dict[str, str]]:
    """Return what each key of a file means, by part and key, from the `keys.yaml` of its room."""
    text = (resources.files(room) / "keys.yaml").read_text(encoding="utf-8")
    return read(text).root.plain()


def _number(written_out: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a number: plain, `[low, high]`, `[low, likely, high]`, or a named form."""
    properties = {
        key: {**_without_null(value), **({"enum": sorted(ICD_203)} if key == "words" else {})}
        for key, value in written_out["properties"].items()
        if key in NUMBER_KEYS
    }
    numbers = {"type": "number"}
    return {
        "description": "A number, [low, high], [low, most likely, high], or a mapping that names its form.",
        "anyOf": [
            numbers,
            {"type": "array", "items": numbers, "minItems": 2, "maxItems": 3},
            {
                "type": "object",
                "additionalProperties": False,
                "properties": properties,
                "oneOf": [{"required": [form]} for form in FORMS],
            },
        ],
    }


def _or_one(many: dict[str, Any]) -> dict[str, Any]:
    array = _without_null(many)
    return {"anyOf": [array["items"], array]}


def _waiting(when: dict[str, Any]) -> dict[str, Any]:
    conditions = next(part for part in when["oneOf"] if part.get("type") == "array")
    return {"anyOf": [_NAME, conditions["items"], conditions]}


def _without_null(part: dict[str, Any]) -> dict[str, Any]:
    """Return a schema without the null that stands for "not given"."""
    forms = [form for form in part.get("anyOf", []) if form != {"type": "null"}]
    if not forms or len(forms) == len(part["anyOf"]):
        return {key: value for key, value in part.items() if key not in ("title", "default")}
    rest = {key: value for key, value in part.items() if key not in ("anyOf", "title", "default")}
    return {**rest, **(forms[0] if len(forms) == 1 else {"anyOf": forms})}


def _describe(
    made: dict[str, Any], definitions: dict[str, Any], texts_of: dict[str, dict[str, str]], root: str
) -> None:
    """Give every key its text, which editors show while it is written; grounds have theirs wherever they may stand."""
    for part, target in {**definitions, root: made}.items():
        texts = {**texts_of.get("Grounded", {}), **texts_of.get(part, {})}
        for form in (target, *target.get("anyOf", ())):
            for key in form.get("properties", {}).keys() & texts.keys():
                form["properties"][key] = {**form["properties"][key], "description": texts[key]}


def _default(entry: dict[str, Any], value: Any) -> None:
    """Write what stands for a key that is left out: for it, or for every name that its mapping leaves out.

    Where it depends on the rest of the file nothing is written; the key's text says it.
    """
    if isinstance(value, Each):
        while isinstance(below := entry.get("additionalProperties"), dict):
            entry = below
        value = value.value
    entry.pop("default", None)
    if value is not Otherwise.DEPENDS:
        entry["default"] = value


def _tidy(item: Any) -> None:
    """Drop titles that only repeat a key, and let forms overlap: the file's reader chooses between them."""
    if isinstance(item, dict):
        if isinstance(item.get("title"), str) and ("type" in item or "anyOf" in item or "oneOf" in item):
            del item["title"]
        item.pop("discriminator", None)
        if _NAME["pattern"] in item.get("patternProperties", {}):
            item["additionalProperties"] = item.pop("patternProperties")[_NAME["pattern"]]
            item["propertyNames"] = {"pattern": _NAME["pattern"], "maxLength": _NAME["maxLength"]}
        if "oneOf" in item and not any("required" in form and len(form) == 1 for form in item["oneOf"]):
            item["anyOf"] = item.pop("oneOf")
        for value in item.values():
            _tidy(value)
    elif isinstance(item, list):
        for value in item:
            _tidy(value)

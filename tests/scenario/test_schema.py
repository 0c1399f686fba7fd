"""The published JSON Schema is current, accepts what loads, and refuses faults of shape."""

import json
from datetime import date
from importlib import resources
from pathlib import Path

import pytest

from equipoise.scenario import cases, load, schema, to_yaml
from equipoise.scenario import model as parts
from equipoise.scenario.checks import check
from equipoise.scenario.number import NUMBER_KEYS
from equipoise.scenario.outlook import JUDGEMENTS
from equipoise.scenario.publishing import key_texts, schema_text
from equipoise.scenario.reading import read
from equipoise.scenario.resolving import resolve

jsonschema = pytest.importorskip("jsonschema")
SPEC = Path(__file__).resolve().parents[2] / "spec"
SCHEMA = schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

SHAPE = [
    "unknown-key-top",
    "unknown-key-force",
    "unknown-key-underscore",
    "unknown-key-event",
    "missing-title",
    "missing-focus",
    "missing-weeks",
    "missing-control",
    "missing-tie-sign",
    "missing-claim-says",
    "version-2",
    "title-is-number",
    "title-is-list",
    "number-is-text",
    "number-is-true",
    "number-in-quotes",
    "number-four-values",
    "number-one-value",
    "number-no-form",
    "number-two-forms",
    "number-text-in-list",
    "words-unknown",
    "weeks-zero",
    "weeks-fraction",
    "weeks-too-many",
    "incumbent-yes",
    "regions-is-list",
    "ties-is-mapping",
    "tie-three-actors",
    "tie-one-actor",
    "name-with-capital",
    "confidence-unknown",
    "channel-unknown",
    "channel-unknown-backing",
    "violence-condition-word",
    "back-above-one",
    "engage-negative",
    "engage-uncertain",
    "floor-above-one",
    "majority-half",
    "timing-unknown",
    "condition-order-unknown",
    "condition-backing-channel",
    "condition-engaged-no-force",
    "after-three-weeks",
    "slips-no-weeks",
    "slips-zero-weeks",
    "weight-negative",
    "over-zero",
    "no-forces",
    "condition-unknown-kind",
    "outlook-unknown-kind",
    "outlook-unknown-order",
    "outlook-no-value",
    "outlook-is-text",
    "outlook-above-one",
    "outlook-given-unknown",
    "outlook-within-no-week",
    "hypotheses-rule",
    "hypotheses-what",
]


def _json(item):
    """Return plain data as JSON has it: dates are text."""
    if isinstance(item, dict):
        return {str(key): _json(value) for key, value in item.items()}
    if isinstance(item, list):
        return [_json(value) for value in item]
    return item.isoformat() if isinstance(item, date) else item


def _data(text):
    return _json(read(text).root.plain())


def test_the_schema_is_valid_and_the_published_file_is_current():
    jsonschema.Draft202012Validator.check_schema(schema())
    published = (resources.files("equipoise.scenario") / "schema.json").read_text(encoding="utf-8")
    assert published == schema_text(schema())
    assert json.loads(published) == schema()


def test_the_reference_validates_as_written_and_as_resolved():
    file = load("two-valleys")
    assert not list(VALIDATOR.iter_errors(_data(file.text)))
    assert not list(VALIDATOR.iter_errors(_data(to_yaml(file.scenario))))


@pytest.mark.parametrize("path", sorted((SPEC / "valid").glob("*.yaml")), ids=lambda path: path.stem)
def test_valid_files_validate(path):
    assert not list(VALIDATOR.iter_errors(_data(path.read_text())))


@pytest.mark.parametrize("name", SHAPE)
def test_faults_of_shape_do_not_validate(name):
    assert list(VALIDATOR.iter_errors(_data((SPEC / "invalid" / f"{name}.yaml").read_text())))


def test_every_key_has_a_text_and_every_text_a_key():
    texts = key_texts()
    grounds = {"claims", "because"}
    expected = {
        name: set(part.attributes()) - grounds
        for name, part in vars(parts).items()
        if isinstance(part, type) and issubclass(part, parts.Part) and name in parts.__all__
    }
    expected |= {kind.__name__: set(kind.attributes()) - grounds for kind in JUDGEMENTS.values()}
    for base in ("Part", "Dated", "Policy"):
        expected.pop(base)
    expected["Grounded"] = grounds
    expected["Scenario"].add("claims")
    expected["Number"] = set(NUMBER_KEYS)
    assert {name: set(keys) for name, keys in texts.items()} == expected


def test_the_schema_explains_keys_to_editors():
    force = schema()["$defs"]["Force"]["properties"]
    assert force["momentum"]["description"] == key_texts()["Force"]["momentum"]
    number = next(form for form in schema()["$defs"]["Number"]["anyOf"] if "properties" in form)
    assert number["properties"]["words"]["description"] == key_texts()["Number"]["words"]
    assert force["because"]["description"] == key_texts()["Grounded"]["because"]


EACH = "each"
# ruff: noqa: E501 - a table of what stands for keys
MODEL_SAYS = {
    "Engagement.budget": 1, "Engagement.gain": 0.05, "Values.influence": 1, "Values.exposure": 1, "Dynamics.fade": 0.01,
    "ViolenceDynamics.start": 1, "ViolenceDynamics.mean": 1, "ViolenceDynamics.revert": 0.1, "Dynamics.majority": 0.6,
    "Collapse.threshold": "start", "Collapse.steepness": 0, "Collapse.rate": 0, "Patron.resented": 1, "Receptivity.base": 1,
    "Patron.standing": {EACH: 0}, "Values.rivals": {EACH: 0}, "Values.control": {EACH: {EACH: 0}}, "Force.home": {EACH: 0},
    "Patron.backing": {EACH: {"troops": 0, "money": 0}}, "Event.probability": 1, "Talk.probability": 1, "Event.weekly": 1,
    "Event.timing": "even", "Talk.timing": "even", "Effect.over": 1, "Effect.announced": False, "Effect.weeks": 1,
    "Effect.regions": "all", "Strategy.back-over": 4, "Then.floor": 0, "Season.violence": 1,
}  # fmt: skip
"""What the model's page says of what is left out."""


def _default(entry):
    """Return what the schema says stands for a key that is left out, names of a mapping through all its depths."""
    below = entry.get("additionalProperties")
    if entry.get("default") == {} and isinstance(below, dict):
        return {EACH: _default({"default": {}, **below})}
    return entry.get("default")


@pytest.mark.parametrize("key", MODEL_SAYS)
def test_the_schema_says_what_stands_for_a_key_left_out(key):
    part, name = key.split(".")
    assert _default(SCHEMA["$defs"][part]["properties"][name]) == MODEL_SAYS[key]


def _left_out(written, whole):
    """Yield part, key and value of what a file leaves out and what is written out for it."""
    if isinstance(written, parts.Part):
        for key, name in type(written).attributes().items():
            if name not in written.model_fields_set:
                yield type(written).__name__, key, getattr(whole, name)
            else:
                yield from _left_out(getattr(written, name), getattr(whole, name))
    elif isinstance(written, dict):
        for key, below in written.items():
            yield from _left_out(below, whole[key])
    elif isinstance(written, tuple):
        for below, full in zip(written, whole, strict=True):
            yield from _left_out(below, full)


@pytest.mark.parametrize("case", cases())
def test_what_the_schema_says_is_written_out_in_every_case(case):
    text = load(case).text
    seen = set()
    for part, key, value in _left_out(check(text), resolve(check(text))):
        said = SCHEMA["$defs"].get(part, SCHEMA)["properties"].get(key, {}).get("default")
        if isinstance(value, parts.Part | dict | tuple | date) or value is None or said is None:
            continue
        assert (value.value if isinstance(value, parts.Number) else value) == said, (part, key)
        seen.add((part, key))
    assert len(seen) > 20

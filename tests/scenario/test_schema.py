"""The published JSON Schema is current, accepts what loads, and refuses faults of shape."""

import json
from datetime import date
from importlib import resources
from pathlib import Path

import pytest

from equipoise.scenario import load, schema, to_yaml
from equipoise.scenario import model as parts
from equipoise.scenario.number import NUMBER_KEYS
from equipoise.scenario.outlook import JUDGEMENTS
from equipoise.scenario.publishing import key_texts, schema_text
from equipoise.scenario.reading import read

jsonschema = pytest.importorskip("jsonschema")
SPEC = Path(__file__).resolve().parents[2] / "spec"
VALIDATOR = jsonschema.Draft202012Validator(schema())

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
    for base in ("Part", "Grounded", "Dated", "Policy"):
        expected.pop(base)
    expected["Scenario"].add("claims")
    expected["Number"] = set(NUMBER_KEYS)
    assert {name: set(keys) for name, keys in texts.items()} == expected


def test_the_schema_explains_keys_to_editors():
    force = schema()["$defs"]["Force"]["properties"]
    assert force["momentum"]["description"] == key_texts()["Force"]["momentum"]

"""Records are written as JSON and read back as they were; what was damaged is refused with its place."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

import numpy as np
import pytest
from pydantic import Field

from equipoise.errors import InputError
from equipoise.records import Record, jsonable


@dataclass(frozen=True)
class Inner(Record):
    mean: float
    se: float | None


@dataclass(frozen=True)
class Outer(Record):
    name: str
    count: int
    parts: Mapping[str, Inner]
    days: tuple[date, ...]
    with_: Annotated[Mapping[str, str], Field(alias="with")] = field(default_factory=dict)


WHOLE = Outer("a", 2, {"x": Inner(0.5, None)}, (date(2031, 1, 2),), {"p": "q"})


def test_a_record_comes_back_as_it_was_written():
    written = WHOLE.to_dict()
    assert written == {
        "name": "a", "count": 2, "parts": {"x": {"mean": 0.5, "se": None}}, "days": ["2031-01-02"], "with": {"p": "q"},
    }  # fmt: skip
    assert Outer.read(json.dumps(written), what="it") == WHOLE


@pytest.mark.parametrize(
    ("changed", "at"),
    [
        ({"count": "2"}, "count"),
        ({"parts": {"x": {"mean": None, "se": None}}}, "parts.x.mean"),
        ({"parts": {"x": {"mean": 1.0}}}, "parts.x.se"),
        ({"days": ["yesterday"]}, "days.0"),
        ({"more": 1}, "more"),
        ({"parts": []}, "parts"),
    ],
)
def test_what_was_damaged_is_refused_with_its_place(changed, at):
    with pytest.raises(InputError, match=f"summary.json is not what Equipoise writes: at {at},"):
        Outer.read(json.dumps(WHOLE.to_dict() | changed), what="summary.json")


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, b"\xff\xfe", '{"name": NaN}'])
def test_what_is_no_json_is_refused(text):
    with pytest.raises(InputError, match="is not what Equipoise writes"):
        Outer.read(text, what="x")


def test_what_is_undefined_is_null_and_a_strange_thing_is_refused():
    assert jsonable({"a": np.array([np.nan, 0.0]), "b": np.float64("inf")}) == {"a": [None, 0.0], "b": None}
    with pytest.raises(TypeError):
        jsonable(object())

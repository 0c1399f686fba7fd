"""Files broken at random: each loads or is refused with places, and nothing else ever happens."""

import random
import time
from copy import deepcopy

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.errors import ScenarioError
from equipoise.scenario import load, loads, places, resolve, to_yaml

TEXT = load("two-valleys").text
ODD = [None, True, -1, 0, 1.5, 1e9, "x", "crown", "2031-05-01", "on", [], {}, [0, 1], [1, 0]]
ODD += [{"value": 1}, {"is": "x"}]
MARKS = [b"{", b"}", b"[", b":", b"- ", b"\n", b"&a ", b"*a ", b"!x ", b"'", b"#", b"\t"]


def _answer(text: str) -> None:
    started = time.thread_time()
    problems, scenario = (), None
    try:
        scenario = loads(text).scenario
    except ScenarioError as error:
        problems = error.problems
    if scenario is None:
        assert problems
        assert all(problem.message for problem in problems)
    else:
        assert resolve(scenario) == scenario
        assert loads(to_yaml(scenario)).scenario == scenario
        assert places(scenario)
    assert time.thread_time() - started < 5


def _containers(item, found):
    if isinstance(item, dict | list) and item:
        found.append(item)
        for below in item.values() if isinstance(item, dict) else item:
            _containers(below, found)
    return found


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.integers(0, 2**32), st.integers(1, 4))
def test_any_node_may_be_deleted_doubled_or_replaced(seed, changes):
    chance = random.Random(seed)
    data = yaml.safe_load(TEXT)
    for _ in range(changes):
        inside = chance.choice(_containers(data, []))
        key = chance.choice(list(inside) if isinstance(inside, dict) else range(len(inside)))
        match chance.randrange(4):
            case 0:
                del inside[key]
            case 1:
                inside[key] = chance.choice(ODD)
            case 2:
                inside[key] = deepcopy(chance.choice(_containers(data, [])[1:] or [0]))
            case 3:
                if isinstance(inside, dict):
                    inside[f"{key}x"] = inside.pop(key)
                else:
                    inside.append(inside[key])
    try:
        text = yaml.safe_dump(data, sort_keys=False, allow_unicode=True)
    except ValueError:
        return
    _answer(text)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.integers(0, 2**32), st.integers(1, 6))
def test_any_bytes_may_be_changed(seed, changes):
    chance = random.Random(seed)
    raw = bytearray(TEXT.encode())
    for _ in range(changes):
        at = chance.randrange(len(raw))
        match chance.randrange(4):
            case 0:
                raw[at] = chance.randrange(256)
            case 1:
                del raw[at : at + chance.randrange(1, 30)]
            case 2:
                raw[at:at] = raw[at : at + chance.randrange(1, 60)]
            case 3:
                raw[at:at] = chance.choice(
                    [b"{", b"}", b"[", b":", b"- ", b"\n", b"&a ", b"*a ", b"!x ", b"'", b"#", b"\t"]
                )
    _answer(raw.decode("utf-8", "surrogateescape"))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.text(max_size=200))
def test_any_text_is_answered(text):
    with pytest.raises(ScenarioError):
        loads(text)

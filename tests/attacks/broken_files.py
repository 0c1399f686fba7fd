"""Scenario files broken on purpose, by seed: bytes changed, structure torn, values no honest file holds.

`mutant(seed)` gives the bytes of one file. Where it starts from is drawn too: a bundled case, a file of `spec/`, a
random scenario with every feature of the format. Half of the changes are mild, so that many files load and are played.
"""

from __future__ import annotations

import random
import re
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from tests.world.random_scenarios import random_scenario

import equipoise
from equipoise.scenario.reading import read

SPEC = sorted((Path(__file__).resolve().parents[2] / "spec" / "valid").glob("*.yaml"))
CASES = sorted((Path(equipoise.__file__).parent / "cases").glob("*/scenario.yaml"))
WRITTEN = "RAW{}WAR"
"""What stands for a value until the file is written, so that a value can be text that no YAML writer would write."""

FIT = [
    "0", "1", "0.5", "1e-9", "1e-300", "5e-324", "-0.0", "0.9999999999999999", "[0, 1]", "[0, 0.5, 1]",
    "[0.4, 0.4000001]", "{uniform: [0, 1]}", "{beta: [1e-9, 1e-9]}", "{beta: [1e300, 1e300]}", "{beta: [2, 1e9]}",
    "{choice: {0: 1, 1: 1e-300}}", "{choice: {0.1: 1e300, 0.2: 1e-300}}", "{normal: [0.5, 1e300], within: [0, 1]}",
    "{normal: [0.5, 1e-300], within: [0, 1]}", "{normal: [1e9, 1], within: [0, 1]}",
    "{lognormal: [0.5, 1e9], within: [0, 1]}", "{lognormal: [1e-300, 2], within: [0, 1]}", "{pert: [0, 0, 1]}",
    "{pert: [0, 1e-300, 1]}", "{triangular: [0, 0, 1]}", "{triangular: [0, 1, 1]}", "{words: likely}", "{value: 1}",
    *["0.01", "0.99", "0.3", "2", "3", "26", "1", "0", "0.5", "-0.5"] * 3,
]  # fmt: skip
"""Numbers at the edge of what may stand somewhere."""
NUMBERS = [
    *FIT, "-1", "1e9", "1e308", "-1e308", "1e999", ".nan", ".inf", "-.inf", "999999999999999", "9" * 400, "0x7f",
    "1_000", "1:30", "[1, 0]", "[0.5, 0.5]", "[0, 1e308]", "{uniform: [-1e308, 1e308]}", "{lognormal: [1, 1e9]}",
    "{normal: [0, 1e-300], within: [0, 1]}", "{triangular: [0, 0, 0]}", "{choice: {0: 1e-300, 1: 1e308}}",
    "{choice: {0: 0}}", "{is: mood, times: 1e300}", "{is: x}",
]  # fmt: skip
HOSTILE = [
    "~", "true", "yes", "''", '" "', '"\\0"', '"\\e[2J"', '"\\u202ereversed"', '"\\ud800"', '"\\ufeff"',
    "x" * 201, "x" * 5000, "'=1+1'", "'@SUM(A1)'", "'<script>alert(1)</script>'", "'{{7*7}}'", "*nothing", "&a [*a]",
    "!!python/object/apply:os.system ['true']", "!x {}", "{<<: {}}", "[]", "{}", "[[[]]]", "{'': {}}", "{~: 1}",
    "[" * 40 + "]" * 40, "{a: " * 30 + "1" + "}" * 30, "0001-01-01", "9999-12-31", "2031-02-30", "2031-05-01",
    "&b [x, x]", "[&c {}, *c, *c]", "crown", "on", "? x", "|\n", "%", "'\\'", '"', "#", "name", "north",
]  # fmt: skip
KEYS = [
    "''", "'  '", "~", "true", "1", "<<", "'=x'", "x" * 300, '"\\u202e"', "__class__", "is", "value", "*a", "[a]",
]  # fmt: skip
MARKS = [
    b"{", b"}", b"[", b"]", b":", b": ", b"- ", b"\n", b"&a ", b"*a ", b"!x ", b"'", b'"', b"#", b"\t", b"\0", b"\xff",
    b"\xc2\x85", b"\xe2\x80\xae", b"\xed\xa0\x80", b"\r", b"--- \n", b"? ", b"%YAML 9.9\n", b"\x1b[2J", b"<<: ", b"|",
]  # fmt: skip
BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
)
_NUMBER = re.compile(rb"(?<=[ \[])-?[0-9]+(\.[0-9]+)?(?=[\s,\]}])")


def mutant(seed: int) -> bytes:
    """Return the bytes of a broken file."""
    chance = random.Random(seed)
    if chance.random() < 0.4:
        return _bytes_changed(_text(chance), chance)
    data = deepcopy(_plain(_text(chance)))
    for _ in range(chance.choice([1, 1, 1, 1, 1, 2, 3, 6])):
        _torn(data, chance)
    written = yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000)
    each = NUMBERS + HOSTILE + KEYS
    text = re.sub(r"RAW([0-9]+)WAR", lambda found: each[int(found[1])], written)
    if chance.random() < 0.02:
        text += BOMB
    raw = text.encode("utf-8", "surrogatepass")
    return _bytes_changed(raw, chance) if chance.random() < 0.1 else raw


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """Writes every value out where it stands, as a person would."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(chance: random.Random) -> bytes:
    """Return a file to start from: small ones most often."""
    drawn = chance.random()
    if drawn < 0.05:
        return _read(chance.choice(CASES))
    if drawn < 0.3:
        return _read(Path(equipoise.__file__).parent / "cases" / "two-valleys" / "scenario.yaml")
    if drawn < 0.6:
        return _drawn(chance.randrange(40))
    return _read(chance.choice(SPEC))


@cache
def _read(path: Path) -> bytes:
    return path.read_bytes()


@cache
def _plain(content: bytes) -> Any:
    return read(content.decode()).root.plain()  # by YAML 1.2, in which `on` is a word


@cache
def _drawn(seed: int) -> bytes:
    return yaml.dump(random_scenario(seed), Dumper=_Dumper, sort_keys=False).encode()


def _bytes_changed(content: bytes, chance: random.Random) -> bytes:
    raw = bytearray(content)
    for _ in range(chance.choice([1, 1, 1, 2, 4, 8])):
        at = chance.randrange(len(raw) or 1)
        match chance.randrange(9):
            case 0:
                raw[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del raw[at : at + chance.randrange(1, 30)]
            case 2:
                raw[at:at] = raw[at : at + chance.randrange(1, 60)]
            case 3:
                raw[at:at] = chance.choice(MARKS)
            case 4:
                del raw[chance.randrange(at, len(raw) + 1) :]
            case 5 | 6:
                _one_number_changed(raw, chance)
            case 7 | 8:
                _lines_changed(raw, chance)
    return bytes(raw)


def _one_number_changed(raw: bytearray, chance: random.Random) -> None:
    found = list(_NUMBER.finditer(raw))
    if found:
        number = chance.choice(found)
        raw[number.start() : number.end()] = chance.choice(FIT).encode()


def _lines_changed(raw: bytearray, chance: random.Random) -> None:
    """Drop, double, move or indent a line."""
    lines = bytes(raw).split(b"\n")
    line, to = chance.randrange(len(lines)), chance.randrange(len(lines))
    match chance.randrange(4):
        case 0:
            del lines[line]
        case 1:
            lines.insert(line, lines[line])
        case 2:
            lines.insert(to, lines.pop(line))
        case 3:
            lines[line] = b" " * chance.randrange(1, 5) + lines[line].lstrip() * chance.randrange(2)
    raw[:] = b"\n".join(lines)


def _torn(data: Any, chance: random.Random) -> None:
    """Drop, rename, double, move or replace one node of plain data."""
    inside = chance.choice(_containers(data, []) or [data])
    key = chance.choice(list(inside) if isinstance(inside, dict) else range(len(inside)))
    match chance.randrange(10):
        case 0:
            del inside[key]
        case 1:
            inside[key] = _placed(HOSTILE, chance)
        case 2:
            inside[key] = deepcopy(chance.choice(_containers(data, [])[1:] or [0]))
        case 3 if isinstance(inside, dict):
            inside[_name(inside, key, data, chance)] = inside.pop(key)
        case 4 if isinstance(inside, dict):
            inside[_name(inside, key, data, chance)] = deepcopy(inside[key])
        case 3 | 4:
            inside.append(deepcopy(inside[key]))
        case 5:
            inside[key] = (
                chance.choice([list, dict])() if isinstance(inside[key], dict | list) else [inside[key]]
            )
        case _:
            _number_replaced(data, chance)


def _number_replaced(data: Any, chance: random.Random) -> None:
    places = [
        (inside, key)
        for inside in _containers(data, [])
        for key, value in (inside.items() if isinstance(inside, dict) else enumerate(inside))
        if isinstance(value, int | float)
    ]
    if places:
        inside, key = chance.choice(places)
        inside[key] = _placed(FIT if chance.random() < 0.7 else NUMBERS, chance)


def _name(inside: dict[Any, Any], key: Any, data: Any, chance: random.Random) -> Any:
    """Return another name for a key: one near it, one that stands elsewhere in the file, a hostile one."""
    elsewhere = [name for each in _containers(data, []) if isinstance(each, dict) for name in each]
    return chance.choice([f"{key}x", chance.choice(elsewhere or [key]), _placed(KEYS, chance)])


def _placed(values: list[str], chance: random.Random) -> str:
    before = {id(FIT): 0, id(NUMBERS): 0, id(HOSTILE): len(NUMBERS), id(KEYS): len(NUMBERS) + len(HOSTILE)}[
        id(values)
    ]
    return WRITTEN.format(before + chance.randrange(len(values)))


def _containers(item: Any, found: list[Any]) -> list[Any]:
    """Return every mapping and list that holds something."""
    if isinstance(item, dict | list) and item:
        found.append(item)
        for below in item.values() if isinstance(item, dict) else item:
            _containers(below, found)
    return found

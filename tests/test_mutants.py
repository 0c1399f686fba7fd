"""That the tests notice small faults: how many mutants of a room its own tests kill (`tests/mutants.py`)."""

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

pytest.importorskip("mutmut", reason="mutmut is not installed")

from tests import mutants as trial

CODE = '''
from functools import cache

def less(a: int, b: int, *, by: int = 1) -> bool:
    """Say whether a is less."""
    if a == b == 0:
        raise ValueError(f"{a + 1} is no number" + "at all")
    return a + by <= b

@cache
def kept(a):
    return a + 1

def njit(function):
    return function

@njit
def compiled(a):
    return a + 1

class Base:
    def __init__(self, start):
        self.at = start

class Counter(Base):
    def __init__(self, start):
        super().__init__(start + 1)

    @staticmethod
    def twice(n):
        return n * 2

    def said(self):
        return "at"

    @property
    def next(self):
        return self.at + 1
'''


@pytest.fixture
def module(tmp_path):
    """A module of a few functions, and the mutants of it."""
    path = tmp_path / "counted.py"
    path.write_text(CODE, encoding="utf-8")
    made = ModuleType("counted")
    made.__file__ = str(path)
    exec(compile(CODE, path, "exec"), vars(made))
    return made, trial.mutants_of(path, "counted")


def test_what_is_mutated_and_what_is_left_alone(module):
    _, found = module
    assert {mutant.function for mutant in found} == {
        "less", "kept", "Base.__init__", "Counter.__init__", "Counter.twice", "Counter.next",
    }  # fmt: skip
    assert [m.change.splitlines()[1:] for m in found if m.function == "Counter.twice"] == [
        ["+    return n / 2"],
        ["+    return n * 3"],
    ]
    changes = "\n".join(mutant.change for mutant in found)
    assert "a + by < b" in changes and "by: int = 2" in changes and "a != b" in changes
    assert "XX" not in changes and "number" not in changes
    assert trial.left_out(Path(module[0].__file__)) == ["compiled"]


def test_the_lines_of_a_function_are_those_of_its_file(module):
    _, found = module
    lines = CODE.splitlines()
    bodies = {m.function: [lines[n - 1].strip() for n in m.lines] for m in found}
    assert bodies["kept"] == ["return a + 1"] and bodies["Counter.next"] == ["return self.at + 1"]
    assert len(bodies["less"]) == 4


def test_a_mutant_is_put_in_beneath_a_cache(module):
    made, found = module
    assert made.kept(1) == 2
    (mutant,) = [mutant for mutant in found if mutant.function == "kept" and "a - 1" in mutant.change]
    trial.put_in(mutant, made)
    assert made.kept(1) == 2 and made.kept(2) == 1  # what was kept is emptied before mutants are tried


@pytest.mark.parametrize(
    ("change", "call", "was", "becomes"),
    [
        ("a + by < b", lambda held: held["less"](1, 2), True, False),
        ("by: int = 2", lambda held: held["less"](1, 2), True, False),
        ("start - 1", lambda held: held["Counter"](4).at, 5, 3),
        ("self.at - 1", lambda held: held["Counter"](4).next, 6, 4),
        ("n * 3", lambda held: held["Counter"].twice(4), 8, 12),
    ],
)
def test_a_mutant_is_put_in_where_the_function_is_already_held(module, change, call, was, becomes):
    made, found = module
    held = dict(vars(made))
    (mutant,) = [mutant for mutant in found if change in mutant.change]
    assert call(held) == was
    trial.put_in(mutant, made)
    assert call(held) == becomes


def test_a_sample_changes_with_its_seed_and_with_what_a_mutant_is_alone(module):
    _, found = module
    assert len({mutant.place_in(1) for mutant in found}) == len(found)
    assert sorted(found, key=lambda m: m.place_in(1)) != sorted(found, key=lambda m: m.place_in(2))


@pytest.mark.long
def test_every_mutant_listed_as_equivalent_is_one():
    listed = trial.known_equivalent()
    assert all(why for why in listed.values())
    files = {trial.module_of(path): path for room in trial.ROOMS for path in trial.files_of(room)}
    named = {module for module in files for name, _ in listed if name.startswith(f"{module}.")}
    every = (mutant for module in named for mutant in trial.mutants_of(files[module], module))
    assert set(listed) <= {(f"{mutant.module}.{mutant.function}", mutant.change) for mutant in every}


@pytest.mark.long
@pytest.mark.parametrize("room", trial.ROOMS)
def test_a_rooms_own_tests_kill_more_than_four_in_five(room, tmp_path):
    ended = subprocess.run(
        [sys.executable, trial.__file__, room, "--out", tmp_path], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr

"""How many small faults put into the code the tests notice: `make mutants`, or `python tests/mutants.py ROOM`.

A mutant is the code with one small fault in one function: a `<` made `<=`, a `+` made `-`, a 2 made 3, an argument
dropped. The tests that reach the function run against it until one fails: then the mutant is killed. What survives
says what no test holds. Mutmut says which faults there are; here they are sampled, put in and tried, each in a process
forked from one in which everything is imported and compiled, so that a mutant costs no more than its tests.
CONTRIBUTING.md says what is counted.
"""

from __future__ import annotations
import __future__

import argparse
import ast
import functools
import gc
import importlib
import os
import resource
import signal
import subprocess
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from functools import cached_property
from hashlib import sha256
from itertools import accumulate
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import coverage
import libcst
import pytest
import yaml
from hypothesis import Phase, settings
from libcst import matchers
from libcst.metadata import MetadataWrapper, ParentNodeProvider
from mutmut.mutation.file_mutation import Mutation, create_mutations
from scipy.stats import binomtest

TESTS = Path(__file__).parent
HOUSE = TESTS.parent / "src" / "equipoise"
ROOMS = ("draws", "findings", "search", "exploration", "scoring")
SAMPLE, SEED, BAR = 150, 2026, 0.8
PATIENCE, TIMES_AS_LONG, ASLEEP = 30, 6, 20
"""A mutant hangs after so many seconds of a processor and so many times what its tests took without it; or, where it
only waits, after so many times as long by the clock, for other work may slow it down.
"""
CONTROL = 10
"""Seconds of tests that have to pass in a fork without any mutant, before there is one."""
PYTEST = ["-oaddopts=", "-s", "-pno:cacheprovider", "-pno:xdist", "-pno:terminal", "-mnot long"]
UNTRIED = 3
KILLED = ("killed", "hung")
MEMORY = 6 * 2**30
"""Bytes that a mutant may take."""
EQUIVALENT = TESTS / "equivalent_mutants.yaml"
"""Mutants that no test can kill since they change nothing, each with the reason."""


@dataclass(frozen=True, eq=False)
class Mutant:
    """One function with one fault in it."""

    module: str
    function: str
    """With its class, as in `Tally.add`."""
    number: int
    """Of the fault, among those of its function."""
    lines: range
    """Where the function's body stands in its file."""
    was: str
    """The whole function as it is."""
    fault: Mutation

    @cached_property
    def text(self) -> str:
        """The whole function with the fault."""
        function = self.fault.contained_by_top_level_function
        assert function is not None
        return written(function.deep_replace(self.fault.original_node, self.fault.mutated_node))

    @cached_property
    def change(self) -> str:
        """The lines that differ, as in `diff -u`, without those around them."""
        lines = unified_diff(self.was.splitlines(), self.text.splitlines(), lineterm="", n=0)
        return "\n".join(line for line in list(lines)[2:] if not line.startswith("@@"))

    def place_in(self, seed: int) -> str:
        """Return what sorts mutants at random, by their function alone: other code may change without moving them."""
        return sha256(f"{seed} {self.module} {self.function} {self.number} {self.was}".encode()).hexdigest()


def written(function: Any) -> str:
    return libcst.Module([function]).code.strip()


def bodies_in(text: str) -> dict[str, range]:
    """Return the lines of the body of every function of a file, and of every method of its classes."""
    tree = ast.parse(text)
    owners = [("", tree), *((f"{node.name}.", node) for node in tree.body if isinstance(node, ast.ClassDef))]
    return {
        begins + node.name: range(node.body[0].lineno, (node.end_lineno or 0) + 1)
        for begins, owner in owners
        for node in owner.body
        if isinstance(node, ast.FunctionDef)
    }


def mutants_of(path: Path, module: str) -> list[Mutant]:
    """Return all mutants of a file but those of strings and of what is raised: the wording of messages is free."""
    text = path.read_text(encoding="utf-8")
    tree, mutations, _, _ = create_mutations(str(path), libcst.parse_module(text).visit(Bare()).code)
    parent, bodies = MetadataWrapper(tree, unsafe_skip_copy=True).resolve(ParentNodeProvider), bodies_in(text)

    def above(node: Any) -> Iterator[Any]:
        while node in parent:
            node = parent[node]
            yield node

    faults: dict[libcst.FunctionDef, list[Mutation]] = {}
    for fault in mutations:
        function, node = fault.contained_by_top_level_function, fault.original_node
        message = isinstance(node, libcst.BaseString) or any(isinstance(o, libcst.Raise) for o in above(node))
        if isinstance(function, libcst.FunctionDef) and not message:
            faults.setdefault(function, []).append(fault)
    found = []
    for function, own in faults.items():
        holder = [outer.name.value for outer in above(function) if isinstance(outer, libcst.ClassDef)]
        name, was = ".".join([*holder, function.name.value]), written(function)
        found += [Mutant(module, name, number, bodies[name], was, fault) for number, fault in enumerate(own)]
    return found


class Bare(libcst.CSTTransformer):
    """Takes decorators off, which mutmut would leave alone: a mutant is put in beneath them. Not off compiled code."""

    def leave_FunctionDef(self, original_node: Any, updated_node: Any) -> Any:  # noqa: N802 - LibCST's name
        if compiled(original_node) or kind_of_method(original_node):
            return updated_node
        return updated_node.with_changes(decorators=[])


def decorators(function: libcst.FunctionDef) -> list[str]:
    return [libcst.Module([]).code_for_node(one.decorator) for one in function.decorators]


def compiled(function: libcst.FunctionDef) -> bool:
    return any("jit" in name or name == "entrance" for name in decorators(function))


def kind_of_method(function: libcst.FunctionDef) -> bool:
    return decorators(function) in (["staticmethod"], ["classmethod"])


def left_out(path: Path) -> list[str]:
    """Return the compiled functions of a file: once compiled, no change of theirs is seen."""
    tree = libcst.parse_module(path.read_text(encoding="utf-8"))
    found = matchers.findall(tree, matchers.FunctionDef())
    return [node.name.value for node in found if isinstance(node, libcst.FunctionDef) and compiled(node)]


def innermost(held: Any) -> Any:
    """Return the function inside a method, a property, a cache, or an entry of a registry."""
    for name in ("__func__", "fget", "func", "function", "__wrapped__"):
        if (inner := getattr(held, name, None)) is not None:
            return innermost(inner)
    return held


def put_in(mutant: Mutant, module: ModuleType) -> None:
    """Give the function of a module the body of the mutant; whoever holds the function already has the mutant now."""
    *holder, name = mutant.function.split(".")
    body = ast.parse(mutant.text).body
    if holder:  # in a class of that name, for the sake of `super()` and of private names
        body = [ast.ClassDef(holder[0], bases=[], keywords=[], body=body, decorator_list=[])]
    tree = ast.fix_missing_locations(ast.Module(body, type_ignores=[]))
    space = dict(vars(module))
    exec(compile(tree, str(module.__file__), "exec", __future__.annotations.compiler_flag), space)
    new, old = (vars(names[holder[0]])[name] if holder else names[name] for names in (space, vars(module)))
    new, old = innermost(new), innermost(old)
    assert isinstance(new, FunctionType) and isinstance(old, FunctionType)
    old.__code__, old.__defaults__, old.__kwdefaults__ = new.__code__, new.__defaults__, new.__kwdefaults__


def caches() -> list[Any]:
    """Return the functions of ours that keep results, in which those of the code without the fault may lie."""
    # by their type: what is asked of a weak proxy goes to an object that may be gone
    kept = [held for held in gc.get_objects() if type(held) is functools._lru_cache_wrapper]
    return [held for held in kept if str(held.__module__).startswith(("equipoise", "test"))]


def empty(kept: list[Any]) -> None:
    for held in kept:
        held.cache_clear()


class Trial:
    """Runs in the place of pytest's own loop over the tests: first all of them, then each mutant's against it."""

    def __init__(self, mutants: list[Mutant], seconds: float) -> None:
        self.mutants, self.seconds = mutants, seconds
        self.outcomes: list[tuple[str, str]] = []
        """Of each mutant: `killed`, `hung`, `survived` or `not reached`, and the test that killed it."""
        self.seen = coverage.Coverage(data_file=None, include=[f"{HOUSE}/*"], config_file=False)
        self.context = ""
        self.failed = False

    def note(self, context: str) -> None:
        self.context = context
        self.seen.switch_context(context)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any, request: Any) -> Iterator[None]:
        """What a fixture that tests share ran, all tests that use it have reached."""
        before = self.context
        if before and fixturedef.scope != "function":
            self.note(f"fixture {fixturedef.argname}")
        try:
            return (yield)
        finally:
            if before:
                self.note(before)

    def pytest_runtest_logreport(self, report: Any) -> None:
        self.failed |= report.failed

    def passes(self, item: Any, following: Any) -> bool:
        self.failed = False
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        return not self.failed

    def pytest_runtestloop(self, session: Any) -> bool:
        items = session.items
        took, kept = {}, caches()
        self.seen.start()
        for item, following in zip(items, [*items[1:], None], strict=True):
            empty(kept)
            start = time.process_time()
            self.note(item.nodeid)
            if not self.passes(item, following):
                raise pytest.UsageError(f"{item.nodeid} fails without any mutant")
            took[item] = time.process_time() - start
        self.seen.stop()
        self.context = ""
        empty(caches())
        gc.freeze()
        if (wrong := self.try_against(None, self.within(items, took, CONTROL), took))[0] != "survived":
            raise pytest.UsageError(f"{wrong[1]} fails in a fork without any mutant")
        for count, mutant in enumerate(self.mutants, 1):
            self.outcomes.append(self.try_against(mutant, self.reaching(mutant, items, took), took))
            outcome = self.outcomes[-1][0]
            print(f"{count:4} {outcome:12} {mutant.module}.{mutant.function}", file=sys.stderr)
            print(end="" if outcome in KILLED else mutant.change + "\n", file=sys.stderr, flush=True)
        return True

    def reaching(self, mutant: Mutant, items: list[Any], took: dict[Any, float]) -> list[Any]:
        """Return the tests that reach the function, file by file, the fastest first."""
        file = str(sys.modules[mutant.module].__file__)
        lines = self.seen.get_data().contexts_by_lineno(file)
        contexts = {context for line in mutant.lines for context in lines.get(line, [])}
        reach = [i for i in items if contexts & {i.nodeid, *(f"fixture {name}" for name in i.fixturenames)}]
        of_file = Counter({item.path: 0.0 for item in reach})
        for item in reach:
            of_file[item.path] += took[item]
        reach.sort(key=lambda item: (of_file[item.path], item.path, took[item]))
        return self.within(reach, took, self.seconds)

    def within(self, items: list[Any], took: dict[Any, float], seconds: float) -> list[Any]:
        """Return the fastest of some tests up to so many seconds together, and one at least, in their order."""
        fastest = sorted(items, key=lambda item: took[item])
        kept = set(fastest[:1])
        for item, total in zip(fastest, accumulate(took[item] for item in fastest), strict=True):
            if total <= seconds:
                kept.add(item)
        return [item for item in items if item in kept]

    def try_against(self, mutant: Mutant | None, items: list[Any], took: dict[Any, float]) -> tuple[str, str]:
        """Run tests in a fork with the mutant put in, and return how that ended and by which test."""
        if not items:
            return "not reached", ""
        reader, writer = os.pipe()
        child = os.fork()
        if not child:
            os._exit(
                self.in_the_fork(
                    mutant, items, PATIENCE + TIMES_AS_LONG * sum(took[i] for i in items), writer
                )
            )
        os.close(writer)
        with os.fdopen(reader, encoding="utf-8") as pipe:
            killer = pipe.read()
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if status == UNTRIED:
            raise RuntimeError(f"could not be put in: {mutant}")
        hung = {-signal.SIGPROF: "hung", -signal.SIGALRM: "hung"}
        return ({0: "survived"} | hung).get(status, "killed"), killer

    def in_the_fork(self, mutant: Mutant | None, items: list[Any], seconds: float, writer: int) -> int:
        """Put the mutant in and run the tests until one fails; its name goes to the writer."""
        try:
            resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
            signal.setitimer(signal.ITIMER_PROF, seconds)
            signal.setitimer(signal.ITIMER_REAL, ASLEEP * seconds)
            if mutant:
                put_in(mutant, sys.modules[mutant.module])
        except BaseException:
            traceback.print_exc()
            return UNTRIED
        for item, following in zip(items, [*items[1:], None], strict=True):
            try:
                passed = self.passes(item, following)
            except BaseException:
                passed = False
            if not passed:
                os.write(writer, item.nodeid.encode())
                return 1
        return 0


def files_of(room: str) -> list[Path]:
    return sorted(path for path in (HOUSE / room).rglob("*.py"))


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(HOUSE.parent).with_suffix("").parts).removesuffix(".__init__")


def known_equivalent() -> dict[tuple[str, str], str]:
    """Return why a mutant changes nothing, by its function and its change."""
    listed = yaml.safe_load(EQUIVALENT.read_text(encoding="utf-8")) or []
    return {(entry["function"], entry["change"].strip()): entry["why"] for entry in listed}


def shares(killed: int, total: int) -> str:
    interval = binomtest(killed, total).proportion_ci(method="wilson")
    return f"{killed} of {total} killed: {killed / total:.1%} ({interval.low:.1%} to {interval.high:.1%})"


def report(room: str, mutants: list[Mutant], outcomes: list[tuple[str, str]], out: Path) -> float:
    """Write what became of each mutant, survivors first with their change; return the share killed."""
    known, rows = known_equivalent(), []
    for mutant, (outcome, killer) in zip(mutants, outcomes, strict=True):
        name = f"{mutant.module}.{mutant.function}"
        rows.append(
            (outcome in KILLED, outcome, name, killer, known.get((name, mutant.change), ""), mutant.change)
        )
    killed, hung = sum(row[0] for row in rows), sum(row[1] == "hung" for row in rows)
    alike = sum(bool(row[4]) for row in rows)
    said = (
        f"{room}: {shares(killed, len(rows))}, {hung} of them since they hung; without {alike} known to be "
    )
    said += f"equivalent: {shares(killed, len(rows) - alike)}."
    listed = (
        f"{outcome} {name} {killer or why}\n{change}\n"
        for _, outcome, name, killer, why, change in sorted(rows)
    )
    out.mkdir(parents=True, exist_ok=True)
    (out / f"{room}.txt").write_text("\n".join([said, "", *listed]), encoding="utf-8")
    print(said, flush=True)
    if wrong := [row for row in rows if row[0] and row[4]]:
        raise SystemExit(f"listed as equivalent and killed all the same: {wrong}")
    return killed / len(rows)


def try_room(room: str, asked: argparse.Namespace, further: Sequence[str]) -> float:
    """Sample the mutants of a room, try each, and return the share killed."""
    paths = files_of(room)
    every = (mutant for path in paths for mutant in mutants_of(path, module_of(path)))
    found = [mutant for mutant in every if asked.only in f"{mutant.module}.{mutant.function}"]
    mutants = sorted(found, key=lambda mutant: mutant.place_in(asked.seed))[: asked.sample or None]
    print(f"{room}: {len(mutants)} of {len(found)} mutants; left alone:", end=" ", file=sys.stderr)
    print(*(f"{path.stem}.{name}" for path in paths for name in left_out(path)), file=sys.stderr)
    for path in paths:
        importlib.import_module(module_of(path))
    quick = settings(database=None, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate])
    settings.register_profile("mutants", quick)
    settings.load_profile("mutants")
    trial = Trial(mutants, asked.seconds)
    status = pytest.main([*PYTEST, f"--rootdir={TESTS.parent}", *further, str(TESTS / room)], plugins=[trial])
    if len(trial.outcomes) < len(mutants):
        raise SystemExit(f"the tests of {room} could not be run: pytest ended with {status}")
    return report(room, mutants, trial.outcomes, asked.out)


def main() -> int:
    """Try the rooms, each in a process of its own, and return 1 unless more than the bar is killed in each."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="Further options are pytest's: `--ignore=FILE` leaves tests out, and with them what they would kill.",
    )
    add = parser.add_argument
    add("rooms", nargs="*", metavar="ROOM", help=f"of {', '.join(ROOMS)}; all without any")
    add("--sample", type=int, default=SAMPLE, help="mutants of a room; 0 takes all of them")
    add("--seed", type=int, default=SEED, help="another seed draws another sample")
    add("--seconds", type=float, default=60, help="the most that the tests of one mutant may take")
    add("--only", default="", metavar="NAME", help="only functions with this in their name")
    add("--out", type=Path, default=TESTS.parent / "out" / "mutants", help="where survivors are listed")
    asked, further = parser.parse_known_args()
    rooms = asked.rooms or list(ROOMS)
    if unknown := set(rooms) - set(ROOMS):
        parser.error(f"no such room: {', '.join(sorted(unknown))}")
    if len(rooms) == 1:
        return int(try_room(rooms[0], asked, further) <= BAR)
    given = [f"--{key}={value}" for key, value in vars(asked).items() if key != "rooms"]
    return max(
        subprocess.run([sys.executable, __file__, room, *given, *further]).returncode for room in rooms
    )


if __name__ == "__main__":
    sys.path.insert(0, str(TESTS.parent))
    sys.exit(main())

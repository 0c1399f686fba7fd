"""The house itself: rooms look one way, nothing grows too large, and no rule of the code is broken."""

import ast
import importlib
import re
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import equipoise

HOUSE = Path(equipoise.__file__).parent
FILES = sorted(HOUSE.rglob("*.py"))
ROOMS = [
    "errors",
    "records",
    "scenario",
    "evidence",
    "draws",
    "bargaining",
    "alignment",
    "world",
    "futures",
    "findings",
    "search",
    "games",
    "exploration",
    "inference",
    "scoring",
    "briefing",
    "reporting",
    "server",
]
"""In the order of docs/dev/design.md; a room may import those before it."""
LAST = len(ROOMS)
OUTSIDE = {
    "_version": -1,
    "compiled_cache": -1,
    "free_memory": -1,
    "one_thread": -1,
    "text": -1,
    "cases": -1,
    "files": 0,
    "jobs": LAST,
    "cli": LAST + 1,
}
MOST_LINES, MOST_OF_A_FUNCTION = 500, 80
SHOWN = [file for file in FILES if file.name == "__init__.py" and file.read_text(encoding="utf-8")]
OWN_STATE = {"default_rng", "SeedSequence", "Philox", "PCG64", "Generator"}
UNSAFE = {"eval", "exec", "pickle.load", "pickle.loads", "yaml.unsafe_load", "yaml.full_load"}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def relative(file):
    return str(file.relative_to(HOUSE))


def room_of(file):
    return file.relative_to(HOUSE).parts[0].removesuffix(".py")


def place(room):
    """Return how late a room comes; the jobs and the command line come last."""
    return OUTSIDE.get(room, ROOMS.index(room) if room in ROOMS else LAST + 2)


def only_for_types(tree):
    """Return the imports that stand under `if TYPE_CHECKING`."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            found |= {id(inner) for inner in ast.walk(node)}
    return found


def imported(file):
    """Yield each room of ours that a file imports, with its line."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    skipped = only_for_types(tree)
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{relative(file)}:{node.lineno} imports by dots"
            if node.module == "equipoise":
                yield from ((alias.name, node.lineno) for alias in node.names)
            elif node.module and node.module.startswith("equipoise."):
                yield node.module.split(".")[1], node.lineno
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.startswith("equipoise."):
                    yield alias.name.split(".")[1], node.lineno


def test_the_rooms_are_those_of_the_design():
    folders = {item.name for item in HOUSE.iterdir() if item.is_dir() and not item.name.startswith("_")}
    assert folders - {"cases", "jobs", "cli"} <= set(ROOMS)
    design = (HOUSE.parents[1] / "docs" / "dev" / "design.md").read_text(encoding="utf-8")
    (line,) = [line for line in design.splitlines() if line.startswith("`errors` → ")]
    assert re.findall(r"`(\w+)`", line.partition(", then")[0]) == ROOMS


@pytest.mark.parametrize("file", FILES, ids=relative)
def test_a_room_imports_only_rooms_before_it(file):
    own = place(room_of(file))
    late = [f"{relative(file)}:{line} imports {room}" for room, line in imported(file) if place(room) > own]
    assert not late


MODULES = {".".join(("equipoise", *file.relative_to(HOUSE).with_suffix("").parts)): file for file in FILES}


def used_by(file):
    """Return the modules of ours that a file imports anywhere, also inside a function."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    skipped, found = only_for_types(tree), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and id(node) not in skipped and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                found.add(inner if inner in MODULES else node.module)
    return {name if name in MODULES else f"{name}.__init__" for name in found} & set(MODULES)


def test_no_files_need_each_other_in_a_circle():
    graph = {name: used_by(file) for name, file in MODULES.items()}
    assert sum(map(len, graph.values())) > 500
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as circle:
        pytest.fail(" → ".join(circle.args[1]))


@pytest.mark.parametrize("file", FILES, ids=relative)
def test_no_file_and_no_function_is_too_long(file):
    text = file.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MOST_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, FUNCTIONS):
            length = node.end_lineno - node.lineno + 1
            assert length <= MOST_OF_A_FUNCTION, f"{node.name} of {relative(file)} has {length} lines"


@pytest.mark.parametrize("file", FILES, ids=relative)
def test_every_module_says_what_it_is(file):
    text = file.read_text(encoding="utf-8")
    assert not text.strip() or ast.get_docstring(ast.parse(text))


def by_kind(name):
    """Sort as import sorters do: constants, then classes, then the rest."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2, name)


@pytest.mark.parametrize("file", SHOWN, ids=relative)
def test_what_a_room_shows_is_sorted_and_there(file):
    parts = file.relative_to(HOUSE).parent.parts
    module = importlib.import_module(".".join(["equipoise", *parts]))
    shown = [name for name in getattr(module, "__all__", []) if name != "__version__"]
    assert shown in (sorted(shown), sorted(shown, key=by_kind))
    assert len(set(shown)) == len(shown)
    for name in shown:
        assert getattr(module, name) is not None, name


def truths(node):
    """Return what a node of the syntax tree takes the truth of."""
    if isinstance(node, ast.If | ast.IfExp | ast.While | ast.Assert):
        return [node.test]
    if isinstance(node, ast.BoolOp):
        return node.values
    return [node.operand] if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not) else []


def broken_rules(text):
    """Yield what breaks a rule: the truth of a seed (0 is a seed), a global random state, unfinished work."""
    if re.search(r"TO" r"DO|FIX" r"ME|XX" r"X\b", text):
        yield "unfinished work"
    for node in ast.walk(ast.parse(text)):
        for test in truths(node):
            if isinstance(test, ast.Name | ast.Attribute) and "seed" in ast.unparse(test).split(".")[-1]:
                yield f"line {test.lineno} takes the truth of a seed"
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        state = re.match(r"(?:np|numpy)\.random\.(\w+)", called)
        if (state and state[1] not in OWN_STATE) or re.match(r"random\.\w+$", called):
            yield f"line {node.lineno} uses a global random state"
        if called in UNSAFE:
            yield f"line {node.lineno} calls {called}"


@pytest.mark.parametrize("file", FILES, ids=relative)
def test_no_rule_of_the_code_is_broken(file):
    assert not list(broken_rules(file.read_text(encoding="utf-8")))


def test_the_readings_find_what_they_look_for(tmp_path):
    bad = tmp_path / "bad.py"
    bad.write_text(
        "from equipoise.reporting import x\nfrom equipoise import jobs\nimport equipoise.world.kernel\n"
    )
    assert list(imported(bad)) == [("reporting", 1), ("jobs", 2), ("world", 3)]
    assert place("reporting") > place("world") > place("errors") and place("jobs") > place("server")
    wrong = [
        "if seed:\n    x()",
        "y = a.seed or 1",
        "y = not seed",
        "np.random.seed(1)",
        "random.random()",
        "eval(x)",
    ]
    assert all(list(broken_rules(text)) for text in [*wrong, "# TODO"])
    fine = "if seed is None:\n    np.random.default_rng(0)\nnp.random.SeedSequence(1).spawn(2)\nrng.random()"
    assert not list(broken_rules(fine))

"""Loops over lanes stay loops that a compiler turns into vector instructions.

An integer looked up inside such a loop (the first row of a quantity, say) might be changed by the loop's own writes, as
far as the compiler can tell: it is read again for every lane and the loop stays scalar, at several times the cost.
"""

import ast
from pathlib import Path

import pytest

import equipoise.world.kernel as kernel

FILES = sorted(Path(kernel.__file__).parent.glob("*.py"))
LANE_BY_LANE = (ast.If, ast.For, ast.Expr, ast.Continue)
"""What only loops hold that go through lanes one by one: few lanes, or once a block."""


def lane_loops(tree):
    """Yield the loops over all lanes that do nothing but arithmetic."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.For) and "LANES" in ast.unparse(node.iter)):
            continue
        if not any(isinstance(inner, LANE_BY_LANE) for part in node.body for inner in ast.walk(part)):
            yield node


def looked_up(loop):
    """Return what a loop looks up that does not depend on the lane."""
    lane, out = loop.target.id, []
    for part in loop.body:
        for node in ast.walk(part):
            if isinstance(node, ast.Subscript):
                names = {n.id for n in ast.walk(node.slice) if isinstance(n, ast.Name)}
                if lane not in names:
                    out.append(ast.unparse(node))
    return out


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_loop_over_lanes_looks_nothing_up_but_lanes(file):
    found = {loop.lineno: looked_up(loop) for loop in lane_loops(ast.parse(file.read_text(encoding="utf-8")))}
    assert not {line: names for line, names in found.items() if names}


def test_the_rule_sees_a_lookup_and_counts_the_loops():
    bad = ast.parse("for l in range(LANES):\n    w.rows[first[POWER], l] = p.rows[row, l]\n")
    assert [looked_up(loop) for loop in lane_loops(bad)] == [["first[POWER]"]]
    assert sum(1 for file in FILES for _ in lane_loops(ast.parse(file.read_text(encoding="utf-8")))) > 60

"""The random scenarios use every feature of the format, and their futures take every turn."""

from __future__ import annotations

import numpy as np
from playing import ENGINES, run
from random_scenarios import random_scenario, shuffled

from equipoise.scenario import load
from equipoise.scenario.number import FORMS
from equipoise.world.calendar import NEVER
from equipoise.world.compile import Kind, compile_world
from equipoise.world.conditions import CONDITIONS
from equipoise.world.effects import EFFECTS

SEEDS = range(24)


def worlds() -> list:
    return [compile_world(load(random_scenario(seed)).scenario) for seed in SEEDS]


def test_every_kind_of_thing_is_drawn() -> None:
    made = worlds()
    assert {op.kind for w in made for op in w.operations} == set(range(len(EFFECTS)))
    flagged = {(list(EFFECTS)[op.kind], op.flag) for w in made for op in w.operations}
    assert flagged >= {
        (key, flag) for key in ("backing", "violence", "tie", "settlement") for flag in (True, False)
    }
    assert {int(test["kind"]) for w in made for test in w.tests} == set(range(len(CONDITIONS)))
    assert {o.kind for w in made for o in w.occurrences} == set(Kind)
    assert {number.form for w in made for number in w.numbers.values()} == set(FORMS)
    assert {w.incumbent >= 0 for w in made} == {True, False}
    drawn = [item for w in made for item in w.drawn]
    assert all(any(getattr(item, key) for item in drawn) for key in ("requires", "unless", "after", "odds"))
    assert {len(stages) for w in made for p in w.profiles for stages in p.stages} == {1, 2, 3, 4, 5}
    assert any(w.open for w in made) and any(len(w.happenings) > len(w.triggered) for w in made)
    turns = [w.occurrences[n] for w in made for n in w.triggered]
    assert (
        any(o.odds for o in turns)
        and any(o.spread > 1 for o in turns)
        and any(o.window[0] > 0 for o in turns)
    )
    breaches = [o for w in made for o in w.occurrences if o.kind is Kind.BREACH]
    assert any(o.every_week for o in breaches) and any(o.tests[1] > o.tests[0] for o in breaches)
    assert {item.timing for w in made for item in w.drawn} == {"even", "early", "late"}
    assert any(item.slips for w in made for item in w.drawn)
    assert any(most is not None for w in made for item in w.drawn for _, _, most in item.after)
    assert {week == NEVER for w in made for p in w.profiles for week in p.turns.values()} == {True, False}
    rows = [row for w in made for row in w.policies]
    assert any(row.decisions for row in rows) and any(row.floor > 0 for row in rows)
    for column in zip(*(row.follow for row in rows), strict=True):
        assert {np.sign(exponent) for exponent in column} == {-1, 0, 1}
    assert any(week == NEVER for w in made for p in w.profiles for week in p.decided.values())
    assert any(week < NEVER for w in made for p in w.profiles for week in p.decided.values())


def test_every_turn_is_taken() -> None:
    orders, deals, gone, fired = set(), set(), set(), set()
    for seed in SEEDS:
        found = run(random_scenario(seed), ENGINES[0], states=12, chance=4)
        orders |= {min(int(code), 3) for code in found.row("order")}
        power = sum(found.path(f"power.{j}")[-1] for j in found.world.forces)
        gone |= {"nobody" if p == 0 else "some regions" if p < 1 - 1e-4 else "all governed" for p in power}
        deals |= {
            bool(week < NEVER)
            for n, d in enumerate(found.world.drawn)
            if d.talk
            for week in found.weeks[0, n]
        }
        fired |= {
            week >= 0 for name in found.columns if name.startswith("event.") for week in found.row(name)
        }
    assert orders == {0, 1, 2, 3}
    assert gone == {"nobody", "some regions", "all governed"}
    assert deals == {True, False} and fired == {True, False}


def test_shuffling_moves_keys_and_keeps_content() -> None:
    data = random_scenario(0)
    other = shuffled(data, np.random.default_rng(1))
    assert list(other) != list(data)
    assert {key: other[key] for key in data if key != "ties"} == {
        key: data[key] for key in data if key != "ties"
    }
    assert sorted(map(str, data["ties"])) != [] and len(other["ties"]) == len(data["ties"])

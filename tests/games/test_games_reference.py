"""Every game of the reference file, computed elsewhere with two other solvers."""

import json

import numpy as np
import pytest
from player_arrays import from_player_arrays

from equipoise.games import to_nfg
from equipoise.games.equilibria import pure_equilibria, solve
from equipoise.games.nfg import from_nfg
from equipoise.games.normal_form import regret
from equipoise.games.quantal import logit_response, quantal_response, trace

GAMES = (
    "prisoners_dilemma",
    "chicken",
    "stag_hunt",
    "stag_hunt_2",
    "rock_paper_scissors",
    "coordination_3x3",
    "degenerate_3x2",
    "crisis_4x4",
    "volunteers_dilemma_3p",
    "coordination_3p",
    "random_integer_3p",
)
DIVIDED = {"chicken": 0.4892, "stag_hunt": 2.0}  # where 10λp(1 − p) = 1, and where 2λ/4 = 1


@pytest.fixture(scope="module")
def reference(shared):
    return json.loads((shared / "data" / "games" / "equilibria.json").read_text())["games"]


def build(entry):
    return from_player_arrays(entry["payoffs"], strategies=entry["strategies"])


def vector(profile):
    return np.concatenate([np.asarray(p, dtype=float) for p in profile])


def test_all_games_of_the_file_are_covered(reference):
    assert set(reference) == set(GAMES)


@pytest.mark.parametrize("name", GAMES)
def test_pure_equilibria_are_the_same_set(reference, name):
    entry = reference[name]
    expected = {tuple(int(np.argmax(p)) for p in one["profile"]) for one in entry["enumpure"]["equilibria"]}
    assert set(pure_equilibria(build(entry))) == expected


@pytest.mark.parametrize("name", GAMES)
def test_all_equilibria_are_the_same_set(reference, name):
    entry = reference[name]
    game = build(entry)
    found = solve(game).equilibria
    listed = entry.get("enummixed", entry["enumpure"])["equilibria"]
    for one in listed:
        near = [e for e in found if np.abs(vector(e.mixtures) - vector(one["profile"])).max() < 1e-8]
        assert len(near) == 1
        assert near[0].payoffs == pytest.approx(one["payoffs"], abs=1e-9)
    if "enummixed" in entry:
        assert len(found) == len(listed)
    assert all(regret(game, e.mixtures).max() < 1e-12 for e in found)


@pytest.mark.parametrize("name", GAMES)
def test_quantal_responses_are_the_same(reference, name):
    entry = reference[name]
    game = build(entry)
    for point in entry["logit_qre_principal_branch"]["points"]:
        expected = vector(point["profile"])
        if name == "chicken" and point["lam"] > DIVIDED[name] - 1e-3:
            # Past the division the reference took one of the side branches: start there.
            start = [np.maximum(p, 1e-60) for p in point["profile"]]
            own = quantal_response(game, point["lam"], start=start)
            limit = 1e-4 if not point["lambda_reached"] else 1e-9
        else:
            own, limit = quantal_response(game, point["lam"]), 1e-7 if name == "stag_hunt" else 1e-9
        assert np.abs(vector(own.mixtures) - expected).max() < limit
        assert own.residual < 1e-10


@pytest.mark.parametrize("name", GAMES)
def test_the_path_divides_only_where_symmetry_makes_it(reference, name):
    path = trace(build(reference[name]))
    if name in DIVIDED:
        assert path.divides_at[0] == pytest.approx(DIVIDED[name], abs=2e-4)
        assert path.notes
    elif name != "volunteers_dilemma_3p":  # symmetric too: see the closed form below
        assert path.divides_at == ()


def test_volunteers_path_divides_where_the_response_slope_is_one(reference):
    game = build(reference["volunteers_dilemma_3p"])
    precision = trace(game).divides_at[0]
    q = quantal_response(game, precision).mixtures[0][1]  # chance of not volunteering
    # u(volunteer) − u(not) = 0.6 − (1 − q²); two others, so one other's deviation moves it by q.
    # Antisymmetric directions (+1, −1, 0) see slope −λ q(1 − q)·q of the response: |slope| = 1.
    assert precision * q * (1 - q) * q == pytest.approx(1.0, abs=1e-6)


def test_limits_of_the_logit_path(reference):
    expected = {
        "prisoners_dilemma": [0, 1, 0, 1],
        "stag_hunt_2": [0, 1, 0, 1],
        "coordination_3x3": [0, 1, 0, 0, 1, 0],
        "degenerate_3x2": [0, 1 / 3, 2 / 3, 1 / 3, 2 / 3],
        "coordination_3p": [1, 0, 1, 0, 1, 0],
    }
    for name, limit in expected.items():
        assert vector(trace(build(reference[name])).limit) == pytest.approx(limit, abs=1e-9)


@pytest.mark.parametrize("name", GAMES)
def test_nfg_round_trip_keeps_every_bit(reference, name):
    game = build(reference[name])
    again = from_nfg(to_nfg(game, title='a "quoted" title'))
    assert again.players == game.players
    assert again.strategies == game.strategies
    assert np.array_equal(again.payoffs, game.payoffs)


@pytest.mark.parametrize("name", GAMES)
def test_reference_profiles_reproduce_themselves_as_logit_responses(reference, name):
    """An independent check of the file: its own fixed points are ours."""
    entry = reference[name]
    game = build(entry)
    for point in entry["logit_qre_principal_branch"]["points"]:
        own = [np.array(p) for p in point["profile"]]
        again = logit_response(game, own, point["lam"])
        assert np.abs(vector(again) - vector(own)).max() < 1e-4

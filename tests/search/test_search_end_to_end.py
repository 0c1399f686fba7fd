"""A whole search on a small scenario: what it says of every strategy is what playing it again gives."""

import numpy as np
import pytest
import yaml

from equipoise.draws.keys import key_of
from equipoise.errors import InputError
from equipoise.scenario import load
from equipoise.scenario.model import CollapsedCondition, Strategy
from equipoise.search import optimise
from equipoise.search.objective import objective
from equipoise.search.optimise import _Optimiser
from equipoise.search.policies import Policies, block, complexity
from equipoise.search.sample import Sample, with_base

MAPPING = {
    "equipoise": 1,
    "title": "Two forces and two patrons",
    "focus": "north",
    "calendar": {"start": "2031-03-17", "weeks": 12},
    "regions": {"land": {}},
    "forces": {
        "crown": {
            "incumbent": True, "control": {"land": [0.5, 0.7]}, "volatility": {"national": 0.05},
            "collapse": {"rate": [0.01, 0.05]}, "resentment": {"duplicity": 0.01},
        },
        "rebels": {"control": {"land": 0.4}, "volatility": {"national": 0.05}},
    },
    "patrons": {
        "north": {"engagement": {"gain": {"crown": 0.1, "rebels": 0.1}}, "standing": {"crown": 0.2, "rebels": 0.2},
                  "values": {"cost": 0.01, "backing-cost": {"money": 0.1}}},
        "south": {"standing": {"crown": [0.3, 0.5], "rebels": 0.1}},
    },
    "events": {
        "south-tires": {"between": ["2031-04-01", "2031-05-31"], "probability": 0.5,
                        "effects": [{"push": {"rebels": 0.1}, "weeks": 6}]},
    },
    "success": [{"power": "crown", "above": 0.5}],
    "strategies": {
        "north": {
            "back-crown": {"engage": {"crown": 1}, "back": {"crown": {"money": 1.0}}},
            "both": {"engage": {"crown": 3, "rebels": 1}, "follow-power": 0.5, "name": "Both, most on the crown"},
            "wait": {"engage": {}, "then": {"when": "south-tires", "engage": {"rebels": 1}}},
        },
        "south": {"crown-only": {"engage": {"crown": 1}}, "even": {"engage": {"crown": 1, "rebels": 1}}},
    },
}  # fmt: skip
STATES, CHANCE, SEED = 16, 3, 7
SOUTH = {"south": "even"}


@pytest.fixture(scope="module")
def scenario():
    return load(MAPPING).scenario


@pytest.fixture(scope="module")
def steps():
    return []


@pytest.fixture(scope="module")
def found(scenario, steps):
    return optimise(
        scenario, states=STATES, chance=CHANCE, seed=SEED, with_=SOUTH, workers=1,
        progress=lambda done, total: steps.append((done, total)),
    )  # fmt: skip


def replayed(
    scenario, found, purpose, blocks, outcomes=("payoff", "influence", "terms.cost", "terms.backing-cost")
):
    """Play all strategies that were found again, one at a time, on a sample of that purpose."""
    seed = int(key_of(SEED, "search", purpose)[0]) if purpose else SEED
    sample = Sample(scenario, states=blocks * STATES, chance=CHANCE, seed=seed)
    played = {}
    for name, strategy in found.strategies.items():
        means = sample.means(
            [{**SOUTH, "north": "x"}], outcomes, extra={"north": {"x": strategy}}, chance=CHANCE
        )
        played[name] = {outcome: means[outcome][0] for outcome in outcomes}
    return played


@pytest.fixture(scope="module")
def held_out(scenario, found):
    return replayed(scenario, found, "held-out", 8)


def test_every_step_is_told(found, steps):
    assert steps == [(n, 6) for n in range(1, 7)]


def test_sizes_are_those_of_the_three_samples(found):
    assert found.sizes == {
        "states": 16, "chance": 3, "searched_on": 48, "chosen_on": 4 * 48, "held_out": 8 * 48,
    }  # fmt: skip
    assert found.seed == SEED and found.with_ == SOUTH and not found.stopped
    said = found.to_dict()
    assert said["seed"] == SEED and said["with"] == SOUTH and said["focus"] == "north"
    assert said["metric"]["name"] == "laplace" and said["metric"]["direction"] == "higher"


def test_values_are_those_of_playing_again(scenario, found, held_out):
    training = replayed(scenario, found, None, 1)
    said = found.to_dict()
    rows = {row["name"]: row for row in said["named"]} | {"found": said["found"]}
    assert [row["name"] for row in said["named"]] == ["back-crown", "both", "wait"]
    chosen = found.chosen
    for name, row in rows.items():
        own = chosen if name == "found" else name
        assert row["training"] == pytest.approx(training[own]["payoff"].mean(), abs=1e-6)
        payoff = held_out[own]["payoff"]
        assert row["payoff"]["mean"] == pytest.approx(payoff.mean(), abs=1e-6)
        blocks = payoff.reshape(8, STATES).mean(axis=1)
        assert row["held_out"]["mean"] == pytest.approx(blocks.mean(), abs=1e-6)
        assert row["held_out"]["se"] == pytest.approx(blocks.std(ddof=1) / np.sqrt(8), abs=1e-6)


def test_the_gain_is_over_the_best_named_and_its_curse_is_what_it_lost(found, held_out):
    said = found.to_dict()
    means = {name: held_out[name]["payoff"].mean() for name in MAPPING["strategies"]["north"]}
    best = max(means, key=means.get)
    gain = said["gain"]
    assert gain["over"] == said["best_named"]["name"] == best
    payoff = held_out[found.chosen]["payoff"] - held_out[best]["payoff"]
    assert gain["held_out"]["mean"] == pytest.approx(payoff.mean(), abs=1e-6)
    assert gain["training"] == pytest.approx(
        said["found"]["training"] - said["best_named"]["training"], abs=1e-9
    )
    assert gain["curse"] == pytest.approx(gain["training"] - gain["held_out"]["mean"], abs=1e-9)
    assert gain["told_apart"] is (gain["held_out"]["low"] > 0 or gain["held_out"]["high"] < 0)


def test_the_frontier_holds_influence_regret_and_cost_of_playing_again(found, held_out):
    rows = found.to_dict()["frontier"]
    best = np.max([held_out[name]["payoff"] for name in MAPPING["strategies"]["north"]], axis=0)
    assert {"back-crown", "both", "wait"} <= {row["name"] for row in rows}
    points = [row["name"] for row in rows if row["name"].startswith("frontier-")]
    assert points == [f"frontier-{n}" for n in range(1, len(points) + 1)] and points
    for row in rows:
        own = held_out[row["name"]]
        assert row["named"] is (row["name"] in MAPPING["strategies"]["north"])
        assert row["influence"]["mean"] == pytest.approx(own["influence"].mean(), abs=1e-6)
        assert row["payoff"]["mean"] == pytest.approx(own["payoff"].mean(), abs=1e-6)
        cost = -(own["terms.cost"] + own["terms.backing-cost"]).mean()
        assert row["cost"]["mean"] == pytest.approx(cost, abs=1e-6)
        forgone = np.maximum(best - own["payoff"], 0).reshape(8, STATES)
        assert row["regret_p90"]["mean"] == pytest.approx(np.quantile(forgone, 0.9, axis=1).mean(), abs=1e-6)
    influence = [row["influence"]["mean"] for row in rows]
    assert influence == sorted(influence, reverse=True)


def test_points_of_the_frontier_are_written_on_a_grain(found):
    for name, strategy in found.strategies.items():
        if name.startswith("frontier-"):
            for policy in (strategy, *strategy.thens):
                shares = np.array(list(policy.engage.values()))
                np.testing.assert_allclose(shares * 20, np.round(shares * 20), atol=1e-9)
                assert not len(shares) or shares.sum() == pytest.approx(1)


def test_every_trigger_is_tried_and_the_best_comes_first(found, scenario):
    policies = Policies(scenario)
    assert policies.triggers() == ("south-tires", (CollapsedCondition(collapsed="crown"),))
    assert {when for when, _ in found.screened} == set(policies.triggers())
    values = [value for _, value in found.screened]
    assert values == sorted(values, reverse=True)
    said = found.to_dict()["triggers"]
    assert [row["value"] for row in said] == values
    assert said[0]["when"] == policies.when_words(found.screened[0][0])


def test_without_trigger_or_frontier_neither_is_tried(scenario):
    steps = []
    found = optimise(
        scenario, metric="success", states=STATES, chance=1, seed=SEED, trigger=False, frontier=False, workers=1,
        progress=lambda done, total: steps.append((done, total)),
    )  # fmt: skip
    said = found.to_dict()
    assert steps == [(n, 4) for n in range(1, 5)]
    assert said["frontier"] is None and said["triggers"] == [] and found.aim.outcome == "success"
    assert said["metric"]["name"] == "success" and 0 <= said["best_named"]["training"] <= 1
    assert all(strategy.then is None for name, strategy in found.strategies.items() if name != "wait")


def test_regret_is_against_the_named_strategies_on_every_sample(scenario):
    found = optimise(
        scenario, metric="minimax-regret", states=STATES, chance=2, seed=SEED, trigger=False, frontier=False
    )
    sample = Sample(scenario, states=STATES, chance=2, seed=SEED)
    f = sample.means([{"north": name} for name in MAPPING["strategies"]["north"]])["payoff"]
    said = found.to_dict()
    worst = (f.max(axis=0) - f).max(axis=1)
    assert [row["training"] for row in said["named"]] == pytest.approx(worst.tolist(), abs=1e-6)
    assert said["best_named"]["name"] == said["gain"]["over"] and said["metric"]["direction"] == "lower"
    gained = said["best_named"]["training"] - said["found"]["training"]
    assert said["gain"]["training"] == pytest.approx(gained, abs=1e-9)


def test_time_that_runs_out_ends_the_search_with_what_it_has(scenario):
    found = optimise(scenario, states=STATES, chance=1, seed=SEED, time_limit=1e-9, workers=1)
    assert found.stopped and found.screened == ()
    assert any("time limit" in note for note in found.to_dict()["notes"])
    assert "No trigger was tried." not in found.to_dict()["notes"]  # a named strategy has one


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"states": 15}, "at least 16 states"),
        ({"time_limit": 0}, "above 0 seconds"),
        ({"metric": "nobody"}, "nobody"),
    ],
)
def test_what_cannot_be_searched_is_refused(scenario, asked, why):
    with pytest.raises(InputError, match=why):
        optimise(scenario, **{"states": STATES, **asked})


def test_success_is_searched_for_only_where_it_is_said_what_it_is():
    silent = load({key: value for key, value in MAPPING.items() if key != "success"}).scenario
    with pytest.raises(InputError, match="does not say what success is"):
        optimise(silent, metric="success", states=STATES)


@pytest.fixture(scope="module")
def policies(scenario):
    return Policies(scenario)


def test_where_a_strategy_stands(policies):
    """Shares of the crown and the rebels, then `follow-power`, `follow-standing` and the floor."""
    assert policies.point(policies.named["both"]).tolist() == [0.75, 0.25, 0.5, 0, 0]
    assert policies.point(policies.named["wait"]) is None
    assert [point.tolist() for point in policies.starts()] == [
        [1, 0, 0, 0, 0],
        [0.75, 0.25, 0.5, 0, 0],
        [0, 1, 0, 0, 0],
    ]
    assert policies.space.dimension == 5 and policies.space_with_trigger.dimension == 7


def test_a_candidate_says_no_more_than_it_has_to(policies):
    assert policies.strategy(np.array([1.0, 0, 2, 0, 0])) == Strategy(engage={"crown": 1})
    assert policies.strategy(np.array([0.4, 0.6, 2, 0, 0])) == Strategy(
        engage={"crown": 0.4, "rebels": 0.6}, follow_power=2
    )
    switched = policies.strategy(np.array([0, 1.0, 2, 0, 0, 0.5, 0.5]), "south-tires")
    assert block(switched) == {
        "engage": {"rebels": 1.0},
        "then": {"when": "south-tires", "engage": {"crown": 0.5, "rebels": 0.5}, "follow-power": 2.0},
    }


def test_rounded_shares_are_on_the_grain_and_add_up_to_1(policies):
    point = np.array([1 / 3, 2 / 3, 1.234, 0.06, 0.0])
    assert policies.rounded(point)[:2].tolist() == [0.33, 0.67]
    assert policies.rounded(point, grain=0.05)[:4].tolist() == [0.35, 0.65, 1.2, 0.1]
    after = policies.rounded(np.array([1, 0, 0, 0, 0, 0.126, 0.874]), grain=0.05)
    assert after[5:].tolist() == [0.15, 0.85]
    nobody = policies.rounded(np.array([1, 0, 0, 0, 0, 0, 0.0]))
    assert nobody[5:].tolist() == [0, 0]


def test_simpler_versions_leave_numbers_out_one_by_one_and_all(policies):
    versions = [v[2:].tolist() for v in policies.simpler(np.array([0.5, 0.5, 1.0, 0.5, 0.1]))]
    assert versions == [[1, 0.5, 0.1], [0, 0.5, 0.1], [1, 0, 0.1], [1, 0.5, 0], [0, 0, 0]]


def test_what_a_strategy_has_to_say_is_counted(policies):
    assert [complexity(strategy) for strategy in policies.named.values()] == [2, 3, 2]
    assert complexity(Strategy(engage={"crown": 1, "rebels": 0})) == 1
    assert complexity(Strategy()) == 0


def test_titles_and_yaml(policies):
    assert policies.title("both") == "Both, most on the crown"
    assert policies.title("wait") == "wait" and policies.title("found") == "found"
    written = yaml.safe_load(policies.yaml(policies.named))["strategies"]["north"]
    assert {name: set(one) for name, one in written.items()} == {
        "back-crown": {"engage", "back"}, "both": {"engage", "follow-power", "name"}, "wait": {"engage", "then"},
    }  # fmt: skip
    again = {**MAPPING, "strategies": {**MAPPING["strategies"], "north": written}}
    assert load(again).scenario.strategies == policies.scenario.strategies


def test_streams_of_a_state_and_samples_changed_are_met_as_said(scenario):
    sample = Sample(scenario, states=20, chance=4, seed=2, workers=3)
    names = [{"north": "both"}, {"north": "back-crown"}]
    whole, two = sample.means(names)["payoff"], sample.means(names, chance=2)["payoff"]
    assert sample.futures == 80 and whole.shape == (2, 20)
    fewer = Sample(scenario, states=20, chance=2, seed=2, workers=1)
    np.testing.assert_array_equal(two, fewer.means(names)["payoff"])
    assert not np.array_equal(whole, two)
    sure = sample.changed({"forces.crown.collapse.rate": lambda rate: 0 * rate})
    assert (sure.values["forces.crown.collapse.rate"] == 0).all()
    assert (sample.values["forces.crown.collapse.rate"] > 0).all()
    players = sample.players(names)
    np.testing.assert_array_equal(sure.means_of(players)["payoff"], sure.means(names)["payoff"])
    with pytest.raises(InputError, match="no number at nowhere"):
        sample.changed({"nowhere": abs})


def test_more_profiles_than_are_played_at_once_come_back_in_their_order(scenario):
    sample = Sample(scenario, states=2, chance=1, seed=2, workers=1)
    names = ["both", "wait", "back-crown"] * 17
    together = sample.means([{"north": name} for name in names])["payoff"]
    alone = {name: sample.means([{"north": name}])["payoff"][0] for name in set(names)}
    np.testing.assert_array_equal(together, [alone[name] for name in names])
    assert len(sample.players([{"north": name} for name in names])) == 2


def test_profiles_are_shared_out_to_threads_that_the_futures_would_leave_idle(scenario):
    names = [*scenario.strategies["north"]] * 9  # 27: two groups of at least twelve
    profiles = [{"north": name} for name in names]
    three, one = (Sample(scenario, states=20, chance=4, seed=2, workers=n) for n in (3, 1))
    assert [len(player.world.profiles) for player in three.players(profiles)] == [14, 13]
    assert len(one.players(profiles)) == len(three.players(profiles[:23])) == 1
    many = Sample(scenario, states=400, chance=4, seed=2, workers=3)  # four blocks: enough for three threads
    assert len(many.players(profiles)) == 1 and len(many.players(profiles, chance=1)) == 2
    shared, alone = (sample.means(profiles, ("payoff", "influence")).values for sample in (three, one))
    assert np.array_equal(shared, alone) and np.array_equal(shared[:, :3], shared[:, -3:])


def test_who_is_scored_is_whose_payoff_is_meant(scenario):
    both = Sample(scenario, states=4, chance=1, seed=2, scored=("south", "north"))
    theirs = both.means([{"north": "both"}])["payoff"]
    ours = Sample(scenario, states=4, chance=1, seed=2).means([{"north": "both"}])["payoff"]
    assert not np.array_equal(theirs, ours)


def test_weights_that_are_numbers_of_the_file_are_those_of_the_state(scenario):
    """Who has no default strategy engages by its standings."""
    sample = Sample(scenario, states=32, chance=1, seed=2)
    (player,) = sample.players([{"north": "both"}])
    base = with_base(sample._drawn, player.world).arrays["base"]
    rows = [tuple(row) for row in np.moveaxis(base, 1, 0).tolist()]
    standing = sample.values["patrons.south.standing.crown"]
    assert tuple([crown, 0.1] for crown in standing.tolist()) in rows
    assert tuple([3.0, 1.0] for _ in range(32)) in rows


@pytest.fixture(scope="module")
def searched(scenario):
    """A search that has tried the named strategies and a few candidates."""
    run = _Optimiser(scenario, objective("laplace"), STATES, 6, SEED, SOUTH, 1, stop=lambda: False)
    points = run.policies.space.scattered(8, seed=1)
    run._evaluate([run.policies.strategy(point) for point in points], list(points))
    return run


def test_goals_are_influence_and_little_regret_and_cost(searched, scenario):
    """On the first four streams of a state; regret is against the best of the named strategies."""
    run = searched
    outcomes = ("payoff", "influence", "terms.cost", "terms.backing-cost")
    sample = Sample(scenario, states=STATES, chance=4, seed=SEED)
    means = sample.means([{**SOUTH, "north": name} for name in run.policies.named], outcomes)
    forgone = means["payoff"].max(axis=0) - means["payoff"]
    goals = np.array(run.archive.goals)
    assert goals[:3, 0] == pytest.approx(means["influence"].mean(axis=1))
    assert goals[:3, 1] == pytest.approx(-np.quantile(forgone, 0.9, axis=1))
    assert goals[:3, 2] == pytest.approx((means["terms.cost"] + means["terms.backing-cost"]).mean(axis=1))
    assert means["terms.backing-cost"].mean() < 0 and len(goals) == 3 + 8


def test_what_was_tried_is_kept_and_counted(searched):
    run = searched
    assert run.evaluations == 8 and not run.stopped
    assert len(run.archive.strategies) == len(run.archive.points) == 11
    assert run.archive.points[:3] == [None] * 3
    for strategy, point in zip(run.archive.strategies[3:], run.archive.points[3:], strict=True):
        assert strategy == run.policies.strategy(point)


def test_what_was_played_before_is_not_played_again(scenario, monkeypatch):
    """Exponents mean nothing for who engages one force: candidates that differ in nothing else are one."""
    run = _Optimiser(scenario, objective("laplace"), STATES, 2, SEED, {}, 1, stop=lambda: False)
    played = []
    means = Sample.means
    monkeypatch.setattr(
        Sample, "means", lambda self, named, *a, **k: played.append(len(named)) or means(self, named, *a, **k)
    )
    corner, mixed = np.zeros(run.policies.space.dimension), np.zeros(run.policies.space.dimension)
    corner[0], mixed[:2] = 1, 0.5
    steeper = corner.copy()
    steeper[len(run.policies.forces)] = 2
    points = [corner, steeper, mixed, corner]
    one, other, third, fourth = run._evaluate([run.policies.strategy(p) for p in points], points)
    again = run._evaluate([run.policies.strategy(mixed)], [mixed])
    assert played == [2] and run.evaluations == 2
    assert (one == other).all() and (one == fourth).all() and (again == third).all() and (one != third).any()
    assert len(run.archive.strategies) == len(run.policies.named) + 5


def test_breeding_adds_candidates_without_a_trigger(scenario):
    run = _Optimiser(scenario, objective("laplace"), STATES, 2, SEED, {}, 1, stop=lambda: False)
    run.breed()
    assert run.evaluations == 0  # of named strategies alone nothing is bred
    points = run.policies.space.scattered(8, seed=1)
    run._evaluate([run.policies.strategy(point) for point in points], list(points))
    run.breed()
    assert run.evaluations == 8 + 8 + 16 + 32 + 32
    assert all(point is not None for point in run.archive.points[3:])


def test_notes_say_what_was_not_tried(scenario):
    north = {name: one for name, one in MAPPING["strategies"]["north"].items() if name != "wait"}
    north["back-crown"] = {**north["back-crown"], "name": "All on the Crown"}
    plain = load({**MAPPING, "strategies": {"north": north}}).scenario
    notes = optimise(plain, states=STATES, chance=1, trigger=False, frontier=False).to_dict()["notes"]
    assert "No trigger was tried." in notes
    assert any("Backing or decisions are part of: “All on the Crown”." in note for note in notes)
    assert not any("time limit" in note for note in notes)

"""Exploring a study, talks and ties as jobs: against the tables of the study, by hand, and with faults."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

import equipoise
from equipoise.cli import main
from equipoise.draws.values import changed
from equipoise.errors import InputError
from equipoise.exploration import Override
from equipoise.jobs import run as jobs
from equipoise.jobs.reruns import Reruns
from equipoise.world.compile import compile_world
from equipoise.world.parameters import parameters_of

PLANS = ["even-hedge", "back-crown", "bandwagon"]
DUPLICITY = "forces.crown.resentment.duplicity"
TRIANGLE = """\
from,to,sign,begin,end,net
a,b,1,1900,1910,x
b,c,1,1900,1910,x
a,c,-1,1900,1905,x
a,d,1,1900,1910,y
"""
TABLE = """\
actor,issue,position,salience,clout,reservation,veto
crown,p,10,0.9,0.4,30,yes
rebels,p,80,0.9,0.4,40,yes
empire,p,50,0.4,0.2,,
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("study") / "out"
    return jobs.run("two-valleys", futures=4096, strategies=PLANS, out=folder)


@pytest.fixture(scope="module")
def explored(study):
    return equipoise.explore(study.folder.path)


@pytest.fixture(scope="module")
def world():
    return compile_world(equipoise.load("two-valleys").scenario, profiles=[{}])


def test_an_override_changes_its_path_and_nothing_else(world):
    plain = parameters_of(world, 0, 32, seed=3)
    doubled = parameters_of(world, 0, 32, seed=3, overrides={DUPLICITY: lambda values: 2 * values})
    for path, values in plain.values.items():
        factor = 2.0 if path == DUPLICITY else 1.0
        assert np.array_equal(doubled.values[path], factor * values), path
    crown = world.forces.index("crown")
    assert np.array_equal(doubled.duplicity[:, crown], 2 * plain.duplicity[:, crown])


def test_an_override_of_a_shared_quantity_reaches_all_that_refer_to_it(world):
    drawn = parameters_of(world, 0, 16, seed=1).values
    users = {path: number for path, number in world.numbers.items() if number.is_ == "weariness"}
    assert users
    found = changed(drawn, world.numbers, {"quantities.weariness": lambda values: np.full_like(values, 0.25)})
    for path, number in users.items():
        assert np.allclose(found[path], 0.25 * (1.0 if number.times is None else number.times)), path
    user = next(iter(users))
    both = {"quantities.weariness": lambda values: 0 * values + 1, user: lambda values: values + 3}
    times = 1.0 if users[user].times is None else users[user].times
    assert np.allclose(changed(drawn, world.numbers, both)[user], times + 3)


def test_an_unknown_path_is_refused(world):
    drawn = parameters_of(world, 0, 4, seed=1).values
    with pytest.raises(InputError, match=r"forces\.nobody"):
        changed(drawn, world.numbers, {"forces.nobody.momentum": lambda values: values})


def test_a_rerun_without_changes_is_the_study(study):
    reruns = Reruns(study, tuple(PLANS))
    found = reruns({})
    own = study.outcomes[(study.outcomes.stream < 4)]
    for name in PLANS:
        mean = own[own.strategy == name].groupby("state").payoff.mean()
        assert np.allclose(found[name], mean.to_numpy(), atol=1e-6), name
    assert reruns.count == 1


def test_a_rerun_at_a_value_is_the_scenario_with_that_value(study):
    """With every other number certain, the rerun must give what the edited file gives, to the last bit."""
    from equipoise.scenario import places, with_numbers
    from equipoise.scenario.number import Number, quantile

    of = equipoise.load("two-valleys").scenario
    certain = {
        path: Number(value=float(quantile(number, np.array(0.5))))
        for path, number in places(of).items()
        if number.is_ is None and not number.fixed
    }
    fixed = with_numbers(of, certain)
    world = compile_world(fixed, profiles=[{"empire": "even-hedge"}])
    edited = compile_world(
        with_numbers(fixed, {DUPLICITY: Number(value=0.4)}), profiles=[{"empire": "even-hedge"}]
    )
    by_hand = parameters_of(edited, 0, 8, seed=1)
    drawn = parameters_of(world, 0, 8, seed=1)
    found = changed(drawn.values, world.numbers, {DUPLICITY: Override(set=0.4)})
    assert found.keys() == by_hand.values.keys()
    for path, values in by_hand.values.items():
        assert np.allclose(found[path], values), path


def test_more_resentment_costs_the_hedge_and_spares_the_one_sided(study):
    reruns = Reruns(study, tuple(PLANS))
    paths = [f"forces.{force}.resentment.duplicity" for force in study.scenario.forces]
    plain, more = reruns({}), reruns({path: Override(times=4.0) for path in paths})
    assert more["even-hedge"].mean() < plain["even-hedge"].mean() - 0.01
    assert abs(more["back-crown"].mean() - plain["back-crown"].mean()) < 0.01


def test_exploring_says_what_it_rests_on_and_is_kept(study, explored):
    assert explored["explored"]["states"] == explored["states"] == 256
    assert set(explored["strategies"]) | set(explored["explored"]["left_out"]) == set(PLANS)
    kept = json.loads((study.folder.path / "analyses" / "explore.json").read_text())
    assert kept == json.loads(json.dumps(explored.to_dict(), allow_nan=False))
    assert "What the answer hangs on" in (study.folder.path / "report.html").read_text()


def test_an_input_that_refers_to_a_shared_quantity_is_no_input_of_its_own(explored, world):
    seen = {row["path"] for driver in explored["drivers"] for row in driver["indices"]}
    assert "quantities.weariness" in seen
    assert not [path for path in seen if world.numbers[path].is_ is not None]


def test_luck_is_taken_out_as_the_table_says(study, explored):
    """The variance that chance leaves in a state's mean: the streams' own variance over their number."""
    names = explored["strategies"]
    own = study.outcomes[study.outcomes.strategy == names[0]]
    by_state = own.groupby("state").payoff
    luck = (by_state.var(ddof=1) / by_state.count()).mean()
    raw = by_state.mean().var(ddof=1)
    driver = next(d for d in explored["drivers"] if d["output"] == f"payoff.{names[0]}")
    assert driver["chance_share"] == pytest.approx(luck / raw, rel=1e-5)
    assert driver["variance"] == pytest.approx(raw - luck, rel=1e-5)


def test_exploring_again_gives_the_same(study, explored):
    assert equipoise.explore(study).to_dict() == explored.to_dict()


def test_the_difference_adds_up_to_the_means(study):
    found = equipoise.difference(study, "even-hedge", "back-crown")
    mean = study.outcomes.groupby("strategy", observed=True).payoff.mean()
    assert found["total"] == pytest.approx(mean["even-hedge"] - mean["back-crown"], abs=1e-6)
    assert sum(cell["contribution"] for cell in found["cells"]) == pytest.approx(found["total"], abs=1e-9)


def test_what_cannot_be_explored_is_refused_with_what_there_is(study, tmp_path):
    with pytest.raises(InputError, match="even-hedge"):
        equipoise.explore(study, strategy="even-hedg")
    with pytest.raises(InputError, match="bandwagon"):
        equipoise.difference(study, "even-hedge", "stay-out")
    small = jobs.run("two-valleys", futures=64, strategies=PLANS)
    with pytest.raises(InputError, match="32 states"):
        equipoise.explore(small)
    with pytest.raises(InputError):
        equipoise.explore(tmp_path / "nothing")


def test_every_study_folder_holds_trace_talks_and_ties(study):
    kept = study.analyses
    assert {"trace", "talks", "balance"} <= set(kept)
    assert kept["talks"]["talks"].keys() == {"lake-conference"}
    assert kept["trace"]["counts"]["written"] == _stated(study.file)
    page = (study.folder.path / "report.html").read_text()
    assert "The ties, and what a hedge does to them" in page
    assert "The talks, by bargaining model" in page
    assert "seconds" not in json.dumps(kept["balance"])


def test_trace_does_not_count_defaults_as_written():
    file = equipoise.load("two-valleys")
    counts = equipoise.trace(file)["counts"]
    assert counts["default"] > 0
    assert counts["written"] == _stated(file)


def _stated(file):
    """Numbers the file writes: those of its places, and those that somebody believes."""
    return len(file.written) + sum(len(laid) for laid in file.scenario.beliefs.values())


def test_talks_of_a_table_by_hand(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text(TABLE)
    found = equipoise.talks(path, model="compromise")
    (talk,) = found["talks"].values()
    weights = {"crown": 0.36, "rebels": 0.36, "empire": 0.08}
    places = {"crown": 10, "rebels": 80, "empire": 50}
    mean = sum(weights[a] * places[a] for a in weights) / sum(weights.values())
    model = talk["models"]["compromise"]
    assert model["issues"]["p"]["mean"] == pytest.approx(mean)
    # 45.5 lies 35.5 from the Crown, which goes 30 from its position, and 34.5 from the rebels, who go 40
    assert model["deal"]["mean"] == 0
    assert model["issues"]["p"]["accepts"]["rebels"]["mean"] == 1


def test_talks_of_a_scenario(study):
    found = equipoise.talks("two-valleys", "lake-conference", model=["compromise", "median"], draws=64)
    talk = found["talks"]["lake-conference"]
    assert list(talk["models"]) == ["compromise", "median"]
    assert talk["draws"] == 64
    with pytest.raises(InputError, match="lake-conference"):
        equipoise.talks("two-valleys", "lake-conferenc")
    with pytest.raises(InputError, match="no beliefs"):
        equipoise.talks("table.csv", beliefs="empire")
    for asked in ({"draws": 64}, {"seed": 0}):
        with pytest.raises(InputError, match="it takes no draws or seed"):
            equipoise.talks("table.csv", **asked)
    with pytest.raises(InputError, match="draws"):
        equipoise.talks("two-valleys", draws=1)


def test_balance_of_files(tmp_path):
    path = tmp_path / "edges.csv"
    path.write_text(TRIANGLE)
    early = equipoise.balance(path, at=1901, where={"net": "x"})
    late = equipoise.balance(path, at=1907, where={"net": "x"})
    assert (early["measures"]["frustration"], late["measures"]["frustration"]) == (1.0, 0.0)
    assert "d" not in early["network"]["actors"]
    graph = tmp_path / "net.graphml"
    graph.write_text(
        '<?xml version="1.0"?><graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
        '<key id="s" for="edge" attr.name="sign" attr.type="int"/><graph edgedefault="undirected">'
        '<node id="a"/><node id="b"/><node id="c"/><edge source="a" target="b"><data key="s">1</data></edge>'
        '<edge source="b" target="c"><data key="s">1</data></edge>'
        '<edge source="a" target="c"><data key="s">-1</data></edge></graph></graphml>'
    )
    assert equipoise.balance(graph)["measures"]["frustration"] == 1.0
    with pytest.raises(InputError, match="--at"):
        equipoise.balance("two-valleys", at=1901)
    with pytest.raises(InputError, match="no study"):
        equipoise.balance(path, at=1901, where={"net": "x"}, study="somewhere")


def test_a_result_is_kept_only_in_a_study_of_the_same_scenario(study):
    with pytest.raises(InputError, match="another scenario"):
        equipoise.balance("afghanistan-2021", draws=16, study=study)
    made = equipoise.balance("two-valleys", draws=16, study=study)
    assert study.analyses["balance"]["measures"] == made["measures"]


def test_jobs_are_found_by_name_and_rooms_are_rooms():
    assert list(equipoise.talks("two-valleys", draws=16)["talks"]) == ["lake-conference"]
    assert not callable(equipoise.exploration)
    with pytest.raises(AttributeError):
        _ = equipoise.nothing


def run(*arguments):
    return CliRunner().invoke(main, list(arguments))


def test_commands_print_one_json_document(study, tmp_path):
    path = tmp_path / "edges.csv"
    path.write_text(TRIANGLE)
    found = run("balance", str(path), "--at", "1901", "--where", "net=x", "--json")
    assert found.exit_code == 0
    assert json.loads(found.output)["frustration"]["frustrated"]
    found = run("talks", "two-valleys", "--model", "median", "--draws", "32", "--json")
    assert list(json.loads(found.output)["talks"]["lake-conference"]["models"]) == ["median"]
    found = run("explore", str(study.folder.path), "--difference", "even-hedge,back-crown", "--json")
    assert json.loads(found.output)["first"] == "even-hedge"


def test_commands_print_tables_with_words_and_notes(study, explored):
    found = run("balance", "two-valleys", "--draws", "16")
    assert found.exit_code == 0
    assert "Note: The ties fall into 2 groups" in found.output
    found = run("talks", "two-valleys", "--draws", "64")
    assert "likely (" in found.output
    found = run("talks", "two-valleys", "--draws", "64", "--yardstick", "phia")
    assert "remote chance (" in found.output
    assert "almost no chance (" not in found.output and "very unlikely (" not in found.output
    found = run("explore", str(study.folder.path), "--no-reruns")
    assert found.exit_code == 0
    assert "What to watch" in found.output
    assert "likely (" in found.output or "no chance (" in found.output
    assert "compromise mean missed by" in " ".join(run("talks", "--help").output.split())


@pytest.mark.parametrize(
    "arguments",
    [
        ("balance", "two-valleys", "--at", "1900"),
        ("balance", "nowhere.csv"),
        ("balance", "two-valleys", "--where", "net"),
        ("talks",),
        ("talks", "two-valleys", "no-such-talk"),
        ("talks", "two-valleys", "--model", "no-such-model"),
        ("talks", "--csv", "table.txt"),
        ("explore", "no-such-folder"),
    ],
)
def test_bad_input_ends_with_2_and_a_sentence(arguments):
    found = run(*arguments)
    assert found.exit_code == 2, found.output
    assert "Traceback" not in found.output

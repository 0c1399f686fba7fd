"""The summary against plain pandas on the tables, written from the words of the model, number by number."""

import json
import math
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from equipoise.findings.digest import influence_at_start
from equipoise.jobs import run as jobs
from equipoise.scenario import load
from equipoise.world.parameters import parameters_of
from situations import certain, duel, with_changes

T_9, T_47 = 2.2621571627, 2.0117405137
"""Student's t at 97.5 % with 9 and 47 degrees of freedom, from the tables."""
ENGAGED = {
    "court-only": ["court"],
    "league-only": ["league"],
    "even": ["court", "league", "clans"],
    "both": ["court", "league"],
}
"""Whom each strategy of the duel engages, all alike."""


@pytest.fixture(scope="module")
def valleys():
    """48 states of 16 streams: one whole block, so errors come from single states."""
    return jobs.run("two-valleys", futures=768, seed=5, workers=1)


@pytest.fixture(scope="module")
def weekly():
    """One stream a state, so the weekly arrays hold every future; one region, so influence adds up."""
    events = {
        "offer": {"on": date(2030, 2, 4), "probability": 0.4, "effects": [{"settlement": True}]},
        "riot": {
            "when": {"power": "court", "below": 0.45},
            "weekly": 0.3,
            "effects": [{"violence": {"add": 1}}],
        },
    }
    changes = {
        "strategies.north.both": {"engage": {"court": 1, "league": 1}},
        "events": events,
        "forces.court.momentum": [-0.03, 0.0],
        "dynamics": {"violence": {"contest": 0.5}},
    }
    return jobs.run(duel(changes), futures=320, chance=1, seed=0, workers=1)


def rows(study, name):
    found = study.outcomes[study.outcomes["strategy"] == name].sort_values("future")
    return found.reset_index(drop=True)


def state_means(study, column="payoff"):
    frame = study.outcomes.assign(value=study.outcomes[column].astype(float))
    return frame.groupby(["strategy", "state"], observed=True)["value"].mean().unstack("state")


def names_of(study):
    return list(study.summary["strategies"])


def test_sizes(valleys):
    summary = valleys.summary
    assert (summary["futures"], summary["states"], summary["chance"], summary["seed"]) == (768, 48, 16, 5)
    assert names_of(valleys) == list(valleys.scenario.strategies["empire"])
    assert len(valleys.outcomes) == 768 * 9
    assert len(valleys.inputs) == 768 and len(valleys.states) == 48


def test_payoff(valleys):
    means = state_means(valleys)
    for name, found in valleys.summary["strategies"].items():
        payoff = rows(valleys, name)["payoff"].to_numpy(float)
        expected = {
            "mean": payoff.mean(), "p5": np.percentile(payoff, 5), "p50": np.median(payoff),
            "p95": np.percentile(payoff, 95),
            # 5 % of 768 futures are 38.4: the 38 lowest, and 0.4 of the next
            "cvar5": (np.sort(payoff)[:38].sum() + 0.4 * np.sort(payoff)[38]) / 38.4,
        }  # fmt: skip
        expected["se"] = means.loc[name].std(ddof=1) / math.sqrt(48)
        expected["low"] = expected["mean"] - T_47 * expected["se"]
        expected["high"] = expected["mean"] + T_47 * expected["se"]
        for key, value in expected.items():
            assert found["payoff"][key] == pytest.approx(value, rel=1e-6, abs=1e-9), (name, key)


def test_luck_and_what_is_not_known(valleys):
    for name, found in valleys.summary["strategies"].items():
        by_state = rows(valleys, name).groupby("state")["payoff"]
        luck2 = by_state.apply(lambda x: x.astype(float).var(ddof=1)).mean()
        unknown2 = max(0, by_state.apply(lambda x: x.astype(float).mean()).var(ddof=1) - luck2 / 16)
        assert found["payoff"]["luck"] == pytest.approx(math.sqrt(luck2), rel=1e-6)
        assert found["payoff"]["unknown"] == pytest.approx(math.sqrt(unknown2), rel=1e-5)


def test_influence_and_after_collapse(valleys):
    outcomes = valleys.outcomes
    fell = outcomes.assign(fell=outcomes["fallen.crown"] >= 0)
    everywhere = fell.groupby("future")["fell"].all()
    common = set(everywhere[everywhere].index)
    for name, found in valleys.summary["strategies"].items():
        own = rows(valleys, name)
        end, down = own["influence_end"].astype(float), own["fallen.crown"] >= 0
        assert found["influence"]["mean"] == pytest.approx(own["influence"].astype(float).mean())
        assert found["influence"]["end"] == pytest.approx(end.mean())
        assert found["influence"]["by_week"][-1] == pytest.approx(end.mean(), rel=1e-6)
        assert np.mean(found["influence"]["by_week"][1:]) == pytest.approx(
            found["influence"]["mean"], rel=1e-5
        )
        assert found["influence_after_collapse"] == pytest.approx(end[down].mean())
        assert found["influence_if_stands"] == pytest.approx(end[~down].mean())
        assert found["influence_after_common_collapse"] == pytest.approx(
            end[own["future"].isin(common)].mean()
        )
        of_states = state_means(valleys, "influence").loc[name]
        assert found["influence"]["se"] == pytest.approx(of_states.std(ddof=1) / math.sqrt(48), rel=1e-6)


def test_means_of_columns(valleys):
    for name, found in valleys.summary["strategies"].items():
        own = rows(valleys, name)
        assert found["levers"] == pytest.approx(own["levers"].mean())
        for key in ("spread", "hedge_index"):
            # the columns count weeks without engagement as 0
            engaged = own[[f"engaged.{j}" for j in valleys.scenario.forces]].astype(float).sum(axis=1)
            expected = own[key].astype(float).mean() / engaged.mean() if engaged.any() else 0
            assert found[key] == pytest.approx(expected)
            assert valleys.summary["errors"][f"strategies.{name}.{key}"]["low"] <= found[key]
        for j in valleys.scenario.forces:
            assert found["allocation"][j] == pytest.approx(own[f"engaged.{j}"].astype(float).mean())
            assert found["standing"][j]["end"] == pytest.approx(
                own[f"standing.{j}"].astype(float).mean(), rel=1e-6
            )
            assert found["forces"][j]["power"]["end"] == pytest.approx(
                own[f"power.{j}"].astype(float).mean(), rel=1e-6
            )
        terms = {column: own[column].astype(float).mean() for column in own if column.startswith("terms.")}
        assert found["terms"] == pytest.approx(
            {k.removeprefix("terms."): v for k, v in terms.items()}, abs=1e-9
        )
        assert sum(terms.values()) == pytest.approx(found["payoff"]["mean"], abs=1e-6)


def test_falls_are_cumulative(valleys):
    weeks = valleys.summary["weeks"]
    for name, found in valleys.summary["strategies"].items():
        own = rows(valleys, name)
        for j, force in found["forces"].items():
            when = own[f"fallen.{j}"]
            # a force that falls in week t is gone at t + 1
            expected = [((when >= 0) & (when < k)).mean() for k in range(weeks + 1)]
            assert force["collapse_by_week"] == pytest.approx(expected, abs=1e-9)
            assert force["collapse"] == pytest.approx((when >= 0).mean(), abs=1e-9)


def test_every_list_has_the_start_and_every_week(valleys):
    scenario = valleys.scenario
    total = sum(region.weight for region in scenario.regions.values())
    for found in valleys.summary["strategies"].values():
        lists = [found["influence"]["by_week"], found["violence"]["by_week"]]
        lists += [found["standing"][j]["by_week"] for j in scenario.forces]
        lists += [found["forces"][j]["collapse_by_week"] for j in scenario.forces]
        lists += [found["forces"][j]["power"]["by_week"] for j in scenario.forces]
        assert {len(of) for of in lists} == {53}
        assert found["standing"]["hill-lords"]["start"] == pytest.approx(0.45)
        assert found["violence"]["by_week"][0] == pytest.approx(1.0)
        held = {"valley": 0.70, "hills": 0.30}
        crown = sum(scenario.regions[g].weight / total * held[g] for g in held)
        assert found["forces"]["crown"]["power"]["start"] == pytest.approx(crown, rel=1e-6)


def test_orders_are_shares(valleys):
    for name, found in valleys.summary["strategies"].items():
        counted = rows(valleys, name)["order"].value_counts(normalize=True)
        assert found["orders"] == pytest.approx({order: counted.get(order, 0.0) for order in found["orders"]})
        assert sum(found["orders"].values()) == pytest.approx(1)


def test_regret_robustness_and_best(valleys):
    f = state_means(valleys)
    lost = f.max() - f
    for name, found in valleys.summary["strategies"].items():
        own, regret = f.loc[name].to_numpy(), lost.loc[name].to_numpy()
        assert found["regret"] == pytest.approx(
            {"mean": regret.mean(), "p90": np.percentile(regret, 90), "max": regret.max()}, abs=1e-9
        )
        expected = {
            "maximin": own.min(), "maximax": own.max(), "hurwicz": (own.min() + own.max()) / 2,
            "laplace": own.mean(), "minimax-regret": regret.max(), "regret-p90": np.percentile(regret, 90),
            # 5 % of 48 states are 2.4
            "cvar5": (np.sort(own)[:2].sum() + 0.4 * np.sort(own)[2]) / 2.4,
            "certainty-equivalent": -np.log(np.exp(-own).mean()),
        }  # fmt: skip
        for metric, value in expected.items():
            assert found["robustness"][metric] == pytest.approx(value, abs=1e-9), metric
        assert found["chance_best"] == pytest.approx((f.idxmax() == name).mean())
    assert sum(s["chance_best"] for s in valleys.summary["strategies"].values()) == pytest.approx(1)
    for metric, downwards in (("maximin", False), ("minimax-regret", True), ("laplace", False)):
        values = pd.Series({n: s["robustness"][metric] for n, s in valleys.summary["strategies"].items()})
        ranks = values.rank(ascending=downwards, method="min").astype(int)
        assert {
            n: s["robustness_rank"][metric] for n, s in valleys.summary["strategies"].items()
        } == ranks.to_dict()


def test_ranking_and_differences(valleys):
    f = state_means(valleys)
    ranking = valleys.summary["ranking"]
    assert ranking == list(f.mean(axis=1).sort_values(ascending=False).index)
    assert len(valleys.summary["differences"]) == 9 * 8 / 2
    for row in valleys.summary["differences"]:
        assert ranking.index(row["better"]) < ranking.index(row["worse"])
        gap = f.loc[row["better"]] - f.loc[row["worse"]]
        se = gap.std(ddof=1) / math.sqrt(48)
        expected = {
            "mean": gap.mean(),
            "se": se,
            "low": gap.mean() - T_47 * se,
            "high": gap.mean() + T_47 * se,
        }
        assert {key: row[key] for key in expected} == pytest.approx(expected, abs=1e-9)
    flat = [name for group in valleys.summary["groups"] for name in group]
    assert flat == ranking


def interval_of(blocks, mean=None):
    """Mean, standard error and Student interval of ten block means, by hand."""
    mean, se = np.mean(blocks) if mean is None else mean, np.std(blocks, ddof=1) / math.sqrt(len(blocks))
    return {"se": se, "low": mean - T_9 * se, "high": mean + T_9 * se}


def by_block(values):
    """Means of the ten blocks of 32 states of the weekly run: one stream each, so state k is future k."""
    return np.asarray(values, float).reshape(10, 32).mean(axis=1)


def test_every_chance_and_mean_has_the_error_of_whole_blocks(weekly):
    errors = weekly.summary["errors"]
    for name, found in weekly.summary["strategies"].items():
        own, at = rows(weekly, name), f"strategies.{name}."
        for j in ("court", "league", "clans"):
            fell = by_block(own[f"fallen.{j}"] >= 0)
            assert errors[f"{at}forces.{j}.collapse"] == pytest.approx(interval_of(fell), abs=1e-9)
            power = by_block(own[f"power.{j}"].astype(float))
            assert errors[f"{at}forces.{j}.power.end"] == pytest.approx(interval_of(power), abs=1e-6)
        for order, share in found["orders"].items():
            there = by_block(own["order"].astype(str) == order)
            assert np.mean(there) == pytest.approx(share)
            assert errors[f"{at}orders.{order}"] == pytest.approx(interval_of(there), abs=1e-9)
        assert errors[f"{at}payoff.mean"] == {key: found["payoff"][key] for key in ("se", "low", "high")}
        assert found["payoff"]["se"] == pytest.approx(
            interval_of(by_block(own["payoff"].astype(float)))["se"], rel=1e-6
        )
        for part in ("terms", "allocation"):
            assert {f"{at}{part}.{key}" for key in found[part]} <= set(errors)
    first = rows(weekly, names_of(weekly)[0])
    for event in ("offer", "riot"):
        there = by_block(first[f"event.{event}"] >= 0)
        assert errors[f"events.{event}.probability"] == pytest.approx(interval_of(there), abs=1e-9)


def test_influence_after_a_collapse_has_the_error_of_a_ratio(weekly):
    for name, found in weekly.summary["strategies"].items():
        own, said = (
            rows(weekly, name),
            weekly.summary["errors"][f"strategies.{name}.influence_after_collapse"],
        )
        fell = (own["fallen.court"] >= 0).to_numpy()
        x, w = by_block(own["influence_end"].astype(float) * fell), by_block(fell)
        mean = x.sum() / w.sum()
        # leaving out one block at a time, which the linearised error of a ratio approximates
        left = np.array([np.delete(x, k).sum() / np.delete(w, k).sum() for k in range(10)])
        jackknife = math.sqrt(0.9 * ((left - left.mean()) ** 2).sum())
        assert found["influence_after_collapse"] == pytest.approx(mean)
        assert said["se"] == pytest.approx(jackknife, rel=0.05)


def test_groups_are_parted_where_the_interval_of_the_difference_leaves_out_0(weekly):
    gaps = {(row["better"], row["worse"]): row for row in weekly.summary["differences"]}
    ranking = weekly.summary["ranking"]
    parted = [gaps[pair]["low"] > 0 for pair in pairwise(ranking)]
    assert len(weekly.summary["groups"]) == 1 + sum(parted)


def test_events_and_talks(valleys):
    own, start = rows(valleys, names_of(valleys)[0]), date(2031, 3, 17)
    for name, found in valleys.summary["events"].items():
        weeks = own[f"event.{name}"]
        weeks = weeks[weeks >= 0]
        assert found["probability"] == pytest.approx(len(weeks) / 768)
        for key, level in (("p5_date", 0.05), ("median_date", 0.5), ("p95_date", 0.95)):
            week = int(np.quantile(weeks, level, method="inverted_cdf"))
            assert found[key] == (start + timedelta(weeks=week)).isoformat(), (name, key)
    assert list(valleys.summary["events"]) == list(valleys.scenario.events)
    talk = valleys.summary["talks"]["lake-conference"]
    assert talk["deal"] == pytest.approx((own["deal.lake-conference"] >= 0).mean())
    states = valleys.states
    at = "talks.lake-conference.issues.power-sharing.positions."
    crown, rebels = states[at + "crown"], states[at + "rebels"]
    # sum of clout * salience * position over sum of clout * salience, from the file's own numbers
    weight = 0.4 * 0.9 + 0.4 * 0.9 + 0.1 * 0.5 + 0.3 * 0.4 + 0.2 * 0.4
    outcome = (0.36 * crown + 0.36 * rebels + 0.05 * 40 + 0.12 * 30 + 0.08 * 50) / weight
    found = talk["issues"]["power-sharing"]
    assert found["mean"] == pytest.approx(outcome.mean())
    assert found["p5"] == pytest.approx(np.percentile(outcome, 5))
    assert found["p95"] == pytest.approx(np.percentile(outcome, 95))
    acceptable = (abs(outcome - crown) <= 30) & (abs(outcome - rebels) <= 40)
    assert talk["acceptable"] == pytest.approx(acceptable.mean())
    assert talk["deal"] == pytest.approx(acceptable.mean())  # the conference takes place in every future
    errors, at = valleys.summary["errors"], "talks.lake-conference."
    assert errors[f"{at}deal"]["se"] == pytest.approx(acceptable.std(ddof=1) / math.sqrt(48))
    assert errors[f"{at}acceptable"] == pytest.approx(errors[f"{at}deal"])
    assert errors[f"{at}issues.power-sharing.mean"]["se"] == pytest.approx(
        outcome.std(ddof=1) / math.sqrt(48)
    )


def test_inputs(valleys):
    assert set(valleys.summary["inputs"]) == set(valleys.states.columns) - {"state"}
    for path, found in valleys.summary["inputs"].items():
        values = valleys.states[path].to_numpy(float)
        assert found["mean"] == pytest.approx(values.mean(), rel=1e-9)
        assert found["sd"] == pytest.approx(values.std(), rel=1e-9, abs=1e-12)


def test_an_input_far_from_zero_keeps_its_spread():
    far = {"dynamics": {"violence": {"start": [100_000.0, 100_000.001]}}}
    study = jobs.run(certain(far), futures=512, chance=1, workers=1)
    found = study.summary["inputs"]["dynamics.violence.start"]
    assert found["sd"] == pytest.approx(0.001 / math.sqrt(12), rel=0.05)


def test_weekly_means_over_all_futures(weekly):
    arrays = weekly.weekly
    assert arrays.sizes == {"strategy": 4, "force": 3, "week": 21, "future": 320}
    for name, found in weekly.summary["strategies"].items():
        own = arrays.sel(strategy=name).astype(float)
        assert found["influence"]["by_week"] == pytest.approx(
            own["influence"].mean("future").values, rel=1e-5
        )
        assert found["violence"]["by_week"] == pytest.approx(own["violence"].mean("future").values, rel=1e-5)
        for j in ("court", "league", "clans"):
            here = own.sel(force=j).mean("future")
            assert found["standing"][j]["by_week"] == pytest.approx(here["standing"].values, rel=1e-5)
            assert found["forces"][j]["power"]["by_week"] == pytest.approx(here["power"].values, rel=1e-5)
            assert found["forces"][j]["collapse_by_week"] == pytest.approx(1 - here["alive"].values, abs=1e-6)


def test_outcomes_follow_from_the_weekly_course(weekly):
    for name in names_of(weekly):
        own, table = weekly.weekly.sel(strategy=name).astype(float), rows(weekly, name)
        power, standing, alive = (
            own[k].transpose("force", "week", "future").values for k in ("power", "standing", "alive")
        )
        influence = (power * standing).sum(axis=0)  # one region: I = sum over forces of C R
        assert np.abs(own["influence"].values - influence).max() < 1e-5
        field = alive[[list(own["force"].values).index(j) for j in ENGAGED[name]], :-1].sum(axis=0)
        u = influence[1:] - 0.02 * (field > 0)  # the budget of 1 is spent while a force it engages is there
        payoff = 0.75 * u.mean(axis=0) + 0.25 * u[-1]
        assert table["payoff"].to_numpy(float) == pytest.approx(payoff, abs=1e-5)
        assert table["levers"].to_numpy() == pytest.approx(
            ((standing[:, -1] >= 0.3) & (alive[:, -1] > 0)).sum(axis=0)
        )
        assert table["influence_end"].to_numpy(float) == pytest.approx(influence[-1], abs=1e-6)
        when = np.where((alive == 0).any(axis=1), (alive == 0).argmax(axis=1) - 1, -1)
        order = list(own["force"].values)
        for j in order:
            assert (table[f"fallen.{j}"].to_numpy() == when[order.index(j)]).all()


def test_spread_and_hedge_index_are_over_all_weeks_with_engagement(weekly):
    """Shares are even over the engaged forces in the field; court and league are rivals by 0.8, the rest are not tied.

    n forces hold a share of 1 / n each, so that the pair of rivals adds 2 · 0.8 / n² where both are engaged.
    """
    alive = weekly.weekly["alive"].isel(week=slice(0, -1)).astype(float)
    for name, engaged in ENGAGED.items():
        field = alive.sel(strategy=name, force=engaged).sum("force").values
        both = alive.sel(strategy=name, force=["court", "league"]).prod("force").values
        many = np.where(field > 0, field, 1)
        rivals = both * ({"court", "league"} <= set(engaged))
        found = weekly.summary["strategies"][name]
        assert found["spread"] == pytest.approx((1 - 1 / many)[field > 0].mean(), rel=1e-5, abs=1e-6)
        assert found["hedge_index"] == pytest.approx(
            (1.6 * rivals / many**2)[field > 0].mean(), rel=1e-5, abs=1e-6
        )
        assert found["kind"] == ("hedge" if len(engaged) > 1 else "one-force")
    assert (alive.sel(strategy="both", force=["court", "league"]).sum("force") == 0).any()


def test_orders_follow_from_the_weekly_course(weekly):
    order_of = []
    for name in names_of(weekly):
        own, table = weekly.weekly.sel(strategy=name), rows(weekly, name)
        power, alive = (
            own[k].isel(week=-1).transpose("force", "future").to_pandas() for k in ("power", "alive")
        )
        last_fall = table[[f"fallen.{j}" for j in power.index]].max(axis=1)
        for n, row in table.iterrows():
            settled = row["event.offer"] >= 0 and last_fall[n] < row["event.offer"]
            future = row["future"]
            strong = [j for j in power.index if power.loc[j, future] >= 0.6 - 1e-7]
            if settled:
                expected = "settlement"
            elif alive.loc["court", future] > 0:
                expected = "holds"
            else:
                expected = f"takeover:{strong[0]}" if strong else "chaos"
            assert row["order"] == expected, (name, future)
            order_of.append(expected)
    assert len(set(order_of)) >= 4  # the situation reaches every kind of order


def test_one_stream_a_state_leaves_luck_undefined(weekly):
    for found in weekly.summary["strategies"].values():
        assert found["payoff"]["luck"] is None and found["payoff"]["unknown"] is None
        assert found["payoff"]["se"] is not None


def test_influence_is_kept_where_it_ends_no_lower_than_it_began(weekly):
    """Every future's own course: the weekly arrays hold them all; each begins where its state puts it."""
    reach = weekly.weekly["influence"]
    court = weekly.weekly["alive"].sel(force="court").isel(week=-1).to_numpy() == 0
    kept = (reach.isel(week=-1) >= reach.isel(week=0) - 1e-6).to_numpy()
    shares = set()
    for at, name in enumerate(reach.strategy.to_numpy()):
        found, fell = weekly.summary["strategies"][name], court[at]
        assert found["influence_kept"] == pytest.approx(kept[at].mean())
        assert found["influence_kept_after_collapse"] == pytest.approx(kept[at][fell].mean())
        assert found["influence_kept_if_stands"] == pytest.approx(kept[at][~fell].mean())
        shares |= {found["influence_kept_after_collapse"], found["influence_kept_if_stands"]}
    assert any(0 < share < 1 for share in shares)


def test_influence_at_the_start_is_that_of_the_first_week_of_the_engine(valleys):
    world, plan = valleys.player.world, valleys.plan
    start = influence_at_start(world, parameters_of(world, 0, plan.states, seed=plan.seed))
    of_engine = valleys.weekly["influence"].isel(strategy=0, week=0).to_numpy()
    np.testing.assert_allclose(start, of_engine, rtol=1e-6)


def test_undefined_is_null():
    lone = duel({"forces.court.incumbent": None, "forces.court.momentum": [0, 0.01]})
    summary = jobs.run(lone, futures=1, chance=1, strategies=["even"], workers=1).summary
    found = summary["strategies"]["even"]
    for key in ("influence_after_collapse", "influence_after_common_collapse", "influence_if_stands",
                "influence_kept_after_collapse"):  # fmt: skip
        assert found[key] is None
    for key in ("se", "low", "high", "luck", "unknown"):
        assert found["payoff"][key] is None
    assert found["regret"] == {"mean": 0, "p90": 0, "max": 0}
    assert summary["differences"] == []
    assert found["chance_best"] == 1
    assert any("one strategy" in warning for warning in summary["warnings"])
    assert any("one state" in warning for warning in summary["warnings"])


def test_an_event_that_never_happens_has_no_date():
    event = {"on": date(2030, 2, 4), "probability": 0.0, "effects": [{"violence": {"add": 1}}]}
    summary = jobs.run(duel({"events": {"never": event}}), futures=32, workers=1).summary
    assert summary["events"]["never"] == {
        "probability": 0,
        "p5_date": None,
        "median_date": None,
        "p95_date": None,
    }


def test_no_fall_leaves_influence_after_collapse_undefined():
    found = jobs.run(certain(), futures=64, workers=1).summary["strategies"]["even"]
    assert found["influence_after_collapse"] is None and found["influence_if_stands"] is not None


def test_events_count_under_the_first_strategy():
    event = {
        "on": date(2030, 2, 4),
        "probability": 0.5,
        "decided-by": "north",
        "effects": [{"violence": {"add": 1}}],
    }
    ways = {
        "do": {"engage": {"court": 1}, "decide": {"act": date(2030, 2, 4)}},
        "refrain": {"engage": {"court": 1}, "decide": {"act": "never"}},
        "leave-open": {"engage": {"court": 1}},
    }
    situation = duel({"events": {"act": event}, "strategies.north": ways})
    for names, expected in ((["do", "refrain"], 1.0), (["refrain", "do"], 0.0)):
        found = jobs.run(situation, futures=160, strategies=names, workers=1).summary["events"]["act"]
        assert found["probability"] == expected
    left = jobs.run(situation, futures=1600, strategies=["leave-open", "do"], workers=1).summary["events"][
        "act"
    ]
    assert left["probability"] == pytest.approx(0.5, abs=4 * 0.5 / 40)


def test_strict_json(valleys, weekly):
    def refuse(constant):
        raise AssertionError(f"{constant} is not JSON")

    for study in (valleys, weekly):
        text = json.dumps(study.summary, allow_nan=False)
        assert json.loads(text, parse_constant=refuse) == study.summary


def test_fans_are_quantiles_of_the_weekly_arrays(weekly):
    summary, arrays = weekly.summary, weekly.weekly
    assert summary["fans_futures"] == 320
    for name in names_of(weekly):
        for kind in ("power", "standing"):
            for j in ("court", "league"):
                values = arrays[kind].sel(strategy=name, force=j).astype(float)
                for level in (5, 25, 50, 75, 95):
                    expected = np.percentile(values, level, axis=values.dims.index("future"))
                    assert summary["fans"][name][kind][j][f"p{level}"] == pytest.approx(expected, abs=1e-9)


def test_timeline_is_in_order_and_dated(valleys):
    entries = valleys.summary["timeline"]
    assert [entry["date"] for entry in entries] == sorted(entry["date"] for entry in entries)
    by_name = {(entry["kind"], entry["name"]): entry for entry in entries}
    assert by_name["start", "start"]["date"] == "2031-03-17"
    assert by_name["as-of", "as-of"]["week"] == -1
    # 1 May 2031 is 45 days after the start: week 6
    assert by_name["deadline", "spring-accord"]["week"] == 6
    assert by_name["talk", "lake-conference"]["date"] == "2031-06-02"
    leaves = by_name["event", "republic-leaves"]
    assert leaves["probability"] == valleys.summary["events"]["republic-leaves"]["probability"]


def test_only_the_focus_is_resented_more_along_the_scan(valleys):
    """Duplicity is paid by who engages both of two rivals; who keeps to one side feels nothing of others' either."""
    found, scan = valleys.summary["strategies"], valleys.summary["resentment"]
    kinds = {name: item["kind"] for name, item in found.items()}
    assert (
        kinds["stay-out"] == "out" and kinds["back-rebels"] == "one-force" and kinds["even-hedge"] == "hedge"
    )
    assert set(scan["hedges"]) == {name for name, kind in kinds.items() if kind == "hedge"}
    assert set(scan["one_sided"]) == {
        name for name, kind in kinds.items() if kind in ("one-force", "one-camp")
    }
    assert (np.diff(scan["payoff"]["even-hedge"]) < 0).all()
    # nothing that is not the Empire's own standing moves: a one-sided strategy never gains by more resentment
    assert (np.diff(scan["payoff"]["back-rebels"]) <= 1e-7).all()
    assert np.ptp(scan["payoff"]["stay-out"]) < 1e-7


def test_scenario_order_changes_no_number(weekly):
    data = duel({"forces.court.momentum": [-0.03, 0.0]})
    turned = with_changes(data, {"forces": dict(reversed(data["forces"].items()))})
    ways = dict(reversed(data["strategies"]["north"].items()))
    turned = with_changes(turned, {"strategies.north": ways})
    one, other = (jobs.run(load(d), futures=320, workers=1).summary for d in (data, turned))
    assert one["ranking"] == other["ranking"]
    for name in one["ranking"]:
        assert one["strategies"][name]["payoff"] == other["strategies"][name]["payoff"]
        assert one["strategies"][name]["orders"] == other["strategies"][name]["orders"]

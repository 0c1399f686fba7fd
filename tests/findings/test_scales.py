"""Payoffs with a large part common to all strategies, and payoffs that cannot vary."""

import pytest

import equipoise

SCENE = """equipoise: 1
title: What is the same for all
focus: north
calendar: {{start: 2030-01-07, weeks: 26}}
regions: {{coast: {{weight: 3}}, inland: {{weight: 2}}, hills: {{weight: 2}}}}
forces:
  crown:
    incumbent: true
    control: {{coast: [2, 4], inland: 1, hills: [0.5, 2]}}
    volatility: {{national: [0.02, 0.2]}}
  rebels: {{control: {{coast: 1, inland: [1, 3], hills: 1}}, volatility: {{national: 0.05}}, legitimacy: 0.02}}
patrons:
  north:
    standing: {{crown: [0.2, 0.6]}}
    values: {{influence: {influence}, {values}}}
strategies:
  north:
    both: {{engage: {{crown: 1, rebels: 1}}}}
    one: {{engage: {{crown: 1}}}}
    other: {{engage: {{rebels: 1}}}}
"""


def run(tmp_path, values, influence=0):
    file = tmp_path / "scenario.yaml"
    file.write_text(SCENE.format(values=values, influence=influence), encoding="utf-8")
    return equipoise.run(file, futures=2048, seed=3)


@pytest.mark.parametrize(
    ("values", "worth"),
    [
        ("power: {crown: 0.7, rebels: 0.7}", 0.7),
        (
            "control: {crown: {coast: 3, inland: 2, hills: 0.3}, rebels: {coast: 3, inland: 2, hills: 0.3}}",
            5.3,
        ),
        ("order: {holds: 0.1, settlement: 0.1, chaos: 0.1, takeover: {crown: 0.1, rebels: 0.1}}", 0.1),
    ],
)
def test_a_payoff_that_cannot_vary_is_constant(tmp_path, values, worth):
    summary = run(tmp_path, values).summary
    for row in summary["strategies"].values():
        assert row["payoff"]["mean"] == pytest.approx(worth, rel=1e-6)
        assert row["payoff"]["se"] == 0 and row["payoff"]["p5"] == row["payoff"]["p95"]
        assert row["regret"]["max"] == 0
    assert all(row["mean"] == row["se"] == 0 for row in summary["differences"])
    assert summary["groups"] == [summary["ranking"]]


@pytest.mark.parametrize(
    "values",
    [
        "power: {crown: 10000000, rebels: 10000000}",
        "power: {crown: -10000000, rebels: -10000000}",
        "order: {holds: -1.0e9, settlement: -1.0e9, chaos: -1.0e9, takeover: {crown: -1.0e9, rebels: -1.0e9}}",
    ],
)
def test_a_large_common_part_hides_no_difference(tmp_path, values):
    plain = run(tmp_path, "exposure: 0", influence=1).summary
    heavy = run(tmp_path, values, influence=1).summary
    assert heavy["ranking"] == plain["ranking"] and heavy["groups"] == plain["groups"]
    for one, other in zip(heavy["differences"], plain["differences"], strict=True):
        assert one["mean"] == pytest.approx(other["mean"], abs=1e-8)
        assert one["se"] == pytest.approx(other["se"], abs=1e-8)
    first = heavy["ranking"][0]
    assert heavy["strategies"][first]["regret"]["mean"] == pytest.approx(
        plain["strategies"][first]["regret"]["mean"], abs=1e-8
    )
    for metric in ("minimax-regret", "starr", "maximin"):
        ranks = [
            {name: row["robustness_rank"][metric] for name, row in s["strategies"].items()}
            for s in (plain, heavy)
        ]
        assert ranks[0] == ranks[1]

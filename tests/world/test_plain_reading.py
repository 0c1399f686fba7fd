"""The engine against `plain_reading`, future by future: every outcome and weekly series of a run, from its draws."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from plain_reading import Plain
from random_scenarios import random_scenario

import equipoise

CLOSE = 3e-6
"""Single precision over a few dozen weeks."""


def calm(data: dict[str, Any]) -> dict[str, Any]:
    """Return a scenario without noise and re-alignment."""
    data = copy.deepcopy(data)
    for force in data["forces"].values():
        force.pop("volatility", None)
    for key in ("realign", "realign-rate", "realign-step"):
        (data.get("dynamics") or {}).pop(key, None)
    return data


def weeks_in(row: dict[str, Any], *kinds: str) -> dict[str, int]:
    """Return in which week what these columns name came, where it did."""
    columns = [key for key in row if key.startswith(kinds) and row[key] >= 0]
    return {key.split(".", 1)[1]: int(row[key]) for key in columns}


def again(
    study: equipoise.Study, data: Any, others: dict[str, str]
) -> Iterator[tuple[dict[str, Any], Plain]]:
    """Yield every row of the outcomes and the same future as it is read here."""
    inputs = study.inputs.set_index("future").drop(columns=["state", "stream"])
    for row in study.outcomes.to_dict("records"):
        drawn = {name: float(value) for name, value in inputs.loc[row["future"]].items()}
        strategies = {**others, data["focus"]: row["strategy"]}
        came, fell = weeks_in(row, "event.", "deal."), weeks_in(row, "fallen.")
        yield row, Plain(data, strategies, drawn, came, fell).play()


def compare(data: dict[str, Any], others: dict[str, str], futures: int, chance: int, read: Any = None) -> int:
    """Play a scenario, and every future of it (or of what is `read`) once more; return how many were compared."""
    study = equipoise.run(data, futures=futures, chance=chance, with_=others, seed=3)
    weekly, compared = study.weekly, 0
    for row, plain in again(study, read or data, others):
        where = f"{row['strategy']}, future {row['future']}"
        assert plain.notes == [], where
        assert plain.order == row["order"], where
        for key, value in plain.outcomes.items():
            assert row[key] == pytest.approx(value, abs=CLOSE), f"{where}: {key}"
        if row["future"] in weekly.future:
            course = weekly.sel(strategy=row["strategy"], future=row["future"])
            for key, values in plain.series.items():
                name, _, force = key.partition(".")
                seen = course[name].sel(force=force) if force else course[name]
                np.testing.assert_allclose(seen, values, rtol=0, atol=CLOSE, err_msg=f"{where}: {key}")
        compared += 1
    return compared


def corners() -> dict[str, Any]:
    return yaml.safe_load(Path(__file__).with_name("corners.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "others", [{}, {"south": "go"}, {"south": "stay"}], ids=["no strategy", "go", "stay"]
)
def test_corners(others: dict[str, str]) -> None:
    assert compare(corners(), others, futures=8, chance=2) == 7 * 8


@pytest.mark.parametrize("seed", [1, 2, 4, 5, 8, 11, 23, 31])
def test_random_scenarios(seed: int) -> None:
    compare(calm(random_scenario(seed)), {}, futures=8, chance=2)


def test_it_would_notice() -> None:
    """A tenth of a point more of fading a week in the reading than in the file, and they part."""
    data = calm(random_scenario(2))
    data["dynamics"]["fade"] = 0.02
    read = copy.deepcopy(data)
    read["dynamics"]["fade"] = 0.021
    with pytest.raises(AssertionError, match=r"standing|payoff"):
        compare(data, {}, futures=2, chance=2, read=read)


def falls_beyond_chance(data: dict[str, Any]) -> dict[str, float]:
    """Return of each force how many standard deviations more often it falls than its weekly chances say.

    In every week in which a force stands it falls with chance q, whatever came before; so falls less the sum of q has
    mean 0 and variance Σ q(1 - q), however the weeks and forces hang together.
    """
    study = equipoise.run(data, futures=192, chance=1, strategies=["all"], seed=3)
    more, variance = dict.fromkeys(data["forces"], 0.0), dict.fromkeys(data["forces"], 0.0)
    for _, plain in again(study, data, {}):
        for j, q in plain.chances.items():
            more[j] += (j in plain.fell) - sum(q)
            variance[j] += sum(p * (1 - p) for p in q)
    return {j: more[j] / math.sqrt(variance[j]) for j in more}


def test_forces_fall_as_often_as_equation_4_says() -> None:
    found = falls_beyond_chance(corners())
    assert max(map(abs, found.values())) < 3, found

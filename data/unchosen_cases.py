"""Hold the forecasts of unchosen cases against what came, or say beforehand what so many can show.

`python data/unchosen_cases.py OUT.csv [EVERY]` writes a row a case and prints the scores of docs/unchosen-cases.md;
EVERY takes each so-manieth case only. Some five minutes on one core for all 1,455.

`python data/unchosen_cases.py power` prints how often the 95 % interval of the mean gain lies above 0 for a forecaster
who knows the truth, where half of the cases fall so many times as often as the other half and the mean is the panel's.
The years of a war hang together, so the 708 count as the 510 that the width of the interval over whole wars says
(1.3 to 4.0 % where Jeffreys' is 1.6 to 3.9 %: docs/base-rates.md).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from equipoise.scoring.panel import panel_years
from equipoise.scoring.panel_forecasts import FUTURES, PanelForecast, forecasts, gain
from equipoise.scoring.rules import brier, log_score

BASE, RATIOS, SAMPLES = 18 / 708, (2, 3, 4, 6, 10), 4000


RULES: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "Brier": brier,
    "log": partial(log_score, futures=FUTURES),
}


def against_what_came(out: Path, every: int = 1) -> None:
    """Forecast, write and score."""
    over: dict[str, list[PanelForecast]] = {}
    for stake in ("government", "territory"):
        over[stake] = [*forecasts([*panel_years(over=stake)][::every])]
        rows = [one.to_dict() | {"stake": stake} for stake, found in over.items() for one in found]
        pd.DataFrame(rows).to_csv(out, index=False, lineterminator="\n")
    for words, found in (over | {"either": [one for both in over.values() for one in both]}).items():
        for name, score in RULES.items():
            print(f"wars over {words}, {name}: {gain(found, score).to_dict()}")


def power(cases: int, ratio: float, rule: str) -> tuple[float, float, float]:
    """Return the expected gain, the sd of its mean over so many cases, and the share of samples that show it."""
    score, random = RULES[rule], np.random.default_rng(1)
    low = 2 * BASE / (1 + ratio)
    truth = np.where(np.arange(cases) < cases // 2, low, ratio * low)
    fell = random.random((SAMPLES, cases)) < truth
    gains = score(np.full(cases, BASE), fell) - score(truth, fell)
    means, errors = gains.mean(axis=1), gains.std(axis=1, ddof=1) / np.sqrt(cases)
    return float(means.mean()), float(means.std()), float((means - 1.96 * errors > 0).mean())


if __name__ == "__main__":
    if sys.argv[1:] == ["power"]:
        for cases in (24, 510, 708):
            for ratio in RATIOS:
                for rule in RULES:
                    expected, sd, shown = power(cases, ratio, rule)
                    print(
                        f"{cases} cases, {ratio} times, {rule}: {expected:.5f} ± {sd:.5f}, shown in {shown:.0%}"
                    )
    else:
        against_what_came(Path(sys.argv[1]), *map(int, sys.argv[2:]))

"""How far every bargaining model is from what the European Union decided: all 351 scored issues of DEU I-III.

    python benchmarks/deu.py [FOLDER OF THE DATA] [--write]

Data: Arregui and Perarnaud (2021), DEU III, doi:10.34810/data53, CC BY 4.0; not shipped. Each issue:
positions and salience of the Commission, the Parliament and the member states on 0 to 100, the reference
point where one is known, and the outcome. Clout is the state's Council votes (before Nice, Nice) or
population (Lisbon); the Commission and the Parliament take that of the largest state with a position and
salience on the issue. Intervals: bootstrap over proposals, because issues of one proposal share actors and
moods; every model is compared with the compromise on the same resampled proposals.
"""

from __future__ import annotations

import argparse
import csv
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from equipoise.bargaining import MODELS, outcomes
from equipoise.bargaining.accuracy import ACCURACY_FILE
from equipoise.bargaining.outcomes import outcomes_by_issue

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "deu"
REGIMES = {
    "pre_nice": "pre_nice_votes_to_2004_10",
    "nice": "nice_votes_2004_11_to_2014_10",
    "lisbon": "lisbon_population_millions_2019",
}
SCALE = (0.0, 100.0)
RESAMPLES, SEED = 10_000, 1


@dataclass(frozen=True)
class Issues:
    """The scored issues: arrays with a row an issue, NaN where an actor has no value."""

    proposal: np.ndarray
    positions: np.ndarray
    salience: np.ndarray
    clout: np.ndarray
    reference: np.ndarray
    outcome: np.ndarray


def load(folder: Path = DATA) -> Issues:
    """Read the data: a row for each issue whose outcome and regime are known."""
    with (folder / "issue_year_regime.csv").open() as file:
        regime = {row["issue_id"]: row["council_regime_used"] for row in csv.DictReader(file)}
    with (folder / "council_power.csv").open() as file:
        power = {row["code"]: row for row in csv.DictReader(file)}
    with (folder / "deu3.tsv").open(encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file, delimiter="\t") if r["isnr"] in regime and r["out"]]
    actors = ["com", "ep", *sorted(power)]
    votes = {
        name: np.array([_number(power[a][column]) for a in actors[2:]]) for name, column in REGIMES.items()
    }
    positions = np.array([[_number(r[f"p{a}"]) for a in actors] for r in rows])
    salience = np.array([[_number(r[f"s{a}"]) / 100 for a in actors] for r in rows])
    clout = np.array([[np.nan, np.nan, *votes[regime[r["isnr"]]]] for r in rows])
    present = np.where(np.isnan(positions * salience), np.nan, clout)
    clout[:, :2] = np.nanmax(present, axis=1)[:, None]
    return Issues(
        proposal=np.array([r["prnr"] for r in rows]),
        positions=positions,
        salience=salience,
        clout=clout,
        reference=np.array([_number(r["rp"]) for r in rows]),
        outcome=np.array([_number(r["out"]) for r in rows]),
    )


def _number(text: str) -> float:
    return float(text) if text not in ("", None) else np.nan


def forecasts(issues: Issues) -> tuple[dict[str, np.ndarray], dict[str, float]]:
    """Return each model's forecast of every issue, and the seconds it took.

    Models in which issues bear on each other see all scored issues of a proposal at once. Where a bargaining
    solution finds no agreement it forecasts the reference point; where none is known, the compromise.
    """
    made, seconds = {}, {}
    mean = outcomes("compromise", issues.positions, issues.salience, issues.clout, scale=SCALE)
    for name, model in MODELS.items():
        began = time.perf_counter()
        if model.joint:
            forecast = np.empty(len(issues.outcome))
            for proposal in dict.fromkeys(issues.proposal):
                at = np.flatnonzero(issues.proposal == proposal)
                forecast[at] = outcomes_by_issue(
                    model,
                    issues.positions[at][None],
                    issues.salience[at][None],
                    np.fmax.reduce(issues.clout[at])[None],
                    scales=[SCALE] * len(at),
                    reference=issues.reference[at][None],
                )[0]
        else:
            forecast = outcomes(
                model,
                issues.positions,
                issues.salience,
                issues.clout,
                scale=SCALE,
                reference=issues.reference,
            )
        seconds[name] = time.perf_counter() - began
        made[name] = np.where(np.isnan(forecast), mean, forecast)
    return made, seconds


def equal_clout_mean(issues: Issues) -> np.ndarray:
    """Return the compromise forecast with everybody's clout the same."""
    return outcomes(
        "compromise", issues.positions, issues.salience, np.ones(issues.positions.shape), scale=SCALE
    )


def scores(issues: Issues, made: dict[str, np.ndarray]) -> list[dict[str, float | str]]:
    """Return each model's mean absolute error and its distance from the compromise, with 95 % intervals."""
    error = {name: np.abs(forecast - issues.outcome) for name, forecast in made.items()}
    _, group = np.unique(issues.proposal, return_inverse=True)
    size = np.bincount(group)
    rng = np.random.default_rng(SEED)
    drawn = rng.multinomial(len(size), np.full(len(size), 1 / len(size)), RESAMPLES)
    rows = []
    for name, value in error.items():
        resampled = {}
        for key, what in (("mae", value), ("difference", value - error["compromise"])):
            means = drawn @ np.bincount(group, what) / (drawn @ size)
            resampled[key] = (what.mean(), *np.quantile(means, [0.025, 0.975]))
        (mae, low, high), (gap, gap_low, gap_high) = resampled.values()
        rows.append(
            {
                "model": name,
                "issues": len(value),
                "mae": mae,
                "mae_low": low,
                "mae_high": high,
                "difference": gap,
                "difference_low": gap_low,
                "difference_high": gap_high,
                "within_10": np.mean(value <= 10),
            }
        )
    return rows


def as_csv(rows: list[dict[str, float | str]]) -> str:
    """Return the scores as the package keeps them."""
    lines = [",".join(rows[0])]
    for row in rows:
        lines.append(",".join(f"{v:.3f}" if isinstance(v, float) else str(v) for v in row.values()))
    return "\n".join(lines) + "\n"


def main() -> None:
    """Print the table; with --write keep it as the package's accuracy file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=DATA)
    parser.add_argument("--write", action="store_true", help="write the package's accuracy file")
    asked = parser.parse_args()
    issues = load(asked.folder)
    forecasts(issues)
    made, seconds = forecasts(issues)
    rows = scores(issues, made)
    print(as_csv(rows))
    equal = np.abs(equal_clout_mean(issues) - issues.outcome).mean()
    print(f"compromise with equal clout: {equal:.3f}")
    print(
        "seconds: " + ", ".join(f"{k} {v:.3f}" for k, v in seconds.items()),
        f"; all {sum(seconds.values()):.2f}",
    )
    if asked.write:
        ACCURACY_FILE.write_text(as_csv(rows), encoding="utf-8")
        print(f"written: {ACCURACY_FILE}")


if __name__ == "__main__":
    main()

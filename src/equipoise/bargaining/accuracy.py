"""How far each model was from what was decided, as measured on the EU decisions of DEU I-III.

The figures are in `accuracy.csv`, which `benchmarks/deu.py --write` makes from the data (Arregui and
Perarnaud 2021, doi:10.34810/data53, 351 scored issues of 1999 to 2019). No model that loses to the
compromise mean there is recommended.
"""

from __future__ import annotations

import csv
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

ACCURACY_FILE = Path(__file__).with_name("accuracy.csv")


@dataclass(frozen=True)
class Accuracy:
    """A model's record, in points of a 0 to 100 scale.

    Attributes:
        model: its name.
        issues: how many issues were scored.
        mae, mae_low, mae_high: mean absolute error with its 95 % interval.
        difference, difference_low, difference_high: error above the compromise's on the same issues.
        within_10: share of issues it came within ten points of.
    """

    model: str
    issues: int
    mae: float
    mae_low: float
    mae_high: float
    difference: float
    difference_low: float
    difference_high: float
    within_10: float

    @property
    def verdict(self) -> str:
        """What the record says beside the compromise, in a few words."""
        if self.model == "compromise":
            return "baseline"
        if self.difference_low > 0:
            return "worse than the compromise"
        if self.difference_high < 0:
            return "better than the compromise"
        return "not told apart from the compromise"

    @property
    def recommended(self) -> bool:
        """False where the model's error was the larger one."""
        return self.difference <= 0

    def to_dict(self) -> dict[str, Any]:
        """Return the record as plain data."""
        return asdict(self) | {"verdict": self.verdict, "recommended": self.recommended}


@cache
def accuracy() -> dict[str, Accuracy]:
    """Return every model's record, by name."""
    with ACCURACY_FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        row["model"]: Accuracy(
            model=row["model"],
            issues=int(row["issues"]),
            **{key: float(value) for key, value in row.items() if key not in ("model", "issues")},
        )
        for row in rows
    }


def accuracy_note() -> str:
    """Return the record in words, for the command's help."""
    known = accuracy()
    base = known["compromise"]
    worst = max(known.values(), key=lambda a: a.mae)
    level = [a for a in known.values() if a.recommended and a.model != "compromise"]
    also = "".join(f"; {a.model} by {a.mae:.1f}, {a.verdict}" for a in level) or "; none did better"
    return (
        f"On {base.issues} EU decisions the compromise mean missed by {base.mae:.1f} points of 100 on "
        f"average (95 % interval {base.mae_low:.1f} to {base.mae_high:.1f}){also}; furthest off was "
        f"{worst.model} ({worst.mae:.1f}). A model that lost to the compromise there is not recommended."
    )

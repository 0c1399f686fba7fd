"""Play every year of every war as `equipoise new --from-panel` writes it, and write down how often the government fell.

`python data/unchosen_cases.py OUT` writes `year_forecasts.csv`: conflict, year, and the futures of 4,096 in which it
did. To be made again after a change of what the model says; a test, and every `equipoise backtest`, plays the 24 drawn
years again and uses the rest only if those come out the same. Five to ten minutes on one core.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from equipoise.scoring.panel import panel_years
from equipoise.scoring.panel_forecasts import FUTURES, forecasts


def main(out: Path) -> None:
    """Forecast and write."""
    rows = [(one.conflict, one.year, round(one.chance * FUTURES)) for one in forecasts(panel_years())]
    table = pd.DataFrame(rows, columns=["conflict", "year", "falls"])
    table.to_csv(out / "year_forecasts.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

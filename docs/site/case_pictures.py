"""Draw a picture of each bundled case for the gallery of the documentation: its actors and their ties at the start.

`make pictures` draws them into `docs/images/cases/`. They are the map of the actors that a report of the case shows; a
test holds that each says what its scenario says today.
"""

from __future__ import annotations

from pathlib import Path

from equipoise.reporting.drawing import Drawing, draw
from equipoise.reporting.figure_map import mapped
from equipoise.scenario import cases, load
from equipoise.scenario.display_names import Names

IMAGES = Path(__file__).resolve().parents[1] / "images" / "cases"


def drawing(case: str) -> Drawing:
    """Return the map of a bundled case's actors."""
    scenario = load(case).scenario
    return mapped(scenario, Names.of(scenario))


def main() -> None:
    """Draw the picture of every bundled case."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    for case in cases():
        (IMAGES / f"{case}.svg").write_text(draw(drawing(case)).wide + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

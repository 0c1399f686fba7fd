"""Make the numbers behind docs/trust.md, and the page from them, so that it cannot say what they do not.

`python data/trust.py` plays everything again and writes `data/trust.json`; `python data/trust.py page` writes the page
alone, from that file and the text in `data/trust.md.jinja`. Every number of the page is looked up there, and what it
says in words of numbers stands beside a `must(...)` that fails where it is no longer so. To be made again after a
change of a bundled case, of its outcomes, or of what the model says; some minutes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

import equipoise
from equipoise.jobs.score import FUTURES, Asking, Situation
from equipoise.jobs.sources import load
from equipoise.reporting.analyses import backtest as shown
from equipoise.scenario.observations import load_observations
from equipoise.scenario.phrases import day
from equipoise.scoring.power import power
from equipoise.scoring.scored import OWN_UNIT

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "trust.md"
FOUNDING = "afghanistan-2021"
MANY = 60_000
"""Futures that are weighed by what was seen: with fewer, hardly any are left in August."""
LEAVES = {"events.us-exit-later.probability": 1.0, "events.us-exit-by-may.probability": 0.0}
STAYS = dict.fromkeys(LEAVES, 0.0)
"""What is set where Washington is known to leave over the summer, and to stay."""


def numbers() -> dict[str, Any]:
    """Play everything and return what the page is made from."""
    return {
        "backtest": without_samples(equipoise.backtest(futures=FUTURES).to_dict()),
        "leaves": asked_of(LEAVES), "stays": asked_of(STAYS), "districts": districts(), "rolling": rolling(),
    }  # fmt: skip


def asked_of(set_: Mapping[str, float]) -> dict[str, float]:
    """Return the chances of the founding case's questions where some numbers are others."""
    asking = Asking.of(situation(set_), FOUNDING, None, None, FUTURES)
    said = asking.answered(None).said
    return {name: one.chance for name, one in said.items() if one.chance is not None}


def situation(set_: Mapping[str, float] | None = None) -> Situation:
    """Return the founding case as a situation, some numbers set."""
    file = load(FOUNDING, dict(set_) if set_ else None)
    return Situation(file, file.scenario, 1, {}, None)


def districts() -> list[dict[str, Any]]:
    """Return the Taliban's share on every day on which districts were counted, beside what was said in March."""
    seen = load_observations(FOUNDING, load(FOUNDING).scenario).observations.observations
    counts = [one for one in seen if one.key == "power"]
    questions = {
        f"on-{one.day}": {"asks": f"On {one.day}.", "power": "taliban", "on": one.day, "is": one.is_}
        for one in counts
    }
    given = {"equipoise": 1, "title": "Counts of districts", "questions": questions}
    found, _ = Asking.of(situation(), given, None, None, FUTURES).scored(None)
    return without_samples([one.to_dict() for one in found.questions])


def rolling() -> list[dict[str, Any]]:
    """Return how the founding case fared on each day on which something was seen."""
    asking = Asking.of(situation(), FOUNDING, None, FOUNDING, MANY)
    return without_samples([one.scored(None)[0].to_dict() for one in asking.day_by_day()])


def without_samples(found: Any) -> Any:
    """Return plain data without the quantiles by which numbers are scored, and with numbers of seven digits."""
    if isinstance(found, dict):
        return {key: without_samples(value) for key, value in found.items() if key != "sample"}
    if isinstance(found, list | tuple):
        return [without_samples(value) for value in found]
    return float(f"{found:.7g}") if isinstance(found, float) else found


class Told:
    """What the text of the page may look up."""

    def __init__(self, found: Mapping[str, Any]) -> None:
        self.found, self.test = found, found["backtest"]
        self.cases = {case["name"]: case["scored"] for case in self.test["cases"]}

    def lead(self) -> str:
        """Return the first sentence of the backtest."""
        return plain(shown.lead(self.test))

    def asked(self, case: str, question: str) -> dict[str, Any]:
        """Return a question of a case."""
        return next(one for one in self.cases[case]["questions"] if one["name"] == question)

    def said(self, case: str, question: str) -> str:
        """Return the chance that was said, in words of the page."""
        return percent(self.asked(case, question)["said"]["chance"])

    def total(self, case: str) -> dict[str, Any]:
        """Return a case's mean Brier score and what stands beside it."""
        return whole(self.cases[case]["totals"])

    def row(self, case: str, question: str, words: str, came: str = "") -> str:
        """Return a row of a table: words, said, base rate, what came and the Brier score."""
        one = self.asked(case, question)
        base = one["benchmarks"].get("base-rate")
        crowds = [value for name, value in one["benchmarks"].items() if name.startswith("crowd:")]
        known = "yes" if one["answer"] == 1 else "no"
        must(one["answer"] in (0, 1), f"{case} {question} resolved")
        cells = (
            words, percent(one["said"]["chance"]), percent(base["says"]) if base else "",
            percent(crowds[0]["says"]) if crowds else "", f"{known}{came}", f"{one['scores']['brier']:.3f}",
        )  # fmt: skip
        return f"| {' | '.join(cells)} |"

    def pooled(self, rule: str = "brier") -> dict[str, Any]:
        """Return the mean over all cases."""
        return whole(self.test["pooled"], rule)

    def years(self, which: str) -> dict[str, Any]:
        """Return what years of wars came to."""
        return next(row for row in self.test["years"] if row["which"] == which)

    def wrong(self, came: int) -> list[dict[str, Any]]:
        """Return the questions on which what came, 1 or 0, was given less than an even chance."""
        every = [one for case in self.cases.values() for one in case["questions"]]
        judged = (one for one in every if one["key"] != OWN_UNIT and "brier" in one["scores"])
        return [one for one in judged if one["scores"]["brier"] > 0.25 and one["answer"] == came]

    def moment(self, on: str) -> dict[str, Any]:
        """Return how the founding case fared on a day of what was seen."""
        return next(one for one in self.found["rolling"] if one["as_of"] == on)

    def on(self, known: str, question: str) -> str:
        """Return the chance that was said of a question on a day of what was seen, or a dash."""
        asked = [one for one in self.moment(known)["questions"] if one["name"] == question]
        return percent(asked[0]["said"]["chance"]) if asked else "–"


def whole(totals: list[dict[str, Any]], rule: str = "brier") -> dict[str, Any]:
    """Return the mean over all horizons."""
    return next(row for row in totals if row["rule"] == rule and row["up_to"] is None)


def must(so: bool, what: str) -> str:
    """Fail where what the page says in words is not so."""
    if not so:
        raise ValueError(f"the page says what the numbers do not: {what}")
    return ""


def percent(share: float) -> str:
    """Return a chance in per cent, below 10 with a decimal."""
    return f"{100 * share:.0f} %" if share >= 0.1 or share == 0 else f"{100 * share:.1f} %"


def share(part: float) -> str:
    """Return a share of futures; a small one in words."""
    return "none" if part == 0 else "under 1 %" if part < 0.01 else f"{100 * part:.0f} %"


def plain(text: str) -> str:
    """Return a text with ordinary spaces."""
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def page(found: Mapping[str, Any]) -> str:
    """Return the page."""
    made = Environment(
        loader=FileSystemLoader(HERE), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True, autoescape=False,
    )  # fmt: skip
    text = made.get_template("trust.md.jinja")
    return text.render(
        told=Told(found), found=found, must=must, percent=percent, share=share, power=power, day=day
    )


if __name__ == "__main__":
    if sys.argv[1:] != ["page"]:
        text = json.dumps(numbers(), indent=0, ensure_ascii=False)
        (HERE / "trust.json").write_text(text + "\n", encoding="utf-8", newline="\n")
    told = json.loads((HERE / "trust.json").read_text(encoding="utf-8"))
    PAGE.write_text(page(told), encoding="utf-8", newline="\n")

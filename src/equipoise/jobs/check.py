"""Check: what a scenario contains, what it takes as given, and what that implies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from equipoise import evidence
from equipoise.draws.values import medians, power_summary
from equipoise.findings.outlook import outlook, powers
from equipoise.findings.summary import summarise
from equipoise.findings.tally import tallied
from equipoise.futures.play import Plan
from equipoise.jobs.answer import Answer, header
from equipoise.jobs.sources import Set, Source, load
from equipoise.scenario import Scenario, ScenarioFile, summary
from equipoise.scenario.places import places
from equipoise.scenario.reach import Never, unreachable
from equipoise.scenario.reading import read
from equipoise.scoring import reference_classes
from equipoise.world.compile import compile_world
from equipoise.world.parameters import parameters_of
from equipoise.world.player import Player

WEEKS_A_YEAR = 52
FUTURES, CHANCE, SEED = 4096, 4, 1
"""What everything that is implied rests on: 1,024 states, and four streams of chance in each."""
RUN_STATES = 1250
"""States of a run unless told otherwise: with its seed, power at the start is the same number here and there."""
STANDING_ON = {
    "claim": "a source's claim",
    "belief": "a belief alone",
    "reason": "the analyst's reason",
    "nothing": "nothing",
}
"""What a number may stand on, in words."""


def check(source: Source, *, set_: Set | None = None, widen: float | str | None = None) -> Answer:
    """Return what a scenario contains, what it takes as given, and the yearly chance of falling it implies.

    The chances come from 4,096 futures under each patron's own default, beside UCDP's base rates; so do power a year on
    and what is implied for each judgement of the outlook. What can never happen is listed with its place, and so are
    positions off their issue's scale. `set_` and `widen` change numbers first (`scenario.changed`).
    """
    from equipoise.scoring import yearly_chance

    file = load(source, set_, widen)
    player = Player(compile_world(file.scenario, profiles=[{}]), seed=SEED)
    plan = Plan.of(FUTURES, chance=CHANCE, seed=SEED)
    forces = summarise(tallied(player, plan)).strategies[""].forces
    falls = {j: yearly_chance(force.collapse_by_week) for j, force in forces.items()}
    found = summary(file.scenario, written=file.written)
    at_start = power_summary(file.scenario, RUN_STATES, seed=SEED)
    found["forces"] = [force | {"power": at_start[force["name"]]} for force in found["forces"]]
    counts = evidence.trace(file.scenario, written=file.written)["counts"]
    found["numbers"] = found["numbers"] | {"standing_on": _standing_on(counts)}
    found |= {
        "yearly_chance_of_falling": falls,
        "peace": file.scenario.war.peace,
        "base_rates": [row.to_dict() for row in reference_classes(file.scenario)],
    }
    found |= {"power_a_year_on": _power_a_year_on(file.scenario, plan), **_remarks(file)}
    found |= {"outlook": [row.to_dict() for row in outlook(file.scenario, plan)]}
    return Answer(header("check", file, seed=SEED), found)


def _power_a_year_on(of: Scenario, plan: Plan) -> dict[str, Any]:
    """Return each force's mean power a year after the start, or at the end of a shorter run, with its error."""
    week = min(WEEKS_A_YEAR, of.calendar.weeks)
    return {"week": week} | {j: power.to_dict() for j, power in powers(of, week, plan).items()}


def _remarks(file: ScenarioFile) -> dict[str, Any]:
    """Return what can never happen, and which positions are off their scale, in the order of the file."""
    document = read(file.text)

    def placed(found: Iterable[Never]) -> list[dict[str, Any]]:
        rows = [
            {
                "path": ".".join(map(str, never.path)),
                "line": document.place(never.path, key=True)[0],
                "says": never.says,
            }
            for never in found
        ]
        return sorted(rows, key=lambda row: row["line"])

    never = (*unreachable(file.scenario), *_impossible_deals(file.scenario))
    return {"never": placed(never), "off_scale": placed(_off_scale(file.scenario))}


def _impossible_deals(scenario: Scenario) -> list[Never]:
    """Return the talks whose veto parties accept no outcome in common in any of the states of a run."""
    deals = parameters_of(compile_world(scenario, profiles=[{}]), 0, RUN_STATES, seed=SEED).deals
    says = "its veto parties are never all within reach of the outcome: no deal in any of {:,} states of the world"
    return [Never(("talks", name), says.format(RUN_STATES)) for name, deal in deals.items() if not deal.any()]


def _off_scale(scenario: Scenario) -> Iterator[Never]:
    """Give the positions whose median lies beyond the outermost points of the scale that the issue names."""
    middles = medians(places(scenario))
    for name, talk in scenario.talks.items():
        for issue, on_table in talk.issues.items():
            if len(on_table.scale) < 2:
                continue
            low, high = min(on_table.scale), max(on_table.scale)
            for actor in on_table.positions:
                path = ("talks", name, "issues", issue, "positions", actor)
                middle = float(middles[".".join(path)])
                if not low <= middle <= high:
                    says = (
                        f"a median of {middle:g} is off the scale, which names {low:g} to {high:g}; write a position "
                        "between them, or what the scale means out there"
                    )
                    yield Never(path, says)


def _standing_on(counts: Mapping[str, int]) -> dict[str, int]:
    return {word: counts[basis] for basis, word in STANDING_ON.items() if counts.get(basis)}

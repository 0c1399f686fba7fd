"""What a run found as pandas tables, for notebooks and for export: a row a thing, a column a number, names as they are.

What is undefined, or never happened, is missing (`<NA>`, `NaT`), never a number that stands for it; dates are dates.
Each table says in its `attrs` how many futures it rests on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from equipoise.findings.found import Run
from equipoise.scenario import wording
from equipoise.scenario.display_names import Names
from equipoise.scenario.model import Scenario

if TYPE_CHECKING:
    import pandas as pd

Row = Mapping[str, Any]


def ranking(run: Run, scenario: Scenario) -> pd.DataFrame:
    """Return how each strategy fares, best first: payoff with its error, influence and when it is kept, regret."""
    names = Names.of(scenario)

    def row(place: int, name: str) -> Row:
        found = run.strategies[name]
        payoff = found.payoff
        return {
            "place": place, "strategy": name, "name": names.strategy(name), "kind": str(found.kind),
            "payoff": payoff.mean, "payoff_se": payoff.se, "payoff_low": payoff.low, "payoff_high": payoff.high,
            "payoff_p5": payoff.p5, "payoff_p50": payoff.p50, "payoff_p95": payoff.p95,
            "influence": found.influence.mean, "influence_end": found.influence.end,
            "influence_kept": found.influence_kept,
            "influence_kept_after_collapse": found.influence_kept_after_collapse,
            "influence_kept_if_stands": found.influence_kept_if_stands, "levers": found.levers,
            "spread": found.spread, "hedge_index": found.hedge_index, "regret_mean": found.regret.mean,
            "regret_max": found.regret.max, "chance_best": found.chance_best,
        }  # fmt: skip

    return _frame(run, (row(place, name) for place, name in enumerate(run.ranking, start=1)))


def differences(run: Run, scenario: Scenario) -> pd.DataFrame:
    """Return how much better each strategy does than each other in the same futures, and whether that is told apart."""
    return _frame(run, ({**row.to_dict(), "told_apart": row.told_apart} for row in run.differences))


def forces(run: Run, scenario: Scenario) -> pd.DataFrame:
    """Return what becomes of each force under each strategy: power, standing, and the chance that it has fallen."""
    names = Names.of(scenario)
    rows = (
        {
            "strategy": name, "force": key, "name": names.force(key), "incumbent": scenario.forces[key].incumbent,
            "power_start": force.power.start, "power_end": force.power.end,
            "standing_start": found.standing[key].start, "standing_end": found.standing[key].end,
            "falls": force.collapse, "falls_se": run.error("strategies", name, "forces", key, "collapse").se,
        }
        for name, found in run.strategies.items()
        for key, force in found.forces.items()
    )  # fmt: skip
    return _frame(run, rows)


def orders(run: Run, scenario: Scenario) -> pd.DataFrame:
    """Return who governs in the last week, as shares of the futures, a row a strategy and order."""
    names = Names.of(scenario)
    rows = (
        {"strategy": name, "order": key, "name": names.order(key), "share": share,
         "share_se": run.error("strategies", name, "orders", key).se}
        for name, found in run.strategies.items()
        for key, share in found.orders.items()
    )  # fmt: skip
    return _frame(run, rows)


def events(run: Run, scenario: Scenario) -> pd.DataFrame:
    """Return how likely each event is, and when it comes if it does; an event that never came has no dates."""
    names = Names.of(scenario)
    rows = (
        {"event": key, "name": names.event(key), "probability": found.probability,
         "probability_se": run.error("events", key, "probability").se, "p5_date": found.p5_date,
         "median_date": found.median_date, "p95_date": found.p95_date}
        for key, found in run.events.items()
    )  # fmt: skip
    return _frame(run, rows, dates=("p5_date", "median_date", "p95_date"))


def talks(run: Run, scenario: Scenario) -> pd.DataFrame:
    """Return the chance of a deal at each talk and where its issues land, a row a talk and issue."""
    names = Names.of(scenario)
    rows = (
        {"talk": key, "name": names.event(key), "deal": found.deal, "deal_se": run.error("talks", key, "deal").se,
         "acceptable": found.acceptable, "median_date": found.median_date, "issue": issue, **landing.to_dict()}
        for key, found in run.talks.items()
        for issue, landing in found.issues.items()
    )  # fmt: skip
    return _frame(run, rows, dates=("median_date",))


def agreements(run: Run, scenario: Scenario) -> pd.DataFrame:
    """Return how likely each agreement is signed, and each of its terms falls due and is kept, a row a term.

    `by` is the deadline as a day, `within` in weeks after signing; `kept` is missing for a term that never falls due.
    """
    names = Names.of(scenario)

    def row(key: str, n: int) -> Row:
        found, term = run.agreements[key], scenario.agreements[key].terms[n]
        judged = found.terms[n]
        due, kept = (run.error("agreements", key, "terms", str(n), of).se for of in ("due", "kept"))
        return {
            "agreement": key, "name": names.event(key), "signed": found.signed,
            "signed_se": run.error("agreements", key, "signed").se, "term": n, "who": ", ".join(term.who),
            "does": term.does, "event": term.event, "by": term.by, "within": term.within,
            "due": judged.due, "due_se": due, "kept": judged.kept, "kept_se": kept,
        }  # fmt: skip

    rows = (row(key, n) for key, found in run.agreements.items() for n in range(len(found.terms)))
    return _frame(run, rows, dates=("by",))


def numbers(run: Run, scenario: Scenario) -> pd.DataFrame:
    """Return the uncertain numbers as they were drawn, each with what it is called."""
    rows = (
        {"path": path, "name": wording.place(path, scenario), **found.to_dict()}
        for path, found in run.inputs.items()
    )
    return _frame(run, rows)


def by_week(run: Run, scenario: Scenario) -> pd.DataFrame:
    """Return means over all futures, a row a strategy, series, force and week; `force` is missing where there is none.

    Series: `influence`, `violence`, and of each force `power`, `standing` and `fallen`, the chance that it has fallen.
    """

    def series() -> Iterable[tuple[str, str, str | None, tuple[float, ...]]]:
        for name, found in run.strategies.items():
            yield name, "influence", None, found.influence.by_week
            yield name, "violence", None, found.violence.by_week
            for key, force in found.forces.items():
                yield name, "power", key, force.power.by_week
                yield name, "standing", key, found.standing[key].by_week
                yield name, "fallen", key, force.collapse_by_week

    day_of = scenario.calendar.day_of
    rows = (
        {"strategy": name, "series": what, "force": force, "week": week, "date": day_of(week),
         "mean": value}
        for name, what, force, values in series()
        for week, value in enumerate(values)
    )  # fmt: skip
    return _frame(run, rows, dates=("date",))


TABLES: dict[str, Callable[[Run, Scenario], pd.DataFrame]] = {
    "ranking": ranking,
    "differences": differences,
    "forces": forces,
    "orders": orders,
    "events": events,
    "talks": talks,
    "agreements": agreements,
    "numbers": numbers,
    "by_week": by_week,
}
"""Every table by its name, in the order in which they are exported."""


def _frame(run: Run, rows: Iterable[Row], *, dates: tuple[str, ...] = ()) -> pd.DataFrame:
    """Return rows as a table whose gaps are missing values and whose dates are dates."""
    import pandas as pd

    table = pd.DataFrame(list(rows))
    for column in (column for column in dates if column in table):
        table[column] = pd.to_datetime(table[column])
    table = table.convert_dtypes()
    table.attrs = {"futures": run.futures, "states": run.states}
    return table

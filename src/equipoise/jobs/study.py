"""A study: what a run was asked, what it found, and its tables, in memory or in a folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from equipoise.errors import InputError, StudyError
from equipoise.evidence import under_beliefs
from equipoise.findings import frames
from equipoise.findings.found import Run
from equipoise.futures.folder import Folder
from equipoise.futures.place import file_at
from equipoise.futures.play import Batch, Plan, traces
from equipoise.futures.tables import input_table, outcome_table
from equipoise.jobs import JOBS, job
from equipoise.jobs.answer import Answer
from equipoise.jobs.options import profiles_of
from equipoise.jobs.sources import known
from equipoise.scenario import ScenarioFile, loads
from equipoise.world.compile import compile_world
from equipoise.world.player import Player

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    import xarray as xr

    from equipoise.reporting.notebook import Plots
    from equipoise.scenario import Scenario

FutureTable = Literal["futures", "outcomes", "inputs", "states"]
Stored = Literal["outcomes", "inputs"]
FIGURES = "figures/report.json"
"""The file of a study that holds the drawn figures of its report, by what they were drawn from."""


class Study:
    """The result of `run`.

    Attributes:
        file: the scenario file that was run.
        scenario: as it was run, under the beliefs that were asked for.
        findings: what the run found, as typed objects; `summary` is the same as plain data.
        folder: where it is written, or None.
        finished: whether a run has just brought its folder to its end, so that additions can follow.
    """

    finished = False

    def __init__(
        self, file: ScenarioFile, scenario: Scenario, player: Player, plan: Plan, findings: Run,
        *, batches: list[Batch] | None = None, folder: Folder | None = None,
    ) -> None:  # fmt: skip
        self.file, self.scenario, self.player, self.plan = file, scenario, player, plan
        self.findings, self.folder = findings, folder
        self._batches = batches

    def __repr__(self) -> str:
        best, count = self.findings.best, len(self.findings.ranking)
        payoff = self.findings.strategies[best].payoff
        error = "" if payoff.se is None else f" ± {payoff.se:.3f}"
        return (
            f"<Study of {self.scenario.title!r}: {self.plan.futures:,} futures, "
            f"{count} {'strategy' if count == 1 else 'strategies'}; best {best}, {payoff.mean:.3f}{error}>"
        )

    def parts(
        self, table: FutureTable = "futures", columns: Sequence[str] | None = None
    ) -> Iterator[pd.DataFrame]:
        """Read a table of futures or states batch by batch, so that memory does not grow with the study.

        Put together, the parts are the whole table. Each holds about 16,384 futures under every strategy, or their
        states, and is held to its hash before a row of it is given.

        Args:
            table: `futures`, `outcomes`, `inputs` or `states`, as the attribute of that name.
            columns: to read, in this order; all if not given.

        Raises:
            InputError: there is no such table or column.
            StudyError: the run kept no tables, or a part is missing or not as it was written.
        """
        kind, wanted = self._stored_as(table), None if columns is None else list(columns)
        there = [] if wanted is None else self.columns(table)
        for name in wanted or ():
            known("column", name, there)
        if table == "futures":
            return map(_to_be_read, self._stored(kind, wanted))
        if table != "inputs":
            return self._stored(kind, wanted)
        rows = (_by_future(part, self.plan.chance) for part in self._stored(kind, None))
        return rows if wanted is None else (part[wanted] for part in rows)

    def columns(self, table: FutureTable) -> list[str]:
        """Return the names of the columns of a table of futures or states.

        Raises:
            InputError: there is no such table.
            StudyError: the run kept no tables, or the first part is missing or not as it was written.
        """
        kind = self._stored_as(table)
        if self._batches is None:
            stored = self.folder.columns(kind)  # type: ignore[union-attr]
        else:
            stored = self._of_batch(kind, 0).column_names
        return (
            stored
            if table != "inputs"
            else ["future", "state", "stream", *(c for c in stored if c != "state")]
        )

    def _stored_as(self, table: FutureTable) -> Stored:
        """Return the stored table that one is made of; refuse what is none, and a run that kept none."""
        known("table of futures or states", table, get_args(FutureTable))
        if not self.keeps_tables:
            raise StudyError("this run kept no tables; give `out=` a folder, or ask for fewer futures")
        return "outcomes" if table in ("outcomes", "futures") else "inputs"

    def _of_batch(self, kind: Stored, number: int) -> pa.Table:
        batch = self._batches[number]  # type: ignore[index]
        return outcome_table(self.player, batch) if kind == "outcomes" else input_table(batch)

    def _stored(self, kind: Stored, columns: list[str] | None) -> Iterator[pd.DataFrame]:
        """Yield a table as it is stored; a part that lacks rows would give other means without a word."""
        each = self.plan.chance * len(self.player.world.profiles) if kind == "outcomes" else 1
        for number in range(self.plan.batches):
            if self._batches is None:
                table = self.folder.table_part(kind, number, columns)  # type: ignore[union-attr]
            else:
                table = self._of_batch(kind, number)
            rows = self.plan.batch(number)[1] * each
            if table.num_rows != rows:
                raise StudyError(
                    f"batch {number} of the study holds {table.num_rows:,} rows of {kind} where {rows:,} were played; "
                    "remove the folder and run again"
                )
            yield (table if columns is None else table.select(columns)).to_pandas(use_threads=False)

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """A row for each future and strategy; all in memory, where `parts` reads a batch at a time."""
        return _together(self.parts("outcomes"))

    @property
    def futures(self) -> pd.DataFrame:
        """A row for each future and strategy, to be read: the week of what never came is missing.

        `outcomes` is the same as it is stored, with -1 where something never came.
        """
        return _to_be_read(self.outcomes)

    @cached_property
    def states(self) -> pd.DataFrame:
        """The uncertain inputs, a row for each state of the world."""
        return _together(self.parts("states"))

    @cached_property
    def inputs(self) -> pd.DataFrame:
        """The uncertain inputs, a row for each future."""
        return _by_future(self.states, self.plan.chance)

    @cached_property
    def weekly(self) -> xr.Dataset:
        """Labelled weekly arrays of one future in each of the first (at most 1,024) states.

        Variables `influence` and `violence` [strategy, week, future]; `power`, `standing` and `alive`
        [strategy, force, week, future]; `date` is the first day of each week. `attrs` says how many futures these
        are, of how many; `by_week` has the means over all.
        """
        import numpy as np
        import xarray as xr

        kept, futures, _ = traces(self.player, self.plan)
        names = [profile.name for profile in self.player.world.profiles]
        forces = list(self.player.world.forces)
        at = {name: n for n, name in enumerate(self.player.series)}
        data: dict[str, tuple[tuple[str, ...], np.ndarray]] = {
            name: (("strategy", "week", "future"), kept[:, at[name]]) for name in ("influence", "violence")
        }
        for kind in ("power", "standing", "alive"):
            rows = kept[:, [at[f"{kind}.{j}"] for j in forces]]
            data[kind] = (("strategy", "force", "week", "future"), rows)
        weeks = np.arange(self.player.world.weeks + 1)
        dates = np.datetime64(self.player.world.start, "ns") + weeks * np.timedelta64(7, "D")
        coordinates = {"strategy": names, "force": forces, "week": weeks, "future": futures}
        about = {
            "futures": len(futures),
            "of": self.plan.futures,
            "which": "one future of each of the first states",
        }
        return xr.Dataset(data, {**coordinates, "date": ("week", dates)}, about)

    def report(
        self, path: str | Path | None = None, *, brief: bool = False, unfolded: bool = False
    ) -> Path | str:
        """Write the report, or the brief alone, as one HTML file and return its path, or its address.

        Args:
            path: the file; `report.html` or `brief.html` where the study lies if not given.
            brief: write the two pages of the brief alone.
            unfolded: show every section of the full report open, for paper.
        """
        from equipoise import reporting
        from equipoise.reporting.svg import remembering

        if path is not None:
            place, name = file_at(path)
        elif self.folder is not None:
            place, name = self.folder.place, "brief.html" if brief else "report.html"
            place.clear()
        else:
            raise StudyError("this run has no folder; name the file to write the report to")
        write = place.writer(name)
        while True:
            kept, before = self.analyses, self._figures()
            with remembering(before) as figures:
                page = reporting.render(
                    self.findings, self.scenario, analyses=self._shown(kept), outlines=self.file.outlines,
                    brief_only=brief, unfolded=unfolded,
                )  # fmt: skip
            if self.folder is None or path is not None:
                write(page)
                return place.at(name)
            self.folder.write_text(name, page)
            if not brief and figures != before:
                self.folder.write_json(FIGURES, figures)
            # Another may have kept an analysis while this page was drawn, and its own page before this one.
            if self.analyses == kept:
                return place.at(name)

    def _figures(self) -> dict[str, str]:
        """Return the figures of the last report, so that those which have not changed need not be drawn again."""
        if self.folder is None or FIGURES not in self.folder.names("figures"):
            return {}
        return self.folder.json(FIGURES)

    @property
    def ranking(self) -> pd.DataFrame:
        """How each strategy fares, best first."""
        return frames.ranking(self.findings, self.scenario)

    @property
    def differences(self) -> pd.DataFrame:
        """How much better each strategy does than each other in the same futures."""
        return frames.differences(self.findings, self.scenario)

    @property
    def forces(self) -> pd.DataFrame:
        """What becomes of each force under each strategy."""
        return frames.forces(self.findings, self.scenario)

    @property
    def orders(self) -> pd.DataFrame:
        """Who governs in the last week, as shares of the futures."""
        return frames.orders(self.findings, self.scenario)

    @property
    def events(self) -> pd.DataFrame:
        """How likely each event is, and when it comes if it does."""
        return frames.events(self.findings, self.scenario)

    @property
    def talks(self) -> pd.DataFrame:
        """The chance of a deal at each talk, and where its issues land."""
        return frames.talks(self.findings, self.scenario)

    @property
    def agreements(self) -> pd.DataFrame:
        """How likely each agreement is signed, and each of its terms falls due and is kept."""
        return frames.agreements(self.findings, self.scenario)

    @property
    def numbers(self) -> pd.DataFrame:
        """The uncertain numbers as they were drawn, their mean and spread."""
        return frames.numbers(self.findings, self.scenario)

    @property
    def by_week(self) -> pd.DataFrame:
        """Means over all futures by week: influence, violence, and of each force power, standing and falls."""
        return frames.by_week(self.findings, self.scenario)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return every table of what was found by its name, as they are exported."""
        return {name: table(self.findings, self.scenario) for name, table in frames.TABLES.items()}

    @property
    def plot(self) -> Plots:
        """The report's figures as Altair charts: `study.plot.payoffs()`."""
        from equipoise.reporting.notebook import Plots
        from equipoise.reporting.run_view import RunView

        return Plots(RunView(self.findings, self.scenario, self._shown(self.analyses), self.file.outlines))

    @cached_property
    def summary(self) -> dict[str, Any]:
        """The JSON that `run --json` prints, as a dict."""
        return self.findings.to_dict()

    @property
    def analyses(self) -> dict[str, Any]:
        """Further analyses that were made of this study, by name, from its folder."""
        if self.folder is None:
            return {}
        return {Path(name).stem: self.folder.json(name) for name in self.folder.names("analyses")}

    @property
    def keeps_tables(self) -> bool:
        """Whether its futures can be looked at one by one; a large run without a folder kept its summary only."""
        return self._batches is not None or self.folder is not None

    def _shown(self, kept: dict[str, Any]) -> dict[str, Any]:
        """Return the analyses that the report shows, of those in the folder; the brief is made where it has none."""
        return kept if "brief" in kept else {**kept, "brief": job("brief")(self).to_dict()}

    def keep(self, name: str, result: Mapping[str, Any]) -> None:
        """Keep an analysis in the folder, where the report finds it.

        Args:
            name: of a job whose answers are filed.
            result: the document of its answer.

        Raises:
            InputError: answers of that name are not kept.
        """
        known("analysis", name, [job for job, entry in JOBS.items() if entry.filed])
        if self.folder is not None:
            self.folder.write_json(f"analyses/{name}.json", dict(result))

    def file_analysis(self, name: str, result: Mapping[str, Any]) -> None:
        """Keep an analysis, and write the report again where there is a folder to write it to."""
        self.keep(name, result)
        if self.folder is not None:
            self.report()


def _together(parts: Iterator[pd.DataFrame]) -> pd.DataFrame:
    import pandas as pd

    return pd.concat(parts, ignore_index=True)


def _to_be_read(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Return outcomes with the weeks of what never came missing."""
    table = outcomes.copy()
    for column in (c for c in table if c.startswith(("fallen.", "event.", "deal.", "held."))):
        weeks = table[column].astype("Int32")
        table[column] = weeks.mask(weeks < 0)
    return table


def _by_future(states: pd.DataFrame, chance: int) -> pd.DataFrame:
    """Return a row for each future, its stream after its state, of what has a row for each state."""
    import numpy as np

    streams = np.tile(np.arange(chance, dtype=np.int32), len(states))
    table = states.loc[np.repeat(states.index, chance)].reset_index(drop=True)
    table.insert(0, "future", table["state"].to_numpy(np.int64) * chance + streams)
    table.insert(2, "stream", streams)
    return table


def open_study(path: str | Path) -> Study:
    """Open a finished study, by its folder or its address.

    Raises:
        StudyError: there is none, it is not finished, or it is damaged.
    """
    folder = Folder(path)
    if folder.manifest() is None:
        raise StudyError(f"{folder.path} holds no study: there is no study.json in it")
    manifest, file = folder.json("study.json"), scenario_of(folder)
    findings = _findings(folder)
    believed = under_beliefs(file.scenario, manifest["beliefs"])
    chosen = profiles_of(believed, manifest["strategies"], manifest["with"])
    player = Player(compile_world(believed, profiles=chosen), seed=manifest["seed"])
    plan = Plan(findings.states, findings.chance, findings.seed)
    return Study(file, believed, player, plan, findings, folder=folder)


def _findings(folder: Folder) -> Run:
    try:
        return Run.read(folder.content("summary.json"), what=str(folder.place.at("summary.json")))
    except InputError as error:
        raise StudyError(str(error)) from error


def study_of(study: Study | str | Path) -> Study:
    """Return a study that is open, or the folder of one, opened."""
    return open_study(study) if isinstance(study, str | Path) else study


def study_for(study: Study | str | Path | None, file: ScenarioFile) -> Study | None:
    """Return the study in which a result on a scenario is to be kept.

    Raises:
        InputError: it is a study of another scenario; files with the same title may differ, so texts are
            compared, by their hash.
    """
    if study is None:
        return None
    found = study_of(study)
    if found.file.sha256 != file.sha256:
        raise InputError(
            f"the study is of another scenario than the one given here: of {found.scenario.title!r} as it was run "
            f"(sha256 {found.file.sha256[:12]}…), not of {file.scenario.title!r} as it is now ({file.sha256[:12]}…)"
        )
    return found


def filed(answer: Answer, study: Study | None) -> Answer:
    """Return an answer, kept in a study where there is one."""
    if study is not None:
        study.file_analysis(answer.header["job"], answer.to_dict())
    return answer


def scenario_of(folder: Folder) -> ScenarioFile:
    """Return the scenario file a study folder holds; one that was run from bare text has no outlines beside it."""
    text = folder.content("scenario.yaml").decode("utf-8")
    outlined = any(name.endswith(".geojson") for name in folder.names())
    return loads(
        text, file=str(folder.place.at("scenario.yaml")), beside=folder.content if outlined else None
    )

"""A study: what a run was asked, what it found, and its tables, in memory or in a folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from equipoise.errors import StudyError
from equipoise.findings.found import Run
from equipoise.futures.folder import Folder
from equipoise.futures.play import Batch, Plan, traces
from equipoise.futures.tables import input_table, outcome_table
from equipoise.scenario import ScenarioFile, loads
from equipoise.world.player import Player

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from equipoise.scenario import Scenario


class Study:
    """The result of `run`.

    Attributes:
        file: the scenario file that was run.
        scenario: as it was run, under the beliefs that were asked for.
        summary: the JSON that `run --json` prints, as a dict.
        folder: where it is written, or None.
        finished: whether a run has just brought its folder to its end, so that additions can follow.
    """

    finished = False

    def __init__(
        self, file: ScenarioFile, scenario: Scenario, player: Player, plan: Plan, summary: dict[str, Any],
        *, batches: list[Batch] | None = None, folder: Folder | None = None,
    ) -> None:  # fmt: skip
        self.file, self.scenario, self.player, self.plan = file, scenario, player, plan
        self.summary, self.folder = summary, folder
        self._batches = batches

    def __repr__(self) -> str:
        best, count = self.summary["ranking"][0], len(self.summary["ranking"])
        payoff = self.summary["strategies"][best]["payoff"]
        error = "" if payoff["se"] is None else f" ± {payoff['se']:.3f}"
        return (
            f"<Study of {self.scenario.title!r}: {self.plan.futures:,} futures, "
            f"{count} {'strategy' if count == 1 else 'strategies'}; best {best}, {payoff['mean']:.3f}{error}>"
        )

    def _tables(self, kind: str) -> Iterator[pd.DataFrame]:
        if self._batches is not None:
            for batch in self._batches:
                yield (
                    outcome_table(self.player, batch) if kind == "outcomes" else input_table(batch)
                ).to_pandas()
        elif self.folder is not None:
            for number in range(self.plan.batches):
                yield self.folder.table_part(kind, number).to_pandas()
        else:
            raise StudyError("this run kept no tables; give `out=` a folder, or ask for fewer futures")

    def _table(self, kind: str, rows: int) -> pd.DataFrame:
        """Return a whole table; a part of one would give other means without a word."""
        import pandas as pd

        found = pd.concat(self._tables(kind), ignore_index=True)
        if len(found) != rows:
            raise StudyError(
                f"the study holds {len(found):,} rows of {kind} where {rows:,} were played; "
                "remove the folder and run again"
            )
        return found

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """A row for each future and strategy."""
        return self._table("outcomes", self.plan.futures * len(self.player.world.profiles))

    @cached_property
    def states(self) -> pd.DataFrame:
        """The uncertain inputs, a row for each state of the world."""
        return self._table("inputs", self.plan.states)

    @cached_property
    def inputs(self) -> pd.DataFrame:
        """The uncertain inputs, a row for each future."""
        futures = self.outcomes[["future", "state", "stream"]].drop_duplicates("future")
        return futures.merge(self.states, on="state").sort_values("future", ignore_index=True)

    @cached_property
    def weekly(self) -> xr.Dataset:
        """Labelled weekly arrays of one future in each of the first (at most 1,024) states.

        Variables `influence` and `violence` [strategy, week, future]; `power`, `standing` and `alive`
        [strategy, force, week, future].
        """
        import numpy as np
        import xarray as xr

        kept, futures = traces(self.player, self.plan)
        names = [profile.name for profile in self.player.world.profiles]
        forces = list(self.player.world.forces)
        at = {name: n for n, name in enumerate(self.player.series)}
        data = {
            name: (("strategy", "week", "future"), kept[:, at[name]]) for name in ("influence", "violence")
        }
        for kind in ("power", "standing", "alive"):
            rows = kept[:, [at[f"{kind}.{j}"] for j in forces]]
            data[kind] = (("strategy", "force", "week", "future"), rows)
        weeks = np.arange(self.player.world.weeks + 1)
        return xr.Dataset(data, {"strategy": names, "force": forces, "week": weeks, "future": futures})

    def report(self, path: str | Path | None = None) -> Path:
        """Write the report as one HTML file (into the study folder unless told otherwise) and return its path."""
        from equipoise.reporting import write_report

        if path is None and self.folder is None:
            raise StudyError("this run has no folder; name the file to write the report to")
        target = Path(path) if path is not None else self.folder.path / "report.html"  # type: ignore[union-attr]
        return write_report(self.findings, self.scenario, target, analyses=self.analyses)

    @cached_property
    def findings(self) -> Run:
        """What the run found, as typed objects: `summary`, read and checked."""
        return Run.read(json.dumps(self.summary), what="the summary")

    @property
    def analyses(self) -> dict[str, Any]:
        """Further analyses that were made of this study, by name, from its folder."""
        if self.folder is None or not (self.folder.path / "analyses").is_dir():
            return {}
        files = sorted((self.folder.path / "analyses").glob("*.json"))
        return {file.stem: self.folder.json(f"analyses/{file.name}") for file in files}

    def keep(self, name: str, result: dict[str, Any]) -> None:
        """Keep a further analysis in the folder, where the report finds it."""
        if self.folder is not None:
            self.folder.write_json(f"analyses/{name}.json", result)


def scenario_of(folder: Folder) -> ScenarioFile:
    """Return the scenario file a study folder holds."""
    file = folder.path / "scenario.yaml"
    if not file.is_file():
        raise StudyError(f"{folder.path} holds no study: there is no scenario.yaml in it")
    return loads(file.read_text(encoding="utf-8"), file=str(file))

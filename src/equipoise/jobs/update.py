"""Update: what has been seen since a study was made, taken in: the new odds, what was learnt, what to do now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from equipoise.errors import InputError
from equipoise.evidence import under_beliefs
from equipoise.futures.folder import FORMAT, Folder
from equipoise.futures.play import workers_of
from equipoise.jobs.answer import Answer, header
from equipoise.jobs.options import MOST_DRAWS, Progress
from equipoise.jobs.sources import Source, known, load
from equipoise.jobs.study import Study, filed, study_of
from equipoise.scenario.observations import ObservationsFile, load_observations
from equipoise.scenario.reading import read
from equipoise.world.compile import compile_world
from equipoise.world.player import Player

if TYPE_CHECKING:
    import numpy as np

    from equipoise.futures.particles import Each, Particles
    from equipoise.inference.updating import Seeing, Updated
    from equipoise.scenario import Scenario, ScenarioFile
    from equipoise.world.player import Played

FUTURES, CHANCE = 20_000, 4
"""Futures that are weighed, and how many of them are in each state of the world: few, for states are what is learnt."""
LEAST = 256


def update(
    study: Study | str | Path,
    observations: str | Path | Mapping[str, Any] | ObservationsFile,
    *,
    did: str | None = None,
    futures: int = FUTURES,
    holders: bool = True,
    against: Sequence[Source] = (),
    rolling: bool = False,
    out: str | Path | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Answer:
    """Take in what has been seen since a study was made.

    The study's situation is played again in many states of the world, a few futures in each, made to go the way that
    was seen and weighed by how likely that was; from the last observation on, every strategy of the study is played.

    Args:
        study: an open study or its folder.
        observations: a file, the name of a bundled case that has observations, plain data, or what was loaded of them.
        did: the focus patron's strategy until the last observation; its `default` if not given.
        futures: how many.
        holders: whether to say how well the beliefs of each holder explain what was seen.
        against: other scenarios, to say how well they explain it.
        rolling: also what was to be expected on each day on which something was seen.
        out: folder to keep the result in, with the observations and the futures that are left.
        workers: threads; one for each processor by default.
        progress: called with steps done and wanted.

    Returns:
        What `Updated.to_dict` gives.

    Raises:
        InputError: of the observations, or of what was asked.
    """
    of = study_of(study)
    if not LEAST <= futures <= MOST_DRAWS:
        raise InputError(f"from {LEAST} to {MOST_DRAWS:,} futures can be weighed; given {futures:,}")
    file = (
        observations
        if isinstance(observations, ObservationsFile)
        else load_observations(observations, of.scenario)
    )
    followed = _followed(of.scenario, did)
    others = [load(source) for source in against]
    with ThreadPoolExecutor(workers_of(workers), thread_name_prefix="particles") as threads:
        given = _Given(of, file, followed, futures, threads.map, workers_of(workers))
        found, left = given.updated(holders, others, rolling, progress)
    asked = {
        "observations": {"title": file.observations.title, "sha256": file.sha256}, "did": followed,
        "futures": futures, "holders": holders, "against": [other.sha256 for other in others], "rolling": rolling,
        "beliefs": of.findings.beliefs,
    }  # fmt: skip
    made = filed(Answer(header("update", of.file, seed=of.plan.seed, **asked), found.to_dict(), found), of)
    if out is not None:
        _keep(out, of, file, made, left)
    return made


def _followed(scenario: Scenario, did: str | None) -> str | None:
    """Return the strategy that was followed, None where the focus engaged by its default weights."""
    if did is None:
        return scenario.patrons[scenario.focus].default
    known(f"strategy of {scenario.focus}", did, scenario.strategies[scenario.focus])
    return did


@dataclass(frozen=True)
class _Given:
    """What is to be updated, and how."""

    study: Study
    file: ObservationsFile
    did: str | None
    futures: int
    each: Each
    workers: int

    def updated(
        self, holders: bool, others: Sequence[ScenarioFile], rolling: bool, progress: Progress | None
    ) -> tuple[Updated, _Left | None]:
        """Return what is to be said, and the futures that are left."""
        from equipoise.inference.updating import hypothesis, updated

        study, observations = self.study, self.file.observations.observations
        believed = list(study.file.scenario.beliefs) if holders else []
        days = self.file.days if rolling else ()
        steps, done = 1 + len(believed) + len(others) + len(days), 0

        def step() -> None:
            nonlocal done
            done += 1
            if progress:
                progress(done, steps)

        names = [profile.name for profile in study.player.world.profiles]
        own = self._seeing(study.scenario, [name for name in names if name != self.did])
        found, futures = own.update(observations)
        played = futures.go_on() if len(found.origin) else None
        step()
        explained = [hypothesis(found, "analyst" if study.findings.beliefs is None else "beliefs",
                                study.findings.beliefs or "", found.log_probability)]  # fmt: skip
        for kind, name, scenario in self._hypotheses(believed, others):
            explained.append(
                self._seeing(scenario).hypothesis(observations, kind, name, found.log_probability)
            )
            step()
        alone, moments = self._seeing(study.scenario) if days else None, []
        for day in days:
            assert alone is not None  # there are days
            moments.append(alone.moment(self.file.until(day), day))
            step()
        result = updated(
            own, observations, names=self._places(names), before=_payoffs(study), hypotheses=explained,
            rolling=moments, found=found, futures=futures, played=played,
        )  # fmt: skip
        return result, None if played is None else _Left(own, futures, found.origin, played)

    def _hypotheses(
        self, believed: Sequence[str], others: Sequence[ScenarioFile]
    ) -> Iterator[tuple[Literal["analyst", "beliefs", "scenario"], str, Scenario]]:
        """Yield kind, name and scenario of every other situation that may explain what was seen."""
        own = self.study.findings.beliefs
        written = self.study.file.scenario
        if own is not None:
            yield "analyst", "", written
        for holder in believed:
            if holder != own:
                yield "beliefs", holder, under_beliefs(written, holder)
        for other in others:
            load_observations(self.file.path or _plain(self.file), other.scenario)
            yield "scenario", other.scenario.title, other.scenario

    def _places(self, names: Sequence[str]) -> list[tuple[int, str]]:
        """Return which profile each strategy of the study is; what was followed is the first, named or not."""
        rest = [name for name in names if name != self.did]
        mine = [] if self.did is None else [(0, self.did)]
        return [*mine, *((d, name) for d, name in enumerate(rest, 1))]

    def _seeing(self, scenario: Scenario, strategies: Sequence[str] = ()) -> Seeing:
        """Return a situation in which what was done is what was, and from now on some strategies may be."""
        from equipoise.inference.updating import Seeing

        with_ = {
            patron: name for patron, name in self.study.findings.with_.items() if patron in scenario.patrons
        }
        did = {} if self.did is None else {scenario.focus: self.did}
        profiles = [{**with_, **did}, *({**with_, scenario.focus: name} for name in strategies)]
        player = Player(compile_world(scenario, profiles=profiles), seed=self.study.plan.seed)
        seed = self.study.plan.seed
        return Seeing(player, self.futures, seed=seed, chance=CHANCE, each=self.each, workers=self.workers)


class _Left(NamedTuple):
    """The futures that are left, and how they went on."""

    seeing: Seeing
    futures: Particles
    origin: np.ndarray
    played: Played


def _payoffs(study: Study) -> dict[str, float]:
    """Return the mean payoff of every strategy as the study had it."""
    return {name: found.payoff.mean for name, found in study.findings.strategies.items()}


def _plain(file: ObservationsFile) -> dict[str, Any]:
    return read(file.text).root.plain()


def _keep(out: str | Path, study: Study, file: ObservationsFile, made: Answer, left: _Left | None) -> None:
    """Keep an update in a folder of its own, which names the study it came from and the observations."""
    from equipoise.futures.tables import particle_table

    folder = Folder(out)
    parent = {
        "scenario": study.file.sha256, "seed": study.plan.seed, "futures": study.plan.futures,
        "folder": None if study.folder is None else str(study.folder.path),
    }  # fmt: skip
    kept = {key: made.header[key] for key in ("equipoise", "job", "scenario", "seed", "asked")}
    folder.open({"format": FORMAT, **kept, "parent": parent}, study.file.files, tables=())
    folder.write_text("observations.yaml", file.text)
    folder.write_json("update.json", made.to_dict())
    if left is not None:
        folder.write_table(
            "futures.parquet", particle_table(left.seeing.player, left.futures.who, left.origin, left.played)
        )
    from equipoise import reporting

    page = reporting.render(
        study.findings, study.scenario, analyses={"update": made.to_dict()}, outlines=study.file.outlines
    )
    folder.write_text("report.html", page)

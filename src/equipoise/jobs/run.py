"""Run: play the futures of a scenario under every strategy of the focus patron, and judge them."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from threading import current_thread, main_thread
from typing import Any

from equipoise import _version, evidence
from equipoise.errors import InputError
from equipoise.findings import metrics
from equipoise.findings.control import control, looks
from equipoise.findings.digest import Digest, digest
from equipoise.findings.drivers import confidence
from equipoise.findings.fans import fans_of
from equipoise.findings.found import Found, Run, ScenarioRun
from equipoise.findings.resentment import resentment_scan
from equipoise.findings.summary import summarise
from equipoise.findings.tally import EXACT, Tally
from equipoise.findings.timeline import timeline
from equipoise.futures.folder import FORMAT, Folder
from equipoise.futures.play import CHANCE, Batch, Plan, Pool, traces, workers_of
from equipoise.jobs.additions import add
from equipoise.jobs.answer import header
from equipoise.jobs.options import Progress, profiles_of
from equipoise.jobs.sources import Set, Source, load
from equipoise.jobs.study import Study
from equipoise.scenario import ScenarioFile
from equipoise.scoring import outside_view
from equipoise.world.compile import compile_world
from equipoise.world.device import CPU, available
from equipoise.world.player import Player

FUTURES = 20_000
KEPT = 160_000_000
"""Bytes of batches kept in memory by a run without a folder; a larger one keeps its summary only."""


def run(
    source: Source,
    *,
    futures: int = FUTURES,
    seed: int = 1,
    chance: int = CHANCE,
    strategies: Sequence[str] | None = None,
    with_: Mapping[str, str] | None = None,
    beliefs: str | None = None,
    set_: Set | None = None,
    widen: float | str | None = None,
    options: Mapping[str, float] | None = None,
    out: str | Path | None = None,
    workers: int | None = None,
    cluster: str | None = None,
    device: str = CPU,
    precision: float | None = None,
    limit: int = 1_000_000,
    progress: Progress | None = None,
    additions: bool = True,
) -> Study:
    """Play the futures of a scenario under every strategy of the focus patron, and judge them.

    Args:
        source: the scenario.
        futures: at least so many; whole states of `chance` streams are played.
        seed: of every random number.
        chance: chance streams a state.
        strategies: the focus patron's strategies to play, all by default.
        with_: strategy of other patrons by name; without one a patron follows its default.
        beliefs: a holder, whose beliefs are laid over the scenario; None for the analyst's own.
        set_: other numbers by path, under anybody's beliefs. widen: bare numbers, by this share (`scenario.changed`).
        options: of the robustness metrics, by their names: `alpha`, `threshold`, `share`, `aversion`.
        out: study folder or address (`s3://bucket/study`); a study that was cut off is taken up where it stopped.
        workers: threads; one for each processor by default.
        cluster: play on a Dask cluster instead: the address of its scheduler, or `local:N` for N processes. The same
            futures, to the last byte; a study folder must lie where all machines see it.
        device: what plays them: `cpu`, or `gpu` through CUDA; the two are equal within single precision.
        precision: run on, past `futures`, until every two neighbours of the ranking differ by more than two
            standard errors or their difference is known to a standard error below this.
        limit: futures at which `precision` gives up.
        progress: called with futures done and wanted.
        additions: make what a folder holds besides the result (`jobs.additions`), and its report, at once.

    Raises:
        InputError: of the scenario, or of what was asked.
    """
    file = load(source, set_, widen)
    believed = evidence.under_beliefs(file.scenario, beliefs)
    chosen = profiles_of(believed, strategies, with_ or {})
    player = Player(compile_world(believed, profiles=chosen), seed=seed)
    judged_by = metrics.checked(options or {})
    played = [profile[believed.focus] for profile in chosen]
    asked: dict[str, Any] = {"futures": futures, "seed": seed, "chance": chance, "strategies": played,
                             "with": dict(with_ or {}), "beliefs": beliefs, "precision": precision, "limit": limit,
                             "options": dict(judged_by), **_elsewhere(device)}  # fmt: skip
    plan, by = Plan.of(futures, chance=chance, seed=seed), _players(workers, cluster, precision, device)
    session = _Session(player, _folder(out, file, asked), by, device, progress)
    plan, interrupted = session.play(plan, precision, limit)
    found, traced = summarise(session.tally, judged_by), traces(player, plan, looks=looks(player))
    findings = Run(
        **header("run", file, **asked) | {"scenario": ScenarioRun(file.scenario.title, file.sha256)},
        futures=plan.futures, states=plan.states, chance=chance, weeks=believed.calendar.weeks,
        beliefs=beliefs, with_=asked["with"], **vars(found), fans=fans_of(player, traced),
        fans_futures=len(traced.futures), control=control(player, traced),
        resentment=resentment_scan(player, plan, found.strategies),
        confidence=confidence(
            file.scenario, believed, beliefs, written=file.written, profiles=chosen, found=found, plan=plan,
            options=judged_by, outside=outside_view(believed, _advised(chosen, believed.focus, found), found, plan),
        ),
        timeline=timeline(believed, found),
        warnings=tuple(_warnings(found, session.tally, plan, precision, limit, interrupted)),
    )  # fmt: skip
    study = Study(file, believed, player, plan, findings, batches=session.kept, folder=session.folder)
    if session.folder is not None and not interrupted:
        session.folder.write_json("summary.json", study.summary)
        study.finished = True
        if additions:
            add(study)
    return study


def _players(workers: int | None, cluster: str | None, precision: float | None, device: str) -> int | str:
    """Return who plays: so many threads of this machine, or a cluster by its address; refuse what cannot be asked."""
    if precision is not None and not precision > 0:
        raise InputError(f"a precision is a standard error above 0; given {precision}")
    if cluster is not None and workers is not None:
        raise InputError("a run is played by threads of this machine or on a cluster, not on both")
    if cluster is not None and device != CPU:
        raise InputError(
            f"the workers of a cluster play on their processors, not on {device}: ask for one of the two"
        )
    available(device)
    return workers_of(workers) if cluster is None else cluster


def _elsewhere(device: str) -> dict[str, str]:
    """Return where a run is played, if not on processors: its results are equal to theirs, but not to the byte."""
    return {} if device == CPU else {"device": device}


def _advised(profiles: Sequence[Mapping[str, str]], focus: str, found: Found) -> Mapping[str, str]:
    """Return what everybody plays under the advice."""
    return next(profile for profile in profiles if profile[focus] == found.best)


class _Session:
    """Playing, keeping and adding up the batches of one run; by threads of this machine, or on a cluster."""

    def __init__(
        self, player: Player, folder: Folder | None, by: int | str, device: str, progress: Progress | None
    ) -> None:
        self.player, self.folder, self.by, self.device, self.progress = player, folder, by, device, progress
        self.kept: list[Batch] | None = []
        self._held = 0

    def play(self, plan: Plan, precision: float | None, limit: int) -> tuple[Plan, bool]:
        """Play a plan, longer ones while precision asks for it; return what was played and whether it was cut off."""
        self.tally = Tally(self.player, plan.chance)
        plan = plan if precision is None else _whole(plan)
        with self._players() as each:
            done = 0
            while True:
                try:
                    for found, batch in each(plan, range(done, plan.batches)):
                        self._take(found, batch, plan)
                except KeyboardInterrupt:
                    if self.tally.states == 0:
                        raise
                    return Plan(self.tally.states, plan.chance, plan.seed), True
                if precision is None or plan.futures >= limit or precise(self.tally, precision):
                    return plan, False
                done = plan.batches
                plan = _longer(plan, limit)

    @contextmanager
    def _players(self) -> Iterator[Callable[[Plan, range], Iterator[tuple[Digest, Batch | None]]]]:
        """Give what plays batches of a plan in their order; a batch itself stays where it was played."""
        folder = self.folder
        if isinstance(self.by, int):
            with Pool(self.player, self.by, device=self.device) as pool:

                def here(plan: Plan, numbers: range) -> Iterator[tuple[Digest, Batch | None]]:
                    played = (
                        pool.batches(plan, numbers) if folder is None else folder.batches(pool, plan, numbers)
                    )
                    for batch in played:
                        yield digest(self.player, batch), batch

                yield here
            return
        from equipoise.futures.cluster import Cluster, Playing, played

        seen = None if folder is None else Folder(folder.place.absolute())
        with Cluster(self.by) as cluster:
            yield lambda plan, numbers: (
                (found, None)
                for found in cluster.map(played, Playing(self.player, plan, digest, seen), numbers)
            )

    def _take(self, found: Digest, batch: Batch | None, plan: Plan) -> None:
        with _whole_or_not():
            self.tally.take(found)
            self._held += 0 if batch is None else batch.nbytes
            if batch is None or self.folder is not None or self._held > KEPT:
                self.kept = None
            elif self.kept is not None:
                self.kept.append(batch)
        if self.progress:
            self.progress(self.tally.futures, plan.futures)


@contextmanager
def _whole_or_not() -> Iterator[None]:
    """Hold a Ctrl-C back until the block is done, so that no batch is added by half."""
    before = signal.getsignal(signal.SIGINT)
    if current_thread() is not main_thread() or not callable(before):
        yield
        return
    pressed: list[Any] = []
    signal.signal(signal.SIGINT, lambda *at: pressed.append(at))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if pressed:
        before(*pressed[0])


def precise(tally: Tally, precision: float) -> bool:
    """Return whether every two neighbours of the ranking are told apart, or their difference known well enough."""
    found = summarise(tally)
    gaps = [found.difference(*pair) for pair in pairwise(found.ranking)]
    return all(gap.told_apart or (gap.se or 0.0) < precision for gap in gaps)


def _longer(plan: Plan, limit: int) -> Plan:
    """Return twice the plan, within the limit, in whole batches."""
    return _whole(Plan(min(2 * plan.states, -(-limit // plan.chance)), plan.chance, plan.seed))


def _whole(plan: Plan) -> Plan:
    """Return the plan filled up to whole batches, so that a longer one can go on where it stopped."""
    return Plan(plan.batches * plan.states_per_batch, plan.chance, plan.seed)


def _folder(out: str | Path | None, file: ScenarioFile, asked: dict[str, Any]) -> Folder | None:
    if out is None:
        return None
    folder = Folder(out)
    manifest = {
        "format": FORMAT,
        "equipoise": _version.__version__,
        "scenario": {"title": file.scenario.title, "sha256": file.sha256},
    }
    folder.open(manifest | asked, file.files)
    return folder


def _warnings(
    found: Found, tally: Tally, plan: Plan, precision: float | None, limit: int, interrupted: bool
) -> list[str]:
    out = []
    if interrupted:
        out.append(
            f"The run was interrupted; these figures rest on the {plan.futures:,} futures that were finished."
        )
    if tally.states < 2:
        out.append("Only one state was drawn; standard errors need at least two.")
    if tally.payoffs.error > 0:
        out.append(
            f"Quantiles come from a histogram (off by at most {tally.payoffs.error:.1e}), and robustness metrics "
            f"from the first {EXACT:,} futures."
        )
    if precision is not None and not precise(tally, precision):
        out.append(f"The precision asked for ({precision:g}) was not reached within {limit:,} futures.")
    if len(found.ranking) < 2:
        out.append("Only one strategy was played: there is nothing to compare it with.")
    return out

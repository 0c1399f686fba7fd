"""The jobs that look behind a result: what it hangs on, where talks may land, how the ties strain.

Each returns what its command prints with `--json`, as plain data; tables and report pages are made from that
alone. What is made of a study is kept in its folder, and its report is written again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from equipoise import evidence
from equipoise.draws.estimate import BLOCK
from equipoise.draws.values import changed
from equipoise.errors import InputError
from equipoise.futures.play import Plan, traces
from equipoise.jobs.sources import Source, load, open_study
from equipoise.jobs.study import Study
from equipoise.scenario import Scenario
from equipoise.world.compile import compile_world
from equipoise.world.parameters import Parameters, parameters_from, parameters_of
from equipoise.world.player import Memory, Player

if TYPE_CHECKING:
    import pandas as pd

    from equipoise.alignment import SignedGraph
    from equipoise.bargaining.models import Model
    from equipoise.exploration import Ensemble, Override, WeeklySample

MOST_STATES = 2048
"""States of a study that are explored, the first ones: more sharpen what is found, and take their time."""
RERUN_STATES, RERUN_CHANCE = 512, 4
"""States, and chance streams in each, that are played again for each change: 2,048 futures."""
QUICK_MODELS = ("compromise", "weighted-median", "median", "nash", "kalai-smorodinsky", "rubinstein")
"""Bargaining models that come with every study folder: those that need no compiling on their first use."""
OBSERVABLE = ("power", "standing", "violence")
"""Weekly series that somebody watching could see."""


def explore(
    study: Study | str | Path,
    *,
    strategy: str | None = None,
    states: int = MOST_STATES,
    every: bool = False,
    reruns: bool = True,
    seed: int = 0,
) -> dict[str, Any]:
    """Explore a finished study: drivers, tipping points, failures, what to find out and what to watch.

    Args:
        study: an open study or its folder.
        strategy: whose failures are sought; the recommended one if not given.
        states: most states to look at, the first ones of the study.
        every: keep the strategies that are best in no state; they can add to no choice, and take time.
        reruns: play states again under changed inputs, for the resentment at which the hedge stops paying
            and to confirm what flips the recommendation.
        seed: for dummies, halves and draws; the reruns play the study's own futures.

    Returns:
        What `ExploreResult.to_dict` gives, with `explored`: states looked at and in the study, strategies
        `left_out`, and the states, chance streams and number of `reruns`. Curves are kept for the inputs
        along which the best strategy changes.

    Raises:
        InputError: the strategy is not in the study, or too few states to explore.
    """
    from equipoise.exploration import explore as explored

    found = _study(study)
    used = min(states, found.plan.states)
    if used < BLOCK:
        more = "ask for more" if states <= found.plan.states else "run more futures"
        raise InputError(f"exploring needs at least {BLOCK} states; there are {used}: {more}")
    futures, inputs = _rows(found, "outcomes", used), _rows(found, "inputs", used)
    kept, left_out = _contenders(found, futures, used, strategy, every)
    futures = futures[futures["strategy"].astype(str).isin(kept)]
    ensemble = _ensemble(found, futures, inputs, kept)
    contest = found.summary["duplicity"]
    sides = (*contest["hedges"], *contest["one_sided"])
    again = Reruns(found, tuple(dict.fromkeys([*kept, *sides]))) if reruns else None
    with _one_thread():
        result = explored(
            ensemble,
            futures=futures,
            weekly=_weekly(found, kept, used),
            evaluate=again,
            duplicity=contest,
            strategy=strategy,
            seed=seed,
        )
    about = {
        "states": used,
        "of": found.plan.states,
        "left_out": left_out,
        "reruns": None if again is None else again.to_dict(),
    }
    answer = result.to_dict() | {"explored": about}
    of = f"of {len(kept)} strategies"
    answer["headlines"][0] = answer["headlines"][0].replace(of, f"of {len(_names(found))} strategies")
    pairs = zip(result.tips, answer["tips"], strict=True)
    answer["tips"] = [said if tip.established else said | {"curve": {}} for tip, said in pairs]
    _keep(found, "explore", answer)
    return answer


def difference(
    study: Study | str | Path, first: str, second: str, *, states: int = MOST_STATES
) -> dict[str, Any]:
    """Say what makes two strategies of a study differ, as parts that add up.

    Args:
        study: an open study or its folder.
        first, second: strategies.
        states: most states to look at, the first ones of the study.

    Returns:
        What `explore.Difference.to_dict` gives.

    Raises:
        InputError: a strategy is not in the study.
    """
    from equipoise.exploration import between_strategies

    found = _study(study)
    used = min(states, found.plan.states)
    names = _names(found)
    for name in (first, second):
        if name not in names:
            raise InputError(f"no strategy is called {name!r} in the study; there is: {', '.join(names)}")
    weekly = _weekly(found, (first, second), used)
    # the weekly sample holds one future a state, in the order of the states
    levels = {name: (rows[0], rows[1]) for name, rows in weekly.values.items()}
    futures = _rows(found, "outcomes", used)
    return between_strategies(futures, first, second, weekly=levels, scenario=found.scenario).to_dict()


def _study(study: Study | str | Path) -> Study:
    return study if isinstance(study, Study) else open_study(study)


def _names(study: Study) -> tuple[str, ...]:
    return tuple(profile.name for profile in study.player.world.profiles)


def _rows(study: Study, kind: str, states: int) -> pd.DataFrame:
    """Return a table of the study's first states, reading no more of a folder than they need."""
    import pandas as pd

    if study.folder is None:
        table = study.outcomes if kind == "outcomes" else study.states
        return table[table["state"] < states].reset_index(drop=True)
    batches = -(-states // study.plan.states_per_batch)
    parts = [study.folder.table_part(kind, number).to_pandas() for number in range(batches)]
    return pd.concat([part[part["state"] < states] for part in parts], ignore_index=True)


def _payoffs(futures: pd.DataFrame, names: Sequence[str], chance: int) -> np.ndarray:
    """Return the payoff of every future, [strategies, states, streams]."""
    by = futures.sort_values(["state", "stream"], kind="stable").groupby(futures["strategy"].astype(str))
    return np.stack([by.get_group(name)["payoff"].to_numpy(float).reshape(-1, chance) for name in names])


def _contenders(
    study: Study, futures: pd.DataFrame, states: int, strategy: str | None, every: bool
) -> tuple[tuple[str, ...], list[str]]:
    """Return the strategies worth exploring, and those that are best in no state and are left out.

    The two best by mean and the one asked about always stay, and so do the best hedge and the best one-sided
    strategy, whose contest is scanned.
    """
    names = _names(study)
    if strategy is not None and strategy not in names:
        raise InputError(f"no strategy is called {strategy!r} in the study; there is: {', '.join(names)}")
    payoff = _payoffs(futures, names, study.plan.chance).mean(axis=2)
    best = {names[k] for k in payoff.argmax(axis=0)}
    order = [names[k] for k in np.argsort(-payoff.mean(axis=1), kind="stable")]
    contest = study.summary["duplicity"]
    firsts = [next((n for n in order if n in contest[side]), None) for side in ("hedges", "one_sided")]
    wanted = best | {*order[:2], strategy, *firsts}
    kept = names if every else tuple(name for name in names if name in wanted)
    return kept, [name for name in order if name not in kept]


def _ensemble(study: Study, futures: pd.DataFrame, inputs: pd.DataFrame, names: tuple[str, ...]) -> Ensemble:
    """Return inputs and payoffs over states; what refers to a shared quantity is that quantity, once."""
    from equipoise.exploration import Ensemble

    numbers = study.player.world.numbers
    own = [path for path in inputs.columns if path != "state" and numbers[path].is_ is None]
    payoff = _payoffs(futures, names, study.plan.chance)
    rows = evidence.trace(study.scenario, written=study.file.written)["places"]
    return Ensemble(
        inputs={path: inputs[path].to_numpy() for path in own},
        payoff=payoff.mean(axis=2),
        strategies=names,
        noise=_luck(payoff),
        grounds={row["path"]: sum(ground["holder"] is None for ground in row["grounds"]) for row in rows},
        scenario=study.scenario,
    )


def _luck(payoff: np.ndarray) -> np.ndarray | None:
    """Return the covariance that chance leaves in the states' means, [strategies, strategies, states]."""
    streams = payoff.shape[2]
    if streams < 2:
        return None
    apart = payoff - payoff.mean(axis=2, keepdims=True)
    return np.einsum("asc,bsc->abs", apart, apart) / (streams - 1) / streams


def _weekly(study: Study, names: Sequence[str], states: int) -> WeeklySample:
    """Return what could be watched week by week in one future of each state."""
    from equipoise.exploration import WeeklySample

    player, plan = _narrowed(study, names), study.plan
    kept, futures = traces(player, Plan(states, plan.chance, plan.seed), limit=states)
    values = {
        series: np.moveaxis(kept[:, n], 1, 2)
        for n, series in enumerate(player.series)
        if series.partition(".")[0] in OBSERVABLE
    }
    return WeeklySample(tuple(names), values, futures // plan.chance, futures % plan.chance)


def _narrowed(study: Study, names: Sequence[str]) -> Player:
    """Return a player of some of the study's strategies; their futures stay the same."""
    focus = study.scenario.focus
    given = study.summary["with"]
    world = compile_world(study.scenario, profiles=[{**given, focus: name} for name in names])
    return Player(world, seed=study.player.seed)


class Reruns:
    """Plays the first states of a study again with some inputs changed: an `explore.Evaluate`.

    Args:
        study: whose first states and chance streams are played.
        names: strategies of the focus patron.
    """

    def __init__(self, study: Study, names: tuple[str, ...]) -> None:
        plan = study.plan
        self.plan = Plan(min(RERUN_STATES, plan.states), min(RERUN_CHANCE, plan.chance), plan.seed)
        self.names, self.player = names, _narrowed(study, names)
        self.drawn = parameters_of(self.player.world, 0, self.plan.states, seed=plan.seed)
        self.memory = Memory(self.player, keep=False)
        self.count = 0

    def __call__(self, overrides: Mapping[str, Override]) -> dict[str, np.ndarray]:
        """Return the payoff f(d, s) of every strategy, a path that the scenario lacks left as it is."""
        self.count += 1
        parameters = self._changed(overrides)
        futures = np.arange(self.plan.futures)
        prepared = self.player.prepare(parameters)
        played = self.player.play(
            prepared, futures, chance=self.plan.chance, first_state=0, memory=self.memory
        )
        payoff = played.outcomes[:, self.player.columns["payoff"]].astype(float)
        means = payoff.reshape(len(self.names), self.plan.states, self.plan.chance).mean(axis=2)
        return dict(zip(self.names, means, strict=True))

    def to_dict(self) -> dict[str, int]:
        """Return how many states and chance streams were played how often."""
        return {"states": self.plan.states, "chance": self.plan.chance, "count": self.count}

    def _changed(self, overrides: Mapping[str, Override]) -> Parameters:
        world = self.player.world
        known = {path: change(override) for path, override in overrides.items() if path in world.numbers}
        return parameters_from(world, changed(self.drawn.values, world.numbers, known), self.plan.states)


def change(override: Override) -> Callable[[np.ndarray], np.ndarray]:
    """Return what an override makes of the values drawn."""
    if override.set is not None:
        return lambda values: np.full_like(values, float(override.set), dtype=float)
    return lambda values: values * (1.0 if override.times is None else override.times)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Keep linear algebra on one thread: small matrices wait longer than they compute on more."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1):
        yield


def talks(
    source: Source,
    talk: str | None = None,
    *,
    model: str | Sequence[str] | None = None,
    draws: int = 1024,
    seed: int = 1,
    beliefs: str | None = None,
    study: Study | str | Path | None = None,
) -> dict[str, Any]:
    """Say where talks may land, how likely a deal is, what blocks it and who would have to move.

    Args:
        source: a scenario, or a CSV file with a table of actors (see docs/talks.md).
        talk: one talk of the scenario; all if not given.
        model: a bargaining model, several, or `"all"`; a talk's own if not given, for a table all of them.
        draws: of the uncertain numbers of a talk.
        seed: of the draws.
        beliefs: a holder, whose beliefs are laid over the scenario.
        study: a study of this scenario to keep the result in.

    Returns:
        `scenario` (title, None for a table), `talks`: name -> what `TalkResult.to_dict` gives.

    Raises:
        InputError: of the source, the talk or the model, or a scenario without talks.
    """
    if _ends(source, ".csv"):
        if talk is not None or beliefs is not None or study is not None:
            raise InputError(
                f"{source} is a table of one talk: it has no talks by name, no beliefs and no study"
            )
        from equipoise.bargaining import load_table_csv, study_table

        table = load_table_csv(source)
        found = {table.title: study_table(table, models=_models(model or "all")).to_dict()}
        return {"scenario": None, "talks": found}
    of = evidence.under_beliefs(load(source).scenario, beliefs)
    if not of.talks:
        raise InputError(f"{of.title}: the scenario has no talks")
    answer = talks_of(of, [talk] if talk is not None else list(of.talks), model=model, draws=draws, seed=seed)
    _keep_in(study, "talks", answer)
    return answer


def talks_of(
    of: Scenario, names: Sequence[str], *, model: str | Sequence[str] | None, draws: int, seed: int
) -> dict[str, Any]:
    """Return what `talks` gives of some talks of a scenario."""
    from equipoise.bargaining import study_talk

    if draws < 2:
        raise InputError(f"at least 2 draws are needed; given {draws}")
    chosen = list(model) if model is not None and not isinstance(model, str) else model
    found = {name: study_talk(of, name, models=chosen, draws=draws, seed=seed).to_dict() for name in names}
    return {"scenario": {"title": of.title}, "talks": found}


def _models(model: str | Sequence[str]) -> list[Model]:
    from equipoise.bargaining import models_asked

    return models_asked(model if isinstance(model, str) else list(model))


def balance(
    source: Source,
    *,
    at: str | int | None = None,
    where: Mapping[str, str] | None = None,
    draws: int = 512,
    seed: int = 1,
    time_limit: float = 60.0,
    quota: float = 0.5,
    beliefs: str | None = None,
    study: Study | str | Path | None = None,
) -> dict[str, Any]:
    """Say how the ties of a situation strain each other, which camps they point to, what a hedge costs.

    Args:
        source: a scenario, a CSV file of ties, or a GraphML file.
        at: year or date at which the ties of a CSV file are read.
        where: for a CSV file of several networks, the value of each column to keep.
        draws: of what is uncertain.
        seed: of the draws.
        time_limit: seconds for each integer programme.
        quota: the share of all power that a coalition must exceed to win.
        beliefs: a holder, whose beliefs are laid over the scenario.
        study: a study of this scenario to keep the result in.

    Returns:
        What `BalanceResult.to_dict` gives.

    Raises:
        InputError: of the source, or an option that does not fit it.
    """
    from equipoise.alignment import study_balance

    listed, drawn = _ends(source, ".csv"), _ends(source, ".graphml")
    if (at is not None or where) and not listed:
        raise InputError("--at and --where choose among the lines of a CSV file of ties; the source is none")
    if (listed or drawn) and (beliefs is not None or study is not None):
        raise InputError(f"{source} is a network: it has no beliefs and no study")
    if draws < 2:
        raise InputError(f"at least 2 draws are needed; given {draws}")
    if listed or drawn:
        of = _network(Path(source), at=at, where=where) if listed else _graphml(Path(source))
    else:
        of = evidence.under_beliefs(load(source).scenario, beliefs)
    answer = study_balance(of, draws=draws, seed=seed, time_limit=time_limit, quota=quota).to_dict()
    _keep_in(study, "balance", timeless(answer))
    return answer


def _network(path: Path, *, at: str | int | None, where: Mapping[str, str] | None) -> SignedGraph:
    from equipoise.alignment import read_csv

    return read_csv(path, at=at, where=where)


def _graphml(path: Path) -> SignedGraph:
    from equipoise.alignment import read_graphml

    return read_graphml(path)


def timeless(found: Any) -> Any:
    """Return a result without how long it took, so that the same study is the same bytes."""
    if isinstance(found, Mapping):
        return {key: timeless(value) for key, value in found.items() if key != "seconds"}
    return [timeless(item) for item in found] if isinstance(found, list | tuple) else found


def _keep_in(study: Study | str | Path | None, name: str, answer: dict[str, Any]) -> None:
    if study is None:
        return
    found = _study(study)
    asked = (answer.get("scenario") or {}).get("title")
    if asked != found.scenario.title:
        raise InputError(f"the study is of {found.scenario.title!r}, not of {asked!r}")
    _keep(found, name, answer)


def _keep(study: Study, name: str, answer: dict[str, Any]) -> None:
    study.keep(name, answer)
    if study.folder is not None:
        study.report()


def _ends(source: Source, suffix: str) -> bool:
    return isinstance(source, str | Path) and str(source).lower().endswith(suffix)

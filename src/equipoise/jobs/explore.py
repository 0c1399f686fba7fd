"""Explore: what a study's answer hangs on, where it tips, when it fails, what to find out and what to watch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from equipoise import evidence
from equipoise.draws.estimate import BLOCK
from equipoise.errors import InputError
from equipoise.futures.play import check_seed
from equipoise.jobs.answer import Answer, header
from equipoise.jobs.reruns import Reruns
from equipoise.jobs.sources import known
from equipoise.jobs.states import MOST_STATES, first_states, names_of, rows_of, taken_up_in, weekly_of
from equipoise.jobs.study import Study, filed, study_of
from equipoise.one_thread import one_thread

if TYPE_CHECKING:
    import pandas as pd

    from equipoise.exploration import Ensemble


def explore(
    study: Study | str | Path,
    *,
    strategy: str | None = None,
    states: int = MOST_STATES,
    every: bool = False,
    reruns: bool = True,
    seed: int = 0,
) -> Answer:
    """Explore a finished study: drivers, tipping points, failures, what to find out and what to watch.

    Args:
        study: an open study or its folder.
        strategy: whose failures are sought; the recommended one if not given.
        states: most states to look at, the first ones of the study.
        every: keep the strategies that are best in no state; they can add to no choice, and take time.
        reruns: play states again under changed inputs, to confirm where the best strategy changes and what flips
            the recommendation.
        seed: for dummies, halves and draws; the reruns play the study's own futures.

    Returns:
        What `ExploreResult.to_dict` gives, with `explored`: states looked at and in the study, its seed, strategies
        `left_out`, and the states, chance streams and number of `reruns`. Curves are kept for the inputs
        along which the best strategy changes.

    Raises:
        InputError: the strategy is not in the study, or too few states to explore.
    """
    from equipoise.exploration import explore as explored

    check_seed(seed)
    found = study_of(study)
    used = first_states(found, states)
    if used < BLOCK:
        more = "ask for more" if states <= found.plan.states else "run more futures"
        raise InputError(f"exploring needs at least {BLOCK} states; there are {used}: {more}")
    names, chance = names_of(found), found.plan.chance
    payoffs = _payoffs(rows_of(found, "outcomes", used, PLAYED.__contains__), names, chance)
    kept, left_out = _contenders(found, payoffs, strategy, every)
    futures, inputs = rows_of(found, "outcomes", used, strategies=kept), rows_of(found, "states", used)
    ensemble = _ensemble(found, payoffs[[names.index(name) for name in kept]], inputs, kept)
    again = Reruns(found, kept) if reruns else None
    with one_thread():
        result = explored(
            ensemble,
            futures=futures,
            weekly=weekly_of(found, kept, used),
            evaluate=again,
            taken_up=taken_up_in(found, kept, used) if reruns else None,
            scan=found.findings.resentment,
            strategy=strategy,
            seed=seed,
        )
    about = {
        "states": used,
        "of": found.plan.states,
        "seed": found.plan.seed,
        "left_out": left_out,
        "reruns": None if again is None else again.to_dict(),
    }
    answer = {**result.to_dict(), "explored": about}
    of = f"of {len(kept)} strategies"
    answer["headlines"][0] = answer["headlines"][0].replace(of, f"of {len(names)} strategies")
    pairs = zip(result.tips, answer["tips"], strict=True)
    answer["tips"] = [said if tip.established else said | {"curve": {}} for tip, said in pairs]
    asked = {"strategy": strategy, "states": states, "every": every, "reruns": reruns}
    return filed(Answer(header("explore", found.file, seed=seed, **asked), answer, result), found)


PLAYED = ("strategy", "state", "stream", "payoff")
"""What is read of every strategy, before those worth exploring are known."""


def _payoffs(futures: pd.DataFrame, names: Sequence[str], chance: int) -> np.ndarray:
    """Return the payoff of every future, [strategies, states, streams]."""
    by = futures.sort_values(["state", "stream"], kind="stable").groupby(futures["strategy"].astype(str))
    return np.stack([by.get_group(name)["payoff"].to_numpy(float).reshape(-1, chance) for name in names])


def _contenders(
    study: Study, payoffs: np.ndarray, strategy: str | None, every: bool
) -> tuple[tuple[str, ...], list[str]]:
    """Return the strategies worth exploring, and those that are best in no state and are left out.

    The two best by mean and the one asked about always stay.
    """
    names = names_of(study)
    if strategy is not None:
        known("strategy of the study", strategy, names)
    payoff = payoffs.mean(axis=2)
    best = {names[k] for k in payoff.argmax(axis=0)}
    order = [names[k] for k in np.argsort(-payoff.mean(axis=1), kind="stable")]
    wanted = best | {*order[:2], strategy}
    kept = names if every else tuple(name for name in names if name in wanted)
    return kept, [name for name in order if name not in kept]


def _ensemble(study: Study, payoff: np.ndarray, inputs: pd.DataFrame, names: tuple[str, ...]) -> Ensemble:
    """Return inputs and payoffs over states; what refers to a shared quantity is that quantity, once."""
    from equipoise.exploration import Ensemble

    numbers = study.player.world.numbers
    own = [path for path in inputs.columns if path != "state" and numbers[path].is_ is None]
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

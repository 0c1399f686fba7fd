"""Game: what patrons who choose at the same time would answer to each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from math import prod
from pathlib import Path

import numpy as np

from equipoise import evidence
from equipoise.draws.estimate import filled, unit_means
from equipoise.errors import InputError
from equipoise.files import writable, write_text
from equipoise.futures.play import CHANCE
from equipoise.jobs.answer import Answer, header
from equipoise.jobs.options import Progress, check_with, states_of
from equipoise.jobs.sources import Set, Source, known, load
from equipoise.jobs.study import Study, filed, study_for
from equipoise.scenario import Scenario
from equipoise.scenario.display_names import Names
from equipoise.search.sample import Sample

MOST_PROFILES = 2_000
"""Profiles of a game at most."""


def game(
    source: Source,
    *,
    players: Sequence[str],
    only: Mapping[str, Sequence[str]] | None = None,
    futures: int = 4096,
    seed: int = 1,
    chance: int = CHANCE,
    with_: Mapping[str, str] | None = None,
    beliefs: str | None = None,
    set_: Set | None = None,
    widen: float | str | None = None,
    nfg: str | Path | None = None,
    study: Study | str | Path | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Answer:
    """Play every profile of some patrons' strategies on the same futures, and solve the game they make.

    Args:
        source: the scenario.
        players: two patrons or more, each with at least one strategy.
        only: strategies by player, where not all are to be played.
        futures: of each profile.
        seed: of every random number. chance: streams a state.
        with_: strategies of patrons who are no players; without one a patron follows its default.
        beliefs: a holder, whose beliefs are laid over the scenario.
        set_: other numbers by path, under anybody's beliefs. widen: bare numbers, by this share (`scenario.changed`).
        nfg: a file to write the game of mean payoffs to, in Gambit's format.
        study: a study of this scenario, to keep the result in and to write its report again.
        workers: threads. progress: called with profiles played and in all.

    Returns:
        What `GameResult.to_dict` gives, with the `futures` each profile was played through and the `titles` of
        strategies.

    Raises:
        InputError: of the scenario, or of what was asked. OutputError: the file cannot be written.
    """
    from equipoise.games import analyse, to_nfg

    file = load(source, set_, widen)
    kept = study_for(study, file)
    target = None if nfg is None else writable(nfg)
    believed = evidence.under_beliefs(file.scenario, beliefs)
    named = _players(believed, list(players), only or {})
    check_with(believed, with_ or {}, tuple(named))
    states = filled(states_of(futures, chance, seed))
    scored = (believed.focus, *(p for p in named if p != believed.focus))
    sample = Sample(believed, states=states, chance=chance, seed=seed, scored=scored, workers=workers)
    payoffs = _payoffs(sample, named, with_ or {}, progress)
    result = analyse(payoffs, list(named), list(named.values()), seed=seed)
    if target is not None:
        write_text(target, to_nfg(result.game.mean))
    asked = header(
        "game", file, seed=seed, players=list(players), only={p: list(names) for p, names in (only or {}).items()},
        futures=futures, chance=chance, with_=dict(with_ or {}), beliefs=beliefs,
    )  # fmt: skip
    called = Names.of(believed)
    titles = {p: {s: called.strategy(s, p) for s in names} for p, names in named.items()}
    return filed(
        Answer(asked, {"futures": states * chance, **result.to_dict(), "titles": titles}, result), kept
    )


def _payoffs(
    sample: Sample, named: Mapping[str, Sequence[str]], with_: Mapping[str, str], progress: Progress | None
) -> np.ndarray:
    """Return mean payoffs [independent units of states, strategies of each player, player] of every profile."""
    scored = sample.scored or ()
    outcomes = ["payoff" if p == scored[0] else f"{p}.payoff" for p in named]
    profiles = [{**with_, **dict(zip(named, chosen, strict=True))} for chosen in product(*named.values())]
    parts = []
    for begin in range(0, len(profiles), 16):
        f = sample.means(profiles[begin : begin + 16], outcomes).values
        parts.append(unit_means(f))
        if progress:
            progress(min(begin + 16, len(profiles)), len(profiles))
    by_unit = np.concatenate(parts, axis=1).transpose(2, 1, 0)
    return by_unit.reshape(len(by_unit), *(len(names) for names in named.values()), len(named))


def _players(
    of: Scenario, players: Sequence[str], only: Mapping[str, Sequence[str]]
) -> dict[str, tuple[str, ...]]:
    """Return the strategies of each player."""
    playing = [patron for patron in of.patrons if of.strategies.get(patron)]
    for patron in (*players, *only):
        known("patron with strategies", patron, playing)
    if len(set(players)) != len(players) or len(players) < 2:
        raise InputError(f"a game needs two different players or more; there may play: {', '.join(playing)}")
    for patron in only:
        known("player of this game", patron, players)
    named = {}
    for patron in players:
        own = of.strategies[patron]
        chosen = tuple(dict.fromkeys(only.get(patron, own)))
        for name in chosen:
            known(f"strategy of {patron}", name, own)
        named[patron] = chosen
    profiles = prod(len(names) for names in named.values())
    if not profiles or profiles > MOST_PROFILES:
        sizes = ", ".join(f"{patron} {len(names)}" for patron, names in named.items())
        raise InputError(
            f"these players have {profiles:,} profiles ({sizes}); there must be at least 1 and at most "
            f"{MOST_PROFILES:,}: name fewer players, or the strategies to play"
        )
    return named

"""Options that several jobs take, each checked in one place, so that every job refuses the same.

What cannot be asked is an `InputError` that says what was given and what is allowed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from equipoise.errors import InputError
from equipoise.futures.play import Plan, check_seed
from equipoise.jobs.sources import known
from equipoise.scenario import Scenario

Progress = Callable[[int, int], None]
"""Called with the steps done and the steps in all."""
Step = Callable[[int], None]
"""Called with the steps done of what a run adds to its folder."""
MOST_DRAWS = 1_000_000
"""Draws of an analysis that keeps them all in memory."""


def states_of(futures: int, chance: int, seed: int) -> int:
    """Return how many states `futures` futures of `chance` streams make; the seed is checked with them."""
    return Plan.of(futures, chance=chance, seed=seed).states


def check_draws(draws: int, seed: int) -> None:
    """Refuse a number of draws that gives no standard error or does not fit in memory, and what is no seed."""
    if not 2 <= draws <= MOST_DRAWS:
        raise InputError(f"from 2 to {MOST_DRAWS:,} draws can be made; given {draws:,}")
    check_seed(seed)


def check_seconds(time_limit: float | None) -> None:
    """Refuse a time limit that is none."""
    if time_limit is not None and not time_limit > 0:
        raise InputError(f"a time limit is a number of seconds above 0; given {time_limit}")


def check_with(of: Scenario, with_: Mapping[str, str], choosing: Sequence[str]) -> None:
    """Refuse strategies of other patrons that there are not, and any for a patron that chooses its own."""
    for patron, name in with_.items():
        known("patron", patron, of.patrons)
        if patron in choosing:
            raise InputError(
                f"{patron} chooses its own strategy, as the focus or as a player; it cannot be fixed"
            )
        known(f"strategy of {patron}", name, of.strategies.get(patron, {}))


def profiles_of(
    of: Scenario, strategies: Sequence[str] | None, with_: Mapping[str, str]
) -> list[dict[str, str]]:
    """Return one profile for each strategy of the focus asked for, the other patrons as told."""
    check_with(of, with_, (of.focus,))
    own = of.strategies[of.focus]
    names = list(own) if strategies is None else list(dict.fromkeys(strategies))
    if not names:
        raise InputError(f"no strategy was asked for; {of.focus} has: {', '.join(own)}")
    for name in names:
        known(f"strategy of {of.focus}", name, own)
    return [{**with_, of.focus: name} for name in names]

"""The commands that ask what is best, what others would answer, and what the answer hangs on."""

from __future__ import annotations

from typing import Any

import click

from equipoise.cli.shared import (
    BELIEFS,
    JSON,
    SCENARIO,
    SEED,
    STUDY,
    WITH,
    WORKERS,
    YARDSTICK,
    changes,
    listed,
    loaded,
    numbers,
    pairs,
    progress_bar,
    say_analysis,
    study_folder,
)
from equipoise.errors import InputError
from equipoise.jobs import job


@click.command(short_help="The best way of engaging, and the frontier around it.")
@SCENARIO
@click.option(
    "--metric",
    default="laplace",
    show_default=True,
    help="By what a way is judged: laplace is the mean payoff; a wrong name lists all.",
)
@click.option(
    "--option",
    "options",
    multiple=True,
    metavar="NAME=NUMBER",
    help="Setting of the metric, such as alpha=0.7 of hurwicz.",
)
@click.option(
    "--futures", default=2048, show_default=True, help="Futures to search on; others judge what was found."
)
@SEED
@WITH
@BELIEFS
@click.option(
    "--no-trigger", is_flag=True, help="Do not look for an event or a condition on which to switch."
)
@click.option(
    "--no-frontier", is_flag=True, help="Do not look for the ways that trade influence, regret and cost."
)
@click.option(
    "--time-limit", type=float, metavar="SECONDS", help="End the search after so long with what it has."
)
@click.option(
    "--yaml",
    metavar="FILE",
    help="Write what was found, and the frontier, as strategies for the scenario's file.",
)
@STUDY
@WORKERS
@changes
@JSON
def optimise(
    scenario: str,
    options: tuple[str, ...],
    with_: tuple[str, ...],
    no_trigger: bool,
    no_frontier: bool,
    set_: tuple[str, ...],
    widen: str | None,
    as_json: bool,
    **asked: Any,
) -> None:
    """Search for the focus patron's best way of engaging in SCENARIO, and the frontier around it."""
    file, of = loaded(scenario, set_=set_, widen=widen)
    with progress_bar("search") as progress:
        found = job("optimise")(
            file, options=numbers(options), with_=pairs(with_), trigger=not no_trigger, frontier=not no_frontier,
            progress=progress, **asked,
        )  # fmt: skip
    say_analysis("optimise", found, of, as_json)


@click.command(short_help="What the rivals would answer: equilibria.")
@SCENARIO
@click.option(
    "--players", required=True, metavar="A,B,…", help="Two patrons or more who choose at the same time."
)
@click.option(
    "--only", multiple=True, metavar="PATRON=A,B,…", help="Strategies of a player to play; all if not given."
)
@click.option("--futures", default=4096, show_default=True, help="Futures of each combination of strategies.")
@SEED
@WITH
@BELIEFS
@click.option("--nfg", metavar="FILE", help="Write the game of mean payoffs in Gambit's format.")
@STUDY
@WORKERS
@changes
@JSON
def game(
    scenario: str,
    players: str,
    only: tuple[str, ...],
    with_: tuple[str, ...],
    set_: tuple[str, ...],
    widen: str | None,
    as_json: bool,
    **asked: Any,
) -> None:
    """Play every combination of the players' strategies, and find those in which none gains by changing alone."""
    chosen = {patron: listed(names) or [] for patron, names in pairs(only, "--only").items()}
    file, of = loaded(scenario, set_=set_, widen=widen)
    with progress_bar("profiles") as progress:
        found = job("game")(
            file,
            players=listed(players) or [],
            only=chosen,
            with_=pairs(with_),
            progress=progress,
            **asked,
        )
    say_analysis("game", found, of, as_json)


@click.command(short_help="The best strategy under each holder's beliefs.")
@SCENARIO
@click.option("--holders", metavar="A,B,…", help="Whose beliefs; all if not given.")
@click.option("--futures", default=2048, show_default=True, help="Futures under each set of beliefs.")
@SEED
@WITH
@STUDY
@WORKERS
@YARDSTICK
@changes
@JSON
def beliefs(
    scenario: str,
    holders: str | None,
    with_: tuple[str, ...],
    set_: tuple[str, ...],
    widen: str | None,
    as_json: bool,
    **asked: Any,
) -> None:
    """Find the best strategy in SCENARIO under each holder's beliefs, and which belief makes the difference."""
    file, of = loaded(scenario, set_=set_, widen=widen)
    with progress_bar("runs") as progress:
        found = job("beliefs")(file, holders=listed(holders), with_=pairs(with_), progress=progress, **asked)
    say_analysis("beliefs", found, of, as_json)


@click.command(short_help="What drives the answer, where it tips, what to watch.")
@click.argument("study")
@click.option(
    "--strategy", metavar="NAME", help="Whose failures to look for; the recommended one's if not given."
)
@click.option("--difference", metavar="A,B", help="Only say what makes these two strategies differ.")
@click.option("--states", default=2048, show_default=True, help="States of the world to look at, at most.")
@click.option(
    "--every", is_flag=True, help="Look also at strategies that are best in no state; takes longer."
)
@click.option(
    "--no-reruns",
    is_flag=True,
    help="Play nothing again: faster, but what would change the answer is not checked by playing it.",
)
@click.option("--top", default=10, show_default=True, help="Rows of a table, at most.")
@YARDSTICK
@JSON
def explore(
    study: str, difference: str | None, no_reruns: bool, top: int, as_json: bool, **asked: Any
) -> None:
    """Say what drives the answer of STUDY, where it tips, when it fails, what to find out and what to watch."""
    if top < 1:
        raise InputError(f"--top takes a number of rows from 1 on; given {top}")
    opened = job("open_study")(study_folder(study))
    if difference is not None:
        pair = listed(difference) or []
        if len(pair) != 2:
            raise InputError(f"--difference takes two strategies, A,B; given {difference!r}")
        found = job("difference")(opened, *pair, states=asked["states"])
        say_analysis("difference", found, opened.scenario, as_json)
        return
    found = job("explore")(opened, reruns=not no_reruns, **asked)
    say_analysis("explore", found, opened.scenario, as_json, top=top)

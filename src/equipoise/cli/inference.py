"""The commands that go from what was seen to what is likely."""

from __future__ import annotations

from typing import Any

import click

from equipoise.cli.shared import (
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
    pairs,
    progress_bar,
    say_analysis,
    shares,
    study_folder,
)
from equipoise.errors import InputError
from equipoise.jobs import job


@click.command(short_help="Move numbers until what can be seen is as judged.")
@SCENARIO
@click.option(
    "--inputs", metavar="PATH,PATH", help="Numbers that may move; those that are seen to matter if not given."
)
@click.option("--out", metavar="FILE", help="Write the scenario with them, its comments and order kept.")
@click.option("--futures", default=4096, show_default=True, help="Futures that are played at each trial.")
@SEED
@WORKERS
@changes
@JSON
def fit(
    scenario: str, inputs: str | None, as_json: bool, set_: tuple[str, ...], widen: str | None, **asked: Any
) -> None:
    """Move numbers of SCENARIO, each with its spread, until what its `outlook` judges likely comes out so."""
    file, of = loaded(scenario, set_=set_, widen=widen)
    say_analysis("fit", job("fit")(file, inputs=listed(inputs), **asked), of, as_json)


@click.command(short_help="What a patron must believe and want to act as it does.")
@SCENARIO
@click.option(
    "--does", multiple=True, required=True, metavar="STRATEGY|FORCE=SHARE,…",
    help="What the patron was seen to do; may be repeated, one thing after another.",
)  # fmt: skip
@click.option(
    "--since", multiple=True, metavar="DATE", help="From when; once for each --does after the first."
)
@click.option("--patron", metavar="NAME", help="Whose acts; the focus if not given.")
@click.option(
    "--within",
    default=0.0,
    show_default=True,
    help="How far behind the best, in payoff, still counts as best.",
)
@click.option("--futures", default=4096, show_default=True, help="Futures of each playing of all strategies.")
@SEED
@WITH
@click.option("--beliefs", metavar="HOLDER", help="Start from this holder's beliefs, not from the analyst's.")
@STUDY
@WORKERS
@YARDSTICK
@changes
@JSON
def why(
    scenario: str, does: tuple[str, ...], since: tuple[str, ...], with_: tuple[str, ...],
    set_: tuple[str, ...], widen: str | None, as_json: bool, **asked: Any
) -> None:  # fmt: skip
    """Say what a patron of SCENARIO must believe and want for what it does to be its best, and how likely that is."""
    ways = [shares(way) if "=" in way else way for way in does]
    file, of = loaded(scenario, set_=set_, widen=widen)
    with progress_bar("playings") as progress:
        found = job("why")(file, does=ways, since=since, with_=pairs(with_), progress=progress, **asked)
    say_analysis("why", found, of, as_json)


@click.command(short_help="What has been seen since: the new odds, and what to do now.")
@click.argument("study")
@click.argument("observations")
@click.option(
    "--did",
    metavar="STRATEGY",
    help="What the focus did until the last observation; its default if not given.",
)
@click.option(
    "--futures", default=20_000, show_default=True, help="Futures to weigh, four in each state of the world."
)
@click.option(
    "--rolling", is_flag=True, help="Also what was to be expected on each day on which something was seen."
)
@click.option(
    "--against",
    multiple=True,
    metavar="SCENARIO",
    help="Say how well this one explains it, too; may be repeated.",
)
@click.option("--no-holders", is_flag=True, help="Leave out how well the beliefs of each holder explain it.")
@click.option("--out", metavar="DIR", help="Folder to keep the result in, with the futures that are left.")
@click.option("--top", default=10, show_default=True, help="Rows of a table, at most.")
@WORKERS
@YARDSTICK
@JSON
def update(study: str, observations: str, no_holders: bool, top: int, as_json: bool, **asked: Any) -> None:
    """Take in what has been seen since STUDY was made, as OBSERVATIONS says: a file, or a case that has them."""
    if top < 1:
        raise InputError(f"--top takes a number of rows from 1 on; given {top}")
    opened = job("open_study")(study_folder(study))
    with progress_bar("steps") as progress:
        found = job("update")(opened, observations, holders=not no_holders, progress=progress, **asked)
    say_analysis("update", found, opened.scenario, as_json, top=top)

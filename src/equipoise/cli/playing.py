"""The commands that play futures: one scenario, or two on the same draws."""

from __future__ import annotations

import sys
from typing import Any

import click

from equipoise.cli.shared import (
    BELIEFS,
    CLUSTER,
    DEVICE,
    JSON,
    SCENARIO,
    SEED,
    STRATEGIES,
    WITH,
    WORKERS,
    YARDSTICK,
    changes,
    listed,
    loaded,
    numbers,
    pairs,
    progress_bar,
    say,
    say_analysis,
)
from equipoise.errors import InputError
from equipoise.futures.place import is_place
from equipoise.jobs import job


@click.command(short_help="Play the futures, rank the strategies, write the report.")
@SCENARIO
@click.option("--futures", default=20_000, show_default=True, help="How many futures, at least.")
@SEED
@click.option(
    "--chance", default=16, show_default=True,
    help="Futures of each state of the world (one way what is unknown may turn out); they differ by luck alone.",
)  # fmt: skip
@STRATEGIES
@WITH
@BELIEFS
@click.option(
    "--option",
    "options",
    multiple=True,
    metavar="NAME=NUMBER",
    help="Setting of a robustness metric: alpha (hurwicz), threshold (starr), share (cvar5) or aversion.",
)
@click.option(
    "--out",
    metavar="DIR",
    help="Study folder, or an address (s3://…); one that was cut off is taken up where it stopped.",
)
@WORKERS
@CLUSTER
@DEVICE
@click.option(
    "--precision",
    type=float,
    metavar="X",
    help="Run on until neighbours in the ranking are told apart, or known to a standard error below X.",
)
@click.option("--limit", default=1_000_000, show_default=True, help="Futures at which --precision gives up.")
@click.option("--future", type=int, metavar="N", help="Play future number N alone and print its course.")
@click.option("--full", is_flag=True, help="Print all tables.")
@YARDSTICK
@changes
@JSON
def run(
    scenario: str,
    with_: tuple[str, ...],
    strategies: str | None,
    options: tuple[str, ...],
    future: int | None,
    full: bool,
    set_: tuple[str, ...],
    widen: str | None,
    as_json: bool,
    **asked: Any,
) -> None:
    """Play the futures of SCENARIO under every strategy of the focus patron, and rank them."""
    from equipoise.jobs.additions import add
    from equipoise.reporting import one_future, print_run, show

    file, of = loaded(scenario, set_=set_, widen=widen)
    chosen = {"strategies": listed(strategies), "with_": pairs(with_)}
    if future is not None:
        if asked["device"] != "cpu":
            raise InputError("one future alone is played on the processor; leave --device out")
        one = {key: asked[key] for key in ("seed", "chance", "beliefs")}
        course = job("replay")(file, future, **chosen, **one)
        assert of is not None  # only a table of actors or a network has none
        say(course, as_json, lambda: show(one_future.blocks(course, of)))
        return
    with progress_bar("futures") as progress:
        study = job("run")(
            file, **chosen, **asked, options=numbers(options), progress=progress, additions=False
        )
    traced = {"trace": job("trace", "of_study")(study)}
    say(study.summary, as_json, lambda: print_run(study.findings, study.scenario, analyses=traced, full=full))
    if study.folder is None:
        return
    rest = "Not finished; the same command goes on where it stopped."
    if study.finished:
        sys.stdout.flush()
        with progress_bar("additions") as progress:
            left_out = add(study, progress=progress)
        click.echo("".join(f"Left out, {text}\n" for text in left_out), err=True, nl=False)
        drawn = not any(text.startswith("report:") for text in left_out)
        rest = f"Report: {study.folder.place.at('report.html')}" if drawn else "The report was not drawn."
    if not as_json:
        click.echo(f"\nStudy: {study.folder.path}   {rest}")


@click.command(short_help="Two scenarios on the same draws: what moved, and why.")
@click.argument("first", metavar="SCENARIO|STUDY")
@click.argument("second", metavar="[SCENARIO|STUDY]", required=False)
@click.option(
    "--metric",
    default="best",
    show_default=True,
    help="What to share out among the changes: best (its payoff), gap (its lead), payoff.STRATEGY, falls.FORCE or "
    "orders.ORDER.",
)
@click.option("--futures", type=int, help="Futures of each; those of a study, or 4,096, if not given.")
@click.option("--seed", type=int, help="Seed of all random numbers; a study's, or 1, if not given.")
@STRATEGIES
@WITH
@BELIEFS
@changes
@WORKERS
@JSON
def compare(
    first: str,
    second: str | None,
    strategies: str | None,
    with_: tuple[str, ...],
    set_: tuple[str, ...],
    as_json: bool,
    **asked: Any,
) -> None:
    """Play two scenarios on the same draws, and say what moved between them and which change moved it.

    Without a second, the first is held against itself as --set and --widen change it; with one, they change that.
    """
    one = job("open_study")(first) if is_place(first) else loaded(first)[0]
    with progress_bar("runs") as progress:
        found = job("compare")(
            one,
            second,
            strategies=listed(strategies),
            with_=pairs(with_) or None,
            set_=pairs(set_, "--set", "PATH=NUMBER"),
            progress=progress,
            **asked,
        )
    say_analysis("compare", found, one.scenario, as_json)


@click.command(short_help="The advice at many scenarios, beliefs, numbers or years.")
@click.argument("sources", metavar="[SCENARIO]…", nargs=-1)
@click.option(
    "--beliefs", metavar="A,B,…", help="Holders to play besides the analyst; `all` for all there are."
)
@click.option(
    "--set",
    "set_",
    multiple=True,
    metavar="PATH=A|B|…",
    help="Numbers to set, one after another; may be repeated.",
)
@click.option(
    "--panel",
    type=click.Choice(["government", "territory", "all"]),
    help="Over the years of wars in UCDP's panel, in place of SCENARIO.",
)
@click.option("--futures", default=2048, show_default=True, help="Futures of each combination.")
@SEED
@click.option(
    "--out",
    metavar="DIR",
    help="Keep what was found, in a folder or at an address; a sweep that was cut off goes on there.",
)
@click.option("--to", metavar="FILE.csv", help="Write a row for each combination.")
@WORKERS
@CLUSTER
@JSON
def sweep(
    sources: tuple[str, ...], beliefs: str | None, set_: tuple[str, ...], as_json: bool, **asked: Any
) -> None:
    """Play every combination of SCENARIO, holders of beliefs and numbers to set, and say what is advised in each."""
    grid = {path: values.split("|") for path, values in pairs(set_, "--set", "PATH=A|B|…").items()}
    with progress_bar("points") as progress:
        found = job("sweep")(sources, beliefs=listed(beliefs), set_=grid, progress=progress, **asked)
    say_analysis("sweep", found, None, as_json)

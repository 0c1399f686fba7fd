"""The commands that hold forecasts against what came."""

from __future__ import annotations

from typing import Any

import click

from equipoise.cli.shared import (
    JSON,
    WORKERS,
    YARDSTICK,
    listed,
    progress_bar,
    say,
    say_analysis,
    study_folder,
)
from equipoise.jobs import job

DID = click.option(
    "--did", metavar="STRATEGY", help="What the focus follows; its default strategy if not given."
)
OBSERVATIONS = click.option(
    "--observations", metavar="FILE|CASE", help="What had been seen since the study was made, taken in first."
)
FUTURES = click.option(
    "--futures",
    default=20_000,
    show_default=True,
    help="Futures that answer, one in each state of the world.",
)


@click.command(short_help="Write forecasts down before the outcome is known.")
@click.argument("study")
@click.argument("outcomes")
@click.option("--to", metavar="FILE.jsonl", required=True, help="The log; only ever added to.")
@DID
@OBSERVATIONS
@FUTURES
@WORKERS
@JSON
def log(study: str, outcomes: str, as_json: bool, **asked: Any) -> None:
    """Log what STUDY says of the open questions of OUTCOMES, to be scored when they have resolved."""
    made = job("log")(job("open_study")(study_folder(study)), outcomes, **asked)

    def show() -> None:
        for entry in made["entries"]:
            said = entry["said"]
            what = (
                f"{said['chance']:.3f}"
                if said["chance"] is not None
                else f"{said['p5']:.3f} to {said['p95']:.3f}"
            )
            click.echo(f"{entry['number']}. {entry['question']} ({entry['on']}): {what}")
        for name, why in made["left_out"].items():
            click.echo(f"Left out: {name}: {why}.")
        click.echo(f"Logged in {made['log']}. Keep the last hash elsewhere: {made['hash']}")

    say(made, as_json, show)


@click.command(short_help="Forecasts held against what came, beside base rates.")
@click.argument("study")
@click.argument("outcomes")
@DID
@OBSERVATIONS
@click.option("--rolling", is_flag=True, help="Also what was to be expected on each day of the observations.")
@click.option("--log", metavar="FILE.jsonl", help="Score the first forecasts logged there, not the study's.")
@FUTURES
@WORKERS
@YARDSTICK
@JSON
def score(study: str, outcomes: str, as_json: bool, **asked: Any) -> None:
    """Score STUDY by OUTCOMES: a file of questions and how they resolved, or a case that has one."""
    opened = job("open_study")(study_folder(study))
    say_analysis("score", job("score")(opened, outcomes, **asked), opened.scenario, as_json)


@click.command(short_help="All cases and unchosen years held against what came.")
@click.option("--cases", metavar="A,B,…", help="Bundled cases with outcomes; all of them if not given.")
@click.option(
    "--draws",
    type=click.Choice(["24", "all", "none"]),
    default="24",
    show_default=True,
    help="Years of wars that nobody chose: 24 drawn by seed, all 1,455, or none.",
)
@FUTURES
@click.option("--to", metavar="DIR", help="Folder for the page (backtest.html) and the JSON (backtest.json).")
@WORKERS
@YARDSTICK
@JSON
def backtest(cases: str | None, as_json: bool, **asked: Any) -> None:
    """Forecast again what has come since, and hold it against that, beside what any forecaster must beat."""
    with progress_bar("Backtest") as progress:
        found = job("backtest")(listed(cases), progress=progress, **asked)
    say_analysis("backtest", found, None, as_json)


@click.command(short_help="The situations that come with the package, and what each asks.")
@JSON
def cases(as_json: bool) -> None:
    """List the bundled cases: what each asks, from which day, and what lies beside it."""
    found = job("list_cases")()

    def show() -> None:
        for case in found["cases"]:
            beside = f"; with {', '.join(case['beside'])}" if case["beside"] else ""
            click.echo(f"{case['name']}: {case['title']}")
            click.echo(f"  {case['question'] or ''}")
            span = f"{case['weeks']} weeks from {case['start']}, known up to {case['as_of']}"
            click.echo(f"  Advised: {case['focus']}, {case['strategies']} ways of engaging; {span}{beside}\n")

    say(found, as_json, show)

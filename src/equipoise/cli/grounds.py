"""The commands on what numbers stand on, claims and base rates."""

from __future__ import annotations

from typing import Any

import click

from equipoise.cli.shared import JSON, SCENARIO, loaded, say, say_analysis, years
from equipoise.jobs import job


@click.command(short_help="Every number and the claim it stands on.")
@SCENARIO
@JSON
def trace(scenario: str, as_json: bool) -> None:
    """Show every number of SCENARIO and the claim it stands on, and what stands on nothing."""
    from equipoise.reporting import print_trace

    found = job("trace")(scenario)
    say(found, as_json, lambda: print_trace(found))


@click.command("base-rates", short_help="How often such things happen, ready to paste.")
@click.argument("scenario", required=False)
@click.option("--what", metavar="KIND", help="One kind of event only; --json lists them under `kinds`.")
@click.option("--over", metavar="WHAT", help="Wars over government or territory.")
@click.option("--intensity", metavar="LEVEL", help="war (from 1,000 battle deaths a year) or minor.")
@click.option(
    "--troops",
    metavar="STATE",
    help="Foreign troops for the government: there, none, gone-1, gone-2, gone-3.",
)
@click.option("--rebels", metavar="STATE", help="Rebels supported from abroad, or alone.")
@click.option("--age", metavar="YEARS", help="Age of the war: 0-1, 10+.")
@click.option("--period", metavar="YEARS", help="Calendar years counted: 1990-2017.")
@click.option("--paste", is_flag=True, help="Print source, claims and numbers to put into a scenario.")
@JSON
def base_rates(
    scenario: str | None, age: str | None, period: str | None, paste: bool, as_json: bool, **asked: Any
) -> None:
    """Say how often such things happen in civil wars: in the kinds SCENARIO is one of, or that options describe."""
    file, of = loaded(scenario) if scenario is not None else (None, None)
    found = job("base_rates")(file, age=years(age, "--age"), period=years(period, "--period"), **asked)
    if paste and not as_json:
        from equipoise.reporting.analyses.base_rates import pasted

        click.echo("\n".join(pasted(found)))
        return
    say_analysis("base_rates", found, of, as_json)

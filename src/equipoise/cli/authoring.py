"""The commands that write a scenario and check it."""

from __future__ import annotations

import sys
from typing import Any

import click

from equipoise.cli.shared import (
    JSON,
    SCENARIO,
    YARDSTICK,
    changes,
    loaded,
    say,
)
from equipoise.jobs import job


@click.command(short_help="A commented scenario to start from, or a workbook.")
@click.argument("folder", metavar="DIR")
@click.option("--from", "from_", metavar="CASE", help="Start from a copy of this bundled case or file.")
@click.option(
    "--from-panel",
    type=int,
    nargs=2,
    metavar="ID YEAR",
    help="Start from a year of a war in UCDP's panel (1975-2017).",
)
@click.option("--sheet", is_flag=True, help="Write a workbook (scenario.xlsx) to fill in instead.")
@click.option(
    "--observations",
    is_flag=True,
    help="Write observations of the --from scenario to fill in, for `update`, instead.",
)
@click.option(
    "--outcomes",
    is_flag=True,
    help="Write questions about the --from scenario to fill in, for `log` and `score`, instead.",
)
@JSON
def new(folder: str, as_json: bool, **asked: Any) -> None:
    """Write a scenario to start from into DIR, with its JSON Schema beside it for editors."""
    made = job("new")(folder, **asked)
    then = f"from-sheet {made['wrote']}" if asked["sheet"] else f"check {made['wrote']}"
    then = f"update STUDY {made['wrote']}" if asked["observations"] else then
    then = f"log STUDY {made['wrote']} --to forecasts.jsonl" if asked["outcomes"] else then
    say(made, as_json, lambda: click.echo(f"Wrote {made['wrote']}. Next: equipoise {then}"))


@click.command("from-sheet", short_help="The scenario that a workbook describes.")
@click.argument("sheet", metavar="FILE.xlsx")
@click.option("--to", metavar="FILE.yaml", help="Where to write it; beside the workbook if not given.")
@click.option("--replace", is_flag=True, help="Replace a file that is there already.")
@JSON
def from_sheet(sheet: str, to: str | None, replace: bool, as_json: bool) -> None:
    """Write the scenario that a workbook describes as YAML, or say all that is wrong with it, cell by cell."""
    made = job("from_sheet")(sheet, to, replace=replace)
    say(made, as_json, lambda: click.echo(f"Wrote {made['wrote']}. Next: equipoise check {made['wrote']}"))


@click.command(short_help="All that is wrong with a scenario, or what it says.")
@SCENARIO
@click.option(
    "--resolved", is_flag=True, help="Print the scenario with every default written out; it is itself valid."
)
@YARDSTICK
@changes
@JSON
def check(scenario: str, resolved: bool, as_json: bool, **changed: Any) -> None:
    """Say all that is wrong with SCENARIO, or what it contains and takes as given."""
    file, _ = loaded(scenario, **changed)
    if resolved:
        from equipoise.scenario import to_yaml

        plain = not (sys.stdout.encoding or "").lower().startswith("utf")
        in_place = file.scenario.model_copy(update={"set_": {}})
        click.echo(to_yaml(in_place, ascii_only=plain), nl=False)
        return
    found = job("check")(file)

    def show() -> None:
        from equipoise.reporting.terminal import print_check

        print_check(found, name=scenario)

    say(found, as_json, show)

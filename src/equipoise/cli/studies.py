"""The commands on a study that was written: its report and brief, its tables, whether it is as it was."""

from __future__ import annotations

import sys
from typing import Any

import click

from equipoise.cli.shared import JSON, YARDSTICK, say, study_folder
from equipoise.errors import InputError
from equipoise.jobs import job


@click.command(short_help="The report of a study again, or the two-page brief.")
@click.argument("study")
@click.option("--to", "path", metavar="FILE", help="Where to write it; into the study folder if not given.")
@click.option("--brief", is_flag=True, help="The brief alone: two pages, also when printed.")
@click.option("--text", is_flag=True, help="Print the brief as plain text, to be pasted; nothing is written.")
@click.option("--unfolded", is_flag=True, help="Every section of the report open, for paper.")
@YARDSTICK
@JSON
def report(study: str, path: str | None, brief: bool, text: bool, unfolded: bool, as_json: bool) -> None:
    """Write the report of STUDY again, or the brief alone."""
    if text:
        if path is not None or unfolded:
            raise InputError("--text prints the brief and writes nothing; leave out --to and --unfolded")
        opened = job("open_study")(study_folder(study))
        made = job("brief")(opened)
        say(made, as_json, lambda: print_text(opened, made))
        return
    found = job("report")(study_folder(study), path, brief=brief, unfolded=unfolded)
    say(found, as_json, lambda: click.echo(f"Wrote {found['report']}"))


@click.command(short_help="The tables of a study for a spreadsheet.")
@click.argument("study")
@click.option(
    "--to",
    type=click.Choice(["xlsx", "csv"]),
    default="xlsx",
    show_default=True,
    help="A workbook, or CSV files.",
)
@click.option(
    "--out",
    "path",
    metavar="PATH",
    help="The workbook, or the folder of CSV files; beside the study if not given.",
)
@JSON
def export(study: str, as_json: bool, **asked: Any) -> None:
    """Write the tables of STUDY: a workbook with a sheet a table, or a folder with a CSV file a table."""
    found = job("export")(study_folder(study), **asked)
    say(found, as_json, lambda: click.echo("\n".join(f"Wrote {name}" for name in found["wrote"])))


@click.command(short_help="Whether a study folder is still as it was written.")
@click.argument("study")
@JSON
def verify(study: str, as_json: bool) -> None:
    """Check each file of STUDY against the hash it was written with; exit with 2 if any differs or is missing."""
    found = job("verify")(study)
    lines = found["faults"] or [f"Sound: {found['files']:,} files are as they were written."]
    say(found, as_json, lambda: click.echo("\n".join(lines)))
    if not found["sound"]:
        sys.exit(2)


def print_text(study: Any, made: Any) -> None:
    """Print the brief of a study."""
    from equipoise.reporting.terminal import print_brief

    print_brief(study.findings, study.scenario, analyses={"brief": made.to_dict()})

"""The commands that look at talks and ties by themselves: no future is played."""

from __future__ import annotations

from typing import Any

import click

from equipoise.cli.shared import BELIEFS, JSON, SEED, STUDY, YARDSTICK, changes, loaded, pairs, say_analysis
from equipoise.errors import InputError
from equipoise.jobs import job


class _WithRecord(click.Command):
    """A command whose help ends with how far the bargaining models were off; read when help is asked for."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the record."""
        from equipoise.bargaining import accuracy_note

        formatter.write_paragraph()
        formatter.write_text(f"How far the models were off: {accuracy_note()}")


@click.command(cls=_WithRecord, short_help="Where talks may land, and the chance of a deal.")
@click.argument("scenario", required=False)
@click.argument("talk", required=False)
@click.option("--csv", "table", metavar="FILE", help="A table of actors, in place of SCENARIO.")
@click.option(
    "--model",
    "models",
    multiple=True,
    metavar="NAME",
    help="Bargaining model, or all; may be repeated. The talk's own if not given.",
)
@click.option("--draws", type=int, help="Draws of the uncertain numbers; 1,024 if not given.")
@click.option("--seed", type=int, help="Seed of the draws; 1 if not given.")
@BELIEFS
@STUDY
@YARDSTICK
@changes
@JSON
def talks(
    scenario: str | None,
    table: str | None,
    models: tuple[str, ...],
    set_: tuple[str, ...],
    widen: str | None,
    as_json: bool,
    **asked: Any,
) -> None:
    """Say where TALK (or every talk) of SCENARIO may land, how likely a deal is, and who moves whom.

    SCENARIO may also be a CSV file with a table of actors: columns actor, position, salience, clout and, if
    wanted, issue, reservation, veto, reference, low, high.
    """
    given = table if scenario is None else scenario
    if given is None or (scenario is not None and table is not None):
        raise InputError("name a scenario, or a table of actors with --csv; one of the two")
    if table is not None and not table.lower().endswith(".csv"):
        raise InputError(f"--csv takes a file that ends in .csv; given {table!r}")
    model = "all" if "all" in models else list(models) or None
    source, of = loaded(given, ".csv", set_=set_, widen=widen)
    say_analysis("talks", job("talks")(source, model=model, **asked), of, as_json)


@click.command(short_help="How ties strain each other, and the price of a hedge.")
@click.argument("source", metavar="SCENARIO|EDGES.csv|GRAPH.graphml")
@click.option("--at", metavar="YEAR", help="Keep the ties of a CSV file that hold then; a date works too.")
@click.option(
    "--where", multiple=True, metavar="COLUMN=VALUE", help="Keep these lines of a CSV file; may be repeated."
)
@click.option("--draws", default=512, show_default=True, help="Draws of what is uncertain.")
@SEED
@click.option(
    "--time-limit",
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="For each exact search, an integer programme.",
)
@click.option(
    "--quota", default=0.5, show_default=True, help="Share of all power a coalition must exceed to win."
)
@BELIEFS
@STUDY
@changes
@JSON
def balance(
    source: str, where: tuple[str, ...], set_: tuple[str, ...], widen: str | None, as_json: bool, **asked: Any
) -> None:
    """Say how the ties of a situation strain each other, which camps they point to, and the price of each hedge."""
    given, of = loaded(source, ".csv", ".graphml", set_=set_, widen=widen)
    found = job("balance")(given, where=pairs(where, "--where"), **asked)
    say_analysis("balance", found, of, as_json)

"""The command line: one thin command a job.

Exit status: 0 when the job is done, 2 for bad input, 1 for a failure of our own, 130 when interrupted before
anything was finished. With `--json`, standard output holds one JSON document and nothing else.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import click

from equipoise._version import __version__
from equipoise.errors import EquipoiseError, InputError

SCENARIO = click.argument("scenario")
JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of tables.")
SEED = click.option("--seed", default=1, show_default=True, help="Of every random number.")
BELIEFS = click.option("--beliefs", metavar="HOLDER", help="Lay this holder's beliefs over the scenario.")
WITH = click.option(
    "--with",
    "with_",
    multiple=True,
    metavar="PATRON=STRATEGY",
    help="Another patron's strategy; may be repeated.",
)
STRATEGIES = click.option(
    "--strategies", metavar="A,B,…", help="Strategies of the focus to play; all if not given."
)
STUDY = click.option(
    "--study",
    metavar="DIR",
    help="Study of this scenario to keep the result in; its report is written again.",
)
YARDSTICK = click.option(
    "--yardstick", type=click.Choice(["icd203", "phia"]), default="icd203", show_default=True, expose_value=False,
    callback=lambda context, _, name: _measure(context, name), help="Whose words for probabilities.",
)  # fmt: skip
WORKERS = click.option("--workers", type=int, help="Threads; one for each processor if not given.")


class _Group(click.Group):
    """A group that ends as DESIGN.md says, whatever a command raises."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().main(*args, standalone_mode=False, **kwargs)
        except click.exceptions.Exit as stop:
            sys.exit(stop.exit_code)
        except click.ClickException as error:
            error.show()
            sys.exit(2)
        except InputError as error:
            click.echo(str(error), err=True)
            sys.exit(2)
        except (click.exceptions.Abort, KeyboardInterrupt):
            click.echo("Interrupted before anything was finished.", err=True)
            sys.exit(130)
        except EquipoiseError as error:
            click.echo(f"Equipoise failed: {error}", err=True)
            sys.exit(1)
        except Exception as error:
            click.echo(f"Equipoise failed, and should not have: {type(error).__name__}: {error}", err=True)
            if "--debug" in sys.argv:
                raise
            sys.exit(1)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a reader that has seen enough (`| head`) is no failure."""
        try:
            found = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return None
        return found

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order in which a newcomer meets them."""
        return list(self.commands)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="equipoise")
@click.option("--debug", is_flag=True, help="Show the traceback of a failure of Equipoise's own.")
def main(debug: bool) -> None:
    """Whom to stay close to in a country where nobody knows who will win.

    SCENARIO is a file or the name of a bundled case (afghanistan-2021, two-valleys).
    """


def _measure(context: click.Context, yardstick: str) -> None:
    """Say chances in a yardstick's words for as long as the command lasts."""
    if yardstick != "icd203":
        from equipoise.report import phrases

        context.with_resource(phrases.yardstick(yardstick))  # type: ignore[arg-type]


def _say(document: Any, as_json: bool, show: Callable[[], None]) -> None:
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False, allow_nan=False))
    else:
        show()


@contextmanager
def _progress(label: str) -> Iterator[Callable[[int, int], None] | None]:
    """Show a progress bar on a terminal, and nothing in a pipe."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(label), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, wanted: bar.update(task, completed=done, total=wanted)


def _pairs(given: tuple[str, ...], option: str = "--with") -> dict[str, str]:
    out = {}
    for item in given:
        patron, sign, strategy = item.partition("=")
        if not (patron and sign and strategy):
            raise InputError(f"{option} takes NAME=VALUE; given {item!r}")
        out[patron] = strategy
    return out


def _numbers(given: tuple[str, ...]) -> dict[str, float]:
    out = {}
    for name, text in _pairs(given, "--option").items():
        try:
            out[name] = float(text)
        except ValueError:
            raise InputError(f"--option takes NAME=NUMBER; {text!r} is no number") from None
    return out


def _list(given: str | None) -> list[str] | None:
    return None if given is None else [name.strip() for name in given.split(",") if name.strip()]


@main.command()
@click.argument("folder", metavar="DIR")
def new(folder: str) -> None:
    """Write a commented scenario to start from into DIR."""
    from equipoise.scenario import scaffold

    path = scaffold(folder)
    click.echo(f"Wrote {path}. Next: equipoise check {path}")


@main.command()
@SCENARIO
@click.option(
    "--resolved", is_flag=True, help="Print the scenario with every default written out; it is itself valid."
)
@YARDSTICK
@JSON
def check(scenario: str, resolved: bool, as_json: bool) -> None:
    """Say all that is wrong with SCENARIO, or what it contains and takes as given."""
    from equipoise import jobs

    file = jobs.load(scenario)
    if resolved:
        from equipoise.scenario import to_yaml

        click.echo(to_yaml(file.scenario), nl=False)
        return
    found = jobs.check(file)

    def show() -> None:
        from equipoise.report.terminal import print_check

        print_check(found, name=scenario)

    _say(found, as_json, show)


@main.command()
@SCENARIO
@click.option("--futures", default=20_000, show_default=True, help="How many futures, at least.")
@SEED
@click.option("--chance", default=16, show_default=True, help="Chance streams in each state of the world.")
@STRATEGIES
@WITH
@BELIEFS
@click.option("--out", metavar="DIR", help="Study folder; one that was cut off is taken up where it stopped.")
@WORKERS
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
@JSON
def run(
    scenario: str,
    with_: tuple[str, ...],
    strategies: str | None,
    future: int | None,
    full: bool,
    as_json: bool,
    **asked: Any,
) -> None:
    """Play the futures of SCENARIO under every strategy of the focus patron, and rank them."""
    from equipoise import jobs
    from equipoise.report import print_blocks, print_run

    chosen = {"strategies": _list(strategies), "with_": _pairs(with_)}
    if future is not None:
        one = {key: asked[key] for key in ("seed", "chance", "beliefs")}
        course = jobs.replay(scenario, future, **chosen, **one)
        _say(course, as_json, lambda: print_blocks(course, title=f"Future {future}"))
        return
    with _progress("futures") as progress:
        study = jobs.run(scenario, **chosen, **asked, progress=progress)

    def show() -> None:
        print_run(study.summary, study.scenario, full=full)
        if study.folder is not None:
            report = study.folder.path / "report.html"
            rest = (
                f"Report: {report}"
                if report.is_file()
                else "Not finished; the same command goes on where it stopped."
            )
            click.echo(f"\nStudy: {study.folder.path}   {rest}")

    _say(study.summary, as_json, show)


@main.command()
@click.argument("study")
@click.option("--to", "path", metavar="FILE", help="Where to write it; into the study folder if not given.")
@JSON
def report(study: str, path: str | None, as_json: bool) -> None:
    """Write the report of STUDY again."""
    from equipoise import jobs

    written = jobs.report(study, path)
    _say({"report": str(written)}, as_json, lambda: click.echo(f"Wrote {written}"))


@main.command()
@SCENARIO
@JSON
def trace(scenario: str, as_json: bool) -> None:
    """Show every number of SCENARIO and the claim it stands on, and what stands on nothing."""
    from equipoise import jobs
    from equipoise.report import print_trace

    found = jobs.trace(scenario)
    _say(found, as_json, lambda: print_trace(found))


@main.command()
@SCENARIO
@click.option(
    "--metric", default="laplace", show_default=True, help="Robustness metric to make as good as possible."
)
@click.option(
    "--option",
    "options",
    multiple=True,
    metavar="NAME=NUMBER",
    help="Option of the metric, such as alpha=0.7 of hurwicz.",
)
@click.option(
    "--futures", default=2048, show_default=True, help="Futures to search on; others judge what was found."
)
@SEED
@WITH
@BELIEFS
@click.option("--no-trigger", is_flag=True, help="Do not look for a switch of engagement.")
@click.option("--no-frontier", is_flag=True, help="Do not trace the frontier of influence, regret and cost.")
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
@JSON
def optimise(
    scenario: str,
    options: tuple[str, ...],
    with_: tuple[str, ...],
    no_trigger: bool,
    no_frontier: bool,
    as_json: bool,
    **asked: Any,
) -> None:
    """Search for the focus patron's best way of engaging in SCENARIO, and the frontier around it."""
    from equipoise import jobs
    from equipoise.report.optimise_tables import print_optimised

    with _progress("search") as progress:
        found = jobs.optimise(
            scenario, options=_numbers(options), with_=_pairs(with_), trigger=not no_trigger, frontier=not no_frontier,
            progress=progress, **asked,
        )  # fmt: skip
    document = found.to_dict()
    _say(document, as_json, lambda: print_optimised(document))


@main.command()
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
@JSON
def game(
    scenario: str, players: str, only: tuple[str, ...], with_: tuple[str, ...], as_json: bool, **asked: Any
) -> None:
    """Play every combination of the players' strategies in SCENARIO, and find what nobody would leave alone."""
    from equipoise import jobs
    from equipoise.report import console
    from equipoise.report.game_tables import tables

    chosen = {patron: _list(names) or [] for patron, names in _pairs(only, "--only").items()}
    with _progress("profiles") as progress:
        found = jobs.game(
            scenario,
            players=_list(players) or [],
            only=chosen,
            with_=_pairs(with_),
            progress=progress,
            **asked,
        )
    document = found.to_dict()

    def show() -> None:
        for table in tables(document):
            console().print(table)

    _say(document, as_json, show)


@main.command()
@SCENARIO
@click.option("--holders", metavar="A,B,…", help="Whose beliefs; all if not given.")
@click.option("--futures", default=2048, show_default=True, help="Futures under each set of beliefs.")
@SEED
@WITH
@STUDY
@WORKERS
@YARDSTICK
@JSON
def beliefs(scenario: str, holders: str | None, with_: tuple[str, ...], as_json: bool, **asked: Any) -> None:
    """Find the best strategy in SCENARIO under each holder's beliefs, and which belief makes the difference."""
    from equipoise import jobs
    from equipoise.report.beliefs_tables import print_beliefs

    with _progress("runs") as progress:
        found = jobs.beliefs(
            scenario, holders=_list(holders), with_=_pairs(with_), progress=progress, **asked
        )
    document = found.to_dict()
    _say(document, as_json, lambda: print_beliefs(document))


@main.command()
@click.argument("study")
@click.option(
    "--strategy", metavar="NAME", help="Whose failures to look for; the recommended one's if not given."
)
@click.option("--difference", metavar="A,B", help="Only say what makes these two strategies differ.")
@click.option("--states", default=2048, show_default=True, help="States to look at, at most.")
@click.option("--every", is_flag=True, help="Keep strategies that are best in no state, too; takes longer.")
@click.option(
    "--no-reruns", is_flag=True, help="Play nothing again: no scan of resentment, no confirmed flips."
)
@click.option("--top", default=10, show_default=True, help="Rows of a table, at most.")
@YARDSTICK
@JSON
def explore(
    study: str, difference: str | None, no_reruns: bool, top: int, as_json: bool, **asked: Any
) -> None:
    """Say what drives the answer of STUDY, where it tips, when it fails, what to find out and what to watch."""
    from equipoise import jobs_analyses as jobs
    from equipoise.report.explore_tables import difference_tables, tables

    if difference is not None:
        pair = _list(difference) or []
        if len(pair) != 2:
            raise InputError(f"--difference takes two strategies, A,B; given {difference!r}")
        found = jobs.difference(study, *pair, states=asked["states"])
        _say(found, as_json, lambda: _print(difference_tables(found)))
        return
    found = jobs.explore(study, reruns=not no_reruns, **asked)
    _say(found, as_json, lambda: _print(tables(found, top=top)))


class _WithRecord(click.Command):
    """A command whose help ends with how far the bargaining models were off; read when help is asked for."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the record."""
        from equipoise.talks import accuracy_note

        formatter.write_paragraph()
        formatter.write_text(f"How far the models were off: {accuracy_note()}")


@main.command(cls=_WithRecord)
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
@click.option("--draws", default=1024, show_default=True, help="Draws of the uncertain numbers.")
@SEED
@BELIEFS
@STUDY
@YARDSTICK
@JSON
def talks(
    scenario: str | None, table: str | None, models: tuple[str, ...], as_json: bool, **asked: Any
) -> None:
    """Say where TALK (or every talk) of SCENARIO may land, how likely a deal is, and who moves whom.

    SCENARIO may also be a CSV file with a table of actors: columns actor, position, salience, clout and, if
    wanted, issue, reservation, veto, reference, low, high.
    """
    from equipoise import jobs_analyses as jobs
    from equipoise.report.talks_tables import tables

    if (scenario is None) == (table is None):
        raise InputError("name a scenario, or a table of actors with --csv; one of the two")
    if table is not None and not table.lower().endswith(".csv"):
        raise InputError(f"--csv takes a file that ends in .csv; given {table!r}")
    model = "all" if "all" in models else list(models) or None
    found = jobs.talks(scenario or table, model=model, **asked)
    _say(found, as_json, lambda: [_print(tables(one)) for one in found["talks"].values()])


@main.command()
@click.argument("source", metavar="SCENARIO|EDGES.csv|GRAPH.graphml")
@click.option("--at", metavar="YEAR", help="Keep the ties of a CSV file that hold then; a date works too.")
@click.option(
    "--where", multiple=True, metavar="COLUMN=VALUE", help="Keep these lines of a CSV file; may be repeated."
)
@click.option("--draws", default=512, show_default=True, help="Draws of what is uncertain.")
@SEED
@click.option(
    "--time-limit", default=60.0, show_default=True, metavar="SECONDS", help="For each integer programme."
)
@click.option(
    "--quota", default=0.5, show_default=True, help="Share of all power a coalition must exceed to win."
)
@BELIEFS
@STUDY
@JSON
def balance(source: str, where: tuple[str, ...], as_json: bool, **asked: Any) -> None:
    """Say how the ties of a situation strain each other, which camps they point to, and the price of each hedge."""
    from equipoise import jobs_analyses as jobs
    from equipoise.report.balance_tables import tables

    found = jobs.balance(source, where=_pairs(where, "--where"), **asked)

    def show() -> None:
        _print(tables(found))
        for note in found["notes"]:
            click.echo(f"Note: {note}")

    _say(found, as_json, show)


def _print(tables: Iterable[Any]) -> None:
    from equipoise.report import console

    target = console()
    for table in tables:
        target.print(table)
        target.print()


if __name__ == "__main__":
    main()

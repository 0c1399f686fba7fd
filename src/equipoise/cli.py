"""The command line: one thin command a job.

Exit status: 0 when the job is done, 2 for bad input, 1 for a failure of our own, 130 when interrupted before
anything was finished, 141 when the reader of a pipe went away. With `--json`, standard output holds one JSON
document and nothing else.
"""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from equipoise._version import __version__
from equipoise.cli_asking import ask
from equipoise.cli_grounds import base_rates, trace
from equipoise.cli_inference import fit, update, why
from equipoise.cli_scoring import cases, log, score
from equipoise.cli_shared import (
    BELIEFS,
    JSON,
    SCENARIO,
    SEED,
    STRATEGIES,
    STUDY,
    WITH,
    WORKERS,
    YARDSTICK,
    Group,
    changes,
    listed,
    loaded,
    numbers,
    pairs,
    progress_bar,
    say,
    say_analysis,
    study_folder,
)
from equipoise.cli_structure import balance, talks
from equipoise.cli_written import export, report
from equipoise.errors import InputError
from equipoise.jobs import job


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="equipoise")
@click.option("--debug", is_flag=True, help="Show the traceback of a failure of Equipoise's own.")
def main(debug: bool) -> None:
    """Whom to stay close to in a country where nobody knows who will win.

    SCENARIO is a file or the name of a bundled case; they are listed at the end.
    """


@main.command(short_help="A commented scenario to start from, or a workbook.")
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


@main.command("from-sheet", short_help="The scenario that a workbook describes.")
@click.argument("sheet", metavar="FILE.xlsx")
@click.option("--to", metavar="FILE.yaml", help="Where to write it; beside the workbook if not given.")
@click.option("--replace", is_flag=True, help="Replace a file that is there already.")
@JSON
def from_sheet(sheet: str, to: str | None, replace: bool, as_json: bool) -> None:
    """Write the scenario that a workbook describes as YAML, or say all that is wrong with it, cell by cell."""
    made = job("from_sheet")(sheet, to, replace=replace)
    say(made, as_json, lambda: click.echo(f"Wrote {made['wrote']}. Next: equipoise check {made['wrote']}"))


@main.command(short_help="All that is wrong with a scenario, or what it says.")
@SCENARIO
@click.option(
    "--resolved", is_flag=True, help="Print the scenario with every default written out; it is itself valid."
)
@YARDSTICK
@changes
@JSON
def check(scenario: str, resolved: bool, as_json: bool, **changed: Any) -> None:
    """Say all that is wrong with SCENARIO, or what it contains and takes as given."""
    file, of = loaded(scenario, **changed)
    if resolved:
        from equipoise.scenario import to_yaml

        plain = not (sys.stdout.encoding or "").lower().startswith("utf")
        click.echo(to_yaml(of, ascii_only=plain), nl=False)
        return
    found = job("check")(file)

    def show() -> None:
        from equipoise.reporting.terminal import print_check

        print_check(found, name=scenario)

    say(found, as_json, show)


main.add_command(cases)
main.add_command(fit)


@main.command(short_help="Play the futures, rank the strategies, write the report.")
@SCENARIO
@click.option("--futures", default=20_000, show_default=True, help="How many futures, at least.")
@SEED
@click.option("--chance", default=16, show_default=True, help="Chance streams in each state of the world.")
@STRATEGIES
@WITH
@BELIEFS
@click.option(
    "--option",
    "options",
    multiple=True,
    metavar="NAME=NUMBER",
    help="Option of the robustness metrics: alpha (hurwicz), threshold (starr), share (cvar5) or aversion.",
)
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
    from equipoise.reporting import print_blocks, print_run

    file, _ = loaded(scenario, set_=set_, widen=widen)
    chosen = {"strategies": listed(strategies), "with_": pairs(with_)}
    if future is not None:
        one = {key: asked[key] for key in ("seed", "chance", "beliefs")}
        course = job("replay")(file, future, **chosen, **one)
        say(course, as_json, lambda: print_blocks(course, title=f"Future {future}"))
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
        rest = f"Report: {study.folder.path / 'report.html'}" if drawn else "The report was not drawn."
    if not as_json:
        click.echo(f"\nStudy: {study.folder.path}   {rest}")


main.add_command(report)
main.add_command(export)


@main.command(short_help="Whether a study folder is still as it was written.")
@click.argument("study")
@JSON
def verify(study: str, as_json: bool) -> None:
    """Hold every file of STUDY to the hash it was written with; exit with 2 if any differs or is missing."""
    found = job("verify")(study)
    lines = found["faults"] or [f"Sound: {found['files']:,} files are as they were written."]
    say(found, as_json, lambda: click.echo("\n".join(lines)))
    if not found["sound"]:
        sys.exit(2)


main.add_command(trace)
main.add_command(base_rates)


@main.command(short_help="The best way of engaging, and the frontier around it.")
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


@main.command(short_help="What the rivals would answer: equilibria.")
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
    """Play every combination of the players' strategies in SCENARIO, and find what nobody would leave alone."""
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


@main.command(short_help="The best strategy under each holder's beliefs.")
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


main.add_command(ask)


@main.command(short_help="Two scenarios on the same draws: what moved, and why.")
@click.argument("first", metavar="SCENARIO|STUDY")
@click.argument("second", metavar="[SCENARIO|STUDY]", required=False)
@click.option(
    "--metric",
    default="best",
    show_default=True,
    help="Whose shares to print: best, gap, payoff.STRATEGY, falls.FORCE or orders.ORDER.",
)
@click.option("--futures", type=int, help="Futures of each; those of a study, or 4,096, if not given.")
@click.option("--seed", type=int, help="Of every random number; a study's, or 1, if not given.")
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
    one = job("open_study")(first) if os.path.isdir(first) else loaded(first)[0]
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


main.add_command(why)


@main.command(short_help="What drives the answer, where it tips, what to watch.")
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


main.add_command(update)
main.add_command(log)
main.add_command(score)
main.add_command(talks)
main.add_command(balance)


@main.command(short_help="The what-if page, on this machine.")
@click.argument("source", metavar="[SCENARIO|STUDY]", default="afghanistan-2021")
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Where to listen; any but this machine asks for a token.",
)
@click.option("--port", type=int, help="Port; 8421, or one that is free, if not given.")
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
@WORKERS
def serve(source: str, no_browser: bool, **asked: Any) -> None:
    """Open a page on which SCENARIO can be explored: move what you take to be so, and see why the answer moves."""
    serving = job("serve")(source, **asked)
    click.echo(f"Equipoise: {serving.url}   (Ctrl-C ends it)")
    sys.stdout.flush()
    if not no_browser:
        import webbrowser

        webbrowser.open(serving.url)
    serving.start()


@main.command(short_help="A language server for editors.")
def lsp() -> None:
    """Check, complete and explain scenarios in an editor, over the Language Server Protocol on standard input."""
    from equipoise.server.language_server import language_server

    language_server().start_io()


if __name__ == "__main__":
    main()

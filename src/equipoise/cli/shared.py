"""What the commands share: arguments and options, how a command ends, progress, and where text goes."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import click

from equipoise.errors import EquipoiseError, InputError, OutputError
from equipoise.futures.place import is_place
from equipoise.text import legible, printable

if TYPE_CHECKING:
    from equipoise.jobs.answer import Answer
    from equipoise.scenario import Scenario

CLOSED = 141
"""Exit status where the reader of standard output went away: that of a tool ended by SIGPIPE (128 + 13)."""
SCENARIO = click.argument("scenario")
JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of tables.")
SEED = click.option(
    "--seed", default=1, show_default=True, help="The same seed gives the same random numbers."
)
BELIEFS = click.option(
    "--beliefs", metavar="HOLDER", help="Take what this holder believes in place of the file's numbers."
)
WITH = click.option(
    "--with",
    "with_",
    multiple=True,
    metavar="PATRON=STRATEGY",
    help="What another patron does, one of its strategies; may be repeated.",
)
SET = click.option(
    "--set",
    "set_",
    multiple=True,
    metavar="PATH=NUMBER",
    help="Take another number at a path, such as [0.1, 0.3]; may be repeated.",
)
WIDEN = click.option(
    "--widen",
    metavar="SHARE",
    help="Let every number written without doubt be off by up to this share, such as 30%.",
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
    callback=lambda context, _, name: measure(context, name),
    help="Whose words for probabilities: American (ICD 203) or British (PHIA) analysts'.",
)  # fmt: skip
WORKERS = click.option("--workers", type=int, help="Threads; one for each processor if not given.")
CLUSTER = click.option(
    "--cluster", metavar="ADDRESS", help="Play on a Dask cluster, tcp://HOST:PORT, or on local:N processes."
)
DEVICE = click.option(
    "--device", type=click.Choice(["cpu", "gpu"]), default="cpu", show_default=True,
    help="What plays the futures; gpu is a graphics processor, through CUDA.",
)  # fmt: skip


class Group(click.Group):
    """A group that ends as DESIGN.md says, whatever a command raises."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run a command and end the process as it went."""
        legible(sys.stdout, sys.stderr)
        try:
            return super().main(*args, **kwargs | {"standalone_mode": False})
        except click.exceptions.Exit as stop:
            sys.exit(stop.exit_code)
        except click.ClickException as error:
            said = printable(error.message, lines=True)
            error.message = said  # type: ignore[misc]  # final to click, whose classes each show it their own way
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
            said = printable(str(error), lines=True)
            click.echo(f"Equipoise failed, and should not have: {type(error).__name__}: {said}", err=True)
            if "--debug" in sys.argv:
                raise
            sys.exit(1)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """End the help with the bundled cases, as they lie in the package."""
        from equipoise.cases import cases

        with formatter.section("Bundled cases"):
            formatter.write_text(", ".join(cases()))

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a reader that has seen enough (`| head`) ends it quietly, as it ends Unix tools."""
        if sys.stdout is None:
            raise InputError(
                "standard output is closed; send it to a file, or to /dev/null to see nothing of it"
            )
        try:
            found = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            _drop_output()
            sys.exit(CLOSED)
        except OSError as error:
            if error.filename is not None:  # of a file; what goes wrong in printing has no name
                raise
            _drop_output()
            raise OutputError(f"standard output cannot be written: {error.strerror or error}") from error
        return found

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Find the command; of one there is not, name the nearest."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            near = get_close_matches(args[0], self.commands, n=1)
            if near:
                raise click.UsageError(f"{error.message} Did you mean {near[0]!r}?", ctx) from None
            raise

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order in which a newcomer meets them."""
        return list(self.commands)


def _drop_output() -> None:
    """Send what is still to be printed nowhere, so that the end of the process does not try to print it again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def measure(context: click.Context, yardstick: str) -> None:
    """Say chances in a yardstick's words for as long as the command lasts."""
    if yardstick != "icd203":
        from equipoise.scenario import phrases

        context.with_resource(phrases.yardstick(yardstick))  # type: ignore[arg-type]


def say(document: Mapping[str, Any], as_json: bool, show: Callable[[], None]) -> None:
    """Print a result: as one JSON document, in characters that every encoding has, or as `show` does for people."""
    if as_json:
        click.echo(json.dumps(dict(document), allow_nan=False))
    else:
        show()


def say_analysis(name: str, found: Answer, scenario: Scenario | None, as_json: bool, **options: Any) -> None:
    """Print what an analysis found, as `say` does."""
    from equipoise.reporting import show
    from equipoise.reporting.analyses import ANALYSES

    document = found.to_dict()
    say(document, as_json, lambda: show(ANALYSES[name].blocks(document, scenario, **options)))


@contextmanager
def progress_bar(label: str) -> Iterator[Callable[[int, int], None] | None]:
    """Show a progress bar on a terminal, and nothing in a pipe."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(label), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, wanted: bar.update(task, completed=done, total=wanted)


def pairs(given: tuple[str, ...], option: str = "--with", form: str = "NAME=VALUE") -> dict[str, str]:
    """Return what was given as NAME=VALUE, by name; of what was given twice, the last."""
    out = {}
    for item in given:
        patron, sign, strategy = item.partition("=")
        if not (patron and sign and strategy):
            raise InputError(f"{option} takes {form}; given {item!r}")
        out[patron] = strategy
    return out


def numbers(given: tuple[str, ...], option: str = "--option") -> dict[str, float]:
    """Return what was given as NAME=NUMBER, by name."""
    out = {}
    for name, text in pairs(given, option).items():
        try:
            out[name] = float(text)
        except ValueError:
            raise InputError(f"{option} takes NAME=NUMBER; {text!r} is no number") from None
    return out


def shares(given: str) -> dict[str, float]:
    """Return shares of effort given as FORCE=SHARE,…, by force."""
    return numbers(tuple(listed(given) or []), "--does")


def listed(given: str | None) -> list[str] | None:
    """Return names separated by commas, or None where none were given."""
    return None if given is None else [name.strip() for name in given.split(",") if name.strip()]


def years(given: str | None, option: str) -> tuple[int, int] | None:
    """Return the first and last of a range of years, `3-9`, `10+` or `2`; None where none was given."""
    if given is None:
        return None
    first, sign, last = given.removesuffix("+").partition("-")
    try:
        low = int(first)
        return low, (99 if given.endswith("+") else int(last) if sign else low)
    except ValueError:
        raise InputError(f"{option} takes years such as 3-9, 10+ or 2; given {given!r}") from None


def changes(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that change its scenario's numbers; they are those of `loaded`."""
    return SET(WIDEN(command))


def loaded(
    source: str, *endings: str, set_: tuple[str, ...] = (), widen: str | None = None
) -> tuple[Any, Scenario | None]:
    """Return a source for a job, loaded and changed once, and its scenario; a file with one of the endings has none.

    Raises:
        InputError: numbers are to be changed in what is no scenario, or in no such way.
    """
    from equipoise.jobs.sources import ends, load

    if ends(source, *endings):
        if set_ or widen is not None:
            raise InputError(f"--set and --widen change the numbers of a scenario; {source} is none")
        return source, None
    file = load(source, pairs(set_, "--set", "PATH=NUMBER"), widen)
    return file, file.scenario


def study_folder(given: str) -> str:
    """Return a study's folder, or its address, as given.

    Raises:
        InputError: there is no such folder.
    """
    if not is_place(given):
        raise InputError(
            f"{given} is no folder: a study is what `equipoise run SCENARIO --out DIR` writes into DIR"
        )
    return given

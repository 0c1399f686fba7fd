"""The commands that go on answering: the what-if page and the language server."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import Any

import click

from equipoise.cli.shared import (
    WORKERS,
)
from equipoise.jobs import job


@click.command(short_help="The what-if page, on this machine.")
@click.argument("source", metavar="[SCENARIO|STUDY]", default="afghanistan-2021")
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Where to listen; any but this machine asks for a token.",
)
@click.option("--port", type=int, help="Port; 8421, or one that is free, if not given.")
@click.option(
    "--folder",
    metavar="DIR",
    help="Where jobs of the page and the API read observations and keep studies; none if not given.",
)
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
@WORKERS
def serve(source: str, no_browser: bool, **asked: Any) -> None:
    """Open a page on which SCENARIO can be explored: move what you take to be so, and see why the answer moves."""
    serving = job("serve")(source, **asked)
    with suppress(KeyboardInterrupt):
        if serving.note:
            click.echo(serving.note, err=True)
        click.echo(f"Equipoise: {serving.url}   (Ctrl-C ends it)")
        sys.stdout.flush()
        if not no_browser:
            import webbrowser

            webbrowser.open(serving.url)
        serving.start()


@click.command(short_help="A language server for editors.")
def lsp() -> None:
    """Check, complete and explain scenarios in an editor, over the Language Server Protocol on standard input."""
    from equipoise.server.language_server import language_server

    language_server().start_io()

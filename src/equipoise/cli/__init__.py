"""The command line: one thin command a job, in files by what they are for; `main` is what `equipoise` runs.

Exit status: 0 when the job is done, 2 for bad input, 1 for a failure of our own, 130 when interrupted before
anything was finished, 141 when the reader of a pipe went away. With `--json`, standard output holds one JSON
document and nothing else.
"""

from __future__ import annotations

import atexit
import gc

import click

from equipoise._version import __version__
from equipoise.cli.analysing import beliefs, explore, game, optimise
from equipoise.cli.asking import ask
from equipoise.cli.authoring import check, from_sheet, new
from equipoise.cli.grounds import base_rates, trace
from equipoise.cli.inference import fit, update, why
from equipoise.cli.playing import compare, run, sweep
from equipoise.cli.scoring import backtest, cases, log, score
from equipoise.cli.serving import lsp, serve
from equipoise.cli.shared import Group
from equipoise.cli.structure import balance, talks
from equipoise.cli.studies import export, report, verify


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="equipoise")
@click.option("--debug", is_flag=True, help="Show the traceback of a failure of Equipoise's own.")
def main(debug: bool) -> None:
    """Whom to stay close to in a country where nobody knows who will win.

    SCENARIO is a file or the name of a bundled case; they are listed at the end. STUDY is the folder that `run --out`
    writes. A FORCE is a contender in the country, a PATRON an outside power; the focus is the patron that is advised,
    and a STRATEGY one of the ways in which it may engage. A HOLDER is whoever believes some numbers to be others than
    the file says. PATH names a number of the file by its keys, such as forces.crown.momentum.

    To begin with: `equipoise run two-valleys`, then `equipoise new DIR` for a situation of your own.
    """


for command in (
    new, from_sheet, check, cases, fit, run, report, export, verify, trace, base_rates, optimise, game, beliefs, ask,
    compare, sweep, why, explore, update, log, score, backtest, talks, balance, serve, lsp,
):  # fmt: skip
    main.add_command(command)

# As a process ends, Python looks once more through all that is left of Numba and LLVM for cycles to free, which takes
# 0.3 s and frees nothing that the end of the process would not.
atexit.register(gc.freeze)

"""The command that asks experts: from a terminal, or by a workbook sent round."""

from __future__ import annotations

from typing import Any

import click

from equipoise.cli.shared import JSON, SCENARIO, SEED, WITH, changes, loaded, pairs, progress_bar, say
from equipoise.errors import InputError
from equipoise.jobs import job

FOUR = (
    "Lowest it could plausibly be",
    "Highest it could plausibly be",
    "Best guess",
    "How sure, 50 to 100 %",
)


@click.command(short_help="Ask experts only what the choice hangs on.")
@SCENARIO
@click.option("--holder", metavar="NAME", help="Ask here, and keep the answers under this name.")
@click.option("--sheet", metavar="FILE.xlsx", help="Write the questions as a workbook to send round.")
@click.option(
    "--from",
    "from_",
    multiple=True,
    metavar="FILE.xlsx",
    help="Take in a workbook that came back; may be repeated.",
)
@click.option("--to", metavar="FILE.yaml", help="Where to write the scenario; its own file if not given.")
@click.option("--numbers", default=8, show_default=True, help="How many to ask at most.")
@click.option(
    "--futures", default=8192, show_default=True, help="On which it is found what the choice hangs on."
)
@SEED
@WITH
@changes
@JSON
def ask(
    scenario: str,
    holder: str | None,
    from_: tuple[str, ...],
    to: str | None,
    with_: tuple[str, ...],
    set_: tuple[str, ...],
    widen: str | None,
    as_json: bool,
    **asked: Any,
) -> None:
    """Ask experts the numbers of SCENARIO that the choice hangs on; each becomes a holder under `beliefs`.

    Each number is asked as lowest, highest, best guess and how sure (the IDEA protocol). Without --holder, --sheet or
    --from the questions are shown.
    """
    if sum((holder is not None, bool(from_), asked["sheet"] is not None)) > 1:
        raise InputError(
            "--holder asks here, --sheet sends questions round, --from takes answers in: one of them"
        )
    file, _ = loaded(scenario, set_=set_, widen=widen)
    if from_:
        found = job("ask")(file, from_=from_, to=to)
    else:
        with progress_bar("futures") as progress:
            found = job("ask")(file, with_=pairs(with_), progress=progress, **asked)
        if holder is not None and found["questions"]:
            found = job("ask")(file, holder=holder, answers=_answers(found["questions"]), to=to)
    document = found.to_dict()
    say(document, as_json, lambda: click.echo("\n".join(_said(document))))


def _answers(questions: list[dict[str, Any]]) -> dict[str, tuple[float, float, float, float]]:
    """Ask on the terminal; an empty first answer leaves a number out. What is now in the file is not shown."""
    found = {}
    for n, question in enumerate(questions, start=1):
        unit = f" ({question['unit']})" if question["unit"] else ""
        click.echo(f"\n{n} of {len(questions)}: {question['asks']}{unit}", err=True)
        low = click.prompt(f"  {FOUR[0]} (Enter to leave it out)", default="", show_default=False, err=True)
        if not low.strip():
            continue
        rest = [click.prompt(f"  {text}", err=True) for text in FOUR[1:]]
        try:
            four = [float(str(text).strip().rstrip("%")) for text in (low, *rest)]
        except ValueError:
            raise InputError(f"{question['path']}: every answer is a number") from None
        found[question["path"]] = (four[0], four[1], four[2], four[3])
    if not found:
        raise InputError("nothing was answered; nothing was written")
    return found


def _said(found: dict[str, Any]) -> list[str]:
    if found["holders"]:
        names = ", ".join(found["holders"])
        return [f"Wrote {found['wrote']}: {names} under beliefs. Next: equipoise beliefs {found['wrote']}"]
    if not found["questions"]:
        return [
            "Nothing can be shown to move the choice: there is no number worth asking for. Nothing was written."
        ]
    from equipoise.scenario.phrases import counted, counted_over, percent

    lines = [f"{percent(row['weight']):>7}  {row['asks']}  [{row['path']}]" for row in found["questions"]]

    if found["wrote"]:
        asked = counted(len(lines), "question")
        return [f"Wrote {found['wrote']} with {asked}. Send it round, then: equipoise ask ... --from"]
    return [
        "What the choice hangs on, by the share of the lead's spread that goes with it:",
        *lines,
        counted_over(found["states"]),
        "Ask here with --holder NAME, or send a workbook round with --sheet FILE.xlsx.",
    ]

"""Start a scenario: a folder with a commented file that checks clean and can be played as it stands."""

from __future__ import annotations

import os
from importlib import resources
from pathlib import Path

from equipoise.errors import InputError, OutputError
from equipoise.files import said


def template() -> str:
    """Return the text of the commented scenario to start from."""
    return (resources.files("equipoise.scenario") / "template.yaml").read_text(encoding="utf-8")


def scaffold(folder: str | Path) -> Path:
    """Write a commented scenario into `folder` and return its path.

    Args:
        folder: made if it does not exist.

    Raises:
        InputError: there is a scenario already, or the folder cannot be made or written.
    """
    target = Path(folder) / "scenario.yaml"
    try:
        with said(target):
            Path(folder).mkdir(parents=True, exist_ok=True)
            # Created only if absent, in one step: nothing is ever overwritten, not even in a race.
            handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except OutputError as error:
        if not isinstance(error.__cause__, FileExistsError):
            raise
        what = target if target.exists() else folder
        raise InputError(f"{what} exists already; nothing was written. Name another folder") from None
    with said(target), os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(template())
    return target

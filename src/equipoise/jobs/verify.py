"""Verify: whether a study folder is still as it was written, file by file."""

from __future__ import annotations

from pathlib import Path

from equipoise.errors import StudyError
from equipoise.futures.folder import Folder
from equipoise.jobs.answer import Answer, headed


def verify(study: str | Path) -> Answer:
    """Hold every file of a study folder to the hash it was written with.

    Args:
        study: its folder, or its address.

    Returns:
        `sound`, whether every file that the study rests on is there and unchanged; `files`, how many are held to
        a hash; `faults`, a sentence for each file that is missing, has changed, or was not written by the study.

    Raises:
        StudyError: the folder holds no study, or its `study.json` is damaged, or `hashes.json` cannot be read.
    """
    folder = Folder(study)
    manifest = folder.manifest()
    if manifest is None:
        raise StudyError(f"{folder.path} holds no study: there is no study.json in it")
    faults = folder.faults()
    manifest = folder.json("study.json")  # held to its hash: what it says of itself is not believed before
    asked = headed("verify", **manifest["scenario"], focus=None, seed=manifest["seed"])
    return Answer(asked, {"sound": not faults, "files": len(folder.names()), "faults": faults})

"""The study folder: what was asked, the scenario as it was run, and whole batches or none.

Every file is written under another name and moved into place, so that a kill at any instant leaves no half of
one. A batch counts as written once its last table is there. Source: DESIGN.md *A study folder*.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from equipoise.errors import StudyError
from equipoise.futures.play import Batch, Plan
from equipoise.futures.tables import batch_of, input_table, outcome_table, weekly_table
from equipoise.world.player import Player

if TYPE_CHECKING:
    import pyarrow as pa

FORMAT = 2
TABLES = ("inputs", "weekly", "outcomes")
"""Tables of a batch in the order in which they are written: outcomes last."""


class Folder:
    """One study folder on disk.

    Args:
        path: created when first written to.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    def open(self, manifest: dict[str, Any], scenario_text: str) -> None:
        """Begin or take up a study.

        Raises:
            StudyError: the folder holds something else, or a study that was asked something else.
        """
        found = self.manifest() if self.path.exists() else None
        if found is None:
            self._must_be_free()
            self.write_json("study.json", manifest)
        else:
            self._must_match(found, manifest)
        if not (self.path / "scenario.yaml").is_file():
            self.write_text("scenario.yaml", scenario_text)

    def _must_be_free(self) -> None:
        """Refuse what is not ours; the manifest is written first, so only its unfinished copies may be there."""
        if self.path.exists() and not self.path.is_dir():
            raise StudyError(f"{self.path} is a file; name a folder for the study")
        if self.path.is_dir() and any(not _left_over(item) for item in self.path.iterdir()):
            raise StudyError(f"{self.path} is not empty and holds no study; name a new folder")

    def _must_match(self, found: dict[str, Any], manifest: dict[str, Any]) -> None:
        for key in sorted(set(found) | set(manifest)):
            if found.get(key) != manifest.get(key):
                raise StudyError(
                    f"{self.path} holds a study with {key} = {found.get(key)!r}, not {manifest.get(key)!r}; "
                    "name another folder, or ask the same as before to go on with it"
                )

    def manifest(self) -> dict[str, Any] | None:
        """Return what the study was asked, or None where there is no study yet."""
        file = self.path / "study.json"
        if not file.is_file():
            return None
        found = self._json(file)
        if found.get("format") != FORMAT:
            raise StudyError(
                f"{file} has format {found.get('format')!r}; this Equipoise reads format {FORMAT}"
            )
        return found

    def json(self, name: str) -> dict[str, Any]:
        """Return a JSON file of the study."""
        file = self.path / name
        if not file.is_file():
            raise StudyError(
                f"{self.path} has no {name}: it is no finished study; run it first with --out {self.path}"
            )
        return self._json(file)

    @staticmethod
    def _json(file: Path) -> dict[str, Any]:
        try:
            found = json.loads(file.read_text(encoding="utf-8"))
        except (ValueError, OSError) as error:
            raise StudyError(f"{file} cannot be read as JSON: {error}") from error
        if not isinstance(found, dict):
            raise StudyError(f"{file} is not what Equipoise writes")
        return found

    def write_json(self, name: str, data: dict[str, Any]) -> None:
        """Write a JSON file of the study, whole or not at all."""
        self.write_text(name, json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False) + "\n")

    def write_text(self, name: str, text: str) -> None:
        """Write a text file of the study, whole or not at all."""
        with _Atomic(self.path / name) as partial:
            partial.write_text(text, encoding="utf-8")

    def has(self, number: int) -> bool:
        """Return whether a batch is whole."""
        return all(self._part(table, number).is_file() for table in TABLES)

    def write(self, player: Player, batch: Batch) -> None:
        """Write a batch."""
        import pyarrow.parquet as pq

        made = {
            "inputs": input_table(batch),
            "weekly": weekly_table(player, batch),
            "outcomes": outcome_table(player, batch),
        }
        for table in TABLES:
            with _Atomic(self._part(table, batch.number)) as partial:
                pq.write_table(made[table], partial, compression="zstd", write_page_checksum=True)

    def read(self, player: Player, plan: Plan, number: int) -> Batch:
        """Return a batch that is whole.

        Raises:
            StudyError: its tables are damaged or not of this study.
        """
        tables = [self.table_part(name, number) for name in ("outcomes", "weekly")]
        try:
            return batch_of(player, plan, number, *tables)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise self._damaged(number, error) from error

    def table_part(self, table: str, number: int) -> pa.Table:
        """Return one table of a batch, its checksums verified.

        Raises:
            StudyError: it is damaged.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            return pq.ParquetFile(self._part(table, number), page_checksum_verification=True).read()
        except (OSError, pa.ArrowException) as error:
            raise self._damaged(number, error) from error

    def _damaged(self, number: int, error: Exception) -> StudyError:
        what = str(error).splitlines()[0] if str(error) else type(error).__name__
        return StudyError(
            f"batch {number} of {self.path} is damaged ({what}); remove the folder and run again"
        )

    def _part(self, table: str, number: int) -> Path:
        return self.path / table / f"part-{number:05d}.parquet"


def _left_over(item: Path) -> bool:
    """Return whether a file is a manifest that a kill left half written."""
    return item.name.startswith(".study.json.") and item.name.endswith(".partial")


class _Atomic:
    """Writes beside the file and moves it into place when all is written."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self.partial = target.with_name(f".{target.name}.{os.getpid()}.partial")

    def __enter__(self) -> Path:
        self.target.parent.mkdir(parents=True, exist_ok=True)
        return self.partial

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is not None:
            self.partial.unlink(missing_ok=True)
            return
        with self.partial.open("rb") as file:
            os.fsync(file.fileno())
        self.partial.replace(self.target)

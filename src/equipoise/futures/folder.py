"""The study folder: what was asked, the scenario as it was run, and whole batches or none.

`study.json` says what was asked and is written first. `hashes.json` holds the size and hash of every file that the
study rests on, each entered when its file is whole; those of a batch's tables stand in a small file of the batch's own
(`batches/part-00000.json`), so that entering one costs the same however many there are, and whoever played it, on
whichever machine, can enter it without asking anyone. What is not entered does not count as written, and what differs
from its entry is refused before it is read. Source: DESIGN.md *A study folder*.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from equipoise.errors import StudyError
from equipoise.futures.place import AGAIN, Place, place_of
from equipoise.futures.play import Batch, Plan, Pool
from equipoise.futures.tables import batch_of, input_table, outcome_table, parquet, weekly_table
from equipoise.world.player import Player

if TYPE_CHECKING:
    import pyarrow as pa

FORMAT = 7
TABLES = ("inputs", "weekly", "outcomes")
"""Tables of a batch."""
ENTERED = "batches"
"""Where the sizes and hashes of each batch's tables stand."""
MOST_BYTES = {"study.json": 1 << 20, "hashes.json": 1 << 24, ENTERED: 1 << 12}
"""Sizes of what no hash vouches for before it is read."""
Entries = dict[str, dict[str, Any]]
"""Size and hash of files by their names."""


class Folder:
    """One study folder, on disk or at an address.

    Args:
        path: or the address (`futures.place`); created when first written to.
    """

    def __init__(self, path: str | Path | Place) -> None:
        self.place = path if isinstance(path, Place) else place_of(path)

    @property
    def path(self) -> Path | str:
        """Its path, or its address as it may be shown."""
        return self.place.at()

    def open(
        self, manifest: dict[str, Any], scenario: Mapping[str, bytes], tables: Iterable[str] = TABLES
    ) -> None:
        """Begin or take up a study; what a killed run left half written is cleared away.

        Args:
            manifest: what was asked. scenario: its files by name (`ScenarioFile.files`). tables: that come in batches.

        Raises:
            StudyError: the folder holds something else, or a study that was asked something else.
            OutputError: the folder cannot be written to.
        """
        if not self.place.there():
            self.place.folder()
        wanted = {"study.json": _text(manifest).encode(), **scenario}
        # Of two who begin here at once one is first, and the other finds what it asked.
        with self.place.alone():
            found = self.manifest()
            if found is None:
                self.place.must_be_free()
            else:
                self._must_match(found, manifest)
            self.place.clear()
            for name, content in wanted.items():
                if not self._holds(name, content):
                    self.place.write(name, content)
            entries = {name: _entry(content) for name, content in wanted.items()}
            self._list(self._entries("hashes.json") | entries)
        for table in tables:
            self.place.folder(table)
            self.place.folder(ENTERED)

    def _holds(self, name: str, wanted: bytes) -> bool:
        """Return whether a file is as it is to be written; a damaged one is written again."""
        try:
            return self.place.read(name, len(wanted)) == wanted
        except StudyError:  # that it is too long, or cannot be read
            return False

    def _must_match(self, found: dict[str, Any], manifest: dict[str, Any]) -> None:
        for key in sorted(set(found) | set(manifest)):
            if found.get(key) != manifest.get(key):
                raise StudyError(
                    f"{self.path} holds a study with {key} = {_short(found.get(key))}, not "
                    f"{_short(manifest.get(key))}; name another folder, or ask the same as before to go on with it"
                )

    def manifest(self) -> dict[str, Any] | None:
        """Return what the study was asked, or None where there is no study yet."""
        found = self._plain("study.json")
        if found is not None and found.get("format") != FORMAT:
            raise StudyError(
                f"{self.place.at('study.json')} has format {_short(found.get('format'))}; this Equipoise reads format "
                f"{FORMAT}"
            )
        return found

    def _plain(self, name: str) -> dict[str, Any] | None:
        """Return a file that no hash vouches for, or None where it is missing."""
        content = self.place.read(name, MOST_BYTES.get(name, MOST_BYTES[ENTERED]))
        return None if content is None else self._parsed(name, content)

    def _parsed(self, name: str, content: bytes) -> dict[str, Any]:
        try:
            found = json.loads(content)
        except (ValueError, RecursionError) as error:
            what = str(error).splitlines()[0]
            raise StudyError(f"{self.place.at(name)} cannot be read as JSON ({what}); {AGAIN}") from error
        if not isinstance(found, dict):
            raise StudyError(f"{self.place.at(name)} is not what Equipoise writes; {AGAIN}")
        return found

    def json(self, name: str) -> dict[str, Any]:
        """Return a JSON file of the study, as it was written."""
        return self._parsed(name, self.content(name))

    def content(self, name: str) -> bytes:
        """Return the bytes of a file of the study.

        Raises:
            StudyError: the study is not finished, or the file is missing or not as it was written.
        """
        try:
            return self._content(name)
        except StudyError:
            with self.place.alone():  # another may just be writing it and entering it
                return self._content(name)

    def _content(self, name: str) -> bytes:
        entry = self._entries(_entered_in(name)).get(name)
        if entry is None:
            raise StudyError(
                f"{self.path} has no {name}: it is no finished study; run it first with --out {self.path}"
            )
        content = self.place.read(name, entry["bytes"])
        if content is None:
            raise self.place.damaged(name, "it is missing")
        if _entry(content) != entry:
            raise self.place.damaged(name, "it has changed since it was written")
        return content

    def faults(self) -> list[str]:
        """Return what is wrong with a finished study, a sentence for each file; nothing if it is sound.

        Every file is read and held to its hash; what is there besides the study's files and its report is named,
        but for the partial copies of whoever is writing or was killed.
        """
        if not self._faults():
            return []
        with self.place.alone():  # another may just be writing a file and entering it
            return self._faults()

    def _faults(self) -> list[str]:
        tables = {_part(table, number) for table in TABLES for number in range(len(self._batches()))}
        of_update = (self.manifest() or {}).get("job") == "update"
        result = "update.json" if of_update else "summary.json"
        wanted = tables | {"study.json", "scenario.yaml", result} | set(self.names())
        found = []
        for name in sorted(wanted):
            try:
                self._content(name)
            except StudyError as error:
                found.append(str(error))
        known = wanted | {"hashes.json", "report.html", "brief.html"} | set(self._batches())
        more = sorted(set(self.place.names()) - known)
        return found + [f"{self.place.at(name)} {_unentered(name)}" for name in more]

    def names(self, folder: str = "") -> list[str]:
        """Return the files of the study, or those that lie in a folder inside it, sorted."""
        found = set(self._entries("hashes.json"))
        if folder in ("", *TABLES):
            found = found.union(*map(self._entries, self._batches()))
        return sorted(name for name in found if not folder or name.startswith(f"{folder}/"))

    def _batches(self) -> list[str]:
        """Return the files in which batches are entered, in order."""
        return sorted(name for name in self.place.names(ENTERED) if name.endswith(".json"))

    def _entries(self, place: str) -> Entries:
        """Return size and hash of each file that is entered in a place, by its name."""
        found = self._plain(place) or {}
        for entry in found.values():
            right = isinstance(entry, dict) and set(entry) == {"bytes", "sha256"}
            if not (
                right
                and type(entry["bytes"]) is int
                and entry["bytes"] >= 0
                and isinstance(entry["sha256"], str)
            ):
                raise StudyError(f"{self.place.at(place)} is not what Equipoise writes; {AGAIN}")
        return found

    def _put(self, name: str, content: bytes | memoryview) -> None:
        """Write a file that is no table of a batch, whole or not at all, and enter it.

        Where it was entered with another content that entry goes first: killed at any instant, no file stands beside
        the hash of another content, which would be taken for damage; it is not entered, and so not yet written.
        """
        entry = _entry(content)
        self.place.folder(name.rpartition("/")[0])
        with self.place.alone():
            hashes = self._entries("hashes.json")
            if hashes.get(name, entry) != entry:
                del hashes[name]
                self._list(hashes)
            self.place.write(name, content)
            self._list(hashes | {name: entry})

    def _list(self, hashes: Entries) -> None:
        self.place.write("hashes.json", _text(dict(sorted(hashes.items()))).encode())

    def write_json(self, name: str, data: dict[str, Any]) -> None:
        """Write a JSON file of the study, whole or not at all."""
        self.write_text(name, _text(data))

    def write_table(self, name: str, table: pa.Table) -> None:
        """Write a table that is no part of a batch, whole or not at all."""
        self._put(name, parquet(table))

    def write_text(self, name: str, text: str) -> None:
        """Write a text file of the study, whole or not at all."""
        self._put(name, text.encode("utf-8"))

    def has(self, number: int) -> bool:
        """Return whether a batch is whole."""
        entered = self._entries(_entered_in(_part(TABLES[0], number)))
        return bool(entered) and all(
            (part := _part(table, number)) in entered and self.place.size(part) is not None
            for table in TABLES
        )

    def write(self, player: Player, batch: Batch) -> None:
        """Write a batch, and enter it when its tables are whole."""
        made = {
            "inputs": input_table(batch),
            "weekly": weekly_table(player, batch),
            "outcomes": outcome_table(player, batch),
        }
        entries: Entries = {}
        for table in TABLES:
            name, content = _part(table, batch.number), parquet(made[table])
            self.place.write(name, content)
            entries[name] = _entry(content)
        self.place.write(_entered_in(_part(TABLES[0], batch.number)), _text(entries).encode())

    def batches(self, pool: Pool, plan: Plan, numbers: Iterable[int]) -> Iterator[Batch]:
        """Give batches of a plan in order: read back where they are whole, else played and written.

        Raises:
            StudyError: a table of one is not as it was written.
            OutputError: one cannot be written.
        """
        numbers = list(numbers)
        missing = [number for number in numbers if not self.has(number)]
        with closing(pool.batches(plan, missing)) as played:
            for number in numbers:
                if number not in missing:
                    yield self.read(pool.player, plan, number)
                    continue
                batch = next(played)
                self.write(pool.player, batch)
                yield batch

    def read(self, player: Player, plan: Plan, number: int) -> Batch:
        """Return a batch that is whole.

        Raises:
            StudyError: a table of it is not as it was written, or of a run of another length.
        """
        outcomes, weekly = (self.table_part(name, number) for name in ("outcomes", "weekly"))
        _, states = plan.batch(number)
        wanted = len(player.world.profiles) * states * plan.chance
        if outcomes.num_rows != wanted:
            what = (
                f"it holds {outcomes.num_rows:,} futures under all strategies where {wanted:,} were asked for"
            )
            raise self.place.damaged(_part("outcomes", number), what)
        return batch_of(player, plan, number, outcomes, weekly)

    def table_part(self, table: str, number: int, columns: Sequence[str] | None = None) -> pa.Table:
        """Return one table of a batch, or some of its columns in the order named.

        It is read on this thread alone: one of Arrow's own that still lets go of our bytes while the process ends
        aborts it (apache/arrow#34314).

        Raises:
            StudyError: it is missing, or not as it was written.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        content = pa.BufferReader(self.content(_part(table, number)))
        read = pq.ParquetFile(content).read(columns=columns, use_threads=False)
        return read if columns is None else read.select(columns)

    def columns(self, table: str) -> list[str]:
        """Return the columns of a table, as its first batch has them."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        return pq.read_schema(pa.BufferReader(self.content(_part(table, 0)))).names


def _part(table: str, number: int) -> str:
    return f"{table}/part-{number:05d}.parquet"


def _entered_in(name: str) -> str:
    """Return the file in which a file of the study is entered."""
    table, _, part = name.partition("/")
    return f"{ENTERED}/{Path(part).stem}.json" if table in TABLES else "hashes.json"


def _entry(content: bytes | memoryview) -> dict[str, Any]:
    return {"bytes": len(content), "sha256": sha256(content).hexdigest()}


def _unentered(name: str) -> str:
    """Say what is wrong with a file that no hash stands for."""
    if name.partition("/")[0] in (*TABLES, ENTERED, "analyses", "figures"):
        return (
            "is not entered as written: its writer was cut off, or it is not this study's; ask for it again"
        )
    return "was not written by this study"


def _text(data: dict[str, Any]) -> str:
    return json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:200]}…"

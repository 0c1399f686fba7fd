"""Where a study lies: a folder of this machine, or an address of a store that fsspec knows, such as `s3://bucket/study`.

Both write a file whole or not at all. A folder does it by moving what was written beside its place (`files`), and keeps
those who change `hashes.json` from each other by a lock. A store of objects moves nothing, but puts an object whole or
not at all; it has no lock that outlives a killed writer, so one command at a time writes to a study there. Its workers
may be many: what they write, batches, has entries of its own. Another kind of server (SFTP, say) moves like a folder;
one that can do neither is refused.

A path stays as it is and needs no fsspec; `file://` is a path. Source: fsspec, *API reference*, `AbstractFileSystem`.
"""

from __future__ import annotations

import os
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cached_property, partial
from pathlib import Path
from secrets import token_hex
from threading import Lock
from typing import Any, TypeGuard
from urllib.parse import unquote, urlsplit

from equipoise import files
from equipoise.errors import EquipoiseError, InputError, OutputError, StudyError

AGAIN = "remove the folder and run again"
PUTS_WHOLE = {"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "memory"}
"""Kinds of store that show an object when all of it has come, in place of the one before."""
_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^?]*)")
_TURN = Lock()


def is_address(given: object) -> TypeGuard[str]:
    """Return whether a study that was named lies at an address, and not in a folder by its path."""
    return isinstance(given, str) and "://" in given and not given.startswith("file://")


def is_place(given: object) -> TypeGuard[str | Path]:
    """Return whether what was given names a place where a study may lie: an address, or a folder that is there."""
    return isinstance(given, str | Path) and ("://" in str(given) or os.path.isdir(given))


def place_of(given: str | Path) -> Place:
    """Return the place of a study.

    Args:
        given: a path of this machine, or `KIND://PLACE`.

    Raises:
        InputError: it is no address, of no known kind, or of one that needs a package that is missing.
    """
    if is_address(given):
        store = Store(given)
        store.system()
        return store
    if isinstance(given, str) and "://" in given:
        from urllib.request import url2pathname

        parts = urlsplit(given)
        if parts.netloc not in ("", "localhost"):
            raise InputError(
                "a file:// that names a host is on another machine; of this one it is file:///FOLDER"
            )
        return Here(Path(url2pathname(parts.path)))
    return Here(Path(given))


def file_at(given: str | Path) -> tuple[Place, str]:
    """Return the place of a file that is no part of a study, and its name there; raises what `place_of` does."""
    if isinstance(given, str) and "://" in given:
        place, _, name = given.rpartition("/")
        return place_of(place), name
    return Here(Path(given).parent), Path(given).name


class Place(ABC):
    """Where the files of a study lie, each by a name such as `outcomes/part-00000.parquet`."""

    @abstractmethod
    def at(self, name: str = "") -> Path | str:
        """Return the path of a file, or its address without secrets; of the place itself without a name."""

    @abstractmethod
    def there(self) -> bool:
        """Return whether there may be a study; raises an OutputError where there never can be one."""

    @abstractmethod
    def must_be_free(self) -> None:
        """Refuse a place that holds files, other than unfinished ones, with a StudyError."""

    @abstractmethod
    def folder(self, name: str = "") -> None:
        """Make the place, or a folder inside it, where it is missing and folders are made."""

    @abstractmethod
    def clear(self) -> None:
        """Clear away what killed writers left half written, where that can be told from what is being written."""

    @abstractmethod
    def size(self, name: str) -> int | None:
        """Return the bytes of a file, or None where there is none."""

    @abstractmethod
    def read(self, name: str, most: int) -> bytes | None:
        """Return the content of a file, or None where it is missing.

        Raises:
            StudyError: it cannot be read, or has more than `most` bytes.
        """

    @abstractmethod
    def write(self, name: str, content: bytes | memoryview) -> None:
        """Write a file, whole or not at all.

        Raises:
            OutputError: it cannot be written, or its folder is not there.
        """

    @abstractmethod
    def writer(self, name: str) -> Callable[[str], object]:
        """Return what writes a text that the study does not rest on; refused at once where it cannot be written."""

    @abstractmethod
    def names(self, folder: str = "") -> list[str]:
        """Return all files, or those inside a folder; not what is half written."""

    @abstractmethod
    def alone(self) -> AbstractContextManager[object]:
        """Keep others that ask the same waiting: as far as the place can, above."""

    @abstractmethod
    def absolute(self) -> Place:
        """Return the place as another process finds it, whichever folder that is in."""

    def damaged(self, name: str, what: str) -> StudyError:
        """Return the refusal of a file that is not as it was written."""
        return StudyError(f"{self.at(name)} is damaged: {what}; {AGAIN}")

    def _within(self, name: str, size: int, most: int) -> None:
        if size > most:
            raise self.damaged(name, f"it has {size:,} bytes where {most:,} were written at most")


class Here(Place):
    """A folder of this machine, or one that is mounted like one."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def at(self, name: str = "") -> Path:
        """Return the path of a file."""
        return self.path / name

    def there(self) -> bool:
        """Return whether there is anything at the path."""
        with files.said(self.path):
            return self.path.exists()

    def must_be_free(self) -> None:
        """Refuse a file, and a folder that is not empty."""
        with files.said(self.path):
            if self.path.exists() and not self.path.is_dir():
                raise StudyError(f"{self.path} is a file; name a folder for the study")
            if self.path.is_dir() and any(item.suffix != files.ENDING for item in self.path.iterdir()):
                raise StudyError(f"{self.path} is not empty and holds no study; name a new folder")

    def folder(self, name: str = "") -> None:
        """Make the folder, or one inside it."""
        files.folder(self.path / name)

    def clear(self) -> None:
        """Clear away what nobody holds a lock on."""
        files.clear_partial(self.path)

    def size(self, name: str) -> int | None:
        """Return the bytes of a file, or None where there is none."""
        file = self.path / name
        return file.stat().st_size if file.is_file() else None

    def read(self, name: str, most: int) -> bytes | None:
        """Return the content of a file, held to its size once it is open."""
        try:
            with (self.path / name).open("rb") as file:
                self._within(name, os.fstat(file.fileno()).st_size, most)
                return file.read()
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise StudyError(f"{self.path / name} cannot be read: {error}") from error

    def write(self, name: str, content: bytes | memoryview) -> None:
        """Write a file beside its place and move it there."""
        with files.writing(self.path / name) as file:
            file.write(content)

    def writer(self, name: str) -> Callable[[str], object]:
        """Return what writes a text, to where a link of that name leads."""
        return partial(files.write_text, files.writable(self.path / name))

    def names(self, folder: str = "") -> list[str]:
        """Return all files, or those inside a folder."""
        found = (item for item in (self.path / folder).rglob("*") if item.suffix != files.ENDING)
        return [item.relative_to(self.path).as_posix() for item in found if item.is_file()]

    def alone(self) -> AbstractContextManager[object]:
        """Keep other threads and processes waiting; where there is no folder, there is nobody."""
        return files.alone(self.path) if os.path.isdir(self.path) else nullcontext()

    def absolute(self) -> Here:
        """Return it by its whole path."""
        return Here(self.path.resolve())


class Store(Place):
    """A place in a store, by its address; who may write there is said by the environment of each machine.

    What a store says of a request that failed is of any class, its own or its network library's: all become what
    `Place` raises, with the address and the reason, and without the user and password an address may hold.
    """

    def __init__(self, address: str) -> None:
        found = _ADDRESS.fullmatch(address)
        user, at, rest = found[2].rpartition("@") if found else ("", "", "")
        if found is None or not rest.strip("/"):
            raise InputError(
                "an address of a study is KIND://PLACE, such as s3://bucket/study, without a question mark"
            )
        self._address, self.kind = address, found[1].lower()
        password = user.partition(":")[2]
        self._secrets = {f"{user}{at}", f"{unquote(user)}{at}", password, unquote(password)} - {""}
        self.shown = f"{self.kind}://{rest.rstrip('/')}"

    def __reduce__(self) -> tuple[type[Store], tuple[str]]:
        """Travel as the address alone: another machine has its own credentials, or none, and says so."""
        return Store, (self._address,)

    @cached_property
    def _found(self) -> tuple[Any, str]:
        """The file system as fsspec has it, and the path in it."""
        try:
            import fsspec
        except ImportError:
            raise InputError(
                "an address needs the package `fsspec`: pip install 'equipoise[remote]'"
            ) from None
        try:
            with self._asked("", "opened", OutputError):
                system, path = fsspec.url_to_fs(self._address)
        except OutputError as error:
            known = self.kind in fsspec.available_protocols()
            raise error if known else InputError(f"no kind of store is called {self.kind}://") from None
        if self.kind not in PUTS_WHOLE and type(system).mv is fsspec.AbstractFileSystem.mv:
            raise InputError(
                f"{self.kind}:// cannot hold a study: it neither writes a file whole or not at all nor moves one; "
                "name a folder, or a store such as s3:// or gs://"
            )
        return system, path.rstrip("/")

    def system(self) -> Any:
        """Return the file system, which forgets what it remembers of others' files: they may have changed."""
        system, _ = self._found
        system.invalidate_cache()
        return system

    def _path(self, name: str) -> str:
        return f"{self._found[1]}/{name}" if name else self._found[1]

    @contextmanager
    def _asked(self, name: str, done: str, refusal: type[InputError]) -> Iterator[None]:
        """Turn whatever a store raises into a refusal that says what could not be done, and why."""
        try:
            yield
        except EquipoiseError:
            raise
        except Exception as error:
            why = " ".join(str(error).split()) or type(error).__name__
            for secret in sorted(self._secrets, key=len, reverse=True):
                why = why.replace(secret, "…")
            said = refusal(f"{self.at(name)} cannot be {done}: {why}")
            raise said from (None if self._secrets else error)

    def at(self, name: str = "") -> str:
        """Return the address of a file, without user and password."""
        return f"{self.shown}/{name}" if name else self.shown

    def there(self) -> bool:
        """Return that there may be: only asking for a file tells."""
        return True

    def must_be_free(self) -> None:
        """Refuse a place that holds anything."""
        with self._asked("", "written", OutputError):
            if self.names():
                raise StudyError(f"{self.shown} is not empty and holds no study; name a new place")

    def folder(self, name: str = "") -> None:
        """Do nothing: an object's name makes its folders."""

    def clear(self) -> None:
        """Do nothing: what is half written is not seen, or is somebody's."""

    def size(self, name: str) -> int | None:
        """Return the bytes of a file, or None where there is none."""
        with self._asked(name, "read", StudyError):
            try:
                found = self.system().info(self._path(name))
            except FileNotFoundError:
                return None
            return int(found["size"]) if found["type"] == "file" else None

    def read(self, name: str, most: int) -> bytes | None:
        """Return the content of a file, whose size is asked first."""
        size = self.size(name)
        if size is None:
            return None
        self._within(name, size, most)
        with self._asked(name, "read", StudyError):
            return self.system().cat_file(self._path(name))

    def write(self, name: str, content: bytes | memoryview) -> None:
        """Put a file whole; where a store cannot, write it under another name and move it."""
        with self._asked(name, "written", OutputError):
            system, target = self.system(), self._path(name)
            if self.kind in PUTS_WHOLE:
                system.pipe_file(target, bytes(content))
                return
            system.makedirs(target.rpartition("/")[0], exist_ok=True)
            partial_ = f"{target}.{token_hex(8)}{files.ENDING}"
            system.pipe_file(partial_, bytes(content))
            system.mv(partial_, target)

    def writer(self, name: str) -> Callable[[str], object]:
        """Return what writes a text."""
        return lambda text: self.write(name, text.encode("utf-8"))

    def names(self, folder: str = "") -> list[str]:
        """Return all files, or those inside a folder."""
        with self._asked(folder, "read", StudyError):
            try:
                found = self.system().find(self._path(folder))
            except FileNotFoundError:
                return []
        start = self._path("") + "/"
        inside = [path.removeprefix(start) for path in found if path.startswith(start)]
        return [name for name in inside if name and not name.endswith(("/", files.ENDING))]

    def alone(self) -> AbstractContextManager[object]:
        """Keep other threads of this process waiting, and no other process."""
        return _TURN

    def absolute(self) -> Store:
        """Return itself: an address is the same everywhere."""
        return self

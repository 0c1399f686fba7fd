"""The reader of files that stand beside a scenario: what was seen since, what came of it.

They name the scenario's events, talks, forces, regions and patrons, and have sources and claims of their own. Like a
scenario they are checked whole: every problem at once, with line, column and the nearest name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar

from equipoise.errors import Problem, ScenarioError
from equipoise.files import write_text
from equipoise.scenario.inspection import Inspection, quoted
from equipoise.scenario.loading import bytes_of, find, text_of
from equipoise.scenario.mistaken import document_of
from equipoise.scenario.model import Scenario
from equipoise.scenario.publishing import schema_text
from equipoise.scenario.reading import Node, ReadingError
from equipoise.scenario.reading import Path as Steps
from equipoise.scenario.scaffold import with_editors_line, write_new
from equipoise.scenario.shape import Kinds, shaped
from equipoise.scenario.strict_part import Part
from equipoise.scenario.value_types import kind_of

P = TypeVar("P", bound=Part)


class Naming(Protocol):
    """A kind of entry: `names` says of which of its keys the value names what ("event", "force", ...)."""

    @property
    def names(self) -> Mapping[str, str]:
        """Return what its values name, by key."""


Entry = tuple[Steps, Node, Naming]
"""An entry of the file whose kind can be told: its path, its node, its kind."""


class Beside(NamedTuple):
    """A kind of file beside a scenario.

    Attributes:
        file: its name in the folder of a bundled case. what: a word for what it holds ("observations").
        example: its first keys, for the message about a file that is something else.
        root: the class of what it holds. section: where its entries stand. among: a list, or a mapping of them by name.
        kinds: of these entries, as `shaped` has it.
    """

    file: str
    what: str
    example: str
    root: type[Part]
    section: str
    among: type[list[Any]] | type[dict[str, Any]]
    kinds: Kinds


def loaded(
    raw: bytes, scenario: Scenario, kind: Beside, check: Callable[[Inspection, Any], None], *, file: str
) -> tuple[Any, str]:
    """Return what a file holds, checked against its scenario, and its text, lines ended by line feeds.

    Args:
        raw: the bytes of the file. check: notes what is wrong beyond shape and names. file: what messages call it.

    Raises:
        ScenarioError: it has problems; all of them are listed.
    """
    try:
        text, document = document_of(raw, kind.what, example=kind.example)
    except ReadingError as error:
        raise ScenarioError(file, [error.problem]) from None
    inspection = Inspection(document)
    _check_names(inspection, scenario, _entries(inspection, kind))
    _check_sources(inspection, scenario)
    found = shaped(inspection, kind.root, {kind.section: kind.kinds})
    if found is not None:
        check(inspection, found)
    problems = [*document.problems, *inspection.problems]
    if found is None or problems:
        nothing = Problem(1, 1, "", "too much of this file is broken to say more")
        raise ScenarioError(file, problems or [nothing])
    return found, text


def given(source: str | Path | Mapping[str, Any], kind: Beside) -> tuple[bytes, str, Path | None]:
    """Return the bytes of a file given by path, by the name of a bundled case, or as plain data; what messages call
    it; and its path."""
    if isinstance(source, Mapping):
        return text_of(source).encode(), "<mapping>", None
    path = find(source, kind.file, kind.what)
    return bytes_of(path, name=kind.file, what=kind.what), str(path), path


def start(folder: str | Path, kind: Beside, text: str, schema: Mapping[str, Any]) -> Path:
    """Write a file of a kind into a folder, the editor's line at its top and its schema beside it; return its path.

    Raises:
        InputError: there is one already. OutputError: the folder cannot be made or written.
    """
    beside = f"{kind.what}.schema.json"
    path = write_new(Path(folder) / kind.file, with_editors_line(text, beside).encode())
    write_text(path.with_name(beside), schema_text(schema))
    return path


def _entries(inspection: Inspection, kind: Beside) -> Iterator[Entry]:
    """Yield the entries of the file whose kind can be told."""
    node = inspection.document.node((kind.section,))
    if node is None or not isinstance(node.value, kind.among):
        return
    for at, item in node.value.items() if isinstance(node.value, dict) else enumerate(node.value):
        key = kind_of(item.value, kind.kinds[1])
        if key is not None:
            yield (kind.section, at), item, kind.kinds[1][key]


def _check_names(inspection: Inspection, scenario: Scenario, entries: Iterable[Entry]) -> None:
    """Note every name that names nothing, on the file itself, so that a fault elsewhere hides none."""
    known = {
        "event": list(scenario.events),
        "talk": list(scenario.talks),
        "event or talk": [*scenario.events, *scenario.talks],
        "agreement": list(scenario.agreements),
        "force": list(scenario.forces),
        "region": list(scenario.regions),
        "patron": list(scenario.patrons),
    }
    claims = [*scenario.claims, *inspection.document.entries("claims")]
    for path, item, kind in entries:
        for key, what in kind.names.items():
            article = "an" if what[0] in "aeiou" else "a"
            node = item.value.get(key)
            _check(inspection, (*path, key), node, known[what], f"{article} {what} of the scenario")
        listed = item.value.get("claims")
        for k, node in enumerate(
            listed.value if listed is not None and isinstance(listed.value, list) else ()
        ):
            _check(inspection, (*path, "claims", k), node, claims, "a claim of this file or of the scenario")


def _check_sources(inspection: Inspection, scenario: Scenario) -> None:
    """Note every claim of the file whose source there is not."""
    sources = [*scenario.sources, *inspection.document.entries("sources")]
    for name, claim in inspection.document.entries("claims").items():
        if isinstance(claim.value, dict):
            node = claim.value.get("source")
            _check(
                inspection,
                ("claims", name, "source"),
                node,
                sources,
                "a source of this file or of the scenario",
            )


def _check(inspection: Inspection, path: Steps, node: Node | None, names: list[str], what: str) -> None:
    if node is not None and isinstance(node.value, str) and node.value not in names:
        inspection.add(path, f"{quoted(node.value)} is not {what}", inspection.nearest(node.value, names))

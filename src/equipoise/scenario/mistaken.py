"""A file of one kind given where another is wanted: what it looks like, and which command takes it.

Scenarios, observations and outcomes are all YAML with `equipoise` and `title` at their head, so one is soon taken for
another; without this each key of the file would be said to be unknown, one by one.
"""

from __future__ import annotations

from equipoise.errors import Problem
from equipoise.scenario.reading import Document, ReadingError, decode, read

SECTIONS: dict[str, tuple[str, type]] = {
    "observations": ("observations", list),
    "outcomes": ("questions", dict),
}
"""The section of a file beside a scenario that holds its entries, and what they stand in there."""
OF_A_SCENARIO = ("forces", "patrons", "regions", "strategies", "calendar", "focus")
"""Sections every scenario has; a file with two of them is meant to be one."""
TAKES = {
    "scenario": "`equipoise check SCENARIO` and `equipoise run SCENARIO` take a scenario",
    "observations": "`equipoise update STUDY OBSERVATIONS` takes observations",
    "outcomes": "`equipoise score STUDY OUTCOMES` takes outcomes",
    "workbook": (
        "`equipoise from-sheet FILE.xlsx` takes a scenario in a workbook, `equipoise ask SCENARIO --from FILE.xlsx` an "
        "expert's answers"
    ),
}
"""The commands that take each kind of file."""
ARTICLES = {"scenario": "a scenario", "workbook": "a workbook"}
PACKED = b"PK\x03\x04"
"""The first bytes of a workbook, which is a packed file."""


def document_of(raw: bytes, wanted: str, *, example: str) -> tuple[str, Document]:
    """Return the text of a file and its nodes.

    Args:
        raw: its bytes.
        wanted: "scenario", "observations" or "outcomes".
        example: the first keys of one, for the message about a file that is something else.

    Raises:
        ReadingError: it is no such text, or it is a file of another kind.
    """
    if raw.startswith(PACKED):
        raise ReadingError(_mistaken("workbook", "it is a packed file", wanted, (1, 1)))
    text = decode(raw)
    what = ARTICLES.get(wanted, f"an {wanted} file")
    document = read(text, what=what, example=example)
    if (found := look(document)) is not None and found[0] != wanted:
        raise ReadingError(_mistaken(found[0], f"it has `{found[1]}`", wanted, document.root.keys[found[1]]))
    return text, document


def look(document: Document) -> tuple[str, str] | None:
    """Return which kind of file a document looks like and the key that says so; None where none can be told."""
    keys = document.root.value
    own = [key for key in OF_A_SCENARIO if key in keys]
    if len(own) > 1:
        return "scenario", own[0]
    for kind, (section, among) in SECTIONS.items():
        if section in keys and isinstance(keys[section].value, among):
            return kind, section
    return None


def kind_of(raw: bytes) -> str:
    """Return which kind of file some bytes look like ("scenario", "observations"); nothing where none can be told."""
    try:
        found = look(read(decode(raw)))
    except ReadingError:
        return ""
    return "" if found is None else found[0]


def not_a_workbook(raw: bytes) -> str:
    """Return what a file that is no workbook looks like, and which command takes it; nothing where none can be told."""
    kind = kind_of(raw)
    return f"it looks like {_named(kind)}; {TAKES[kind]}" if kind else ""


def _mistaken(kind: str, why: str, wanted: str, place: tuple[int, int]) -> Problem:
    needed = f"{_named(wanted)} {'is' if wanted in ARTICLES else 'are'} needed"
    return Problem(*place, "", f"this looks like {_named(kind)} ({why}); {needed} here", TAKES[kind])


def _named(kind: str) -> str:
    return ARTICLES.get(kind, kind)

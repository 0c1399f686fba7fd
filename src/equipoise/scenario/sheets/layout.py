"""Which sheets a workbook has and where in the file their cells belong.

A sheet has a row of headers and below it a row for each thing. Its first columns say which thing the row is
about; every other header is a path below that thing, so that a cell has a path in the file. Rows and headers
that begin with `#` are remarks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from equipoise.scenario.outline import leaves
from equipoise.scenario.reading import Path

REMARK = "#"
READ_ME = "Read me"


@dataclass(frozen=True)
class Sheet:
    """One sheet.

    Attributes:
        title: what its tab says.
        keys: headers of the columns that say what a row is about.
        base: path of a row; `{force}` is the cell in that column, `{header}` the header of a cell (then every
            column stands for a name), `#` the next item of a list.
        about: what it holds, in a line.
        known: by key (or `header`), the sections that must hold its names.
        renamed: headers that are not themselves paths, by header.
        but, whole: keys that have no column here, and keys that are not opened into columns of their own.
        spread: a key whose names each get a column, and the section they come from.
        pair: the key that holds the row's keys as a list.
    """

    title: str
    keys: tuple[str, ...]
    base: str
    about: str
    known: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    renamed: Mapping[str, str] = field(default_factory=dict)
    but: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()
    spread: tuple[str, str] | None = None
    pair: str = ""

    @property
    def matrix(self) -> bool:
        """Whether its headers are names."""
        return "{header}" in self.base

    def columns(self) -> list[str]:
        """Return its headers besides the keys, in order; of a matrix there are none."""
        if self.matrix:
            return []
        if self.renamed:
            return list(self.renamed)
        found = [
            ".".join(map(str, steps)) for steps in leaves(self.pattern(), but=self.but, whole=self.whole)
        ]
        grounds = [name for name in ("claims", "because") if name in found]
        return [name for name in found if name not in grounds] + grounds

    def pattern(self, header: str = "") -> Path:
        """Return the path of a cell of this sheet with `x` for every name, to ask what may stand there."""
        base = self.base.replace("{of}", "events.x.effects")
        steps = ["0" if step == "#" else "x" if step.startswith("{") else step for step in base.split(".")]
        below = "" if self.matrix else self.renamed.get(header, header)
        return (*steps, *("x" if step.startswith("{") else step for step in below.split(".") if step))


TABLES = ("sources", "claims", "quantities", "regions", "forces", "patrons", "ties", "events", "agreements",
          "talks", "beliefs", "strategies")  # fmt: skip
"""Sections that have sheets of their own; everything else of the file stands on the first."""

QUESTION = Sheet("Question", ("key",), "{key}", "what is asked, the calendar, and what holds for the whole country",
                 renamed={"value": ""})  # fmt: skip
CONTROL = Sheet("Control", ("region",), "forces.{header}.control.{region}",
                "a row a region, a column a force: how much of it each holds at the start, relative to the others",
                known={"region": ("regions",), "header": ("forces",)})  # fmt: skip
STANDING = Sheet("Standing", ("patron",), "patrons.{patron}.standing.{header}",
                 "a row a patron, a column a force: their relationship at the start, 0 to 1",
                 known={"patron": ("patrons",), "header": ("forces",)})  # fmt: skip
EFFECTS = Sheet("Effects", ("of",), "{of}.#", "what an event, a deal or a breach does, one effect a row, in order",
                known={"of": ("events", "talks", "agreements")}, renamed={"effect": ""})  # fmt: skip
SHEETS: tuple[Sheet, ...] = (
    QUESTION,
    Sheet("Regions", ("region",), "regions.{region}", "the parts of the country, a row each"),
    Sheet("Forces", ("force",), "forces.{force}", "the local contenders, a row each", but=("control",)),
    CONTROL,
    Sheet("Patrons", ("patron",), "patrons.{patron}", "the outside powers and what they want, a row each",
          but=("standing", "backing")),
    STANDING,
    Sheet("Backing", ("patron", "force"), "patrons.{patron}.backing.{force}",
          "material support at the start, 0 to 1 a channel", known={"patron": ("patrons",)}),
    Sheet("Ties", ("actor", "other"), "ties.#", "who is whose rival (-1) or friend (1), a row a pair",
          but=("between",), pair="between"),
    Sheet("Events", ("event",), "events.{event}", "what may happen, a row each; what it does stands on Effects",
          but=("effects",)),
    EFFECTS,
    Sheet("Strategies", ("patron", "strategy"), "strategies.{patron}.{strategy}",
          "ways of engaging to compare, a row each: relative effort for each force", but=("engage",),
          whole=("then",), spread=("engage", "forces")),
    Sheet("Sources", ("source",), "sources.{source}", "what you read, a row each"),
    Sheet("Claims", ("claim",), "claims.{claim}", "what the sources say in your words, a row each"),
    Sheet("Quantities", ("quantity",), "quantities.{quantity}", "numbers that several cells share as `is: name`",
          renamed={"number": ""}),
    Sheet("Beliefs", ("holder", "path"), "beliefs.{holder}.{path}", "what others believe some numbers to be",
          renamed={"number": ""}),
    Sheet("Agreements", ("agreement",), "agreements.{agreement}", "what was signed, a row each",
          but=("terms", "breach")),
    Sheet("Terms", ("agreement",), "agreements.{agreement}.terms.#", "what is owed by when, a row each",
          known={"agreement": ("agreements",)}),
    Sheet("Talks", ("talk",), "talks.{talk}", "negotiations, a row each", but=("effects", "issues")),
    Sheet("Issues", ("talk", "issue"), "talks.{talk}.issues.{issue}", "what is on the table, a row each",
          known={"talk": ("talks",)}, but=("positions", "salience", "reservation")),
    Sheet("Positions", ("talk", "issue", "actor"), "talks.{talk}.issues.{issue}",
          "what each actor wants on an issue, how much it cares, how far it would go", known={"talk": ("talks",)},
          renamed={"position": "positions.{actor}", "salience": "salience.{actor}",
                   "reservation": "reservation.{actor}"}),
)  # fmt: skip
BY_TITLE = {sheet.title: sheet for sheet in SHEETS}


def question_keys() -> list[str]:
    """Return the keys of the first sheet: every value of the file that has no sheet of its own."""
    return [".".join(map(str, steps)) for steps in leaves((), but=TABLES)]

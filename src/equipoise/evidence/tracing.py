"""Which number stands on which claim, which stand on nothing, and which claims nothing stands on.

A number carries its own grounds, or those of the nearest part around it that is about that number (a
fall, a tie, an event, a talk, an issue, an agreement, an effect). The grounds of a whole force, patron or
region say why it is in the scenario; they are not the grounds of its numbers. A number that was set over
the file's own (`set`) stands on what it says itself alone: nobody claimed it of the part. A claim with a `holder` is
what somebody believes: what stands on such claims alone stands on a belief, not on a fact.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

from equipoise.scenario import Number, Scenario
from equipoise.scenario.display_names import Names
from equipoise.scenario.model import Claim, Force, Grounded, Part, Patron, Region, Strategy
from equipoise.scenario.outlook import Judgement
from equipoise.scenario.places import below
from equipoise.scenario.wording import judgement

Basis = Literal["claim", "belief", "reason", "nothing"]
BASES: tuple[Basis, ...] = ("claim", "belief", "reason", "nothing")
"""What a number or part stands on: a claim, only claims that somebody believes, a reason, or nothing."""

_NOT_INHERITED = (Force, Patron, Region)


@dataclass(frozen=True)
class Ground:
    """One claim something stands on, with where it was read.

    Attributes:
        claim, says: the claim's name and its words.
        source, title, at: the source's name and title, and the place in it.
        holder: who believes it, or None where the source states it.
    """

    claim: str
    says: str
    source: str
    title: str | None
    at: str | None
    type: str | None
    confidence: str | None
    holder: str | None


@dataclass(frozen=True)
class Row:
    """A number or part of the scenario and what it stands on.

    Attributes:
        path: its place.
        value: a number as the file writes it, or what a part is.
        written: False for a default that the file does not state.
        through: path of the part whose grounds these are, or None where they are its own.
        basis: see `BASES`.
    """

    path: str
    value: str
    written: bool
    uncertain: bool
    basis: Basis
    grounds: tuple[Ground, ...]
    because: str | None
    through: str | None


@dataclass(frozen=True)
class _Inherited:
    """Grounds handed down from the part around."""

    claims: tuple[str, ...] = ()
    because: str | None = None
    path: str | None = None


def trace(scenario: Scenario, *, written: Collection[str] | None = None) -> dict[str, Any]:
    """Return what every number and part of a scenario stands on.

    Args:
        scenario: resolved.
        written: paths of the numbers the file itself states (`ScenarioFile.written`); the others are
            defaults. Without it every number counts as written.

    Returns:
        `places` (a row for each number), `parts` (a row for each force, event, tie and so on that may
        carry claims), `claims` (each with how much stands on it, whether it is a belief, and whether it is
        used), `unused` (names of claims nothing stands on), and `counts` of the written numbers by basis.
        Rows have the keys of `Row`.
    """
    rows = list(_numbers(scenario, scenario, "", _Inherited(), written))
    rows += _believed(scenario)
    parts = list(_parts(scenario, scenario, ""))
    claims = _claims(scenario, rows, parts)
    stated = [row for row in rows if row.written]
    return {
        "places": _plain(rows),
        "parts": _plain(parts),
        "claims": claims,
        "unused": [claim["claim"] for claim in claims if not claim["used"]],
        "counts": {
            "written": len(stated),
            "default": len(rows) - len(stated),
            **{basis: sum(row.basis == basis for row in stated) for basis in BASES},
        },
    }


def _plain(rows: list[Row]) -> list[dict[str, Any]]:
    return [
        {**asdict(row), "grounds": [asdict(ground) for ground in row.grounds]}
        for row in sorted(rows, key=lambda row: row.path)
    ]


def _numbers(
    scenario: Scenario, item: Any, path: str, inherited: _Inherited, written: Collection[str] | None
) -> Iterator[Row]:
    """Yield a row for every number below `item`, handing grounds down."""
    if isinstance(item, Number):
        yield _row(scenario, item, path, inherited, written is None or path in written)
    elif not isinstance(item, Strategy | Claim):
        grounded = isinstance(item, Grounded) and not isinstance(item, _NOT_INHERITED)
        if grounded and (item.claims or item.because):
            inherited = _Inherited(item.claims, item.because, path)
        for key, value in below(item):
            yield from _numbers(scenario, value, f"{path}.{key}" if path else key, inherited, written)


def _row(scenario: Scenario, number: Number, path: str, inherited: _Inherited, written: bool) -> Row:
    own = (
        number.claims or number.because or path in scenario.set_
    )  # what is set is not what the part around claims
    grounds = _Inherited(number.claims, number.because) if own or not written else inherited
    return Row(
        path=path,
        value=number.text,
        written=written,
        uncertain=not number.fixed,
        basis=_basis(scenario, grounds.claims, grounds.because),
        grounds=_grounds(scenario, grounds.claims),
        because=grounds.because,
        through=grounds.path,
    )


def _believed(scenario: Scenario) -> list[Row]:
    return [
        _row(scenario, number, f"beliefs.{holder}.{path}", _Inherited(), True)
        for holder, overlay in scenario.beliefs.items()
        for path, number in overlay.items()
    ]


def _parts(scenario: Scenario, item: Any, path: str) -> Iterator[Row]:
    """Yield a row for every part that may carry claims; strategies state theirs too."""
    if isinstance(item, Number | Claim):
        return
    if isinstance(item, Grounded | Strategy):
        basis = _basis(scenario, item.claims, item.because)
        grounds = _grounds(scenario, item.claims)
        said = judgement(Names.of(scenario), item) if isinstance(item, Judgement) else _said(item)
        yield Row(path, said, True, False, basis, grounds, item.because, None)
    for key, value in below(item):
        yield from _parts(scenario, value, f"{path}.{key}" if path else key)


def _said(part: Part) -> str:
    """Return what a part is, in the file's words."""
    for field in ("what", "name", "does"):
        if getattr(part, field, None):
            return str(getattr(part, field))
    return type(part).__name__.lower()


def _basis(scenario: Scenario, claims: tuple[str, ...], because: str | None) -> Basis:
    holders = [scenario.claims[name].holder for name in claims]
    if any(holder is None for holder in holders):
        return "claim"
    if holders:
        return "belief"
    return "reason" if because else "nothing"


def _grounds(scenario: Scenario, claims: tuple[str, ...]) -> tuple[Ground, ...]:
    return tuple(_ground(scenario, name) for name in claims)


def _ground(scenario: Scenario, name: str) -> Ground:
    claim = scenario.claims[name]
    return Ground(
        claim=name,
        says=claim.says,
        source=claim.source,
        title=scenario.sources[claim.source].title,
        at=claim.at,
        type=claim.type,
        confidence=claim.confidence,
        holder=claim.holder,
    )


def _claims(scenario: Scenario, rows: list[Row], parts: list[Row]) -> list[dict[str, Any]]:
    """Return every claim with the paths that stand on it."""
    standing: dict[str, list[str]] = {name: [] for name in scenario.claims}
    for row in (*parts, *rows):
        if row.through is None:
            for ground in row.grounds:
                standing[ground.claim].append(row.path)
    return [
        {
            **asdict(_ground(scenario, name)),
            "belief": scenario.claims[name].holder is not None,
            "used": bool(paths),
            "carries": sorted(paths),
        }
        for name, paths in sorted(standing.items())
    ]

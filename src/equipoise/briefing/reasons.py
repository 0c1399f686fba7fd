"""Why a patron does what it does, as far as two pages have room for it: chosen from the answer of `why`.

Source: MODEL.md §5c.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from equipoise.records import Record


@dataclass(frozen=True)
class Reasons(Record):
    """What speaks for what a patron was seen to do.

    Attributes:
        patron: who. way: what it does, by name. against: the best it could do instead, by name; None where it is best.
        beliefs: whose beliefs `forgone` is by; None for the analyst's.
        kind: of the reason that is nearest (`inference.why.Reason`); None where nothing within reach makes it best.
        holder, rule: of that reason. moved, sds: the goals or beliefs that would be others, by name, and how far in
            standard deviations.
        forgone, forgone_own: what it gives up in the mean, as a share of what lies between the best and the worst way;
            by those beliefs, and by the patron's own, None where it holds none. 0 where it is best.
        accounts: how many were weighed. account: the likeliest; before, after: its probability before and after.
        times: how many times likelier the acts are under the account that expects them most than under the one that
            expects them least; None where the latter rules them out.
        holder_likely: on whose beliefs it is likeliest to act, None for the analyst's; holder_before, holder_after: the
            probability of that before and after; None where nobody but the analyst holds beliefs.
        looseness: the λ all these are at.
    """

    patron: str
    way: str
    against: str | None
    beliefs: str | None
    kind: str | None
    holder: str | None
    rule: str | None
    moved: tuple[str, ...]
    sds: float | None
    forgone: float
    forgone_own: float | None
    accounts: int
    account: str
    before: float
    after: float
    times: float | None
    holder_likely: str | None
    holder_before: float | None
    holder_after: float | None
    looseness: float


def reasons(found: Mapping[str, Any]) -> Reasons:
    """Return what the brief says of why, from the document of `why`."""
    by_holder = {one["holder"]: one for one in found["under"]}
    here, own = by_holder[found["beliefs"]], by_holder.get(found["patron"])
    best = max(here["worth"], key=lambda way: here["worth"][way])
    nearest = next((one for one in found["reasons"] if one["within_reach"]), None)
    said = found["likely"]
    at = said["looseness"].index(said["at"])
    first, held = said["hypotheses"][0], max(found["held"], key=lambda one: one["posterior"][at])
    several = len(found["held"]) > 1
    chances = [h["chance"][at] for h in said["hypotheses"]]
    kind, holder, rule = (nearest and nearest[key] for key in ("kind", "holder", "rule"))
    return Reasons(
        found["patron"], _named(found, found["done"]), _named(found, best) if forgone(here) > 0 else None,
        found["beliefs"],
        kind, holder, rule,
        tuple(found["words"]["places"].get(path, path) for path in (nearest or {}).get("paths", ())),
        nearest["sds"] if nearest else None,
        forgone(here), None if own is None else forgone(own),
        len(said["hypotheses"]), first["title"], first["prior"], first["posterior"][at],
        max(chances) / min(chances) if min(chances) > 0 else None,
        held["holder"], held["prior"] if several else None, held["posterior"][at] if several else None, said["at"],
    )  # fmt: skip


def forgone(under: Mapping[str, Any]) -> float:
    """Return what is given up against the best, as a share of what lies between the best and the worst way."""
    worth = under["worth"].values()
    apart = max(worth) - min(worth)
    return max(0.0, under["price"]["mean"]) / apart if apart > 0 else 0.0


def _named(found: Mapping[str, Any], way: str) -> str:
    return found["words"]["ways"].get(way, way)

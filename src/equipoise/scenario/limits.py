"""How much one scenario may hold. The limits keep checking and playing a file quick, whoever wrote it."""

from __future__ import annotations

from equipoise.scenario.inspection import Inspection, walk
from equipoise.scenario.rules import Table

MOST: dict[str, int] = {
    "forces": 32,
    "regions": 64,
    "patrons": 64,
    "ties": 2048,
    "sources": 500,
    "claims": 2000,
    "quantities": 500,
    "events": 512,
    "agreements": 128,
    "talks": 64,
    "beliefs": 64,
    "pools": 16,
    "seed-questions": 100,
    "outlook": 256,
    "hypotheses": 64,
    "strategies.*": 64,
    "dynamics.seasons": 12,
    "events.*.when": 16,
    "events.*.effects": 64,
    "talks.*.effects": 64,
    "talks.*.issues": 32,
    "agreements.*.breach": 64,
    "agreements.*.terms": 64,
}
MOST_CELLS = 16_384
"""Most forces times regions times patrons: what a world holds for each state."""

_MOST = Table(MOST)


def check_limits(inspection: Inspection) -> bool:
    """Note what is larger than a scenario may be; return True where everything is within the limits."""
    before = len(inspection.problems)
    sizes: dict[str, int] = {}
    for path, node in walk(inspection.document.root):
        most = _MOST.get(path)
        if most is None or not isinstance(node.value, dict | list):
            continue
        if len(path) == 1:
            sizes[str(path[0])] = len(node.value)
        if len(node.value) > most:
            message = f"{len(node.value):,} entries stand here; at most {most} are allowed"
            inspection.add(path, message, at_key=True)
    if len(inspection.problems) == before:
        _check_product(inspection, sizes)
    return len(inspection.problems) == before


def _check_product(inspection: Inspection, sizes: dict[str, int]) -> None:
    forces, regions, patrons = (sizes.get(key, 0) for key in ("forces", "regions", "patrons"))
    if forces * regions * patrons > MOST_CELLS:
        message = (
            f"{forces} forces x {regions} regions x {patrons} patrons; at most {MOST_CELLS:,} are allowed"
        )
        inspection.add(("forces",), message, "merge regions, forces or patrons", at_key=True)

"""The weights of eq. 6: which a patron has, in the order of the weight axis. Source: MODEL.md §2 step 9."""

from __future__ import annotations

WEIGHTS = ("influence", "violence", "exposure", "cost", "backing-cost.troops", "backing-cost.money",
           "order.holds", "order.settlement", "order.chaos")  # fmt: skip
"""The weights every patron has; those by force, patron and region follow (`weight_names`)."""


def weight_names(
    forces: tuple[str, ...], regions: tuple[str, ...], patrons: tuple[str, ...]
) -> tuple[str, ...]:
    """Return the names of a patron's weights in the order of the weight axis."""
    return (
        *WEIGHTS,
        *(f"order.takeover.{j}" for j in forces),
        *(f"power.{j}" for j in forces),
        *(f"rivals.{k}" for k in patrons),
        *(f"control.{j}.{g}" for g in regions for j in forces),
    )

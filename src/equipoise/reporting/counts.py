"""Shares said as counts of futures: a minister compares counts more easily than decimals.

Source: Gigerenzer 2002, *Reckoning with Risk*.
"""

from __future__ import annotations

from equipoise.scenario.phrases import DASH

SELDOM, MOSTLY = 0.05, 0.95
"""Below and above these, of a hundred futures is said, not of ten."""


def of_futures(share: float | None, noun: str = "futures", *, fine: bool = False) -> str:
    """Return a share as a count: `8 of 10 futures`, `1 of 100 futures`, `no futures`.

    Args:
        share: 0 to 1.
        noun: of what; empty to leave it out.
        fine: of a hundred in any case.
    """
    if share is None:
        return DASH
    behind = f" {noun}" if noun else ""
    if share <= 0:
        return f"no{behind}" if noun else "none"
    if share >= 1:
        return f"all{behind}"
    if SELDOM <= share <= MOSTLY and not fine:
        return f"{_half_up(10 * share)} of 10{behind}"
    hundred = _half_up(100 * share)
    if hundred in (0, 100):
        return f"{'fewer than 1' if hundred == 0 else 'more than 99'} of 100{behind}"
    return f"{hundred} of 100{behind}"


def of_both(one: float | None, other: float | None, noun: str = "futures") -> tuple[str, str]:
    """Return two shares that are to be compared: both of ten, or both of a hundred where ten cannot tell them apart."""
    said = {of_futures(share, "") for share in (one, other)}
    fine = len(said) == 1 or any("of 100" in count for count in said)
    return of_futures(one, noun, fine=fine), of_futures(other, "", fine=fine)


def _half_up(value: float) -> int:
    """Return the nearest whole number, a half upwards: 0.5 of 10 is 1 of 10."""
    return int(value + 0.5)

"""The terms of a policy, one entry each: what a strategy or its `then` may say of how a patron engages (eq. 1).

What a patron may follow stands in `world/policies.py` under the same key. Source: MODEL.md §3 *Strategies*.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import create_model

from equipoise.scenario.number import Finite, Name
from equipoise.scenario.phrases import counted, listed, percent, significant
from equipoise.scenario.strict_part import Part
from equipoise.scenario.value_types import Channel, Relative, Share, Weeks

Says = Callable[[Any, Any, Callable[[str], str]], str]
"""From the term's value, the whole policy and how a force is called in a sentence: what it says; nothing if nothing."""


def _silent(value: Any, policy: Any, force: Callable[[str], str]) -> str:
    return ""


@dataclass(frozen=True)
class Entry:
    """A term of a policy.

    Attributes:
        value: its type. default: what holds if it is not given.
        keys: what the keys of its mapping name.
        zero: what stands for a force that is not named, where every force is written out; None: it is left out.
        says: its part of the sentence that says the policy; `engage` begins it.
        among: how many forces must be engaged for it to mean anything.
        tried: between which values a search varies it, and how finely; None: it does not.
    """

    value: Any
    default: Any
    says: Says = _silent
    keys: tuple[str, ...] = ()
    zero: float | None = None
    among: int = 0
    tried: tuple[float, float, float] | None = None


def _engaged(engage: Mapping[str, float], policy: Any, force: Callable[[str], str]) -> str:
    total = math.fsum(engage.values())
    shares = {key: value / total for key, value in engage.items() if value > 0}
    if not shares:
        return "Engages nobody"
    if len(shares) == 1:
        return f"Engages {force(next(iter(shares)))} alone"
    order = sorted(shares, key=lambda key: (-shares[key], key))
    if max(shares.values()) - min(shares.values()) < 1e-9:
        alike = "" if policy.follow_power or policy.follow_standing else " alike"
        return f"Engages {listed([force(key) for key in shares])}{alike}"
    return "Engages " + listed([f"{force(key)} ({percent(shares[key])})" for key in order])


def _following(what: str) -> Says:
    def says(exponent: float, policy: Any, force: Callable[[str], str]) -> str:
        if exponent == 0:
            return ""
        side = "more to those with" if exponent > 0 else "less to those with"
        return f", {side} more {what} (exponent {significant(exponent)})"

    return says


def _spread(floor: float, policy: Any, force: Callable[[str], str]) -> str:
    return f"; {percent(floor)} of the effort is spread evenly, whatever happens" if floor else ""


def _backed(back: Mapping[str, Mapping[str, float]], policy: Any, force: Callable[[str], str]) -> str:
    backed = [
        f"{force(name)} with {channel} at {significant(level)}"
        for name, channels in sorted(back.items())
        for channel, level in channels.items()
    ]
    return f"; backs {listed(backed)}, built up over {counted(policy.back_over, 'week')}" if backed else ""


TERMS: dict[str, Entry] = {
    "engage": Entry(dict[Name, Relative], {}, _engaged, keys=("force",), zero=0.0),
    "follow-power": Entry(Finite, 0.0, _following("power"), among=2, tried=(-1.0, 3.0, 0.1)),
    "follow-standing": Entry(Finite, 0.0, _following("standing"), among=2, tried=(-1.0, 3.0, 0.1)),
    "floor": Entry(Share, 0.0, _spread, among=1, tried=(0.0, 0.5, 0.01)),
    "back": Entry(dict[Name, dict[Channel, Share]], {}, _backed, keys=("force",)),
    "back-over": Entry(Weeks, 4),
}
"""Every term by its key, in the order in which a policy is said."""

if TYPE_CHECKING:

    class Policy(Part):
        """What the model made below is to a checker, which cannot follow fields made of a table."""

        engage: dict[str, float] = {}  # noqa: RUF012
        follow_power: float = 0.0
        follow_standing: float = 0.0
        floor: float = 0.0
        back: dict[str, dict[str, float]] = {}  # noqa: RUF012
        back_over: int = 4

else:
    Policy = create_model(
        "Policy",
        __base__=Part,
        __doc__="A way of engaging (eq. 1): relative base weights, what they follow, and what it backs.",
        __module__=__name__,
        **{key.replace("-", "_"): (term.value, term.default) for key, term in TERMS.items()},
    )


def terms_of(policy: Any) -> dict[str, Any]:
    """Return what a policy gives for each term, by its key."""
    return {key: getattr(policy, key.replace("-", "_")) for key in TERMS}


def resolved(policy: Any, forces: tuple[str, ...]) -> Any:
    """Return a policy with every force written out where a term means 0 by leaving one out."""
    update = {
        key.replace("-", "_"): {force: value.get(force, TERMS[key].zero) for force in forces}
        for key, value in terms_of(policy).items()
        if TERMS[key].zero is not None
    }
    return policy.model_copy(update=update)


def said(policy: Any, force: Callable[[str], str]) -> str:
    """Return a policy as a sentence.

    Args:
        force: how a force is called inside a sentence.
    """
    engaged = sum(weight > 0 for weight in policy.engage.values())
    parts = [
        TERMS[key].says(value, policy, force)
        for key, value in terms_of(policy).items()
        if engaged >= TERMS[key].among
    ]
    return "".join(parts) + "."

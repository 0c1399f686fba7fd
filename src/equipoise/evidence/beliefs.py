"""Whose beliefs: lay one holder's numbers over the analyst's, and show where they differ.

The file's numbers are the analyst's. A belief is never merged into them: it makes another scenario, which
is asked separately. Source: MODEL.md §4.
"""

from __future__ import annotations

import difflib

from equipoise.errors import InputError
from equipoise.evidence.pools import pooled, weights_of
from equipoise.scenario import Scenario, with_numbers


def under_beliefs(scenario: Scenario, holder: str | None) -> Scenario:
    """Return the situation as `holder` believes it to be; None gives the analyst's own.

    Args:
        scenario: resolved.
        holder: a name under `beliefs`, or of a pool of holders under `pools`.

    Raises:
        InputError: nobody of that name holds beliefs in the scenario.
    """
    if holder is None:
        return scenario
    if holder in scenario.pools:
        return pooled(scenario, holder)
    if holder not in scenario.beliefs:
        raise InputError(f"`{holder}` holds no beliefs in this scenario{_hint(holder, scenario)}")
    return with_numbers(scenario, scenario.beliefs[holder])


def _hint(holder: str, scenario: Scenario) -> str:
    if not scenario.beliefs:
        return "; it has no `beliefs`"
    near = difflib.get_close_matches(holder, [*scenario.beliefs, *scenario.pools], n=1, cutoff=0.5)
    if near:
        return f"; did you mean `{near[0]}`?"
    pools = f"; the pools are: {', '.join(sorted(scenario.pools))}" if scenario.pools else ""
    return f"; the holders are: {', '.join(sorted(scenario.beliefs))}{pools}"


def believed_paths(scenario: Scenario, holder: str | None) -> set[str]:
    """Return the paths on which a holder, or anybody of a pool, has a number of its own."""
    pool = scenario.pools.get(holder or "")
    if pool is None:
        return set(scenario.beliefs.get(holder or "", {}))
    return {path for name in weights_of(scenario, holder or "") for path in scenario.beliefs[name]}

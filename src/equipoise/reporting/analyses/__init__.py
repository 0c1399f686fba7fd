"""The further analyses: one file for each, named after its job, with its tables, its figures and its section.

Each file has `blocks(found, scenario)`, what the terminal shows of the job's document, and, where studies keep it,
`section(context)`, what the report shows of it. The scenario gives the names; it is None where the job's source was
none, and actors then go by their keys. Where rows can be limited, `top` says to how many. To add an analysis,
write its file and enter it here, in the order in which the report shows them.
"""

from __future__ import annotations

from types import ModuleType

from equipoise.reporting.analyses import (
    backtest,
    balance,
    base_rates,
    beliefs,
    compare,
    difference,
    explore,
    fit,
    game,
    optimise,
    score,
    sweep,
    talks,
    update,
    why,
)

ANALYSES: dict[str, ModuleType] = {
    "backtest": backtest,
    "balance": balance,
    "base_rates": base_rates,
    "beliefs": beliefs,
    "compare": compare,
    "difference": difference,
    "explore": explore,
    "fit": fit,
    "game": game,
    "optimise": optimise,
    "sweep": sweep,
    "talks": talks,
    "update": update,
    "score": score,
    "why": why,
}
"""How each analysis is shown, by the name of its job; what `trace` finds stands among what the result rests on."""

__all__ = ["ANALYSES"]

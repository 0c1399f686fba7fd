"""A section for any further analysis: everything its JSON says, in tables and lists."""

from __future__ import annotations

from equipoise.reporting.blocks import Section
from equipoise.reporting.context import Context
from equipoise.reporting.nested import blocks_of, spelled

TITLES = {
    "balance": (
        "Balance of the ties",
        "Which ties strain each other, and the structural price of each hedge.",
    ),
    "explore": ("What the answer hangs on", "What drives the result, where it tips, what to find out first."),
    "game": (
        "What the rivals would do",
        "The empirical game: who would choose what, given what the others choose.",
    ),
    "optimise": ("The best way of engaging", "The search beyond the strategies that were written down."),
    "score": ("Forecasts against what happened", "How the forecasts fared, beside base rates."),
    "talks": ("Other bargaining models", "Where the talks land under each model."),
}


def analysis(context: Context, name: str) -> Section:
    """Show one further analysis in full."""
    title, lead = TITLES.get(name, (spelled(name), ""))
    return Section(f"analysis-{name}", title, lead, tuple(blocks_of(context.analyses[name])))

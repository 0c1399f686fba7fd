"""All bargaining models by name: a line here for each family.

A model's own file states its equations, solves it and declares its properties (`model.py`).
"""

from __future__ import annotations

import difflib

from equipoise.bargaining import challenge, cooperative, exchange, ktab, means, pce
from equipoise.bargaining.model import Model
from equipoise.errors import InputError

_FAMILIES = (
    means,
    challenge,
    pce,
    ktab,
    cooperative,
    exchange,
)
MODELS: dict[str, Model] = {model.name: model for family in _FAMILIES for model in family.MODELS}
"""Every bargaining model by name."""


def model_named(name: str) -> Model:
    """Return the model of that name.

    Raises:
        InputError: no such model; names the nearest and lists all.
    """
    if name in MODELS:
        return MODELS[name]
    near = difflib.get_close_matches(name, MODELS, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise InputError(f"no bargaining model is called {name!r}{hint} The models are: {', '.join(MODELS)}")


def models_asked(names: str | list[str] | tuple[str, ...]) -> list[Model]:
    """Return the models asked for: a name, several, or `"all"`."""
    if names == "all":
        return list(MODELS.values())
    return [model_named(name) for name in ([names] if isinstance(names, str) else names)]

"""One compiled function out of many: the entries of a table, told apart by their place in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from equipoise.world.kernel.compiling import inlined


def chosen(functions: Sequence[Callable]) -> Callable:
    """Return a compiled function of a place and arguments that calls the function at that place with them.

    Args:
        functions: compiled, all of the same arguments and kind of result.
    """
    call = _last(functions[-1])
    for place in reversed(range(len(functions) - 1)):
        call = _either(place, functions[place], call)
    return call


def _last(function: Callable) -> Callable:
    @inlined
    def call(place, *given):
        return function(*given)

    return call


def _either(mine: int, function: Callable, others: Callable) -> Callable:
    @inlined
    def call(place, *given):
        if place == mine:
            return function(*given)
        return others(place, *given)

    return call

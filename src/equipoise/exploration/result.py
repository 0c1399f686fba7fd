"""What every analysis returns: a small frozen record that can be written as JSON.

Undefined numbers (NaN, infinities) become null: a zero in a result is always a measured zero.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np


class Result:
    """Base of the frozen results of this room."""

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain data for JSON; what is undefined is None."""
        return {
            field.name: jsonable(getattr(self, field.name))
            for field in dataclasses.fields(self)  # type: ignore[arg-type]
        }


def jsonable(item: Any) -> Any:
    """Return `item` as plain data for JSON.

    Args:
        item: numbers, text, dates, arrays, mappings, sequences and results, nested as you like.

    Raises:
        TypeError: where something else is given.
    """
    if item is None or isinstance(item, str | bool | int):
        return item
    if isinstance(item, np.ndarray | np.generic):
        return jsonable(item.tolist())
    if isinstance(item, float):
        return item if math.isfinite(item) else None
    if isinstance(item, Result):
        return item.to_dict()
    if isinstance(item, date):
        return item.isoformat()
    if isinstance(item, Mapping):
        return {str(key): jsonable(value) for key, value in item.items()}
    if isinstance(item, list | tuple | set | frozenset):
        return [jsonable(value) for value in item]
    raise TypeError(f"cannot write {type(item).__name__} as JSON")

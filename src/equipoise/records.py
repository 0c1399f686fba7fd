"""Results as frozen records: one way to write them as JSON, one way to read them back, checked.

Undefined numbers (NaN, infinities) become null: a zero in a result is always a measured zero. A record is a frozen
dataclass; its fields are the keys of the JSON. A key that is a word of Python's has an underscore behind it in the
code (`with_` is `with`).
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any, ClassVar, Self

from equipoise.errors import InputError


class Record:
    """Base of every result that is written as JSON."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {
        "extra": "forbid", "strict": True, "allow_inf_nan": False, "populate_by_name": True,
    }  # fmt: skip

    def to_dict(self) -> dict[str, Any]:
        """Return the record as plain data for JSON; what is undefined is None."""
        return {
            field.name.rstrip("_"): jsonable(getattr(self, field.name))
            for field in dataclasses.fields(self)  # type: ignore[arg-type]
        }

    @classmethod
    def read(cls, text: str | bytes, *, what: str) -> Self:
        """Return the record that a JSON text holds.

        Args:
            text: as `to_dict` and `json.dumps` wrote it.
            what: names the text in an error: a file, say.

        Raises:
            InputError: it is no JSON, lacks a key, has one too many, or has a value of another kind.
        """
        from pydantic import ValidationError

        try:
            # a checker takes the hash of its records, who have none, for that of the class
            return _reader(cls).validate_json(text)  # type: ignore[arg-type]
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            at = ".".join(str(step) for step in first["loc"]) or "its beginning"
            raise InputError(
                f"{what} is not what Equipoise writes: at {at}, {first['msg'].lower()}"
            ) from error


@cache
def _reader(kind: type) -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(kind)


def jsonable(item: Any) -> Any:
    """Return `item` as plain data for JSON.

    Args:
        item: numbers, text, dates, arrays, mappings, sequences and records, nested as you like.

    Raises:
        TypeError: where something else is given.
    """
    import numpy as np

    if item is None or isinstance(item, str | bool | int):
        return item
    if isinstance(item, np.ndarray | np.generic):
        return jsonable(item.tolist())
    if isinstance(item, float):
        return item if math.isfinite(item) else None
    if isinstance(item, Record):
        return item.to_dict()
    if isinstance(item, date):
        return item.isoformat()
    if isinstance(item, Mapping):
        return {str(key): jsonable(value) for key, value in item.items()}
    if isinstance(item, list | tuple | set | frozenset):
        return [jsonable(value) for value in item]
    raise TypeError(f"cannot write {type(item).__name__} as JSON")

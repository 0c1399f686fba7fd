"""What every part of a scenario is made from: frozen, keys with hyphens, unknown keys refused."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationInfo, model_validator

from equipoise.scenario.number import Name, from_a_file, refuse_unknown
from equipoise.scenario.value_types import Text


class Part(BaseModel):
    """Anything in a scenario: frozen, keys with hyphens, unknown keys refused."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        populate_by_name=True,
        alias_generator=lambda name: name.rstrip("_").replace("_", "-"),
    )

    @model_validator(mode="before")
    @classmethod
    def _known_keys(cls, data: Any, info: ValidationInfo) -> Any:
        """Refuse unknown keys, all at once and with what is allowed."""
        if isinstance(data, dict) and from_a_file(info):
            refuse_unknown(data, cls.keys())
        return data

    @classmethod
    def keys(cls) -> tuple[str, ...]:
        """Return the keys the file may use here."""
        return tuple(info.alias or name for name, info in cls.model_fields.items())


class Grounded(Part):
    """A part that may say which claims it stands on, and why, in one line."""

    claims: tuple[Name, ...] = ()
    because: Text | None = None

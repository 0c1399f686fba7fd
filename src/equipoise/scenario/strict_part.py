"""What every part of a scenario is made from: frozen, keys with hyphens, unknown keys refused."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
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
            refuse_unknown(data, cls.attributes())
        return data

    @classmethod
    @cache
    def attributes(cls) -> Mapping[str, str]:
        """Return the keys the file may use here, each with its name in Python (`in_` for `in`)."""
        return MappingProxyType({info.alias or name: name for name, info in cls.model_fields.items()})

    def value_of(self, key: str) -> Any:
        """Return what stands under a key of the file."""
        return getattr(self, self.attributes()[key])


class Grounded(Part):
    """A part that may say which claims it stands on, and why, in one line."""

    claims: tuple[Name, ...] = ()
    because: Text | None = None

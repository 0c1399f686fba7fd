"""The API described in OpenAPI 3.1, made from the types that check what is asked and make up what is given."""

from __future__ import annotations

import inspect
import re
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from equipoise._version import __version__
from equipoise.server.api import API, OPERATIONS, Operation

AT = "#/components/schemas/{model}"
REFUSALS = {
    401: "a token is needed", 403: "a page of another site asked", 404: "there is nothing at this address",
    408: "the request did not come whole in time", 409: "a newer question took its place; of a job, it is not done",
    413: "the request is too large", 421: "the server does not go by that name",
    422: "it cannot be asked; `error` says why",
    429: "too many jobs wait for their turn",
    500: "Equipoise failed; `error` has the id under which the server noted how",
}  # fmt: skip
REFUSED = {
    "type": "object", "properties": {"error": {"type": "string"}}, "required": ["error"], "additionalProperties": False,
}  # fmt: skip


@cache
def document() -> dict[str, Any]:
    """Return the description as plain data."""
    wanted: list[tuple[Any, Any, TypeAdapter]] = [
        (kind, mode, TypeAdapter(kind))
        for one in OPERATIONS
        for kind, mode in ((one.asks, "validation"), (one.gives, "serialization"))
        if isinstance(kind, type)
    ]
    unique = list({(key, mode): (key, mode, adapter) for key, mode, adapter in wanted}.values())
    at, shared = TypeAdapter.json_schemas(unique, ref_template=AT)
    paths: dict[str, dict[str, Any]] = {}
    for one in OPERATIONS:
        paths.setdefault(f"{API}{one.path}", {})[one.method.lower()] = _described(one, at)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Equipoise what-if", "version": __version__, "description": __doc__},
        "paths": paths,
        "components": {"schemas": {**shared.get("$defs", {}), "Refused": REFUSED}},
    }


def _described(one: Operation, at: dict[Any, Any]) -> dict[str, Any]:
    """Return one operation."""
    refused = {"application/json": {"schema": {"$ref": AT.format(model="Refused")}}}
    media = (one.gives,) if isinstance(one.gives, str) else one.gives
    content: dict[str, Any] = (
        {kind: {} for kind in media}
        if isinstance(media, tuple)
        else {"application/json": {"schema": at[media, "serialization"]}}
    )
    body = (
        {
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": at[one.asks, "validation"]}},
            }
        }
        if one.asks is not None
        else {}
    )
    return {
        "summary": (inspect.getdoc(one.job) or "").splitlines()[0],
        "parameters": [
            *({"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
              for name in re.findall(r"{(\w+)}", one.path)),
            *({"name": name, "in": "query", "description": text, "schema": {"type": "string"}}
              for name, text in one.query),
        ],
        **body,
        "responses": {
            str(one.status): {"description": "what was asked for", "content": content},
            **{str(status): {"description": text, "content": refused} for status, text in REFUSALS.items()},
        },
    }  # fmt: skip

"""A language server for scenarios: any editor that speaks the Language Server Protocol checks, completes, explains.

The problems are those of `equipoise check`; there is no second checker. Source: Language Server Protocol 3.17.
"""

from __future__ import annotations

from typing import Any

from equipoise._version import __version__
from equipoise.errors import InputError, Problem
from equipoise.scenario.checks import examined
from equipoise.scenario.reading import ReadingError, decode, read
from equipoise.server.help import explained, offers


def problems_of(text: str) -> list[Problem]:
    """Return everything that is wrong with a scenario's text, as `check` finds it."""
    try:
        return examined(read(decode(text.encode("utf-8", "surrogatepass"))))[1]
    except ReadingError as error:
        return [error.problem]


def language_server() -> Any:
    """Return the server, not yet started.

    Raises:
        InputError: the package pygls is not installed.
    """
    try:
        from lsprotocol import types
        from pygls.lsp.server import LanguageServer
    except ImportError:
        raise InputError(
            "the language server needs pygls, which is not installed; install it with: pip install 'equipoise[lsp]'"
        ) from None
    server = LanguageServer("equipoise", __version__)

    def publish(uri: str) -> None:
        document = server.workspace.get_text_document(uri)
        found = [_diagnostic(types, problem, document) for problem in problems_of(document.source)]
        server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, found, document.version))

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: Any) -> None:
        publish(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: Any) -> None:
        publish(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: Any) -> None:
        server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(params.text_document.uri, []))

    @server.feature(
        types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=[" ", "[", "{", "."])
    )
    def completed(params: Any) -> Any:
        text, line, column = _where(server, params)
        return types.CompletionList(
            False, [_item(types, offer, order) for order, offer in enumerate(offers(text, line, column))]
        )

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hovered(params: Any) -> Any:
        said = explained(*_where(server, params))
        return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, said)) if said else None

    return server


def _where(server: Any, params: Any) -> tuple[str, int, int]:
    """Return the text of a document and the cursor in it, in characters."""
    document = server.workspace.get_text_document(params.text_document.uri)
    position = document.position_codec.position_from_client_units(document.lines, params.position)
    return document.source.replace("\r\n", "\n"), position.line, position.character


def _diagnostic(types: Any, problem: Problem, document: Any) -> Any:
    """Return a problem as editors show it, from its place to the end of the word there."""
    lines = document.source.split("\n")
    line = min(max(problem.line - 1, 0), len(lines) - 1)
    start = min(max(problem.column - 1, 0), len(lines[line]))
    ends = [place for place in range(start + 1, len(lines[line])) if lines[line][place] in ",:]}\r"]
    end = min(ends, default=len(lines[line]))
    where = types.Range(types.Position(line, start), types.Position(line, max(end, start + 1)))
    return types.Diagnostic(
        document.range_to_client_units(where),
        problem.says,
        types.DiagnosticSeverity.Error,
        source="equipoise",
    )


def _item(types: Any, offer: Any, order: int) -> Any:
    kind = types.CompletionItemKind.Property if offer.key else types.CompletionItemKind.Value
    written = offer.text + (": " if offer.key else "")
    return types.CompletionItem(
        offer.text, kind=kind, detail=offer.meaning or None, insert_text=written, sort_text=f"{order:04}"
    )

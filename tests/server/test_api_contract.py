"""The API against its own description: made-up requests, right and wrong, get what OpenAPI says, and never a crash."""

import json
import sys

import pytest

from equipoise.scenario import load
from equipoise.server import showing
from equipoise.server.app import application
from equipoise.server.guard import LOOPBACK
from equipoise.server.session import Session
from equipoise.server.tasks import Of, Tasks

schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed")
import hypothesis  # noqa: E402
from schemathesis import checks  # noqa: E402
from schemathesis.generation import GenerationMode  # noqa: E402

ENDLESS = "/api/v1/changes"
"""It tells for as long as somebody listens."""
FOUND = {"document": "{}", "html": "", "tables": {"ranking": "a"}}
ENDS = f"import sys; sys.stdin.readline(); print({json.dumps(json.dumps(FOUND))})"
FEW, MANY = 12, 300
WAIT = 120
REAL = {"id": "", "name": "ranking", "ending": "csv"}
KEPT = (
    checks.not_a_server_error, checks.status_code_conformance, checks.content_type_conformance,
    checks.response_schema_conformance, checks.unsupported_method,
)  # fmt: skip


@pytest.fixture(scope="module")
def described():
    tasks = Tasks((sys.executable, "-S", "-c", ENDS))
    app = application(Session(load("two-valleys"), workers=1), hosts=LOOPBACK, tasks=tasks)
    task = tasks.start("run", Of("", "", ""), {})
    REAL["id"] = task.id
    yield schemathesis.openapi.from_asgi("/api/v1/openapi.json", app, headers={"host": "127.0.0.1"})
    tasks.close()


def held(described, examples):
    """Ask every operation so many times, and hold each answer against the description; gives statuses by operation."""
    asked = {}
    for result in described.get_all_operations():
        operation = result.ok()
        if operation.path != ENDLESS:
            asked[operation.label] = asked_of(operation, examples)
    return asked


def asked_of(operation, examples):
    seen = []

    right, wrong = (operation.as_strategy(generation_mode=mode) for mode in GenerationMode)

    @hypothesis.given(case=right | wrong)
    @hypothesis.settings(
        max_examples=examples, deadline=None, derandomize=True, database=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )  # fmt: skip
    def ask(case):
        if len(seen) % 2:  # made-up names name nothing; every other one is a real one
            case.path_parameters = {name: REAL[name] for name in case.path_parameters}
        answer = case.call(headers={"host": "127.0.0.1"}, timeout=WAIT)
        seen.append(answer.status_code)
        case.validate_response(answer, checks=KEPT)

    ask()
    return seen


def small(monkeypatch):
    """Few futures, and no picture drawn: what is tested is the API."""
    from equipoise.server import session as sessions

    monkeypatch.setattr(sessions, "STAGES", dict.fromkeys(("first", "pause", "full"), (32, 1)))
    monkeypatch.setattr(showing, "png_of", lambda _: b"")


def test_the_api_answers_as_it_is_described(described, monkeypatch):
    small(monkeypatch)
    asked = held(described, FEW)
    assert len(asked) > 15
    assert {200, 422} <= set(asked["POST /api/v1/what-if"]) and {202, 422} <= set(asked["POST /api/v1/jobs"])
    for address in ("jobs/{id}/tables/{name}.csv", "jobs/{id}/progress", "figures/{name}.{ending}"):
        assert {200, 404} == set(asked[f"GET /api/v1/{address}"])


@pytest.mark.long
def test_the_api_answers_as_it_is_described_at_length(described, monkeypatch):
    small(monkeypatch)
    held(described, MANY)

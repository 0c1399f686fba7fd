"""The server under ten clients at once for ten thousand mixed requests: no error, and memory that stays flat."""

import random
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

httpx = pytest.importorskip("httpx")
REQUESTS, CLIENTS, WARM = 10_000, 10, 2_000
MOST_GROWTH = 1.10
"""Of the memory of the warm server, over the rest of the soak: what is kept is bounded by count, not by bytes."""
CHANGES = {
    "forces.crown.collapse.yearly": ("odds*2", "odds*3", "0.2"),
    "forces.rebels.momentum": ("~0.005", "0.01", "[0.0, 0.02]"),
    "forces.hill-lords.momentum": ("~0.002", "~-0.002", "0"),
    "quantities.weariness": ("*2", "*0.5", "0.4"),
}
GAME = {"job": "game", "players": ["empire", "republic"], "futures": 256}


@pytest.fixture
def server(tmp_path):
    """Serve in a process of its own, whose memory can be read; gives the process and its address."""
    command = [sys.executable, "-m", "equipoise", "serve", "two-valleys", "--port", "0", "--no-browser",
               "--workers", "2", "--folder", str(tmp_path)]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield process, process.stdout.readline().split()[1]
    finally:
        process.terminate()
        said = process.communicate()[1]
        assert "Traceback" not in said, said


def resident(process):
    """Return the megabytes that a process holds in memory."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS"))


def view(chance):
    changes = {path: chance.choice(CHANGES[path]) for path in chance.sample(list(CHANGES), 2)}
    ways = {"mine": {"crown": chance.randint(1, 9), "rebels": 1}} if chance.random() < 0.2 else {}
    return {"changes": changes, "ways": ways, "beliefs": chance.choice((None, None, "empire"))}


def ask(client, number):
    """Ask one thing, as the number has it; return what it was and its status."""
    chance = random.Random(number)
    kind = chance.choices(
        ("what-if", "why", "numbers", "check", "text", "figure", "page", "wrong", "beliefs", "job"),
        (30, 0.5, 20, 16, 12, 1, 1, 14, 5, 0.5),
    )[0]
    if kind == "what-if":
        answer = client.post("api/v1/what-if", json={"view": view(chance), "stage": "first"})
    elif kind == "why":
        answer = client.post(
            "api/v1/why", json={"view": {"changes": {"quantities.weariness": f"*{2 + number % 7}"}}}
        )
    elif kind == "numbers":
        answer = client.get("api/v1/numbers", params={"find": chance.choice(("crown", "momentum", "zzz"))})
    elif kind == "check":
        answer = client.post(
            "api/v1/check", json={"text": "equipoise: 1\n" + "x: [\n" * chance.randint(0, 50)}
        )
    elif kind == "figure":
        answer = client.get("api/v1/figures/collapse.csv", params={"beliefs": "empire"})
    elif kind == "wrong":
        answer = client.post("api/v1/what-if", content=chance.choice((b"", b"{", b'{"stage": 1}', b"\xff")))
    elif kind == "job":
        answer = client.post("api/v1/jobs", json=GAME)
        if answer.status_code == 202 and chance.random() < 0.5:
            client.delete(f"api/v1/jobs/{answer.json()['id']}")
    else:
        answer = client.get({"text": "api/v1/text", "page": "", "beliefs": "api/v1/beliefs"}[kind])
    return kind, answer.status_code


@pytest.mark.long
@pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="the memory of a process is read from /proc"
)
def test_ten_thousand_mixed_requests_by_ten_clients_leave_memory_flat_and_no_error(server):
    process, url = server
    clients = [
        httpx.Client(base_url=url, timeout=300, transport=httpx.HTTPTransport(retries=9))
        for _ in range(CLIENTS)
    ]
    got, memory = Counter(), []
    with ThreadPoolExecutor(CLIENTS) as threads:
        for begin in range(0, REQUESTS, 500):
            numbers = range(begin, begin + 500)
            got.update(threads.map(lambda number: ask(clients[number % CLIENTS], number), numbers))
            memory.append(resident(process))
            print(dict(got), round(memory[-1]), flush=True)
    assert sum(got.values()) == REQUESTS
    allowed = {"wrong": {422}, "job": {202, 429}}
    assert all(status in allowed.get(kind, {200}) for kind, status in got), got
    warm = max(memory[: WARM // 500])
    assert max(memory[WARM // 500 :]) <= MOST_GROWTH * warm, memory

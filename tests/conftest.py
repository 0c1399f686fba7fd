"""What every test may use."""

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip

with contextlib.suppress(ImportError):
    from hypothesis import settings

    settings.register_profile("untimed", parent=settings.default, deadline=None)
    settings.load_profile("untimed")  # how long an example takes says how busy the machine is

SHARED = Path(__file__).resolve().parents[1].parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of reference data beside the checkout, or skip where it is absent."""
    if not (SHARED / "data").is_dir():
        pytest.skip("reference data (../shared) is not beside this checkout")
    return SHARED


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the pages of studies undrawn: drawing one takes seconds, and the test looks at the rest of a folder.

    What a page holds is tested in `tests/reporting`; that a run writes it, in `tests/test_cli.py`.
    """
    import equipoise.reporting

    monkeypatch.setattr(equipoise.reporting, "render", lambda *_, **__: "undrawn")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A headless browser, one for all tests of a process: Playwright cannot be started twice in one."""
    if CHROMIUM is None:
        pytest.skip("there is no Chromium on this machine")
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()

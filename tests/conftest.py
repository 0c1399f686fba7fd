"""What every test may use."""

from pathlib import Path

import pytest

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

    What a page holds is tested in `tests/report`; that a run writes it, in `tests/test_cli.py`.
    """
    import equipoise.reporting

    def blank(_summary: object, _scenario: object, path: Path, **_: object) -> Path:
        path.write_text("undrawn", encoding="utf-8")
        return path

    monkeypatch.setattr(equipoise.reporting, "write_report", blank)

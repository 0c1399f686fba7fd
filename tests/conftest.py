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

"""Bundled scenarios, each a folder: scenario.yaml, notes, claims."""

from importlib import resources

__all__ = ["cases"]


def cases() -> tuple[str, ...]:
    """Return the names of the bundled cases, sorted."""
    return tuple(
        sorted(
            item.name for item in resources.files(__name__).iterdir() if (item / "scenario.yaml").is_file()
        )
    )

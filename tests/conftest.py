"""Fixtures that every test may use."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples on every machine, and no deadline that a busy machine misses.
settings.register_profile("latentscape", derandomize=True, deadline=None)
settings.load_profile("latentscape")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, whole workflows: at the end one worker would wait for it."""
    items.sort(key=lambda item: "workflow" not in item.path.parts)


@pytest.fixture(scope="session")
def reference_data() -> Path:
    """Return the folder of real and reference files, or skip where it is missing."""
    default = Path(__file__).parents[2] / "shared" / "data"
    folder = Path(os.environ.get("LATENTSCAPE_REFERENCE_DATA", default))
    if not folder.is_dir():
        pytest.skip("no reference data: set LATENTSCAPE_REFERENCE_DATA to their folder")
    return folder

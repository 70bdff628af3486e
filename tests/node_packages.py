"""What the tests use of npm: skipped where it is not installed, required where COHORT_BOT_REQUIRE has `node`."""

import os
import shutil
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "node"
NODE = shutil.which("node") or "node"


def needs(package: str) -> pytest.MarkDecorator:
    """For tests with the package."""
    there = shutil.which("node") and (FOLDER / "node_modules" / package).exists()
    required = "node" in os.environ.get("COHORT_BOT_REQUIRE", "")
    return pytest.mark.skipif(
        not there and not required, reason=f"needs Node and {package}: npm ci --prefix tests/node"
    )

"""What the tests use of npm: skipped where it is not installed, required where COHORT_BOT_REQUIRE has `node`."""

import os
import shutil
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "node"
NODE = shutil.which("node") or "node"


def there(package: str) -> bool:
    """Whether it is installed, and Node as well."""
    return shutil.which("node") is not None and (FOLDER / "node_modules" / package).exists()


def required() -> bool:
    """Whether it has to be."""
    return "node" in os.environ.get("COHORT_BOT_REQUIRE", "")


def needs(package: str) -> pytest.MarkDecorator:
    """For tests with the package."""
    return pytest.mark.skipif(
        not there(package) and not required(), reason=f"needs Node and {package}: npm ci --prefix tests/node"
    )

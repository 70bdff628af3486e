"""The package is installed as anybody would install it, into a folder of its own that the tests put on the path."""

import importlib
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from cohort_bot.platforms import installed
from tests.platforms.murmur.server import MurmurServer


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the package is installed."""
    source = shutil.copytree(Path(__file__).parent, tmp_path_factory.mktemp("source") / "murmur")
    folder = tmp_path_factory.mktemp("site")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--no-deps", "--no-build-isolation", "--target", folder, source], check=True)
    return folder


@pytest.fixture
def plugged_in(site: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This process finds it by its entry point."""
    monkeypatch.syspath_prepend(site)
    importlib.invalidate_caches()
    installed.platforms.cache_clear()
    yield
    installed.platforms.cache_clear()


@pytest.fixture
async def server() -> AsyncIterator[MurmurServer]:
    async with MurmurServer() as it:
        yield it

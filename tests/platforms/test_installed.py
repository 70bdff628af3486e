"""The platforms of the project are there wherever it runs; what others install is tried in a package of its own."""

import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from cohort_bot.platforms import installed

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _looked_for_anew() -> None:
    installed.platforms.cache_clear()


def test_they_are_there_without_anything_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a host that runs the source with PYTHONPATH=src."""
    monkeypatch.setattr(installed, "entry_points", lambda **_: ())
    found = installed.platforms()
    assert {name: module.__name__ for name, module in found.items()} == dict(installed.BUILT_IN)
    assert all(callable(module.connect) for module in found.values())


def test_the_package_declares_the_same() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"]
    assert declared == {installed.GROUP: dict(installed.BUILT_IN)}


def test_those_that_are_installed_are_there_once(monkeypatch: pytest.MonkeyPatch) -> None:
    points = [EntryPoint(name, value, installed.GROUP) for name, value in installed.BUILT_IN.items()]
    monkeypatch.setattr(installed, "entry_points", lambda **_: points)
    assert list(installed.platforms()) == list(installed.BUILT_IN)


def test_no_setting_is_declared_twice() -> None:
    names = [each.name for each in installed.settings()]
    assert len(names) == len(set(names)) >= 9

"""The platforms that are installed: those of this package, and those that others add by an entry point."""

import functools
import importlib
from collections.abc import Iterator, Mapping
from importlib.metadata import entry_points
from types import ModuleType
from typing import Final

from cohort_bot.chat.i18n import N_
from cohort_bot.settings import Setting, WrongSetting

GROUP: Final = "cohort_bot.platforms"
"""The group of the entry points: a platform's name, and the module or package that has `connect`."""

BUILT_IN: Final[Mapping[str, str]] = {
    "discord": "cohort_bot.platforms.discord",
    "slack": "cohort_bot.platforms.slack",
}
"""The same as in `pyproject.toml`, for running from the source without an installation (`Procfile`)."""


@functools.cache
def platforms() -> Mapping[str, ModuleType]:
    """Every installed platform's module by the platform's name. Each has `connect(settings, clock, database)`, and may
    have `SETTINGS`, `preview(message)`, `check_live(settings, clock)` and `command_line()`.

    Raises WrongSetting for one that cannot be imported, and for two of one name.
    """
    paths = dict(BUILT_IN)
    for point in entry_points(group=GROUP):
        if paths.setdefault(point.name, point.value) != point.value:
            raise WrongSetting(
                N_("Two platforms are called {name} ({path} and {other}); uninstall one"),
                name=point.name,
                path=paths[point.name],
                other=point.value,
            )
    return {name: _imported(name, path) for name, path in paths.items()}


def settings() -> Iterator[Setting]:
    """The settings of the installed platforms."""
    for module in platforms().values():
        yield from getattr(module, "SETTINGS", ())


def secrets(environment: Mapping[str, str]) -> frozenset[str]:
    """The values of their settings that must appear nowhere."""
    return frozenset(environment.get(each.name, "").strip() for each in settings() if each.secret) - {""}


def _imported(name: str, path: str) -> ModuleType:
    try:
        return importlib.import_module(path)
    except Exception as error:
        raise WrongSetting(
            N_("The platform {name} cannot be loaded ({path}: {kind}: {error}); fix or uninstall it"),
            name=name,
            path=path,
            kind=type(error).__name__,
            error=error,
        ) from error

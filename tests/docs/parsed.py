"""Our own source as trees: several tests read all of it."""

import ast
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).parents[2] / "src" / "cohort_bot"

parsed = cache(ast.parse)
"""The tree of a file's text, parsed once for all tests."""


def offending(paths: Iterable[Path], found: Callable[[str], Any]) -> dict[str, Any]:
    """By file what a check finds in its text."""
    each = {path.relative_to(SOURCE).as_posix(): found(path.read_text("utf-8")) for path in paths}
    return {name: offences for name, offences in each.items() if offences}

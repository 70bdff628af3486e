"""What is the same on every platform names none: adding one changes nothing outside of its folder."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src/cohort_bot"
FILES = [path for folder in ("app", "chat", "core", "web") for path in sorted((SOURCE / folder).rglob("*.py"))]
FILES += [SOURCE / name for name in ("doctor.py", "reference.py", "runtime.py", "startup.py", "bootstrap.py")]

NAME = re.compile(r"discord|slack", re.IGNORECASE)

ALLOWED = {
    "app/words/moderators.py": "only Discord has roles, and the sentence says so to whoever looks for them elsewhere",
    "app/words/platforms.py": "sentences that one adapter alone uses, kept with all others so that they are translated",
}


def names(source: str) -> Iterator[str]:
    """What names a platform, with its line: in code and in what people read. Docstrings give the source of a limit."""
    tree = ast.parse(source)
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            found = node.value
        else:
            found = " ".join(str(getattr(node, each, "")) for each in ("id", "attr", "name", "module", "arg"))
        if NAME.search(found):
            yield f"{getattr(node, 'lineno', 0)}: {found}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_no_platform_is_named(path: Path) -> None:
    if str(path.relative_to(SOURCE)) not in ALLOWED:
        assert list(names(path.read_text("utf-8"))) == []


def test_every_exception_is_needed() -> None:
    assert [path for path in ALLOWED if not list(names((SOURCE / path).read_text("utf-8")))] == []


@pytest.mark.parametrize(
    "planted", ['if platform == "slack": pass', "from x.discord import y", "settings.slack_token", 'f"On Slack {x}"']
)
def test_the_check_finds_what_is_planted(planted: str) -> None:
    assert list(names(planted))

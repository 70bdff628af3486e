"""What is the same on every platform names none: adding one changes nothing outside of its folder."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.docs.parsed import SOURCE, offending, parsed

FILES = [path for folder in ("app", "chat", "core", "web") for path in sorted((SOURCE / folder).rglob("*.py"))]
FILES += [SOURCE / name for name in ("doctor.py", "reference.py", "runtime.py", "startup.py", "bootstrap.py")]

NAME = re.compile(r"discord|slack", re.IGNORECASE)

ALLOWED = {
    "app/words/moderators.py": "only Discord has roles, and the sentence says so to whoever looks for them elsewhere",
    "app/words/platforms.py": "sentences that one adapter alone uses, kept with all others so that they are translated",
}


def names(source: str) -> Iterator[str]:
    """What names a platform, with its line: in code and in what people read. Docstrings give the source of a limit."""
    tree = parsed(source)
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            found = node.value
        else:
            found = " ".join(str(getattr(node, each, "")) for each in ("id", "attr", "name", "module", "arg"))
        if NAME.search(found):
            yield f"{getattr(node, 'lineno', 0)}: {found}"


def test_no_platform_is_named() -> None:
    found = offending(FILES, lambda source: list(names(source)))
    assert {name: found[name] for name in found if name not in ALLOWED} == {}
    assert ALLOWED.keys() <= found.keys(), "every exception is needed"


@pytest.mark.parametrize(
    "planted", ['if platform == "slack": pass', "from x.discord import y", "settings.slack_token", 'f"On Slack {x}"']
)
def test_the_check_finds_what_is_planted(planted: str) -> None:
    assert list(names(planted))

"""A number and its noun agree: "1 week", wherever people read it, in chat, at the command line and in the doctor."""

import ast
import re
from collections.abc import Iterator

from cohort_bot.app.words import counts
from tests.docs.parsed import SOURCE, offending, parsed

NOUNS = (
    "weeks|papers|programmes|rooms|members|rounds|rows|messages|check-ins|files|places|errors|problems|tasks|people|"
    "cohorts|posts|hours|days|minutes|seconds|workspaces|tables|questions|phases|spares|deliveries|accounts|shards|"
    "actions|weekdays|months|years|columns|choices|times|jobs|backups|copies|breaks|moderators"
)
PLURAL = re.compile(rf"^ (?:{NOUNS})\b")
IN_MESSAGE = re.compile(rf"\{{(\w+)\}} (?:{NOUNS})\b")
LIMIT = re.compile(r"\{(?:\w+\.)?[A-Z_]+\}")
"""A constant, which is never 1."""

ALWAYS_MANY = {
    ("app/words/rehearsal.py", "{high} hours = high"),
    ("app/words/rehearsal.py", "{times} times = times"),  # "1.5 times as often"
    ("app/words/break_.py", "{count} days = count"),  # the constant BREAK_DATES
    ("programmes/check.py", "{last} weeks"),  # more than the longest programme may have
    ("programmes/library.py", "{count} problems"),  # only for several
    ("programmes/importing/plan.py", "{len(stages)} phases"),  # the same
    ("programmes/importing/plan.py", "{total} weeks"),
}
"""Numbers that are never 1 there."""


def glued(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """F-strings in which a number stands before a noun in the plural."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.JoinedStr):
            continue
        for value, text in zip(node.values, node.values[1:], strict=False):
            if not isinstance(value, ast.FormattedValue) or not isinstance(text, ast.Constant):
                continue
            number = f"{{{ast.unparse(value.value)}}}"
            if (found := PLURAL.match(str(text.value))) and not LIMIT.fullmatch(number):
                yield node.lineno, f"{number}{found[0]}"


def unpluralled(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Sentences for people that have a number before a noun in the plural, and no other form for one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"_", "N_", "spans"}:
            text = node.args[0] if node.args else None
            given = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
            found = IN_MESSAGE.search(str(text.value)) if isinstance(text, ast.Constant) else None
            if found and not given.get(found[1], "").startswith("typed("):  # a command is no number
                yield node.lineno, f"{found[0]} = {given.get(found[1], '')}"


def test_no_number_is_glued_to_a_plural() -> None:
    found = offending(SOURCE.rglob("*.py"), lambda source: [*glued(parsed(source)), *unpluralled(parsed(source))])
    many = [(name, line, said) for name in found for line, said in found[name] if (name, said) not in ALWAYS_MANY]
    assert many == [], "use app/words/counts.py or ngettext"


def test_a_planted_one_is_found() -> None:
    assert list(glued(ast.parse('f"{count} weeks later"'))) == [(1, "{count} weeks")]
    assert list(unpluralled(ast.parse('_("{count} papers read", count=count)'))) == [(1, "{count} papers = count")]


def test_each_count_has_a_form_for_one() -> None:
    made = {name: value for name, value in vars(counts).items() if getattr(value, "__module__", "") == counts.__name__}
    assert len(made) > len("weeks, days, …")
    for name, count in made.items():
        if getattr(count, "__annotations__", {}) == {"number": int, "return": str}:
            assert not count(1).endswith("s"), name
            assert count(1).startswith("1 "), name

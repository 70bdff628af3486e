"""Every sentence that a member or a moderator reads stands in `app/words/`, so that the words can be read in one go.

Command and option summaries are rows of the table, from which help and the reference are made, and stay there. What
only the operator reads (settings, doctor, logs, the page that installs the app) stands with what it is about, and so do
the findings about a platform's own permissions and settings. Of these, what moderators read and what is shown at the
command line is marked for translation.
"""

import ast
import re
from collections.abc import Iterator
from enum import Enum
from functools import cache
from itertools import pairwise
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file
from babel.messages.pofile import read_po
from tools import translations

from cohort_bot import doctor
from cohort_bot.app.table import TABLE, extract
from cohort_bot.app.words import guide_reading, programme_check  # noqa: F401 - tables of sentences
from cohort_bot.chat.catalogues import languages, own_name
from cohort_bot.chat.sentence import Sentences
from cohort_bot.cli import extract as command_line
from cohort_bot.programmes import schema
from tests.docs.parsed import SOURCE, offending, parsed

TEMPLATE = SOURCE.parents[1] / "locales/cohort_bot.pot"
FILES = sorted(
    path
    for folder in ("app", "chat", "core", "platforms")
    for path in (SOURCE / folder).rglob("*.py")
    if "words" not in path.relative_to(SOURCE / "app" if folder == "app" else SOURCE).parts
)
OPERATORS = {
    "cli.py",
    "examine.py",
    "failures.py",
    "health.py",
    "invite.py",
    "live_check.py",
    "manifest.py",
    "oauth.py",
    "workspaces.py",
}

SHOWN = {"PersonError", "Forbidden", "Repeated", "Message", "text", "paragraph", "Heading", "Strong"}
SHOWN |= {"Button", "button", "Option", "TextField", "ChoiceField", "Form", "FieldErrors"}
SQL = re.compile(r"\s*(SELECT|UPDATE|DELETE|FROM)\b")
DATA = {"CommandSpec", "Param", "_row"}
"""Summaries are rows of a table."""

OTHERS = {"Finding", "Refused", "Unknown", "CannotRender", "CannotConnect", "CannotList", "WrongSetting", "WrongToken"}
OTHERS |= {
    "CannotDownload",
    "Setting",
    "ValueError",
    "TypeError",
    "RuntimeError",
    "debug",
    "info",
    "warning",
    "error",
    "exception",
    "PlainTextResponse",
}
"""For the operator, or about a platform's own settings."""


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _strings(node: ast.AST, inside: tuple[str, ...] = ()) -> Iterator[tuple[ast.Constant, tuple[str, ...]]]:
    """Every string that is no docstring, with the calls that it stands in."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node, inside
    within = (*inside, _name(node)) if isinstance(node, ast.Call) else inside
    for child in ast.iter_child_nodes(node):
        yield from _strings(child, within)


def words(source: str) -> list[str]:
    """The strings of a file that somebody reads, each with its line."""
    found = []
    for node, inside in _strings(parsed(source)):
        said = str(node.value)
        if DATA.union(OTHERS).intersection(inside):
            continue
        shown = inside[-1:] and inside[-1] in SHOWN and (" " in said.strip() or said[:1].isupper())
        sentence = " " in said.strip() and said.rstrip().endswith((".", "!", "?")) and not SQL.match(said)
        if shown or sentence:
            found.append(f"{node.lineno}: {said}")
    return found


def test_words_stand_in_their_folder() -> None:
    assert offending((path for path in FILES if path.name not in OPERATORS), words) == {}


@pytest.mark.parametrize(
    "planted",
    [
        'raise PersonError("Not like that")',
        'raise Forbidden(f"Only {who} may")',
        'Button("Undo", "slip.undo")',
        'errors["hours"] = "Please give a whole number."',
        'Message(f"{name} has joined {cohort}")',
        'LATE = "It is too late for that."',
        'Option("on", "Switched on")',
    ],
)
def test_a_planted_sentence_is_found(planted: str) -> None:
    assert words(planted)
    assert not words('"""A docstring. It may say much."""\nlog.info("It went well.")\nButton(label, "slip.undo")')


NOUNS = r"weeks|rounds|days|hours|minutes|members|people|papers|posts|messages|rooms|tasks|actions|check-ins|phases"
SPELT = re.compile(rf"\s(?:{NOUNS})\b(?!:)")


def spelt_counts(source: str) -> list[str]:
    """Numbers that are put before a plural: with one of them it is wrong."""
    found = []
    for node in ast.walk(parsed(source)):
        for number, after in pairwise(node.values) if isinstance(node, ast.JoinedStr) else ():
            said = after.value if isinstance(after, ast.Constant) else None
            if isinstance(number, ast.FormattedValue) and isinstance(said, str) and SPELT.match(said):
                found.append(said)
    return found


def test_a_number_and_its_noun_are_made_by_one_function() -> None:
    assert offending((SOURCE / "app").rglob("*.py"), spelt_counts) == {}
    assert spelt_counts('f"{number} weeks off"') == [" weeks off"]


WORDS = SOURCE / "app/words"
TRANSLATED = {"_", "N_", "NN_", "ngettext", "spans", "nspans", "pgettext", "means"}
"""`means` is what a translation of something that people type is in English."""


def untranslated(source: str) -> list[str]:
    """What somebody reads and no translator would find."""
    found = []
    for node, inside in _strings(parsed(source)):
        said = str(node.value)
        if TRANSLATED.union(OTHERS).intersection(inside) or not re.search(r"[A-Za-z]{2}", said):
            continue
        if re.match(r"/[a-z]+ ", said):  # what is typed is the same in every language
            continue
        shown = inside[-1:] and inside[-1] in SHOWN and (" " in said.strip() or said[:1].isupper())
        if shown or re.search(r"[A-Za-z]{2,}[,.:;!?]? +[a-z(*]", said) or (" " in said and said.strip()[:1].isupper()):
            found.append(f"{node.lineno}: {said}")
    return found


def test_every_sentence_can_be_translated() -> None:
    assert offending(WORDS.glob("*.py"), untranslated) == {}


@pytest.mark.parametrize("planted", ['head = f"Leave {name}?"', 'Button("Undo", "slip.undo")', 'A = "It is late."'])
def test_a_planted_sentence_without_translation_is_found(planted: str) -> None:
    assert untranslated(planted)
    assert not untranslated('Button(_("Undo"), "slip.undo")\nspans("Late since {at}.", at=at)')


def for_moderators(path: Path) -> str:
    """What of an adapter's file is read by moderators: all of it, or of `examine.py` what /cohort asks."""
    source = path.read_text(encoding="utf-8")
    if path.name != "examine.py":
        return source
    parts = [node for node in parsed(source).body if getattr(node, "name", "") in {"room", "_scopes"}]
    return "\n".join(ast.get_source_segment(source, part) or "" for part in parts)


ADAPTERS = [
    path for name in ("failures", "invite", "examine") for path in sorted((SOURCE / "platforms").glob(f"*/{name}.py"))
]


def unmarked(source: str) -> list[str]:
    """Findings, problems and cures that no translator would find."""
    operators = OTHERS - {"Finding", "Refused"} | {"Denied"}
    found = []
    for node, inside in _strings(parsed(source)):
        said = str(node.value)
        spoken = said.rstrip().endswith((".", "!", "?")) or "Finding" in inside
        if spoken and re.search(r"\w \w", said) and not TRANSLATED.union(operators).intersection(inside):
            found.append(f"{node.lineno}: {said}")
    return found


@pytest.mark.parametrize("path", ADAPTERS, ids=lambda path: str(path.relative_to(SOURCE)))
def test_what_an_adapter_finds_for_moderators_can_be_translated(path: Path) -> None:
    assert for_moderators(path)
    assert unmarked(for_moderators(path)) == []


@pytest.mark.parametrize("planted", ['Finding(f"I need “{title}”.", cure)', 'CURES = {1: "Unlock the thread."}'])
def test_a_planted_cure_without_translation_is_found(planted: str) -> None:
    assert unmarked(planted)
    assert not unmarked('Finding(_("I lack a permission."), cure)\nraise WrongToken("Copy it again.")')


SOURCES = {path: path.read_text("utf-8") for path in sorted(SOURCE.rglob("*.py"))}


def errors_for_operators() -> set[str]:
    """The names of LocalizedError and of every class below it."""
    bases = {
        node.name: {getattr(base, "attr", getattr(base, "id", "")) for base in node.bases}
        for source in SOURCES.values()
        for node in ast.walk(parsed(source))
        if isinstance(node, ast.ClassDef)
    }
    known, found = set[str](), {"LocalizedError"}
    while found > known:
        known = set(found)
        found |= {name for name, above in bases.items() if above & known}
    return found


ERRORS = errors_for_operators()
TERMINAL = ERRORS | {"Check", "later", "fail", "echo", "say", "confirm", "prompt", "progressbar"}


RAW_PLATFORM = re.compile(r"\bplatform=[\w.]*\.platform\b|\.platform\.title\(\)")


def test_a_platform_is_called_by_its_name() -> None:
    """And not by the word by which rows know it: "the playground", and not "local"."""
    said = {path: SOURCES[path] for path in SOURCES if path.is_relative_to(WORDS)}
    assert offending(said, RAW_PLATFORM.findall) == {}
    assert RAW_PLATFORM.search('_("on {platform}", platform=account.platform)')


def at_the_terminal(source: str) -> list[str]:
    """What an operator reads at the command line, and no translator would find."""
    found = []
    for node, inside in _strings(parsed(source)):
        said = str(node.value)
        read = TERMINAL.intersection(inside) and re.search(r"[A-Za-z]{2,} +[a-z(]", said)
        if read and not TRANSLATED.intersection(inside) and said not in doctor.NAMES:
            found.append(f"{node.lineno}: {said}")
    return found


def test_what_an_operator_reads_at_the_terminal_can_be_translated() -> None:
    """Tables and logs, and what a running bot says on its health page, are not among it."""
    assert len(ERRORS) > 10
    assert offending(SOURCES, at_the_terminal) == {}


@pytest.mark.parametrize("planted", ['raise Unusable(f"{file} is damaged")', 'Check("disk", "ok", "it is full")'])
def test_a_planted_line_for_operators_is_found(planted: str) -> None:
    assert at_the_terminal(planted)
    assert not at_the_terminal('raise Unusable(N_("{file} is damaged"), file=file)\nlog.info("it is damaged")')


def sentences_of_errors(source: str) -> Iterator[tuple[str, set[str]]]:
    """The sentence of each error for operators that is raised, with the values that are put into it."""
    for call in ast.walk(parsed(source)):
        if isinstance(call, ast.Call) and _name(call) in ERRORS | {"later"} and call.args:
            for each in ast.walk(call.args[0]):
                if isinstance(each, ast.Call) and _name(each) == "N_" and isinstance(each.args[0], ast.Constant):
                    yield str(each.args[0].value), {str(keyword.arg) for keyword in call.keywords}


def test_an_error_for_operators_is_said_where_it_is_shown_and_no_sooner() -> None:
    """In a running bot English is spoken; its errors are shown at the terminal."""

    def said_too_soon(source: str) -> list[int]:
        calls = [node for node in ast.walk(parsed(source)) if isinstance(node, ast.Call)]
        parts = [part for call in calls if _name(call) in ERRORS | {"later"} for part in (call.args, call.keywords)]
        inner = [node for part in parts for each in part for node in ast.walk(each) if isinstance(node, ast.Call)]
        return [call.lineno for call in inner if _name(call) in TRANSLATED - {"N_", "NN_"}]

    assert offending(SOURCES, said_too_soon) == {}
    assert said_too_soon('raise Unusable(N_("{file} is gone"), file=_("the file"))')


def test_an_error_for_operators_has_the_values_that_its_sentence_names() -> None:
    """Else the line itself would fail where it is shown, long after it was raised."""
    found = [each for source in SOURCES.values() for each in sentences_of_errors(source)]
    assert len(found) > 80
    named = {said: {name for _, name, _, _ in Formatter().parse(said) if name} for said, _ in found}
    assert [said for said, given in found if given != named[said]] == []
    assert [*sentences_of_errors('Unusable(N_("{file} is gone"), path=path)')] == [("{file} is gone", {"path"})]


@pytest.mark.parametrize("language", sorted(translations.COMPLETE))
def test_an_error_for_operators_is_told_from_its_cure_in_each_language(language: str) -> None:
    """The doctor shows the two apart: at the first semicolon, as in English."""
    found = {said for source in SOURCES.values() for said, _ in sentences_of_errors(source)}
    catalogue = translations.read(translations.sources()[language])
    said = {each: str(entry.string) for each in found if (entry := catalogue.get(each)) is not None}
    assert len(said) > 80
    assert [each for each, other in said.items() if (each + " ").count("; ") != (other + " ").count("; ")] == []


PAGES = sorted(SOURCE.rglob("templates/*.html"))
CALL = re.compile(r"{[{#%].*?[}#%]}")
SHOWN_ATTRIBUTE = re.compile(r' (?:aria-label|placeholder|title|alt)="([^"]*)"')


def english_of(html: str) -> list[str]:
    """What a page says without a call that translates it. The name of the product stays."""
    written = CALL.sub("", html.replace("cohort-bot", "").replace(">cb<", "><"))
    said = [*SHOWN_ATTRIBUTE.findall(written), *re.sub(r"<[^>]*>|[a-z-]+=\"[^\"]*\"", "\n", written).split("\n")]
    return [each.strip() for each in said if re.search(r"[A-Za-z]{2}", each)]


def test_what_a_page_says_can_be_translated() -> None:
    assert offending(PAGES, english_of) == {}


@pytest.mark.parametrize("planted", ["<p>Nothing yet.</p>", '<ul aria-label="New">', "<b>{{ name }} replies</b>"])
def test_a_planted_word_of_a_page_is_found(planted: str) -> None:
    assert english_of(planted)
    assert not english_of("""<p title="{{ _('New') }}">{{ _("Nothing yet.") }}</p>""")


LATER = {table.__name__: table for table in Sentences.__subclasses__() if table.__module__.startswith("cohort_bot.")}
"""The tables of sentences that are said later, by name."""


def of_tables(source: str) -> Iterator[tuple[Enum, set[str]]]:
    """The sentences of tables that code names, each with the values that it gives them; not their `.value` alone."""
    nodes = list(ast.walk(ast.parse(source)))
    values = {node.func: {str(each.arg) for each in node.keywords} for node in nodes if isinstance(node, ast.Call)}
    compared = {node.value for node in nodes if isinstance(node, ast.Attribute) and node.attr == "value"}
    for node in nodes:
        match node:
            case ast.Attribute(value=ast.Name(id=table), attr=row) if table in LATER and node not in compared:
                yield LATER[table][row], values.get(node, set())


def placeholders(said: object) -> set[str]:
    forms = said if isinstance(said, tuple) else (str(said),)
    counted = {"n"} if len(forms) > 1 else set()
    return counted.union(name for form in forms for _, name, _, _ in Formatter().parse(form) if name is not None)


def test_a_sentence_that_is_said_later_gets_the_values_that_it_names() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (SOURCE / "programmes").rglob("*.py")]
    found = [each for source in sources for each in of_tables(source)]
    assert [(str(row), given) for row, given in found if given != placeholders(row.value)] == []
    assert {row for table in LATER.values() for row in table} - {row for row, _ in found} == set()
    assert [given for _, given in of_tables("Refused.TOO_LONG(size=4)")] == [{"size"}]


def messages(catalogue: Catalog) -> set[object]:
    return {message.id for message in catalogue if message.id}


@cache
def template() -> set[object]:
    with TEMPLATE.open("rb") as file:
        return messages(read_po(file))


def test_what_a_command_and_its_options_are_for_can_be_translated() -> None:
    """A summary or a label without N_ in its row is found by no translator."""
    written = template()
    shown = {row.summary for row in TABLE.rows}
    shown |= {param.summary for row in TABLE.rows for param in row.params}
    shown |= {choice.label for row in TABLE.rows for param in row.params for choice in param.choices}
    shown -= {own_name(language) for language in languages()}  # the same in every language
    assert shown - {""} - written == set()


COMMAND = re.compile(r"(?<![\w/.:<])/([a-z]+(?: [a-z-]+){0,2})")
OPTIONS = re.compile(r"(?: (?:or |and )?[a-z_]+:)+")
NO_COMMANDS = {"cohort", "invite", "readyz"}
"""The first word of all commands together, a command of Slack's own, and an address."""


def test_the_commands_and_options_that_sentences_name_exist() -> None:
    """A cure that does not exist helps nobody."""
    rows = {name: row for row in TABLE.rows for name in row.names.values() if name}
    for one in (each for found in template() for each in (found if isinstance(found, tuple) else (found,))):
        for said in COMMAND.finditer(str(one)):
            words = said[1].split(" ")
            while " ".join(words) not in rows and len(words) > 1:
                words.pop()
            name = " ".join(words)
            assert name in rows or name in NO_COMMANDS, one
            if named := OPTIONS.match(str(one), said.start() + 1 + len(name)):
                options = set(re.findall(r"([a-z_]+):", named[0]))
                assert options <= {param.name for param in rows[name].params}, one


def test_every_call_is_one_that_the_extractor_sees() -> None:
    """Babel passes over a call that has an f-string in it or around it."""
    written = {one for found in template() for one in (found if isinstance(found, tuple) else (found,))}

    def unseen(source: str) -> set[Any]:
        calls = (node for node in ast.walk(parsed(source)) if isinstance(node, ast.Call) and _name(node) in TRANSLATED)
        first = (call.args[_name(call) == "pgettext" :][:1] for call in calls)
        return {each.value for args in first for each in args if isinstance(each, ast.Constant)} - written

    assert offending(SOURCE.rglob("*.py"), unseen) == {}


def test_the_template_for_translators_has_every_sentence() -> None:
    """`make locales` writes it anew."""
    written = template()
    called = Catalog()
    options = {**DEFAULT_KEYWORDS, "N_": None, "NN_": (1, 2), "spans": None, "nspans": (1, 2)}
    for path in SOURCE.rglob("*.py"):
        for _line, message, _comments, _context in extract_from_file("python", str(path), keywords=options):
            called.add(message)
    for path in PAGES:
        for _line, message, _comments, _context in extract_from_file("jinja2", str(path), keywords=options):
            called.add(message)
    for _line, _function, (context, word), _comments in extract():
        called.add(word, context=context)
    for field in schema.extract():
        called.add(field[2])
    for _line, _function, message, _comments in command_line():
        called.add(message)
    assert written == messages(called)
    assert len(written) > 20

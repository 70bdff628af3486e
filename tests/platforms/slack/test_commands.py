"""`name:value "quoted value"` as people and Slack's clients write it."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohort_bot.app.commands import Param
from cohort_bot.app.errors import PersonError
from cohort_bot.app.table import TABLE as REAL
from cohort_bot.chat.i18n import speaking
from cohort_bot.platforms.slack.commands import typed, understood
from tests.platforms.slack.conftest import TABLE


def options(line: str) -> dict[str, str]:
    return dict(typed("/cohort", f"create {line}", TABLE).given)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", {}),
        ('name:"AI 2027"', {"name": "AI 2027"}),
        ("name:“AI 2027” starts:2027-01-04", {"name": "AI 2027", "starts": "2027-01-04"}),
        ("name:„AI 2027“ starts:2027-01-04", {"name": "AI 2027", "starts": "2027-01-04"}),
        ("name:AI 2027 starts:2027-01-04", {"name": "AI 2027", "starts": "2027-01-04"}),
        ("NAME:x   pace:\tslow", {"name": "x", "pace": "slow"}),
        (r'name:"say \"hi\" \\ there"', {"name": r'say "hi" \ there'}),
        ("name:R&amp;D &lt;!channel&gt;", {"name": "R&D <!channel>"}),
        ("name:&amp;lt;", {"name": "&lt;"}),
        ("name:&amp;copy;", {"name": "&copy;"}),
        ("name:<https://example.org/a|example.org/a>", {"name": "example.org/a"}),
        ("name:<https://example.org/a>", {"name": "https://example.org/a"}),
        ("name:<#C2|study-hall>", {"name": "#study-hall"}),
        ("name:x channel:<#C2|study-hall> mentor:<@U2|ann>", {"name": "x", "channel": "C2", "mentor": "U2"}),
        ("name:x channel:<#C2>", {"name": "x", "channel": "C2"}),
        ("name:x channel:C2", {"name": "x", "channel": "C2"}),
        ("name:'a b'", {"name": "a b"}),
    ],
)
def test_what_is_understood(line: str, expected: dict[str, str]) -> None:
    assert options(line) == expected


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("AI", "I don't know what “AI” is for. Please write options as name:value, such as name:AI."),
        ("nmae:AI", "There's no option nmae. Did you mean name:?"),
        ("zzz:AI", "You can use name, starts, day, channel, mentor, pace."),
        ('name:"AI', 'The quote after name: is never closed. Please end the value with ".'),
        ('name:"AI"2027', "Please put a space after the closing quote of name."),
        ("name:a name:b", "You gave name twice."),
    ],
)
def test_what_is_mended(line: str, words: str) -> None:
    with pytest.raises(PersonError) as error:
        options(line)
    assert words in str(error.value)


@pytest.mark.parametrize(
    ("command", "line", "words"),
    [
        ("/cohort", "craete", "Did you mean /cohort create?"),
        ("/cohort", "xyzzy", "You can use checkin, join, plan, help, create."),
        ("/cohort", "secret", "There's no /cohort secret."),
        ("/cohort", "&lt;!channel&gt;", "There's no /cohort <!channel>."),
        ("/cohort", "chekin", "Did you mean /cohort checkin?"),
        ("/other", "", "I don't know /other."),
        ("/checkin", "3", "such as round:3"),
    ],
)
def test_unknown_words_name_the_nearest(command: str, line: str, words: str) -> None:
    with pytest.raises(PersonError) as error:
        typed(command, line, TABLE)
    assert words in str(error.value)


def test_the_head_alone_is_help() -> None:
    assert typed("/cohort", "  ", TABLE).spec.action == "help"
    assert typed("/cohort", "HELP", TABLE).spec.action == "help"


@pytest.mark.parametrize(
    "line", ["checkin", "Checkin", "check-in", "CHECK IN", "check_in", "/checkin", "check–in", "check in  "]
)
def test_a_command_of_its_own_is_a_verb_too_however_it_is_spelled(line: str) -> None:
    assert typed("/cohort", line, REAL).spec.action == "checkin"
    assert typed("/cohort", f"{line} round:2", REAL).given == {"round": "2"}


@pytest.mark.parametrize(
    ("line", "action", "given"),
    [
        ('mitmachen zeitzone:Berlin tempo:woche-1 gruppe:"AI 2027"', "join", {"timezone": "Berlin", "pace": "woche-1"}),
        ("unirme zona:Madrid ritmo:week-1", "join", {"timezone": "Madrid", "pace": "week-1"}),
        ("JOIN timezone:Lima", "join", {"timezone": "Lima"}),
        ("programa añadir", "cohort.programme.add", {}),
        ("programm hinzufugen", "cohort.programme.add", {}),
        ("club proponer título:x enlace:https://example.org", "club.propose", {"title": "x"}),
        ("lesekreis vorschlagen titel:x link:y", "club.propose", {"title": "x", "link": "y"}),
        ("perfil calendario", "profile", {"calendar": "file"}),
        ("Übersicht", "cohort.board", {}),
        ("Check-in", "checkin", {}),
        ("ankündigen text:„Grüße:  bis  Freitag“", "cohort.announce", {"text": "Grüße:  bis  Freitag"}),
    ],
)
@pytest.mark.parametrize("language", ["en", "de", "es"])
def test_every_language_on_board_is_understood_whatever_is_spoken(
    language: str, line: str, action: str, given: dict[str, str]
) -> None:
    with speaking(language):
        found = typed("/cohort", line, REAL)
    assert found.spec.action == action
    assert given.items() <= found.given.items()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("mitmache", "/cohort mitmachen?"),
        ("mitmachen temo:x", "tempo"),
        ("mitmachen Berlin", "zeitzone:Berlin"),
    ],
)
def test_what_is_mended_is_told_in_the_words_of_the_reader(line: str, words: str) -> None:
    with speaking("de"), pytest.raises(PersonError) as error:
        typed("/cohort", line, REAL)
    assert words in str(error.value)


def test_what_follows_a_verb_is_left_as_it_was_typed() -> None:
    assert typed("/cohort", 'announce text:"a  b"', REAL).given == {"text": "a  b"}
    assert typed("/cohort", "announce text:a\nb", REAL).given == {"text": "a\nb"}


def test_what_is_missing() -> None:
    assert [param.name for param in typed("/cohort", "create starts:2027-01-04", TABLE).missing] == ["name"]
    assert not typed("/cohort", "create name:x", TABLE).missing


def test_every_row_of_the_real_table_is_reached() -> None:
    for words, row in REAL.commands("slack"):
        head, _, verb = words.partition(" ")
        assert typed(f"/{head}", verb, REAL).spec is row


@given(st.text(max_size=200))
def test_any_line_is_understood_or_refused_with_a_word(line: str) -> None:
    with contextlib.suppress(PersonError):
        assert typed("/cohort", line, TABLE).spec in TABLE.rows


@given(st.text(max_size=80))
def test_a_quoted_value_arrives_as_it_was_typed(value: str) -> None:
    escaped = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    quoted = escaped.replace("\\", "\\\\").replace('"', '\\"')
    if "”" in value or "“" in value:
        return  # a straight quote is closed by a straight one only; curly ones are for curly ones
    assert options(f'name:"{quoted}"') == {"name": value}


def test_a_kind_decides_what_a_mention_means() -> None:
    assert understood("<@U2|ann>", Param("a", "text", "b")) == "@ann"
    assert understood("<@U2|ann>", Param("a", "member", "b")) == "U2"
    assert understood("see <#C1|general>", Param("a", "channel", "b")) == "see #general"


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("<@U12|ann> <@W3>", "person:U12 person:W3"),
        ("<@U12|ann>,<@U13|bob>", "person:U12 person:U13"),
        ("<!subteam^S1|@mentors>", "unknown:<!subteam^S1|@mentors>"),
        ("@ann person:U1", "unknown:@ann unknown:person:U1"),
        ("nobody", "unknown:nobody"),
    ],
)
def test_people_are_known_when_they_are_picked(said: str, meant: str) -> None:
    assert understood(said, Param("who", "people", "who")) == meant

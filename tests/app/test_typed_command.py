"""`name:value "quoted value"` as people type it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohort_bot.app import typed_command
from cohort_bot.app.commands import CommandSpec, Param, Role
from cohort_bot.app.errors import PersonError
from cohort_bot.app.features.join import JOIN
from cohort_bot.app.services import Services
from cohort_bot.chat.form import Option, Reply
from cohort_bot.chat.invocation import Invocation


async def _unused(_services: Services, _invocation: Invocation) -> Reply:
    raise AssertionError


CREATE = CommandSpec(
    "create",
    Role.ANYONE,
    _unused,
    params=(
        Param("name", "text", "its name"),
        Param("starts", "date", "when"),
        Param("rooms", "choice", "where", choices=(Option("all", "all"), Option("one", "one")), alone="all"),
    ),
)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", {}),
        ("  ", {}),
        ("name:AI", {"name": "AI"}),
        ('name:"AI 2027" starts:2027-01-04', {"name": "AI 2027", "starts": "2027-01-04"}),
        ("name:“AI 2027” starts:2027-01-04", {"name": "AI 2027", "starts": "2027-01-04"}),
        ("name:'AI 2027'", {"name": "AI 2027"}),
        ("name:«AI 2027» starts:‘x y’", {"name": "AI 2027", "starts": "x y"}),
        ("name:„AI 2027“", {"name": "AI 2027"}),
        # As Discord shows a command that was sent.
        ("name: AI 2027 starts: 2027-01-04", {"name": "AI 2027", "starts": "2027-01-04"}),
        ("NAME:x", {"name": "x"}),
        (r'name:"a \"b\" \\ c"', {"name": r'a "b" \ c'}),
        ("name:14:30", {"name": "14:30"}),
        ("name:see https://example.org/a:b now", {"name": "see https://example.org/a:b now"}),
        ('name:""', {"name": ""}),
        # An option's name alone, where that means something.
        ("Rooms", {"rooms": "all"}),
        (" rooms  name:x", {"rooms": "all", "name": "x"}),
        ("rooms:one", {"rooms": "one"}),
    ],
)
def test_options_are_read(line: str, expected: dict[str, str]) -> None:
    assert dict(typed_command.options(line, CREATE)) == expected


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('name:"AI 2027', "is never closed"),
        ('name:"AI"2027', "space after the closing quote"),
        ("nam:AI", "Did you mean name:?"),
        ("colour:red", "You can use name, starts, rooms."),
        ("name:AI name:ML", "You gave name twice"),
        ("AI", "name:AI"),
        ("name AI", "name:name"),
        ("rooms rooms", "name:rooms"),
        ("rooms one", "name:one"),
        ("«AI»", 'name:"«AI»".'),
        ("name:AI why: because", "put the value in quotes"),
    ],
)
def test_options_that_cannot_be_read(line: str, says: str) -> None:
    with pytest.raises(PersonError) as error:
        typed_command.options(line, CREATE)
    assert says in str(error.value)
    assert str(error.value).rstrip("?")[-1] in ".:"


@given(st.text(), st.text())
def test_whatever_is_quoted_is_read_back(name: str, starts: str) -> None:
    line = f"name:{typed_command.quoted(name)} starts:{typed_command.quoted(starts)}"
    assert dict(typed_command.options(line, CREATE)) == {"name": name, "starts": starts}


def test_a_platform_says_what_a_value_means_and_what_was_seen() -> None:
    found = typed_command.options("name:x starts:y", CREATE, lambda value, param: f"{param.kind} {value}")
    assert found == {"name": "text x", "starts": "date y"}
    with pytest.raises(PersonError, match="what “SEEN” is for"):
        typed_command.options("seen", CREATE, shown=str.upper)


def test_a_place_without_a_name_is_taken_for_a_time_zone_and_not_for_a_cohort() -> None:
    with pytest.raises(PersonError, match="such as timezone:Berlin"):
        typed_command.options("Berlin", JOIN)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("name：AI", {"name": "AI"}),
        ("name：AI starts：2027-01-04", {"name": "AI", "starts": "2027-01-04"}),
        ("ｎａｍｅ：AI　ｓｔａｒｔｓ：2027-01-04", {"name": "AI", "starts": "2027-01-04"}),
        ("name﹕AI", {"name": "AI"}),
        ("name :AI", {"name": "AI"}),
        ("name:＂AI 2027＂ starts:x", {"name": "AI 2027", "starts": "x"}),
        ("name:”AI 2027”", {"name": "AI 2027"}),
        ("name:“AI 2027“", {"name": "AI 2027"}),
        ("name:„AI 2027”", {"name": "AI 2027"}),
        ("name:»AI 2027«", {"name": "AI 2027"}),
        ("name:「AI 2027」", {"name": "AI 2027"}),
        ("name:『AI 2027』", {"name": "AI 2027"}),
        ("name:‹AI 2027›", {"name": "AI 2027"}),
        ("name:’AI 2027’", {"name": "AI 2027"}),
        ("name:‚AI 2027‘", {"name": "AI 2027"}),
        ("name:`AI 2027`", {"name": "AI 2027"}),
        ("name:“AI 2027\" starts:'x y’", {"name": "AI 2027", "starts": "x y"}),
        ("name:'Ann's and Bob’s' starts:x", {"name": "Ann's and Bob’s", "starts": "x"}),
        ("name:“the “inner” one”", {}),
        ("name:\u00a0AI", {"name": "AI"}),
    ],
)
def test_options_are_read_however_colons_and_quotes_are_written(line: str, expected: dict[str, str]) -> None:
    if expected:
        assert dict(typed_command.options(line, CREATE)) == expected
    else:
        with pytest.raises(PersonError, match="space after the closing quote"):
            typed_command.options(line, CREATE)

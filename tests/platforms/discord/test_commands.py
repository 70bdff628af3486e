"""The command table as Discord's commands, at each limit and one beyond it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cohort_bot.app.commands import CommandSpec, Param, Role, Table
from cohort_bot.app.services import Services
from cohort_bot.app.table import TABLE
from cohort_bot.chat.catalogues import CATALOGUES, ENGLISH
from cohort_bot.chat.form import Option, Reply
from cohort_bot.chat.i18n import language
from cohort_bot.chat.invocation import Invocation
from cohort_bot.platforms.common.errors import CannotRender
from cohort_bot.platforms.discord import commands
from tests.fakes import discord_checks as checks
from tests.fakes.discord_server import DiscordServer
from tests.fakes.discord_typed import command as typed_command
from tests.fakes.discord_world import World
from tests.fakes.toy import TABLE as TOYS
from tests.fakes.toy import Toy
from tests.platforms.discord.cohort import running
from tests.platforms.discord.conftest import started

LONG = tuple(Option(f"{n:02}" + "v" * 50, "l" * 50) for n in range(25))
"""A quarter and a little more of what one command may have."""


async def _handler(_services: Services, _invocation: Invocation) -> Reply:
    raise AssertionError


def row(name: str = "echo", summary: str = "Say it", params: tuple[Param, ...] = ()) -> CommandSpec:
    return CommandSpec(name, Role.ANYONE, _handler, summary, {"": name}, params)


def registered(*rows: CommandSpec) -> list[dict[str, Any]]:
    found = commands.payload(Table(rows))
    checks.commands(found)
    return found


def names(found: list[dict[str, Any]]) -> set[str]:
    """The words of every command, with its groups."""
    return {" ".join(words) for command in found for words in _words(command)}


def _words(command: Mapping[str, Any]) -> Iterator[list[str]]:
    inner = [option for option in command["options"] if option["type"] in {commands.SUBCOMMAND, commands.GROUP}]
    if not inner:
        yield [command["name"]]
    for option in inner:
        yield from ([command["name"], *words] for words in _words(option))


def test_the_real_table() -> None:
    found = commands.payload(TABLE)
    checks.commands(found)
    assert names(found) == {name for name, _ in TABLE.commands("discord")}
    assert {
        "join",
        "checkin",
        "plan",
        "progress",
        "paper",
        "leave",
        "help",
        "cohort create",
        "cohort progress",
    } <= names(found)
    assert "me" not in {command["name"] for command in found}, "the client has that one built in"
    # A role that /cohort edit named must see them: nothing is hidden by permission.
    assert not any("default_member_permissions" in command for command in found)


def test_options_have_types() -> None:
    cohort = next(command for command in commands.payload(TABLE) if command["name"] == "cohort")
    create = next(option for option in cohort["options"] if option["name"] == "create")
    options: Mapping[str, Mapping[str, Any]] = {option["name"]: option for option in create["options"]}
    assert options["name"]["required"]
    assert options["timezone"]["autocomplete"]
    assert options["channel"]["type"] == commands.CHANNEL
    join = next(command for command in commands.payload(TABLE) if command["name"] == "join")
    options = {option["name"]: option for option in join["options"]}
    assert (options["hours"]["type"], options["hours"]["min_value"], options["hours"]["max_value"]) == (4, 1, 80)
    assert [choice["value"] for choice in options["pace"]["choices"]] == ["cohort", "week-1"]
    assert options["cohort"]["autocomplete"]


def test_required_options_come_first() -> None:
    params = (Param("a", "text", "x"), Param("b", "text", "x", required=True))
    assert [option["name"] for option in registered(row(params=params))[0]["options"]] == ["b", "a"]


def test_three_words_make_a_group() -> None:
    found = registered(row("cohort room add"), row("cohort room drop"), row("cohort list"))
    room, listed = found[0]["options"]
    assert (room["type"], [option["name"] for option in room["options"]]) == (commands.GROUP, ["add", "drop"])
    assert listed["type"] == commands.SUBCOMMAND


@pytest.mark.parametrize(
    "rows",
    [
        [row("Echo")],
        [row("x" * 33)],
        [row("e!")],
        [row(summary="")],
        [row(summary="x" * 101)],
        [row(params=(Param("p" * 33, "text", "x"),))],
        [row(params=(Param("p", "text", "x" * 101),))],
        [row(params=tuple(Param(f"p{n}", "text", "x") for n in range(26)))],
        [row(params=(Param("p", "choice", "x", choices=(Option("v", "l" * 101),)),))],
        [row(params=(Param("p", "choice", "x", choices=(Option("v" * 101, "l"),)),))],
        [row(f"c{n}") for n in range(101)],
        [row(f"c s{n}") for n in range(26)],
        [row("c"), row("c s")],
        [row("c s"), row("c")],
        [row("a b c d")],
        [row(params=tuple(Param(f"p{n}", "choice", "x" * 100, choices=LONG) for n in range(4)))],
    ],
)  # fmt: skip
def test_what_discord_would_refuse_is_found_here(rows: list[CommandSpec]) -> None:
    with pytest.raises(CannotRender):
        commands.payload(Table(tuple(rows)))


def test_at_the_limits() -> None:
    registered(*(row(f"c{n}") for n in range(100)))
    registered(*(row(f"c s{n}") for n in range(25)))
    choices = tuple(Option(f"{n:02}" + "v" * 98, "l" * 100) for n in range(25))
    params = (Param("p" * 32, "choice", "x" * 100, choices=choices),)
    registered(row("x" * 32, "x" * 100, params))
    registered(row(params=tuple(Param(f"p{n}", "text", "x") for n in range(25))))


def test_more_than_25_choices_are_suggested_instead() -> None:
    choices = tuple(Option(str(n), str(n)) for n in range(26))
    assert registered(row(params=(Param("p", "choice", "x", choices=choices),)))[0]["options"][0]["autocomplete"]


async def test_commands_are_registered_only_when_they_changed(server: DiscordServer) -> None:
    async def registrations(table: Table) -> int:
        async with started(server, Toy(), table=table):
            pass
        return server.http.registrations

    assert await registrations(TOYS) == 1
    assert await registrations(TOYS) == 1
    changed = Table((replace(TOYS.rows[0], summary="Something else"), *TOYS.rows[1:]))
    assert await registrations(changed) == 2
    assert await registrations(changed) == 2
    server.http.commands[0]["default_member_permissions"] = "0"
    assert await registrations(changed) == 3, "hidden by hand in the API: shown again"
    server.http.cannot_read_commands = True
    assert await registrations(changed) == 4, "what cannot be read is registered again"


def _every(found: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for each in found:
        yield each
        yield from _every([*each.get("options", ()), *each.get("choices", ())])


def test_names_summaries_and_choices_are_in_every_language() -> None:
    found = {each["name"]: each for each in commands.payload(TABLE)}
    join = found["join"]
    assert join["name_localizations"] == {"de": "mitmachen", "es-419": "unirme", "es-ES": "unirme"}
    timezone = next(each for each in join["options"] if each["name"] == "timezone")
    assert timezone["name_localizations"]["de"] == "zeitzone"
    pace = next(each for each in join["options"] if each["name"] == "pace")
    assert [(each["value"], each["name_localizations"]["de"]) for each in pace["choices"]][1][0] == "week-1"
    assert found["cohort"]["name_localizations"] == {}, "it has one name everywhere"
    locales = {"de", "es-419", "es-ES"}
    assert all(
        set(each["description_localizations"]) == locales for each in _every(list(found.values())) if "type" in each
    )


def test_a_language_that_only_commands_are_named_in_takes_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its catalogue is read again when somebody speaks it."""
    for spoken in [*CATALOGUES]:
        if spoken != ENGLISH:
            monkeypatch.delitem(CATALOGUES, spoken)
    assert commands.payload(TABLE)
    assert set(CATALOGUES) == {ENGLISH}


def test_what_would_have_the_same_name_keeps_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"one": "zwei", "two": "zwei", "three": "four", "Four": "x"}
    monkeypatch.setattr(commands, "word", lambda english: said.get(english, english) if language() == "de" else english)
    found = registered(row("one"), row("two"), row("three"), row("four"), row("five"))
    assert [each["name_localizations"].get("de") for each in found] == [None] * 5


async def test_another_translation_is_registered_and_the_same_is_not(server: DiscordServer) -> None:
    async with started(server, Toy(), table=TABLE):
        pass
    async with started(server, Toy(), table=TABLE):
        assert server.http.registrations == 1
    join = next(each for each in server.http.commands if each["name"] == "join")
    join["description_localizations"]["de"] = "Was früher dort stand"
    async with started(server, Toy(), table=TABLE):
        assert server.http.registrations == 2


def test_a_client_in_german_sends_what_one_in_english_sends() -> None:
    world, found = (
        World(lambda: datetime(2027, 1, 4, tzinfo=UTC)),
        [{**each, "id": "1"} for each in commands.payload(TABLE)],
    )
    german = typed_command(found, world, "lesekreis vorschlagen", {"titel": "Attention", "link": "https://a.example"})
    assert german == typed_command(found, world, "club propose", {"title": "Attention", "link": "https://a.example"})


async def test_commands_are_named_as_the_client_shows_them_whatever_its_person_has_chosen_to_read(
    tmp_path: Path,
) -> None:
    async with running(tmp_path) as bot:
        await bot.create()
        server, person = bot.server, bot.server.world.person("member-1")
        person.locale = "de"
        welcome = await server.slash("member-1", "general", "mitmachen", zeitzone="ich wohne in Wien")
        assert "Europe/Vienna" in welcome.text
        assert "Mit /profil " in welcome.text
        english = await server.slash("member-1", "general", "profil", sprache="en")
        assert "What I keep about you" in english.text
        told = await server.slash("member-1", "general", "hilfe")
        assert "You can type:" in told.text
        assert "/mitmachen" in told.text
        assert "/join" not in told.text
        await server.slash("member-1", "general", "profil", sprache="de")
        person.locale = "en-US"
        told = await server.slash("member-1", "general", "help")
        assert "Das kannst du tippen" in told.text
        assert "/join" in told.text
        assert "/mitmachen" not in told.text

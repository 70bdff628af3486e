"""Every limit of Discord that the bot can meet: what is just within goes out as it is, one more is cut or refused.

| Limit | At it and one beyond |
|---|---|
| message 4,000 characters, 40 components, 5 buttons in a row, label 80, custom_id 100 | here |
| modal title 45, label 45, hint 100, text 4,000, 5 fields, 10 checkboxes, 25 options, option 100 | here |
| 100 commands, 25 subcommands, options and choices, names 32, descriptions and choices 100, 8,000 in all | here |
| nonce 25, thread name 100 | here, on the real client |
| 25 suggestions of 100 characters | here, on the real client |
| content 2,000 and embeds | never sent: `render` makes Components V2 alone, which test_schema validates |
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from cohort_bot.app.commands import CommandSpec, Param, Role, Table
from cohort_bot.app.ports.platform import Reason, Refused
from cohort_bot.app.services import Services
from cohort_bot.chat.form import ChoiceField, Form, Option, Reply, TextField
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Actions, Button, Mention, Message, paragraph
from cohort_bot.chat.place import Place
from cohort_bot.platforms.common.errors import CannotRender
from cohort_bot.platforms.discord import commands, forms, limits, render
from cohort_bot.platforms.discord.adapter import DiscordPlatform
from tests.fakes import discord_checks as checks
from tests.fakes.discord_server import DiscordServer
from tests.fakes.discord_world import BUTTON, COMPONENTS_V2, ROW, TEXT_DISPLAY, walk
from tests.fakes.toy import Toy
from tests.platforms.discord.conftest import started


async def _handler(_services: Services, _invocation: Invocation) -> Reply:
    raise AssertionError


def command(name: str = "echo", summary: str = "Say it", *params: Param) -> CommandSpec:
    return CommandSpec(name, Role.ANYONE, _handler, summary, {"": name}, params)


def registered(*rows: CommandSpec) -> list[dict[str, Any]]:
    found = commands.payload(Table(rows))
    checks.commands(found)
    return found


def drawn(*blocks: Any) -> list[Any]:
    """The components of a message, after Discord's own checks."""
    found: list[Any] = list(render.message(Message("s", blocks)).view.to_components())
    checks.message({"components": found, "flags": COMPONENTS_V2})
    return list(walk(found))


def asked(*fields: TextField | ChoiceField, title: str = "T", args: dict[str, str] | None = None) -> Any:
    """A form, after Discord's own checks."""
    found = forms.modal(Form("a", title, fields, args or {})).to_dict()
    checks.modal(found)
    return found


def texts(number: int) -> tuple[TextField, ...]:
    return tuple(TextField(f"f{n}", "L") for n in range(number))


def options(number: int) -> tuple[Option, ...]:
    return tuple(Option(str(n), "o") for n in range(number))


def buttons(number: int) -> Actions:
    return Actions(tuple(Button("B", "help", {"n": str(n)}) for n in range(number)))


def button(label: str = "B", **args: str) -> Any:
    return next(item for item in drawn(Actions((Button(label, "a", args),))) if item["type"] == BUTTON)


def widest(length: int) -> list[dict[str, Any]]:
    """A command of so many characters in all."""
    rest = length - len("echo") - 1
    params: list[Param] = []
    while rest > 0:
        choices = [Option("v" * 100, "l" * 100)] * min(25, max(0, (rest - 101) // 200))
        spare = min(101, rest - 200 * len(choices))
        params.append(
            Param(chr(97 + len(params)), "choice" if choices else "text", "x" * (spare - 1), choices=tuple(choices))
        )
        rest -= spare + 200 * len(choices)
    return registered(command("echo", "x", *params))


@dataclass(frozen=True)
class Cut:
    """A text that is shown within the limit, whatever it is: `shown` of one with n characters."""

    most: int
    shown: Callable[[int], str]


@dataclass(frozen=True)
class Kept:
    """What cannot be cut: `made` of n must be refused beyond the limit."""

    most: int
    made: Callable[[int], object]
    said: str | None = None


CUT = {
    "text of a message": Cut(
        limits.TEXT,
        lambda n: "".join(item["content"] for item in drawn(paragraph("a" * n)) if item["type"] == TEXT_DISPLAY),
    ),
    "label of a button": Cut(limits.BUTTON, lambda n: str(button("a" * n)["label"])),
    "title of a form": Cut(limits.TITLE, lambda n: str(asked(*texts(1), title="a" * n)["title"])),
    "label of a field": Cut(limits.LABEL, lambda n: str(asked(TextField("f", "a" * n))["components"][0]["label"])),
    "hint of a field": Cut(
        limits.HINT, lambda n: str(asked(TextField("f", "L", hint="a" * n))["components"][0]["description"])
    ),
    "text typed before": Cut(
        limits.INPUT,
        lambda n: str(asked(TextField("f", "L", "long", "a" * n, limit=n))["components"][0]["component"]["value"]),
    ),
    "label of an option": Cut(
        limits.OPTION,
        lambda n: str(
            asked(ChoiceField("f", "L", (Option("v", "a" * n),)))["components"][0]["component"]["options"][0]["label"]
        ),
    ),
}

KEPT = {
    # A container, a text, and the buttons in seven rows.
    "components of a message": Kept(limits.COMPONENTS, lambda n: drawn(buttons(n - 9))),
    "custom_id of a button": Kept(limits.CUSTOM_ID, lambda n: button(k="a" * (n - len("a|k=")))),
    "custom_id of a form": Kept(limits.CUSTOM_ID, lambda n: asked(*texts(1), args={"k": "a" * (n - len("a|k="))})),
    "custom_id of a field": Kept(limits.CUSTOM_ID, lambda n: asked(TextField("f" * n, "L"))),
    "fields of a form": Kept(limits.FIELDS, lambda n: asked(*texts(n))),
    "options of a field": Kept(limits.OPTIONS, lambda n: asked(ChoiceField("f", "L", options(n)))),
    "value of an option": Kept(limits.OPTION, lambda n: asked(ChoiceField("f", "L", (Option("v" * n, "o"),)))),
    "commands": Kept(limits.COMMANDS, lambda n: registered(*(command(f"c{k}") for k in range(n)))),
    "subcommands": Kept(limits.SUBCOMMANDS, lambda n: registered(*(command(f"c s{k}") for k in range(n)))),
    "options of a command": Kept(
        limits.OPTIONS, lambda n: registered(command("c", "x", *(Param(f"p{k}", "text", "x") for k in range(n))))
    ),
    "name of a command": Kept(32, lambda n: registered(command("c" * n))),
    "name of a subcommand": Kept(32, lambda n: registered(command("c " + "s" * n))),
    "name of an option": Kept(32, lambda n: registered(command("c", "x", Param("p" * n, "text", "x")))),
    "description of a command": Kept(limits.SUMMARY, lambda n: registered(command("c", "x" * n))),
    "description of an option": Kept(
        limits.SUMMARY, lambda n: registered(command("c", "x", Param("p", "text", "x" * n)))
    ),
    "label of a choice": Kept(
        limits.CHOICE,
        lambda n: registered(command("c", "x", Param("p", "choice", "x", choices=(Option("v", "l" * n),)))),
    ),
    "value of a choice": Kept(
        limits.CHOICE,
        lambda n: registered(command("c", "x", Param("p", "choice", "x", choices=(Option("v" * n, "l"),)))),
    ),
    "characters of a command": Kept(limits.COMMAND_TEXT, widest, "8001 of 8000"),
}


@pytest.mark.parametrize("limit", CUT.values(), ids=CUT)
def test_a_text_at_the_limit_is_whole_and_one_beyond_is_cut(limit: Cut) -> None:
    assert limit.shown(limit.most) == "a" * limit.most
    beyond = limit.shown(limit.most + 1)
    assert 0 < limits.size(beyond) <= limit.most
    assert beyond != "a" * (limit.most + 1)


@pytest.mark.parametrize("limit", KEPT.values(), ids=KEPT)
def test_what_is_at_the_limit_is_sent_and_one_beyond_is_refused_here(limit: Kept) -> None:
    limit.made(limit.most)
    with pytest.raises(CannotRender, match=limit.said):
        limit.made(limit.most + 1)


@pytest.mark.parametrize(("number", "rows"), [(limits.ROW, 1), (limits.ROW + 1, 2)])
def test_one_button_more_than_a_row_holds_begins_another_row(number: int, rows: int) -> None:
    assert sum(item["type"] == ROW for item in drawn(buttons(number))) == rows


@pytest.mark.parametrize(("number", "key"), [(limits.CHOICES, "choices"), (limits.CHOICES + 1, "autocomplete")])
def test_one_choice_more_than_fit_is_suggested_instead(number: int, key: str) -> None:
    (found,) = registered(command("c", "x", Param("p", "choice", "x", choices=options(number))))
    assert found["options"][0][key]


@pytest.mark.parametrize("number", [limits.MENTIONS, limits.MENTIONS + 1])
def test_no_more_people_are_notified_than_one_message_may(number: int) -> None:
    body = Message("s", (paragraph(*(Mention(str(10**17 + n)) for n in range(number))),))
    assert len(render.message(body).mentions.to_dict()["users"]) == limits.MENTIONS


async def test_a_mark_of_25_characters_goes_out_and_one_more_is_refused(
    server: DiscordServer, platform: DiscordPlatform
) -> None:
    room = Place("discord", str(server.world.guild), str(server.channel("general").id))
    await platform.send(room, Message("within"), "m" * limits.NONCE)
    with pytest.raises(Refused) as refused:
        await platform.send(room, Message("beyond"), "m" * (limits.NONCE + 1))
    assert refused.value.reason is Reason.INVALID
    assert server.channel("general").texts == ["within"]


@pytest.mark.parametrize("length", [limits.THREAD_NAME, limits.THREAD_NAME + 1])
async def test_the_name_of_a_thread_is_cut_to_100(
    server: DiscordServer, platform: DiscordPlatform, length: int
) -> None:
    room = Place("discord", str(server.world.guild), str(server.channel("general").id))
    await platform.thread(await platform.send(room, Message("root"), "mark"), "t" * length)
    (thread,) = server.world.threads()
    assert len(thread.name) == limits.THREAD_NAME
    assert thread.name.endswith("…") is (length > limits.THREAD_NAME)


@pytest.mark.parametrize("number", [limits.CHOICES, limits.CHOICES + 1])
async def test_no_more_suggestions_than_fit_and_none_too_long(server: DiscordServer, toy: Toy, number: int) -> None:
    length = limits.CHOICE

    async def complete(_invocation: Invocation, _option: str, _typed: str) -> list[Option]:
        beyond = Option("v" * (length + 1), "its value cannot be cut")
        return [beyond, *(Option(f"{n:02}".ljust(length, "v"), "l" * (length + n % 2)) for n in range(number))]

    async with started(server, toy, complete=complete):
        found = await server.suggest("member-1", "general", "echo", "fruit", "x")
    assert found == [f"{n:02}".ljust(length, "v") for n in range(limits.CHOICES)]

"""Somebody who does everything that people can do, and all that is answered and posted meanwhile.

The world in which it happens has no Latin letter of its own: the guide, the cohort and its people are Greek.
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from cohort_bot.app.commands import CommandSpec, Param
from cohort_bot.app.errors import PersonError
from cohort_bot.app.ports.platform import Finding
from cohort_bot.app.table import TABLE
from cohort_bot.chat.catalogues import languages, own_name
from cohort_bot.chat.form import ChoiceField, FieldErrors, FileField, Form, Option, Reply, TextField
from cohort_bot.chat.i18n import speaking
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Message, buttons, plain, text
from cohort_bot.chat.place import Place
from cohort_bot.platforms.discord import forms as discord_forms
from cohort_bot.platforms.discord import ids
from cohort_bot.platforms.discord import render as discord_render
from cohort_bot.platforms.local.chat import CHANNELS, SAMPLES, Person
from cohort_bot.platforms.slack import forms as slack_forms
from cohort_bot.platforms.slack import ids as slack_ids
from cohort_bot.platforms.slack import render as slack_render
from tests.fakes import discord_checks, slack_checks
from tests.fakes.bot import LIBRARY, BotUnderTest, OneGuide, StillClock, running
from tests.fakes.discord_world import COMPONENTS_V2
from tests.fakes.memory import WORKSPACE, MemoryPlatform
from tests.pseudo_locale import ASCII, english

GREEK = str.maketrans(ASCII, "αβψδεφγηιξκλμνοπςρστθωυχυζΑΒΨΔΕΦΓΗΙΞΚΛΜΝΟΠΣΡΣΤΘΩΥΧΥΖ")
NO_TEXT = {"id", "slug", "phase", "colour", "url", "covers", "language"}
PEOPLE = (
    Person("moderator", "Ωμέγα", "Europe/Berlin", admin=True),
    Person("member-1", "Άλφα", "Europe/Berlin"),
    Person("member-2", "Βήτα", "America/Los_Angeles"),
    Person("member-3", "Γάμμα", "Asia/Kolkata"),
)
Kind = Literal["command", "button", "form"]
KINDS: tuple[Kind, ...] = ("button", "form")
NAME, TEXT = "Ομάδα", "Διαβάζω κάθε μέρα"
MONDAY = datetime(2027, 1, 4, 9, tzinfo=UTC)

GUIDE = next(each for slug in LIBRARY.slugs() if (each := LIBRARY.get(slug)))
TYPED = {word for row in TABLE.rows for name in row.names.values() for word in name.split()}
TYPED |= {param.name for row in TABLE.rows for param in row.params}
TYPED |= {choice.value for row in TABLE.rows for param in row.params for choice in param.choices}
IDS = [
    GUIDE.slug,
    *(paper.id for paper in GUIDE.papers),
    *CHANNELS,
    *(each.id for each in SAMPLES),
    "local",
    "cohort-bot",
    "UTC",
    *map(own_name, languages()),
]
LAST = frozenset(["leave.yes", "profile.erase.yes", "cohort.archive.yes", "cohort.remove.yes", "leave"])
"""What ends something is done last."""


def greek(value: Any) -> Any:
    """The same programme, its texts in Greek letters."""
    match value:
        case str():
            return value.translate(GREEK)
        case tuple():
            return tuple(greek(each) for each in value)
        case Mapping():
            return {key: greek(each) for key, each in value.items()}
        case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
            texts = {
                each.name: greek(getattr(value, each.name))
                for each in dataclasses.fields(value)
                if each.init and each.name not in NO_TEXT
            }
            return replace(value, **texts)
        case _:
            return value


class Recording(MemoryPlatform):
    """The platform in memory, which keeps every answer, form and post that anybody got."""

    def __init__(self, clock: StillClock, people: Sequence[Person]) -> None:
        super().__init__(clock.now, people)
        self.replies: list[tuple[str, Reply]] = []
        """Each with the language of who got it."""
        self.done: set[str] = set()

    async def _run(self, invocation: Invocation) -> Reply:
        self.done.add(invocation.action)
        reply = await super()._run(invocation)
        self.replies.append((invocation.actor.locale, reply))
        return reply

    async def check(self, place: Place) -> Sequence[Finding]:
        return [replace(each, problem="Ψ", cure="Ω") for each in await super().check(place)]

    async def send_raw(self, person: str, action: str, kind: Kind, args: Mapping[str, str]) -> Reply:
        origin = self._origin(person, Place(self.name, WORKSPACE, CHANNELS[0]))
        return await self._run(Invocation(origin.id, action, kind, origin.actor, origin.place, origin.at, args))

    def shown(self) -> Iterator[tuple[str, Reply]]:
        """Everything with its language."""
        yield from self.replies
        yield from ((each.message.language, each.message) for each in self.sent if each.private is None)


class Walk:
    """Somebody who tries everything: every command with right and wrong options, every button, every form."""

    def __init__(self, bot: BotUnderTest, chat: Recording) -> None:
        self.bot, self.chat = bot, chat
        self.pressed: set[tuple[str, str]] = set()

    async def create(self, person: str) -> None:
        """Start the cohort, in the language of whoever does it."""
        language = self.chat.people[person].language
        line = f'/cohort create name:"{NAME}" timezone:Europe/Berlin language:{language}'
        preview = await self.bot.message(person, line)
        await self.chat.press(person, preview, english(buttons(preview)[0].label))
        await self.bot.settle()

    async def commands(self, person: str, *, without: frozenset[str] = frozenset()) -> None:
        for name, row in TABLE.commands("local"):
            if row.action not in without:
                for options in _lines(row, self.chat.people[person].language):
                    await self.follow(person, await self.type(person, f"/{name} {options}".strip()), without)

    async def type(self, person: str, line: str) -> Reply:
        try:
            with speaking(self.chat.people[person].language):
                return await self.bot.type(person, line)
        except PersonError as error:
            self.chat.replies.append((self.chat.people[person].language, text(str(error))))
            return self.chat.replies[-1][1]

    async def follow(self, person: str, reply: Reply, without: frozenset[str] = frozenset(), depth: int = 0) -> None:
        """Press what is offered, fill in what is asked, wrongly first; each kind of button once a person."""
        if depth > 4:
            return
        if isinstance(reply, Form):
            for filled in _filled(reply):
                self.bot.clock.skip(10)
                sent = await self.chat.submit(person, reply, **filled)
                await self.follow(person, sent, without, depth + 1)
        elif isinstance(reply, Message):
            for button in buttons(reply):
                kind = (button.action, button.args.get("for", ""))
                if kind in self.pressed or button.action in without:
                    continue
                self.pressed.add(kind)
                self.bot.clock.skip(10)
                await self.follow(
                    person, await self.chat.press(person, reply, english(button.label)), without, depth + 1
                )

    async def everything_else(self, person: str) -> None:
        """What no button led to, as it is pressed or sent on a page that is older than the bot."""
        args = {"id": "1", "member": "2", "round": "1", "week": "2", "page": "0", "phase": GUIDE.phases[0].id}
        for row in TABLE.rows:
            if row.action not in self.chat.done:
                for kind in KINDS:
                    self.bot.clock.skip(10)
                    await self.follow(person, await self.chat.send_raw(person, row.action, kind, args), LAST)

    async def messages(self, person: str, *, without: frozenset[str]) -> None:
        """What can be written to the bot: words, too many of them, a picture, both."""
        for words, files in ((TEXT, 0), ("ψ" * 1600, 0), ("", 1), ("", 0), (TEXT, 1)):
            self.bot.clock.skip(10)
            await self.follow(person, await self.chat.write(person, words, files=files), without)

    async def posts(self, person: str, *, without: frozenset[str]) -> None:
        for sent in [*self.chat.posts(), *self.chat.inbox(person)]:
            await self.follow(person, sent.message, without)


def _lines(row: CommandSpec, language: str) -> Iterator[str]:
    """Its options: none, all that are needed, each of the others, each with what cannot be."""
    needed = " ".join(f"{param.name}:{_value(param, language)}" for param in row.params if param.required)
    yield ""
    yield needed
    for param in row.params:
        yield f"{needed if not param.required else ''} {param.name}:{_value(param, language)}"
        yield f"{needed if not param.required else ''} {param.name}:ψψψ"
    yield "ψψψ:1"
    yield "ψψψ"


def _value(param: Param, language: str) -> str:
    if param.name == "language":
        return language
    if param.kind == "choice":
        return param.choices[0].value
    values = {
        "text": f'"{TEXT}"',
        "int": "1",
        "date": "2027-02-01",
        "time": "09:00",
        "day": "Monday",
        "zone": "Europe/Berlin",
        "cohort": NAME,
        "member": "member-2",
        "people": "@Άλφα",
        "channel": "study-hall",
    }
    return values[param.kind]


def _filled(form: Form) -> Iterator[Mapping[str, Any]]:
    yield {field.key: ("ψ" * (field.limit + 1)) for field in form.fields if isinstance(field, TextField)}
    yield {
        field.key: tuple(each.value for each in field.options[:2])
        if isinstance(field, ChoiceField) and field.many
        else field.options[0].value
        if isinstance(field, ChoiceField)
        else ""
        if isinstance(field, FileField)
        else field.value or {"zone": "Europe/Berlin", "date": "2027-02-01"}.get(field.kind, "5")
        for field in form.fields
    }


def words_of(reply: Reply) -> str:
    """All that a person reads of it; times are the platform's to say."""
    match reply:
        case FieldErrors():
            return "\n".join([words_of(reply.form), *reply.errors.values()])
        case Form():
            labels = [reply.title, reply.submit]
            for field in reply.fields:
                options: tuple[Option, ...] = field.options if isinstance(field, ChoiceField) else ()
                labels += [field.label, field.hint, *(option.label for option in options)]
            return "\n".join(labels)
        case Message():
            pages = [file.text for file in reply.files if file.name.endswith(".md")]
            return "\n".join([reply.summary, plain(reply).replace("[picture: ", "["), *pages])


def check_everywhere(reply: Reply) -> None:
    """Made for Discord and for Slack, it is within their limits."""
    match reply:
        case Message():
            view = discord_render.message(replace(reply, files=()), ids.NO_NUMBERS).view
            components = list(view.to_components())
            discord_checks.message({"components": components, "flags": COMPONENTS_V2})
            for part in slack_render.parts(reply):
                assert slack_checks.block_problems(part.blocks, 50) == []
        case Form():
            discord_checks.modal(discord_forms.modal(reply).to_dict())
        case FieldErrors():
            check_everywhere(discord_forms.corrections(reply, "draft", reply.form.action))
    assert slack_checks.view_problems(slack_forms.view(reply, slack_ids.State(channel="C1"))) == []


async def everything(folder: Path, people: Sequence[Person], *, weeks: int) -> Recording:
    """All that people can do, in so many weeks of a cohort in the language of the first of them."""
    clock = StillClock()
    chat = Recording(clock, people)
    async with running(folder, chat=chat, clock=clock, programmes=OneGuide(greek(GUIDE))) as bot:
        walk = Walk(bot, chat)
        await walk.create(people[0].id)
        for person in ("member-1", "member-2", "member-3"):
            await walk.posts(person, without=LAST)
        await walk.commands("moderator", without=LAST)
        for week in range(weeks):
            await bot.until(MONDAY + timedelta(weeks=week))
            for person in ("member-1", "moderator"):
                await walk.posts(person, without=LAST)
                await walk.messages(person, without=LAST)
                await walk.commands(person, without=LAST)
                walk.pressed.clear()
            await bot.days(5)
        await walk.everything_else("member-1")
        await walk.everything_else("moderator")
        for person in ("member-1", "moderator"):
            walk.pressed.clear()
            await walk.commands(person)
    return chat

"""The contract of every platform, on the loopback Discord."""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import pytest

from cohort_bot.chat.place import Place
from cohort_bot.platforms.discord.adapter import DiscordPlatform
from tests.fakes.discord_server import Answer, DiscordServer, NoAnswer, Posted
from tests.fakes.discord_world import INPUT, walk
from tests.fakes.toy import Toy
from tests.platforms.contract import Asked, Harness, PlatformContract
from tests.platforms.discord.markdown import read

PATIENCE = 1.5


class OnDiscord:
    """People on the loopback server."""

    whole = 3900

    def __init__(self, platform: DiscordPlatform, server: DiscordServer) -> None:
        self.platform = platform
        self._server = server
        self._before: dict[str, Answer] = {}
        self._errors: dict[str, str] = {}

    def room(self, name: str = "general") -> Place:
        return Place("discord", str(self._server.world.guild), str(self._server.channel(name).id))

    def nowhere(self) -> Place:
        return Place("discord", str(self._server.world.guild), "404")

    async def direct(self, person: str) -> Place:
        return await self.platform.dm("", str(self._server.world.person(person).id))

    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - Discord's clock

    async def type(self, person: str, command: str, **options: str) -> None:
        with contextlib.suppress(NoAnswer, TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await self._got(person, await self._server.slash(person, "general", command, **options))

    async def write(self, person: str, words: str) -> None:
        await self._server.answered(await self._server.write(person, words))

    async def press(self, person: str, label: str) -> None:
        await self._got(person, await self._server.press(person, self._server.channel("general").messages[-1], label))

    async def submit(self, person: str, **answers: str | Sequence[str]) -> None:
        await self._got(person, await self._server.submit(person, self._before.pop(person), **answers))

    async def asked(self, person: str) -> Asked | None:
        form = self._before.get(person)
        if form is None or form.modal is None:
            return None
        labels = [label["label"] for label in form.modal["components"]]
        filled = {key: _filled(component) for key, component in form.form.items()}
        return Asked(form.title, labels, self._errors.get(person, ""), filled)

    async def private(self, person: str) -> Sequence[str]:
        said = (_seen(message) for message in self._server.private.get(person, ()))
        return [words for words in said if "restarting" not in words]

    async def shown(self, place: Place) -> Sequence[str]:
        channel = self._server.world.channels[int(place.thread or place.channel)]
        return [_seen(message) for message in channel.messages]

    async def everything(self, person: str) -> Sequence[str]:
        mine = self._server.world.person(person).id
        open_ = [each for each in self._server.world.channels.values() if each.person in (None, mine)]
        return [_seen(post) for channel in open_ for post in channel.messages] + list(await self.private(person))

    async def _got(self, person: str, answer: Answer) -> None:
        """A form is before them now; one that is to be mended is opened by its button."""
        if "Fix it" in answer.buttons:
            self._errors[person] = _seen(answer.message)
            answer = await self._server.press(person, answer, "Fix it")
        if answer.modal is not None:
            self._before[person] = answer


def _filled(component: Mapping[str, object]) -> tuple[str, ...]:
    if component["type"] == INPUT:
        return (str(component["value"]),) if component.get("value") else ()
    options = component["options"]
    assert isinstance(options, list)
    return tuple(option["value"] for option in options if option.get("default"))


def _seen(message: Posted | None) -> str:
    """What a person reads: the Markdown as a client shows it, and the buttons' labels."""
    assert message is not None
    _, shown = read(message.text)
    buttons = [f"[{item['label']}]" for item in walk(message.components) if item["type"] == 2]
    return "\n".join([shown, *buttons])


class TestDiscord(PlatformContract):
    @pytest.fixture
    async def harness(self, server: DiscordServer, platform: DiscordPlatform, toy: Toy) -> Harness:
        return OnDiscord(platform, server)

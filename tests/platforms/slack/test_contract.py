"""The contract of every platform, on the loopback Slack in both modes."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime

import pytest

from cohort_bot.chat.place import Place
from cohort_bot.platforms.slack.adapter import SlackPlatform
from cohort_bot.platforms.slack.forms import MESSAGE_VIEW
from tests.fakes.bot import StillClock
from tests.fakes.slack_checks import seen
from tests.fakes.slack_delivery import NotAcknowledged
from tests.fakes.slack_server import Answer, SlackServer
from tests.fakes.toy import TABLE, Toy
from tests.platforms.contract import ONE, OTHER, Asked, Harness, PlatformContract
from tests.platforms.slack.conftest import connected

PATIENCE = 1.5


class OnSlack:
    """People on the loopback server."""

    whole = 3000
    team = "T1"
    users: Mapping[str, str] = {ONE: "U2", OTHER: "U3"}
    channels: Mapping[str, str] = {"general": "C1", "study-hall": "C2"}

    def __init__(self, platform: SlackPlatform, slack: SlackServer, clock: StillClock) -> None:
        self.platform = platform
        self._slack = slack
        self._clock = clock
        self._before: dict[str, Answer] = {}
        self._filled: dict[str, Mapping[str, str | Sequence[str]]] = {}
        self._results: dict[str, list[str]] = {}

    def room(self, name: str = "general") -> Place:
        return Place("slack", self.team, self.channels[name])

    def nowhere(self) -> Place:
        return Place("slack", self.team, "C404")

    async def direct(self, person: str) -> Place:
        return await self.platform.dm(self.team, self.users[person])

    def now(self) -> datetime:
        return self._clock.now()

    async def type(self, person: str, command: str, **options: str) -> None:
        line = " ".join([f"/{command}", *(f'{name}:"{_escaped(value)}"' for name, value in options.items())])
        with contextlib.suppress(NotAcknowledged, TimeoutError):
            async with asyncio.timeout(PATIENCE):
                self._got(person, await self._slack.command(self.users[person], line, self.channels["general"]))

    async def write(self, person: str, words: str) -> None:
        await self._slack.answered(await self._slack.write(self.users[person], words))

    async def press(self, person: str, label: str) -> None:
        self._got(
            person,
            await self._slack.press(self.users[person], self._slack.world.posts(self.channels["general"])[-1], label),
        )

    async def submit(self, person: str, **answers: str | Sequence[str]) -> None:
        filled = {**self._filled.pop(person, {}), **answers}
        answer = await self._slack.submit(self.users[person], self._before.pop(person), **filled)
        if answer.errors:
            self._filled[person] = filled
        self._got(person, answer)

    async def asked(self, person: str) -> Asked | None:
        form = self._before.get(person)
        if form is None or form.view is None:
            return None
        labels = [block["label"]["text"] for block in form.view["blocks"] if block["type"] == "input"]
        filled = {
            key: (value,) if isinstance(value, str) else tuple(value)
            for key, value in self._filled.get(person, {}).items()
        }
        return Asked(form.view["title"]["text"], labels, " ".join(form.errors.values()), filled)

    async def private(self, person: str) -> Sequence[str]:
        said = [each for each in self._slack.world.private(self.users[person]) if "restarting" not in each]
        return [*said, *self._results.get(person, ())]

    async def shown(self, place: Place) -> Sequence[str]:
        return self._slack.world.timeline(place.channel, place.thread)

    async def everything(self, person: str) -> Sequence[str]:
        channels = self._slack.world.channels.values()
        open_ = [each for each in channels if each.with_user in (None, self.users[person])]
        return [post.said for channel in open_ for post in channel.messages] + list(await self.private(person))

    def _got(self, person: str, answer: Answer) -> None:
        if answer.view is None:
            return
        if answer.view["callback_id"] == MESSAGE_VIEW:
            self._results.setdefault(person, []).append(seen(answer.view["blocks"]))
        else:
            self._before[person] = answer


def _escaped(value: str) -> str:
    """As Slack sends what is typed after a command."""
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


class TestSlack(PlatformContract):
    @pytest.fixture
    async def harness(self, toy: Toy, slack: SlackServer, clock: StillClock, mode: str) -> AsyncIterator[Harness]:
        platform = connected(slack, clock, mode)
        await platform.start(TABLE, toy.dispatch, toy.complete)
        yield OnSlack(platform, slack, clock)
        await platform.stop(1)

"""Discord and Slack as the people of a soak use them: one way of typing, pressing and reading on both, and bad luck."""

import asyncio
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from aiohttp import web

from tests.fakes import slack_world
from tests.fakes.discord_http import Fault
from tests.fakes.discord_server import Answer as OnDiscord
from tests.fakes.discord_server import DiscordServer, NoAnswer
from tests.fakes.discord_world import DIRECT, THREAD, Posted
from tests.fakes.slack_delivery import NotAcknowledged
from tests.fakes.slack_server import Answer as OnSlack
from tests.fakes.slack_server import SlackServer

UNANSWERED = (NoAnswer, NotAcknowledged, TimeoutError)
"""What a person gets who gets nothing."""

LUCK: tuple[tuple[str, float], ...] = (
    ("busy", 0.05),  # 429
    ("error", 0.03),  # 500, nothing was done
    ("lost", 0.03),  # it was done, and the answer never came
    ("dropped", 0.01),  # the connection broke before it was done
)
WAIT = 60.0
"""Seconds in which the bot must have connected again."""

BACK = 0.05
"""Seconds after which a call that was refused with 429 may come again."""


class Luck:
    """What happens to a call. Seeded: the same seed gives the same run of luck, if not to the same calls."""

    def __init__(self, seed: str) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - a plan of faults that can be repeated
        self.met: Counter[str] = Counter()

    def draw(self) -> str | None:
        """A fault, None for the good luck of most calls."""
        left = self._chance.random()
        for name, share in LUCK:
            if left < share:
                self.met[name] += 1
                return name
            left -= share
        return None


@dataclass(frozen=True, slots=True)
class Seen:
    """One message in the platform's own history. `part` tells the parts of a long one apart."""

    mark: str | None
    channel: str
    """The channel's name, or `dm:` and whose."""
    under: str | None
    """The mark of the message in whose thread it stands."""
    text: str
    part: int = 1


class Side(Protocol):
    """One platform, as people see it. What a command answers with is the platform's own; `text` reads it."""

    name: str

    async def command(self, who: str, channel: str, words: str, /, **options: str | int) -> Any:
        """Type a command of that name on Discord."""

    async def press(self, who: str, shown: Any, label: str) -> Any:
        """Press a button under a message or an answer."""

    async def submit(self, who: str, form: Any, /, **fields: str | Sequence[str]) -> Any:
        """Fill in a form and send it."""

    def is_form(self, answer: Any) -> bool:
        """Whether it is a form to fill in."""

    def text(self, answer: Any) -> str:
        """What it says."""

    def with_button(self, where: str, label: str, words: str = "") -> Any:
        """The newest message with the button and the words, in a channel or (`dm:` and who) a direct conversation."""

    def history(self) -> Iterator[Seen]:
        """All that everybody sees."""

    async def disturb(self, how: int) -> str:
        """Something that happens to a connection in use; returns what. Nothing is lost by it."""

    async def cut(self, how: int) -> str:
        """Break the connection; returns what happened when there is one again."""

    def forget(self) -> None:
        """Drop what was recorded and nobody asks for any more: this process, too, lives for a quarter."""


class DiscordSide:
    """A server with the loopback's people."""

    name = "discord"

    def __init__(self, server: DiscordServer, luck: Luck) -> None:
        self.server, self._luck = server, luck

    def begin(self) -> None:
        """Let faults happen from now on."""
        self.server.http.luck = self._fault

    def _fault(self, request: web.Request) -> Fault | None:
        match self._luck.draw():
            case "busy":
                return Fault("error", request.method, "", 429, {"retry_after": BACK}, {"Via": "1.1 google"})
            case "error":
                return Fault("error", request.method, "")
            case "lost":
                return Fault("lose", request.method, "")
            case "dropped":
                return Fault("drop", request.method, "")
        return None

    async def command(self, who: str, channel: str, words: str, /, **options: str | int) -> OnDiscord:
        return await self.server.slash(who, channel, words, **options)

    async def press(self, who: str, shown: Any, label: str) -> OnDiscord:
        return await self.server.press(who, shown, label)

    async def submit(self, who: str, form: Any, /, **fields: str | Sequence[str]) -> OnDiscord:
        return await self.server.submit(who, form, **fields)

    def is_form(self, answer: OnDiscord) -> bool:
        return answer.modal is not None

    def text(self, answer: OnDiscord) -> str:
        return answer.title if answer.modal is not None else answer.text

    def with_button(self, where: str, label: str, words: str = "") -> Posted:
        direct = where.startswith("dm:")
        channel = self.server.inbox(where.removeprefix("dm:")) if direct else self.server.channel(where)
        return next(m for m in reversed(channel.messages) if words in m.text and label in m.buttons)

    def history(self) -> Iterator[Seen]:
        world = self.server.world
        marks = {message.id: message.nonce for channel in world.channels.values() for message in channel.messages}
        for channel in world.channels.values():
            name, under = channel.name, None
            if channel.type == THREAD:
                name, under = world.channels[channel.parent or 0].name, marks[channel.id]
            elif channel.type == DIRECT:
                person = world.by_id(channel.person or 0)
                name = f"dm:{person.name if person else ''}"
            for message in channel.messages:
                yield Seen(message.nonce, name, under, message.text)

    async def disturb(self, how: int) -> str:
        await self.server.gateway.reconnect()
        return "op 7"

    async def cut(self, how: int) -> str:
        gateway = self.server.gateway
        before = gateway.identified, gateway.resumed
        match what := ("op 9", "close 4000", "cut")[how % 3]:
            case "op 9":
                await gateway.invalidate()
            case "close 4000":
                await gateway.close(4000)
            case _:
                gateway.abort()
        await self.server.until(lambda: (gateway.identified, gateway.resumed) != before, within=WAIT)
        return f"gateway {what}"

    def forget(self) -> None:
        self.server.forget()


class SlackSide:
    """A workspace with the loopback's people; channels by their names, people by their ids."""

    name = "slack"

    def __init__(self, server: SlackServer, luck: Luck) -> None:
        self.server, self._luck = server, luck

    def begin(self) -> None:
        """Let faults happen from now on."""
        self.server.world.luck = self._fault

    def _fault(self, method: str) -> slack_world.Fault | None:
        match self._luck.draw():
            case "busy":
                back = 1.0 if method == "apps.connections.open" else BACK  # whole seconds, as the library reads there
                return slack_world.Fault("error", "ratelimited", 429, back)
            case "error":
                return slack_world.Fault("status", status=500)
            case "lost":
                return slack_world.Fault("lose")
            case "dropped":
                return slack_world.Fault("drop")
        return None

    async def command(self, who: str, channel: str, words: str, /, **options: str | int) -> OnSlack:
        line = "/checkin" if words == "checkin" else f"/cohort {words.removeprefix('cohort ')}"
        for key, value in options.items():
            line += f' {key}:"{value}"' if isinstance(value, str) else f" {key}:{value}"
        return await self.server.command(who, line, channel)

    async def press(self, who: str, shown: Any, label: str) -> OnSlack:
        return await self.server.press(who, shown, label)

    async def submit(self, who: str, form: Any, /, **fields: str | Sequence[str]) -> OnSlack:
        return await self.server.submit(who, form, **fields)

    def is_form(self, answer: OnSlack) -> bool:
        return answer.view is not None and "submit" in answer.view

    def text(self, answer: OnSlack) -> str:
        return answer.text

    def with_button(self, where: str, label: str, words: str = "") -> slack_world.Posted:
        world = self.server.world
        person = where.removeprefix("dm:")
        posts = world.posts(where) if person == where else world.dm_of(person).messages
        return next(post for post in reversed(posts) if words in post.said and f"[{label}]" in post.said)

    def history(self) -> Iterator[Seen]:
        for channel in self.server.world.channels.values():
            name = f"dm:{channel.with_user}" if channel.with_user else channel.id
            marks = {post.ts: _payload(post).get("mark") for post in channel.messages}
            for post in channel.messages:
                payload, under = _payload(post), marks.get(post.thread or "")
                yield Seen(payload.get("mark"), name, under, post.said, int(payload.get("part", 1)))

    async def disturb(self, how: int) -> str:
        await self.server.socket.until_connected(1, WAIT)
        await self.server.socket.refresh()
        return "refresh"

    async def cut(self, how: int) -> str:
        socket = self.server.socket
        both, before = how % 2, socket.connected
        await socket.until_connected(1 + both, WAIT)
        for _ in range(1 + both):
            socket.cut()
        async with asyncio.timeout(WAIT), socket.changed:
            await socket.changed.wait_for(lambda: socket.connected > before + both)
        return "both sockets cut" if both else "one socket cut"

    def forget(self) -> None:
        self.server.world.forget()


def _payload(post: slack_world.Posted) -> dict[str, Any]:
    found: dict[str, Any] = post.metadata.get("event_payload", {})
    return found


def week_of(text: str) -> int | None:
    """The week whose card it is."""
    found = re.match(r"(?:### )?Week (\d+) ·", text)
    return int(found[1]) if found else None

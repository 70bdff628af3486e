"""Murmur, a made-up chat server of the simplest kind: TCP, a JSON object a line, plain text and nothing to click.

People see texts. They answer a message by its id; a bot may keep `extra` with a message, which nobody sees.
"""

import asyncio
import contextlib
import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from tests.fakes.toy import START

LINE = 2**20
PEOPLE = {
    "moderator": ("Sample Moderator", True),
    "member-1": ("Sample Member 1", False),
    "member-2": ("Sample Member 2", False),
}
ROOMS = ("general", "study-hall")


@dataclass(slots=True)
class Said:
    """A message. `only` names the one person who sees it, `thread` the message under which it is."""

    id: str
    room: str
    thread: str | None
    only: str | None
    text: str
    mark: str
    extra: Any
    at: datetime


class MurmurServer:
    """`async with MurmurServer() as server`, then a bot connects to `server.address`."""

    def __init__(self) -> None:
        self.said: list[Said] = []
        self.address = ""
        self.now = START
        self._ids = itertools.count(1)
        self._bot: asyncio.StreamWriter | None = None
        self._heard: dict[str, asyncio.Event] = {}
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=LINE)
        host, port = self._server.sockets[0].getsockname()
        self.address = f"{host}:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        if self._bot is not None:
            self._bot.close()
        await self._server.wait_closed()

    # People

    async def say(self, person: str, text: str, room: str = "general", answers: str | None = None) -> None:
        """Say something and wait until the bot has dealt with it; nobody waits for a bot that is not there."""
        if self._bot is None:
            return
        name, admin = PEOPLE[person]
        number = str(next(self._ids))
        event = {"id": number, "by": person, "name": name, "admin": admin, "room": room, "text": text}
        before = next((each for each in self.said if each.id == answers), None)
        if before is not None:
            event |= {"answers": before.id, "extra": before.extra, "thread": before.thread}
        heard = self._heard[number] = asyncio.Event()
        self._bot.write(_line({"event": event}))
        await heard.wait()

    def seen(self, person: str) -> Sequence[Said]:
        """What a person sees, wherever it is."""
        return [m for m in self.said if m.only in (None, person) and m.room in {*ROOMS, f"@{person}"}]

    # The bot

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._bot = writer
        with contextlib.suppress(ConnectionError):
            while line := await reader.readline():
                asked = json.loads(line)
                if "heard" in asked:
                    self._heard[asked["heard"]].set()
                    continue
                try:
                    answer = {"number": asked["number"], "ok": getattr(self, f"_{asked['do']}")(**asked["with"])}
                except LookupError as error:
                    answer = {"number": asked["number"], "error": str(error.args[0])}
                writer.write(_line(answer))
        self._bot = None
        for heard in self._heard.values():
            heard.set()
        writer.close()

    def _look(self, room: str) -> None:
        """Whether there is such a room."""
        if room not in ROOMS and room.removeprefix("@") not in PEOPLE:
            raise LookupError("no such room")

    def _post(self, room: str, text: str, mark: str, extra: Any, only: str | None, thread: str | None) -> str:
        self._look(room)
        said = Said(str(next(self._ids)), room, thread, only, text, mark, extra, self.now)
        self.said.append(said)
        return said.id

    def _edit(self, message: str, text: str, extra: Any) -> None:
        for each in self.said:
            if each.id == message:
                each.text, each.extra = text, extra
                return
        raise LookupError("no such message")

    def _history(self, room: str, thread: str | None, within: float) -> list[dict[str, str]]:
        self._look(room)
        begin = self.now - timedelta(seconds=within)
        found = (m for m in self.said if (m.room, m.thread) == (room, thread) and m.at >= begin)
        return [{"id": m.id, "mark": m.mark} for m in found]


def _line(body: Any) -> bytes:
    return json.dumps(body).encode() + b"\n"

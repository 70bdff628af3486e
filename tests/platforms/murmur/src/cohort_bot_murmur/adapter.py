"""The port for Murmur. It connects, answers, and decides nothing."""

import asyncio
import contextlib
import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from cohort_bot.app.commands import Table
from cohort_bot.app.errors import PersonError
from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.platform import (
    ASGIApp,
    Complete,
    Dispatch,
    Finding,
    Identity,
    Pace,
    Reason,
    Refused,
    Search,
    Unknown,
)
from cohort_bot.app.ports.startup import CannotStart
from cohort_bot.chat.form import Reply
from cohort_bot.chat.message import Message, text
from cohort_bot.chat.place import Place, Ref

from . import render, translate

LINE = 2**20


class MurmurPlatform:
    """One connection; everything that a click needs is kept by the server, with the message."""

    name = translate.NAME
    pace = Pace(per_second=50)

    def __init__(self, address: str, clock: Clock) -> None:
        self._address = address
        self._clock = clock
        self._table = Table(())
        self._dispatch: Dispatch | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None
        self._running: set[asyncio.Task[None]] = set()
        self._numbers = itertools.count(1)
        self._asked: dict[int, asyncio.Future[Any]] = {}

    async def start(self, table: Table, dispatch: Dispatch, complete: Complete) -> None:
        """Connect. Murmur shows no suggestions, so `complete` has no use here."""
        host, _, port = self._address.rpartition(":")
        try:
            reader, self._writer = await asyncio.open_connection(host, int(port), limit=LINE)
        except (OSError, ValueError):
            raise CannotStart("MURMUR_ADDRESS cannot be reached; set it to host:port of your server") from None
        self._table, self._dispatch = table, dispatch
        self._reading = asyncio.create_task(self._read(reader))

    async def stop(self, grace: float) -> None:
        """Take no more, wait for what runs, hang up."""
        self._dispatch = None
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=grace)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        if self._writer is not None:
            self._writer.close()
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    def asgi(self) -> ASGIApp | None:
        """It needs no HTTP."""
        return None

    async def dm(self, workspace: str, user: str) -> Place:
        """The conversation with a person."""
        place = Place(self.name, workspace, f"@{user}")
        await self._ask("look", room=place.channel)
        return place

    async def identity(self, workspace: str, user: str) -> Identity | None:
        """The person, None when there is no such person."""
        try:
            await self.dm(workspace, user)
        except Refused as refused:
            if refused.reason is Reason.ROOM_GONE:
                return None
            raise
        return Identity("")  # Murmur does not tell what somebody is called

    async def send(self, place: Place, message: Message, mark: str, again: Search | None = None) -> Ref:
        """Post it."""
        words, extra = render.message(message)
        return Ref(place, await self._post(place, words, extra, mark=mark))

    async def thread(self, root: Ref, title: str) -> Place:
        """Murmur's threads are there as soon as somebody answers."""
        return root.place if root.place.thread else replace(root.place, thread=root.message_id)

    async def find(self, place: Place, search: Search) -> Ref | None:
        """By the mark that was kept with it. Murmur knows by its own clock what came within so many seconds."""
        within = search.within.total_seconds()
        history = await self._ask("history", room=place.channel, thread=place.thread, within=within)
        return next((Ref(place, each["id"]) for each in history if each["mark"] == search.mark), None)

    def link(self, ref: Ref) -> str | None:
        return None

    async def edit(self, ref: Ref, message: Message) -> None:
        """Replace the text."""
        words, extra = render.message(message)
        await self._ask("edit", message=ref.message_id, text=words, extra=extra)

    async def invited_only(self, place: Place) -> bool:
        return False

    def findings(self) -> Sequence[Finding]:
        """Whether the connection holds."""
        if self._reading is not None and not self._reading.done():
            return ()
        return [Finding("Murmur hung up.", "Look whether its server runs.")]

    async def check(self, place: Place) -> Sequence[Finding]:
        """A room can only be missing."""
        try:
            await self._ask("look", room=place.channel)
        except Refused as refused:
            return [Finding(f"{place.channel}: {refused}", "Choose a room that is there.")]
        return []

    async def _read(self, reader: asyncio.StreamReader) -> None:
        while line := await reader.readline():
            body = json.loads(line)
            if "event" in body:
                task = asyncio.create_task(self._answer(body["event"]))
                self._running.add(task)
                task.add_done_callback(self._running.discard)
            elif "error" in body:
                reason = Reason.INVALID if "message" in body["error"] else Reason.ROOM_GONE
                self._asked.pop(body["number"]).set_exception(Refused(reason, body["error"]))
            else:
                self._asked.pop(body["number"]).set_result(body["ok"])

    async def _answer(self, event: Mapping[str, Any]) -> None:
        dispatch = self._dispatch
        try:
            if dispatch is not None:
                try:
                    said = translate.invocation(event, self._table, self._clock.now())
                    reply = await dispatch(said)
                except PersonError as error:
                    reply = text(str(error))
                await self._reply(event, reply)
        finally:
            self._write({"heard": event["id"]})

    async def _reply(self, event: Mapping[str, Any], reply: Reply) -> None:
        """Privately, to who acted; a form that was answered is done with."""
        if "form" in (event.get("extra") or {}):
            await self._ask("edit", message=event["answers"], text="(answered)", extra=None)
        words, extra = render.message(reply) if isinstance(reply, Message) else render.form(reply)
        place = Place(self.name, translate.WORKSPACE, event["room"], event.get("thread"))
        await self._post(place, words, extra, only=event["by"])

    async def _post(self, place: Place, words: str, extra: Any, mark: str = "", only: str | None = None) -> str:
        posted = await self._ask(
            "post", room=place.channel, thread=place.thread, text=words, extra=extra, mark=mark, only=only
        )
        return str(posted)

    async def _ask(self, what: str, **values: Any) -> Any:
        number = next(self._numbers)
        answer = self._asked[number] = asyncio.get_running_loop().create_future()
        self._write({"number": number, "do": what, "with": values})
        try:
            async with asyncio.timeout(10):
                return await answer
        except TimeoutError:
            raise Unknown("Murmur did not answer") from None

    def _write(self, body: Mapping[str, Any]) -> None:
        if self._writer is not None:
            with contextlib.suppress(ConnectionError):
                self._writer.write(json.dumps(body).encode() + b"\n")

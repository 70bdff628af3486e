"""The chat service of `server.py` behind the port, with answers read as a real adapter reads them."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import aiohttp

from cohort_bot.app.commands import Table
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
from cohort_bot.chat.message import Message, plain
from cohort_bot.chat.place import Place, Ref

REFUSALS = {
    HTTPStatus.FORBIDDEN: Reason.NOT_ALLOWED,
    HTTPStatus.NOT_FOUND: Reason.ROOM_GONE,
    HTTPStatus.UNAUTHORIZED: Reason.REVOKED,
}


class HttpPlatform:
    """ChatPlatform over HTTP. It takes no invocations."""

    def __init__(self, name: str, url: str) -> None:
        self.name = name
        self.pace = Pace()
        self._url = url
        self._session: aiohttp.ClientSession | None = None

    async def start(self, table: Table, dispatch: Dispatch, complete: Complete) -> None:
        # No time-out of its own: the courier's lease bounds every call.
        trace = aiohttp.TraceConfig()
        trace.on_request_chunk_sent.append(self._written)
        timeout = aiohttp.ClientTimeout(total=None)
        self._session = aiohttp.ClientSession(self._url, timeout=timeout, trace_configs=[trace])

    async def stop(self, grace: float) -> None:
        """Take no more invocations, of which there are none; the courier still sends. `close` comes last."""

    async def close(self) -> None:
        """Let go of the connections."""
        if self._session is not None:
            await self._session.close()

    def asgi(self) -> ASGIApp | None:
        return None

    async def dm(self, workspace: str, user: str) -> Place:
        answer = await self._ask("/direct", {"user": user})
        return Place(self.name, workspace, answer["channel"])

    async def send(self, place: Place, message: Message, mark: str, again: Search | None = None) -> Ref:
        body = {"channel": place.channel, "thread": place.thread, "mark": mark, "nonce": mark, "text": plain(message)}
        return Ref(place, (await self._ask("/post", body))["id"])

    async def identity(self, workspace: str, user: str) -> Identity | None:
        return Identity("")

    async def thread(self, root: Ref, title: str) -> Place:
        answer = await self._ask("/thread", {"channel": root.place.channel, "message": root.message_id})
        return Place(root.place.platform, root.place.workspace, root.place.channel, answer["thread"])

    async def find(self, place: Place, search: Search) -> Ref | None:
        """Page by page: what is asked for may be on the last one."""
        while not search.whole:
            body = {"channel": place.channel, "thread": place.thread, "within": search.within.total_seconds()}
            page = await self._ask("/history", {**body, "cursor": search.position, "counted": search.mark})
            for message in page["messages"]:
                if message["mark"] == search.mark:
                    return Ref(place, message["id"])
            search.pages, search.position = search.pages + 1, page["next"] or ""
            search.whole = not search.position
        return None

    def link(self, ref: Ref) -> str | None:
        return None

    async def edit(self, ref: Ref, message: Message) -> None:
        await self._ask("/edit", {"message": ref.message_id, "text": plain(message)})

    async def invited_only(self, place: Place) -> bool:
        return False

    def findings(self) -> Sequence[Finding]:
        """Nothing: what cannot be reached is told by each call."""
        return ()

    async def check(self, place: Place) -> Sequence[Finding]:
        return []

    async def _written(self, *_: object) -> None:
        """A request has left and has no answer yet."""

    async def _ask(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        assert self._session is not None, "start it first"
        try:
            async with self._session.post(path, json=body) as answer:
                if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
                    raise Refused(Reason.BUSY, "rate limit", float((await answer.json())["retry_after"]))
                if answer.status in REFUSALS:
                    raise Refused(REFUSALS[HTTPStatus(answer.status)])
                if answer.status != HTTPStatus.OK:
                    raise Unknown(f"the platform answered {answer.status}")
                result: dict[str, Any] = await answer.json()
                return result
        except aiohttp.ClientConnectorError as error:
            raise Refused(Reason.BUSY, str(error)) from error  # no connection, so certainly nothing was done
        except aiohttp.ClientError as error:
            raise Unknown(str(error) or type(error).__name__) from error

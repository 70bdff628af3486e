"""A chat service as a process of its own: it loses answers, refuses, stalls, and keeps its own history.

python -m tests.harness.server --manner slack-like --history /tmp/history.jsonl --seed 1

`discord-like` drops the repeat of a nonce for a moment; `slack-like` has none. Both show a message's mark in
their history. Every message that was really posted is one line of the history file, in order: the checker reads
nothing else.
"""

import argparse
import asyncio
import itertools
import json
import random
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.harness.scenario import thread_under

MANNERS = ("discord-like", "slack-like")
NONCE_WINDOW = 0.5
"""Shorter than a lease: the nonce alone must not save the day."""

PAGE = 20
CAP = 0.2
"""Seconds between two pages of a channel where history is capped."""

SILENCE = 100
"""So many looks into one channel's history without a post anywhere, and nothing comes of them any more."""

CHATTER = 45
"""Messages of people there since any of ours: more than fit on a page."""
PATIENCE = 30.0
"""No request is held for longer, whatever fault it was given."""

FAULTS: tuple[tuple[str, float], ...] = (
    ("busy", 0.05),  # 429
    ("error", 0.03),  # 500, nothing was done
    ("lost", 0.03),  # it was done, and the answer never came
    ("dropped", 0.02),  # the connection broke before it was done
    ("stalled", 0.01),  # it was done, and the answer comes too late
    ("late", 0.01),  # it is done only after the client has hung up
)
Work = Callable[[dict[str, Any]], dict[str, Any]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Late:
    """Work that is done a while after its client has hung up."""

    channel: str
    since: float
    finish: Callable[[], None]


@dataclass
class Service:
    """`settle` is what a careful client waits before it looks for an ambiguous message; late work is done within it."""

    manner: str
    history: Path
    seed: int
    faults: bool = True
    settle: float = 0.3
    capped: bool = False
    calendar: datetime = datetime(2027, 1, 1, tzinfo=UTC)
    messages: list[dict[str, Any]] = field(default_factory=list)
    figures: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)  # noqa: S311 - a plan of faults that can be repeated
        self._ids = itertools.count(1)
        self._nonces: dict[str, tuple[float, str]] = {}
        self._threads: dict[str, str] = {}
        self._late: list[Late] = []
        self._looked_for: set[str] = set()
        self._under_way = 0
        self._changed = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()
        self._read_at: dict[str, float] = {}
        self._looks: Counter[str] = Counter()
        self._posted: dict[str, float] = {}
        self._pages: dict[tuple[str, str | None], list[dict[str, Any]]] = defaultdict(list)
        self.history.touch()

    # What the platform does

    def post(self, body: dict[str, Any]) -> dict[str, Any]:
        """Post a message; a Discord-like service answers the repeat of a nonce with the message that is there."""
        nonce, now = body.get("nonce"), time.monotonic()  # noqa: TID251 - the service has a clock of its own
        if self.manner == "discord-like" and nonce:
            at, message_id = self._nonces.get(nonce, (-NONCE_WINDOW, ""))
            if now - at < NONCE_WINDOW:
                self.figures["repeats dropped by nonce"] += 1
                return {"id": message_id}
            self._nonces[nonce] = (now, f"m{len(self.messages) + 1}")
        message = {
            "id": f"m{len(self.messages) + 1}",
            "channel": body["channel"],
            "thread": body.get("thread"),
            "mark": body["mark"],
            "at": self.calendar.isoformat(),
            "text": body["text"][:40],
        }
        self.messages.append(message)
        self._posted[message["id"]] = now
        self._pages[message["channel"], message["thread"]].append(message)
        with self.history.open("a", encoding="utf-8") as file:
            file.write(json.dumps(message) + "\n")
        return {"id": message["id"]}

    def read(self, body: dict[str, Any]) -> dict[str, Any]:
        """One page of a channel or thread, newest first, as far back as `within` by the service's own clock.

        That is elapsed time: a run leaps over days in a moment, and what was posted a moment ago is not old by that.
        """
        self._looked_for.add(body["counted"])
        self.figures["ambiguous rows"] = len(self._looked_for)
        now = time.monotonic()  # noqa: TID251
        for late in [late for late in self._late if late.channel == body["channel"]]:
            if now - late.since >= self.settle / 2:  # the client was careful: a slow machine must not fail the test
                late.finish()
        since, cursor = self.calendar - timedelta(seconds=body["within"]), int(body.get("cursor") or 0)
        there = [{"id": "chatter", "mark": ""}] * (CHATTER if self.capped else 0) + [
            {"id": each["id"], "mark": each["mark"]}
            for each in reversed(self._pages[body["channel"], body.get("thread")])
            if datetime.fromisoformat(each["at"]) >= since or now - self._posted[each["id"]] <= body["within"]
        ]
        more = cursor + PAGE < len(there)
        return {"messages": there[cursor : cursor + PAGE], "next": str(cursor + PAGE) if more else None}

    def thread(self, body: dict[str, Any]) -> dict[str, Any]:
        """The thread under a message, the same one each time."""
        return {"thread": self._threads.setdefault(body["message"], thread_under(body["message"]))}

    def direct(self, body: dict[str, Any]) -> dict[str, Any]:
        """The direct conversation with a person."""
        return {"channel": f"dm-{body['user']}"}

    def edit(self, body: dict[str, Any]) -> dict[str, Any]:
        """Replace the text of a message."""
        next(each for each in self.messages if each["id"] == body["message"])["text"] = body["text"][:40]
        return {}

    # How it fails

    def _fault(self, name: str) -> str | None:
        """One roll of the dice for each request, and faults only where they can happen."""
        roll = self._chance.random()
        if not self.faults:
            return None
        for fault, share in FAULTS:
            if roll < share:
                return None if fault in {"late", "stalled"} and name != "post" else fault
            roll -= share
        return None

    def answering(self, name: str, work: Work) -> Handler:
        """The handler of one operation, faults included."""

        async def handle(request: web.Request) -> web.StreamResponse:
            body: dict[str, Any] = await request.json()
            self.figures[f"{name} requests"] += 1
            if name == "history":
                self._looks[body["channel"]] += 1
            else:
                self._looks.clear()
            fault = self._fault(name)
            if not fault and name == "history" and self._too_soon(body["channel"]):
                fault = "busy"
            if fault:
                self.figures[fault] += 1
            async with self._counted():
                if fault == "busy":
                    wait = round(0.02 + 0.1 * self._chance.random(), 3)
                    return web.json_response({"retry_after": wait}, status=429)
                if fault == "error":
                    return web.json_response({}, status=500)
                if fault == "dropped":
                    return self._hang_up(request)
                if fault == "late":
                    await self._work_late(lambda: work(body), body["channel"])
                answer = work(body)
                if fault == "lost":
                    return self._hang_up(request)
                if fault == "stalled":
                    await asyncio.sleep(PATIENCE)  # ended by the client, who hangs up
                return web.json_response(answer)

        return handle

    def _too_soon(self, channel: str) -> bool:
        """Whether a page of the channel was asked for a moment ago, where that is capped."""
        now = time.monotonic()  # noqa: TID251
        if self.capped and now - self._read_at.get(channel, 0) < CAP:
            return True
        self._read_at[channel] = now
        return False

    @staticmethod
    def _hang_up(request: web.Request) -> web.Response:
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    async def _work_late(self, work: Callable[[], object], channel: str) -> None:
        """Wait until the client hangs up, then work, three quarters of `settle` later."""
        try:
            await asyncio.sleep(PATIENCE)
        except asyncio.CancelledError:
            task = asyncio.create_task(self._later(work, channel))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            raise

    async def _later(self, work: Callable[[], object], channel: str) -> None:
        done = asyncio.Event()

        def finish() -> None:
            if not done.is_set():
                done.set()
                self._late.remove(late)
                work()

        late = Late(channel, time.monotonic(), finish)  # noqa: TID251
        self._late.append(late)
        async with self._counted():
            try:
                async with asyncio.timeout(0.75 * self.settle):
                    await done.wait()
            except TimeoutError:
                finish()

    def _counted(self) -> "_Counted":
        return _Counted(self)

    async def count(self, change: int) -> None:
        """A request has begun or ended: whoever waits for that looks again."""
        self._under_way += change
        async with self._changed:
            self._changed.notify_all()

    # What the test asks

    async def set_clock(self, request: web.Request) -> web.Response:
        """Set the service's own calendar."""
        self.calendar = datetime.fromisoformat((await request.json())["now"])
        return web.json_response({})

    async def posts(self, request: web.Request) -> web.Response:
        """Answer when so many messages have been posted."""
        least = int(request.query["at_least"])
        async with self._changed:
            await self._changed.wait_for(lambda: len(self.messages) >= least)
        return web.json_response({"posts": len(self.messages)})

    async def silence(self, _request: web.Request) -> web.Response:
        """Answer when a history is read again and again, and nothing is posted."""
        async with self._changed:
            await self._changed.wait_for(lambda: max(self._looks.values(), default=0) >= SILENCE)
        return web.json_response({})

    async def idle(self, _request: web.Request) -> web.Response:
        """Answer when nothing is under way, with the figures so far."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._under_way == 0)
        return web.json_response({**self.figures, "posts": len(self.messages)})

    def application(self) -> web.Application:
        """All routes."""
        application = web.Application()
        for name, work in {
            "post": self.post,
            "history": self.read,
            "thread": self.thread,
            "direct": self.direct,
            "edit": self.edit,
        }.items():
            application.router.add_post(f"/{name}", self.answering(name, work))
        application.router.add_put("/clock", self.set_clock)
        application.router.add_get("/posts", self.posts)
        application.router.add_get("/silence", self.silence)
        application.router.add_get("/idle", self.idle)
        return application


class _Counted:
    """Counts a request as under way, and tells those who wait."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def __aenter__(self) -> None:
        await self._service.count(1)

    async def __aexit__(self, *_: object) -> None:
        await asyncio.shield(self._service.count(-1))


async def serve(service: Service) -> None:
    """Listen on a free port, print it, and go on until killed."""
    # With handler_cancellation a handler learns that its client has hung up.
    runner = web.AppRunner(service.application(), handler_cancellation=True, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(f"@port {runner.addresses[0][1]}", flush=True)  # noqa: T201 - the parent reads it
    await asyncio.Event().wait()


def main() -> None:
    """Read the options and serve."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--manner", choices=MANNERS, required=True)
    parser.add_argument("--history", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--settle", type=float, default=0.3)
    parser.add_argument("--no-faults", action="store_true")
    parser.add_argument("--capped", action="store_true", help="histories are given out slowly, and are long")
    given = parser.parse_args()
    service = Service(given.manner, given.history, given.seed, not given.no_faults, given.settle, given.capped)
    asyncio.run(serve(service))


if __name__ == "__main__":
    main()

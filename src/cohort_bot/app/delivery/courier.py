"""The courier: brings what has come due to its platform, each row once, each channel in order.

A row is claimed in a commit before the network call. A certain refusal makes it ready again or parks it; an uncertain
outcome is looked up before it is repeated. Waiting is counted in elapsed time and kept in memory: the calendar may
jump.
"""

import asyncio
import logging
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cohort_bot.app.delivery import ledger
from cohort_bot.app.delivery.kinds import KINDS
from cohort_bot.app.ports import ChatPlatform, Clock, Database, Programmes, Reason, Refused, Unknown
from cohort_bot.app.store import Delivery, NewDelivery, State, Store
from cohort_bot.chat import codec
from cohort_bot.chat.place import Place, Ref

log = logging.getLogger(__name__)

AT_ONCE = 100
"""Most messages under way at the same time."""

SKEW = timedelta(minutes=10)
"""A look-back starts this much before the first try: the platform's clock is not ours."""

CURES: Mapping[Reason, tuple[str, str]] = {
    Reason.ROOM_GONE: ("the room is gone", "Give the cohort another room with /cohort edit, then press Try again."),
    Reason.NOT_ALLOWED: ("I may not post there", "Let me see the room and post in it, then press Try again."),
    Reason.DIRECT_CLOSED: ("their direct messages are closed", "They can open them in their privacy settings."),
    Reason.PERSON_GONE: ("the person is no longer here", "Nothing to do; they come back with their record."),
    Reason.REVOKED: ("my access was taken away", "Install me again, then press Try again."),
    Reason.INVALID: ("the platform refused the message", "Tell the operator; the log has the details."),
}
"""Reason -> (what happened, what cures it), for moderators."""


@dataclass(frozen=True, slots=True)
class Pacing:
    """Waiting times in seconds of elapsed time. `lease` bounds one call to a platform."""

    lease: float = 30.0
    settle: float = 5.0
    first_wait: float = 1.0
    longest_wait: float = 300.0


class Courier:
    """Runs beside everything else; `wake` it when something may be due."""

    def __init__(
        self,
        database: Database,
        programmes: Programmes,
        platforms: Mapping[str, ChatPlatform],
        clock: Clock,
        pacing: Pacing | None = None,
    ) -> None:
        self._database = database
        self._programmes = programmes
        self._platforms = platforms
        self._clock = clock
        self._pacing = pacing or Pacing()
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._stopping = False
        self.sent = 0
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._waiting: dict[str, float] = {}
        self._waits: dict[str, float] = {}

    def wake(self) -> None:
        """Look for work now."""
        self._idle.clear()
        self._wake.set()

    async def drain(self) -> None:
        """Return when nothing is due any more; waits for the retries of what failed in passing."""
        self.wake()
        await self._idle.wait()

    def stop(self) -> None:
        """Claim nothing more; `run` returns when what is under way has ended."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Deliver until stopped. A fault of the database is logged and tried again."""
        await self._database.write(lambda store: store.deliveries.orphaned(self._clock.now()))
        while not self._stopping:
            self._wake.clear()
            try:
                worked = await self._step()
            except Exception:
                log.exception("the ledger cannot be worked on; trying again")
                await self._sleep(self._pacing.first_wait)
                continue
            if worked:
                continue
            if not self._under_way and not self._waiting and not self._wake.is_set():
                self._idle.set()
            await self._sleep(self._until_next())
        if self._under_way:
            await asyncio.wait(self._under_way.values())

    async def _step(self) -> bool:
        """Claim and start what can be started; whether there may be more at once."""
        now = self._clock.elapsed()
        for lane in [lane for lane, until in self._waiting.items() if until <= now]:
            del self._waiting[lane]
        free = AT_ONCE - len(self._under_way)
        if free <= 0:
            return False
        but = frozenset(self._under_way) | frozenset(self._waiting)
        at = self._clock.now()
        claims = await self._database.write(lambda store: ledger.claim(store, self._programmes, at, free, but))
        for delivery in claims.send:
            self._start(delivery, self._send(delivery))
        for delivery in claims.look_up:
            self._start(delivery, self._look_up(delivery))
        return bool(claims.send or claims.look_up or claims.closed)

    def _start(self, delivery: Delivery, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(self._guard(delivery, work))
        self._under_way[delivery.lane] = task
        task.add_done_callback(lambda _: self._ended(delivery.lane))

    def _ended(self, lane: str) -> None:
        self._under_way.pop(lane, None)
        self._wake.set()

    async def _guard(self, delivery: Delivery, work: Coroutine[Any, Any, None]) -> None:
        """Nothing that goes wrong with one row may stop the others."""
        try:
            await work
        except Exception:
            log.exception("delivery %s failed in an unforeseen way", delivery.id)
            self._hold(delivery.lane)
            await self._put(delivery, State.UNKNOWN, "an unforeseen error")

    async def _send(self, delivery: Delivery) -> None:
        try:
            async with asyncio.timeout(self._pacing.lease):
                place = await self._place(delivery)
                ref = await self._platform(delivery).send(place, codec.loads(delivery.payload or ""), delivery.mark)
        except Refused as refused:
            await self._refused(delivery, refused)
        except (Unknown, TimeoutError) as error:
            self._hold(delivery.lane, self._pacing.settle)
            await self._put(delivery, State.UNKNOWN, str(error) or "no answer")
        else:
            await self._sent(delivery, ref)

    async def _look_up(self, delivery: Delivery) -> None:
        """Find out whether an ambiguous message is there; only its certain absence makes it ready again."""
        try:
            async with asyncio.timeout(self._pacing.lease):
                place = await self._place(delivery)
                since = (delivery.first_try or delivery.what.due) - SKEW
                ref = await self._platform(delivery).find(place, delivery.mark, since)
        except Refused as refused:
            await self._refused(delivery, refused, ambiguous=True)
        except (Unknown, TimeoutError):
            self._hold(delivery.lane)
        else:
            if ref is None:
                await self._put(delivery, State.READY, None)
            else:
                await self._sent(delivery, ref)

    async def _sent(self, delivery: Delivery, ref: Ref) -> None:
        self._waits.pop(delivery.lane, None)
        thread: str | None = None
        if KINDS[delivery.what.kind].opens_thread:
            thread = await self._open_thread(delivery, ref)
        at = self._clock.now()
        kept = await self._database.write(
            lambda store: store.deliveries.sent(delivery, ref.message_id, ref.place.channel, thread, at)
        )
        self.sent += 1
        if not kept:
            log.warning("delivery %s was taken over while it was under way", delivery.id)

    async def _open_thread(self, delivery: Delivery, ref: Ref) -> str | None:
        """The thread under an opening; without one, what belongs there goes to the room."""
        title = codec.loads(delivery.payload or "").summary
        try:
            async with asyncio.timeout(self._pacing.lease):
                return (await self._platform(delivery).thread(ref, title)).thread
        except (Refused, Unknown, TimeoutError) as error:
            log.warning("no thread under delivery %s: %s", delivery.id, error)
            return None

    async def _refused(self, delivery: Delivery, refused: Refused, *, ambiguous: bool = False) -> None:
        if refused.reason.passing:
            self._hold(delivery.lane, refused.retry_after)
            if not ambiguous:
                await self._put(delivery, State.READY, refused.detail)
            return
        log.warning("delivery %s is parked: %s", delivery.id, refused.detail)
        problem, cure = CURES[refused.reason]
        at = self._clock.now()

        def park(store: Store) -> None:
            if store.deliveries.put(delivery, State.PARKED, problem, at) and delivery.what.kind != "alert":
                _alert(store, delivery, problem, cure)

        await self._database.write(park)
        self._wake.set()

    async def _put(self, delivery: Delivery, state: State, reason: str | None) -> None:
        at = self._clock.now()
        await self._database.write(lambda store: store.deliveries.put(delivery, state, reason, at))

    async def _place(self, delivery: Delivery) -> Place:
        what = delivery.what
        if what.account_id is not None:
            account = await self._database.read(lambda store: store.people.get(what.account_id or 0))
            if account is None:
                raise Refused(Reason.PERSON_GONE)
            return await self._platforms[account.platform].dm(account.workspace, account.user)

        def read(store: Store) -> tuple[Place | None, str | None]:
            rooms = {room.id: room for room in store.cohorts.rooms(what.cohort_id)}
            room = rooms.get(what.room_id or 0)
            opening = store.deliveries.by_key(f"opening:{what.cohort_id}:r{what.round}:{what.room_id}")
            thread = opening.thread if opening and what.in_thread else None
            return Place(room.platform, room.workspace, room.channel) if room else None, thread

        place, thread = await self._database.read(read)
        if place is None:
            raise Refused(Reason.ROOM_GONE)
        return Place(place.platform, place.workspace, place.channel, thread)

    def _platform(self, delivery: Delivery) -> ChatPlatform:
        return self._platforms[delivery.what.platform]

    def _hold(self, lane: str, wait: float | None = None) -> None:
        """Leave a lane alone for a while; without a time given, longer each time."""
        if wait is None:
            wait = self._waits.get(lane, self._pacing.first_wait)
            self._waits[lane] = min(wait * 2, self._pacing.longest_wait)
        self._waiting[lane] = self._clock.elapsed() + wait

    def _until_next(self) -> float | None:
        if not self._waiting:
            return None
        return max(0.0, min(self._waiting.values()) - self._clock.elapsed())

    async def _sleep(self, seconds: float | None) -> None:
        """Until woken, at the longest so many seconds."""
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            return


def _alert(store: Store, delivery: Delivery, problem: str, cure: str) -> None:
    """Tell the cohort's creator, once for each room and reason on a day."""
    what = delivery.what
    cohort = store.cohorts.get(what.cohort_id)
    if cohort is None or what.account_id is not None:
        return
    creator = store.people.account(cohort.platform, cohort.workspace, cohort.creator) or store.people.account(
        cohort.platform, "", cohort.creator
    )
    if creator is not None:
        key = f"alert:{cohort.id}:{what.room_id}:{problem}:{what.due:%Y-%m-%d}"
        args = {"reason": problem, "cure": cure}
        alert = NewDelivery(key, "alert", creator.platform, cohort.id, what.due, account_id=creator.id, args=args)
        store.deliveries.add([alert])

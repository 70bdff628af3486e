"""The courier: brings what has come due to its platform, each row once, each channel in order.

A row is claimed in a commit before the network call. A certain refusal makes it ready again or parks it; an uncertain
outcome is looked up before it is repeated. Waiting is counted in elapsed time and kept in memory: the calendar may
jump.
"""

import asyncio
import contextlib
import logging
from collections.abc import Coroutine, Mapping
from datetime import timedelta
from typing import Any

from structlog.contextvars import bind_contextvars

from cohort_bot.app.delivery import ledger, reach, revise
from cohort_bot.app.delivery.alerts import CURES, alert
from cohort_bot.app.delivery.kinds import KINDS
from cohort_bot.app.delivery.ledger import Parcel, Person
from cohort_bot.app.delivery.pacing import Breaker, Bucket, Pacing
from cohort_bot.app.ports import ChatPlatform, Clock, Database, Programmes, Reason, Refused, Unknown
from cohort_bot.app.store import Delivery, State, Store
from cohort_bot.app.watching import Carried, Nobody, Watch
from cohort_bot.chat import codec
from cohort_bot.chat.place import Place, Ref

log = logging.getLogger(__name__)

AT_ONCE = 100
"""Most messages under way at the same time."""

CLAIM_LEAST = 25
"""So many must be free before more are claimed: a claim is a commit, and shares it with as many rows as it can."""

SKEW = timedelta(days=1)
"""A look-back starts this much before the first try: the platform's clock is not ours, and ours may have stepped."""

THREAD_TRIES = 5
"""After so many failures an opening goes without its thread."""

TRIES = 20
"""After so many unforeseen errors a message waits for a person."""


class _NoThreadYet(Exception):
    """The message is there, its thread is not."""

    def __init__(self, retry_after: float | None) -> None:
        super().__init__("no thread yet")
        self.retry_after = retry_after


class Courier:
    """Runs beside everything else; `wake` it when something may be due."""

    def __init__(
        self,
        database: Database,
        programmes: Programmes,
        platforms: Mapping[str, ChatPlatform],
        clock: Clock,
        pacing: Pacing | None = None,
        watch: Watch | None = None,
    ) -> None:
        self._database = database
        self._programmes = programmes
        self._platforms = platforms
        self._clock = clock
        self._pacing = pacing or Pacing()
        self._watch = watch or Nobody()
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._stopping = False
        self._holding = False
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._waiting: dict[str, float] = {}
        self._unwritten: list[Delivery] = []
        self._threadless: dict[int, int] = {}
        self._failures: dict[str, int] = {}
        self._buckets: dict[tuple[str, str], Bucket] = {}
        self._reviser = revise.Reviser(database, platforms, clock, self._pacing)
        self._breakers = {name: Breaker(self._pacing) for name in platforms}

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
        begun = False
        while not self._stopping:
            self._wake.clear()
            try:
                if not begun:
                    await self._take_over()
                    begun = True
                worked = await self._step()
            except Exception:
                log.exception("the ledger cannot be worked on; trying again")
                await self._sleep(self._pacing.first_wait)
                continue
            if worked:
                continue
            if not (self._under_way or self._holding or self._wake.is_set()):
                self._idle.set()
            await self._sleep(self._until_next())
        if self._under_way:
            await asyncio.wait(self._under_way.values())

    async def _take_over(self) -> None:
        """What a process that is gone had under way may still be on its way: it is looked up, but not at once."""
        at = self._clock.now()
        await self._database.write(lambda store: store.deliveries.orphaned(at))
        lanes = await self._database.read(lambda store: store.deliveries.unknown_lanes())
        self._waiting.update(dict.fromkeys(lanes, self._clock.elapsed() + self._pacing.settle))

    async def _step(self) -> bool:
        """Claim and start what can be started; whether there may be more at once."""
        now = self._clock.elapsed()
        for lane in [lane for lane, until in self._waiting.items() if until <= now]:
            del self._waiting[lane]
        free = AT_ONCE - len(self._under_way)
        if free < CLAIM_LEAST:
            return False
        down = frozenset(name for name, breaker in self._breakers.items() if breaker.until > now)
        self._holding = bool(self._waiting or down)
        if any(breaker.doubtful for name, breaker in self._breakers.items() if name not in down):
            free = 1
        but = frozenset(self._under_way) | frozenset(self._waiting)
        at = self._clock.now()
        unwritten = tuple(self._unwritten)
        usable = self._platforms.keys() - down

        def claim(store: Store) -> tuple[ledger.Claims, list[revise.Edit]]:
            for delivery in unwritten:
                store.deliveries.put(delivery, State.UNKNOWN, "its outcome could not be noted", at)
            claims = ledger.claim(store, self._programmes, at, free, but, down)
            left = free - len(claims.send) - len(claims.look_up)
            return claims, revise.due(store, self._programmes, at, left, usable, but)

        claims, edits = await self._database.write(claim)
        del self._unwritten[: len(unwritten)]
        for parcel in (*claims.send, *claims.look_up):
            if parcel.delivery.what.platform not in self._platforms:
                await self._put(parcel.delivery, State.PARKED, f"{parcel.delivery.what.platform} is not set up")
                continue
            look_up = parcel.delivery.state is State.UNKNOWN
            work = self._look_up(parcel) if look_up else self._send(parcel)
            self._start(parcel.delivery.lane, self._guard(parcel.delivery, work))
        for edit in edits:
            self._start(edit.lane, self._edit(edit))
        return bool(claims.send or claims.look_up or claims.closed or edits)

    def _start(self, lane: str, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._under_way[lane] = task
        task.add_done_callback(lambda _: self._ended(lane))

    def _ended(self, lane: str) -> None:
        self._under_way.pop(lane, None)
        self._wake.set()

    async def _guard(self, delivery: Delivery, work: Coroutine[Any, Any, None]) -> None:
        """Nothing that goes wrong with one row may stop the others. In the task of its own that the row has."""
        bind_contextvars(delivery=delivery.id, kind=delivery.what.kind, platform=delivery.what.platform)
        try:
            await work
        except Exception:
            log.exception("delivery %s failed in an unforeseen way", delivery.id)
            self._tell(delivery, Carried.FAILED)
            self._hold(delivery.lane)
            if delivery.attempts >= TRIES:
                with contextlib.suppress(Exception):  # the database itself may be what fails; then it is tried again
                    await self._refused(delivery, Refused(Reason.INVALID, "an unforeseen error, again and again"))
                    return
            self._unwritten.append(delivery)

    async def _send(self, parcel: Parcel) -> None:
        delivery = parcel.delivery
        platform = self._platforms[delivery.what.platform]
        await asyncio.sleep(self._turn(platform, parcel.to))
        try:
            async with asyncio.timeout(self._pacing.lease):
                place = await self._place(platform, parcel.to)
                ref = await platform.send(place, codec.loads(delivery.payload or ""), delivery.mark)
        except Refused as refused:
            if room := _without_thread(parcel, refused):
                await self._send(room)
                return
            await self._refused(delivery, refused)
        except (Unknown, TimeoutError) as error:
            self._breakers[platform.name].failed(self._clock.elapsed())
            self._hold(delivery.lane, self._pacing.settle)
            self._tell(delivery, Carried.UNCERTAIN)
            await self._put(delivery, State.UNKNOWN, str(error) or "no answer")
        else:
            await self._sent(delivery, ref)

    async def _look_up(self, parcel: Parcel) -> None:
        """Find out whether an ambiguous message is there; only its certain absence makes it ready again."""
        delivery = parcel.delivery
        platform = self._platforms[delivery.what.platform]
        try:
            async with asyncio.timeout(self._pacing.lease):
                place = await self._place(platform, parcel.to)
                since = (delivery.first_try or delivery.what.due) - SKEW
                ref = await platform.find(place, delivery.mark, since)
        except Refused as refused:
            if room := _without_thread(parcel, refused):
                await self._look_up(room)
                return
            await self._refused(delivery, refused, ambiguous=True)
        except (Unknown, TimeoutError):
            self._breakers[platform.name].failed(self._clock.elapsed())
            self._hold(delivery.lane)
        else:
            if ref is not None:
                await self._sent(delivery, ref)
                return
            self._breakers[platform.name].worked()
            await self._put(delivery, State.READY, None)

    async def _edit(self, edit: revise.Edit) -> None:
        """Replace what a post says; what failed in passing is tried again with what is to be said then."""
        await asyncio.sleep(self._turn(self._platforms[edit.platform], edit.ref.place))
        wait: float | None = 0.0
        try:
            wait = await self._reviser.make(edit)
        except Exception:
            log.exception("the edit of delivery %s cannot be noted", edit.revision.delivery_id)
        if wait is None:
            self._failures.pop(edit.lane, None)
        else:
            self._hold(edit.lane, wait or None)

    def _turn(self, platform: ChatPlatform, to: Place | Person) -> float:
        """Seconds to wait for the next token of the workspace, or of the platform."""
        now = self._clock.elapsed()
        key = (platform.name, "" if platform.pace.shared else to.workspace)
        if key not in self._buckets:
            self._buckets[key] = Bucket(platform.pace.per_second, now)
        return self._buckets[key].take(now)

    @staticmethod
    async def _place(platform: ChatPlatform, to: Place | Person) -> Place:
        return to if isinstance(to, Place) else await platform.dm(to.workspace, to.user)

    async def _sent(self, delivery: Delivery, ref: Ref) -> None:
        platform = self._platforms[delivery.what.platform]
        self._breakers[platform.name].worked()
        thread = ref.place.thread
        if KINDS[delivery.what.kind].opens_thread:
            try:
                thread = await self._open_thread(delivery, ref)
            except _NoThreadYet as error:
                # It is found at the next look-up, and then the thread is tried again.
                self._hold(delivery.lane, error.retry_after)
                await self._put(delivery, State.UNKNOWN, "its thread is not open yet")
                return
        self._failures.pop(delivery.lane, None)
        self._threadless.pop(delivery.id, None)
        if platform.pace.channel_gap:
            self._hold(delivery.lane, platform.pace.channel_gap)
        at = self._clock.now()
        kept = await self._database.write(
            lambda store: store.deliveries.sent(delivery, ref.message_id, ref.place.channel, thread, at)
        )
        self._tell(delivery, Carried.SENT)
        if not kept:
            log.warning("delivery %s was taken over while it was under way", delivery.id)

    async def _open_thread(self, delivery: Delivery, ref: Ref) -> str | None:
        """The thread under an opening; if there can be none, what belongs there goes to the room."""
        # A row that was looked up and found after a restore may have no payload; then its thread is there as well.
        title = codec.loads(delivery.payload).summary if delivery.payload else "This week"
        retry_after: float | None = None
        try:
            async with asyncio.timeout(self._pacing.lease):
                return (await self._platforms[delivery.what.platform].thread(ref, title)).thread
        except (Refused, Unknown, TimeoutError) as error:
            log.warning("no thread under delivery %s: %s", delivery.id, error)
            if isinstance(error, Refused):
                if not error.reason.passing:
                    return None
                retry_after = error.retry_after
        tries = self._threadless[delivery.id] = self._threadless.get(delivery.id, 0) + 1
        if tries >= THREAD_TRIES:
            return None
        raise _NoThreadYet(retry_after)

    async def _refused(self, delivery: Delivery, refused: Refused, *, ambiguous: bool = False) -> None:
        breaker = self._breakers[delivery.what.platform]
        if refused.reason.passing:
            if refused.retry_after is None:
                breaker.failed(self._clock.elapsed())
            self._hold(delivery.lane, refused.retry_after)
            self._tell(delivery, Carried.RETRIED)
            if not ambiguous:
                await self._put(delivery, State.READY, refused.detail)
            return
        breaker.worked()
        self._tell(delivery, Carried.PARKED)
        problem, cure = CURES[refused.reason]
        at = self._clock.now()
        if refused.reason in reach.PERSONAL and delivery.what.account_id is not None:
            platform = self._platforms[delivery.what.platform]
            async with asyncio.timeout(self._pacing.lease):
                await reach.unreachable(self._database, platform, delivery, refused.reason, at)
            self._wake.set()
            return
        log.warning("delivery %s is parked: %s", delivery.id, refused.detail)

        def park(store: Store) -> None:
            if store.deliveries.put(delivery, State.PARKED, problem, at) and delivery.what.kind != "alert":
                alert(store, delivery, problem, cure)

        await self._database.write(park)
        self._wake.set()

    async def _put(self, delivery: Delivery, state: State, reason: str | None) -> None:
        at = self._clock.now()
        await self._database.write(lambda store: store.deliveries.put(delivery, state, reason, at))

    def _tell(self, delivery: Delivery, how: Carried) -> None:
        what = delivery.what
        late = (self._clock.now() - what.due).total_seconds()
        log.info("carried", extra={"outcome": how.value, "late": round(late, 3)})
        self._watch.carried(what.platform, what.kind, how, late)

    def _hold(self, lane: str, wait: float | None = None) -> None:
        """Leave a lane alone for a while; without a time given, longer with each failure."""
        if wait is None:
            self._failures[lane] = self._failures.get(lane, 0) + 1
            wait = self._pacing.wait(self._failures[lane])
        self._waiting[lane] = self._clock.elapsed() + wait

    def _until_next(self) -> float | None:
        """Seconds until a lane or a platform may be tried again, None when nothing waits."""
        instants = [*self._waiting.values(), *(b.until for b in self._breakers.values() if b.until)]
        now = self._clock.elapsed()
        later = [at - now for at in instants if at > now]
        return min(later, default=0.0 if self._holding else None)

    async def _sleep(self, seconds: float | None) -> None:
        """Until woken, at the longest so many seconds."""
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            return


def _without_thread(parcel: Parcel, refused: Refused) -> Parcel | None:
    """The same for the room when it was only the thread that is gone."""
    to = parcel.to
    if refused.reason is not Reason.ROOM_GONE or not isinstance(to, Place) or to.thread is None:
        return None
    return Parcel(parcel.delivery, Place(to.platform, to.workspace, to.channel))

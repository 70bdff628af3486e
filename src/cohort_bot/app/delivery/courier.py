"""The courier: claims what has come due, has it sent, and records the outcome.

Each row is sent once, and each lane keeps its order. A row is claimed in a commit before the network call. A certain
refusal makes it ready again or parks it; an uncertain outcome is looked up before it is sent again. Waits are elapsed
time; outcomes that gather while the ledger is busy are written together.
"""

import asyncio
import contextlib
import logging
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from cohort_bot.app.delivery import edits
from cohort_bot.app.delivery.edits import Edit, Editor
from cohort_bot.app.delivery.outcome import Outcome
from cohort_bot.app.delivery.pacing import MOST_NOTED, ClaimWindow, Enough, Pacing
from cohort_bot.app.delivery.parcel import Claims, Parcel
from cohort_bot.app.delivery.sender import Sender
from cohort_bot.app.delivery.sources import Source
from cohort_bot.app.delivery.throttle import Throttle
from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.database import CannotSave, Database
from cohort_bot.app.ports.health import Passing
from cohort_bot.app.ports.platform import ChatPlatform
from cohort_bot.app.ports.programmes import Programmes
from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.app.ports.store import Delivery, DeliveryResult, Store
from cohort_bot.app.ports.watch import Attempt, Nobody, Watch
from cohort_bot.core.delivery_states import State

log = logging.getLogger(__name__)

MAX_WORKERS: Final = 100
"""The most messages under way at the same time."""


class Courier:
    """Runs concurrently with everything else; call `wake` when something may be due."""

    def __init__(
        self,
        source: Source,
        database: Database,
        programmes: Programmes,
        platforms: Mapping[str, ChatPlatform],
        clock: Clock,
        pacing: Pacing | None = None,
        watch: Watch | None = None,
        paused: Callable[[], bool] = lambda: False,
    ) -> None:
        """While `paused` returns True, because the clock is untrusted, nothing is claimed."""
        self._source = source
        self._database = database
        self._programmes = programmes
        self._platforms = platforms
        self._clock = clock
        self._pacing = pacing or Pacing()
        self._watch = watch or Nobody()
        self._paused = paused
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._stopping = False
        self._claimed: deque[Parcel | Edit] = deque()
        self._composing: set[asyncio.Task[None]] = set()
        self._workers: dict[asyncio.Task[None], str] = {}  # with the lane that each is working on
        self._under_way: Counter[str] = Counter()  # by platform
        self._window = ClaimWindow()
        self._results: list[DeliveryResult] = []
        self._busy: set[str] = set()  # lanes with a look-up or an edit under way, which the ledger does not record
        self._throttle = Throttle(platforms, clock, self._pacing)
        self.sender = Sender(database, platforms, clock, self._pacing, self._permit, self.wake)
        self._editor = Editor(database, platforms, clock, self._pacing)
        source.attach(self._throttle, self.wake)

    def wake(self) -> None:
        """Look for work now."""
        self._idle.clear()
        self._wake.set()

    def connected(self, platform: str) -> None:
        """Deliver to the platform from now on."""
        self._throttle.disconnected.discard(platform)
        self.wake()

    def disconnected(self, platform: str) -> None:
        """Leave messages for the platform in the ledger until it is `connected` again."""
        self._throttle.disconnected.add(platform)

    def resume(self, platform: str, workspace: str) -> None:
        """Deliver at once what is due in a workspace that can be reached again."""
        self._throttle.release(platform, workspace)
        self.wake()

    def passing(self, lane: str, platform: str) -> Passing | None:
        """Why the lane waits, if the reason is temporary."""
        if self._paused():
            return Passing.CLOCK
        if self._throttle.wait("", platform):
            return Passing.DOWN
        if platform in self._throttle.disconnected or (
            platform in self._platforms and self._platforms[platform].findings()
        ):
            return Passing.AWAY
        return Passing.WAITS if self._throttle.wait(lane, platform) else None

    def pages_searched(self, delivery_id: int) -> int:
        """How many pages the look-up of a delivery has read, 0 when there is none."""
        return self.sender.lookups.pages(delivery_id)

    async def start_over(self, lane: str) -> None:
        """Forget everything about a stalled lane, and give up what is under way in it."""
        self._claimed = deque(work for work in self._claimed if work.lane != lane)
        if stuck := [worker for worker, at in self._workers.items() if at == lane]:
            for worker in stuck:
                worker.cancel()
            await asyncio.wait(stuck, timeout=self._pacing.lease)
        self._busy.discard(lane)
        self._throttle.forget(lane)
        self._throttle.settle(lane)  # an attempt that was given up may still arrive
        self._source.start_over(lane)

    async def drain(self) -> None:
        """Return when nothing is due any more; waits for the retries of temporary failures."""
        self.wake()
        await self._idle.wait()

    def stop(self) -> None:
        """Stop claiming; `run` returns when what is under way has ended."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Deliver until stopped. A database error is logged, and the work is tried again."""
        try:
            while not self._stopping:
                self._wake.clear()
                try:
                    worked = await self._step()
                except Exception as error:
                    why = f" ({error})" if isinstance(error, CannotSave) else ""  # one line, because the error repeats
                    log.exception("the ledger cannot be read or written%s; trying again", why, exc_info=not why)
                    await self._sleep(self._pacing.first_wait)
                    continue
                if worked:
                    continue
                if not (
                    self._workers or self._composing or self._results or self._throttle.holding or self._wake.is_set()
                ):
                    self._idle.set()
                await self._sleep(self._throttle.until_next())
            await self._finish()
        finally:
            self._source.stop()

    async def _finish(self) -> None:
        """Give back what is claimed and not yet under way; wait for the outcome of the rest."""
        for task in self._composing:
            task.cancel()
        while self._claimed:
            work = self._claimed.popleft()
            if isinstance(work, Parcel) and work.delivery.state is State.SENDING:
                self._results.append(DeliveryResult(work.delivery, State.READY, DeliveryReason.STOPPED))
        while self._workers or self._results:
            with contextlib.suppress(Exception):  # whatever cannot be recorded now is looked up at the next start
                while await self._record():
                    pass
            if not self._workers:
                return
            await asyncio.wait(self._workers, return_when=asyncio.FIRST_COMPLETED)

    async def _step(self) -> bool:
        """Record what has ended, claim and start what can be started; returns whether more may be ready at once."""
        claiming = () if self._paused() else (self._claim(),)
        done = await asyncio.gather(self._record(), *claiming, return_exceptions=True)
        for result in done:
            if isinstance(result, BaseException):
                raise result
        return any(done)

    async def _record(self) -> bool:
        """Write the results that have gathered to the ledger; returns whether there were any."""
        results, self._results = self._results[:MOST_NOTED], self._results[MOST_NOTED:]
        if not results:
            return False
        at = self._clock.now()
        try:
            kept = await self._database.write(lambda store: store.deliveries.note(results, at), fenced=True)
        except BaseException:
            reason = DeliveryReason.NOT_NOTED
            self._results[:0] = [DeliveryResult(result.delivery, State.UNKNOWN, reason) for result in results]
            raise
        if kept < len(results):
            log.warning("%s deliveries were taken over while they were under way", len(results) - kept)
        lanes = [result.delivery.lane for result in results]
        self._busy.difference_update(lanes)
        self._source.finished(lanes)
        return True

    async def _claim(self) -> bool:
        """Claim what has come due and start workers for it; returns whether more may be ready at once."""
        at = self._clock.now()
        parcels: tuple[Parcel, ...] = ()
        try:
            await self._source.prepare(at)
            claims, due_edits = await self._claim_at(at)
            parcels = (*claims.send, *claims.look_up)
        finally:
            self._source.claimed({parcel.lane for parcel in parcels})
        self._busy.update([parcel.lane for parcel in claims.look_up], [edit.lane for edit in due_edits])
        if claims.beside:
            self._busy.update([row.lane for row in claims.beside])
            task = asyncio.create_task(self._compose(claims.beside, at))
            self._composing.add(task)
            task.add_done_callback(self._composing.discard)
        for parcel in parcels:
            if parcel.platform in self._platforms:
                self._claimed.append(parcel)
            else:
                missing = DeliveryReason.NOT_SET_UP
                self._results.append(DeliveryResult(parcel.delivery, State.PARKED, missing, detail=parcel.platform))
        self._claimed.extend(due_edits)
        for _ in range(min(MAX_WORKERS - len(self._workers), len(self._claimed))):
            worker = asyncio.create_task(self._work())
            self._workers[worker] = ""
            worker.add_done_callback(self._worker_done)
        return bool(parcels or claims.closed or due_edits)

    async def _compose(self, rows: Sequence[Delivery], at: datetime) -> None:
        """Compose messages beside the writer, while others are sent; the next claim takes them."""
        lanes = [row.lane for row in rows]
        try:
            await self._database.read(lambda store: self._source.compose(store, rows, at))
        except Exception:
            log.exception("messages cannot be composed; trying again")
            for lane in lanes:
                self._throttle.hold(lane, self._pacing.first_wait)
        finally:
            self._busy.difference_update(lanes)
            self._wake.set()

    async def _claim_at(self, at: datetime) -> tuple[Claims, list[Edit]]:
        """The claim itself, of as many rows as the window and the platforms allow."""
        held = len(self._claimed) + self._under_way.total()
        free = self._window.free(held, self._clock.elapsed())
        if not free:
            return Claims((), (), 0), []
        waiting, down = self._throttle.closed()
        if doubtful := self._throttle.doubtful - down:
            # A platform that was down is tested with one message: its outcome must be known before the next is sent.
            down |= doubtful & {name for name, number in self._under_way.items() if number}
            free = 1 if doubtful - down else free
        but = waiting | self._busy

        def claim(store: Store) -> tuple[Claims, list[Edit]]:
            enough = Enough(self._clock.elapsed)
            claims = self._source.claim(store, at, free, but, down, enough)
            left = free - len(claims.send) - len(claims.look_up)
            return claims, edits.due(store, self._programmes, at, left, self._platforms.keys() - down, but, enough)

        return await self._database.write(claim, fenced=True)

    async def _work(self) -> None:
        """Work on one claimed parcel or edit after another until none are left."""
        while self._claimed:
            work = self._claimed.popleft()
            if worker := asyncio.current_task():
                self._workers[worker] = work.lane
            self._under_way[work.platform] += 1
            try:
                self._apply(work, await self._attempt(work))
            finally:
                self._under_way[work.platform] -= 1
                self._window.count()

    async def _attempt(self, work: Parcel | Edit) -> Outcome:
        if isinstance(work, Parcel):
            return await self.sender.attempt(work)
        await self._throttle.turn(self._platforms[work.platform], work.ref.place.workspace)
        return await self._editor.attempt(work)

    async def _permit(self, parcel: Parcel) -> DeliveryReason | None:
        """Wait until the rate limit allows the parcel; returns why it must not be sent after all."""
        if self._throttle.down(parcel.platform):
            return DeliveryReason.DOWN
        await self._throttle.turn(self._platforms[parcel.platform], parcel.to.workspace)
        return self._source.revoked(parcel.lane)

    def _apply(self, work: Parcel | Edit, outcome: Outcome) -> None:
        """Pass the outcome to the throttle, the metrics and the next recording."""
        if outcome.answered is not None:
            self._throttle.report(work.platform, answered=outcome.answered)
        if outcome.recovered:
            self._throttle.recovered(outcome.lane)
        if outcome.wait != 0:
            self._throttle.hold(outcome.lane, outcome.wait)
        if outcome.attempt is not None and isinstance(work, Parcel):
            self._report(work.delivery, outcome.attempt)
        if outcome.result is not None:
            self._results.append(outcome.result)
        else:
            self._busy.discard(work.lane)
            self._source.finished([work.lane])
        self._wake.set()

    def _report(self, delivery: Delivery, attempt: Attempt) -> None:
        what = delivery.what
        late = (self._clock.now() - what.due).total_seconds()
        log.info("delivery attempted", extra={"outcome": attempt.value, "late": round(late, 3)})
        self._watch.attempted(what.platform, what.kind, attempt, late)

    def _worker_done(self, worker: asyncio.Task[None]) -> None:
        self._workers.pop(worker, None)
        self._wake.set()

    async def _sleep(self, seconds: float | None) -> None:
        """Sleep until woken, or for at most this many seconds."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), seconds)

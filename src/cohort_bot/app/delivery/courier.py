"""The courier: brings what has come due to its platform, each row once, each channel in order.

A row is claimed in a commit before the network call. A certain refusal makes it ready again or parks it; an uncertain
outcome is looked up before it is repeated. Waiting is elapsed time; outcomes that gather are written together.
"""

import asyncio
import contextlib
import logging
from collections import Counter, deque
from collections.abc import Callable, Mapping

from structlog.contextvars import bind_contextvars

from cohort_bot.app.delivery import edits as revise
from cohort_bot.app.delivery import ledger, unreachable
from cohort_bot.app.delivery.kinds import KINDS
from cohort_bot.app.delivery.ledger import Parcel
from cohort_bot.app.delivery.lookups import LookUps
from cohort_bot.app.delivery.pacing import Pacing, Window
from cohort_bot.app.delivery.parking import park
from cohort_bot.app.delivery.precomposed import Precomposed
from cohort_bot.app.delivery.threads import NoThreadYet, Threads
from cohort_bot.app.delivery.throttle import Throttle
from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.database import CannotSave, Database
from cohort_bot.app.ports.health import Passing
from cohort_bot.app.ports.platform import ChatPlatform, Reason, Refused, Unknown
from cohort_bot.app.ports.programmes import Programmes
from cohort_bot.app.ports.store import Delivery, DeliveryResult, State, Store
from cohort_bot.app.ports.watch import Attempt, Nobody, Watch
from cohort_bot.chat import codec
from cohort_bot.chat.place import Ref

log = logging.getLogger(__name__)

AT_ONCE = 100
"""Most messages under way at the same time."""

TRIES = 20
"""After so many unforeseen errors a message waits for a person."""


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
        self._claimed: deque[Parcel | revise.Edit] = deque()
        self._workers: dict[asyncio.Task[None], str] = {}  # each with the lane that it is at
        self._under_way: Counter[str] = Counter()
        self._window = Window()
        self._outcomes: list[DeliveryResult] = []
        self._busy: set[str] = set()  # lanes with a look-up or an edit under way, of which the ledger knows nothing
        self._threads = Threads(platforms, self._pacing)
        self._reach = unreachable.Unreachable(database, platforms, clock, self._pacing)
        self._reviser = revise.Editor(database, platforms, clock, self._pacing)
        self._traffic = Throttle(platforms, clock, self._pacing)
        self.lookups = LookUps(clock)
        self.ahead = Precomposed()
        self._only: Mapping[str, int] | None = None  # the lanes to choose from, with an engine's jobs; None for all
        self.away: set[str] = set()  # platforms that have not started yet: what is for them waits
        self.holding: Callable[[], bool] = lambda: False  # whether nobody knows what time it is: then nothing is sent

    def share(self, sharers: int) -> None:
        """So many couriers, this one among them, send on the same tokens from now on."""
        self._traffic.sharers = max(1, sharers)

    def wake(self) -> None:
        """Look for work now."""
        self._idle.clear()
        self._wake.set()

    def resume(self, platform: str, workspace: str) -> None:
        """The workspace is there again: what is due in it goes out now."""
        self._traffic.release(platform, workspace)
        self.wake()

    def passing(self, lane: str, platform: str) -> Passing | None:
        """Why the lane waits, if that is a reason that passes by itself."""
        if self.holding():
            return Passing.CLOCK
        if self._traffic.wait("", platform):
            return Passing.DOWN
        if platform in self.away or (platform in self._platforms and self._platforms[platform].findings()):
            return Passing.AWAY
        return Passing.WAITS if self._traffic.wait(lane, platform) else None

    async def start_over(self, lane: str) -> None:
        """Forget everything about a lane that does not move, and give up what is under way in it."""
        self._claimed = deque(each for each in self._claimed if each.lane != lane)
        if stuck := [worker for worker, at in self._workers.items() if at == lane]:
            for worker in stuck:
                worker.cancel()
            await asyncio.wait(stuck, timeout=self._pacing.lease)
        self._busy.discard(lane)
        self._traffic.forget(lane)
        self._traffic.hold(lane, self._pacing.settle)  # what was given up may still be on its way

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
            except Exception as error:
                why = f" ({error})" if isinstance(error, CannotSave) else ""  # one line, for it comes again and again
                log.exception("the ledger cannot be worked on%s; trying again", why, exc_info=not why)
                await self._sleep(self._pacing.first_wait)
                continue
            if worked:
                continue
            if not (self._workers or self._outcomes or self._traffic.holding or self._wake.is_set()):
                self._idle.set()
            await self._sleep(self._traffic.until_next())
        await self._finish()

    async def _finish(self) -> None:
        """What is claimed and not yet under way goes back; the outcome of the rest is waited for."""
        while self._claimed:
            parcel = self._claimed.popleft()
            if isinstance(parcel, Parcel) and parcel.delivery.state is State.SENDING:
                self._outcomes.append(DeliveryResult(parcel.delivery, State.READY, "the bot was stopped"))
        while self._workers or self._outcomes:
            with contextlib.suppress(Exception):  # what cannot be noted now is looked up at the next start
                await self._note()
            if not self._workers:
                return
            await asyncio.wait(self._workers, return_when=asyncio.FIRST_COMPLETED)

    async def _take_over(self) -> None:
        """What a process that is gone had under way may still be on its way: it is looked up, but not at once."""
        at = self._clock.now()
        await self._database.write(lambda store: store.deliveries.orphaned(at))
        for lane in await self._database.read(lambda store: store.deliveries.unknown_lanes()):
            self._traffic.hold(lane, self._pacing.settle)

    async def _step(self) -> bool:
        """Note what has ended, claim and start what can be started; whether there may be more at once."""
        claiming = () if self.holding() else (self._claim(),)
        results = await asyncio.gather(self._note(), *claiming, return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return any(results)

    async def _note(self) -> bool:
        """Write down the outcomes that have gathered; whether there were any."""
        outcomes, self._outcomes = self._outcomes, []
        if not outcomes:
            return False
        at = self._clock.now()
        try:
            kept = await self._database.write(lambda store: store.deliveries.note(outcomes, at), fenced=True)
        except BaseException:
            reason = "its outcome could not be noted"
            self._outcomes[:0] = [DeliveryResult(each.delivery, State.UNKNOWN, reason) for each in outcomes]
            raise
        if kept < len(outcomes):
            log.warning("%s deliveries were taken over while they were under way", len(outcomes) - kept)
        self._busy.difference_update([each.delivery.lane for each in outcomes])
        return True

    async def _claim(self) -> bool:
        """Take what has come due and let workers bring it; whether there may be more at once."""
        if not (free := self._window.free(len(self._claimed) + self._under_way.total(), self._clock.elapsed())):
            return False
        waiting, down = self._traffic.closed()
        down |= self.away
        if doubtful := self._traffic.doubtful - down:
            # One message is the test of a platform that was down: it must have come back before there is another.
            down |= doubtful & {name for name, number in self._under_way.items() if number}
            free = 1 if doubtful - down else free
        but = waiting | self._busy
        at = self._clock.now()

        def claim(store: Store) -> tuple[ledger.Claims, list[revise.Edit]]:
            claims = ledger.claim(store, self._programmes, at, free, but, down, self._only, self.ahead)
            left = free - len(claims.send) - len(claims.look_up)
            return claims, revise.due(store, self._programmes, at, left, self._platforms.keys() - down, but)

        claims, edits = await self._database.write(claim, fenced=True)
        self._busy.update([parcel.delivery.lane for parcel in claims.look_up], [edit.lane for edit in edits])
        for parcel in (*claims.send, *claims.look_up):
            if parcel.platform in self._platforms:
                self._claimed.append(parcel)
            else:
                self._ended(parcel.delivery, State.PARKED, f"{parcel.platform} is not set up")
        self._claimed.extend(edits)
        for _ in range(min(AT_ONCE - len(self._workers), len(self._claimed))):
            worker = asyncio.create_task(self._work())
            self._workers[worker] = ""
            worker.add_done_callback(self._gone_home)
        return bool(claims.send or claims.look_up or claims.closed or edits)

    async def _work(self) -> None:
        """Do one thing after the other while there are any."""
        while self._claimed:
            work = self._claimed.popleft()
            if worker := asyncio.current_task():
                self._workers[worker] = work.lane
            self._under_way[work.platform] += 1
            try:
                await (self._edit(work) if isinstance(work, revise.Edit) else self._carry(work))
            finally:
                self._under_way[work.platform] -= 1
                self._window.gone += 1

    async def _carry(self, parcel: Parcel) -> None:
        """Bring a message, or find out whether it is there."""
        delivery = parcel.delivery
        bind_contextvars(delivery=delivery.id, kind=delivery.what.kind, platform=delivery.what.platform)
        try:
            await (self._look_up(parcel) if delivery.state is State.UNKNOWN else self._send(parcel))
        except Exception:  # nothing that goes wrong with one row may stop the others
            log.exception("delivery %s failed in an unforeseen way", delivery.id)
            await self._unforeseen(delivery)

    def _gone_home(self, worker: asyncio.Task[None]) -> None:
        self._workers.pop(worker, None)
        self._wake.set()

    async def _unforeseen(self, delivery: Delivery) -> None:
        self._tell(delivery, Attempt.FAILED)
        self._traffic.hold(delivery.lane)
        if delivery.attempts >= TRIES:
            with contextlib.suppress(Exception):  # the database itself may be what fails; then it is tried again
                await self._refused(delivery, Refused(Reason.INVALID, "an unforeseen error, again and again"))
                return
        self._ended(delivery, State.UNKNOWN, "an unforeseen error")

    def _ended(self, delivery: Delivery, state: State, reason: str | None) -> None:  # to be noted soon
        self._outcomes.append(DeliveryResult(delivery, state, reason))
        self._wake.set()

    async def _send(self, parcel: Parcel) -> None:
        delivery = parcel.delivery
        platform = self._platforms[delivery.what.platform]
        if why := await self._turn(parcel, platform):
            self._ended(delivery, State.READY, why)
            return
        message = parcel.message or codec.loads(delivery.payload or "")
        began, again = self._clock.elapsed(), self.lookups.again(delivery)
        try:
            async with asyncio.timeout(self._pacing.lease):
                place = await parcel.place(platform)
                ref = await platform.send(place, message, delivery.mark, again)
        except Refused as refused:
            self.lookups.refused(delivery, again)
            if refused.reason is Reason.ROOM_GONE and (room := parcel.without_thread()):
                await self._send(room)
                return
            await self._refused(delivery, refused)
        except (Unknown, TimeoutError) as error:
            self._traffic.failed(platform.name)
            self._traffic.hold(delivery.lane, self._pacing.settle)
            self._tell(delivery, Attempt.UNCERTAIN)
            self.lookups.uncertain(delivery, began)
            self._ended(delivery, State.UNKNOWN, str(error) or "no answer")
        else:
            await self._sent(delivery, ref, message.summary)

    async def _turn(self, parcel: Parcel, platform: ChatPlatform) -> str | None:
        """Wait for its turn; why it is not to be sent after all."""
        if self._traffic.down(platform.name):
            return "the platform is down"
        await self._traffic.turn(platform, parcel.to.workspace)
        return None

    async def _look_up(self, parcel: Parcel) -> None:
        """Find out whether an ambiguous message is there; only its certain absence makes it ready again."""
        delivery = parcel.delivery
        platform = self._platforms[delivery.what.platform]
        search = self.lookups.search(delivery)
        seen = search.pages
        try:
            async with asyncio.timeout(self._pacing.lease):
                place = await parcel.place(platform)
                ref = await platform.find(place, search)
        except Refused as refused:
            if refused.reason is Reason.ROOM_GONE and (room := parcel.without_thread()):
                await self._look_up(room)
                return
            if parcel.left and not refused.reason.passing:
                # Where it may be nobody can look any more, and the room is another one by now.
                self._ended(delivery, State.READY, None)
                return
            await self._refused(delivery, refused, ambiguous=True)
        except (Unknown, TimeoutError):
            lane = await self.lookups.let_pass(delivery, self._database)
            if search.pages > seen:  # there is much to read, and it goes on from here
                self._traffic.hold(lane, 0)
            else:
                self._traffic.failed(platform.name)
                self._traffic.hold(lane)
            self._busy.discard(delivery.lane)
        else:
            if ref is not None:
                # A row that was looked up and found after a restore may have no payload; then its thread is there.
                title = codec.loads(delivery.payload).summary if delivery.payload else "This week"
                await self._sent(delivery, ref, title)
                return
            self._traffic.worked(platform.name)
            self._ended(delivery, State.READY, None)

    async def _edit(self, edit: revise.Edit) -> None:
        """Replace what a post says; what failed in passing is tried again with what is to be said then."""
        wait: float | None = 0.0
        try:
            await self._traffic.turn(self._platforms[edit.platform], edit.ref.place.workspace)
            wait = await self._reviser.make(edit)
        except Exception:
            log.exception("the edit of delivery %s cannot be noted", edit.revision.delivery_id)
        if wait is None:
            self._traffic.recovered(edit.lane)
        else:
            self._traffic.hold(edit.lane, wait or None)
        self._busy.discard(edit.lane)
        self._wake.set()

    async def _sent(self, delivery: Delivery, ref: Ref, title: str) -> None:
        platform = self._platforms[delivery.what.platform]
        self._traffic.worked(platform.name)
        thread = ref.place.thread
        if KINDS[delivery.what.kind].opens_thread:
            try:
                thread = await self._threads.open(delivery, ref, title)
            except NoThreadYet as error:
                # It is found at the next look-up, and then the thread is tried again.
                self._traffic.hold(delivery.lane, error.retry_after)
                self._ended(delivery, State.UNKNOWN, "its thread is not open yet")
                return
        self._traffic.recovered(delivery.lane)
        self._threads.over(delivery)
        self.lookups.over(delivery)
        if platform.pace.channel_gap:
            self._traffic.hold(delivery.lane, platform.pace.channel_gap)
        self._tell(delivery, Attempt.SENT)
        self._outcomes.append(DeliveryResult(delivery, State.SENT, None, ref.message_id, ref.place.channel, thread))
        self._wake.set()

    async def _refused(self, delivery: Delivery, refused: Refused, *, ambiguous: bool = False) -> None:
        name = delivery.what.platform
        judged = await self._reach.judge(delivery, refused)
        if judged is not None and judged.reason.passing:
            if judged.retry_after is None:
                self._traffic.failed(name)
            lane = await self.lookups.let_pass(delivery, self._database) if ambiguous else delivery.lane
            self._traffic.hold(lane, judged.retry_after)
            self._tell(delivery, Attempt.RETRIED)
            if ambiguous:
                self._busy.discard(delivery.lane)
                self._wake.set()
            else:
                self._ended(delivery, State.READY, judged.detail)
            return
        self._traffic.worked(name)
        self.lookups.over(delivery)
        self._tell(delivery, Attempt.PARKED)
        if judged is not None:  # somebody who cannot be reached directly is no alarm
            await park(self._database, delivery, judged, self._clock.now())
        self._busy.discard(delivery.lane)
        self._wake.set()

    def _tell(self, delivery: Delivery, how: Attempt) -> None:
        what = delivery.what
        late = (self._clock.now() - what.due).total_seconds()
        log.info("carried", extra={"outcome": how.value, "late": round(late, 3)})
        self._watch.carried(what.platform, what.kind, how, late)

    async def _sleep(self, seconds: float | None) -> None:
        """Until woken, at the longest so many seconds."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), seconds)

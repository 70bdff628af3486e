"""The running bot: its platforms, courier and ticker started, watched and stopped together."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Final, Protocol, Self

from cohort_bot.app.delivery.courier import Courier
from cohort_bot.app.delivery.directory import Directory
from cohort_bot.app.delivery.engine_source import EngineSource
from cohort_bot.app.delivery.group_matching import GroupMatching
from cohort_bot.app.delivery.group_silence import GroupSilence
from cohort_bot.app.delivery.pacing import Pacing
from cohort_bot.app.delivery.precomposed import Precomposed
from cohort_bot.app.delivery.recovery import Recovery
from cohort_bot.app.delivery.slices import in_slices
from cohort_bot.app.delivery.sources import LedgerSource
from cohort_bot.app.delivery.stalled import LATE, MOST, Renews, Stalled
from cohort_bot.app.delivery.ticker import Ticker
from cohort_bot.app.delivery.upcoming import Upcoming, a_week_on, upcoming
from cohort_bot.app.dispatch import Dispatcher
from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.health import DatabaseStats, Waiting
from cohort_bot.app.ports.platform import Answering, ChatPlatform, Finding, NeedsDatabase, SaysThings
from cohort_bot.app.ports.programmes import Programmes
from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.app.ports.store import Store
from cohort_bot.app.ports.watch import Nobody, Watch
from cohort_bot.app.room_privacy import RoomPrivacy
from cohort_bot.app.services import Services
from cohort_bot.app.table import TABLE
from cohort_bot.app.words import marks as marks_words
from cohort_bot.app.words import playground as playground_words
from cohort_bot.app.words import stalled as stalled_words
from cohort_bot.app.words import zones as zones_words
from cohort_bot.app.words.digest import no_programme_finding
from cohort_bot.clock_check import ClockCheck
from cohort_bot.programmes.guides import Guides
from cohort_bot.programmes.shelf import ProgrammeShelf
from cohort_bot.startup import AwaitedDatabase, OwnDatabase, Platforms

log = logging.getLogger(__name__)

GRACE = 10.0
"""Seconds within which all work under way must end at a stop: half of them for what people asked, half for posts."""

CLOSING = 3.0
"""Seconds that a platform's connections may take to close after that: a server that does not answer keeps nobody up."""

TICK: Final = 1.0
"""Elapsed seconds between two checks for due rows."""

LOOK: Final = 60.0
"""Elapsed seconds between two looks at what platforms do not report, such as rooms that work again."""

UNPLANNED: Final = 60.0
"""After this many elapsed seconds in which nothing could be planned the bot is not ready."""

ANSWER: Final = 5.0
"""Elapsed seconds for the database's answer to a health check."""

PLAN_SOON = 0.1
"""Seconds after a change until its consequences are planned."""


class Engine(Renews, Protocol):
    """Decides which process delivers which lane of the ledger, where several share it."""

    async def run(self, deliver: Callable[[str, int], Awaitable[float | None]], share: Callable[[int], None]) -> None:
        """Call `deliver` for each lane in which something has come due, with the job that answers for it, until
        stopped; and `share` with how many processes do so.
        """

    def stop(self) -> None:
        """Take no more lanes; `run` returns when those under way have ended."""


class Bot:
    """The whole bot on a database with the given platforms. Use it as `async with Bot(...) as bot`."""

    def __init__(
        self,
        database: OwnDatabase,
        programmes: Programmes,
        platforms: Mapping[str, ChatPlatform],
        clock: Clock,
        pacing: Pacing | None = None,
        watch: Watch | None = None,
        engine: Engine | None = None,
        *,
        board_url: str = "",
        carries: bool = True,
        turns: Mapping[str, asyncio.Task[None]] | None = None,
    ) -> None:
        """With `engine`, the engine decides which rows are delivered here; without `carries` other processes plan and
        deliver. A platform in `turns` starts when its task there has ended, and nothing is planned or delivered before.
        """
        self.database = AwaitedDatabase(database)
        self.platforms = platforms
        self.clock = clock
        self._programmes = programmes = ProgrammeShelf(programmes, database.shelf)
        watch = watch or Nobody()
        database.wrote, database.held = watch.wrote, watch.held
        self._carries = carries
        self._engine = engine
        self.time = ClockCheck(clock, platforms, self.database, self._changed)
        # An engine requests a lane when something in it is due; a process with the ledger to itself composes ahead.
        precomposed = Precomposed() if engine is None else None
        board = bool(board_url)
        self._requested = None if engine is None else EngineSource(self.database, programmes, clock, board=board)
        source = self._requested or LedgerSource(self.database, programmes, precomposed, board=board)
        self.courier = Courier(source, self.database, programmes, platforms, clock, pacing, watch, self.time.holding)
        for name in platforms:
            self.courier.disconnected(name)
        self.ticker = Ticker(self.database, programmes, clock, self.courier.wake, precomposed, self.time.holding)
        self.stalled = Stalled(self.database, clock, self.courier, engine)
        self.groups = GroupMatching(self.database, programmes, clock, self.courier.wake)
        self.silence = GroupSilence(self.database, programmes, platforms, clock)
        self.directory = Directory(self.database, platforms, clock)
        self.room_privacy = RoomPrivacy(self.database, platforms, clock)
        self.recovery = Recovery(self.database, platforms, clock, self.courier.resume)
        # Handlers get the database itself: the dispatcher waits until it is open.
        self.services = services = Services(database, programmes, Guides(), platforms, TABLE, self._changed, board_url)
        self.dispatcher = Dispatcher(services, database, clock.elapsed, watch, self.database.opened)
        for platform in platforms.values():
            if isinstance(platform, Answering):
                platform.report_lost(self.dispatcher.lost)
            if isinstance(platform, SaysThings):
                platform.look_up_language(self.dispatcher.speak_to)
            if isinstance(platform, NeedsDatabase):
                platform.attach(self.database, partial(self.courier.resume, platform.name))
        self._schema: str | None = None
        self._turns = turns or {}
        self.connecting = Platforms(platforms, self._begin, self._up, self._give_up)
        self.ended = asyncio.Event()
        """Set when the bot cannot continue until a person has changed something; `wrong` then says what."""
        self.wrong: Exception | None = None
        self.directory.holding = self.silence.holding = self.groups.holding = self.time.holding
        self._started = False
        self._opening: asyncio.Task[None] | None = None
        self._planning: asyncio.Task[None] | None = None
        self._until_stopped: list[asyncio.Task[None]] = []
        """Tasks that are cancelled at a stop: they only wait and check, and begin nothing that has to be finished."""
        self._under_way: list[asyncio.Task[None]] = []
        """Tasks that end by themselves at a stop, when they have finished their work."""

    async def __aenter__(self) -> Self:
        # Connecting waits for the network, the schema for the disk; commands sent meanwhile wait for the schema.
        self._started = True
        try:
            self._opening = asyncio.create_task(self._open())
            self.connecting.start()
            away = asyncio.create_task(self.database.away.wait())
            await asyncio.wait({self._opening, away}, return_when=asyncio.FIRST_COMPLETED)
            away.cancel()
            if self._opening.done():
                self._opening.result()
            await self.connecting.tried()
        except BaseException:
            await self.stop()
            raise
        if self._opening.done() and not self._turns:
            self._carry()
        else:
            self._until_stopped.append(asyncio.create_task(self._carry_later(self._opening)))
        told = [*self.database.missing(), *self.connecting.findings()]
        for finding in await self.findings():
            if finding not in told:
                log.warning("%s %s", finding.problem, finding.cure)
        return self

    async def _begin(self, platform: ChatPlatform) -> None:
        if turn := self._turns.get(platform.name):
            await asyncio.shield(turn)
        await platform.start(TABLE, self.dispatcher, self.dispatcher.complete)

    def _up(self, name: str) -> None:
        """A platform works: its messages are delivered from now on."""
        self.time.came(name)
        self.courier.connected(name)

    def _give_up(self, wrong: Exception) -> None:
        self.wrong = wrong
        self.ended.set()

    async def _carry_later(self, opening: asyncio.Task[None]) -> None:
        try:
            await opening
            for turn in self._turns.values():
                await asyncio.shield(turn)
        except Exception as error:  # noqa: BLE001 - after any error it cannot continue
            log.critical("%s", error)
            self._give_up(error)
        else:
            self._carry()

    def _carry(self) -> None:
        """Plan and deliver from now on, if that is this process's role."""
        if not self._carries:
            return
        ending = [self.courier.run()]
        if self._engine is not None and self._requested is not None:
            ending.append(self._engine.run(self._requested.deliver, self._requested.share))
        self._under_way = [asyncio.create_task(work) for work in ending]
        marks = self.courier.sender.marks
        looked = (self.recovery, marks, self.room_privacy, self.directory, self.groups, self.silence)
        looks = (_regularly(each.look) for each in looked)
        waiting = (self.stalled.run(), self._tick(), *looks)
        self._until_stopped += [asyncio.create_task(work) for work in waiting]

    async def _tick(self) -> None:
        """Plan about once a second of elapsed time, whatever the calendar does."""
        while True:
            try:
                await self.ticker.tick()
            except Exception:
                log.exception("nothing can be planned; trying again")
            await asyncio.sleep(TICK)

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def _open(self) -> None:
        await self.database.open()
        if self._carries:
            await self.ticker.take_back()
            await self._replan_all()
        self._schema = (await self.database.read(lambda store: store.health.standing())).schema
        await self.database.write(self._try_again)
        self.time.start()

    async def _replan_all(self) -> None:
        """A programme may have been edited while the bot was stopped, so the next due instants are worked out again."""
        cohorts = [cohort.id for cohort in await self.database.read(lambda store: store.cohorts.active())]
        at = self.clock.now()
        await in_slices(self.database, self.clock, cohorts, lambda store, each: store.cohorts.replan(each, at))

    async def stop(self) -> None:
        """Take no more work, finish what is under way within ten seconds, close the file. Twice is harmless."""
        if not self._started:
            return
        self._started = False
        waiting = [*([self._opening] if self._opening else []), *self._until_stopped]
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        await asyncio.gather(self.connecting.stop(), self.time.stop())
        await asyncio.gather(*map(_close, self.platforms.values()), return_exceptions=True)
        if self._engine is not None:
            self._engine.stop()
        self.courier.stop()
        try:
            async with asyncio.timeout(GRACE / 2):
                for task in self._under_way:
                    await task
        except TimeoutError:
            log.warning("stopped with messages under way; they are looked up at the next start")
        if self._planning is not None:
            await asyncio.gather(self._planning, return_exceptions=True)
        await self.database.close()

    def _try_again(self, store: Store) -> None:
        """The operator may have fixed problems outside the bot before starting it: messages that waited for access are
        tried again.
        """
        for name in self.platforms:
            for reason in (DeliveryReason.REVOKED, DeliveryReason.UNSEEN):
                store.deliveries.rearm_parked_for(name, reason, self.clock.now())

    def _changed(self, plans: bool = True) -> None:
        """Something changed: deliver, and when it has to be planned, do so soon; several changes in a row are planned
        together.
        """
        if not self._carries:
            return
        self.courier.wake()
        if not plans:
            return
        if self._planning is None or self._planning.done():
            self._planning = asyncio.create_task(self._plan_soon())

    async def _plan_soon(self) -> None:
        await asyncio.sleep(PLAN_SOON)
        await self.ticker.tick()

    async def settle(self) -> None:
        """Check who has left or returned, then plan and deliver everything that is due now."""
        await self.directory.look()
        await self.ticker.tick()
        await self.groups.look()
        await self.silence.look()
        await self.courier.drain()

    async def upcoming(self) -> Upcoming | None:
        """The next post that somebody will see if nobody does anything."""
        return await self.database.read(lambda store: upcoming(store, self._programmes, self.clock.now()))

    async def findings(self) -> Sequence[Finding]:
        """Problems that keep the bot from working right now; empty without any."""
        return [*await self._stored(), *self._planned(), *self.time.findings(), *self._connected()]

    def _connected(self) -> Sequence[Finding]:
        up = (platform for name, platform in self.platforms.items() if name not in self.connecting.missing)
        return [*self.connecting.findings(), *(finding for platform in up for finding in platform.findings())]

    def _planned(self) -> Sequence[Finding]:
        """A finding if nothing has been planned for a while."""
        unplanned = self.clock.elapsed() - self.ticker.planned_at
        if not self._under_way or unplanned <= UNPLANNED or self.time.holding():
            return []
        return [Finding(f"No posts have been planned for {unplanned:.0f} s.", "See the log for the reason.")]

    async def _stored(self) -> Sequence[Finding]:
        """The database's findings, or one that it does not answer."""
        if problems := self.database.missing() or await self.database.findings():
            return problems
        at = self.clock.now()
        try:
            async with asyncio.timeout(ANSWER):
                standing, cohorts, late = await self.database.read(
                    lambda store: (
                        store.health.standing(),
                        store.cohorts.active(),
                        store.health.waiting(at - LATE, MOST),
                    )
                )
        except TimeoutError:
            return [Finding(f"The database has not answered for {ANSWER:.0f} s.", "See the log for the reason.")]
        except Exception as error:  # noqa: BLE001 - after any error it is not ready
            return [Finding(f"The database cannot be read: {type(error).__name__}.", "Look at its file and the log.")]
        if standing.schema != self._schema:
            problem = f"The database has the schema {standing.schema}, this bot was started on {self._schema}."
            return [Finding(problem, "Update this machine to the same release, and start it again.")]
        if late:
            return stalled_words.findings(late, self.stalled.why(late))
        unread = [no_programme_finding(cohort) for cohort in cohorts if self._programmes.get(cohort.programme) is None]
        unknown = [finding for cohort in cohorts if (finding := zones_words.unknown(cohort))]
        return [*unread, *unknown, *marks_words.findings(standing.unseen)]

    async def figures(self) -> tuple[DatabaseStats | None, Mapping[str, bool], Sequence[Waiting]]:
        """The database's figures, None when it cannot be read, the platforms that can be used, and the waiting
        lanes.
        """
        missing, at = self.connecting.missing, self.clock.now()
        connected = {name: name not in missing and not each.findings() for name, each in self.platforms.items()}
        if self.database.missing():
            return None, connected, ()
        try:
            standing, lanes = await self.database.read(
                lambda store: (store.health.standing(), store.health.waiting(at, MOST))
            )
        except Exception:
            log.exception("the database cannot be read")
            return None, connected, ()
        return standing, connected, lanes


class DemoTime:
    """The playground's clock: moving it visits every due instant in order, so nothing is skipped as after an outage."""

    def __init__(self, clock: Clock, move_to: Callable[[datetime], None]) -> None:
        self._clock = clock
        self._move_to = move_to
        self.bot: Bot | None = None

    def now(self) -> datetime:
        return self._clock.now()

    async def next_due(self) -> datetime | None:
        """When the next message is due, always in the future: changes by a command are planned first."""
        if self.bot is None:
            return None
        due = await self.bot.ticker.next_due()
        if due is not None and due <= self.now():
            await self.bot.ticker.tick()
            due = await self.bot.ticker.next_due()
        return due if due is None or due > self.now() else None  # a cohort that cannot be planned delays no other

    async def settle(self) -> None:
        """Plan and deliver everything that is due now."""
        if self.bot is not None:
            await self.bot.settle()

    async def next_post(self) -> Upcoming | None:
        """The next post that somebody will see."""
        return await self.bot.upcoming() if self.bot else None

    async def a_week_on(self, channel: str) -> datetime | None:
        """About a week on, when it is known who needs somebody in a cohort of the channel, or else in any."""

        def read(store: Store) -> datetime | None:
            cohorts = store.cohorts.active()
            here = [each for each in cohorts if any(room.channel == channel for room in store.cohorts.rooms(each.id))]
            return next((a_week_on(each.calendar, self.now()) for each in here or cohorts), None)

        return await self.bot.database.read(read) if self.bot else None

    async def advance(self, to: datetime) -> None:
        """Move to the instant, visiting every due instant on the way."""
        if to < self.now():
            raise playground_words.clock_backwards()
        if self.bot is None:
            return
        while (due := await self.next_due()) is not None and due <= to:
            self._move_to(due)
            await self.bot.settle()
        self._move_to(to)
        await self.bot.settle()


async def _regularly(look: Callable[[], Awaitable[None]]) -> None:
    while True:
        await asyncio.sleep(LOOK)
        try:
            await look()
        except Exception:
            log.exception("%s failed; trying again", look.__qualname__)


async def _close(platform: ChatPlatform) -> None:
    """Let a platform's work end, and close its connections."""
    try:
        async with asyncio.timeout(GRACE / 2 + CLOSING):
            await platform.stop(GRACE / 2)
    except TimeoutError:
        log.warning("the connections to %s did not close in time; they end with the process", platform.name)

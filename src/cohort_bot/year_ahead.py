"""`cohort-bot doctor --rehearse`: the coming months on a copy of the database, before they happen.

The real application runs with a clock that is moved from one due post to the next, and with platforms on which nothing
leaves the process. What it posts, and what it cannot post, is read from the ledger of the copy. Members check in as
they have lately: those who were here in the last weeks go on, the others stay away.
"""

import asyncio
import heapq
import itertools
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from cohort_bot import bootstrap
from cohort_bot import year_ahead_findings as findings
from cohort_bot.app.delivery import ledger
from cohort_bot.app.delivery.pacing import Pacing
from cohort_bot.app.delivery.planner import NEVER
from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.health import Meeting, Outcome, Reach
from cohort_bot.app.ports.platform import Reason, Refused
from cohort_bot.app.ports.programmes import Programmes
from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.app.ports.store import Store
from cohort_bot.app.queries.moderators import moderators
from cohort_bot.chat.i18n import _
from cohort_bot.chat.place import Place
from cohort_bot.clocks import ScriptedClock
from cohort_bot.core.checkins import CheckIn
from cohort_bot.core.delivery_states import State
from cohort_bot.core.membership import Account, Member
from cohort_bot.doctor import (
    Check,
    not_set_up,
    of_content,
    of_copies,
    of_database,
    of_disk,
    of_platforms,
    of_settings,
    of_workspaces,
    wrong_setting,
)
from cohort_bot.platforms import installed
from cohort_bot.platforms.common.loopback import Known, Loopback
from cohort_bot.programmes.shelf import ProgrammeShelf
from cohort_bot.runtime import Bot
from cohort_bot.settings import WrongSetting, from_environment
from cohort_bot.storage import as_sqlite
from cohort_bot.storage.backups import Unusable
from cohort_bot.storage.in_one_transaction import InOneTransaction
from cohort_bot.year_ahead_findings import Months, months_on

STEP: Final = timedelta(minutes=10)
"""The calendar moves at least this far: what is due within it is posted together, in its order."""

STUCK: Final = timedelta(hours=6)
"""So far, where something is due that cannot be planned."""

NO_WAITS: Final = Pacing(settle=0.0, first_wait=0.0, longest_wait=0.0)
"""Elapsed time stands still, so a wait, as before something uncertain is looked up, would never end."""

CHECKS_IN: Final = timedelta(days=2)
"""How long after an opening members check in."""

LATELY: Final = 3
"""Whoever has checked in within this many rounds, or has joined since, goes on checking in."""


class MovedClock(ScriptedClock):
    """Elapsed time stands still between two moves: nobody waits for the database, so nothing is done in slices."""

    def __init__(self, at: datetime) -> None:
        super().__init__(at)
        self._moves = 0

    def elapsed(self) -> float:
        return float(self._moves)

    def move_to(self, at: datetime) -> None:
        super().move_to(at)
        self._moves += 1


async def examine(
    environment: Mapping[str, str], clock: Clock, months: int, told: Callable[[int], None]
) -> tuple[Sequence[Check], Months | None]:
    """Check what can be checked without a network, then rehearse the months; None for a database that cannot be
    copied. `told` as in `rehearse`.
    """
    try:
        settings = from_environment(environment)
        disk = bootstrap.check_disk(settings)
    except WrongSetting as error:
        return [wrong_setting(error)], None
    checks = [] if disk is None else [Check("disk", "look", disk.problem.rstrip("."), disk.cure)]
    programmes = bootstrap.library(settings)
    stored: list[Check] = []
    meetings: Sequence[Meeting] = ()
    async for check, rooms in of_database(settings, clock, programmes):
        stored.append(check)
        meetings = rooms or meetings
    used, wrong = of_platforms(settings, clock)
    if wrong is None or any(settings.given(each.name) for each in installed.settings()):
        checks += [*of_settings(settings, environment, wrong), *not_set_up(used, meetings)]
        checks += [check async for check in of_workspaces(settings, used, meetings)]
    else:
        checks.append(Check("settings", "ok", _("no platform is set up here, so its settings are not checked")))
        checks += not_set_up(used, meetings)
    folder = Path.cwd() if settings.on_postgres else settings.sqlite_path.resolve().parent
    checks += [*stored, *of_content(programmes), *of_disk(folder), *of_copies(settings, clock)]
    if any(check.name in {"database", "migration"} and check.state != "ok" for check in stored):
        return checks, None
    with tempfile.TemporaryDirectory(prefix="cohort-bot-") as beside:
        copy = Path(beside) / "rehearsal.db"
        try:
            if settings.on_postgres:
                await asyncio.to_thread(as_sqlite.from_server, settings.server_url, copy)
            else:
                await asyncio.to_thread(as_sqlite.from_file, settings.sqlite_path, copy)
        except Unusable as error:
            return [*checks, Check("database", "fix", str(error))], None
        result = await rehearse(copy, programmes, clock, months, shutil.disk_usage(folder).free, told)
    return [*checks, *(each for each in result.checks if each not in checks)], result


async def rehearse(
    copy: Path, programmes: Programmes, clock: Clock, months: int, room: int, told: Callable[[int], None]
) -> Months:
    """Rehearse the months on this copy of the database, whose rows stay as they are. `room` is the free space on the
    disk of the real one in bytes; `told` is called with the number of each month that is over.
    """
    since = clock.now()
    result = Months(since, months)
    database, calendar = InOneTransaction(copy), MovedClock(since)
    database.upgrade()
    database.open()
    shelf = ProgrammeShelf(programmes, database.shelf)
    result.checks += findings.without_dates(await database.write(lambda store: _set_aside(store, since)))
    past = await database.read(_past)
    if not past.known:  # nobody is here yet
        await database.close()
        return result
    previews = {name: each.preview for name, each in installed.platforms().items() if hasattr(each, "preview")}
    used = {name: Loopback(name, each, previews.get(name)) for name, each in past.known.items()}
    before = database.size()
    async with Bot(database, shelf, used, calendar, NO_WAITS, carries=False) as bot:
        played = Timelapse(bot, calendar, database.analyse)
        for at, check_in in await database.read(lambda store: list(_check_ins(store, shelf, since, result.until))):
            played.at(at, partial(database.write, check_in))
        await played.until(result.until, told)
        result.posts = [_refused_again(post, past.invalid) for post in played.posts]
        cohorts = await database.read(lambda store: store.cohorts.active())
        unplanned = await database.read(lambda store: store.cohorts.due(result.until))
        picks = await database.read(lambda store: {each.id: store.papers.picks(each.id) for each in cohorts})
        housed = {each.cohort for each in await database.read(lambda store: store.health.meetings())}
        reached = await database.read(lambda store: {each.id: _reached(store, each.id) for each in cohorts})
        result.grown = max(0, database.size() - before)
    result.checks += findings.cannot_be_posted(result.posts)
    result.checks += findings.shortened(used)
    result.checks += findings.rates(result.posts)
    for cohort in cohorts:
        if cohort.id in unplanned and shelf.get(cohort.programme) is not None:
            says = _("{name} can't be planned, so nothing more is posted there", name=cohort.name)
            result.checks.append(Check("posts", "fix", says, _("Fix what else is wrong with it, and rehearse again.")))
        result.checks += findings.of_cohort(
            cohort, shelf.get(cohort.programme), picks[cohort.id], reached[cohort.id], result
        )
    result.checks += findings.without_room({each.name for each in cohorts} - housed)
    result.checks += findings.without_thread(past.without_thread)
    result.checks += [*findings.people(past.reach), *findings.moderators(past.moderators)]
    result.checks += [*findings.rules_of_zones(since), *findings.room(result, room)]
    return result


def _reached(store: Store, cohort_id: int) -> int:
    """The highest week of which a member has reported, 0 for none."""
    return max((each.week for each in store.checkins.newest(cohort_id).values()), default=0)


@dataclass(frozen=True, slots=True)
class Past:
    """What the database knows before the months begin. `known` is of each platform, `moderators` of each cohort."""

    known: Mapping[str, Known]
    reach: Sequence[Reach]
    moderators: Mapping[str, Sequence[Account]]
    invalid: Mapping[tuple[Place | int | None, str], str | None]
    """Where a platform refused the newest post of a kind as invalid, and the kind, with the platform's words."""
    without_thread: Sequence[Meeting]


def _set_aside(store: Store, at: datetime) -> Sequence[str]:
    """End, in the copy, the cohorts whose weeks off lead past the last date there is, and return their names."""
    names = []
    for cohort in store.cohorts.active():
        try:
            cohort.calendar.opens(max((each.before for each in cohort.calendar.holidays), default=1))
        except OverflowError:
            store.cohorts.archive(cohort.id, at)
            names.append(cohort.name)
    return names


def _past(store: Store) -> Past:
    known: dict[str, Known] = defaultdict(Known)
    reach = store.health.reach()
    guides = {each.name: moderators(store, each) for each in store.cohorts.active()}
    people = [(each.platform, each.user, each.name, each.gone, each.closed) for each in reach]
    named = (account for accounts in guides.values() for account in accounts)
    people += [(each.platform, each.user, each.name, bool(each.gone_at), bool(each.closed_at)) for each in named]
    for platform, user, name, gone, closed in people:
        here = known[platform]
        here.names[user] = name
        if gone or closed:
            (here.gone if gone else here.closed).add(user)
    for meeting in store.health.meetings():
        known.setdefault(meeting.platform, Known())
    lasting = {DeliveryReason.ROOM_GONE: Reason.ROOM_GONE, DeliveryReason.NOT_ALLOWED: Reason.NOT_ALLOWED}
    tried = store.health.tried()
    # What goes into a thread says nothing of its channel: the thread alone may be locked.
    for each in {each.spot: each for each in tried if each.to and not each.in_thread}.values():
        if each.reason is DeliveryReason.REVOKED:
            known[each.platform].removed.add(each.workspace)
        elif each.reason in lasting:
            refused = Refused(lasting[each.reason], problem=each.detail or "")
            known[each.platform].refused[each.workspace, each.to or ""] = refused
    newest = {(each.spot, each.kind): each for each in tried}
    invalid = {key: each.detail for key, each in newest.items() if each.reason is DeliveryReason.INVALID}
    return Past(known, reach, guides, invalid, store.health.without_thread("opening"))


def _refused_again(post: Outcome, invalid: Mapping[tuple[Place | int | None, str], str | None]) -> Outcome:
    """The post, parked if the newest of its kind there was refused as invalid: it would be again."""
    if post.state != State.SENT.value or (post.spot, post.kind) not in invalid:
        return post
    detail = invalid[post.spot, post.kind]
    return replace(post, state=State.PARKED.value, reason=DeliveryReason.INVALID, detail=detail)


class Timelapse:
    """Moves the clock of a bot from one due post to the next, and lets people act in between."""

    def __init__(self, bot: Bot, clock: ScriptedClock, analyse: Callable[[], None]) -> None:
        self._bot = bot
        self._clock = clock
        self._analyse = analyse
        self._acts: list[tuple[datetime, int, Callable[[], Awaitable[object]]]] = []
        self._number = itertools.count()
        self.posts: list[Outcome] = []
        """What became of all that was due. Read before it is swept; by then it is settled."""
        self._read_until = clock.now()

    def at(self, instant: datetime, act: Callable[[], Awaitable[object]]) -> None:
        """Call `act` when the clock has come to the instant."""
        heapq.heappush(self._acts, (instant, next(self._number), act))

    async def until(self, end: datetime, told: Callable[[int], None]) -> None:
        """Move to the instant; `told` is called with the number of each month that is over."""
        carrying = asyncio.create_task(self._bot.courier.run())
        month, since = 1, self._clock.now()
        week = since
        try:
            while (now := self._clock.now()) < end:
                due = await self._bot.ticker.next_due()
                stops = [end, *(each for each in (due, self._acts[0][0] if self._acts else None) if each)]
                least = STEP if due is None or due > now else STUCK
                self._clock.move_to(min(max(min(stops), now + least), end))
                await self._settle()
                if now >= week:
                    self._analyse()
                    week = now + timedelta(weeks=1)
                while self._clock.now() >= months_on(since, month):
                    await self._swept()
                    told(month)
                    month += 1
            await self._bot.ticker.tick()  # the last deliveries may have changed a cohort, as when somebody has left
            await self._read_posts(NEVER)
        finally:
            self._bot.courier.stop()
            await carrying

    async def _settle(self) -> None:
        at = self._clock.now()
        while self._acts and self._acts[0][0] <= at:
            await heapq.heappop(self._acts)[2]()
        await self._bot.ticker.tick()
        await self._bot.groups.look()
        await self._bot.courier.drain()

    async def _read_posts(self, until: datetime) -> None:
        since = self._read_until
        self._read_until = max(since, until)
        but = DeliveryReason.UNWANTED
        self.posts += await self._bot.database.read(lambda store: store.health.outcomes(since, until, but))

    async def _swept(self) -> None:
        """Remove old rows, as the running bot does every hour."""
        at = self._clock.now()
        await self._read_posts(at - ledger.KEEP_REMINDERS)
        while await self._bot.database.write(lambda store: ledger.sweep(store, at, 500)):
            pass


def _check_ins(
    store: Store, programmes: Programmes, since: datetime, until: datetime
) -> Iterator[tuple[datetime, Callable[[Store], None]]]:
    """When which cohort's members check in for a round, and the transaction: those who have done so lately."""
    for cohort in store.cohorts.active():
        programme = programmes.get(cohort.programme)
        if programme is None:
            continue
        newest = cohort.calendar.latest(since)
        filed = store.checkins.filed(cohort.id)
        here = [
            member
            for member in store.members.in_cohort(cohort.id)
            if max(filed.get(member.id) or (0,)) > newest - LATELY or member.first_round > newest - LATELY
        ]
        for number in range(max(1, newest), programme.length + 1):
            at = cohort.calendar.opens(number) + CHECKS_IN
            if since < at <= until:
                yield at, partial(_check_in, cohort_id=cohort.id, members=here, number=number, at=at)


def _check_in(store: Store, cohort_id: int, members: Sequence[Member], number: int, at: datetime) -> None:
    cohort = store.cohorts.get(cohort_id)
    for member in members if cohort else ():
        if cohort and member.first_round <= number and not member.resting(cohort.calendar, number, at):
            store.checkins.save(CheckIn(member.id, number, member.week(number), at, done=_WORDS), at)


_WORDS: Final = "A sentence or two about what was done in the week, as long as people write them, with a link to it."
"""So that the database grows as it would."""

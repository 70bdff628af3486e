"""`cohort-bot doctor --rehearse`: the coming months on a copy of the database, before they happen.

The real application runs with a clock that is moved from one due post to the next, and with platforms on which nothing
leaves the process. What it posts, and what it cannot post, is read from the ledger of the copy. Members check in as
they have lately: those who were here in the last weeks go on, the others stay away.
"""

import asyncio
import heapq
import importlib.metadata
import shutil
import tempfile
import zoneinfo
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Final

from cohort_bot import bootstrap
from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.health import Outcome, Reach
from cohort_bot.app.ports.papers import Pick
from cohort_bot.app.ports.platform import Pace, Reason
from cohort_bot.app.ports.programmes import Programmes
from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.app.ports.store import Store
from cohort_bot.app.words import counts
from cohort_bot.app.words.alerts import why
from cohort_bot.chat.traits import traits_of
from cohort_bot.clocks import ScriptedClock
from cohort_bot.core.checkins import CheckIn
from cohort_bot.core.delivery_states import State
from cohort_bot.core.membership import Cohort, Member
from cohort_bot.core.programme import Programme
from cohort_bot.core.rounds import zone_info
from cohort_bot.doctor import Check, of_content, of_copies, of_database, of_disk, wrong_setting
from cohort_bot.platforms import installed
from cohort_bot.platforms.common.loopback import Known, Loopback
from cohort_bot.programmes.shelf import ProgrammeShelf
from cohort_bot.runtime import Bot
from cohort_bot.settings import WrongSetting, from_environment
from cohort_bot.storage import as_sqlite
from cohort_bot.storage.backups import Unusable
from cohort_bot.storage.in_one_transaction import InOneTransaction

STEP: Final = timedelta(minutes=10)
"""The calendar moves at least this far: what is due within it is posted together, in its order."""

STUCK: Final = timedelta(hours=6)
"""So far, where something is due that cannot be planned."""

MONTH: Final = timedelta(days=30)

CHECKS_IN: Final = timedelta(days=2)
"""How long after an opening members check in."""

LATELY: Final = 3
"""Whoever has checked in within this many rounds, or has joined since, goes on checking in."""

TOO_LATE: Final = timedelta(minutes=10)
"""Posts that leave later than this after their time, because too many are due at once, are a problem."""

PAPER_EVERY: Final = 9
"""Weeks in which there is a paper at least once, in a programme that has papers: two months."""

OLD_ZONES: Final = 18
"""Months after which the rules of time zones are out of date: they change several times a year."""

PACES: Final[Mapping[str, Pace]] = {
    "discord": Pace(per_second=47.5, shared=True),
    "slack": Pace(per_second=5, channel_gap=1.0),
}
"""As the adapters keep them, whose import takes longer than the rehearsal of a month."""


@dataclass(slots=True)
class Months:
    """The result. `posts` is everything that was due in the time, in order."""

    since: datetime
    until: datetime
    posts: Sequence[Outcome] = ()
    grown: int = 0
    """Bytes by which the database would grow."""
    checks: list[Check] = field(default_factory=list)


class _Moved(ScriptedClock):
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
    stored = [check async for check, _ in of_database(settings, clock, programmes)]
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
    result = Months(since, since + months * MONTH)
    database, calendar = InOneTransaction(copy), _Moved(since)
    database.upgrade()
    database.open()
    shelf = ProgrammeShelf(programmes, database.shelf)
    known, reach = await database.read(_known)
    if not known:  # nobody is here yet
        await database.close()
        return result
    previews = {name: each.preview for name, each in installed.platforms().items() if hasattr(each, "preview")}
    used = {name: Loopback(name, each, previews.get(name)) for name, each in known.items()}
    before = database.size()
    async with Bot(database, shelf, used, calendar, carries=False) as bot:
        await _Calendar(bot, calendar, shelf, database.analyse).move(result, told)
        result.posts = await database.read(lambda store: store.health.outcomes(since))
        cohorts = await database.read(lambda store: store.cohorts.active())
        unplanned = await database.read(lambda store: store.cohorts.due(result.until))
        picks = await database.read(lambda store: {each.id: store.papers.picks(each.id) for each in cohorts})
        result.grown = max(0, database.size() - before)
    result.checks += _cannot_be_posted(result.posts)
    result.checks += _shortened(used)
    result.checks += _rates(result.posts)
    for cohort in cohorts:
        if cohort.calendar.zone not in zoneinfo.available_timezones():
            continue
        if cohort.id in unplanned and shelf.get(cohort.programme) is not None:
            says = f"{cohort.name} can't be planned, so nothing more is posted there"
            result.checks.append(Check("posts", "fix", says, "Fix what else is wrong with it, and rehearse again."))
        result.checks += _of_cohort(cohort, shelf.get(cohort.programme), picks[cohort.id], result)
    result.checks += [*_people(reach), *_zones(reach, cohorts, since), *_room(result, room)]
    return result


def _known(store: Store) -> tuple[Mapping[str, Known], Sequence[Reach]]:
    """What the database knows of each platform's rooms and people."""
    known: dict[str, Known] = defaultdict(Known)
    reach = store.health.reach()
    for each in reach:
        here = known[each.platform]
        here.names[each.user] = each.name
        if each.gone:
            here.gone.add(each.user)
        elif each.closed:
            here.closed.add(each.user)
    for meeting in store.health.meetings():
        known.setdefault(meeting.platform, Known())
    lasting = {DeliveryReason.ROOM_GONE: Reason.ROOM_GONE, DeliveryReason.NOT_ALLOWED: Reason.NOT_ALLOWED}
    for place, reason in store.health.refused().items():
        if reason in lasting:
            known[place.platform].refused[place.workspace, place.channel] = lasting[reason]
    return known, reach


class _Calendar:
    """Moves the clock from one due post to the next, and lets members check in between."""

    def __init__(self, bot: Bot, clock: ScriptedClock, programmes: Programmes, analyse: Callable[[], None]) -> None:
        self._bot = bot
        self._clock = clock
        self._programmes = programmes
        self._analyse = analyse
        self._ahead: list[tuple[datetime, int, int]] = []
        """When which cohort's members check in for which round."""
        self._here: Mapping[int, Sequence[Member]] = {}

    async def move(self, result: Months, told: Callable[[int], None]) -> None:
        """Until the end of the time."""
        self._here = await self._bot.database.read(lambda store: self._plan(store, result))
        carrying = asyncio.create_task(self._bot.courier.run())
        month, week = 1, result.since
        try:
            while (now := self._clock.now()) < result.until:
                due = await self._bot.ticker.next_due()
                stops = [result.until, *(each for each in (due, self._ahead[0][0] if self._ahead else None) if each)]
                least = STEP if due is None or due > now else STUCK
                self._clock.move_to(min(max(min(stops), now + least), result.until))
                await self._settle()
                if now >= week:
                    self._analyse()
                    week = now + timedelta(weeks=1)
                while self._clock.now() >= result.since + month * MONTH:
                    await self._swept()
                    told(month)
                    month += 1
        finally:
            self._bot.courier.stop()
            await carrying

    def _plan(self, store: Store, result: Months) -> Mapping[int, Sequence[Member]]:
        """Note when members check in; returns those who do, by cohort."""
        here = {}
        for cohort in store.cohorts.active():
            programme = self._programmes.get(cohort.programme)
            if programme is None or cohort.calendar.zone not in zoneinfo.available_timezones():
                continue
            newest = cohort.calendar.latest(result.since)
            filed = store.checkins.filed(cohort.id)
            here[cohort.id] = [
                member
                for member in store.members.in_cohort(cohort.id)
                if max(filed.get(member.id) or (0,)) > newest - LATELY or member.first_round > newest - LATELY
            ]
            for number in range(max(1, newest), programme.length + 1):
                at = cohort.calendar.opens(number) + CHECKS_IN
                if result.since < at <= result.until:
                    heapq.heappush(self._ahead, (at, cohort.id, number))
        return here

    async def _settle(self) -> None:
        at = self._clock.now()
        while self._ahead and self._ahead[0][0] <= at:
            _, cohort, number = heapq.heappop(self._ahead)
            await self._bot.database.write(lambda store, c=cohort, n=number: self._check_in(store, c, n, at))  # type: ignore[misc]
        await self._bot.ticker.tick()
        await self._bot.groups.look()
        await self._bot.courier.drain()

    def _check_in(self, store: Store, cohort_id: int, number: int, at: datetime) -> None:
        cohort = store.cohorts.get(cohort_id)
        for member in self._here.get(cohort_id, ()) if cohort else ():
            if cohort and member.first_round <= number and not member.resting(cohort.calendar, number, at):
                store.checkins.save(CheckIn(member.id, number, member.week(number), at, done=_WORDS), at)

    async def _swept(self) -> None:
        """Remove old rows, as the running bot does every hour."""
        at = self._clock.now()
        while await self._bot.database.write(lambda store: store.sweep(at, 500)):
            pass


_WORDS: Final = "A sentence or two about what was done in the week, as long as people write them, with a link to it."
"""So that the database grows as it would."""


def _cannot_be_posted(posts: Sequence[Outcome]) -> Iterator[Check]:
    """What would be parked, and what would be skipped though it was wanted."""
    lost: dict[tuple[str, str | None, str], list[Outcome]] = defaultdict(list)
    for post in posts:
        reason = post.reason or DeliveryReason.OTHER
        parked = post.state == State.PARKED.value
        if parked or (post.state == State.SKIPPED.value and reason in _WANTED):
            lost[post.cohort, post.to, why(reason, post.detail or "")].append(post)
    for (cohort, to, said), some in lost.items():
        kinds = ", ".join(f"{kind} ({number})" for kind, number in Counter(each.kind for each in some).most_common(4))
        where = f"{cohort}: {counts.posts(len(some))} for {f'the room {to}' if to else 'members, directly,'}"
        says = f"{where} can't be delivered from {_day(some[0].due)} on: {said} ({kinds})"
        yield Check(
            "posts", "fix", says, "Fix the cause; what waits is posted when /cohort progress, Try again is pressed."
        )


_WANTED: Final = frozenset({DeliveryReason.NO_TARGET, DeliveryReason.NO_PROGRAMME, DeliveryReason.NOT_COMPOSED})


def _shortened(used: Mapping[str, Loopback]) -> Iterator[Check]:
    for name, platform in used.items():
        for summary, number in platform.cut.items():
            says = f"“{summary}” doesn't fit into a message on {traits_of(name).title} and loses its end ({number}×)"
            yield Check("posts", "fix", says, "Shorten the week's text; cohort-bot content preview shows the card.")


def _rates(posts: Sequence[Outcome]) -> Iterator[Check]:
    """The fullest minute of each platform, or of each workspace where each has a rate of its own."""
    for name in sorted({post.platform for post in posts}):
        pace = PACES.get(name, Pace())
        full = Counter(
            ("" if pace.shared else post.workspace, post.due.replace(second=0, microsecond=0))
            for post in posts
            if post.platform == name and post.state == State.SENT.value
        )
        if not full:
            continue
        (_, minute), number = full.most_common(1)[0]
        takes = timedelta(seconds=number / pace.per_second)
        when = f"{minute:%A, %d %B at %H:%M} UTC"
        said = f"the fullest minute on {traits_of(name).title} has {counts.posts(number)}, on {when}"
        if takes > TOO_LATE:
            cure = "Move some cohorts to another day or time with /cohort edit starts: or at:."
            yield Check(
                "rates",
                "fix",
                f"{said}; the last one would be {counts.minutes(int(takes.total_seconds()) // 60)} late",
                cure,
            )
        else:
            yield Check("rates", "ok", said)


def _of_cohort(
    cohort: Cohort, programme: Programme | None, picks: Mapping[int, Pick], result: Months
) -> Iterator[Check]:
    """The cohort's weeks and papers in the time, and what a change of the clocks does to its openings."""
    if programme is None:
        cure = "Set CONTENT_DIR to the folder that has it; cohort-bot content check lists its mistakes."
        yield Check("content", "fix", f"{cohort.name} follows {cohort.programme}, which can't be read", cure)
        return
    calendar = cohort.calendar
    first, last = max(1, calendar.latest(result.since)), calendar.latest(result.until)
    numbers = range(first, min(last, programme.length) + 1)
    for number in numbers:
        week = programme.week(number)
        if week is None or not week.tasks:
            cure = "Write the week's tasks; cohort-bot content check says where."
            yield Check("content", "fix", f"{cohort.name}: week {number} has no tasks", cure)
        yield from _clock_change(cohort, number)
    yield from _papers(cohort, programme, picks, numbers)
    if last > programme.length:
        says = f"{cohort.name} finishes its last week on {_day(calendar.closes(programme.length))}"
        yield Check("calendar", "ok", says)
    off = [each for each in calendar.holidays if each.before in numbers]
    for each in off:
        says = f"{cohort.name} has {counts.weeks(each.rounds)} off before week {each.before}"
        yield Check("calendar", "ok", says)


def _clock_change(cohort: Cohort, number: int) -> Iterator[Check]:
    calendar = cohort.calendar
    zone, at, day = zone_info(calendar.zone_of(number)), calendar.opens_at(number), calendar.opens_on(number)
    local = calendar.opens(number).astimezone(zone)
    if local.time() != at:
        instead = f"at {local:%H:%M} instead of {at:%H:%M} on {day}, when the clocks change"
        says = f"{cohort.name}: week {number} opens {instead}"
        yield Check("calendar", "look", says, "Choose a time outside the night with /cohort edit at:.")
    elif local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset():
        says = f"{cohort.name}: {at:%H:%M}, when week {number} opens, comes twice on {day}; the first one counts"
        yield Check("calendar", "look", says, "Choose a time outside the night with /cohort edit at:.")


def _papers(cohort: Cohort, programme: Programme, picks: Mapping[int, Pick], numbers: range) -> Iterator[Check]:
    known = {paper.id for paper in programme.papers}
    for week, pick in sorted(picks.items()):
        if pick.paper is not None and pick.paper not in known and week in numbers:
            says = f"{cohort.name}: the paper that was picked for week {week} is no longer in the programme"
            yield Check("papers", "fix", says, "Pick another one with /cohort paper.")
    if not programme.papers:
        return
    with_paper = [number for number in numbers if programme.papers_of(number) or number in picks]
    ends = [numbers.start - 1, *with_paper, numbers.stop]
    for before, after in pairwise(ends):
        if after - before > PAPER_EVERY + 1:
            says = f"{cohort.name}: no paper from week {before + 1} to week {after - 1}"
            yield Check("papers", "fix", says, "Add papers to the programme, or pick one with /cohort paper.")


def _people(reach: Sequence[Reach]) -> Iterator[Check]:
    by_cohort: dict[tuple[str, bool], list[str]] = defaultdict(list)
    for each in reach:
        if each.gone or (each.closed and each.reminders):
            by_cohort[each.cohort, each.gone].append(each.name)
    for (cohort, gone), names in by_cohort.items():
        if gone:
            says = f"{cohort}: {', '.join(names)} {'has' if len(names) == 1 else 'have'} left the server or workspace"
            yield Check("people", "look", says, "Ask them back, or end their membership with /cohort remove.")
        else:
            says = f"{cohort}: direct messages don't reach {', '.join(names)}"
            cure = "Ask them to allow messages from the server's members; until then reminders are lost."
            yield Check("people", "fix", says, cure)


def _zones(reach: Sequence[Reach], cohorts: Sequence[Cohort], at: datetime) -> Iterator[Check]:
    there = zoneinfo.available_timezones()
    for zone in sorted({each.zone for each in reach} | {cohort.calendar.zone for cohort in cohorts}):
        if zone not in there:
            yield Check("time zones", "fix", f"{zone} isn't in the time-zone data", "Update the package tzdata.")
    version = importlib.metadata.version("tzdata")
    year = int(version.split(".")[0])
    if (at.year - year) * 12 + at.month > OLD_ZONES:
        late = "a zone that has changed since gets its posts at the wrong hour"
        says = f"the rules are those of {year} (tzdata {version}); {late}"
        yield Check("time zones", "fix", says, "Update: pip install --upgrade tzdata.")


def _room(result: Months, room: int) -> Iterator[Check]:
    grown, until = result.grown, result.until
    says = f"the database grows by {grown / 2**20:,.1f} MiB until {_day(until)}, and {room / 2**20:,.0f} MiB are free"
    if grown > room / 2:
        yield Check("disk", "fix", says, "Move it to a larger disk, or free some space.")
    else:
        yield Check("disk", "ok", says)


def _day(at: datetime) -> str:
    return f"{at:%d %B %Y}"


def report(result: Months) -> str:
    """What would be posted when, for people: a line a month."""
    lines = [f"{_day(result.since)} to {_day(result.until)}, if members check in as they have lately:"]
    start = result.since
    while start < result.until:
        some = [each for each in result.posts if start < each.due <= start + MONTH and each.state == State.SENT.value]
        direct = sum(each.to is None for each in some)
        kinds = ", ".join(f"{kind} {number}" for kind, number in Counter(each.kind for each in some).most_common(5))
        lines.append(f"  from {_day(start)}: {len(some) - direct} in rooms, {direct} directly ({kinds or 'nothing'})")
        start += MONTH
    return "\n".join(lines)


def as_json(result: Months) -> dict[str, object]:
    """The same for scripts, with every post."""
    return {
        "since": result.since.isoformat(),
        "until": result.until.isoformat(),
        "grown": result.grown,
        "posts": [
            {
                "due": each.due.isoformat(),
                "cohort": each.cohort,
                "platform": each.platform,
                "channel": each.to,
                "kind": each.kind,
                "state": each.state,
                "reason": each.reason and each.reason.value,
            }
            for each in result.posts
        ],
    }

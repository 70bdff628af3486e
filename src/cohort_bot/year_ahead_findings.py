"""What a rehearsal of the coming months has shown: what to fix, what would be posted, and the same for scripts."""

import calendar
import importlib.metadata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final

from cohort_bot.app.delivery.kinds import KINDS
from cohort_bot.app.ports.health import Meeting, Outcome, Reach
from cohort_bot.app.ports.papers import Pick
from cohort_bot.app.ports.platform import Pace
from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.app.words import counts
from cohort_bot.app.words.alerts import why
from cohort_bot.app.words.lists import listed
from cohort_bot.chat import formats
from cohort_bot.chat.i18n import N_, _, ngettext
from cohort_bot.chat.traits import traits_of
from cohort_bot.checks import Check, cure_of
from cohort_bot.core.delivery_states import State
from cohort_bot.core.membership import Account, Cohort
from cohort_bot.core.paper_club import address
from cohort_bot.core.programme import Programme
from cohort_bot.core.rounds import zone_info
from cohort_bot.platforms.common.loopback import Loopback

TOO_LATE: Final = timedelta(minutes=10)
"""Posts that leave later than this after their time, because too many are due at once, are a problem."""

PAPER_EVERY: Final = 9
"""Weeks in which there is a paper at least once, in a programme that has papers: two months."""

LONG_OFF: Final = 26
"""More weeks off in a row are a mistake: people don't come back after half a year."""

OLD_ZONES: Final = 18
"""Months after which the rules of time zones are out of date: they change several times a year."""

PACES: Final[Mapping[str, Pace]] = {
    "discord": Pace(per_second=47.5, shared=True),
    "slack": Pace(per_second=5, channel_gap=1.0),
}
"""As the adapters keep them, whose import takes longer than the rehearsal of a month."""


def months_on(at: datetime, number: int) -> datetime:
    """The same day and time so many months later, or the last day of a month that is shorter."""
    years, month = divmod(at.month - 1 + number, 12)
    year = at.year + years
    return at.replace(year=year, month=month + 1, day=min(at.day, calendar.monthrange(year, month + 1)[1]))


@dataclass(slots=True)
class Months:
    """The result for so many months. `posts` is everything that was due in the time, in order."""

    since: datetime
    number: int
    posts: Sequence[Outcome] = ()
    grown: int = 0
    """Bytes by which the database would grow."""
    checks: list[Check] = field(default_factory=list)

    @property
    def until(self) -> datetime:
        """When they are over."""
        return months_on(self.since, self.number)


def cannot_be_posted(posts: Sequence[Outcome]) -> Iterator[Check]:
    """What would be parked, and what would be skipped though it was wanted."""
    lost: dict[tuple[str, str | None, str, str], list[Outcome]] = defaultdict(list)
    for post in posts:
        reason = post.reason or DeliveryReason.OTHER
        parked = post.state == State.PARKED.value
        if parked or (post.state == State.SKIPPED.value and reason in _WANTED):
            lost[post.cohort, post.to, why(reason, post.detail or ""), cure_of(reason)].append(post)
    for (cohort, to, said, cure), some in lost.items():
        many = counts.posts(len(some))
        where = (
            _("{cohort}: {posts} for the room {room}", cohort=cohort, posts=many, room=to)
            if to
            else _("{cohort}: {posts} for members, directly,", cohort=cohort, posts=many)
        )
        says = _(
            "{posts} can't be delivered from {day} on: {why} ({kinds})",
            posts=where,
            day=_day(some[0].due),
            why=said,
            kinds=_kinds(some, 4),
        )
        yield Check("posts", "fix", says, cure)


_WANTED: Final = frozenset({DeliveryReason.NO_TARGET, DeliveryReason.NO_PROGRAMME, DeliveryReason.NOT_COMPOSED})


def shortened(used: Mapping[str, Loopback]) -> Iterator[Check]:
    """Messages that did not fit on a platform."""
    for name, platform in used.items():
        for summary, number in platform.cut.items():
            says = _(
                "“{summary}” doesn't fit into a message on {platform} and loses its end ({number}×)",
                summary=summary,
                platform=traits_of(name).title,
                number=number,
            )
            yield Check("posts", "fix", says, _("Shorten the week's text; cohort-bot content preview shows the card."))


def rates(posts: Sequence[Outcome]) -> Iterator[Check]:
    """The fullest minute of each platform, or of each workspace where each has a rate of its own; where something would
    be late, the minute whose posts take longest.
    """
    for name in sorted({post.platform for post in posts}):
        pace = PACES.get(name, Pace())
        full: dict[tuple[str, datetime], Counter[str | None]] = defaultdict(Counter)
        for post in posts:
            if post.platform == name and post.state == State.SENT.value:
                full["" if pace.shared else post.workspace, post.due.replace(second=0, microsecond=0)][post.to] += 1
        if not full:
            continue
        takes = {
            key: max(here.total() / pace.per_second, *(pace.channel_gap * n for to, n in here.items() if to), 0)
            for key, here in full.items()
        }
        slowest = max(takes, key=takes.__getitem__)
        late = timedelta(seconds=takes[slowest]) > TOO_LATE
        key = slowest if late else max(full, key=lambda key: full[key].total())
        number, minute = full[key].total(), key[1]
        said = _(
            "the fullest minute on {platform} has {posts}, on {day} at {time} UTC",
            platform=traits_of(name).title,
            posts=counts.posts(number),
            day=formats.dated(minute, "full", f"{minute:%A}, {minute.day} {minute:%B}"),
            time=format(minute, "%H:%M"),
        )
        if late:
            minutes = counts.minutes(int(takes[key]) // 60)
            says = _("{fullest}; the last one would be {minutes} late", fullest=said, minutes=minutes)
            cure = _("Move some cohorts to another day or time with /cohort edit day: or time:.")
            yield Check("rates", "fix", says, cure)
        else:
            yield Check("rates", "ok", said)


def of_cohort(
    cohort: Cohort, programme: Programme | None, picks: Mapping[int, Pick], reached: int, result: Months
) -> Iterator[Check]:
    """The cohort's weeks and papers in the time, and what a change of the clocks does to its openings. `reached` is the
    highest week of which a member has reported.
    """
    if programme is None:
        cure = _("Set CONTENT_DIR to the folder that has it; cohort-bot content check lists its mistakes.")
        says = _("{name} follows {programme}, which can't be read", name=cohort.name, programme=cohort.programme)
        yield Check("content", "fix", says, cure)
        return
    calendar = cohort.calendar
    first, last = max(1, calendar.latest(result.since)), calendar.latest(result.until)
    numbers = range(first, min(last, programme.length) + 1)
    for number in numbers:
        week = programme.week(number)
        if week is None or not week.tasks:
            cure = _("Write the week's tasks; cohort-bot content check says where.")
            says = _("{name}: week {number} has no tasks", name=cohort.name, number=number)
            yield Check("content", "fix", says, cure)
        yield from _clock_change(cohort, number)
    yield from _papers(cohort, programme, picks, numbers)
    if last > programme.length:
        closes = calendar.closes(programme.length)
        values = {"name": cohort.name, "day": _day(closes)}
        if closes > result.since:
            says = _("{name} finishes its last week on {day}", **values)
        else:
            says = _("{name} finished its last week on {day}", **values)
        yield Check("calendar", "ok", says)
    if reached > programme.length:
        says = _(
            "{name} has reached week {number}, but {programme} now has only {weeks}: nothing more is posted there",
            name=cohort.name,
            number=reached,
            programme=programme.slug,
            weeks=counts.weeks(programme.length),
        )
        cure = _("Put the missing weeks back into the programme, or end the cohort with /cohort archive.")
        yield Check("content", "fix", says, cure)
    yield from _weeks_off(cohort, result)


_END_THEM: Final = N_(
    "Press Undo under the answer to /cohort holiday; if it's gone, archive the cohort and create another."
)


def _weeks_off(cohort: Cohort, result: Months) -> Iterator[Check]:
    calendar = cohort.calendar
    for each in sorted(calendar.holidays, key=lambda each: each.before):
        starts, ends = calendar.closes(max(1, each.before - 1)), calendar.opens(each.before)
        if each.rounds < 1 or ends <= result.since or starts > result.until:
            continue
        values: dict[str, str | int] = {
            "name": cohort.name,
            "weeks": counts.weeks(each.rounds),
            "before": each.before,
            "day": _day(ends),
        }
        if each.rounds > LONG_OFF:
            says = _("{name} has {weeks} off before week {before}, so nothing is posted there until {day}", **values)
            yield Check("calendar", "fix", says, _(_END_THEM))
        else:
            yield Check("calendar", "ok", _("{name} has {weeks} off before week {before}", **values))


def _clock_change(cohort: Cohort, number: int) -> Iterator[Check]:
    calendar = cohort.calendar
    zone, at, day = zone_info(calendar.zone_of(number)), calendar.opens_at(number), calendar.opens_on(number)
    local = calendar.opens(number).astimezone(zone)
    values: dict[str, str | int] = {
        "name": cohort.name,
        "number": number,
        "at": f"{at:%H:%M}",
        "local": f"{local:%H:%M}",
        "day": _day(day),
    }
    cure = _("Choose a time outside the night with /cohort edit time:.")
    if local.time() != at:
        says = _("{name}: week {number} opens at {local} instead of {at} on {day}, when the clocks change", **values)
        yield Check("calendar", "fix", says, cure)
    elif local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset():
        says = _("{name}: {at}, when week {number} opens, comes twice on {day}; the first one counts", **values)
        yield Check("calendar", "look", says, cure)


def _papers(cohort: Cohort, programme: Programme, picks: Mapping[int, Pick], numbers: range) -> Iterator[Check]:
    known = {paper.id for paper in programme.papers}
    for week, pick in sorted(picks.items()):
        if week not in numbers:
            continue
        if pick.url and address(pick.url) is None:
            says = _("{name}: the link to the paper for week {week} is not an address", name=cohort.name, week=week)
            yield Check("papers", "fix", says, _("Pick another one with /cohort pick."))
        elif pick.paper is not None and pick.paper not in known:
            says = _(
                "{name}: the paper that was picked for week {week} is no longer in the programme",
                name=cohort.name,
                week=week,
            )
            yield Check("papers", "fix", says, _("Pick another one with /cohort pick."))
    if not programme.papers:
        return
    with_paper = [number for number in numbers if programme.papers_of(number) or number in picks]
    ends = [numbers.start - 1, *with_paper, numbers.stop]
    for before, after in pairwise(ends):
        if after - before > PAPER_EVERY + 1:
            says = _(
                "{name}: no paper from week {first} to week {last}",
                name=cohort.name,
                first=before + 1,
                last=after - 1,
            )
            yield Check("papers", "fix", says, _("Add papers to the programme, or pick one with /cohort pick."))


def people(reach: Sequence[Reach]) -> Iterator[Check]:
    """Members who have left, and those whom no direct message reaches."""
    by_cohort: dict[tuple[str, bool], list[str]] = defaultdict(list)
    for each in reach:
        if each.gone or (each.closed and each.reminders):
            by_cohort[each.cohort, each.gone].append(each.name)
    for (cohort, gone), names in by_cohort.items():
        if gone:
            says = ngettext(
                "{cohort}: {names} has left the server or workspace",
                "{cohort}: {names} have left the server or workspace",
                len(names),
                cohort=cohort,
                names=listed(names),
            )
            yield Check("people", "look", says, _("Ask them back, or end their membership with /cohort remove."))
        else:
            says = _("{cohort}: direct messages don't reach {names}", cohort=cohort, names=listed(names))
            cure = _("Ask them to allow messages from the server's members; until then reminders are lost.")
            yield Check("people", "fix", says, cure)


def without_room(names: Iterable[str]) -> Iterator[Check]:
    """Cohorts that have no room."""
    for name in sorted(names):
        says = _("{name} has no room, so nothing is posted for it", name=name)
        yield Check("posts", "fix", says, _("Give it a channel with /cohort room, or end it with /cohort archive."))


def without_dates(names: Iterable[str]) -> Iterator[Check]:
    """Cohorts whose weeks off never end."""
    for name in names:
        says = _("{name} has weeks off that never end, so nothing more is posted there", name=name)
        yield Check("calendar", "fix", says, _(_END_THEM))


def without_thread(meetings: Iterable[Meeting]) -> Iterator[Check]:
    """Rooms in which no thread can be opened."""
    for each in meetings:
        says = _(
            "{cohort}: no thread could be opened under the newest card in the room {room}, so what belongs there goes "
            "to the room itself",
            cohort=each.cohort,
            room=each.channel,
        )
        yield Check("posts", "fix", says, _("Allow the bot to open threads in the channel and to post in them."))


def moderators(accounts: Mapping[str, Sequence[Account]]) -> Iterator[Check]:
    """Cohorts none of whose moderators can be reached; `accounts` has those of each cohort, by its name. Nothing is
    said where none is known by name, for holders of a role are not.
    """
    for cohort, theirs in accounts.items():
        if theirs and all(each.gone_at or each.closed_at for each in theirs):
            names = listed([each.name for each in theirs])
            says = _(
                "{cohort}: no moderator can be reached ({names}), so nobody learns when a post fails",
                cohort=cohort,
                names=names,
            )
            cure = _("Name another moderator with /cohort edit moderators:, or have one allow direct messages.")
            yield Check("people", "fix", says, cure)


def rules_of_zones(at: datetime) -> Iterator[Check]:
    """Whether the data of time zones is new enough."""
    version = importlib.metadata.version("tzdata")
    year = int(version.split(".")[0])
    if (at.year - year) * 12 + at.month > OLD_ZONES:
        says = _(
            "the rules are those of {year} (tzdata {version}); a zone that has changed since gets its posts at "
            "the wrong hour",
            year=year,
            version=version,
        )
        yield Check("time zones", "fix", says, _("Update: pip install --upgrade tzdata."))


def room(result: Months, room: int) -> Iterator[Check]:
    """Whether what is written fits on the disk, which has `room` bytes left."""
    grown = result.grown
    says = _(
        "the database grows by {grown} MiB until {day}, and {free} MiB are free",
        grown=formats.number(round(grown / 2**20, 1)),
        day=_day(result.until),
        free=formats.number(room // 2**20),
    )
    if grown > room / 2:
        yield Check("disk", "fix", says, _("Move it to a larger disk, or free some space."))
    else:
        yield Check("disk", "ok", says)


def _day(day: date) -> str:
    return formats.dated(day, "yMMMMd", f"{day.day} {day:%B %Y}")


def _kinds(posts: Iterable[Outcome], most: int) -> str:
    """The most frequent kinds of posts, with how many there are of each."""
    kinds = Counter(each.kind for each in posts).most_common(most)
    return ", ".join(f"{_(KINDS[kind].label)} ({formats.number(number)})" for kind, number in kinds)


def report(result: Months) -> str:
    """What would be posted when, for people: a line a month."""
    since, until = _day(result.since), _day(result.until)
    lines = [_("{since} to {until}, if members check in as they have lately:", since=since, until=until)]
    for number in range(result.number):
        start, end = months_on(result.since, number), months_on(result.since, number + 1)
        some = [each for each in result.posts if start < each.due <= end and each.state == State.SENT.value]
        direct = sum(each.to is None for each in some)
        month = _(
            "from {day}: {rooms} in rooms, {direct} directly ({kinds})",
            day=_day(start),
            rooms=formats.number(len(some) - direct),
            direct=formats.number(direct),
            kinds=_kinds(some, 5) or _("nothing"),
        )
        lines.append(f"  {month}")
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

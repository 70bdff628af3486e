"""Cohorts of two weeks in three time zones, what they must get, and whether they got it.

What is expected is worked out here in the plainest way and never by the bot's own planner.
"""

import itertools
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from cohort_bot.app.ports.store import Store
from cohort_bot.core.membership import Slip
from cohort_bot.core.programme import Paper, Phase, Programme, Task, Week
from cohort_bot.core.rounds import Calendar
from cohort_bot.startup import OwnDatabase
from cohort_bot.storage.ledger_rows import mark_of

START = date(2027, 3, 22)
"""A Monday; clocks change in Berlin and Lisbon on the Sunday after."""

MADE = datetime(2027, 3, 19, 12, 0, tzinfo=UTC)
ZONES = ("Europe/Berlin", "Europe/Lisbon", "Africa/Cairo")
NINE, SIX = time(9, 0), time(18, 0)
EACH = 17
"""Messages that a cohort and its two members get in all."""

TOGETHER = timedelta(hours=2, minutes=30)
"""What falls due within this time is delivered at one stop; less than the three hours for which a nudge is wanted."""

PROGRAMME = Programme(
    slug="toy",
    title="Toy",
    summary="Two weeks.",
    phases=(Phase("one", "One", 1, 2, "#4f46e5", ()),),
    weeks=tuple(
        Week(number, "one", f"Week {number}", "A goal.", 5, (Task("Read a page.", "Read a page"),), "Share it.", ())
        for number in (1, 2)
    ),
    papers=(Paper("paper", "A paper", "A. Author", 2020, "Venue", "https://example.org", 60, "Why.", (), "one", 1),),
)


class Toy:
    """Programmes with the one."""

    def get(self, slug: str) -> Programme | None:
        return PROGRAMME if slug == PROGRAMME.slug else None

    def slugs(self) -> Sequence[str]:
        return [PROGRAMME.slug]


@dataclass(frozen=True, slots=True)
class Group:
    """One cohort: the second member is a week behind from round 2 on."""

    cohort: int
    room: int
    zone: str
    prompt: int
    behind: int


@dataclass(frozen=True, slots=True)
class Expected:
    """One message that must be there."""

    key: str
    due: datetime
    channel: str
    under: str | None = None
    """The key of the opening in whose thread it belongs."""

    @property
    def nudge(self) -> bool:
        """Whether it is of no use when it comes three hours late."""
        return self.key.startswith(("nudge:", "comeback:"))


async def build(store: OwnDatabase, platform: str, cohorts: int) -> list[Expected]:
    """Fill a new database; returns what everybody must get, by time."""
    store.upgrade()
    store.open()
    try:
        groups = await store.write(lambda tx: [_add(tx, platform, number) for number in range(1, cohorts + 1)])
    finally:
        await store.close()
    return sorted((row for group in groups for row in expected(group)), key=lambda row: row.due)


def _add(store: Store, platform: str, number: int) -> Group:
    zone = ZONES[number % len(ZONES)]
    cohort = store.cohorts.add(
        platform=platform,
        workspace="w",
        name=f"Cohort {number}",
        programme=PROGRAMME.slug,
        calendar=Calendar(START, NINE, zone),
        at=MADE,
        creator="nobody",
    )
    room = store.cohorts.add_room(cohort.id, platform, "w", f"room-{number}")
    prompt, behind = (
        store.members.add(cohort.id, store.people.add(platform, "w", f"{who}-{number}", who, zone), MADE, 1, 5, "")
        for who in ("prompt", "behind")
    )
    store.members.add_slip(behind.id, Slip(from_round=2, weeks=1))
    return Group(cohort.id, room.id, zone, prompt.id, behind.id)


def expected(group: Group) -> list[Expected]:
    """Nobody ever checks in, so everybody gets all there is."""

    def at(days: int, wall: time = NINE) -> datetime:
        return datetime.combine(START + timedelta(days=days), wall, ZoneInfo(group.zone)).astimezone(UTC)

    number, day = group.cohort, timedelta(hours=24)
    room, room_id = f"room-{number}", group.room
    comeback = at(14) + day + timedelta(hours=1)  # of three rounds they made none
    rows = [
        Expected(f"comeback:{number}:r3:m{group.behind}", comeback, f"dm-behind-{number}"),
        Expected(f"opening:{number}:r1:{room_id}", at(0), room),
        Expected(f"paper:{number}:r1:paper:{room_id}", at(2, SIX), room),
        Expected(f"opening:{number}:r2:{room_id}", at(7), room),
        Expected(f"digest:{number}:r1:{room_id}", at(7) + day, room, f"opening:{number}:r1:{room_id}"),
        Expected(f"digest:{number}:r2:{room_id}", at(14) + day, room, f"opening:{number}:r2:{room_id}"),
        Expected(f"graduation:{number}:r2:{room_id}", at(14) + day, room),
        Expected(f"own-week:{number}:r2:m{group.behind}", at(7), f"dm-behind-{number}"),
        Expected(f"own-week:{number}:r3:m{group.behind}", at(14), f"dm-behind-{number}"),
    ]
    for who, member, last in (("prompt", group.prompt, 2), ("behind", group.behind, 3)):
        over = at(7 * last) + day + timedelta(hours=1)  # nobody slips any more in the last week's grace
        rows.append(Expected(f"portfolio:{number}:r{last}:m{member}", over, f"dm-{who}-{number}"))
        for round_, first in ((1, 0), (2, 7)):
            key = f"nudge:{number}:r{round_}"
            rows.append(Expected(f"{key}:middle:m{member}", at(first + 3, SIX), f"dm-{who}-{number}"))
            rows.append(Expected(f"{key}:closing:m{member}", at(first + 7) - day, f"dm-{who}-{number}"))
    return rows


def stops(rows: Iterable[Expected]) -> list[list[Expected]]:
    """What is due together, in order."""
    found: list[list[Expected]] = []
    for row in rows:
        if found and row.due - found[-1][0].due <= TOGETHER:
            found[-1].append(row)
        else:
            found.append([row])
    return found


def thread_under(message_id: str) -> str:
    """The chat service's own name for the thread under a message."""
    return f"t-{message_id}"


def read(history: Path) -> list[Mapping[str, str]]:
    """What the chat service really posted, in order."""
    return [json.loads(line) for line in history.read_text(encoding="utf-8").splitlines()]


def check(history: Sequence[Mapping[str, str]], rows: Sequence[Expected]) -> list[str]:
    """Every expected message exactly once in its channel and its thread, nothing else, each channel in order of due."""
    by_mark = {mark_of(row.key): row for row in rows}
    seen = Counter(message["mark"] for message in history)
    wrong = [f"missing: {row.key}" for mark, row in by_mark.items() if not seen[mark]]
    wrong += [f"{seen[mark]} times: {row.key}" for mark, row in by_mark.items() if seen[mark] > 1]
    wrong += [f"unexpected: {message}" for message in history if message["mark"] not in by_mark]
    channels: dict[str, list[Expected]] = defaultdict(list)
    threads = {message["mark"]: thread_under(message["id"]) for message in history}
    for message in history:
        if row := by_mark.get(message["mark"]):
            channels[message["channel"]].append(row)
            place = threads.get(mark_of(row.under), "one of a card that never came") if row.under else None
            if message["thread"] != place:
                wrong.append(f"in thread {message['thread']}, not in {place}: {row.key}")
    for channel, posted in channels.items():
        wrong += [f"in {channel}, not in {row.channel}: {row.key}" for row in posted if row.channel != channel]
        wrong += [
            f"out of order in {channel}: {later.key} before {earlier.key}"
            for later, earlier in itertools.pairwise(posted)
            if later.due > earlier.due
        ]
    return wrong

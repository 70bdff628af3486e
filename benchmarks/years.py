"""27 months of 20 cohorts of 30 by the bot's own rules: what people do goes through the dispatcher, and what is posted
through planner and courier, with a clock that is moved as in `doctor --rehearse`.
"""

import itertools
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, Final

from benchmarks.world import PROGRAMME
from cohort_bot.chat.form import FieldErrors, Reply
from cohort_bot.chat.invocation import Invocation, Kind
from cohort_bot.chat.message import Button, Message, Refusal, buttons
from cohort_bot.chat.place import Actor, Place
from cohort_bot.platforms.common.loopback import Known, Loopback
from cohort_bot.programmes.library import Library, shipped_folder
from cohort_bot.runtime import Bot
from cohort_bot.storage.in_one_transaction import InOneTransaction
from cohort_bot.year_ahead import MovedClock, Timelapse

SEED: Final = 27
BEGINS: Final = datetime(2027, 1, 1, 12, tzinfo=UTC)
FIRST: Final = date(2027, 1, 4)
ZONES: Final = ("Europe/Berlin", "America/Chicago", "Asia/Kolkata", "UTC")
HABITS: Final = (*[0.98] * 4, *[0.9] * 3, 0.7, 0.5, 0.2)
"""In how many rounds somebody checks in, in turn."""

LEAVES, LATER, LATE, AWAY, HOLIDAY_EVERY = 10, 15, 8, range(40, 52), 26
"""Of each cohort the person with the first number leaves and comes back, that with the second joins in round LATE."""

DONE: Final = (
    "Read two chapters of the book and did the exercises at the end of the second one.",
    "A page of notes, and the tests of the exercise pass. https://example.org/notebook",
    "Trained the small model again with another learning rate; the loss is lower, and I don't know why yet.",
    "Not much, a full week at work.",
)
STUCK: Final = "The exercise about gradients: my numbers are twice those of the solution."


def moderator(cohort: int) -> Actor:
    """Who looks after the cohort with this number."""
    return Actor("bench", None, f"boss-{cohort}", f"Boss of {cohort}", admin=True)


@dataclass(frozen=True, slots=True)
class Size:
    """So many cohorts of so many people for so many rounds."""

    cohorts: int
    members: int
    rounds: int

    def __str__(self) -> str:
        return f"{self.cohorts:,} × {self.members:,} × {self.rounds} rounds"


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who is, or will be, in the cohort with this number."""

    actor: Actor
    cohort: int
    zone: str
    habit: float


class People:
    """What they do, by SEED."""

    def __init__(self, size: Size, bot: Bot, clock: MovedClock, played: Timelapse, papers: Collection[int]) -> None:
        self._size = size
        self._papers = papers
        self._bot = bot
        self._clock = clock
        self._played = played
        self._random = Random(SEED)
        self._ids = itertools.count()
        self._members: dict[int, list[Member]] = defaultdict(list)
        self.did: Counter[str] = Counter()
        """How often each action was answered; "refused" beside its name, where it was."""

    async def begin(self) -> None:
        """Create the cohorts, and note what everybody will do."""
        for number in range(self._size.cohorts):
            starts = FIRST + timedelta(days=number % 5)
            asked = {"name": f"Cohort {number}", "starts": starts.isoformat(), "timezone": ZONES[number % len(ZONES)]}
            await self._confirmed(number, "cohort.create", {**asked, "time": "09:00"})
        known = await self._bot.database.read(lambda store: store.cohorts.active())
        for number, cohort in enumerate(sorted(known, key=lambda each: each.id)):
            for each in range(self._size.members):
                actor = Actor("bench", None, f"{number}-{each}", f"Sample {each} of {number}")
                member = Member(actor, number, ZONES[(number + each // 7) % len(ZONES)], HABITS[each % len(HABITS)])
                self._members[cohort.id].append(member)
                joins = cohort.calendar.opens(LATE) if each == LATER else BEGINS + timedelta(hours=1 + each)
                self._later(joins + timedelta(hours=1), self._joins, member, hours="6")
            self._later(cohort.calendar.opens(1), self._opens, number, cohort.id, 1)

    async def _opens(self, number: int, cohort_id: int, newest: int) -> None:
        """Note what everybody in the cohort does in a round, and the next opening."""
        cohort = await self._bot.database.read(lambda store: store.cohorts.get(cohort_id))
        assert cohort
        opens = cohort.calendar.opens(newest)
        if opens > self._clock.now():  # a holiday came before it
            self._later(opens, self._opens, number, cohort_id, newest)
            return
        for each, member in enumerate(self._members[cohort_id]):
            self._in_round(member, each, cohort_id, newest, opens)
        self._of_moderator(number, newest, opens)
        if newest < self._size.rounds:
            self._later(cohort.calendar.opens(newest + 1), self._opens, number, cohort_id, newest + 1)

    def _in_round(self, member: Member, number: int, cohort: int, newest: int, opens: datetime) -> None:
        random = self._random
        here, press = (partial(does, member.actor, member.cohort) for does in (self._does, self._presses))
        if number == LEAVES and newest == AWAY.start:
            self._later(opens + timedelta(hours=1), press, "leave.yes", {})
        if number == LEAVES and newest == AWAY.stop:
            self._later(opens + timedelta(hours=1), self._joins, member)
        away = (number == LEAVES and newest in AWAY) or (number == LATER and newest <= LATE)
        if away or random.random() > member.habit:
            return
        at = opens + timedelta(hours=random.randrange(3, 7 * 24))
        self._later(at, self._checks_in, member, cohort, newest)
        if random.random() < 0.05:
            self._later(at + timedelta(hours=2), self._checks_in, member, cohort, newest)
        after = at + timedelta(hours=1)
        if random.random() < 0.02:
            day = (opens + timedelta(days=8)).date()
            dates = {"from": day.isoformat(), "until": (day + timedelta(days=random.randrange(3, 14))).isoformat()}
            self._later(after, here, "break", **dates)
        elif random.random() < 0.003:
            self._later(after, here, "slip", weeks="1")
        if random.random() < 0.5:
            self._later(after, self._answers, member)
        if newest in self._papers and random.random() < 0.5:
            self._later(after, press, "paper.read", {"id": str(cohort), "week": str(newest)})

    def _of_moderator(self, number: int, newest: int, opens: datetime) -> None:
        """The moderator writes to two members in most rounds, and announces something or gives a week off at times."""
        at = opens + timedelta(days=2)
        for hours in range(2) if newest > 1 and self._random.random() < 0.7 else ():
            self._later(at + timedelta(hours=hours), self._confirmed, number, "cohort.outreach", {}, "send")
        if newest % 4 == 0:
            words = {"text": "See you on Friday, and bring a question."}
            self._later(at, self._confirmed, number, "cohort.announce", words)
        if newest % HOLIDAY_EVERY == 0:
            self._later(at + timedelta(hours=3), self._confirmed, number, "cohort.holiday", {"rounds": "1"})

    def _later(self, at: datetime, act: Callable[..., Any], *given: Any, **named: Any) -> None:
        self._played.at(at, partial(act, *given, **named))

    async def _does(self, actor: Actor, cohort: int, action: str, **args: str) -> Sequence[Button]:
        """Type a command; returns the buttons of the answer."""
        reply = await self._sends(actor, cohort, action, "command", args)
        return buttons(reply) if isinstance(reply, Message) else ()

    async def _presses(self, actor: Actor, cohort: int, action: str, args: Mapping[str, str]) -> None:
        await self._sends(actor, cohort, action, "button", args)

    async def _sends(
        self,
        actor: Actor,
        cohort: int,
        action: str,
        kind: Kind,
        args: Mapping[str, str],
        fields: Mapping[str, tuple[str, ...]] | None = None,
    ) -> Reply:
        place = Place("bench", "w", f"c{cohort}")
        id_, at = f"i{next(self._ids)}", self._clock.now()
        reply = await self._bot.dispatcher(Invocation(id_, action, kind, actor, place, at, args, fields or {}))
        self.did[f"{action}, refused" if isinstance(reply, FieldErrors | Refusal) else action] += 1
        return reply

    async def _joins(self, member: Member, **more: str) -> None:
        await self._does(member.actor, member.cohort, "join", timezone=member.zone, **more)

    async def _checks_in(self, member: Member, cohort: int, number: int) -> None:
        random, args = self._random, {"id": str(cohort), "round": str(number)}
        shares = (*(["thread"] if random.random() < 0.4 else []), *(["blocker"] if random.random() < 0.1 else []))
        fields = {
            "tasks": tuple(str(each) for each in range(4) if random.random() < 0.7),
            "done": (random.choice(DONE),),
            "blockers": (STUCK if random.random() < 0.15 else "",),
            "next": ("Tomorrow at nine, the next exercise",),
            "share": shares,
        }
        await self._sends(member.actor, member.cohort, "checkin.save", "form", args, fields)

    async def _answers(self, member: Member) -> None:
        """The first question that is due, if any is."""
        card = await self._does(member.actor, member.cohort, "questions")
        for shown in [each for each in card if each.action == "questions.show"][:1]:
            known = "1" if self._random.random() < 0.7 else "0"
            await self._presses(member.actor, member.cohort, "questions.answer", {**shown.args, "known": known})

    async def _confirmed(self, number: int, action: str, args: Mapping[str, str], button: str = "yes") -> None:
        """A command of the moderator's, and the button of its preview."""
        actor = moderator(number)
        for each in await self._does(actor, number, action, **args):
            if each.action == f"{action}.{button}":
                await self._presses(actor, number, each.action, each.args)
                return


async def play(path: Path, size: Size, told: Callable[[int], None]) -> tuple[datetime, Counter[str]]:
    """Make the database; returns an instant in the last round, and what people did."""
    database, clock = InOneTransaction(path), MovedClock(BEGINS)
    database.upgrade()
    database.open()
    library = Library([shipped_folder()])
    programme = library.get(PROGRAMME)
    assert programme
    papers = {each.week for each in programme.papers if each.week is not None}
    platform = Loopback("bench", Known(), None)
    async with Bot(database, library, {platform.name: platform}, clock, carries=False) as bot:
        played = Timelapse(bot, clock, database.analyse)
        people = People(size, bot, clock, played, papers)
        await people.begin()
        weeks = size.rounds + size.rounds // HOLIDAY_EVERY
        await played.until(BEGINS + timedelta(weeks=weeks, days=2), told)
        database.analyse()
        database.keep()
    return clock.now(), people.did

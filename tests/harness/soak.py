"""A quarter of many cohorts on both platforms, with faults all along: does memory grow, is anything lost or doubled?

python -m tests.harness.soak --cohorts 20 --members 30 --weeks 13 --seed 1

The bot is a process of its own (`soak_bot.py`) with both real libraries; the loopback servers and the people are here.
With --postgresql there are two such processes on a server of their own, and both deliver.
"""

import argparse
import asyncio
import contextlib
import json
import logging
import os
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import groupby
from pathlib import Path

from cohort_bot.bootstrap import same_time_zones_everywhere
from cohort_bot.programmes.library import Library, shipped_folder
from tests.fakes import slack_world
from tests.fakes.discord_server import DiscordServer
from tests.fakes.slack_server import SlackServer
from tests.harness import soak_check
from tests.harness.cluster import cluster
from tests.harness.fault_injector import Process
from tests.harness.soak_people import COHORT_ZONES, HABITS, START, ZONES, Act, Crowd, Group, Person, agenda
from tests.harness.soak_sides import DiscordSide, Luck, Side, SlackSide

BEGINS = datetime(2027, 1, 1, 12, 0, tzinfo=UTC)
TOGETHER = timedelta(hours=1)
"""The calendar goes to the end of the hour in which something falls due: what is due in it comes in one step."""

AT_ONCE = 16
"""So many people act at the same time."""

IN_TIME = 3.0
"""Seconds in which a person has an answer."""

THIRDS = 6
"""Weeks from which on memory is judged."""

FLAT = 0.05
"""So much more than in the second third of the time the memory may be in the last."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much of everything. Memory is not judged when the time is too short for thirds of it."""

    cohorts: int = 20
    members: int = 30
    weeks: int = 13
    seed: int = 1

    @property
    def end(self) -> datetime:
        """When the day of grace of the last round is over everywhere, and what follows from it has gone out."""
        return datetime.combine(START + timedelta(weeks=self.weeks, days=2), datetime.min.time(), UTC) + 2 * TOGETHER


@dataclass
class Outcome:
    """What came of it."""

    size: Size
    crowd: Crowd
    wrong: list[str] = field(default_factory=list)
    memory: list[dict[str, float]] = field(default_factory=list)
    expected: int = 0
    seen: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    disturbed: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    log: str = ""

    def third(self, which: int, what: str) -> float:
        """The mean of one third of the weeks, the first being 0; a remainder belongs to the first."""
        length = max(1, len(self.memory) // 3)
        end = len(self.memory) - (2 - which) * length
        start = 0 if which == 0 else end - length
        return statistics.fmean(each[what] for each in self.memory[start:end])

    @property
    def violations(self) -> list[str]:
        """All that must not be."""
        found = [*self.wrong, *self.crowd.wrong, *(f"unanswered: {each}" for each in self.crowd.unanswered)]
        if len(self.memory) >= THIRDS and self.third(2, "resident") > (1 + FLAT) * self.third(1, "resident"):
            found.append("memory grows")
        return found

    def table(self) -> str:
        """The figures."""
        times = sorted(self.crowd.seconds) or [0.0]
        size, crowd = self.size, self.crowd
        late = sum(each > IN_TIME for each in times)
        slowest = f"99 % within {times[int(len(times) * 0.99) - 1]:.3f} s, slowest {times[-1]:.1f} s"
        lines = [
            f"{size.cohorts} cohorts of {size.members}, {size.weeks} weeks, seed {size.seed}: {self.seconds:.0f} s",
            f"posts: {self.seen} seen, {self.expected} expected by name, {len(self.wrong)} wrong",
            f"answers: {len(times)}, {len(crowd.unanswered)} unanswered, {len(crowd.wrong)} wrong",
            f"answered in: median {statistics.median(times):.3f} s, {slowest}, {late} later than {IN_TIME:.0f} s",
            f"faults: {_counted(self.faults)}; {_counted(self.disturbed)}",
        ]
        if len(self.memory) >= THIRDS:
            lines.append("memory           first third   second     last   last to second")
        for what in ("resident", "own", "objects", "tasks") if len(self.memory) >= THIRDS else ():
            thirds = [self.third(which, what) for which in range(3)]
            change = 100 * (thirds[2] / thirds[1] - 1)
            lines.append(f"{what:<16} {thirds[0]:>11.1f} {thirds[1]:>8.1f} {thirds[2]:>8.1f} {change:>+13.1f} %")
        return "\n".join(lines)


def _counted(what: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(what.items())) or "none"


class Bot:
    """The process with the bot in it; with `other` that delivers beside it."""

    def __init__(self, process: Process, other: "Bot | None" = None) -> None:
        self._process = process
        self._other = other

    async def ask(self, line: str, answer: str) -> str:
        """Tell it something and hear what it says to that."""
        if line:
            self._process.tell(line)
        said = await self._process.hears()
        if said[0] != answer:
            raise RuntimeError(f"the bot said {said} to {line!r}")
        return said[1] if len(said) > 1 else ""

    async def go(self, at: datetime) -> None:
        """Move the calendar there, and return when nothing is due."""
        if self._other is not None:
            await self._other.ask(f"clock {at.isoformat()}", "moved")
        await self.ask(f"go {at.isoformat()}", "settled")

    async def memory(self) -> dict[str, float]:
        """Of all processes together."""
        found: dict[str, float] = json.loads(await self.ask("memory", "memory"))
        more = await self._other.memory() if self._other is not None else {}
        return {name: value + more.get(name, 0.0) for name, value in found.items()}

    async def stop(self) -> None:
        """In good order."""
        await self.ask("stop", "stopped")
        if self._other is not None:
            await self._other.stop()

    async def due(self) -> datetime | None:
        """When it next has something to do by itself."""
        said = await self.ask("due", "due")
        return None if said == "never" else datetime.fromisoformat(said)


class Soak:
    """One run."""

    def __init__(self, size: Size, folder: Path, discord: DiscordServer, slack: SlackServer, address: str = "") -> None:
        self.size, self.folder = size, folder
        self._shared = bool(address)
        self._address = address or f"sqlite:///{folder / 'bot.db'}"
        self.now = BEGINS
        self.crowd = Crowd()
        self.outcome = Outcome(size, self.crowd)
        self.luck = Luck(f"{size.seed} discord"), Luck(f"{size.seed} slack")
        self.sides = DiscordSide(discord, self.luck[0]), SlackSide(slack, self.luck[1])
        self._order = random.Random(size.seed)  # noqa: S311 - a plan that can be repeated
        self.groups = [self._group(number) for number in range(size.cohorts)]
        self._bot: Bot | None = None

    @property
    def bot(self) -> Bot:
        assert self._bot is not None, "start it first"
        return self._bot

    def _group(self, number: int) -> Group:
        """Every other cohort is on the other platform; the last one meets on both."""
        first, second = (self.sides, self.sides[::-1])[number % 2]
        moderator, admin = f"U9{number:03}", f"U8{number:03}"
        both = number == self.size.cohorts - 1
        names = {"discord": f"room-{number}", "slack": f"C{100 + number}"}
        rooms: Sequence[tuple[Side, str]] = [(side, names[side.name]) for side in (first, second)][: 1 + both]
        self._add_person(first, moderator, "Moderator", admin=True)
        if both:
            self._add_person(second, admin, "Admin", admin=True)
        for side, name in rooms:
            self._add_channel(side, name)
        group = Group(number, f"Sample cohort {number}", COHORT_ZONES[number % 3], rooms, moderator, admin)
        for each in range(self.size.members):
            side, room = rooms[each % len(rooms)]
            name = f"U{number:02}{each:03}"
            self._add_person(side, name, f"Sample member {number}-{each}")
            zone, habit = ZONES[(each + each // 5) % len(ZONES)], HABITS[each % len(HABITS)]
            group.people.append(Person(name, each, side, room, zone, habit))
        return group

    def _add_person(self, side: Side, name: str, shown: str, *, admin: bool = False) -> None:
        if isinstance(side, SlackSide):
            side.server.world.people[name] = slack_world.Person(name, shown, admin=admin)
        elif isinstance(side, DiscordSide):
            side.server.world.add_person(name, manages=admin)

    def _add_channel(self, side: Side, name: str) -> None:
        if isinstance(side, SlackSide):
            side.server.world.channels[name] = slack_world.Channel(name, name.lower())
        elif isinstance(side, DiscordSide):
            side.server.world.add_channel(name)

    # The bot

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The bot in its process, stopped in good order."""
        discord, slack = self.sides[0].server, self.sides[1].server
        options = {
            "database": self._address,
            "now": self.now.isoformat(),
            "discord-token": discord.token,
            "discord-api": discord.api_url,
            "discord-gateway": discord.gateway_url,
            "slack-bot-token": slack.world.bot_token,
            "slack-app-token": slack.world.app_token,
            "slack-api": slack.api_url,
        }
        said: list[str] = []
        words = [f"--{name}={value}" for name, value in options.items()]
        roles = ("courier", "all") if self._shared else ("all",)
        processes: list[Process] = []
        bot: Bot | None = None
        try:
            for role in roles:
                log = f"--log={self.folder / f'{role}.log'}"
                processes.append(await Process.start(said, "tests.harness.soak_bot", *words, log, f"--role={role}"))
                bot = Bot(processes[-1], bot)
                await bot.ask("", "ready")
            self._bot = bot
            yield
            await self.bot.stop()
        finally:
            for process in processes:
                await process.end()
            self.outcome.log = "\n".join(said[-40:])

    async def _go(self, at: datetime) -> None:
        self.now = max(self.now, at)
        await self.bot.go(self.now)

    async def until(self, at: datetime) -> None:
        """Through all that falls due on the way, hour by hour."""
        while (due := await self.bot.due()) is not None and due <= at:
            hour = due.replace(minute=0, second=0, microsecond=0)
            await self._go(min(at, due if hour == due else hour + TOGETHER))
        await self._go(at)

    async def act(self, acts: Sequence[Act]) -> None:
        """All of them, some at a time."""
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(act: Act) -> None:
            async with gate:
                await self.crowd.does(act[1], act[2]())

        await asyncio.gather(*map(one, acts))

    # The quarter

    async def begin(self) -> None:
        """Cohorts are made, then faults begin, and people join."""
        for group in self.groups:
            await self.crowd.create(group)
        await self._go(self.now)
        for group in self.groups:
            if group.rooms[1:]:
                await self.crowd.bring(group)
        await self._go(self.now)
        for side in self.sides:
            side.begin()
        joins: list[Act] = []
        for group in self.groups:
            for person in group.people:
                join = partial(self.crowd.join, group, person, by_form=person.number % 2 == 0)
                joins.append((self.now, f"joining of {person.name}", join))
        self._order.shuffle(joins)
        await self.act(joins)
        await self._go(self.now)

    async def live(self) -> None:
        """Everything that people do, and all that goes out meanwhile."""
        acts = [act for group in self.groups for act in agenda(self.crowd, group, self.size.weeks)]
        acts = sorted((act for act in acts if act[0] <= self.size.end), key=lambda act: act[0])
        week, began = 1, time.perf_counter()
        for at, batch in groupby(acts, key=lambda act: act[0]):
            while at >= self._week_ends(week):
                await self._end_of_week(week, began)
                week += 1
            await self.until(at)
            together = list(batch)
            self._order.shuffle(together)
            disturbing = asyncio.create_task(self._disturb(len(together)))
            await self.act(together)
            await disturbing
            await self._go(self.now)
            for side in self.sides:
                side.forget()
        await self.until(self.size.end)
        await self._end_of_week(self.size.weeks, began)

    @staticmethod
    def _week_ends(week: int) -> datetime:
        return datetime.combine(START + timedelta(weeks=week, days=2), datetime.min.time(), UTC)

    async def _disturb(self, size: int) -> None:
        """Connections are replaced while people use them."""
        if size < AT_ONCE // 2:
            return
        await asyncio.sleep(0.2)  # in the middle of it
        for side in self.sides:
            self.outcome.disturbed[await side.disturb(size)] += 1

    async def _end_of_week(self, week: int, began: float) -> None:
        """Measure, tell, and break the connections."""
        await self.until(min(self._week_ends(week), self.size.end))
        memory = await self.bot.memory()
        self.outcome.memory.append(memory)
        say(
            f"week {week}: {time.perf_counter() - began:.0f} s, {sum(self.crowd.did.values())} answers, "
            f"{len(self.crowd.unanswered)} unanswered, {len(self.crowd.wrong)} wrong, "
            f"{memory['resident']:.1f} MiB, own {memory['own']:.1f}, {memory['objects']:.0f} objects, "
            f"{memory['tasks']:.0f} tasks"
        )
        for side in self.sides:
            self.outcome.disturbed[await side.cut(week)] += 1

    def check(self) -> None:
        """Everything that was to be seen, in the platforms' own histories."""
        outcome = self.outcome
        programme = Library([shipped_folder()]).get("backend-developer-to-ai-professor")
        assert programme is not None, "it is shipped"
        seen = soak_check.all_seen(self.sides)
        world = self.sides[0].server.world
        ids = {("discord", name): str(person.id) for name, person in world.people.items()}
        ids |= {("discord", channel.name): str(channel.id) for channel in world.channels.values() if channel.type == 0}
        slack = self.sides[1].server.world
        ids |= {("slack", name): name for name in (*slack.people, *slack.channels)}
        check = soak_check.Check(programme, soak_check.ledger(self._address), self.now, seen, ids)
        for group in self.groups:
            check.cohort(group)
        check.ledger_holds()
        outcome.wrong += check.wrong
        outcome.expected, outcome.seen = check.expected, sum(map(len, seen.values()))

    async def run(self) -> Outcome:
        """The quarter in one life of the bot; then a restart, after which nothing more may come."""
        began = time.perf_counter()
        async with self.running():
            await self.begin()
            await self.live()
        before = sum(map(len, soak_check.all_seen(self.sides).values()))
        async with self.running():
            await self._go(self.now)
        if (after := sum(map(len, soak_check.all_seen(self.sides).values()))) != before:
            self.outcome.wrong.append(f"{after - before} posts more after a restart")
        self.check()
        self.outcome.faults = self.luck[0].met + self.luck[1].met
        self.outcome.seconds = time.perf_counter() - began
        return self.outcome


def say(line: str) -> None:
    """Tell how it goes."""
    print(line, flush=True)  # noqa: T201 - that is what it is for


async def soak(size: Size, folder: Path, address: str = "") -> Outcome:
    """Run it in the folder, which keeps the bot's database and log."""
    clock: list[Soak] = []

    def now() -> datetime:
        return clock[0].now if clock else BEGINS

    async with DiscordServer(now) as discord, SlackServer(now) as slack:
        clock.append(Soak(size, folder, discord, slack, address))
        return await clock[0].run()


def main() -> int:
    """Run, print the figures, return 1 when anything is wrong."""
    parser = argparse.ArgumentParser()
    for name, default in (("cohorts", 20), ("members", 30), ("weeks", 13), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--postgresql", action="store_true", help="two processes on a server of their own")
    parser.add_argument("--keep", type=Path, help="a folder in which the database and the log stay")
    given = parser.parse_args()
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        del os.environ[name]  # the libraries honour a proxy even for 127.0.0.1
    logging.basicConfig(level="WARNING")
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # each connection that is broken on purpose
    same_time_zones_everywhere()
    size = Size(given.cohorts, given.members, given.weeks, given.seed)
    on = "PostgreSQL, two processes" if given.postgresql else "SQLite"
    say(f"seed {size.seed}, {on}: {size.cohorts} cohorts of {size.members} for {size.weeks} weeks")
    with contextlib.ExitStack() as stack:
        folder = given.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        address = stack.enter_context(cluster()).url if given.postgresql else ""
        outcome = asyncio.run(soak(size, folder, address))
    say(outcome.table())
    for line in outcome.violations[:40]:
        say(f"  {line}")
    return int(bool(outcome.violations))


if __name__ == "__main__":
    sys.exit(main())

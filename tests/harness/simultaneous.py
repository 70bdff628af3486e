"""Ten people join at once in each of four rooms, then ten share a check-in at once, then the next cards come due.

Two gateways, two couriers and one web process on one PostgreSQL, on the loopback Discord and Slack. Everybody's click
is an instant of its own, and the commits come in whatever order: no room may stop for it.

python -m tests.harness.simultaneous --times 3
"""

import argparse
import asyncio
import contextlib
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from cohort_bot.app.features.join import TOGETHER
from cohort_bot.app.ports.store import Store
from cohort_bot.bootstrap import same_time_zones_everywhere
from cohort_bot.core.rounds import Calendar
from cohort_bot.storage.postgres import PostgresDatabase
from tests.fakes import slack_world
from tests.fakes.bot import LIBRARY
from tests.harness import multi_process, short_timeouts, soak_people
from tests.harness.cluster import Cluster, cluster
from tests.harness.soak_people import Group, Person
from tests.harness.soak_sides import DiscordSide, Luck, Side, SlackSide

EACH = 10
"""People in a room."""

CARD, EACH_ONE = 10.0, 1.5
"""Seconds in which a card is there that is due, and for each of many posts to a room: Slack takes one a second."""

OPENED = timedelta(minutes=1)


class Rooms:
    """Four rooms and the people in them."""

    def __init__(self, servers: multi_process.Crowd) -> None:
        self._servers = servers
        sides = DiscordSide(servers.discord, Luck("")), SlackSide(servers.slack, Luck(""))
        self.people = soak_people.Crowd()
        self.wrong: list[str] = []
        self.groups = [self._group(number, sides[number % 2]) for number in range(4)]

    def _group(self, number: int, side: Side) -> Group:
        room = f"together-{number}" if side.name == "discord" else f"C90{number}"
        names = [f"U{number}{each:02}" for each in range(EACH)]
        if isinstance(side, DiscordSide):
            side.server.world.add_channel(room)
            for name in names:
                side.server.world.add_person(name)
        elif isinstance(side, SlackSide):
            side.server.world.channels[room] = slack_world.Channel(room, f"together-{number}")
            side.server.world.people |= {name: slack_world.Person(name, name) for name in names}
        group = Group(number, f"Together {number}", "UTC", [(side, room)], "nobody", "nobody")
        group.people += [Person(name, each, side, room, "UTC", "steady") for each, name in enumerate(names)]
        return group

    async def open(self, server: Cluster, name: str) -> None:
        """A cohort in each room whose first week has just begun; its cards are due now."""
        opened = (multi_process.system_now() - OPENED).replace(second=0, microsecond=0)
        calendar = Calendar(opened.date(), opened.time(), "UTC")

        def add(store: Store) -> None:
            for group in self.groups:
                (side, room), *_ = group.rooms
                guild = self._servers.discord.world.guild
                at = "T1" if side.name == "slack" else str(guild)
                made = store.cohorts.add(
                    platform=side.name,
                    workspace=at,
                    name=f"{name} {group.name}",
                    programme=LIBRARY.slugs()[0],
                    calendar=calendar,
                    at=opened - OPENED,
                    creator="nobody",
                )
                there = str(self._servers.discord.channel(room).id) if side.name == "discord" else room
                store.cohorts.add_room(made.id, side.name, at, there)

        database = PostgresDatabase(server.url, 1)
        await asyncio.to_thread(database.upgrade)
        await database.write(add)
        await database.close()

    def texts(self, group: Group) -> Sequence[str]:
        """What everybody sees in a room and its threads."""
        (side, room), *_ = group.rooms
        return [seen.text for seen in side.history() if seen.channel == room]

    async def shown(self, what: str, within: float, words: Callable[[Group], Mapping[str, int]]) -> None:
        """Each of these words is in its room so many times, and soon."""

        def missing(group: Group) -> list[str]:
            texts = self.texts(group)
            found = {each: (sum(each in text for text in texts), times) for each, times in words(group).items()}
            return [f"{each} {count} times, not {times}" for each, (count, times) in found.items() if count != times]

        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                while any(map(missing, self.groups)):  # noqa: ASYNC110 - nobody tells what is posted
                    await asyncio.sleep(0.05)
        self.wrong += [f"{what} in {group.name}: {each}" for group in self.groups for each in missing(group)]

    async def together(self, what: str, act: Callable[[Group, Person], object]) -> None:
        """All of them at once."""
        acts = [(f"{what} of {person.name}", act(group, person)) for group in self.groups for person in group.people]
        await asyncio.gather(*(self.people.does(name, done) for name, done in acts))  # type: ignore[arg-type]
        self.wrong += [*self.people.wrong, *self.people.unanswered]
        self.people.wrong.clear()
        self.people.unanswered.clear()

    async def join(self, _group: Group, person: Person) -> None:
        side, who = person.side, person.name
        answer = await self.people.ask("join", who, lambda: side.command(who, person.channel, "join", timezone="UTC"))
        self.people.expect(side, answer, "Welcome", f"join of {who}")

    async def share(self, _group: Group, person: Person) -> None:
        side, who = person.side, person.name
        form = await self.people.form("checkin", side, who, lambda: side.command(who, person.channel, "checkin"))
        given = {"done": f"what {who} did", "share": ["thread"]}
        await self.people.ask("form", who, lambda: side.submit(who, form, tasks=["1"], **given))


async def run(*, short: bool = False) -> tuple[list[str], str]:
    """Once, on a server of its own: what is wrong, and the log."""
    with cluster() as server, tempfile.TemporaryDirectory() as folder:
        async with multi_process.Crowd(
            server, Path(folder), multi_process.SHORT_TIMEOUTS if short else multi_process.REAL
        ) as processes:
            rooms = Rooms(processes)
            try:
                await rooms.open(server, "First")
                starts = (("gateway", "0/2"), ("gateway", "1/2"), ("web", ""), ("courier", ""), ("courier", ""))
                await asyncio.gather(*(processes.start(*each) for each in starts))
                await rooms.shown("card", CARD, lambda _: {"Week 1 ": 1})
                await rooms.together("join", rooms.join)
                greeted = CARD + (short_timeouts.TOGETHER if short else TOGETHER.total_seconds())
                await rooms.shown("hello", greeted, lambda group: {each.name: 1 for each in group.people})
                await rooms.together("check-in", rooms.share)
                await rooms.shown(
                    "check-in", EACH * EACH_ONE, lambda group: {f"what {each.name} did": 1 for each in group.people}
                )
                await rooms.open(server, "Second")
                await rooms.shown("next card", CARD, lambda _: {"Week 1 ": 2})
                await processes.end()
            except (AssertionError, TimeoutError) as error:
                rooms.wrong.append(f"{type(error).__name__}: {error}")
            log = "\n".join([*processes.said, (Path(folder) / "log").read_text(errors="replace")])
    return rooms.wrong, log


def main() -> int:
    """Run it so many times, return 1 when anything is wrong."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--short-timeouts", action="store_true")
    given = parser.parse_args()
    same_time_zones_everywhere()
    bad = 0
    for number in range(given.times):
        wrong, log = asyncio.run(run(short=given.short_timeouts))
        bad += bool(wrong)
        print(f"{number + 1}: {4 * EACH} joins and {4 * EACH} shared check-ins at once, {len(wrong)} wrong")  # noqa: T201
        for line in wrong[:20]:
            print(f"  {line}")  # noqa: T201
        if wrong:
            print(log[-4000:])  # noqa: T201
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(main())

"""The bot as a process that can be killed at a named point of a delivery's life.

KILL_AT=after-claim:17 python -m tests.harness.worker --database bot.db --server http://127.0.0.1:8001 \\
    --manner slack-like --now 2027-03-22T09:00:00+00:00

It says "@ready", and then obeys lines on its standard input: "clock INSTANT" moves the calendar (elapsed time never
moves), "settle N" delivers all that is due and answers "@settled N", "stop" ends it in good order.

With --nursery it loads its code once and forks a life for each line `life [KILL_AT, OPTION…]`, which has the standard
input and output until it ends; "@ended CODE" tells how it did. Loading takes longer than most lives last.
"""

import argparse
import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar
from unittest import mock

from sqlalchemy.exc import DBAPIError

from cohort_bot import bootstrap
from cohort_bot.app.delivery import stalled
from cohort_bot.app.delivery.courier import Courier
from cohort_bot.app.delivery.pacing import Pacing
from cohort_bot.app.delivery.stalled import Stalled
from cohort_bot.app.ports.cohorts import Plan
from cohort_bot.app.ports.database import CannotSave
from cohort_bot.app.ports.platform import Search
from cohort_bot.app.ports.store import Delivery, DeliveryResult, Store
from cohort_bot.chat.message import Message
from cohort_bot.chat.place import Place, Ref
from cohort_bot.clocks import SystemClock
from cohort_bot.core.delivery_states import State
from cohort_bot.runtime import Bot
from cohort_bot.storage.cohorts import SqlCohorts
from cohort_bot.storage.database import SqliteDatabase
from cohort_bot.storage.deliveries import SqlDeliveries
from tests.harness.platform import HttpPlatform
from tests.harness.scenario import Toy

T = TypeVar("T")
POINTS = (
    "before-plan",
    "after-plan",
    "before-claim",
    "after-claim",
    "in-flight",
    "after-accept",
    "before-outcome",
    "after-outcome",
)
"""In the order in which a delivery comes by. Those before a commit are inside the transaction."""

PLANTS = (
    "none",
    "sent-before-sending",
    "no-look-back",
    "not-in-its-thread",
    "begins-anew",
    "silent-lane",
    "silent-lane-unnoticed",
)
"""Faults on purpose: the checker must find what they do."""

LEASE = 0.6
"""Long enough for a busy machine to answer; a lease that ends early costs a look-back and nothing else."""

SILENT = 3 * LEASE
"""Seconds after which a lane that does not move is begun anew: longer than any call lasts, as the bot's minutes."""


def say(word: str) -> None:
    """Tell the parent, who tells these lines from the log by their first letter."""
    print(f"@{word}", flush=True)  # noqa: T201 - the parent reads it


class Doom:
    """Ends the process at the n-th time that a point is reached, without any warning."""

    def __init__(self, kill_at: str) -> None:
        self._point, _, count = kill_at.partition(":")
        if self._point and self._point not in POINTS:
            raise ValueError(f"KILL_AT names no point: {kill_at!r}; points are {', '.join(POINTS)}")
        self._count = int(count or 1)
        self._reached: Counter[str] = Counter()

    def reached(self, point: str) -> None:
        """A delivery has come to the point."""
        self._reached[point] += 1
        if point == self._point and self._reached[point] >= self._count:
            os.kill(os.getpid(), signal.SIGKILL)


class MortalDatabase(SqliteDatabase):
    """Notes which transactions write, claim and close rows. One writer thread: one transaction at a time."""

    doom = Doom("")
    plant = "none"
    noted: tuple[str, ...] = ()

    async def write(self, fn: Callable[[Store], T], *, fenced: bool = False, to_disk: bool = True) -> T:
        points: tuple[str, ...] = ()

        def watched(store: Store) -> T:
            nonlocal points
            MortalDatabase.noted = ()
            result = fn(store)
            points = MortalDatabase.noted
            return result

        try:
            result = await super().write(watched, to_disk=to_disk)
        except (DBAPIError, CannotSave):
            say("fault")
            raise
        for point in points:
            self.doom.reached(point)
        return result


_plan, _claim, _note = SqlCohorts.plan, SqlDeliveries.claim, SqlDeliveries.note


def plan(self: SqlCohorts, plans: Iterable[Plan]) -> None:
    """`SqlCohorts.plan` with its points: by then the rows that have come due are written."""
    MortalDatabase.doom.reached("before-plan")
    _plan(self, plans)
    MortalDatabase.noted += ("after-plan",)


def claim(
    self: SqlDeliveries,
    frozen: Sequence[tuple[Delivery, str, str | None]],
    at: datetime,
    jobs: Mapping[str, int],
) -> Sequence[Delivery]:
    """`SqlDeliveries.claim` with its points, one a row."""
    for _ in frozen:
        MortalDatabase.doom.reached("before-claim")
    rows = _claim(self, frozen, at, jobs)
    for row in rows:
        if MortalDatabase.plant == "sent-before-sending":
            _note(self, [DeliveryResult(row, State.SENT, None, "planted", "planted")], at)
        MortalDatabase.noted += ("after-claim",)
    return rows


def note(self: SqlDeliveries, outcomes: Sequence[DeliveryResult], at: datetime) -> int:
    """`SqlDeliveries.note` with its points, one a message that was sent."""
    sent = sum(each.state is State.SENT for each in outcomes)
    for _ in range(sent):
        MortalDatabase.doom.reached("before-outcome")
    kept = _note(self, outcomes, at)
    MortalDatabase.noted += ("after-outcome",) * sent
    return kept


class MortalPlatform(HttpPlatform):
    """Dies with a message under way, or when it was accepted and nobody has noted it yet."""

    async def send(self, place: Place, message: Message, mark: str, again: Search | None = None) -> Ref:
        if MortalDatabase.plant == "not-in-its-thread":
            place = replace(place, thread=None)
        ref = await super().send(place, message, mark)
        MortalDatabase.doom.reached("after-accept")
        return ref

    async def _written(self, *_: object) -> None:
        MortalDatabase.doom.reached("in-flight")

    async def find(self, place: Place, search: Search) -> Ref | None:
        if MortalDatabase.plant == "begins-anew":
            search = Search(search.mark, search.within)
        return None if MortalDatabase.plant == "no-look-back" else await super().find(place, search)


class ToldClock(SystemClock):
    """A calendar that stands where it was told; elapsed time is the machine's."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


def waits(store: Store) -> bool:
    """Whether anything is due."""
    return store.health.standing().oldest_due is not None


def silence(courier: Courier) -> None:
    """Let a lane fall silent after every fifth message, as if a look-up in it had never ended."""
    record = courier._record

    async def recorded() -> bool:
        lanes = [result.delivery.lane for result in courier._results if result.delivery.id % 5 == 0]
        worked = await record()
        courier._busy.update(lanes)
        return worked

    courier._record = recorded  # type: ignore[method-assign]


async def unnoticed(_stalled: Stalled) -> None:
    """In place of a look at what does not move."""


async def obey(bot: Bot, clock: ToldClock) -> None:
    """Do what the parent says, until it says stop or is gone."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := (await reader.readline()).decode().split():
        match line:
            case ["clock", at]:
                clock.at = datetime.fromisoformat(at)
            case ["settle", number]:
                await bot.settle()
                while MortalDatabase.plant == "silent-lane" and await bot.database.read(waits):
                    await asyncio.sleep(0.05)  # nobody tells when a lane goes on
                    await bot.settle()
                say(f"settled {number}")
            case ["stop"]:
                return


async def work(given: argparse.Namespace) -> None:
    """One life."""
    clock = ToldClock(datetime.fromisoformat(given.now))
    platform = MortalPlatform(given.manner, given.server)
    pacing = Pacing(lease=LEASE, settle=given.settle, first_wait=0.05, longest_wait=0.2)
    bot = Bot(MortalDatabase(given.database), Toy(), {platform.name: platform}, clock, pacing)
    if given.plant.startswith("silent-lane"):
        silence(bot.courier)
    ending = contextlib.ExitStack()
    try:
        async with bot:
            stop = ending.enter_context(bootstrap.stop_signal())
            say("ready")
            ends: list[asyncio.Future[object]] = [
                asyncio.ensure_future(stop.wait()),
                asyncio.ensure_future(obey(bot, clock)),
            ]
            done, late = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
            for task in done:
                task.result()
    finally:
        ending.close()
        await platform.close()


def live(options: list[str], kill_at: str) -> None:
    """Read the options and live."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--database", type=Path, required=True)
    parser.add_argument("--server", required=True)
    parser.add_argument("--manner", required=True)
    parser.add_argument("--now", required=True)
    parser.add_argument("--settle", type=float, default=0.3)
    parser.add_argument("--plant", choices=PLANTS, default="none")
    given = parser.parse_args(options)
    MortalDatabase.doom = Doom(kill_at)
    MortalDatabase.plant = given.plant
    with contextlib.ExitStack() as stack:
        stack.enter_context(bootstrap.only_one(given.database))
        stack.enter_context(mock.patch.object(SqlCohorts, "plan", plan))
        stack.enter_context(mock.patch.object(SqlDeliveries, "claim", claim))
        stack.enter_context(mock.patch.object(SqlDeliveries, "note", note))
        stack.enter_context(mock.patch.multiple(stalled, SILENT=SILENT, LOOK=0.1, LATE=timedelta()))
        if given.plant == "silent-lane-unnoticed":
            stack.enter_context(mock.patch.object(Stalled, "look", unnoticed))
        asyncio.run(work(given))


def nursery() -> None:
    """One life after the other, until the parent hangs up."""
    while line := sys.stdin.readline():
        if not line.startswith("life "):
            continue  # it was meant for a life that has ended
        kill_at, *options = json.loads(line.removeprefix("life "))
        if (child := os.fork()) == 0:
            os._exit(_life(options, kill_at))
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        os.set_blocking(sys.stdin.fileno(), True)  # the life's event loop has changed that for both
        print(flush=True)  # noqa: T201 - it may have died within a line
        say(f"ended {code}")


def _life(options: list[str], kill_at: str) -> int:
    """The exit code of a forked life."""
    say(f"pid {os.getpid()}")
    try:
        live(options, kill_at)
    except BaseException:  # noqa: BLE001 - this is where the process ends
        traceback.print_exc()
        return 1
    return 0


def main() -> None:
    """Live once, or again and again."""
    logging.basicConfig(level="WARNING", format="%(levelname)s %(name)s: %(message)s", stream=sys.stdout)
    bootstrap.same_time_zones_everywhere()
    if sys.argv[1:] == ["--nursery"]:
        nursery()
    else:
        live(sys.argv[1:], os.environ.get("KILL_AT", ""))


if __name__ == "__main__":
    main()

"""`python -m benchmarks.ratios [discord slack filing due tick]`: the judged ratios side by side; writes no file.

Each is of one run, the median of five turns. Ours, a bare bot and the floor (that bot plus one durable write) take
turns, each on a server of its own, so that all see the same noise. Processor time holds better than rates. With the
argument `quick` there is one short turn.
"""

import asyncio
import contextlib
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.fakes.process import bot_process, cpu_seconds

from benchmarks import checkins, delivery, quiet, slack
from benchmarks.delivery import percentile
from benchmarks.discord import Sender, bare_process, closed_loop, open_loop
from benchmarks.guild import address, forms, guild
from benchmarks.world import Counter, median
from cohort_bot.bootstrap import same_time_zones_everywhere, settle

SIDES = ("cohort-bot", "bare bot", "floor")
RATE = 50


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    turns: int = 5
    forms: int = 600
    seconds: int = 12
    """At 50 a second, in each turn."""
    cohorts: int = 10_000


@dataclass(slots=True)
class Side:
    """What was measured of one bot."""

    rates: list[float] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)
    """Milliseconds of its processor time for a check-in, with 200 in flight."""
    tails: list[float] = field(default_factory=list)
    """p99 in milliseconds at 50 a second."""


@dataclass(frozen=True, slots=True)
class Runner:
    """One bot under load: `burst` gives its rate and how many were answered, `steady` the milliseconds of each."""

    process: asyncio.subprocess.Process
    burst: Callable[[], Awaitable[tuple[float, float]]]
    steady: Callable[[], Awaitable[list[float]]]


async def in_turns(runners: list[Runner], turns: int) -> dict[str, Side]:
    """All three in turn."""
    sides = {name: Side() for name in SIDES}
    for _ in range(turns):
        for side, runner in zip(sides.values(), runners, strict=True):
            before = cpu_seconds(runner.process)
            rate, number = await runner.burst()
            side.rates.append(rate)
            side.costs.append((cpu_seconds(runner.process) - before) / number * 1000)
            side.tails.append(percentile(await runner.steady(), 0.99))
    return sides


async def on_discord(size: Size, folders: list[Path]) -> dict[str, Side]:
    """Check-ins, half of them with a line in the thread, which is a post of the courier."""
    mine, _bare, durable = folders
    async with contextlib.AsyncExitStack() as stack:
        servers = [await stack.enter_async_context(guild(folder / "bot.db")) for folder in folders]
        ours = await stack.enter_async_context(bot_process(mine, **address(servers[0])))
        await servers[0].until(lambda: servers[0].gateway.sessions, within=60)
        bare, floor = await bare_process(servers[1]), await bare_process(servers[2], durable / "floor.db")
        opened = await forms(servers[0])

        def runner(sender: Sender, process: asyncio.subprocess.Process) -> Runner:
            async def burst() -> tuple[float, float]:
                return (await closed_loop(sender, size.forms))[0], size.forms

            async def steady() -> list[float]:
                return [each * 1000 for each in await open_loop(sender, RATE, size.seconds)]

            return Runner(process, burst, steady)

        processes = (ours, bare, floor)
        senders = [Sender(server, opened) for server in servers]
        found = await in_turns([runner(*each) for each in zip(senders, processes, strict=True)], size.turns)
        for each in (bare, floor):
            each.terminate()
            await each.wait()
    return found


async def on_slack(size: Size, folders: list[Path]) -> dict[str, Side]:
    """Check-ins in Socket Mode."""
    mine, _bare, durable = folders
    await slack.fill(mine / "bench.db")
    bots = slack.our_bot(mine / "bench.db"), slack.bare_bot(), slack.bare_bot(durable / "floor.db")
    async with contextlib.AsyncExitStack() as stack:
        running = [await stack.enter_async_context(slack.slack_with(*bot)) for bot in bots]

        async def runner(number: int) -> Runner:
            server, process = running[number]
            people = await slack.known_people(server, bare=number > 0)
            seconds = size.seconds / 3

            async def burst() -> tuple[float, float]:
                rate, times = await slack.closed_loop(people.submit, seconds)
                return rate, len(times)

            async def steady() -> list[float]:
                return await slack.open_loop(people.submit, size.seconds)

            return Runner(process, burst, steady)

        return await in_turns([await runner(number) for number in range(len(bots))], size.turns)


def told(title: str, sides: dict[str, Side], share: int) -> Iterator[str]:
    """The lines of one platform; `share` is the target in percent of the floor."""
    yield f"{title:44}" + "".join(f"{name:>12}" for name in sides)
    for what, label in (
        ("rates", "200 in flight: check-ins a second"),
        ("costs", "200 in flight: processor ms of one"),
        ("tails", "50 a second: p99, ms"),
    ):
        yield f"  {label:42}" + "".join(f"{median(getattr(side, what)):12.2f}" for side in sides.values())
    ours, bare, floor = sides.values()
    yield _ratio("share of the floor", _pairs(ours.rates, floor.rates) * 100, "%", f"at least {share}")
    yield _ratio("processor time, times the floor's", _pairs(ours.costs, floor.costs), "×", "at most 3")
    yield _ratio("p99, times the bare bot's", _pairs(ours.tails, bare.tails), "×", "at most 3, and 60 ms")


def _pairs(some: list[float], others: list[float]) -> float:
    return median([one / other for one, other in zip(some, others, strict=True)])


def _ratio(label: str, value: float, unit: str, target: str) -> str:
    return f"  {label:42}{value:12.2f} {unit:2} {target}"


def discord_lines(size: Size, folders: list[Path]) -> Iterator[str]:
    """Discord."""
    yield from told("Discord", asyncio.run(on_discord(size, folders)), 50)


def slack_lines(size: Size, folders: list[Path]) -> Iterator[str]:
    """Slack."""
    yield from told("Slack", asyncio.run(on_slack(size, folders)), 25)


def filing_lines(_size: Size, folders: list[Path]) -> Iterator[str]:
    """Durable check-ins beside raw sqlite3."""
    yield "Durable check-ins, 64 callers"
    for figure in checkins.filing(folders[0]):
        yield _ratio(figure.name[:42], figure.value, figure.unit, "at least 50" if "share" in figure.name else "")


def due_lines(size: Size, _folders: list[Path]) -> Iterator[str]:
    """Many cohorts due at once, beside a bare loop."""
    settle()
    ahead, unprepared = [], []
    with Counter() as server:
        for _ in range(min(3, size.turns)):
            took, *_cpu, bodies = asyncio.run(delivery.ours(server.url, size.cohorts, ahead=True))
            control = asyncio.run(delivery.bare(server.url, bodies))[0]
            ahead.append(took / control)
            unprepared.append(asyncio.run(delivery.ours(server.url, size.cohorts, ahead=False))[0] / control)
    yield f"{size.cohorts:,} cohorts due at once, times the bare loop"
    yield _ratio("looked at ahead", median(ahead), "×", "at most 1.9")
    yield _ratio("not looked at ahead", median(unprepared), "×", "at most 3")


def tick_lines(size: Size, _folders: list[Path]) -> Iterator[str]:
    """A tick beside what lies in the ledger."""
    turns = [[quiet.tick_time(number) for number in quiet.CLOSED] for _ in range(size.turns)]
    yield "A tick beside 1,000,000 closed rows, times beside 1,000"
    yield _ratio("tick", median([large / small for small, large in turns]), "×", "at most 1.1")


ALL = {"discord": discord_lines, "slack": slack_lines, "filing": filing_lines, "due": due_lines, "tick": tick_lines}


def main() -> None:
    """Print those that are named, or all."""
    same_time_zones_everywhere()
    size = Size(1, 300, 6, 2_000) if "quick" in sys.argv[1:] else Size()
    for name in [each for each in ALL if each in sys.argv[1:]] or ALL:
        with tempfile.TemporaryDirectory() as root:
            folders = [Path(root) / side.replace(" ", "-") for side in SIDES]
            for folder in folders:
                folder.mkdir()
            for line in ALL[name](size, folders):
                print(line, flush=True)


if __name__ == "__main__":
    main()

"""`python -m benchmarks.ratios`: today's ratios side by side, each from one run, medians of five; writes no file.

Ours, a bare discord.py bot and the floor (that bot plus one durable write) take turns, each on a server of its own, so
that all see the same noise. Processor time holds better than rates.
"""

import asyncio
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from tests.fakes.process import bot_process, cpu_seconds

from benchmarks import checkins
from benchmarks.delivery import percentile
from benchmarks.discord import Sender, bare_process, closed_loop, open_loop
from benchmarks.guild import address, forms, guild
from benchmarks.world import median
from cohort_bot.bootstrap import same_time_zones_everywhere

TURNS = 5
FORMS = 600
RATE, SECONDS = 50, 10


@dataclass(slots=True)
class Side:
    """What was measured of one bot."""

    rates: list[float] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)
    """Milliseconds of its processor time for a check-in, with 200 in flight."""
    tails: list[float] = field(default_factory=list)
    """p99 in milliseconds at 50 a second."""


async def measure(turns: int = TURNS, number: int = FORMS) -> dict[str, Side]:
    """All three in turn."""
    sides = {"cohort-bot": Side(), "bare bot": Side(), "floor": Side()}
    with tempfile.TemporaryDirectory() as name:
        folders = {side: Path(name) / side.replace(" ", "-") for side in sides}
        for folder in folders.values():
            folder.mkdir()
        async with (
            guild(folders["cohort-bot"] / "bot.db") as ours,
            guild(folders["bare bot"] / "bot.db") as theirs,
            guild(folders["floor"] / "bot.db") as third,
            bot_process(folders["cohort-bot"], **address(ours)) as process,
        ):
            await ours.until(lambda: ours.gateway.sessions, within=60)
            bare = await bare_process(theirs)
            floor = await bare_process(third, folders["floor"] / "floor.db")
            opened = await forms(ours)
            senders = [(ours, process), (theirs, bare), (third, floor)]
            running = [(Sender(server, opened), each) for server, each in senders]
            for _ in range(turns):
                for side, (sender, each) in zip(sides.values(), running, strict=True):
                    before = cpu_seconds(each)
                    rate, _latencies = await closed_loop(sender, number)
                    side.rates.append(rate)
                    side.costs.append((cpu_seconds(each) - before) / number * 1000)
                    side.tails.append(percentile(await open_loop(sender, RATE, SECONDS), 0.99) * 1000)
            for each in (bare, floor):
                each.terminate()
                await each.wait()
    return sides


def main() -> None:
    """Print them; with the argument `quick` one short turn."""
    same_time_zones_everywhere()
    quick = "quick" in sys.argv[1:]
    sides = asyncio.run(measure(1, 300) if quick else measure())
    print(f"{'Discord, 200 in flight':34}" + "".join(f"{name:>14}" for name in sides))
    labels = {"rates": "check-ins a second", "costs": "processor ms of one", "tails": "p99 at 50 a second, ms"}
    for figures, label in labels.items():
        print(f"{label:34}" + "".join(f"{median(getattr(side, figures)):14.2f}" for side in sides.values()))
    ours, bare, floor = sides.values()
    pairs = {
        "share of the floor": [a / b * 100 for a, b in zip(ours.rates, floor.rates, strict=True)],
        "share of the bare bot": [a / b * 100 for a, b in zip(ours.rates, bare.rates, strict=True)],
    }
    for label, values in pairs.items():
        print(f"{label:34}{median(values):13.0f} %")
    costs = [a / b for a, b in zip(ours.costs, floor.costs, strict=True)]
    print(f"{'processor time, times the floor':34}{median(costs):13.1f} ×")
    with tempfile.TemporaryDirectory() as folder:
        for figure in checkins.filing(Path(folder)):
            print(f"{figure.name:60}{figure.value:9.3g} {figure.unit}")


if __name__ == "__main__":
    main()

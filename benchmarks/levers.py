"""`python -m benchmarks levers`: what each lever gives alone, in processor time of a check-in on Slack.

A bot for each lever and one without any take turns, so that all see the same noise; each figure is the median of the
ratios to the one without in the same turn. uvloop and orjson are measured where they are installed, another Python
where LEVER_PYTHON names its interpreter (with the bot's requirements). This file starts the bots, each with its lever.
"""

import asyncio
import contextlib
import importlib.util
import json
import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

TURNS, SECONDS = 5, 4.0
ROOT = Path(__file__).parents[1]


def _uvloop() -> None:
    import uvloop  # type: ignore[import-not-found]  # noqa: PLC0415

    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())


def _orjson() -> None:
    """In place of `json` wherever the arguments allow it: as much as orjson could give at most."""
    import orjson  # type: ignore[import-not-found]  # noqa: PLC0415

    ours: Any = json
    dumps = json.dumps

    def quick(value: Any, **how: Any) -> str:
        how.pop("ensure_ascii", None)
        return dumps(value, **how) if how else orjson.dumps(value).decode()

    ours.dumps, ours.loads = quick, lambda said, **_: orjson.loads(said)


def _seldom_garbage() -> None:
    from cohort_bot import bootstrap  # noqa: PLC0415

    bootstrap.COLLECT_AFTER = 100_000


LEVERS: Mapping[str, Callable[[], None]] = {
    "none": lambda: None,
    "sys.setswitchinterval(0.0005)": lambda: sys.setswitchinterval(0.0005),
    "sys.setswitchinterval(0.02)": lambda: sys.setswitchinterval(0.02),
    "garbage collected after 100,000 objects": _seldom_garbage,
    "uvloop": _uvloop,
    "orjson": _orjson,
    "MALLOC_ARENA_MAX=1": lambda: None,
    "LEVER_PYTHON": lambda: None,
}


def _at_hand(lever: str) -> bool:
    if lever == "LEVER_PYTHON":
        return lever in os.environ
    return lever not in {"uvloop", "orjson"} or importlib.util.find_spec(lever) is not None


async def measured() -> dict[str, list[float]]:
    """Milliseconds of processor time for a check-in in each turn, by lever."""
    from tests.fakes.process import cpu_seconds  # noqa: PLC0415 - another Python has no tests' libraries

    from benchmarks import slack  # noqa: PLC0415

    found: dict[str, list[float]] = {lever: [] for lever in LEVERS if _at_hand(lever)}
    async with contextlib.AsyncExitStack() as stack:
        root = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        paths, bots = [str(ROOT), str(ROOT / "src"), os.environ.get("PYTHONPATH", "")], {}
        for number, lever in enumerate(found):
            await slack.fill(root / f"{number}.db")
            python = os.environ["LEVER_PYTHON"] if lever == "LEVER_PYTHON" else sys.executable
            settings = slack.our_bot(root / f"{number}.db")[1] | {"PYTHONPATH": os.pathsep.join(paths)}
            settings |= {"MALLOC_ARENA_MAX": "1"} if lever.startswith("MALLOC") else {}
            running = slack.slack_with([python, "-m", "benchmarks.levers", lever], settings)
            server, process = await stack.enter_async_context(running)
            bots[lever] = await slack.known_people(server), process
        for _ in range(TURNS):
            for lever, (people, process) in bots.items():
                before = cpu_seconds(process)
                times = (await slack.closed_loop(people.submit, SECONDS))[1]
                found[lever].append((cpu_seconds(process) - before) / len(times) * 1000)
    return found


def run() -> list[Any]:
    """A figure for each lever that is at hand."""
    from benchmarks.world import Figure, median  # noqa: PLC0415

    found = asyncio.run(measured())
    figures = [Figure("processor time of a check-in on Slack without levers", median(found["none"]), "ms")]
    for lever, costs in found.items():
        if lever != "none":
            ratio = median([one / other for one, other in zip(costs, found["none"], strict=True)])
            figures.append(Figure(f"with {lever}", ratio, "×", "in from 0.95 on"))
    return figures


def main() -> None:
    """The bot with one lever."""
    LEVERS[sys.argv[1]]()
    from cohort_bot.cli import main as command  # noqa: PLC0415 - a lever may have to be there first

    command(["run"])


if __name__ == "__main__":
    main()

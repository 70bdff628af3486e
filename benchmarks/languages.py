"""`python -m benchmarks.languages [CHECKOUT …]`: what the languages on board cost whoever uses English alone.

This checkout takes turns with a copy of it that knows no language but English, and with the checkouts that are named,
such as one from before there were languages; then other work lies between them, too. Each turn is two processes: a
start on an empty database, and check-ins on Discord with 200 in flight. Processor time and memory are the bot's alone.
Writes no file.
"""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

TURNS = 9
WARMING, FORMS = 60, 240
MEASURED = ("processor seconds until the first answer", "resident MiB", "processor ms of a check-in")
HERE = Path(__file__).parents[1]

ENGLISH_ALONE = {
    "catalogues.py": """
language = typing = lambda: ENGLISH
closest = find = on_board = lambda _: ENGLISH
languages = lambda: (ENGLISH,)
""",
    "typed.py": "in_words = lambda text: text\n",
    "i18n.py": """
speaking = answering = lambda *_, **__: nullcontext()
go_on_in = lambda _: None
_said = lambda message: message
_counted = lambda one, many, number: one if number == 1 else many
""",
}
"""What is put below the modules of `cohort_bot.chat`, which then do what they did before there were languages."""


def english_alone(folder: Path) -> Path:
    """A copy of this checkout without catalogues and translated programmes."""
    for name in ("src", "migrations", "content", "tests", "benchmarks"):
        ignored = shutil.ignore_patterns("__pycache__", "translations")
        shutil.copytree(HERE / name, folder / name, ignore=ignored if name == "content" else None)
    for name, code in ENGLISH_ALONE.items():
        with (folder / "src/cohort_bot/chat" / name).open("a", encoding="utf-8") as module:
            module.write(code)
    return folder


async def turn(folder: Path) -> tuple[float, float, float]:
    """What `MEASURED` says, of the checkout whose modules are imported."""
    from tests.fakes.discord_server import DiscordServer  # noqa: PLC0415
    from tests.fakes.process import bot_process, cpu_seconds  # noqa: PLC0415

    from benchmarks import guild as small  # noqa: PLC0415

    small.COHORTS, small.MEMBERS = 10, 30
    from benchmarks.discord import Sender, closed_loop  # noqa: PLC0415
    from benchmarks.guild import address, forms, guild  # noqa: PLC0415
    from benchmarks.memory import start  # noqa: PLC0415

    async with DiscordServer(lambda: datetime.now(UTC)) as server:  # noqa: TID251 - Discord's clock
        started = await start(folder, server)
    full = Path(tempfile.mkdtemp(dir=folder))
    async with guild(full / "bot.db") as server, bot_process(full, **address(server)) as process:
        await server.until(lambda: server.gateway.sessions, within=60)
        sender = Sender(server, await forms(server))
        await closed_loop(sender, WARMING)
        before = cpu_seconds(process)
        await closed_loop(sender, FORMS)
        spent = cpu_seconds(process) - before
    return started.cpu, started.memory, spent / FORMS * 1000


def measured(checkout: Path, folder: Path) -> list[float]:
    """One turn of a checkout, in a process that imports nothing of another."""
    path = os.pathsep.join([str(checkout / "src"), str(checkout)])
    command = [sys.executable, "-P", __file__, str(folder)]
    environment = {**os.environ, "PYTHONPATH": path}
    done = subprocess.run(command, cwd=checkout, env=environment, capture_output=True, check=True)
    found: list[float] = json.loads(done.stdout)
    return found


def middle(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


def main(others: list[Path]) -> None:
    """Print each side's medians, and how many per cent this checkout takes more: the median of all turns."""
    with tempfile.TemporaryDirectory() as scratch:
        sides = {"languages": HERE, "English alone": english_alone(Path(scratch) / "alone")}
        sides |= {each.name: each for each in others}
        found: dict[str, list[list[float]]] = {name: [] for name in sides}
        for number in range(TURNS + 1):
            for name in [*sides][:: 1 if number % 2 else -1]:
                folder = Path(scratch) / f"run-{name}"
                folder.mkdir(exist_ok=True)
                found[name].append(measured(sides[name], folder))
        for name, turns in found.items():
            del turns[0]  # its database is made, and its code compiled
            for place, what in enumerate(MEASURED):
                mine = [each[place] for each in found["languages"]]
                theirs = [each[place] for each in turns]
                more = middle([100 * (one / other - 1) for one, other in zip(mine, theirs, strict=True)])
                print(f"{name:16}{what:44}{middle(theirs):8.3f}{more:+8.1f} %")


if __name__ == "__main__":
    if __package__:
        main([Path(each).resolve() for each in sys.argv[1:]])
    else:
        print(json.dumps(asyncio.run(turn(Path(sys.argv[1])))))

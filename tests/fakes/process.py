"""`cohort-bot run` as a process of its own, with the settings that are given and no others; and what it takes."""

import asyncio
import contextlib
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

ALIEN = re.compile(r"proxy|slack|discord|database_url|^port$", re.IGNORECASE)


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """What a bot in the folder sees: the machine's variables less those that are settings, and the given settings."""
    kept = {name: value for name, value in os.environ.items() if not ALIEN.search(name)}
    return {**kept, "DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'bot.db'}", **settings}


@contextlib.asynccontextmanager
async def bot_process(folder: Path, **settings: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """The process, ended by SIGTERM; it must end cleanly within fifteen seconds."""
    process = await asyncio.create_subprocess_exec(
        Path(sys.executable).with_name("cohort-bot"),
        "run",
        env=environment(folder, **settings),
        cwd=folder,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    said = asyncio.create_task(process.stderr.read() if process.stderr else asyncio.sleep(0, b""))
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(15):
            await process.wait()
        errors = await said
    assert process.returncode == 0, errors.decode()


def resident(process: asyncio.subprocess.Process) -> float:
    """MiB of memory that the process holds now (Linux)."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{process.pid}/status").read_text(encoding="ascii"))
    assert found is not None
    return int(found[1]) / 1024


def cpu_seconds(process: asyncio.subprocess.Process) -> float:
    """Seconds of CPU that the process has used, in user and kernel mode (Linux)."""
    fields = Path(f"/proc/{process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

"""`cohort-bot run` as a process of its own, on the loopback Discord."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from cohort_bot.storage.database import SqliteDatabase
from tests.fakes.discord_server import DiscordServer
from tests.fakes.process import bot_process, cpu_seconds, resident

pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc: Linux"),
]

CPU_MOST = 1.6
"""Seconds of CPU until the first answer: about twice what it takes, and the same on a machine that is busy."""

MEMORY_MOST = 85.0
"""MiB with Discord alone."""

NOT_LOADED = {
    "alembic", "apscheduler", "cryptography", "docx", "greenlet", "icalendar", "jinja2", "markdown_it", "openpyxl",
    "procrastinate", "prometheus_client", "psycopg", "pydantic", "pypdf", "resvg_py", "slack_bolt", "slack_sdk",
    "sqlalchemy.dialects.postgresql", "sqlalchemy.ext.asyncio", "sqlalchemy.orm", "starlette", "uvicorn", "yaml",
    "cohort_bot.board.app", "cohort_bot.maintenance", "cohort_bot.programmes.load", "cohort_bot.storage.postgres",
    "cohort_bot.web.server",
}  # fmt: skip
"""Modules of what a bot on SQLite with Discord alone does not use, or not until somebody asks for it."""

SITE = """
import atexit, sys
sys.modules["rich"] = sys.modules["greenlet"] = None  # tools of development, which structlog imports where they are
atexit.register(lambda: open("loaded.txt", "w").write("\\n".join(m for m, loaded in sys.modules.items() if loaded)))
"""


def system_now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - another process cannot be lent a clock


def settings(server: DiscordServer) -> dict[str, str]:
    return {
        "DISCORD_TOKEN": server.token,
        "DISCORD_API_URL": server.api_url,
        "DISCORD_GATEWAY_URL": server.gateway_url,
    }


@pytest.mark.timed
async def test_the_first_command_is_answered_soon_after_the_start_and_what_is_not_used_is_not_loaded(
    tmp_path: Path,
) -> None:
    SqliteDatabase(tmp_path / "bot.db").upgrade()
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(SITE, encoding="ascii")
    as_installed = {"PYTHONPATH": str(tmp_path / "site")}
    async with (
        DiscordServer(system_now) as server,
        bot_process(tmp_path, **settings(server), **as_installed) as process,
    ):
        await server.until(lambda: server.gateway.sessions, within=60)
        answer = await server.slash("member-1", "general", "help")
        assert "What I can do" in answer.text
        assert not answer.deferred
        # Elapsed time is that of the machine's other work too; benchmarks/memory.py has it.
        assert cpu_seconds(process) < CPU_MOST
        for command in ("plan", "progress", "checkin"):
            await server.slash("member-1", "general", command)
        assert resident(process) < MEMORY_MOST
    loaded = (tmp_path / "loaded.txt").read_text(encoding="utf-8").splitlines()
    assert "discord" in loaded
    assert NOT_LOADED.intersection(loaded) == set()


async def test_a_wrong_token_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    async with DiscordServer(system_now) as server:
        with pytest.raises(AssertionError, match="DISCORD_TOKEN is not a token that Discord knows"):
            async with bot_process(tmp_path, **settings(server) | {"DISCORD_TOKEN": "MTIz.abc.def"}) as process:
                await process.wait()
        assert process.returncode == 2

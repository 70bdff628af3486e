"""`cohort-bot run` as a process of its own, on the loopback Discord."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.fakes.discord_server import DiscordServer
from tests.fakes.process import bot_process, cpu_seconds, resident

pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc: Linux"),
]

CPU_MOST = 2.2
"""Seconds of CPU until the first answer: about twice what it takes, and the same on a machine that is busy."""

MEMORY_MOST = 110.0
"""MiB with Discord alone."""


def system_now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - another process cannot be lent a clock


def settings(server: DiscordServer) -> dict[str, str]:
    return {
        "DISCORD_TOKEN": server.token,
        "DISCORD_API_URL": server.api_url,
        "DISCORD_GATEWAY_URL": server.gateway_url,
    }


async def test_the_first_command_is_answered_soon_after_the_start_and_memory_is_small(tmp_path: Path) -> None:
    # structlog imports rich where it is installed: among the tools of development, and in no requirement of the bot.
    (tmp_path / "without").mkdir()
    (tmp_path / "without" / "sitecustomize.py").write_text("import sys\nsys.modules['rich'] = None\n", encoding="ascii")
    as_installed = {"PYTHONPATH": str(tmp_path / "without")}
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
        await server.slash("member-1", "general", "plan")
        assert resident(process) < MEMORY_MOST


async def test_a_wrong_token_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    async with DiscordServer(system_now) as server:
        with pytest.raises(AssertionError, match="DISCORD_TOKEN is not a token that Discord knows"):
            async with bot_process(tmp_path, **settings(server) | {"DISCORD_TOKEN": "MTIz.abc.def"}) as process:
                await process.wait()
        assert process.returncode == 2


async def test_a_platform_that_is_not_used_is_not_imported(tmp_path: Path) -> None:
    code = (
        "import sys; from cohort_bot import bootstrap; import cohort_bot.platforms.discord.adapter;"
        "print([m for m in ('slack_bolt', 'slack_sdk', 'jinja2', 'alembic', 'cohort_bot.programmes.importing.importer')"
        " if m in sys.modules])"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    found, _ = await process.communicate()
    assert found.decode().strip() == "[]"

"""What an operator runs: the Procfile, the image, the unit and the pages. Kept honest where no engine is at hand."""

import asyncio
import fnmatch
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from cohort_bot.chat.catalogues import languages
from tests.fakes.discord_server import DiscordServer

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
HOW_TO = ROOT / "docs/how-to"


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - another process cannot be lent a clock


def instructions() -> list[tuple[str, str]]:
    """(keyword, rest) of the Dockerfile, continued lines joined."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(word, rest.strip()) for word, _, rest in (line.strip().partition(" ") for line in lines)]


def blocks(page: str, language: str) -> list[str]:
    text = (HOW_TO / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def environment(**settings: str) -> dict[str, str]:
    """Without anybody's tokens and proxies, with this virtual environment first."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DISCORD_", "SLACK_")) and "proxy" not in name.lower()
    }
    return {**kept, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", **settings}


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def test_the_dockerfile_passes_its_linter() -> None:
    done = subprocess.run([BIN / "hadolint", ROOT / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_image_copies_only_what_is_there_and_what_is_not_ignored() -> None:
    kept = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    sources = [
        name for word, rest in instructions() if word == "COPY" and "--from" not in rest for name in rest.split()[:-1]
    ]
    assert sources
    for name in sources:
        assert (ROOT / name).exists(), name
        assert any(fnmatch.fnmatch(name, pattern) for pattern in kept), f"{name} is ignored"
    for secret in (".env", "cohort-bot.db", ".git", "tests"):
        assert secret not in kept


def test_the_image_runs_as_nobody_special_and_is_asked_for_its_health() -> None:
    found = dict(instructions()[-9:])
    assert found["USER"] == "10001"
    assert found["ENTRYPOINT"] == '["cohort-bot"]'
    assert "/healthz" in found["HEALTHCHECK"]
    assert [word for word, _ in instructions()].index("USER") > 0


@pytest.mark.process
@pytest.mark.timeout(600)
def test_the_images_run_lines_make_a_bot_that_starts(tmp_path: Path) -> None:
    if "image" not in os.environ.get("COHORT_BOT_REQUIRE", "").split(","):
        pytest.skip("downloads every package: COHORT_BOT_REQUIRE=image runs it")
    source, bot, builder = tmp_path / "src", tmp_path / "cohort-bot", tmp_path / "builder"
    source.mkdir()
    subprocess.run([sys.executable, "-m", "venv", builder], check=True)
    # Without bytecode of all packages, which takes longer than all else: two commands are run.
    path = {"PATH": f"{builder / 'bin'}{os.pathsep}{os.environ['PATH']}", "PIP_NO_COMPILE": "1"}
    for word, rest in instructions():
        if word == "COPY" and "--from" not in rest:
            *names, _ = rest.split()
            for name in names:
                copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
                copy(ROOT / name, source / name)
        elif word == "RUN" and not rest.startswith(("apt-get", "useradd")):  # nothing of this machine
            line = rest.replace("/opt/cohort-bot", str(bot)).replace("/src/wheels", str(source / "wheels"))
            subprocess.run(line, shell=True, cwd=source, env={**os.environ, **path}, check=True)  # noqa: S602 - our own
    done = subprocess.run([bot / "bin/cohort-bot", "content", "check"], cwd=tmp_path, capture_output=True, check=False)
    assert b"nothing wrong" in done.stdout, done.stderr
    said = "from cohort_bot.chat.catalogues import *; print(*(a for a in languages()[1:] if CATALOGUES[a].info()))"
    done = subprocess.run([bot / "bin/python", "-c", said], cwd=tmp_path, capture_output=True, check=True)
    assert done.stdout.decode().split() == list(languages()[1:])  # compiled, for there is no source in the package
    url = {"DATABASE_URL": f"sqlite:///{tmp_path / 'x.db'}"}
    done = subprocess.run(
        [bot / "bin/cohort-bot", "db", "upgrade"],
        cwd=tmp_path,
        env=environment(**url),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_composition_names_what_there_is() -> None:
    service: Mapping[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]["bot"]
    assert (ROOT / service["build"] / "Dockerfile").exists()
    assert service["environment"]["DATABASE_URL"].endswith("/data/cohort-bot.db")
    assert service["volumes"] == ["data:/data"]
    assert all(str(port).startswith("127.0.0.1:") for port in service["ports"])
    variables = set(service["environment"])
    assert variables <= set(re.findall(r"`([A-Z_]+)`", (ROOT / "docs/reference/settings.md").read_text()))


def test_the_unit_is_one_that_systemd_takes(tmp_path: Path) -> None:
    text = (ROOT / "deploy/cohort-bot.service").read_text()
    start = re.search(r"ExecStart=(\S+)", text)
    assert start
    assert start[1] == "/opt/cohort-bot/.venv/bin/cohort-bot", "where the page puts it"
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not there")
    assert "\nRestartPreventExitStatus=2\n" in text
    assert "\nAfter=network-online.target time-sync.target\n" in text
    unit = tmp_path / "cohort-bot.service"
    unit.write_text(text.replace(start[1], str(BIN / "cohort-bot")))
    done = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_lines_of_the_procfile_are_those_of_the_page() -> None:
    lines = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())
    assert sorted(lines) == ["release", "web", "worker"]
    assert {"`web`", "`worker`"} <= set(re.findall(r"^\| (`\w+`)", (HOW_TO / "procfile-host.md").read_text(), re.M))


@pytest.mark.process
async def test_the_page_for_procfile_hosts_works_as_written(tmp_path: Path) -> None:
    upgrade, start = blocks("procfile-host.md", "bash")[0].splitlines()
    for name in ("Procfile", "src", "content", "migrations"):
        (tmp_path / name).symlink_to(ROOT / name)
    port = free_port()
    async with DiscordServer(now) as server:
        settings = {
            "DATABASE_URL": f"sqlite:///{tmp_path / 'bot.db'}",
            "DISCORD_TOKEN": server.token,
            "DISCORD_API_URL": server.api_url,
            "DISCORD_GATEWAY_URL": server.gateway_url,
            "PORT": str(port),
        }
        (tmp_path / ".env").write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
        done = await asyncio.create_subprocess_shell(upgrade, cwd=tmp_path, env=environment())
        assert await done.wait() == 0
        honcho = await asyncio.create_subprocess_shell(
            f"exec {start}", cwd=tmp_path, env=environment(), stdout=asyncio.subprocess.PIPE
        )
        assert honcho.stdout is not None
        try:
            async with asyncio.timeout(60):
                while b"connected to discord" not in (line := await honcho.stdout.readline()):
                    assert line, "it ended"
            said = await asyncio.to_thread(_healthy, port)
            assert said == 0
        finally:
            honcho.terminate()
            await honcho.communicate()
        assert honcho.returncode in {0, -15, 143}, honcho.returncode


def _healthy(port: int) -> int:
    """The image's own health check, for this port."""
    command = re.search(r"CMD \[(.*)\]", dict(instructions())["HEALTHCHECK"])
    assert command
    program = re.findall(r'"((?:[^"\\]|\\.)*)"', command[1])[2].replace(":8000", f":{port}")
    return subprocess.run([sys.executable, "-c", program], env=environment(), check=False).returncode


@pytest.mark.process
@pytest.mark.parametrize("page", ["one-small-machine.md", "backups-with-litestream.md"])
async def test_the_commands_of_the_pages_work_as_written(tmp_path: Path, page: str) -> None:
    lines = blocks(page, "bash")[0]
    state, settings = tmp_path / "state", tmp_path / "cohort-bot.env"
    state.mkdir()
    async with DiscordServer(now) as server:
        own = {"DISCORD_TOKEN": server.token, "DISCORD_API_URL": server.api_url}
        settings.write_text("".join(f"{name}={value}\n" for name, value in own.items()))
        for there, here in {
            "/var/lib/cohort-bot\n": f"{state}\n",
            "/etc/cohort-bot.env": str(settings),
            "/opt/cohort-bot/.venv/bin": str(BIN),
        }.items():
            lines = lines.replace(there, here)
        # Litestream's part: the file that it would restore.
        lines = re.sub(r"^litestream restore .*$", "cohort-bot db backup restored.db", lines, flags=re.M)
        before = "set -e\ncohort-bot db upgrade\n"
        process = await asyncio.create_subprocess_shell(
            before + lines,
            cwd=state,
            env=environment(**own),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    assert "All good." in said.decode()


def test_what_the_pages_say_of_the_image_is_a_command_that_there_is() -> None:
    """Every `cohort-bot …` of the pages, by its first words."""
    known = set(re.findall(r"^## `?cohort-bot ([\w ]+)", (ROOT / "docs/reference/command-line.md").read_text(), re.M))
    for page in ("one-small-machine", "procfile-host", "container", "backups-with-litestream"):
        for command in _commands((HOW_TO / f"{page}.md").read_text()):
            assert any(command.startswith(each.strip()) for each in known), f"{page}: cohort-bot {command}"


def _commands(text: str) -> Iterator[str]:
    yield from re.findall(r"(?:cohort-bot|--rm bot) ((?:run|doctor|db|content)(?: [a-z]+)?)", text)

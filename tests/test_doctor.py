"""The doctor finds each thing that can be wrong, and names its cure; on loopback platforms and real files."""

import asyncio
import contextlib
import json
import os
import shutil
import sqlite3
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from cohort_bot import doctor
from cohort_bot.clocks import SystemClock
from cohort_bot.doctor import Check
from cohort_bot.platforms.common import pictures
from cohort_bot.storage import migrate
from tests.fakes.bot import StillClock
from tests.fakes.command_line import cohort_bot
from tests.fakes.discord_server import DiscordServer
from tests.fakes.discord_world import CREATE_EVENTS, CREATE_PRIVATE
from tests.fakes.slack_server import SlackServer
from tests.platforms.discord import cohort as on_discord
from tests.platforms.slack import cohort as on_slack


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the platforms' own clock is the machine's


class Installation(NamedTuple):
    """A Discord with a cohort, and the settings of its bot, which is stopped."""

    server: DiscordServer
    environment: dict[str, str]
    database: Path


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Installation]:
    async with DiscordServer(now) as server:
        async with on_discord.running(tmp_path, server=server, clock=StillClock(now())) as bot:
            await bot.create()
        environment = {
            "DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}",
            "DISCORD_TOKEN": server.token,
            "DISCORD_API_URL": server.api_url,
        }
        yield Installation(server, environment, tmp_path / "bot.db")


async def examined(environment: Mapping[str, str], clock: SystemClock | StillClock | None = None) -> list[Check]:
    return [check async for check in doctor.examine(environment, clock or SystemClock())]


async def to_mend(environment: Mapping[str, str], clock: SystemClock | StillClock | None = None) -> list[Check]:
    found = [check for check in await examined(environment, clock) if check.state == "fix"]
    assert all(check.cure for check in found), found
    return found


async def test_a_healthy_installation_has_nothing_to_mend_and_every_subject_is_looked_at(here: Installation) -> None:
    checks = await examined(here.environment)
    assert [check for check in checks if check.state != "ok" and check.name != "disk"] == []
    names = {check.name for check in checks}
    assert names == {
        "settings",
        "database",
        "migration",
        "deliveries",
        "content",
        "time zones",
        "disk",
        "discord",
        "pictures",
        "clock",
    }
    said = " ".join(check.says for check in checks)
    assert "tzdata 20" in said
    assert "1 room fine" in said
    assert "the bot is stopped" in said


async def test_it_works_while_the_bot_runs(tmp_path: Path) -> None:
    from cohort_bot import bootstrap  # noqa: PLC0415 - here alone

    async with DiscordServer(now) as server:
        with bootstrap.only_one(tmp_path / "bot.db"):
            async with on_discord.running(tmp_path, server=server, clock=StillClock(now())) as bot:
                await bot.create()
                environment = {
                    "DATABASE_URL": f"sqlite:///{tmp_path / 'bot.db'}",
                    "DISCORD_TOKEN": server.token,
                    "DISCORD_API_URL": server.api_url,
                }
                checks = await examined(environment)
    assert [check for check in checks if check.state == "fix"] == []
    assert any("the bot is running" in check.says for check in checks)


@pytest.mark.parametrize(
    ("change", "problem", "cure"),
    [
        ({"DISCORD_TOKEN": "wrong.token.here"}, "not a token that Discord knows", "Reset Token"),
        ({"DISCORD_API_URL": "http://127.0.0.1:9/api/v10"}, "Discord cannot be reached", "DISCORD_API_URL"),
        ({"DISCORD_TOKEN": ""}, "No platform is set up", "cohort-bot demo"),
        ({"PORT": "many"}, "PORT is 'many'", "1 to 65535"),
        ({"DYNO": "web.1"}, "wipes its disk", "ALLOW_EPHEMERAL_DISK"),
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, "SLACK_BOT_TOKEN is set", "SLACK_APP_TOKEN"),
        ({"DATABASE_URL": "sqlite:////nowhere/at/all/bot.db"}, "folder that doesn't exist", "Create the folder"),
    ],
)
async def test_a_wrong_setting_is_found(here: Installation, change: dict[str, str], problem: str, cure: str) -> None:
    found = await to_mend({**here.environment, **change})
    assert len(found) == 1, found
    assert problem in found[0].says
    assert cure in f"{found[0].says} {found[0].cure}"


async def test_a_mistyped_setting_is_pointed_out(here: Installation) -> None:
    checks = await examined({**here.environment, "DISCORD_TOKN": "x"})
    assert [(check.says, check.cure) for check in checks if check.state == "look" and check.name == "settings"] == [
        ("DISCORD_TOKN isn't a setting", "If you mean DISCORD_TOKEN, rename it.")
    ]


async def test_a_missing_permission_a_lost_room_and_a_lost_server_each_have_their_cure(here: Installation) -> None:
    general = here.server.channel("general")
    general.denied |= CREATE_PRIVATE
    (groups,) = [check for check in await examined(here.environment) if check.name == "discord" and check.cure]
    assert groups.state == "look", "it works all the same"
    assert "small groups get a thread in the room, which everybody there can read" in groups.says
    assert "allow “Create Private Threads”" in groups.cure
    general.denied, here.server.world.withheld = 0, CREATE_EVENTS
    (events,) = [check for check in await examined(here.environment) if check.name == "discord" and check.cure]
    assert events.state == "look"
    assert "the paper club's dates are not among the server's events" in events.says
    assert "Server Settings > Roles" in events.cure
    here.server.world.withheld = 0
    general.denied = 1 << 11  # Send Messages
    assert [("Send Messages" in each.says, "Permissions" in each.cure) for each in await to_mend(here.environment)] == [
        (True, True)
    ]
    del here.server.world.channels[general.id]
    assert ["/cohort room" in each.cure for each in await to_mend(here.environment)] == [True]
    here.server.world.member = False
    assert ["discord invite" in each.cure for each in await to_mend(here.environment)] == [True]


async def test_a_clock_that_is_off_is_told_with_the_direction(here: Installation) -> None:
    slow = StillClock(now() - timedelta(minutes=3))
    found = await to_mend(here.environment, slow)
    assert [each.name for each in found] == ["clock"]
    assert "behind discord's clock" in found[0].says
    fast = await to_mend(here.environment, StillClock(now() + timedelta(seconds=50)))
    assert any("ahead of" in each.says for each in fast if each.name == "clock")


async def test_a_damaged_a_foreign_and_an_old_database_are_told_apart(here: Installation) -> None:
    whole = here.database.read_bytes()
    here.database.write_bytes(whole[: len(whole) // 2])
    assert ["db restore" in each.cure for each in await to_mend(here.environment)] == [True]
    here.database.write_bytes(whole)
    for revision, cure in (("2031_01_01", "Install that release"), ("2026_11_22", "db upgrade")):
        with contextlib.closing(sqlite3.connect(here.database)) as connection:
            known = connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]
            oldest = min(each for each in migrate.revisions() if each != known)
            version = oldest if revision == "2026_11_22" else revision
            connection.execute("UPDATE alembic_version SET version_num = ?", (version,))
            connection.commit()
        found = await to_mend(here.environment)
        assert [cure in f"{each.cure}" for each in found] == [True], found
        here.database.write_bytes(whole)


async def test_parked_and_overdue_messages_are_counted_with_their_reason(tmp_path: Path) -> None:
    async with DiscordServer(now) as server:
        clock = StillClock(now())
        async with on_discord.running(tmp_path, server=server, clock=clock) as bot:
            await bot.create()
            opening = next(iter(await bot.runtime.database.read(lambda store: store.cohorts.active())))
            await server.deny("general", 1 << 11)
            await bot.until(opening.calendar.opens(1) + timedelta(hours=1))
        environment = {
            "DATABASE_URL": f"sqlite:///{tmp_path / 'bot.db'}",
            "DISCORD_TOKEN": server.token,
            "DISCORD_API_URL": server.api_url,
        }
        found = [each for each in await to_mend(environment) if each.name == "deliveries"]
    assert len(found) == 1
    assert "1 message for AI 2027 can't be delivered: I may not post there" in found[0].says
    assert "Try again" in found[0].cure


async def test_where_posts_cannot_be_recognised_is_told(tmp_path: Path) -> None:
    async with DiscordServer(now) as server:
        async with on_discord.running(tmp_path, server=server, clock=StillClock(now())) as bot:
            await bot.create()
            server.http.renumbers = True
            await bot.runtime.courier.sender.marks.look()
            assert [each.bearable for each in await bot.runtime.findings()] == [True], "it works all the same"
        environment = {
            "DATABASE_URL": f"sqlite:///{tmp_path / 'bot.db'}",
            "DISCORD_TOKEN": server.token,
            "DISCORD_API_URL": server.api_url,
        }
        (found,) = [each for each in await to_mend(environment) if each.name == "deliveries"]
    assert f"discord {server.channel('general').id} haven't been recognisable since" in found.says
    assert "read earlier messages" in found.cure


async def test_little_room_on_the_disk_is_told(here: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    class Usage(NamedTuple):
        free: int

    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(5 * 2**20))
    assert [(each.name, "5 MiB" in each.says) for each in await to_mend(here.environment)] == [("disk", True)]


async def test_what_pictures_lack_is_said_once(here: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    async def about_pictures() -> list[str]:
        found = [check for check in await examined(here.environment) if check.name == "pictures"]
        assert all(check.state == "look" for check in found)
        return [f"{check.says}: {check.cure}" for check in found]

    monkeypatch.setattr(pictures, "draw", lambda _: b"the same with letters and without")
    (said,) = await about_pictures()
    assert "no fonts" in said
    monkeypatch.setattr(pictures, "LIBRARY", "no_such_library")
    (said,) = await about_pictures()
    assert "in words alone" in said
    assert "cohort-bot[pictures]" in said


async def test_slack_tokens_scopes_and_rooms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    async with SlackServer(now) as slack:
        async with on_slack.running(tmp_path, "socket", slack=slack, clock=StillClock(now())) as bot:
            await bot.create()
        environment = {
            "DATABASE_URL": f"sqlite:///{tmp_path / 'bot.db'}",
            "SLACK_BOT_TOKEN": slack.world.bot_token,
            "SLACK_APP_TOKEN": slack.world.app_token,
            "SLACK_API_URL": slack.api_url,
        }
        assert await to_mend(environment) == []
        slack.world.scopes = slack.world.scopes - {"users:read"}
        assert [("users:read" in each.says, "manifest" in each.cure) for each in await to_mend(environment)] == [
            (True, True)
        ]
        slack.world.scopes = slack.world.scopes - {"mpim:write"} | {"users:read"}
        (groups,) = [check for check in await examined(environment) if "mpim:write" in check.says]
        assert (groups.state, "thread in the room" in groups.says, "manifest" in groups.cure) == ("look", True, True)
        wrong = await to_mend({**environment, "SLACK_APP_TOKEN": "xapp-no", "SLACK_BOT_TOKEN": "xoxb-no"})
        assert ["SLACK_BOT_TOKEN is not a token" in each.says for each in wrong] == [True]
        del slack.world.channels["C1"]
        found = await to_mend({**environment, "SLACK_APP_TOKEN": "xapp-no"})
        assert any("SLACK_APP_TOKEN" in each.says for each in found)
        assert any("channel_not_found" in each.says for each in found)


async def test_before_the_first_start_there_is_only_a_database_to_come(here: Installation, tmp_path: Path) -> None:
    checks = await examined({**here.environment, "DATABASE_URL": f"sqlite:///{tmp_path / 'new.db'}"})
    assert [check.says for check in checks if check.state == "look" and check.name == "database"] != []
    assert not (tmp_path / "new.db").exists(), "the doctor changes nothing"


@pytest.mark.process
@pytest.mark.parametrize("words", [("doctor",), ("doctor", "--json")])
async def test_on_the_command_line(here: Installation, tmp_path: Path, words: tuple[str, ...]) -> None:
    async def run(**change: str) -> tuple[int | None, str]:
        kept = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
        environment = {**kept, **here.environment, **change}
        done = await asyncio.to_thread(cohort_bot, *words, cwd=tmp_path, env=environment)
        assert done.stderr == ""
        return done.returncode, done.stdout

    code, said = await run()
    assert code == 0, said
    if "--json" in words:
        assert json.loads(said)["ok"] is True
    else:
        assert "All good." in said
    code, said = await run(DISCORD_TOKEN="wrong")
    assert code == 1
    assert "Reset Token" in said


async def test_where_only_the_demo_is_wanted_nothing_has_to_be_fixed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (check,) = [check for check in await examined({"PORT": "9000", "HOST": "127.0.0.1"}) if check.name == "settings"]
    assert (check.state, check.says) == ("look", "no platform is set up, and cohort-bot demo needs none")
    assert await to_mend({}) == []


@pytest.mark.parametrize("begun", [{"SECRET_KEY": "k"}, {"SLACK_SIGNING_SECRET": "x"}, {"DISCORD_TOKN": "x"}])
async def test_where_somebody_has_begun_to_install_it_the_missing_platform_has_to_be_fixed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, begun: dict[str, str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert [check.name for check in await to_mend(begun)] == ["settings"]


async def test_a_database_that_is_there_shows_that_the_bot_is_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cohort-bot.db").touch()
    assert "No platform is set up" in [check.says for check in await to_mend({}) if check.name == "settings"]

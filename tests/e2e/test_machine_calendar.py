"""`cohort-bot run` on a machine whose calendar jumps (libfaketime): for three seconds before an opening, and over it.

Elapsed time goes on as it does.
"""

import asyncio
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cohort_bot.app.ports.store import Store
from cohort_bot.core.rounds import Calendar
from tests.fakes.bot import LIBRARY
from tests.fakes.databases import database_at
from tests.fakes.process import bot_process
from tests.fakes.slack_server import SlackServer

PRELOADED = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))

pytestmark = [pytest.mark.process, pytest.mark.timeout(240)]


@pytest.fixture(autouse=True)
def _faketime() -> None:
    if not PRELOADED:
        if os.environ.get("COHORT_BOT_REQUIRE"):
            pytest.fail("libfaketime is not installed")
        pytest.skip("libfaketime is not installed (Debian's package libfaketime)")


def truth() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - what the platform's servers say


class Machine:
    """A calendar that is off by so many seconds, as the other process sees it within two seconds."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.settings = {
            "LD_PRELOAD": str(PRELOADED[0]),
            "FAKETIME_TIMESTAMP_FILE": str(file),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
        self.is_off(timedelta())

    def is_off(self, by: timedelta) -> None:
        new = self._file.with_suffix(".new")
        new.write_text(f"{by.total_seconds():+.0f}\n")
        new.replace(self._file)


async def cohort_that_opens(folder: Path, at: datetime) -> None:
    def add(store: Store) -> None:
        cohort = store.cohorts.add(
            platform="slack",
            workspace="T1",
            name="AI 2027",
            programme=LIBRARY.slugs()[0],
            calendar=Calendar(at.date(), at.time(), "UTC"),
            at=truth(),
            creator="nobody",
        )
        store.cohorts.add_room(cohort.id, "slack", "T1", "C1")

    database = database_at(folder)
    database.open()
    await database.write(add)
    await database.close()


async def test_the_card_comes_in_time_once_and_the_schedule_is_whole(tmp_path: Path) -> None:
    """On two machines at once, as most of it is waiting: a day back, and two years ahead."""
    async with asyncio.TaskGroup() as machines:
        for days in (-1, 730):
            folder = tmp_path / str(days)
            folder.mkdir()
            machines.create_task(leaps(folder, timedelta(days=days)))


async def leaps(folder: Path, leap: timedelta) -> None:
    machine = Machine(folder / "faketime")
    async with SlackServer(truth) as slack:
        opens = (truth() + timedelta(seconds=20)).replace(microsecond=0)
        await cohort_that_opens(folder, opens)
        settings = {
            "SLACK_BOT_TOKEN": slack.world.bot_token,
            "SLACK_APP_TOKEN": slack.world.app_token,
            "SLACK_API_URL": slack.api_url,
            **machine.settings,
        }
        async with bot_process(folder, **settings):
            await until(opens - timedelta(seconds=9))
            machine.is_off(leap)
            await until(opens - timedelta(seconds=6))
            machine.is_off(timedelta())
            await until(opens - timedelta(seconds=3))  # it is seen two seconds later
            machine.is_off(leap)
            await until(opens + timedelta(seconds=2))
            machine.is_off(timedelta())
            await until(opens + timedelta(seconds=9))
            weeks = [post.said.split(" · ")[0] for post in slack.world.posts("C1")]
    assert weeks == ["Week 1"], leap
    database = database_at(folder)
    planned = await database.read(lambda store: store.cohorts.planned([1])[1])
    due = await database.read(lambda store: store.cohorts.next_due())
    await database.dispose()
    assert planned < opens + timedelta(minutes=2)
    assert due is not None
    assert due < opens + timedelta(days=7), (leap, planned)


async def until(at: datetime) -> None:
    await asyncio.sleep(max(0.0, (at - truth()).total_seconds()))

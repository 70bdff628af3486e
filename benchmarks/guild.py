"""A Discord server full of cohorts for the figures: the loopback server, its people, and the bot's database."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from tests.fakes.discord_server import Answer, DiscordServer

from benchmarks.world import PROGRAMME
from cohort_bot.app.ports.store import Store
from cohort_bot.clocks import SystemClock
from cohort_bot.core.rounds import Calendar
from cohort_bot.storage.database import SqliteDatabase

COHORTS = 100
MEMBERS = 50
"""In each cohort."""


def channel(cohort: int) -> str:
    """The name of a cohort's room."""
    return f"room-{cohort}"


def person(cohort: int, member: int) -> str:
    """Somebody in a cohort."""
    return f"person-{cohort}-{member}"


@contextlib.asynccontextmanager
async def guild(path: Path) -> AsyncIterator[DiscordServer]:
    """A server whose cohorts are in the first round, open since midnight; nothing is due for a day."""
    now = SystemClock().now()
    async with DiscordServer(lambda: datetime.now(UTC)) as server:  # noqa: TID251 - Discord's clock
        for cohort in range(COHORTS):
            server.world.add_channel(channel(cohort))
            for member in range(MEMBERS):
                server.world.add_person(person(cohort, member))
        calendar = Calendar(now.date(), time(0), "UTC")
        before = now - timedelta(days=21)

        def fill(store: Store) -> None:
            guild_id = str(server.world.guild)
            creator = str(server.world.person("moderator").id)
            for number in range(COHORTS):
                added = store.cohorts.add(
                    platform="discord",
                    workspace=guild_id,
                    name=f"Cohort {number}",
                    programme=PROGRAMME,
                    calendar=calendar,
                    at=now,
                    creator=creator,
                )
                store.cohorts.add_room(added.id, "discord", guild_id, str(server.channel(channel(number)).id))
                for member in range(MEMBERS):
                    who = server.world.person(person(number, member))
                    account = store.people.add("discord", "", str(who.id), who.name, "UTC", who.handle, who.locale)
                    store.members.add(added.id, account, before, 1, 8, "To teach")

        database = SqliteDatabase(path)
        await asyncio.to_thread(database.upgrade)
        database.open()
        await database.write(fill)
        await database.close()
        yield server


def address(server: DiscordServer) -> dict[str, str]:
    """The settings of a bot on it."""
    return {
        "DISCORD_TOKEN": server.token,
        "DISCORD_API_URL": server.api_url,
        "DISCORD_GATEWAY_URL": server.gateway_url,
    }


async def form(server: DiscordServer, who: str, cohort: int) -> Answer:
    """The check-in form of somebody in a cohort; on a busy machine it takes a second press."""
    answer = await server.slash(who, channel(cohort), "checkin")
    while answer.modal is None:
        answer = await server.press(who, answer, "Open the form")
    return answer


async def forms(server: DiscordServer) -> list[Answer]:
    """The check-in form of each cohort, as its first member got it."""
    return [await form(server, person(cohort, 0), cohort) for cohort in range(COHORTS)]

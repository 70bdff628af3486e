"""A platform that workspaces install, with a database, and somebody's browser."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from cohort_bot.platforms.slack.adapter import SlackPlatform
from tests.fakes.bot import StillClock
from tests.fakes.databases import database_at
from tests.fakes.slack_oauth import Browser, asgi_get
from tests.fakes.slack_server import SlackServer
from tests.platforms.slack.conftest import SECRET_KEY, TABLE, Toy, connected


@contextlib.asynccontextmanager
async def app(
    slack: SlackServer, clock: StillClock, toy: Toy, folder: Path, mode: str = "oauth", secret_key: str = SECRET_KEY
) -> AsyncIterator[tuple[SlackPlatform, Browser]]:
    """The platform with a database, and somebody's browser."""
    database = database_at(folder)
    database.open()
    platform = connected(slack, clock, mode, secret_key=secret_key)
    assert platform.installations is not None
    platform.installations.attach(database, lambda _: None)
    await platform.start(TABLE, toy.dispatch, toy.complete)
    try:
        yield platform, Browser(asgi_get(platform.asgi()))
    finally:
        await platform.stop(1)
        await database.close()

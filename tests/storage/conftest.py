"""A new database of the kind that the test is on."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cohort_bot.storage.database import SqliteDatabase
from cohort_bot.storage.postgres import PostgresDatabase
from tests.fakes.databases import database_at


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[SqliteDatabase | PostgresDatabase]:
    it = database_at(tmp_path)
    it.upgrade()
    it.open()
    yield it
    await it.close()

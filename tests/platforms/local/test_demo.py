"""The demo's clock with the whole bot behind it: what the page offers as the next post is one that will come."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from cohort_bot.app.delivery import ledger
from cohort_bot.chat.message import Message
from tests.fakes.bot import running


async def test_the_next_post_is_ahead_as_soon_as_a_command_has_changed_the_plan(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        assert await bot.time.next_due() is None
        preview = await bot.type("moderator", '/cohort create name:"AI 2027" timezone:Europe/Berlin')
        assert isinstance(preview, Message)
        await bot.chat.press("moderator", preview, "Create")
        created = await bot.time.next_due()
        assert created is not None
        assert created > bot.clock.now()
        await bot.type("member-1", "/join timezone:Europe/Berlin")
        due = await bot.time.next_due()
        assert due is not None
        assert due > bot.clock.now()
        await bot.time.advance(due)
        assert bot.clock.now() == due


async def test_a_cohort_that_cannot_be_planned_does_not_hold_the_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fault(*_: object) -> int:
        raise RuntimeError("this cohort cannot be planned")

    async with running(tmp_path) as bot:
        await bot.create()
        to = bot.clock.now() + timedelta(days=30)
        monkeypatch.setattr(ledger, "materialise", fault)
        async with asyncio.timeout(5):
            await bot.time.advance(to)
        assert bot.clock.now() == to
    assert "cannot be planned" in caplog.text

"""The demo's clock with the whole bot behind it: what the page offers as the next post is one that will come."""

import asyncio
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from cohort_bot.app.delivery import kinds, ledger
from cohort_bot.app.delivery.kind import Scene
from cohort_bot.app.delivery.kinds import KINDS
from cohort_bot.app.delivery.upcoming import a_week_on
from cohort_bot.chat.form import Form
from cohort_bot.chat.message import Message
from cohort_bot.core.rounds import Calendar, Holiday
from tests.fakes.bot import MONDAY, TUESDAY, running
from tests.pseudo_locale import english


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


async def test_each_next_post_is_one_that_somebody_sees_and_the_button_says_who(tmp_path: Path) -> None:
    """Half of what the calendar has, reminders to those who have checked in, is nobody's to see."""
    async with running(tmp_path) as bot:
        assert await bot.time.next_post() is None
        await bot.create()
        await bot.join("member-1", "member-2", "member-3")
        names = {person.name: f"dm-{person.id}" for person in bot.chat.people.values()}
        told = []
        for _ in range(25):
            post = await bot.time.next_post()
            assert post is not None
            assert post.due > bot.clock.now()
            before = len(bot.chat.sent)
            await bot.time.advance(post.due)
            new = bot.chat.sent[before:]
            what = english(post.what)
            told.append(what)
            if " in #" in what:
                assert any(sent.ref.place.channel == what.split(" in #")[1] for sent in new), (what, new)
            else:
                name = next(name for name in names if f" for {name}" in what)
                others = int(what.split(" and ")[1].split()[0]) if " and " in what else 0
                assert names[name] in {sent.ref.place.channel for sent in new}
                assert len(new) >= 1 + others
            if what.startswith("the week's card"):
                await bot.check_in("member-1")
        assert "the week's card in #general" in told
        assert "a reminder for Sample Member 2 and 1 other" in told
        assert not any("Sample Member 1" in what for what in told if "reminder" in what), (
            "who has checked in needs none"
        )
        assert "questions on earlier weeks for Sample Member 1" in told


async def test_a_post_that_cannot_be_composed_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fault(_scene: Scene) -> None:
        raise RuntimeError("this card cannot be composed")

    async with running(tmp_path) as bot:
        await bot.create()
        broken = {**KINDS, "opening": replace(KINDS["opening"], compose=fault)}
        monkeypatch.setattr(kinds, "KINDS", broken)
        post = await bot.time.next_post()
        assert post is not None
        assert post.due > MONDAY
    assert "cannot be composed" in caplog.text


async def test_a_letter_that_waits_for_the_morning_is_a_next_post(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        await bot.create()
        await bot.join("member-1")
        evening = TUESDAY.replace(hour=22) + timedelta(weeks=3)
        await bot.until(evening)
        form = await bot.chat.press("moderator", await bot.message("moderator", "/cohort progress"), "Write to")
        assert isinstance(form, Form)
        await bot.chat.submit("moderator", form, "general")
        post = await bot.time.next_post()
        assert post is not None
        assert english(post.what) == "a moderator's private message for Sample Member 1"
        assert post.due == evening + timedelta(hours=9), "08:00 in Berlin"


@pytest.mark.parametrize(
    ("now", "then"),
    [
        (MONDAY - timedelta(days=3), MONDAY + timedelta(hours=25)),  # before the first week
        (MONDAY + timedelta(minutes=5), MONDAY + timedelta(days=7, hours=25)),
        (MONDAY + timedelta(hours=25), MONDAY + timedelta(days=7, hours=25)),
        (MONDAY + timedelta(days=4), MONDAY + timedelta(days=7, hours=25)),
        (MONDAY + timedelta(days=5), MONDAY + timedelta(days=14, hours=25)),
        (MONDAY + timedelta(days=22), None),  # two weeks off
    ],
)
def test_a_week_on_is_a_day_and_an_hour_after_an_opening(now: datetime, then: datetime | None) -> None:
    calendar = Calendar(date(2027, 1, 4), time(9), "Europe/Berlin", holidays=(Holiday(5, 3),))
    assert a_week_on(calendar, now) == then

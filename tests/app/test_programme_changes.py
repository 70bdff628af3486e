"""A programme is edited, or can no longer be read, while cohorts live on it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.core.delivery_states import State
from cohort_bot.core.programme import Programme, Task
from tests.fakes.bot import LIBRARY, MONDAY, BotUnderTest, running

pytestmark = pytest.mark.both_databases

SLUG = LIBRARY.slugs()[0]


class Editable:
    """Programmes that an author changes while the bot runs."""

    def __init__(self) -> None:
        original = LIBRARY.get(SLUG)
        assert original is not None
        self.programmes: dict[str, Programme] = {
            SLUG: original,
            "other": replace(original, slug="other", title="Other"),
        }

    def get(self, slug: str) -> Programme | None:
        return self.programmes.get(slug)

    def slugs(self) -> Sequence[str]:
        return sorted(self.programmes)

    def retitle(self, number: int) -> None:
        """Give a week another title and other tasks."""
        old = self.programmes[SLUG]
        week = replace(old.weeks[number - 1], title="Rewritten", tasks=(Task("Do the new thing", "New thing"),))
        weeks = (*old.weeks[: number - 1], week, *old.weeks[number:])
        self.programmes[SLUG] = replace(old, weeks=weeks)


def cards(bot: BotUnderTest, channel: str = "general") -> list[str]:
    return [sent.message.summary for sent in bot.chat.posts(channel) if sent.message.summary.startswith("Week")]


async def test_an_edit_changes_weeks_that_have_not_opened_and_nothing_else(tmp_path: Path) -> None:
    programmes = Editable()
    async with running(tmp_path, programmes=programmes) as bot:
        await bot.create(options=f"timezone:Europe/Berlin programme:{SLUG}")
        await bot.join("member-1")
        await bot.until(MONDAY)
        await bot.check_in("member-1", tasks=("1",))
        before = bot.chat.timeline()[-1]
        programmes.retitle(1)
        programmes.retitle(2)
        await bot.until(MONDAY + timedelta(days=7))
        assert before in bot.chat.timeline(), "what was posted stays as posted"
        assert cards(bot)[1] == "Week 2: Rewritten"

        form = await bot.form("member-1", "/checkin round:1")
        assert len(getattr(form.fields[0], "options", ())) == 4, "a check-in keeps the tasks it was made with"
        assert "Updated" in str(await bot.chat.submit("member-1", form, tasks=("1", "2")))
        assert "New thing" in str(await bot.form("member-1", "/checkin round:2"))


async def test_a_cohort_whose_programme_cannot_be_read_waits_and_the_others_run(tmp_path: Path) -> None:
    programmes = Editable()
    async with running(tmp_path, programmes=programmes) as bot:
        await bot.create("First", f"timezone:Europe/Berlin programme:{SLUG}")
        await bot.create("Second", "timezone:Europe/Berlin programme:other channel:study-hall")
        await bot.join("member-1", line="/join cohort:First timezone:Berlin")
        gone = programmes.programmes.pop(SLUG)
        await bot.until(MONDAY + timedelta(hours=2))
        assert cards(bot) == []
        assert len(cards(bot, "study-hall")) == 1
        assert "can't read the programme" in await bot.say("member-1", "/checkin cohort:First")
        assert "can't read the programme" in await bot.say("moderator", "/cohort progress cohort:First")

        programmes.programmes[SLUG] = gone
        await bot.until(MONDAY + timedelta(hours=4))
        assert len(cards(bot)) == 1, "it goes on when the programme is back"
        assert "This is late" in bot.chat.timeline()[-1]


async def test_a_row_that_waits_for_its_programme_is_parked_with_the_reason(tmp_path: Path) -> None:
    programmes = Editable()
    async with running(tmp_path, programmes=programmes) as bot:
        await bot.create(options=f"timezone:Europe/Berlin programme:{SLUG}")
        await bot.join("member-1")
        await bot.until(MONDAY)
        await bot.check_in("member-1", share=("thread",))
        await bot.settle()
        gone = programmes.programmes.pop(SLUG)
        await bot.say("member-2", "/join timezone:Berlin")
        await bot.settle()
        parked = await bot.read(lambda store: store.deliveries.parked(1))
        assert [(row.state, row.what.kind) for row in parked] == [(State.PARKED, "joined")]
        assert (parked[0].reason, parked[0].detail) == (DeliveryReason.NO_PROGRAMME, SLUG)
        programmes.programmes[SLUG] = gone

"""Four weeks of a cohort of three, through the command table, a real SQLite file and the in-memory platform."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cohort_bot.chat.message import Message, plain
from tests.fakes.bot import BotUnderTest, running
from tests.pseudo_locale import english

pytestmark = [pytest.mark.both_databases, pytest.mark.both_languages]

MONDAY = datetime(2027, 1, 4, 8, 0, tzinfo=UTC)


def weeks_posted(bot: BotUnderTest) -> list[str]:
    return [found[0] for text in bot.chat.timeline() if (found := re.match(r"Week \d+", text))]


async def test_four_weeks_of_a_cohort_of_three(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        await bot.create()
        assert "AI 2027" in bot.chat.timeline()[0]

        card = bot.chat.posts()[0]
        form = await bot.chat.press("member-1", card, "Join")
        reply = await bot.chat.submit("member-1", form, timezone="Berlin", hours="8", why="To teach")
        assert "Europe/Berlin" in str(reply)
        await bot.join("member-2", "member-3")
        assert sum("just joined" in text for text in bot.chat.timeline()) == 1, "the others are greeted together"

        await bot.until(MONDAY)
        assert weeks_posted(bot) == ["Week 1"]

        # Week 1: by command, by the card's button, and one who does not.
        summary = await bot.check_in(
            "member-1", tasks=("1", "2"), done="https://example.org/notebook", share=("thread",)
        )
        assert "on time" in summary
        assert "2 of" in summary
        opening = bot.chat.posts()[-1]
        form = await bot.chat.press("member-2", opening, "Check in")
        await bot.chat.submit("member-2", form, blockers="No quiet hour", next="Chapter 1, Tuesday 19:00, at home")
        await bot.settle()
        thread = bot.chat.timeline(thread=opening.ref.message_id)
        assert len(thread) == 1
        assert "https://example.org/notebook" in thread[0]
        assert not any("No quiet hour" in text for text in [*thread, *bot.chat.timeline()]), "what is not shared stays"

        # Two reminders for the one who is missing, the second when they chose; none for the others.
        await bot.until(datetime(2027, 1, 7, 18, 0, tzinfo=UTC))
        await bot.press("member-3", bot.chat.inbox("member-3")[0], "Snooze to the weekend")
        await bot.until(datetime(2027, 1, 10, 23, 0, tzinfo=UTC))
        assert bot.chat.inbox("member-3")[1].at == datetime(2027, 1, 9, 9, 0, tzinfo=UTC)
        assert len(bot.chat.inbox("member-3")) == 2
        assert not bot.chat.inbox("member-1")
        assert not bot.chat.inbox("member-2")

    # The process ends in the middle and another takes over the file.
    async with running(tmp_path, chat=bot.chat, clock=bot.clock) as bot:
        before = len(bot.chat.sent)
        await bot.settle()
        assert len(bot.chat.sent) == before, "nothing is doubled"

        # Monday of week 2 within the grace of week 1: the form is for week 1.
        await bot.until(datetime(2027, 1, 11, 20, 0, tzinfo=UTC))
        assert weeks_posted(bot) == ["Week 1", "Week 2"]
        form = await bot.form("member-3", "/checkin")
        assert "week 1" in english(form.title)
        assert "on time" in english(str(await bot.chat.submit("member-3", form)))
        assert "week 2" in english((await bot.form("member-3", "/checkin")).title)

        # An edit keeps one record.
        assert "Updated for week 1" in await bot.check_in("member-1", "/checkin round:1", tasks=("1", "2", "3"))

        await bot.until(datetime(2027, 1, 13, 18, 0, tzinfo=UTC))
        papers = [text for text in bot.chat.timeline() if text.startswith("Paper of the month")]
        assert len(papers) == 1
        assert "How to Read a Paper" in papers[0]

        # Late: week 2 is filed in week 4.
        await bot.until(datetime(2027, 1, 26, 9, 0, tzinfo=UTC))
        assert weeks_posted(bot) == ["Week 1", "Week 2", "Week 3", "Week 4"]
        assert "late, and it counts" in await bot.check_in("member-1", "/checkin round:2")

        own = await bot.say("member-1", "/progress")
        assert "● on time" in own
        assert "◐ late" in own
        state = await bot.say("moderator", "/cohort progress")
        assert re.search(r"Sample Member 2: missed the last 2 rounds", state)
        assert "Only moderators" in await bot.say("member-1", "/cohort progress")

        digests = [text for text in bot.chat.timeline(thread=opening.ref.message_id) if "checked in" in text]
        assert any("Week 1: 3 of 3 checked in" in text for text in digests)

        # An answer to the bot becomes a check-in after a yes.
        answer = await bot.chat.write("member-2", "Back at it: https://example.org/notes")
        assert isinstance(answer, Message)
        assert "Save this as your check-in for week 4" in english(plain(answer))
        assert "Checked in for week 4" in english(plain(await bot.press("member-2", answer, "Save")))
        assert "Sample Member 2: missed the last" not in await bot.say("moderator", "/cohort progress")

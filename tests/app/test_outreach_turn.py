"""`/cohort outreach`: one person after the other, and what came of it a week later."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import select

from cohort_bot.app.ports.outreach import Outreach, OutreachResult
from cohort_bot.chat.form import FieldErrors, Form, TextField
from cohort_bot.chat.message import Actions, Heading, Message, plain
from cohort_bot.core.outreach_order import NOT_NOW_FOR
from cohort_bot.platforms.local.chat import SAMPLES, Person
from cohort_bot.storage.store import SqlStore
from cohort_bot.storage.tables import drafts, outreach
from tests.fakes.bot import BotUnderTest, StillClock, running
from tests.fakes.memory import MemoryPlatform
from tests.pseudo_locale import english

NAMES = {f"member-{number}": f"Sample Member {number}" for number in range(1, 8)}
MORNING = datetime(2027, 2, 10, 10, tzinfo=UTC)
"""The Wednesday of the sixth round."""


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[BotUnderTest]:
    """Seven people, of whom six have joined, in the sixth round."""
    clock = StillClock()
    people = (SAMPLES[0], *(Person(user, name, "Europe/Berlin") for user, name in NAMES.items()))
    async with running(tmp_path, clock=clock, chat=MemoryPlatform(clock.now, people)) as it:
        yield await _sixth_round(it)


async def _sixth_round(bot: BotUnderTest) -> BotUnderTest:
    """The sixth round. The first is there every week, the second is stuck, the third has missed the last round, the
    fourth two, the fifth all five; the sixth is new and has missed theirs.
    """
    await bot.create()
    await bot.join(*list(NAMES)[:5])
    await bot.days(4)
    for number in (1, 2, 3, 4, 5):
        await bot.check_in("member-1", f"/checkin round:{number}", done="Read")
        await bot.check_in("member-2", f"/checkin round:{number}", blockers="No GPU." if number > 3 else "")
        if number < 5:
            await bot.check_in("member-3", f"/checkin round:{number}", done="Chapter two", next="Chapter three")
        if number < 4:
            await bot.check_in("member-4", f"/checkin round:{number}")
        if number == 4:
            await bot.join("member-6")
        await bot.days(7)
    await bot.until(MORNING)
    return bot


def who(card: Message) -> str:
    """Whom a card is about; empty at the end."""
    heading = next((block for block in card.blocks if isinstance(block, Heading)), None)
    return english(heading.text).rpartition(": ")[2] if heading else ""


def text_of(card: Message) -> str:
    return english(plain(card))


async def log(bot: BotUnderTest) -> list[Outreach]:
    return list(await bot.read(lambda store: store.outreach.with_reason(1)))


async def test_those_whom_a_word_still_helps_come_first_and_each_button_goes_on(bot: BotUnderTest) -> None:
    card = await bot.message("moderator", "/cohort outreach")
    seen = []
    for label in ("Send", "I wrote myself", "Not now", "Send"):
        seen.append(who(card))
        card = await bot.press("moderator", card, label)
    assert seen == ["Sample Member 2", "Sample Member 6", "Sample Member 4", "Sample Member 3"]
    assert who(card) == "Sample Member 5", "who is silent for longer"
    card = await bot.press("moderator", card, "Not now")
    said = text_of(card)
    assert "Five people. That's enough for today." in said
    assert "You wrote to Sample Member 2, Sample Member 6 and Sample Member 3. In a week I'll ask you" in said
    assert "Not now: Sample Member 4 and Sample Member 5." in said
    await bot.settle()
    assert "No GPU" in bot.chat.inbox("member-2")[-1].text
    assert "A message from" in bot.titles("member-3")[-1]
    assert not any(
        "A message from" in title for each in ("member-4", "member-5", "member-6") for title in bot.titles(each)
    )
    assert [(entry.reason and entry.reason.value, entry.delivery_key is None) for entry in await log(bot)] == [
        ("stuck", False),
        ("newcomer", True),
        ("first", False),
    ]


async def test_the_card_says_why_what_they_wrote_and_what_was_written_to_them(bot: BotUnderTest) -> None:
    card = await bot.message("moderator", "/cohort outreach")
    said = text_of(card)
    assert "Sample Member 2 keeps checking in and is stuck" in said
    assert "blocker: No GPU" in said
    assert "Nobody has written to them yet." in said
    assert "Your message:" in said
    assert "“No GPU”. Is it still?" in said, "words that are quoted lose their full stop"
    await bot.press("moderator", card, "Send")
    await bot.days(15)
    await bot.check_in("member-2", blockers="No GPU.")
    card = await bot.message("moderator", "/cohort outreach")
    while who(card) != "Sample Member 2":
        card = await bot.press("moderator", card, "Not now")
    assert "The last words to them: “Hi Sample Member 2, you wrote" in text_of(card)


async def test_edited_words_are_the_moderators_template_with_the_names_changed(bot: BotUnderTest) -> None:
    card = await bot.message("moderator", "/cohort outreach")
    form = await bot.chat.press("moderator", card, "Edit")
    assert isinstance(form, Form)
    (field,) = form.fields
    assert isinstance(field, TextField)
    assert "No GPU" in field.value
    wrong = await bot.chat.submit("moderator", form, text=" ")
    assert isinstance(wrong, FieldErrors)
    mine = "Dear Sample Member 2,\n\nyou wrote “No GPU”. I have one to lend in AI 2027."
    done = await bot.chat.submit("moderator", form, text=mine)
    assert isinstance(done, Message)
    assert who(done) == "Sample Member 6"
    await bot.settle()
    assert "I have one to lend" in bot.chat.inbox("member-2")[-1].text
    for number in (5, 6):  # the same reason for the first
        await bot.check_in("member-1", f"/checkin round:{number}", blockers="Their cat")
    card = await bot.message("moderator", "/cohort outreach")
    assert who(card) == "Sample Member 1"
    said = text_of(card)
    assert "Dear Sample Member 1," in said
    assert "you wrote “Their cat”. I have one to lend in AI 2027." in said
    assert "No GPU" not in said


async def test_the_template_goes_with_the_one_to_whom_it_was_written(bot: BotUnderTest) -> None:
    form = await bot.chat.press("moderator", await bot.message("moderator", "/cohort outreach"), "Edit")
    await bot.chat.submit("moderator", form, text="Dear Sample Member 2, come for a walk")
    profile = await bot.message("member-2", "/profile")
    await bot.press("member-2", await bot.press("member-2", profile, "Erase"), "Erase")
    for number in (5, 6):
        await bot.check_in("member-1", f"/checkin round:{number}", blockers="Their cat")
    assert "walk" not in text_of(await bot.message("moderator", "/cohort outreach"))
    kept = await bot.read(
        lambda store: [str(list(cast("SqlStore", store).connection.execute(each))) for each in WRITTEN]
    )
    assert "walk" not in str(kept)


WRITTEN = (select(outreach), select(drafts))


async def test_after_a_quarter_of_an_hour_it_is_enough(bot: BotUnderTest) -> None:
    card = await bot.message("moderator", "/cohort outreach")
    bot.clock.move_to(MORNING + timedelta(minutes=14))
    card = await bot.press("moderator", card, "Not now")
    assert who(card) == "Sample Member 6"
    bot.clock.move_to(MORNING + timedelta(minutes=15))
    said = text_of(await bot.press("moderator", card, "Send"))
    assert "Your message to Sample Member 6 is on its way." in said, "what was pressed is done"
    assert "A quarter of an hour is over." in said


async def test_an_old_card_does_nothing(bot: BotUnderTest) -> None:
    card = await bot.message("moderator", "/cohort outreach")
    await bot.press("moderator", card, "Send")
    for label in ("Send", "Not now", "I wrote myself"):
        assert "no longer the current one" in text_of(await bot.press("moderator", card, label))
    assert len(await log(bot)) == 1


async def test_nobody_twice_in_a_fortnight_and_later_only_without_an_answer(bot: BotUnderTest) -> None:
    card = await bot.message("moderator", "/cohort outreach")
    while who(card):
        card = await bot.press("moderator", card, "Send")
    card = await bot.message("moderator", "/cohort outreach")
    assert "Nobody in AI 2027 needs a word from you today." in text_of(card)
    await bot.until(MORNING + timedelta(days=13, hours=23))
    card = await bot.message("moderator", "/cohort outreach")
    assert who(card) not in {"Sample Member 2", "Sample Member 4", "Sample Member 5", "Sample Member 6"}
    await bot.until(MORNING + timedelta(days=14))
    assert who(await bot.message("moderator", "/cohort outreach")) in NAMES.values()


async def test_who_has_left_meanwhile_is_passed_over(bot: BotUnderTest) -> None:
    card = await bot.message("moderator", "/cohort outreach")
    await bot.press("member-2", await bot.message("member-2", "/leave"), "Leave")
    card = await bot.press("moderator", card, "Send")
    assert "no longer in the cohort, so nothing was sent" in text_of(card)
    assert who(card) == "Sample Member 6"
    assert await log(bot) == []


async def test_put_off_is_for_three_days_and_for_this_moderator(bot: BotUnderTest) -> None:
    await bot.press("moderator", await bot.message("moderator", "/cohort outreach"), "Not now")
    assert who(await bot.message("moderator", "/cohort outreach")) == "Sample Member 6"
    await bot.until(MORNING + NOT_NOW_FOR)
    assert who(await bot.message("moderator", "/cohort outreach")) == "Sample Member 2"


async def test_a_week_later_it_asks_once_and_a_tap_is_noted_and_counted(bot: BotUnderTest) -> None:
    card = await bot.message("moderator", "/cohort outreach")
    for _ in range(3):
        card = await bot.press("moderator", card, "Send")
    await bot.until(MORNING + timedelta(days=7, minutes=-1))
    asked = "You wrote to people in AI 2027: what came of it?"
    assert asked not in bot.titles("moderator")
    await bot.until(MORNING + timedelta(days=7, minutes=1))
    assert bot.titles("moderator").count(asked) == 1
    question = next(sent for sent in bot.chat.inbox("moderator") if sent.message.summary == asked)
    rows = [block for block in question.message.blocks if isinstance(block, Actions)]
    assert [len(row.buttons) for row in rows] == [5, 5, 5]
    assert "Noted for Sample Member 2: they're coming back." in text_of(
        await bot.press("moderator", question, "Coming back")
    )
    await bot.press("moderator", Message("", (rows[1],)), "They answered")
    await bot.press("moderator", Message("", (rows[1],)), "No answer")
    assert [entry.outcome for entry in await log(bot)] == [
        OutreachResult.BACK,
        OutreachResult.SILENT,
        OutreachResult.WAITING,
    ]
    ended = await bot.message("moderator", "/cohort outreach")
    while who(ended):
        ended = await bot.press("moderator", ended, "Not now")
    said = text_of(await bot.press("moderator", ended, "What came of it"))
    assert "Stuck: 1 message, 1 answered, 1 coming back" in said
    assert "New, and missed a round: 1 message, 0 answered, 0 coming back" in said
    assert "Only the moderators of this cohort see this." in said
    await bot.days(14)
    assert bot.titles("moderator").count(asked) == 1


async def test_it_does_not_ask_when_all_is_noted_or_it_is_switched_off(bot: BotUnderTest) -> None:
    card = await bot.message("moderator", "/cohort outreach")
    await bot.press("moderator", card, "Send")
    off = await bot.chat.submit("moderator", await bot.form("moderator", "/cohort features"), on=("quiet",))
    assert isinstance(off, Message)
    assert "is off in AI 2027. A moderator can switch it on with /cohort features." in await bot.say(
        "moderator", "/cohort outreach"
    )
    await bot.days(8)
    assert not any("what came of it" in title for title in bot.titles("moderator"))


async def test_nobody_but_a_moderator(bot: BotUnderTest) -> None:
    assert "moderators" in await bot.say("member-1", "/cohort outreach")

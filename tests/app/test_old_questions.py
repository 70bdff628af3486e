"""Questions on earlier weeks in a whole bot: the card that comes by itself, the command, what becomes of an answer."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cohort_bot.chat.message import Actions, Button, Message, buttons, plain
from cohort_bot.core.features import Feature
from cohort_bot.core.recall import Answer
from tests.fakes.bot import BotUnderTest, shipped
from tests.fakes.memory import Sent
from tests.pseudo_locale import english

SATURDAY = datetime(2027, 2, 6, 10, 0, tzinfo=UTC)
"""11:00 in Berlin, in the fifth week: four weeks after the first."""

FIRST = shipped().weeks[0].recall


@pytest.fixture
async def fifth(cohort: BotUnderTest) -> BotUnderTest:
    """The first has checked in for weeks 1 to 5, the second for none."""
    await cohort.check_in("member-1")
    for _ in range(4):
        await cohort.days(7)
        await cohort.check_in("member-1")
    return cohort


def cards(bot: BotUnderTest, person: str = "member-1") -> list[Sent]:
    return [sent for sent in bot.chat.inbox(person) if "earlier week" in english(sent.message.summary)]


async def answered(bot: BotUnderTest, shown: Sent | Message, result: str) -> Message:
    return await bot.press("member-1", await bot.press("member-1", shown, "Show"), result)


@pytest.mark.both_databases
async def test_the_card_comes_and_each_question_is_shown_and_answered(fifth: BotUnderTest) -> None:
    await fifth.until(SATURDAY)
    (card,) = cards(fifth)
    assert card.at == SATURDAY
    said = english(plain(card.message))
    assert all(f"Week 1: {each.question}" in said for each in FIRST)
    assert not [each for each in FIRST if each.answer in said], "the answer comes with a press"
    shown = await fifth.press("member-1", card, "Show")
    assert FIRST[0].question in plain(shown)
    assert FIRST[0].answer in plain(shown)
    noted = await fifth.press("member-1", shown, "Knew it")
    assert "comes again in about 9 weeks" in english(plain(noted))
    last = await answered(fifth, noted, "Not yet")
    assert "comes again in about 4 weeks" in english(plain(last))
    assert "the last one this week" in english(plain(last))
    answers = await fifth.read(lambda store: store.recall_answers.of_member(1))
    assert answers == [Answer(FIRST[0].question, 5, known=True), Answer(FIRST[1].question, 5, known=False)]
    now = await fifth.message("member-1", "/questions")
    assert [english(each.label) for each in buttons(now)] == ["No more questions"]
    assert "You knew it." in english(plain(now))
    assert "Not yet." in english(plain(now))


async def test_a_second_press_changes_the_answer_and_the_card_of_last_week_still_works(fifth: BotUnderTest) -> None:
    await fifth.until(SATURDAY)
    (card,) = cards(fifth)
    await answered(fifth, card, "Not yet")
    await fifth.days(3)
    assert "9 weeks" in english(plain(await answered(fifth, card, "Knew it")))
    assert await fifth.read(lambda store: store.recall_answers.of_member(1)) == [
        Answer(FIRST[0].question, 5, known=True)
    ]
    await fifth.days(7)
    assert "from an earlier card" in english(plain(await fifth.press("member-1", card, "Show")))


async def test_who_answers_all_before_gets_no_card_and_who_never_checked_in_none_either(fifth: BotUnderTest) -> None:
    noted = await answered(fifth, await fifth.message("member-1", "/questions"), "Knew it")
    await answered(fifth, noted, "Knew it")
    await fifth.days(7)
    assert cards(fifth, "member-2") == []
    titles = [sent.at for sent in cards(fifth)]
    assert SATURDAY not in titles
    assert "four weeks after a week" in await fifth.say("member-2", "/questions")


@pytest.mark.both_databases
async def test_one_button_stops_the_card_and_another_brings_it_back(fifth: BotUnderTest) -> None:
    off = await fifth.press("member-1", await fifth.message("member-1", "/questions"), "No more questions")
    assert "won't send you questions" in english(plain(off))
    assert "no questions on earlier weeks" in await fifth.say("member-1", "/profile")
    await fifth.until(SATURDAY)
    assert cards(fifth) == []
    assert FIRST[0].question in await fifth.say("member-1", "/questions"), "the command still asks"
    await fifth.days(1)
    await fifth.press("member-1", off, "Send me questions")
    await fifth.days(7)
    assert len(cards(fifth)) == 1


async def test_a_moderator_switches_them_off_for_all(fifth: BotUnderTest) -> None:
    others = sorted(each.value for each in Feature if each is not Feature.QUESTIONS)
    await fifth.chat.submit("moderator", await fifth.form("moderator", "/cohort features"), on=others)
    await fifth.until(SATURDAY - timedelta(days=1))
    assert "/cohort features" in await fifth.say("member-1", "/questions")
    await fifth.chat.submit("moderator", await fifth.form("moderator", "/cohort features"), on=[*others, "questions"])
    await fifth.until(SATURDAY)
    assert [card.at for card in cards(fifth)] == [SATURDAY], "on again in time"
    await fifth.chat.submit("moderator", await fifth.form("moderator", "/cohort features"), on=others)
    await fifth.days(8)
    assert len(cards(fifth)) == 1


async def test_nobody_else_sees_an_answer_and_erasing_takes_it(fifth: BotUnderTest, tmp_path: Path) -> None:
    await answered(fifth, await fifth.message("member-1", "/questions"), "Not yet")
    question = FIRST[0].question
    for line in ("/cohort progress", "/cohort progress member:member-1", "/cohort members", "/progress"):
        assert question not in await fifth.say("moderator", line), line
    await fifth.press("member-1", await fifth.message("member-1", "/profile"), "Export my data")
    await fifth.settle()
    files = {file.name: file.content for sent in fifth.chat.inbox("member-1") for file in sent.message.files}
    exported = json.loads(next(content for name, content in files.items() if name.endswith(".json")))
    assert exported["questions"] == {
        "sent": True,
        "answers": [{"round": 5, "question": question, "known": False}],
    }
    asked = await fifth.press("member-1", await fifth.message("member-1", "/profile"), "Erase my data")
    await fifth.press("member-1", asked, "Erase everything")
    with closing(sqlite3.connect(f"file:{tmp_path / 'bot.db'}?mode=ro", uri=True)) as base:
        assert base.execute("SELECT count(*) FROM recall_answers").fetchone() == (0,)


async def test_a_forged_button_is_answered_and_changes_nothing(fifth: BotUnderTest) -> None:
    for number, question in (("5", "nonsense"), ("99", FIRST[0].question), ("0", "x"), ("x", "x"), ("", "")):
        for action in ("questions.show", "questions.answer"):
            args = {"id": "1", "round": number, "question": question, "known": "1"}
            forged = Message("Forged", (Actions((Button("Press", action, args),)),))
            assert "earlier card" in english(plain(await fifth.press("member-1", forged, "Press")))
            fifth.clock.skip(10)
    assert await fifth.read(lambda store: store.recall_answers.of_member(1)) == []

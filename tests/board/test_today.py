"""The board's page *Today*: it says what chat says, and what is done on it is done as in chat."""

import html as entities
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest

from cohort_bot.app.ports.outreach import Outreach
from cohort_bot.app.ports.platform import Reason, Refused
from cohort_bot.core.membership import Moderator
from tests.board.conftest import BoardUnderTest, button, hidden, serving
from tests.fakes.bot import MONDAY, BotUnderTest
from tests.pseudo_locale import english

PATH = "/board/1/today"


@pytest.fixture
async def fourth(tmp_path: Path) -> AsyncIterator[BoardUnderTest]:
    """The fourth round: the first is there every week, the second is stuck, the third has missed three."""
    async with serving(tmp_path) as board:
        bot = board.bot
        await bot.create()
        await bot.join("member-1", "member-2", "member-3")
        await bot.days(4)
        for number in (1, 2, 3):
            await bot.check_in("member-1", f"/checkin round:{number}", done="Read bot")
            if number < 3:
                await bot.check_in("member-2", f"/checkin round:{number}", tasks=("1",), blockers="No <GPU>")
            await bot.days(7)
        yield board


async def page(board: BoardUnderTest) -> tuple[httpx2.AsyncClient, str]:
    """A browser of the moderator on the page, and the page."""
    browser = await board.enter("moderator")
    answer = await browser.get(PATH)
    assert answer.status_code == 200, answer.text
    return browser, english(answer.text)


def words(html: str) -> str:
    """What a reader sees of the page's content."""
    content = re.sub(r"</?(?:a|time|strong|span)\b[^>]*>", "", html.partition('<main id="content">')[2])
    return " ".join(entities.unescape(re.sub(r"<[^>]*>", " ", content)).split())


def draft(html: str, name: str) -> dict[str, str]:
    """The fields of the form with the message to somebody."""
    form = html.partition(f"Write to {name}</summary>")[2].partition("</form>")[0]
    fields = dict(re.findall(r'<input [^>]*name="(\w+)"[^>]* value="([^"]*)"', form))
    (text,) = re.findall(r"<textarea[^>]*>\n(.*?)</textarea>", form, re.DOTALL)
    return {key: entities.unescape(value) for key, value in (fields | {"text": text}).items()}


def people(html: str, heading: str) -> list[str]:
    """Who stands under a heading, in order."""
    under = html.partition(f"{heading}</h2>")[2].partition("<h2>")[0]
    return re.findall(r"<h3><a [^>]*>(Sample Member \d)", under)


async def log(bot: BotUnderTest, member: int) -> list[Outreach]:
    return list(await bot.read(lambda store: store.outreach.of_member(member)))


async def test_it_says_what_the_moderators_card_says(fourth: BoardUnderTest) -> None:
    card = await fourth.bot.say("moderator", "/cohort progress")
    _, html = await page(fourth)
    assert "No &lt;GPU&gt;" in html
    shown = words(html)
    assert "0 of 3 checked in for round 4, which is open until Mon 1 Feb 2027" in shown
    assert "Round 4: 0 of 3 checked in." in card
    for said in (
        "missed the last 3 rounds (1 to 3). Reminders have stopped; please message them yourself.",
        "reported a blocker in rounds 1 and 2.",
        "Nobody has written to them yet.",
        "Open blockers: 1",
    ):
        assert said in card
        assert said in shown
    assert "Who needs someone today: 2" in card
    assert "; 2 people need someone." in shown
    assert people(html, "Who to write to today: 2") == ["Sample Member 2", "Sample Member 3"], (
        "who is here and stuck first"
    )
    assert "is new here, and hasn't checked in yet. missed the last 3 rounds (1 to 3)." in shown
    assert "Sample Member 2, round 2: No <GPU>" in shown
    assert "and haven't checked in yet." in shown
    assert re.search(r"Their newest check-in: Round 2, filed .*?: 1 of 4 tasks; blocker: No <GPU>", shown)
    assert html.count("<details open>") == 1, "the message to whoever comes first is in view"


async def test_a_message_is_sent_once_and_the_next_person_comes_up(fourth: BoardUnderTest) -> None:
    bot = fourth.bot
    browser, html = await page(fourth)
    sending = draft(html, "Sample Member 3") | {"how": "bot"}
    answered = await browser.post("/board/1/submit", data=sending)
    assert (await browser.post("/board/1/submit", data=sending)).status_code == 200, "pressed twice"
    assert "Who to write to today: 1" in words(english(answered.text)), "the page goes on under the answer"
    await bot.settle()
    (letter,) = (sent.text for sent in bot.chat.inbox("member-3") if "A message from" in sent.message.summary)
    assert sending["text"].partition("\n")[0] in letter
    (entry,) = await log(bot, 3)
    assert (entry.by_name, entry.words) == ("Sample Moderator", sending["text"])
    _, after = await page(fourth)
    assert "Sample Moderator wrote on " in words(after)
    assert people(after, "Who to write to today: 1") == ["Sample Member 2"]
    assert people(after, "Need someone, but not today: 1") == ["Sample Member 3"], "nobody is written to twice"


async def test_ones_own_words_are_the_draft_for_the_next_one_with_the_same_reason(fourth: BoardUnderTest) -> None:
    browser, html = await page(fourth)
    mine = draft(html, "Sample Member 3") | {"how": "bot", "text": "Ahoy Sample Member 3, all well?"}
    await browser.post("/board/1/submit", data=mine)
    await fourth.bot.days(8)
    _, later = await page(fourth)
    assert draft(later, "Sample Member 1")["text"] == "Ahoy Sample Member 1, all well?"
    card = await fourth.bot.say("moderator", "/cohort outreach")
    first = people(later, "Who to write to today: 2")[0]
    assert f"1 of 2: {first}" in card, "the order is chat's"
    assert draft(later, first)["text"].partition("\n")[0] in card, "so are the words"


async def test_whom_one_moderator_puts_off_comes_again_in_three_days_and_at_once_for_another(
    fourth: BoardUnderTest,
) -> None:
    bot = fourth.bot
    browser, html = await page(fourth)
    press = {**hidden(html), "_button": button(html, "Not now")}
    answered = english((await browser.post("/board/1/press", data=press)).text)
    assert "OK, not now. I'll suggest Sample Member 2 again from Fri 29 Jan 2027 on." in words(answered)
    assert people(answered, "Who to write to today: 1") == ["Sample Member 3"]
    assert people(answered, "Need someone, but not today: 1") == ["Sample Member 2"]
    assert "You put them off until Fri 29 Jan 2027." in words(answered)
    await bot.write(lambda store: store.moderators.add(1, Moderator("local", "playground", "person", "friend")))
    other = english((await fourth.signed_in("friend").get(PATH)).text)
    assert people(other, "Who to write to today: 2") == ["Sample Member 2", "Sample Member 3"]
    await bot.days(3)
    assert people((await page(fourth))[1], "Who to write to today: 2") == ["Sample Member 2", "Sample Member 3"]


async def test_what_is_sent_by_oneself_is_recorded_and_a_mistake_loses_nothing(fourth: BoardUnderTest) -> None:
    browser, html = await page(fourth)
    form = draft(html, "Sample Member 2")
    refused = await browser.post("/board/1/submit", data=form | {"how": "self", "text": "Mine", "follow": "2020-01-01"})
    assert refused.status_code == 422
    assert "between today and a year from now" in english(refused.text)
    assert "Mine</textarea>" in refused.text
    assert await log(fourth.bot, 2) == []
    said = await browser.post("/board/1/submit", data=form | {"how": "self", "text": "Mine", "_id": "again"})
    assert "Here's your text to copy: Mine" in words(english(said.text))
    (entry,) = await log(fourth.bot, 2)
    assert (entry.words, entry.delivery_key) == ("Mine", None)
    press = {**hidden(html), "_button": button(html, "Log outreach")}
    whom = words(english((await browser.post("/board/1/press", data=press)).text))
    assert "Who did you write or talk to?" in whom
    assert "Who to write to today" not in whom, "one question at a time"


async def test_what_could_not_go_out_is_there_with_its_cure_and_tried_again(board: BoardUnderTest) -> None:
    bot = board.bot
    _, html = await page(board)
    assert "The first week opens Mon 4 Jan 2027, 09:00, with 2 members so far." in words(html)
    assert "Log outreach" not in words(html), "there is nobody yet to write to"
    await bot.until(MONDAY - timedelta(hours=1))
    bot.chat.fail_next(Refused(Reason.NOT_ALLOWED, "no", cure="Let me in."))
    await bot.until(MONDAY)
    browser, html = await page(board)
    assert "Not delivered: 1" in words(html)
    assert "Let me in. Then press Try again." in words(html)
    assert bot.cards() == []
    press = {**hidden(html), "_button": button(html, "Try again")}
    answered = await browser.post("/board/1/press", data=press)
    assert "I'm trying 1 message for AI 2027 again." in words(english(answered.text))
    await bot.settle()
    assert bot.cards() == [1]
    assert "Not delivered" not in words((await page(board))[1])


async def test_with_nobody_in_need_and_after_the_end(board: BoardUnderTest) -> None:
    bot = board.bot
    await bot.until(MONDAY + timedelta(days=1))
    quiet = words((await page(board))[1])
    assert "0 of 2 checked in for round 1, which is open until" in quiet
    assert "; nobody needs you right now." in quiet
    assert "Nobody is at risk right now." in quiet
    await bot.days(21)
    assert "Write to Sample Member 1" in words((await page(board))[1])
    await bot.press("moderator", await bot.message("moderator", "/cohort archive"), "End it")
    over = words((await page(board))[1])
    assert re.search(r"It ended on \w+ \d+ Jan 2027, with 2 members\.", over)
    assert "Write to Sample" not in over

"""Who needs a person, and turning to them: the card, the words, the log that another moderator sees."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from cohort_bot.app.ports.outreach import Outreach, OutreachResult
from cohort_bot.chat.form import ChoiceField, Field, FieldErrors, Form, Reply, TextField
from cohort_bot.chat.message import Actions, Button, Grid, Message, plain
from cohort_bot.core.outreach_order import NOT_NOW_FOR
from tests.fakes.bot import BotUnderTest, Step
from tests.fakes.memory import answers

PEOPLE = ("member-1", "member-2", "member-3")


async def begin(bot: BotUnderTest) -> None:
    """The fourth round: the first is there every week, the second twice stuck, the third has missed three."""
    await bot.create()
    await bot.join(*PEOPLE)
    await bot.days(4)
    for number in (1, 2, 3):
        await bot.check_in("member-1", f"/checkin round:{number}", done="Read bot")
        if number < 3:
            await bot.check_in("member-2", f"/checkin round:{number}", blockers="No GPU")
        await bot.days(7)
    await bot.check_in("member-1", "/checkin round:4")


@pytest.fixture
def beginning() -> Sequence[Step]:
    return (begin,)


async def open_form(bot: BotUnderTest, purpose: str, name: str = "Sample Member 3", who: str = "moderator") -> Form:
    """The form behind the card's button, for one of the people. To write to them there is one on their line."""
    label = f"Write to {name}" if purpose == "Write" else purpose
    whom = await bot.chat.press(who, await bot.message("moderator", "/cohort progress"), label)
    form = await bot.chat.press(who, whom, name) if isinstance(whom, Message) else whom
    assert isinstance(form, Form), form
    return form


def field(form: Form, key: str) -> Field:
    return next(each for each in form.fields if each.key == key)


async def log(bot: BotUnderTest, member: int = 3) -> list[Outreach]:
    return list(await bot.read(lambda store: store.outreach.of_member(member)))


def said(reply: Reply) -> str:
    assert isinstance(reply, Message), reply
    return plain(reply)


async def test_the_card_says_who_needs_a_person_and_why(bot: BotUnderTest) -> None:
    text = plain(await bot.message("moderator", "/cohort progress"))
    assert "Round 4: 1 of 3 checked in." in text
    assert "Who needs someone today: 2" in text
    why = "Sample Member 3: missed the last 3 rounds (1 to 3). Reminders have stopped; please message them yourself. "
    assert f"{why}Nobody has written to them yet." in text
    assert "Sample Member 2: reported a blocker in rounds 1 and 2." in text
    assert "Open blockers: 1" in text
    assert "Sample Member 2, round 2: No GPU" in text


async def test_the_trend_and_the_grid_read_as_aligned_text(bot: BotUnderTest) -> None:
    trend, people = (
        block for block in (await bot.message("moderator", "/cohort progress")).blocks if isinstance(block, Grid)
    )
    assert trend.columns == people.columns == ("1", "2", "3", "4")
    assert [cells for _, cells in trend.rows] == [("▆", "▆", "▃", "▃"), ("2", "2", "1", "1"), ("3", "3", "3", "3")]
    assert dict(people.rows) == {
        "Sample Member 1": ("●", "●", "●", "●"),
        "Sample Member 2": ("●", "●", "○", "…"),
        "Sample Member 3": ("○", "○", "✕", "…"),
    }
    assert [meaning for _, meaning in people.legend] == ["on time", "open", "missed, forgiven", "missed"]


async def test_more_than_a_page_of_members_is_turned_by_buttons_that_know_everything(bot: BotUnderTest) -> None:
    def write(store: object) -> None:
        for number in range(30):
            account = store.people.add("local", "playground", f"more-{number}", f"Sample {number:02}", "UTC")  # type: ignore[attr-defined]
            store.members.add(1, account, bot.clock.now(), 4, None, "")  # type: ignore[attr-defined]

    await bot.write(write)
    first = await bot.message("moderator", "/cohort progress")
    grids = [block for block in first.blocks if isinstance(block, Grid)]
    assert [name for name, _ in grids[1].rows][:2] == ["Sample Member 3", "Sample Member 2"], "those at risk come first"
    assert len(grids[1].rows) == 25
    second = await bot.press("moderator", first, "Next")
    (grid,) = (block for block in second.blocks if isinstance(block, Grid))
    assert len(grid.rows) == 8
    assert "members 26 to 33 of 33" in plain(second)
    back = await bot.chat.press("moderator", second, "Back")
    assert said(back) == plain(first)


async def test_a_prepared_message_is_changed_sent_and_seen_by_the_next_moderator(bot: BotUnderTest) -> None:
    form = await open_form(bot, "Write")
    text = field(form, "text")
    assert isinstance(text, TextField)
    assert text.value.startswith("Hi Sample Member 3, I haven't heard from you")
    assert text.hint == "Nobody has written to them yet."
    answer = await bot.chat.submit("moderator", form, text="Are you well?\n\nI am here.", follow="2027-02-01")
    assert "on its way to Sample Member 3" in said(answer)
    await bot.settle()
    letter = bot.chat.inbox("member-3")[-1].text
    assert letter.startswith("Are you well?\nI am here.\nFrom @moderator, a moderator of AI 2027.")
    (entry,) = await log(bot)
    assert (entry.outcome, str(entry.follow_up), entry.by) == (OutreachResult.WAITING, "2027-02-01", "moderator")
    await bot.days(2)
    again = await open_form(bot, "Write")
    hint = field(again, "text").hint
    assert hint == "Sample Moderator wrote to them 2 days ago; no answer yet."
    assert "Sample Moderator wrote" in plain(await bot.message("moderator", "/cohort progress"))
    record = await bot.message("moderator", "/cohort progress member:member-3")
    assert "no answer yet. Delivered. “Are you well? I am here.” Follow up on Mon 1 Feb 2027." in plain(record)


async def test_words_that_could_not_be_carried_are_told_with_the_reason(bot: BotUnderTest) -> None:
    bot.chat.closed.add("member-3")
    await bot.chat.submit("moderator", await open_form(bot, "Write"), text="Hello")
    await bot.settle()
    text = plain(await bot.message("moderator", "/cohort progress"))
    assert "a moderator's private message: their direct messages are closed. They can allow them" in text
    assert "Not delivered: their direct messages are closed." in plain(
        await bot.message("moderator", '/cohort progress member:"Sample Member 3"')
    )


async def test_who_writes_themselves_gets_the_words_to_copy_and_nothing_is_sent(bot: BotUnderTest) -> None:
    before = len(bot.chat.inbox("member-3"))
    answer = await bot.chat.submit("moderator", await open_form(bot, "Write"), text="My own words", how="self")
    await bot.settle()
    assert "My own words" in said(answer)
    assert len(bot.chat.inbox("member-3")) == before
    assert [entry.words for entry in await log(bot)] == ["My own words"]


async def test_a_message_that_is_repeated_is_sent_once(bot: BotUnderTest) -> None:
    form = await open_form(bot, "Write")
    await bot.chat.submit("moderator", form, text="One")
    await bot.settle()
    await bot.settle()
    assert sum("One" in sent.text for sent in bot.chat.inbox("member-3")) == 1


async def test_an_outreach_is_noted_with_what_came_of_it(bot: BotUnderTest) -> None:
    form = await open_form(bot, "Log outreach")
    answer = await bot.chat.submit("moderator", form, when="2027-01-20", outcome="back", note="We had a call")
    assert "they're coming back" in said(answer)
    (entry,) = await log(bot)
    assert entry.at == datetime(2027, 1, 20, 11, tzinfo=UTC)
    assert "Sample Moderator wrote on Wed 20 Jan 2027; they're coming back." in plain(
        await bot.message("moderator", "/cohort progress")
    )


@pytest.mark.parametrize(
    ("purpose", "given", "key"),
    [
        ("Write", {"text": " "}, "text"),
        ("Write", {"text": "x" * 1501}, "text"),
        ("Write", {"how": "pigeon"}, "how"),
        ("Write", {"follow": "soon"}, "follow"),
        ("Write", {"follow": "2026-12-31"}, "follow"),
        ("Log outreach", {"when": "2031-01-01"}, "when"),
        ("Log outreach", {"when": "the other day"}, "when"),
        ("Log outreach", {"outcome": "bribed"}, "outcome"),
        ("Log outreach", {"note": "x" * 501}, "note"),
        ("Excuse", {"rounds": ("99",), "reason": "x"}, "rounds"),
        ("Excuse", {"rounds": (), "reason": "x"}, "rounds"),
        ("Excuse", {"reason": " "}, "reason"),
    ],
)
async def test_what_is_wrong_in_a_form_is_named_and_nothing_is_noted(
    bot: BotUnderTest, purpose: str, given: dict[str, str], key: str
) -> None:
    form = await open_form(bot, purpose)
    reply = await bot.chat.submit("moderator", form, **given)
    assert list(answers(reply)) == [key]
    assert isinstance(reply, FieldErrors)
    assert [each.key for each in reply.form.fields] == [each.key for each in form.fields]
    assert await log(bot) == []


async def test_rounds_are_excused_from_the_card(bot: BotUnderTest) -> None:
    form = await open_form(bot, "Excuse")
    reply = await bot.chat.submit("moderator", form, rounds=("2", "3"), reason="In hospital")
    assert "Rounds 2 and 3 are excused for Sample Member 3" in said(reply)
    text = plain(await bot.message("moderator", "/cohort progress member:member-3"))
    assert "nothing worrying" in text
    assert "Tue 26 Jan 2027, Sample Moderator excused them for round 2: In hospital" in text


async def test_whom_nobody_has_written_to_comes_first_then_who_missed_most(bot: BotUnderTest) -> None:
    async def order() -> list[str]:
        lines = (
            plain(await bot.message("moderator", "/cohort progress"))
            .split("Who needs someone today")[1]
            .split("Open blockers")[0]
            .split("\n")[1:-1]
        )
        return [line.partition(":")[0] for line in lines]

    assert await order() == ["Sample Member 3", "Sample Member 2"]
    await bot.chat.submit("moderator", await open_form(bot, "Write"), follow="2027-01-28")
    assert await order() == ["Sample Member 2", "Sample Member 3"]
    await bot.until(datetime(2027, 1, 28, 12, tzinfo=UTC))
    assert await order() == ["Sample Member 3", "Sample Member 2"], "the day to look again has come"


async def test_a_round_to_excuse_says_what_it_is_and_the_newest_missed_one_is_ticked(bot: BotUnderTest) -> None:
    rounds = field(await open_form(bot, "Excuse"), "rounds")
    assert isinstance(rounds, ChoiceField)
    said = [option.label for option in rounds.options]
    assert said == ["Round 1, missed, forgiven", "Round 2, missed, forgiven", "Round 3, missed", "Round 4, open"]
    assert rounds.value == {"3"}


async def one_member(bot: BotUnderTest, label: str, name: str = "Sample Member 3") -> Reply:
    """A button of somebody's record, which the card leads to."""
    whom = await bot.press("moderator", await bot.message("moderator", "/cohort progress"), "One member")
    record = await bot.press("moderator", whom, name)
    assert record.summary == f"{name} in AI 2027"
    return await bot.chat.press("moderator", record, label)


async def test_a_check_in_is_recorded_from_somebodys_record(bot: BotUnderTest) -> None:
    form = await one_member(bot, "Record a check-in")
    assert isinstance(form, Form)
    assert [field(form, "round").value, field(form, "reason").value] == ["4", ""]
    for number, reason, key in (
        ("x", "why", "round"),
        ("5", "why", "round"),
        ("3", "", "reason"),
        ("3", "a" * 301, "reason"),
    ):
        assert list(answers(await bot.chat.submit("moderator", form, round=number, reason=reason))) == [key]
    assert "Round 3 is recorded for Sample Member 3" in said(
        await bot.chat.submit("moderator", form, round="3", reason="Told me in the call")
    )
    again = await bot.chat.submit("moderator", form, round="3", reason="Told me in the call")
    assert "has already checked in for round 3" in answers(again)["round"]
    assert "recorded a check-in for them, round 3: Told me" in plain(
        await bot.message("moderator", "/cohort progress member:member-3")
    )


async def test_somebody_is_removed_from_their_record_after_a_question(bot: BotUnderTest) -> None:
    form = await one_member(bot, "Remove")
    assert isinstance(form, Form)
    assert list(answers(await bot.chat.submit("moderator", form, reason="a" * 301))) == ["reason"]
    asked = await bot.chat.submit("moderator", form, reason="They asked for it")
    assert isinstance(asked, Message)
    assert "this reason: They asked for it" in plain(asked)
    assert "no longer in AI 2027" in said(await bot.chat.press("moderator", asked, "Remove them"))
    assert "Sample Member 3" not in plain(await bot.message("moderator", "/cohort members"))


async def test_erasing_oneself_takes_the_words_of_the_log_and_what_waits(bot: BotUnderTest) -> None:
    await bot.chat.submit("moderator", await open_form(bot, "Write"), text="A secret")
    await bot.settle()
    erase = await bot.chat.press("member-3", await bot.type("member-3", "/profile"), "Erase")  # type: ignore[arg-type]
    assert isinstance(erase, Message)
    button = next(each.label for block in erase.blocks if isinstance(block, Actions) for each in block.buttons)
    await bot.chat.press("member-3", erase, button)
    assert [entry.words for entry in await log(bot)] == [""]


async def test_a_stale_button_of_somebody_who_left_says_so(bot: BotUnderTest) -> None:
    form = await open_form(bot, "Write")
    await bot.chat.press("member-3", await bot.type("member-3", "/leave"), "Leave")  # type: ignore[arg-type]
    assert "no longer in this cohort" in said(await bot.chat.submit("moderator", form, text="Hello"))
    assert await log(bot) == []


NIGHT = datetime(2027, 1, 27, 23, 7, tzinfo=UTC)
"""Seven minutes past midnight for everybody, who live in Berlin."""

MORNING = datetime(2027, 1, 28, 7, tzinfo=UTC)
"""08:00 there."""


def letters(bot: BotUnderTest, words: str) -> int:
    return sum(words in sent.text for sent in bot.chat.inbox("member-3"))


async def test_what_is_sent_at_night_waits_for_the_readers_morning(bot: BotUnderTest) -> None:
    await bot.until(NIGHT)
    answer = said(await bot.chat.submit("moderator", await open_form(bot, "Write"), text="Are you well?"))
    assert "It's night for Sample Member 3, so I'll deliver it at 08:00 their time" in answer
    await bot.settle()
    assert letters(bot, "Are you well?") == 0
    card = plain(await bot.message("moderator", "/cohort progress"))
    assert "A message from Sample Moderator will be delivered Thu 28 Jan 2027 07:00 UTC." in card
    record = plain(await bot.message("moderator", "/cohort progress member:member-3"))
    assert "It will be delivered in their morning. “Are you well?”" in record
    hint = field(await open_form(bot, "Write"), "text").hint
    assert hint == "Sample Moderator already has a message waiting for their morning."
    await bot.until(MORNING)
    assert letters(bot, "Are you well?") == 1
    assert "Sample Moderator wrote" in plain(await bot.message("moderator", "/cohort progress"))


async def test_what_could_not_be_sent_by_day_is_not_sent_at_night_either(bot: BotUnderTest) -> None:
    bot.chat.closed.add("member-3")
    await bot.chat.submit("moderator", await open_form(bot, "Write"), text="Are you well?")
    await bot.settle()
    bot.chat.closed.clear()
    await bot.until(NIGHT)
    await bot.press("moderator", await bot.message("moderator", "/cohort progress"), "Try again")
    await bot.settle()
    assert letters(bot, "Are you well?") == 0
    await bot.until(MORNING)
    assert letters(bot, "Are you well?") == 1


async def test_what_waits_for_the_morning_is_not_sent_to_somebody_who_leaves_meanwhile(bot: BotUnderTest) -> None:
    await bot.until(NIGHT)
    await bot.chat.submit("moderator", await open_form(bot, "Write"), text="Are you well?")
    await bot.press("member-3", await bot.message("member-3", "/leave"), "Leave")
    await bot.until(MORNING)
    assert letters(bot, "Are you well?") == 0


async def test_not_now_puts_somebody_off_for_one_moderator_and_erasure_forgets_it(bot: BotUnderTest) -> None:
    card = Message("Today", (Actions((Button("Not now", "cohort.notnow", {"id": "1", "member": "3"}),)),))
    assert "I'll suggest Sample Member 3 again from" in plain(await bot.press("moderator", card, "Not now"))
    put_off = await bot.read(lambda store: store.outreach.put_off(1, "moderator"))
    assert put_off == {3: bot.clock.now() + NOT_NOW_FOR}
    assert await bot.read(lambda store: store.outreach.put_off(1, "somebody else")) == {}
    await bot.press(
        "member-3", await bot.press("member-3", await bot.message("member-3", "/profile"), "Erase"), "Erase"
    )
    assert await bot.read(lambda store: store.outreach.put_off(1, "moderator")) == {}

"""The end of a phase, the end of the way, and what a member takes along."""

import json
import sqlite3
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cohort_bot.app.delivery.planner import Group, due
from cohort_bot.app.words.portfolio import links_in
from cohort_bot.chat import codec
from cohort_bot.chat.form import Form, TextField
from cohort_bot.chat.message import Actions, File, Message, plain
from tests.fakes.bot import LIBRARY, TUESDAY, BotUnderTest, OneGuide, Step, running
from tests.fakes.memory import Sent, answers
from tests.properties.worlds import programme

GATE = datetime(2027, 1, 15, 8, tzinfo=UTC)
"""Three days before the second week of four closes, and with it the first phase."""


async def begin(bot: BotUnderTest) -> None:
    """Tuesday of the first week; one member with the cohort."""
    await bot.create()
    await bot.join("member-1")
    await bot.until(TUESDAY)


@pytest.fixture
def beginning() -> Sequence[Step]:
    return (begin,)


@pytest.fixture
async def short(tmp_path: Path) -> AsyncIterator[BotUnderTest]:
    """The same with a guide of four weeks in two phases."""
    async with running(tmp_path, programmes=OneGuide(programme(4))) as it:
        await it.create()
        await it.join("member-1")
        await it.until(TUESDAY)
        yield it


def card(bot: BotUnderTest) -> Sent:
    return next(sent for sent in bot.chat.posts() if sent.message.summary.startswith("The end of “"))


async def look_back(bot: BotUnderTest, **said: str) -> str:
    form = await bot.chat.press("member-1", card(bot), "Look back")
    reply = await bot.chat.submit("member-1", form, **said)
    assert isinstance(reply, Message)
    return plain(reply)


async def export(bot: BotUnderTest, person: str = "member-1") -> tuple[str, dict[str, Any]]:
    profile = await bot.message(person, "/profile")
    assert "on its way" in plain(await bot.chat.press(person, profile, "Export"))  # type: ignore[arg-type]
    await bot.settle()
    files = bot.chat.inbox(person)[-1].message.files
    assert [file.name for file in files] == ["portfolio-AI-2027.md", "portfolio-AI-2027.json"]
    return files[0].text, json.loads(files[1].text)


# Looking back


async def test_a_phase_ends_with_what_passes_it_and_three_questions(short: BotUnderTest) -> None:
    await short.until(GATE)
    assert "To complete this phase, you need:" in card(short).text
    said = await look_back(short, learned="Gradients", hard="", change="Fewer evenings")
    assert said.startswith("Saved: your review of “Phase 1”.")
    form = await short.chat.press("member-1", card(short), "Look back")
    assert isinstance(form, Form)
    assert [field.value for field in form.fields if isinstance(field, TextField)] == ["Gradients", "", "Fewer evenings"]
    assert (await look_back(short, learned="Gradients and proofs")).startswith("Updated:")
    text, data = await export(short)
    assert "**What can you do now that you couldn't before?** Gradients and proofs" in text
    assert len(data["retrospectives"]) == 1
    assert data["retrospectives"][0]["answers"]["change"] == "Fewer evenings"


async def test_a_look_back_that_is_empty_or_too_long_comes_back(short: BotUnderTest) -> None:
    await short.until(GATE)
    form = await short.chat.press("member-1", card(short), "Look back")
    assert "at least one" in answers(await short.chat.submit("member-1", form))["learned"]
    reply = await short.chat.submit("member-1", form, hard="h" * 1001)
    assert "1000 characters; yours has 1001" in answers(reply)["hard"]
    assert await short.read(lambda store: store.retrospectives.of_member(1)) == []


async def test_nobody_looks_back_at_what_is_still_ahead_of_them(short: BotUnderTest) -> None:
    await short.until(datetime(2027, 1, 12, 12, tzinfo=UTC))
    await short.join("member-2", line="/join timezone:Europe/Berlin pace:week-1")
    await short.until(GATE)
    reply = await short.chat.press("member-3", card(short), "Look back")
    assert "You're not in" in str(reply)
    second = card(short).message
    button = next(block for block in second.blocks if isinstance(block, Actions)).buttons[0]
    assert button.args["phase"]
    form = await short.chat.press("member-2", card(short), "Look back")
    assert isinstance(form, Form), "they are in the first phase, too"


async def test_who_is_behind_has_the_gate_of_their_own_phase_by_direct_message(short: BotUnderTest) -> None:
    await short.say("member-1", "/slip weeks:1")
    for _ in range(2):
        await short.check_in("member-1")
        await short.days(7)
    assert not any("The end of" in sent.message.summary for sent in short.chat.inbox("member-1"))
    await short.until(datetime(2027, 1, 22, 8, 1, tzinfo=UTC))
    assert any("The end of" in sent.message.summary for sent in short.chat.inbox("member-1"))


# Taking it along


async def test_an_export_holds_everything_also_after_leaving_and_comes_once(bot: BotUnderTest) -> None:
    await bot.say("member-1", "/profile hours:6")
    await bot.check_in("member-1", tasks=("1",), done="See https://example.org/plot, done.", next="soon")
    await bot.check_in("member-1", done="A plot: https://example.org/plot2", blockers="Time")
    await bot.days(14)
    await bot.say("moderator", '/cohort excuse member:member-1 round:2 reason:"In hospital"')
    await bot.settle()
    leave = await bot.message("member-1", "/leave")
    await bot.chat.press("member-1", leave, "Leave")
    before = len(bot.chat.inbox("member-1"))
    text, data = await export(bot)
    assert len(bot.chat.inbox("member-1")) == before + 1
    assert "### Week 1:" in text
    assert "- [x] " in text
    assert "Evidence: <https://example.org/plot2>" in text
    assert data["membership"]["hours_a_week"] == 6
    assert data["membership"]["left_at"]
    assert data["progress"]["weeks_done"] == [1]
    assert data["check_ins"][0]["evidence"] == ["https://example.org/plot2"]
    assert data["check_ins"][0]["blockers"] == "Time"
    assert [each["was"]["done"] for each in data["earlier_versions"]] == ["See https://example.org/plot, done."]
    assert data["excused"][0]["reason"] == "In hospital"
    assert data["changed_by_moderators"][0]["by"] == "Sample Moderator"


async def test_an_export_whose_answer_was_lost_comes_once_with_its_files(bot: BotUnderTest) -> None:
    bot.chat.lose_answer_next()
    await export(bot)
    await bot.settle()
    assert sum(bool(sent.message.files) for sent in bot.chat.inbox("member-1")) == 1


async def test_an_export_comes_also_when_the_cohort_has_ended(bot: BotUnderTest) -> None:
    preview = await bot.message("moderator", "/cohort archive")
    await bot.chat.press("moderator", preview, "End it")
    await export(bot)


async def test_the_end_of_the_way_brings_everybody_a_portfolio_and_those_who_slipped_theirs_later(
    bot: BotUnderTest,
) -> None:
    def planned(store: Any) -> list[tuple[str, int | None, datetime]]:
        cohort = store.cohorts.get(1)
        programme = LIBRARY.get(cohort.programme)
        assert programme is not None
        group = Group(cohort, programme, store.cohorts.rooms(1), store.members.in_cohort(1))
        rows = due(group, cohort.calendar.opens(114), cohort.calendar.closes(122))
        return [(row.kind, row.round, row.due) for row in rows if row.kind in {"portfolio", "graduation", "own-week"}]

    assert [each[:2] for each in await bot.read(planned)] == [
        ("graduation", 116),
        ("portfolio", 116),
    ]
    await bot.days(21)
    await bot.say("member-1", "/slip weeks:2")
    found = await bot.read(planned)
    assert [each[:2] for each in found if each[0] != "own-week"] == [("graduation", 116), ("portfolio", 118)]
    assert [number for kind, number, _ in found if kind == "own-week"] == [115, 116, 117, 118], (
        "beyond the cohort's last"
    )


async def test_erasing_takes_what_one_looked_back_on_and_what_moderators_gave_as_reasons(
    short: BotUnderTest, tmp_path: Path
) -> None:
    await short.until(GATE)
    await look_back(short, learned="secret-lesson")
    await short.say("member-1", "/break from:2027-01-20 until:2027-01-30")
    await short.say("moderator", '/cohort excuse member:member-1 round:1 reason:"secret-reason"')
    await short.settle()
    await export(short)
    profile = await short.message("member-1", "/profile")
    asked = await short.press("member-1", profile, "Erase my data")
    assert "it's all erased" in str(await short.chat.press("member-1", asked, "Erase everything"))
    await short.settle()
    with sqlite3.connect(f"file:{tmp_path / 'bot.db'}?mode=ro", uri=True) as file:
        left = "\n".join(file.iterdump())
    file.close()
    assert "secret" not in left
    assert "dm-member-1" not in left, "nor where they were written to"
    assert "INSERT INTO breaks" not in left.replace('"', "")


async def test_erasing_takes_back_what_was_shared_in_the_thread(bot: BotUnderTest) -> None:
    await bot.check_in("member-1", done="shared words", share=("thread",))
    await bot.settle()
    profile = await bot.message("member-1", "/profile")
    asked = await bot.press("member-1", profile, "Erase my data")
    await bot.chat.press("member-1", asked, "Erase everything")
    await bot.settle()
    week = next(sent for sent in bot.chat.posts() if sent.message.summary.startswith("Week 1:"))
    texts = bot.chat.timeline(thread=week.ref.message_id)
    assert "There was a check-in here; it's no longer shared." in texts
    assert not any("shared words" in text for text in texts)


# A break is quiet


async def test_a_break_silences_the_card_of_ones_own_week(bot: BotUnderTest) -> None:
    await bot.days(7)
    await bot.say("member-1", "/slip weeks:1")
    await bot.say("member-1", "/break from:2027-01-18 until:2027-01-31")
    await bot.until(datetime(2027, 2, 2, 12, tzinfo=UTC))
    cards = [sent.message.summary for sent in bot.chat.inbox("member-1") if ":" in sent.message.summary]
    assert [card.split(":")[0] for card in cards] == ["Week 4"], "weeks 2 and 3 opened during the break"


def test_links_are_found_without_what_ends_the_sentence() -> None:
    assert links_in("See https://a.example/x?y=1, and (https://b.example/z). https://a.example/x?y=1!") == [
        "https://a.example/x?y=1",
        "https://b.example/z",
    ]


def test_a_message_with_files_comes_back_from_the_ledger_and_one_from_before_there_were_any() -> None:
    message = Message("s", files=(File("a.md", "# é"),))
    assert codec.loads(codec.dumps(message)) == message
    assert codec.loads('{"_":"Message","summary":"s","blocks":[],"accent":null}') == Message("s")
    assert plain(message) == "s\n[file: a.md]"

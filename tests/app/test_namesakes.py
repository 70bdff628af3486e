"""People of one name are told apart wherever they are named, and by what moderators type."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cohort_bot.chat.form import Form, TextField
from cohort_bot.chat.message import Grid
from tests.fakes.bot import BotUnderTest, Step

ONE, TWO = "Ayabe (member-1)", "Ayabe (member-2)"


async def begin(bot: BotUnderTest) -> None:
    for person in ("member-1", "member-2"):
        bot.chat.people[person] = replace(bot.chat.people[person], name="Ayabe")
    await bot.create()
    await bot.join("member-1", "member-2", "member-3")
    await bot.until(datetime(2027, 1, 4, 10, tzinfo=UTC))


@pytest.fixture
def beginning() -> Sequence[Step]:
    return (begin,)


async def test_namesakes_are_told_apart_wherever_they_are_named(bot: BotUnderTest) -> None:
    for person in ("member-1", "member-2"):
        await bot.check_in(person, blockers="No GPU", share=("thread", "blocker"))
    await bot.settle()
    card = await bot.message("moderator", "/cohort progress")
    grid = [name for block in card.blocks if isinstance(block, Grid) for name, _ in block.rows]
    thread = "\n".join(bot.chat.timeline(thread=bot.chat.posts()[-1].ref.message_id))
    overview = await bot.say("moderator", "/cohort progress")
    roster = await bot.say("moderator", "/cohort members")
    for shown in ("\n".join(grid), thread, overview, roster):
        assert ONE in shown
        assert TWO in shown
    await bot.until(datetime(2027, 1, 12, 12, tzinfo=UTC))
    assert ONE in "\n".join(bot.chat.timeline(thread=bot.chat.posts()[-2].ref.message_id)), "the group's digest"
    assert ONE in bot.chat.inbox("moderator")[-1].text, "the moderators' digest"


@pytest.mark.parametrize("said", [f'"{TWO}"', "member-2"])
async def test_a_moderator_names_one_of_them_as_they_are_shown(bot: BotUnderTest, said: str) -> None:
    assert f"Remove {TWO}" in await bot.say("moderator", f"/cohort remove member:{said}")
    assert "More than one" in await bot.say("moderator", "/cohort remove member:Ayabe")
    labels = [option.label for option in await bot.chat.complete("moderator", "/cohort remove member:ayabe")]
    assert labels == [ONE, TWO]


async def test_who_is_renamed_is_told_apart_anew(bot: BotUnderTest) -> None:
    bot.chat.people["member-2"] = replace(bot.chat.people["member-2"], name="Yuki")
    await bot.say("member-2", '/join timezone:Berlin cohort:"AI 2027"')
    roster = await bot.say("moderator", "/cohort members")
    assert "Yuki" in roster
    assert "Ayabe ·" in roster


async def test_to_themselves_they_are_called_as_ever(bot: BotUnderTest) -> None:
    assert "Name: Ayabe\n" in await bot.say("member-1", "/profile") + "\n"
    card = await bot.message("moderator", "/cohort progress")
    whom = await bot.press("moderator", card, "One member")
    form = await bot.chat.press("moderator", await bot.press("moderator", whom, ONE), "Write to them")
    assert isinstance(form, Form)
    assert any("Hi Ayabe, " in field.value for field in form.fields if isinstance(field, TextField))

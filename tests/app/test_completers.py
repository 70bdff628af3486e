"""What is suggested while an option is typed: only what would be taken, and only to who may see it."""

from collections.abc import Sequence
from pathlib import Path

from cohort_bot.app.completers import LABEL
from cohort_bot.chat.form import Option
from tests.fakes.bot import BotUnderTest, running


async def suggested(bot: BotUnderTest, person: str, line: str) -> Sequence[Option]:
    return await bot.chat.complete(person, line)


async def test_a_round_says_its_week_and_whether_it_is_filed(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        await bot.create()
        await bot.join("member-1")
        await bot.days(4)
        await bot.check_in("member-1")
        (one,) = await suggested(bot, "member-1", "/checkin round:")
        assert one.value == "1"
        assert one.label.startswith("Round 1 · checked in · week 1: ")
        assert len(one.label) <= LABEL
        assert [option.value for option in await suggested(bot, "moderator", "/checkin round:")] == []


async def test_what_is_suggested_is_what_is_taken(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        await bot.create()
        await bot.join("member-1")
        await bot.days(7 * 9)
        rounds = [option.value for option in await suggested(bot, "member-1", "/checkin round:")]
        assert len(rounds) == 4
        for number in rounds:
            assert f"week {number}" in (await bot.form("member-1", f"/checkin round:{number}")).title
        before = min(map(int, rounds)) - 1
        assert "could be changed until" in await bot.say("member-1", f"/checkin round:{before}")


async def test_a_round_from_before_ones_start_is_not_suggested(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        await bot.create()
        await bot.days(7 * 4)
        await bot.join("member-1", line="/join timezone:Europe/Berlin pace:week-1")
        await bot.days(7)
        opened = await suggested(bot, "moderator", "/cohort record member:member-1 reason:x round:")
        rounds = await suggested(bot, "member-1", "/checkin round:")
        assert [option.value for option in opened] == ["5", "4", "3", "2", "1"]
        assert [option.label.partition(":")[0] for option in rounds] == ["Round 5 · week 1"]


async def test_weeks_are_found_by_number_and_by_title(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        await bot.create()
        await bot.join("member-1")
        await bot.days(4)
        around = await suggested(bot, "member-1", "/plan week:")
        assert [option.value for option in around] == [str(number) for number in range(1, 26)]
        title = around[7].label.partition(" · ")[2]
        assert around[7] in await suggested(bot, "member-1", f'/plan week:"{title[:20].upper()}')
        assert [option.value for option in await suggested(bot, "member-1", "/plan week:116")] == ["116"]
        assert not await suggested(bot, "member-1", "/plan week:no-such-title")

"""What was parked for a room goes out when nothing is in the way any more, although nobody tells."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cohort_bot.app.delivery import recovery
from cohort_bot.app.ports.platform import Finding, Reason, Refused, Unknown
from cohort_bot.chat.place import Place
from tests.fakes.bot import BotUnderTest, running

MONDAY = datetime(2027, 1, 4, 8, tzinfo=UTC)


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[BotUnderTest]:
    """A week's card is parked."""
    async with running(tmp_path) as it:
        await it.create()
        await it.join("member-1")
        it.chat.fail_next(Refused(Reason.ROOM_GONE))
        await it.until(MONDAY)
        await it.runtime.recovery.look()  # it has seen the room
        yield it


class Checks:
    """What the room's check answers, and how often it was asked."""

    def __init__(self, bot: BotUnderTest, answer: Sequence[Finding] | Exception) -> None:
        self.answer, self.asked = answer, 0
        bot.chat.check = self.check  # type: ignore[method-assign]

    async def check(self, place: Place) -> Sequence[Finding]:
        self.asked += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def cards(bot: BotUnderTest) -> int:
    return sum("Week 1:" in text or "Week 1 " in text for text in bot.chat.timeline())


async def later(bot: BotUnderTest, seconds: float) -> None:
    bot.clock.skip(seconds)
    await bot.runtime.recovery.look()
    await bot.runtime.courier.drain()


async def test_the_card_comes_once_when_the_room_works_again(bot: BotUnderTest) -> None:
    assert cards(bot) == 0
    await later(bot, recovery.FIRST)
    assert cards(bot) == 1
    await later(bot, recovery.LONGEST)
    assert cards(bot) == 1


@pytest.mark.parametrize("answer", [[Finding("no", "cure")], Refused(Reason.REVOKED), Unknown(""), TimeoutError()])
async def test_it_stays_parked_while_something_is_in_the_way_and_is_tried_ever_less_often(
    bot: BotUnderTest, answer: Sequence[Finding] | Exception
) -> None:
    checks = Checks(bot, answer)
    for _ in range(60):
        await later(bot, 600)
    assert cards(bot) == 0
    assert checks.asked == 5, "after ten minutes, and then after twice the time each"
    checks.answer = []
    await later(bot, recovery.LONGEST)
    assert cards(bot) == 1


async def test_a_room_that_only_seems_to_work_is_no_storm(bot: BotUnderTest) -> None:
    bot.chat.fail_next(*[Refused(Reason.ROOM_GONE)] * 50)
    for _ in range(60):
        await later(bot, 600)
    assert 50 - len(bot.chat._faults) <= 12
    alerts = [sent for sent in bot.chat.inbox("moderator") if "cannot post" in sent.text]
    assert len(alerts) <= 1

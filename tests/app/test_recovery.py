"""What was parked for a room goes out when nothing is in the way any more, although nobody tells."""

from collections.abc import Sequence

import pytest

from cohort_bot.app.delivery import recovery
from cohort_bot.app.ports.platform import Finding, Reason, Refused, Unknown
from cohort_bot.chat.place import Place
from tests.fakes.bot import MONDAY, BotUnderTest


@pytest.fixture
async def bot(bot: BotUnderTest) -> BotUnderTest:
    """A week's card is parked."""
    await bot.create()
    await bot.join("member-1")
    bot.chat.fail_next(Refused(Reason.ROOM_GONE))
    await bot.until(MONDAY)
    await bot.runtime.recovery.look()  # bot has seen the room
    return bot


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


async def later(bot: BotUnderTest, seconds: float) -> None:
    bot.clock.skip(seconds)
    await bot.runtime.recovery.look()
    await bot.runtime.courier.drain()


async def test_the_card_comes_once_when_the_room_works_again(bot: BotUnderTest) -> None:
    assert bot.cards() == []
    await later(bot, recovery.FIRST)
    assert bot.cards() == [1]
    await later(bot, recovery.LONGEST)
    assert bot.cards() == [1]


@pytest.mark.parametrize("answer", [[Finding("no", "cure")], Refused(Reason.REVOKED), Unknown(""), TimeoutError()])
async def test_it_stays_parked_while_something_is_in_the_way_and_is_tried_ever_less_often(
    bot: BotUnderTest, answer: Sequence[Finding] | Exception
) -> None:
    checks = Checks(bot, answer)
    for _ in range(60):
        await later(bot, 600)
    assert bot.cards() == []
    assert checks.asked == 5, "after ten minutes, and then after twice the time each"
    checks.answer = []
    await later(bot, recovery.LONGEST)
    assert bot.cards() == [1]


async def test_a_room_that_only_seems_to_work_is_no_storm(bot: BotUnderTest) -> None:
    bot.chat.fail_next(*[Refused(Reason.ROOM_GONE)] * 50)
    for _ in range(60):
        await later(bot, 600)
    assert 50 - len(bot.chat._faults) <= 12
    alerts = [sent for sent in bot.chat.inbox("moderator") if "can't post" in sent.text]
    assert len(alerts) <= 1

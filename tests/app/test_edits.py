"""Posts that are edited in place: a shared check-in that was changed or taken back, with every way an edit can fail."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from cohort_bot.app.delivery import edits
from cohort_bot.app.ports.platform import Reason, Refused, Unknown
from cohort_bot.chat.message import Message
from cohort_bot.chat.place import Ref
from cohort_bot.core.delivery_states import State
from tests.fakes.bot import TUESDAY, BotUnderTest, Step, running

SHARED = "shared:1:r1:1"


async def begin(bot: BotUnderTest) -> None:
    await bot.create()
    await bot.join("member-1")
    await bot.until(TUESDAY)
    await bot.check_in("member-1", done="first words", share=("thread",))
    await bot.settle()


@pytest.fixture
def beginning() -> Sequence[Step]:
    return (begin,)


def thread(bot: BotUnderTest) -> list[str]:
    card = next(sent for sent in bot.chat.posts() if sent.message.summary.startswith("Week 1"))
    return [text for text in bot.chat.timeline(thread=card.ref.message_id) if "just joined" not in text]


async def left(bot: BotUnderTest) -> int:
    """Edits that are still to be made."""
    at = bot.clock.now().replace(year=2028)
    return len(await bot.read(lambda store: store.revisions.due(at, 100, {"local"})))


async def test_an_edited_check_in_edits_its_post(bot: BotUnderTest) -> None:
    await bot.check_in("member-1", done="second words", tasks=("1",))
    await bot.settle()
    assert len(thread(bot)) == 1
    assert "second words" in thread(bot)[0]
    assert "1 of" in thread(bot)[0]
    assert await left(bot) == 0


async def test_a_check_in_that_is_no_longer_shared_takes_its_words_back_and_can_be_shared_again(
    bot: BotUnderTest,
) -> None:
    await bot.check_in("member-1", share=())
    await bot.settle()
    assert thread(bot) == ["There was a check-in here; it's no longer shared."]
    payload = await bot.read(lambda store: store.deliveries.by_key(SHARED))
    assert payload is not None
    assert "first words" not in (payload.payload or "")
    await bot.check_in("member-1", share=("thread",), done="third words")
    await bot.settle()
    assert len(thread(bot)) == 1
    assert "third words" in thread(bot)[0]


async def test_what_was_taken_back_before_it_was_posted_never_comes_and_comes_when_shared_again(
    bot: BotUnderTest,
) -> None:
    await bot.join("member-2")
    bot.chat.fail_next(Refused(Reason.BUSY, retry_after=100))  # longer than a person takes between two commands
    await bot.check_in("member-2", done="not yet", share=("thread",))
    await bot.check_in("member-2", share=())
    bot.clock.skip(100)
    await bot.settle()
    assert len(thread(bot)) == 1
    await bot.check_in("member-2", done="but now", share=("thread",))
    await bot.settle()
    assert "but now" in thread(bot)[1]


@pytest.mark.parametrize(
    "faults",
    [
        [Refused(Reason.BUSY, "slow down", retry_after=0.01)],
        [Unknown("connection reset")] * 8,
        [TimeoutError()],
    ],
    ids=["429", "outage", "time-out"],
)
async def test_an_edit_that_fails_in_passing_is_made_in_the_end(bot: BotUnderTest, faults: list[Exception]) -> None:
    bot.chat.fail_next(*faults)
    await bot.check_in("member-1", done="second words")
    await bot.settle()
    assert "second words" in thread(bot)[0]


async def test_the_newest_words_count_when_several_edits_cross_an_outage(bot: BotUnderTest) -> None:
    bot.chat.fail_next(*[Unknown("down")] * 4)
    for words in ("second words", "third words", "fourth words"):
        await bot.check_in("member-1", done=words)
    await bot.settle()
    assert "fourth words" in thread(bot)[0]


async def test_words_that_change_while_an_edit_is_under_way_are_not_lost(bot: BotUnderTest) -> None:
    started, release = asyncio.Event(), asyncio.Event()
    real = bot.chat.edit

    async def slow(ref: Ref, message: Message) -> None:
        started.set()
        await release.wait()
        await real(ref, message)

    bot.chat.edit = slow  # type: ignore[method-assign]
    await bot.check_in("member-1", done="second words")
    await started.wait()
    await bot.check_in("member-1", done="third words")
    release.set()
    await bot.settle()
    assert "third words" in thread(bot)[0]


async def test_an_edit_outlives_the_process(bot: BotUnderTest) -> None:
    bot.chat.fail_next(*[Unknown("down")] * 30)
    await bot.check_in("member-1", done="second words")
    await bot.runtime.stop()
    bot.chat.fail_next()
    bot.chat._faults.clear()
    async with running(bot.folder, chat=bot.chat, clock=bot.clock) as again:
        await again.settle()
        assert "second words" in thread(again)[0]


@pytest.mark.parametrize("reason", [Reason.INVALID, Reason.ROOM_GONE])
async def test_a_post_that_is_gone_is_left_alone(bot: BotUnderTest, reason: Reason) -> None:
    bot.chat.fail_next(Refused(reason, "a moderator deleted it"))
    await bot.check_in("member-1", done="second words")
    await bot.settle()
    assert await left(bot) == 0
    assert bot.chat.inbox("moderator") == []


async def test_an_edit_that_somebody_must_allow_is_tried_again_an_hour_later_but_not_for_ever(
    bot: BotUnderTest,
) -> None:
    bot.chat.fail_next(Refused(Reason.NOT_ALLOWED, "no permission"))
    await bot.check_in("member-1", done="second words")
    await bot.settle()
    assert "first words" in thread(bot)[0]
    await bot.days(1 / 24)
    assert "second words" in thread(bot)[0]

    bot.chat.fail_next(*[Refused(Reason.NOT_ALLOWED, "no permission")] * edits.MAX_ATTEMPTS)
    await bot.check_in("member-1", done="third words")
    for _ in range(edits.MAX_ATTEMPTS):
        await bot.days(1 / 24)
    assert await left(bot) == 0
    assert "second words" in thread(bot)[0]


async def test_a_post_in_the_room_because_the_thread_was_gone_is_edited_there(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        await bot.create()
        await bot.join("member-1")
        await bot.until(TUESDAY)
        bot.chat.fail_next(Refused(Reason.ROOM_GONE, "the thread was deleted"))
        await bot.check_in("member-1", done="in the room", share=("thread",))
        await bot.settle()
        await bot.check_in("member-1", done="still in the room")
        await bot.settle()
        assert "still in the room" in bot.chat.timeline()[-1]


async def test_a_post_that_says_already_what_it_should_is_not_touched(bot: BotUnderTest) -> None:
    bot.chat.fail_next(RuntimeError("nobody should call"))
    await bot.write(lambda store: edits.request(store, SHARED, bot.clock.now()))
    await bot.write(lambda store: edits.request(store, "opening:1:r1:1", bot.clock.now()))
    await bot.settle()
    assert await left(bot) == 0
    assert bot.chat._faults


async def test_there_is_nothing_to_edit_where_nothing_was_posted(bot: BotUnderTest) -> None:
    asked = await bot.write(lambda store: edits.request(store, "shared:9:r9:9", bot.clock.now()))
    assert asked is False
    row = await bot.read(lambda store: store.deliveries.by_key(SHARED))
    assert row is not None
    assert row.state is State.SENT

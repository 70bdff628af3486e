"""Undo for ten minutes: after leaving, after a removal, and after an announcement."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from cohort_bot.app.ports import audits
from cohort_bot.app.ports.platform import Reason, Refused, Search
from cohort_bot.app.ports.store import Store
from cohort_bot.app.undo import WITHIN
from cohort_bot.chat.form import Form
from cohort_bot.chat.message import Message, buttons, plain
from cohort_bot.chat.place import Place, Ref
from cohort_bot.core.membership import Break
from tests.fakes.bot import BotUnderTest, StillClock, running
from tests.fakes.memory import WORKSPACE, MemoryPlatform

pytestmark = [pytest.mark.usefixtures("cohort"), pytest.mark.both_databases]

THURSDAY = datetime(2027, 1, 7, 17, tzinfo=UTC)
"""When both get their first reminder, 18:00 in Berlin."""

WITHDRAWN = "A moderator withdrew an announcement."


async def leave(bot: BotUnderTest, who: str = "member-1", channel: str = "general") -> Message:
    return await bot.press(who, await bot.message(who, "/leave", channel), "Leave")


async def remove(bot: BotUnderTest, reason: str = "") -> Message:
    line = "/cohort remove member:member-1" + (f' reason:"{reason}"' if reason else "")
    return await bot.press("moderator", await bot.message("moderator", line), "Remove")


async def announce(bot: BotUnderTest) -> Message:
    return await bot.press("moderator", await bot.message("moderator", '/cohort announce text:"Pizza!"'), "Post it")


async def undo(bot: BotUnderTest, done: Message, who: str = "member-1") -> str:
    said = plain(await bot.press(who, done, "Undo"))
    await bot.settle()
    return said


async def record(bot: BotUnderTest) -> object:
    """All that is kept about the first member, and what they see of it."""

    def read(store: Store) -> object:
        return (
            store.members.get(1),
            store.checkins.of_member(1),
            [(row.what, row.state) for row in store.deliveries.by_keys(KEYS)],
        )

    return await bot.read(read), await bot.say("member-1", "/progress"), await bot.say("member-1", "/plan")


KEYS = [f"nudge:1:r1:{part}:m1" for part in ("middle", "closing")]


async def test_who_undoes_leaving_is_in_it_as_before(bot: BotUnderTest) -> None:
    await bot.check_in("member-1", tasks=("1",), done="Read", share=("thread",))
    await bot.type("member-1", "/slip weeks:1")
    await bot.write(lambda store: store.members.add_break(1, Break(date(2027, 2, 1), date(2027, 2, 7))))
    await bot.say("member-1", "/profile hours:5")
    await bot.settle()
    before, posts = await record(bot), [each.text for each in bot.chat.posts()]
    done = await leave(bot)
    assert "for ten minutes" in plain(done)
    await bot.until(bot.clock.now() + WITHIN)
    assert "You're back in AI 2027" in await undo(bot, done)
    assert await record(bot) == before
    assert [each.text for each in bot.chat.posts()] == posts, "the room never heard of it"


async def test_a_reminder_that_fell_into_those_minutes_comes_once(bot: BotUnderTest) -> None:
    await bot.until(THURSDAY - timedelta(minutes=4))
    done = await leave(bot)
    await bot.until(THURSDAY + timedelta(minutes=4))
    assert bot.titles("member-1") == []
    await undo(bot, done)
    await bot.until(THURSDAY + timedelta(hours=4))
    assert len(bot.titles("member-1")) == len(bot.titles("member-2")) == 1


async def test_a_message_that_was_dropped_in_those_minutes_comes_after_all(bot: BotUnderTest) -> None:
    """What a moderator wrote at night waits for their morning, and they are away then."""
    morning = datetime(2027, 1, 7, 7, tzinfo=UTC)
    await bot.until(morning - timedelta(hours=8))
    form = await bot.chat.press(
        "moderator", await bot.message("moderator", "/cohort progress member:member-1"), "Write"
    )
    assert isinstance(form, Form)
    await bot.chat.submit("moderator", form, text="How are you?")
    await bot.until(morning - timedelta(minutes=4))
    done = await leave(bot)
    await bot.until(morning + timedelta(minutes=4))
    assert bot.titles() == []
    await undo(bot, done)
    assert ["How are you?" in sent.text for sent in bot.chat.inbox("member-1")] == [True]


async def test_leaving_is_undone_wherever_it_was_done(bot: BotUnderTest) -> None:
    """From another channel, who has left a cohort in a private channel no longer sees it."""
    await bot.write(lambda store: store.cohorts.set_channel(1, "general", private=True))
    preview = await bot.message("member-1", "/leave", "study-hall")
    done = await bot.chat.press("member-1", preview, "Leave", "study-hall")
    assert isinstance(done, Message)
    back = await bot.chat.press("member-1", done, "Undo", "study-hall")
    assert isinstance(back, Message)
    assert "You're back in AI 2027" in plain(back)


async def late(bot: BotUnderTest) -> None:
    await bot.until(bot.clock.now() + WITHIN + timedelta(seconds=1))


async def rejoined(bot: BotUnderTest) -> None:
    await bot.say("member-1", "/join timezone:Berlin")


async def left_again(bot: BotUnderTest) -> None:
    await rejoined(bot)
    bot.clock.move_to(bot.clock.now() + timedelta(minutes=1))
    await leave(bot)


async def erased(bot: BotUnderTest) -> None:
    await bot.press(
        "member-1", await bot.press("member-1", await bot.message("member-1", "/profile"), "Erase"), "Erase"
    )


async def ended(bot: BotUnderTest) -> None:
    await bot.press("moderator", await bot.message("moderator", "/cohort archive"), "End")


Meanwhile = Callable[[BotUnderTest], Awaitable[None]]


@pytest.mark.parametrize(
    ("meanwhile", "who", "said"),
    [
        (late, "member-1", "You had ten minutes to undo that. /join still brings you back"),
        (rejoined, "member-1", "You're in AI 2027, so there's nothing to undo."),
        (left_again, "member-1", "You had ten minutes to undo that."),
        (erased, "member-1", "You aren't in that cohort, so there's nothing to undo."),
        (ended, "member-1", "has ended, so nothing in it can be changed"),
        (None, "member-2", "You're in AI 2027, so there's nothing to undo."),
        (None, "member-3", "You aren't in that cohort, so there's nothing to undo."),
        (None, "moderator", "You aren't in that cohort, so there's nothing to undo."),
    ],
)
async def test_when_leaving_cannot_be_undone(
    bot: BotUnderTest, meanwhile: Meanwhile | None, who: str, said: str
) -> None:
    done = await leave(bot)
    if meanwhile is not None:
        await meanwhile(bot)
    before = [member.id for member in await bot.members()]
    assert said in await undo(bot, done, who)
    assert [member.id for member in await bot.members()] == before


async def test_the_button_works_once(bot: BotUnderTest) -> None:
    done = await leave(bot)
    await undo(bot, done)
    assert "nothing to undo" in await undo(bot, done)
    removed = await remove(bot)
    await undo(bot, removed, "moderator")
    assert "Sample Member 1 is already in AI 2027, so there's nothing to undo." in await undo(bot, removed, "moderator")
    posted = await announce(bot)
    await undo(bot, posted, "moderator")
    assert "already withdrawn" in await undo(bot, posted, "moderator")
    logged = [each.action for each in await bot.read(lambda store: store.audits.newest(1, 9))]
    assert logged[:4] == [audits.UNANNOUNCED, audits.ANNOUNCED, audits.RESTORED, audits.REMOVED]


async def test_an_undo_of_leaving_does_not_undo_a_removal(bot: BotUnderTest) -> None:
    done = await leave(bot)
    await rejoined(bot)
    bot.clock.move_to(bot.clock.now() + timedelta(minutes=1))
    await remove(bot)
    assert "brings you back" in await undo(bot, done)
    assert len(await bot.members()) == 1


# Removals


async def test_a_removal_is_undone_and_both_are_on_record(bot: BotUnderTest) -> None:
    await bot.check_in("member-1")
    before = await record(bot)
    done = await remove(bot)
    assert "Sample Member 1 is back in AI 2027" in await undo(bot, done, "moderator")
    assert bot.titles() == [], "nobody had told them of it"
    shown = await bot.say("moderator", "/cohort members")
    changes = plain(await bot.press("moderator", await bot.message("moderator", "/cohort members"), "What moderators"))
    assert "Sample Member 1" in shown
    assert "Sample Moderator removed Sample Member 1." in changes
    assert "Sample Moderator undid the removal of Sample Member 1." in changes
    after = await record(bot)
    assert after[0] == before[0]  # type: ignore[index]


async def test_another_moderator_of_the_cohort_may_undo_it(tmp_path: Path, bot: BotUnderTest) -> None:
    done = await remove(bot)
    assert "Only moderators" in await undo(bot, done, "member-2")
    await bot.say("moderator", "/cohort edit moderators:@member-2")
    preview = await bot.message("moderator", "/cohort edit moderators:@member-2")
    if buttons(preview):
        await bot.press("moderator", preview, buttons(preview)[0].label)
    assert "back in AI 2027" in await undo(bot, done, "member-2")


async def test_who_was_told_of_the_removal_is_told_that_it_was_undone(bot: BotUnderTest) -> None:
    done = await remove(bot, "Wrong person")
    await bot.settle()
    assert "removed you from AI 2027" in bot.chat.inbox("member-1")[-1].text
    await undo(bot, done, "moderator")
    said = bot.chat.inbox("member-1")[-1].text
    assert "Sample Moderator undid your removal from AI 2027: you're back in it, and nothing has changed." in said
    assert len(bot.titles()) == 2


async def test_who_was_not_told_yet_hears_of_neither(bot: BotUnderTest) -> None:
    await bot.until(datetime(2027, 1, 6, 23, tzinfo=UTC))
    done = await remove(bot, "Wrong person")
    await undo(bot, done, "moderator")
    await bot.until(datetime(2027, 1, 7, 12, tzinfo=UTC))
    assert bot.titles() == []


@pytest.mark.parametrize(
    ("meanwhile", "said"),
    [
        (late, "You had ten minutes to undo that. Sample Member 1 can still come back with /join."),
        (rejoined, "Sample Member 1 is already in AI 2027, so there's nothing to undo."),
        (left_again, "You had ten minutes to undo that."),
        (erased, "They've erased their data since then, so there's nothing to bring back."),
        (ended, "has ended, so nothing in it can be changed"),
    ],
)
async def test_when_a_removal_cannot_be_undone(bot: BotUnderTest, meanwhile: Meanwhile, said: str) -> None:
    done = await remove(bot)
    await meanwhile(bot)
    before = [member.id for member in await bot.members()]
    assert said in await undo(bot, done, "moderator")
    assert [member.id for member in await bot.members()] == before


# Announcements


async def add_room(bot: BotUnderTest) -> None:
    await bot.write(lambda store: store.cohorts.add_room(1, "local", WORKSPACE, "study-hall"))


async def test_an_announcement_is_taken_back_in_every_room(bot: BotUnderTest) -> None:
    await add_room(bot)
    done = await announce(bot)
    await bot.settle()
    posts = [bot.chat.posts(channel)[-1] for channel in ("general", "study-hall")]
    assert all("Pizza!" in post.text for post in posts)
    assert "in AI 2027, one line replaces the announcement" in await undo(bot, done, "moderator")
    for channel, before in zip(("general", "study-hall"), posts, strict=True):
        after = bot.chat.posts(channel)[-1]
        assert (after.ref, after.text) == (before.ref, WITHDRAWN), "in place, and whole"
    assert "Pizza" not in str(await bot.read(lambda store: [store.deliveries.get(n) for n in range(1, 99)]))


async def test_what_could_not_be_posted_yet_never_comes(bot: BotUnderTest) -> None:
    await add_room(bot)
    bot.chat.fail_next(Refused(Reason.NOT_ALLOWED))
    done = await announce(bot)
    await bot.settle()
    await undo(bot, done, "moderator")
    await bot.days(1)
    texts = [post.text for channel in ("general", "study-hall") for post in bot.chat.posts(channel)]
    assert not any("Pizza" in text for text in texts)
    assert texts.count(WITHDRAWN) == 1, "only where it had been"
    assert "Not delivered" not in await bot.say("moderator", "/cohort progress")


async def test_after_ten_minutes_an_announcement_stays(bot: BotUnderTest) -> None:
    done = await announce(bot)
    await bot.settle()
    assert "Only moderators" in await undo(bot, done, "member-1")
    await late(bot)
    assert "so the announcement stays. To correct it, post another" in await undo(bot, done, "moderator")
    assert "Pizza!" in bot.chat.posts()[-1].text


class Slow(MemoryPlatform):
    """A platform that takes its time over an announcement: before it is posted, or while it is looked up."""

    def __init__(self, clock: StillClock, waits: str) -> None:
        super().__init__(clock.now)
        self.waits, self.begun, self.go_on = waits, asyncio.Event(), asyncio.Event()

    async def _wait(self, call: str) -> None:
        if call == self.waits:
            self.begun.set()
            await self.go_on.wait()

    async def send(self, place: Place, message: Message, mark: str, again: Search | None = None) -> Ref:
        if "Pizza" in plain(message):
            await self._wait("send")
        return await super().send(place, message, mark, again)

    async def find(self, place: Place, search: Search) -> Ref | None:
        await self._wait("find")
        return await super().find(place, search)


@pytest.mark.parametrize("waits", ["send", "find"])
async def test_a_post_on_its_way_is_taken_back_once_it_is_there(tmp_path: Path, waits: str) -> None:
    clock = StillClock()
    chat = Slow(clock, waits)
    (tmp_path / "slow").mkdir()
    async with running(tmp_path / "slow", chat=chat, clock=clock) as bot:
        await bot.create()
        if waits == "find":
            chat.lose_answer_next()
        done = await announce(bot)
        await asyncio.wait_for(chat.begun.wait(), 5)
        assert "one line replaces" in plain(await bot.press("moderator", done, "Undo"))
        chat.go_on.set()
        await bot.settle()
        assert [post.text for post in chat.posts()][-1] == WITHDRAWN

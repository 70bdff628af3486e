"""People who left the server or workspace, and people whose direct messages are closed."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from cohort_bot.app import presence
from cohort_bot.app.dispatch import Dispatcher
from cohort_bot.app.ports.platform import Identity, Reason, Refused, Unknown
from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.app.ports.store import Store
from cohort_bot.app.services import Services
from cohort_bot.app.table import TABLE
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Mention, Message, Paragraph, plain
from cohort_bot.chat.place import Actor, Place
from cohort_bot.core.membership import Account
from cohort_bot.programmes.guides import Guides
from tests.fakes.bot import LIBRARY, TUESDAY, BotUnderTest

pytestmark = pytest.mark.usefixtures("cohort")


async def account(bot: BotUnderTest) -> Account:
    return (await bot.member()).account


async def members(bot: BotUnderTest) -> list[str]:
    found = await bot.read(lambda store: store.members.in_cohort(1))
    return [each.account.name for each in found]


def thread(bot: BotUnderTest, week: int = 1) -> list[Message]:
    card = next(sent for sent in bot.chat.posts() if sent.message.summary.startswith(f"Week {week}:"))
    return [sent.message for sent in bot.chat.posts(thread=card.ref.message_id)]


# Who has left


async def test_who_left_is_found_out_by_the_first_reminder_that_fails_and_is_counted_no_more(bot: BotUnderTest) -> None:
    await bot.check_in("member-2")
    bot.chat.left.add("member-1")
    await bot.days(4)
    assert (await account(bot)).gone_at is not None
    assert await members(bot) == ["Sample Member 2"]
    said = await bot.say("moderator", "/cohort progress")
    assert "1 of 1 checked in" in said
    assert "Not delivered" not in said, "there is nothing that a moderator could do"
    await bot.days(5)
    assert "1 of 1 checked in" in plain(thread(bot)[-1])
    await bot.days(30)
    assert bot.chat.inbox("member-1") == []


async def test_who_comes_back_has_their_record_and_the_time_away_is_a_break(bot: BotUnderTest) -> None:
    await bot.check_in("member-1", done="before")
    await bot.days(7)
    bot.chat.left.add("member-1")
    await bot.days(28)
    assert (await account(bot)).gone_at is not None
    bot.chat.left.clear()
    said = await bot.say("member-1", "/progress")
    assert "Streak: 1 round" in said
    assert "‖ on break" in said
    assert "✕" not in said
    assert (await account(bot)).gone_at is None
    assert len(await members(bot)) == 2
    assert "Checked in" in await bot.check_in("member-1")
    await bot.days(14)
    assert bot.chat.inbox("member-1"), "reminders come again"


@pytest.mark.parametrize("line", ["/help", "/profile reminders:off", "/slip weeks:99"])
async def test_whatever_somebody_does_who_had_left_takes_them_up_again(bot: BotUnderTest, line: str) -> None:
    """Needing no database, changing something, refused."""
    bot.chat.left.add("member-1")
    await bot.days(4)
    assert (await account(bot)).gone_at is not None
    await bot.say("member-1", line)
    assert (await account(bot)).gone_at is None


async def test_whoever_is_noted_as_gone_again_while_they_act_is_answered(bot: BotUnderTest) -> None:
    """By a reminder that fails between being taken up and the answer."""
    database = bot.runtime.database
    left = await account(bot)

    class Failing:
        """Notes them as gone after every transaction."""

        shelf = database.shelf

        async def read(self, fn: Callable[[Store], object]) -> object:
            found = await database.read(fn)
            await self._reminder()
            return found

        async def write(self, fn: Callable[[Store], object], *, fenced: bool = False) -> object:
            found = await database.write(fn, fenced=fenced)
            await self._reminder()
            return found

        async def _reminder(self) -> None:
            await database.write(lambda store: store.people.set_gone(left.id, TUESDAY))

    failing = Failing()
    await failing._reminder()
    services = Services(failing, LIBRARY, Guides(), {}, TABLE, lambda _: None)  # type: ignore[arg-type]
    dispatch = Dispatcher(services, failing, bot.clock.elapsed)  # type: ignore[arg-type]
    actor = Actor(left.platform, left.workspace, left.user, left.name)
    place = Place(left.platform, left.workspace, "general")
    reply = await dispatch(Invocation("i-1", "profile", "command", actor, place, TUESDAY, args={"hours": "3"}))
    assert isinstance(reply, Message)
    assert "hours" in plain(reply)


async def test_a_new_name_is_stored_in_the_transaction_that_changes_something(
    bot: BotUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, known, written = bot.runtime.database, await account(bot), []
    write = database.write

    async def counted(fn: Callable[[Store], object], *, fenced: bool = False) -> object:
        written.append(fn)
        return await write(fn, fenced=fenced)

    monkeypatch.setattr(database, "write", counted)
    dispatch = Dispatcher(Services(database, LIBRARY, Guides(), {}, TABLE, lambda _: None), database, bot.clock.elapsed)
    actor = Actor(known.platform, known.workspace, known.user, "New Name", handle=known.handle)
    place = Place(known.platform, known.workspace, "general")
    await dispatch(Invocation("i-1", "checkin.save", "form", actor, place, bot.clock.now(), fields={"tasks": ("1",)}))
    assert len(written) == 1
    assert (await account(bot)).name == "New Name"


REMINDER = datetime(2027, 1, 7, 17, tzinfo=UTC)
"""When the first reminder is due."""


@pytest.mark.parametrize("reason", [Reason.PERSON_GONE, Reason.DIRECT_CLOSED])
async def test_who_is_there_and_refused_once_is_written_to_again(bot: BotUnderTest, reason: Reason) -> None:
    """The refusal may be of an outage that was over when the bot asked who is there."""
    bot.chat.fail_next(Refused(reason))
    await bot.until(REMINDER)
    found = await account(bot)
    assert (found.gone_at, found.closed_at) == (None, None)
    assert bot.chat.inbox("member-1")


@pytest.mark.parametrize("reason", [Reason.PERSON_GONE, Reason.DIRECT_CLOSED])
@pytest.mark.parametrize("left", [True, False])
async def test_closed_direct_messages_are_told_apart_from_having_left(
    bot: BotUnderTest, reason: Reason, left: bool
) -> None:
    """Whichever of the two the platform says: it says both for either."""
    bot.chat.left.update({"member-1"} if left else ())
    bot.chat.fail_next(*[Refused(reason)] * (1 if left else 4))  # who is there is tried once more
    await bot.until(REMINDER)
    found = await account(bot)
    assert (found.gone_at is not None, found.closed_at is not None) == (left, not left)


@pytest.mark.parametrize("reason", [Reason.PERSON_GONE, Reason.DIRECT_CLOSED])
@pytest.mark.parametrize("fault", [Refused(Reason.NOT_ALLOWED), Refused(Reason.REVOKED), Refused(Reason.ROOM_GONE)])
async def test_a_refusal_about_a_person_says_nothing_while_the_bot_is_not_there(
    bot: BotUnderTest, reason: Reason, fault: Exception
) -> None:
    bot.chat.unsure = fault
    bot.chat.fail_next(Refused(reason), Refused(reason))
    await bot.until(REMINDER)
    found = await account(bot)
    assert (found.gone_at, found.closed_at) == (None, None)
    waiting = await bot.read(lambda store: store.deliveries.parked(1))
    assert {row.reason for row in waiting} == {DeliveryReason.REVOKED}, "and it goes out when the bot is there again"


@pytest.mark.parametrize("fault", [Unknown("no answer"), Refused(Reason.BUSY), TimeoutError()])
async def test_a_reminder_waits_until_the_platform_can_tell_who_is_there(bot: BotUnderTest, fault: Exception) -> None:
    bot.chat.unsure = fault
    bot.chat.fail_next(Refused(Reason.DIRECT_CLOSED), Refused(Reason.DIRECT_CLOSED))
    await bot.until(REMINDER)
    found = await account(bot)
    assert (found.gone_at, found.closed_at) == (None, None)
    assert len(bot.chat.inbox("member-1")) == 1, "it was tried again"


async def test_one_person_in_two_cohorts_has_two_records_that_never_touch(bot: BotUnderTest) -> None:
    await bot.create("Second", "timezone:Europe/Berlin channel:study-hall")
    await bot.say("member-1", "/join timezone:Europe/Berlin cohort:Second")
    await bot.check_in("member-1", '/checkin cohort:"AI 2027"', done="in the first")
    await bot.days(7)
    await bot.check_in("member-1", "/checkin cohort:Second", done="in the second")
    await bot.say("member-1", "/slip weeks:1 cohort:Second")
    read = bot.read
    first, second = await read(
        lambda store: [
            store.checkins.of_member(each.id)
            for cohort in (1, 2)
            for each in store.members.in_cohort(cohort)
            if each.account.name == "Sample Member 1"
        ]
    )
    assert [made.done for made in first] == ["in the first"]
    assert [made.done for made in second] == ["in the second"]
    assert (await bot.member()).slips == ()


# Whose direct messages are closed


async def test_closed_direct_messages_are_told_once_at_the_next_command(bot: BotUnderTest) -> None:
    bot.chat.closed.add("member-1")
    await bot.until(datetime(2027, 1, 7, 17, 30, tzinfo=UTC))
    await bot.form("member-1", "/checkin")  # has no room for it
    said = await bot.say("member-1", "/plan")
    assert "I couldn't send you a direct message" in said
    assert "[Mention me in the thread]" in said
    assert "didn't arrive" not in await bot.say("member-1", "/plan")
    assert not any(isinstance(span, Mention) for message in thread(bot) for span in spans(message)), "nobody asked"


async def test_a_mention_takes_the_place_of_a_reminder_for_who_asked_and_says_no_more_than_it_must(
    bot: BotUnderTest,
) -> None:
    await bot.check_in("member-1", next="a private plan")
    assert "Saved: mentions" in await bot.say("member-1", "/profile mention:on")
    bot.chat.closed.update({"member-1", "member-2"})
    await bot.until(datetime(2027, 1, 14, 17, 30, tzinfo=UTC))
    named = [message for message in thread(bot, 2) if Mention("member-1") in spans(message)]
    assert len(named) == 1
    assert "a private plan" not in plain(named[0])
    assert "week 2 is open until" in plain(named[0])
    assert not any(Mention("member-2") in spans(message) for message in thread(bot, 2))
    said = await bot.say("moderator", "/cohort progress")
    assert "Not delivered" in said, "member-2's"
    await bot.say("member-1", "/profile mention:off")
    await bot.days(7)
    assert not any(Mention("member-1") in spans(message) for message in thread(bot, 3))


async def test_the_button_opts_in(bot: BotUnderTest) -> None:
    bot.chat.closed.add("member-1")
    await bot.until(datetime(2027, 1, 7, 17, 30, tzinfo=UTC))
    reply = await bot.message("member-1", "/plan")
    assert "I'll mention you" in str(await bot.chat.press("member-1", reply, "Mention me"))
    assert (await account(bot)).mention


async def test_who_checked_in_before_the_mention_is_sent_is_not_named(bot: BotUnderTest) -> None:
    await bot.say("member-1", "/profile mention:on")
    bot.chat.closed.add("member-1")
    await bot.until(datetime(2027, 1, 7, 16, 59, tzinfo=UTC))
    real = bot.chat.identity

    async def checking_in_meanwhile(workspace: str, user: str) -> Identity | None:
        await bot.check_in("member-1")
        return await real(workspace, user)

    bot.chat.identity = checking_in_meanwhile  # type: ignore[method-assign]
    await bot.until(datetime(2027, 1, 7, 17, 30, tzinfo=UTC))
    assert not any(isinstance(span, Mention) for message in thread(bot) for span in spans(message))


def spans(message: Message) -> list[object]:
    return [span for block in message.blocks if isinstance(block, Paragraph) for span in block.spans]


async def test_who_is_said_to_have_left_again_at_once_gets_their_answer(
    bot: BotUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = (await account(bot)).id
    await bot.write(lambda store: store.people.set_gone(gone, TUESDAY))
    monkeypatch.setattr(presence.Presence, "update", lambda *_: None)  # as if a message to them failed right after it
    assert "reference" not in await bot.say("member-1", "/help")

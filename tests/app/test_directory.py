"""Who is on the roster, as the platform tells it now: renamed, gone, back, and who is asked about when."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from cohort_bot.app.delivery import directory
from cohort_bot.app.ports.platform import Identity, Reason, Refused, Unknown
from cohort_bot.chat.message import plain
from tests.fakes.bot import MONDAY, BotUnderTest, Step, running

DAY = timedelta(days=1)

pytestmark = pytest.mark.both_databases


async def begin(bot: BotUnderTest) -> None:
    await bot.create()
    await bot.join("member-1", "member-2", "member-3")
    await bot.until(MONDAY)


@pytest.fixture
def beginning() -> Sequence[Step]:
    return (begin,)


def rename(bot: BotUnderTest, person: str, name: str) -> None:
    bot.chat.people[person] = replace(bot.chat.people[person], name=name)


async def roster(bot: BotUnderTest) -> list[str]:
    return [each.account.name for each in await bot.read(lambda s: s.members.in_cohort(1))]


def digests(bot: BotUnderTest) -> list[str]:
    return [sent.text for sent in bot.chat.inbox("moderator") if ", round " in sent.text.splitlines()[0]]


# Names


async def test_a_new_name_comes_with_the_next_command_and_is_shown_everywhere(bot: BotUnderTest) -> None:
    rename(bot, "member-1", "New Name")
    await bot.check_in("member-1", tasks=("1",), share=("thread",))
    await bot.settle()
    everything = "\n".join(sent.text for sent in bot.chat.sent if sent.at >= MONDAY)
    assert "New Name checked in" in everything
    assert "New Name" in await bot.say("moderator", "/cohort members")
    assert "Sample Member 1" not in await bot.say("moderator", "/cohort progress")
    reply = await bot.message("moderator", '/cohort progress member:"new name"')
    assert "New Name in AI 2027" in plain(reply)


@pytest.mark.parametrize("line", ["/help", "/plan", "/progress", "/leave", "/slip weeks:99"])
async def test_whatever_they_do_brings_their_name(bot: BotUnderTest, line: str) -> None:
    """Reading, changing, refused, needing no database."""
    rename(bot, "member-2", "New Name")
    await bot.type("member-2", line)
    assert "New Name" in await roster(bot)


async def test_who_does_nothing_is_called_by_their_new_name_within_a_day(bot: BotUnderTest) -> None:
    rename(bot, "member-3", "New Name")
    await bot.until(bot.clock.now() + DAY)
    await bot.settle()
    assert "New Name" in await roster(bot)


async def test_a_name_that_the_platform_does_not_tell_itself_is_not_noted(bot: BotUnderTest) -> None:
    """Such as the one in a direct message, where nobody sees the server's."""
    real = bot.chat.actor
    bot.chat.actor = lambda person: replace(real(person), name="a handle", name_seen=False)  # type: ignore[method-assign]
    await bot.say("member-1", "/plan")
    await bot.say("member-1", "/profile timezone:Lisbon")
    assert "Sample Member 1" in await roster(bot)


async def test_who_is_called_nothing_that_can_be_seen_is_called_as_their_account(bot: BotUnderTest) -> None:
    rename(bot, "member-1", "\u200b")
    await bot.days(2)
    assert await roster(bot) == ["member-1", "Sample Member 2", "Sample Member 3"]
    await bot.say("member-1", "/plan")
    assert "member-1" in await roster(bot)


async def test_a_renamed_member_is_told_apart_from_their_new_namesakes(bot: BotUnderTest) -> None:
    rename(bot, "member-3", "Sample Member 2")
    await bot.days(2)
    shown = await bot.read(lambda store: [each.name for each in store.members.in_cohort(1)])
    assert len(set(shown)) == 3, shown


# Gone and back


async def test_who_has_left_without_a_word_is_named_once_and_earlier_figures_stay(bot: BotUnderTest) -> None:
    await bot.check_in("member-1")
    await bot.days(8.2)
    bot.chat.left.update({"member-1", "member-2"})
    await bot.days(21)
    first, second, *later = digests(bot)
    assert "round 1: 1 of 3 checked in" in first
    assert "Left: Sample Member 1, Sample Member 2." in second
    assert "was 1 of 3" in second
    assert not any("Left" in digest for digest in later)
    risk = await bot.say("moderator", "/cohort progress")
    assert "Sample Member 1" not in risk
    assert "Sample Member 2" not in risk
    assert bot.chat.inbox("member-2")[-1].at < MONDAY + 8.2 * DAY


async def test_who_left_the_cohort_and_then_the_server_is_named_once(bot: BotUnderTest) -> None:
    reply = await bot.message("member-1", "/leave")
    await bot.chat.press("member-1", reply, "Leave")
    await bot.days(8.2)
    bot.chat.left.add("member-1")
    await bot.days(15)
    assert sum("Left: Sample Member 1." in text for text in digests(bot)) == 1


async def test_who_leaves_after_the_hour_of_a_late_digest_is_in_the_next_one_only(bot: BotUnderTest) -> None:
    await bot.until(MONDAY + 8 * DAY - timedelta(minutes=1))
    bot.chat.left.add("member-1")
    bot.clock.move_to(MONDAY + 8 * DAY + timedelta(hours=5))  # nothing ran in between
    await bot.settle()
    await bot.days(8)
    assert ["Left: Sample Member 1." in text for text in digests(bot)] == [False, True]


async def test_who_is_kicked_and_back_is_on_the_roster_again_without_doing_anything(bot: BotUnderTest) -> None:
    bot.chat.left.add("member-1")
    await bot.days(1.1)
    assert "Sample Member 1" not in await roster(bot)
    bot.chat.left.clear()
    await bot.days(7)
    assert "Sample Member 1" in await roster(bot)
    assert not any("Left" in text for text in digests(bot)), "they are here, nothing to tell"
    assert bot.chat.inbox("member-1"), "and reminded"


async def test_the_papers_that_somebody_read_count_while_they_are_here(bot: BotUnderTest) -> None:
    await bot.write(lambda store: store.papers.note_read(1, 2, MONDAY))
    assert await bot.read(lambda store: store.papers.readers(1)) == {2: 1}
    bot.chat.left.add("member-1")
    await bot.days(2)
    assert await bot.read(lambda store: store.papers.readers(1)) == {}


@pytest.mark.parametrize(
    "fault", [Refused(Reason.REVOKED), Refused(Reason.NOT_ALLOWED), Refused(Reason.BUSY), Unknown(""), TimeoutError()]
)
async def test_nobody_is_gone_as_long_as_that_cannot_be_told(bot: BotUnderTest, fault: Exception) -> None:
    bot.chat.left.add("member-1")
    bot.chat.unsure = fault
    await bot.days(1.5)
    assert len(await roster(bot)) == 3
    bot.chat.unsure = None
    await bot.days(1.5)
    assert len(await roster(bot)) == 2


# Who is asked about when


class Asked:
    """Whom the platform was asked about."""

    def __init__(self, bot: BotUnderTest) -> None:
        self.users: list[str] = []
        self._real = bot.chat.identity
        bot.chat.identity = self.identity  # type: ignore[method-assign]

    async def identity(self, workspace: str, user: str) -> Identity | None:
        self.users.append(user)
        return await self._real(workspace, user)


async def test_everybody_is_asked_about_once_a_day(bot: BotUnderTest) -> None:
    asked = Asked(bot)
    bot.clock.move_to(MONDAY + 3 * DAY)
    for _ in range(3):
        await bot.runtime.directory.look()
    assert sorted(asked.users) == ["member-1", "member-2", "member-3", "moderator"]
    bot.clock.move_to(MONDAY + 4 * DAY - timedelta(minutes=1))
    await bot.runtime.directory.look()
    assert len(asked.users) == 4
    bot.clock.move_to(MONDAY + 4 * DAY)
    await bot.runtime.directory.look()
    assert len(asked.users) == 8


async def test_a_look_asks_about_a_few_and_those_first_who_waited_longest(
    bot: BotUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory, "AT_ONCE", 3)
    asked = Asked(bot)
    bot.clock.move_to(MONDAY + 10 * DAY)
    for expected in (3, 4, 4):
        await bot.runtime.directory.look()
        assert len(asked.users) == expected
    assert len(set(asked.users)) == 4


async def test_nobody_is_asked_about_who_takes_no_part(bot: BotUnderTest) -> None:
    reply = await bot.message("member-1", "/leave")
    await bot.chat.press("member-1", reply, "Leave")
    asked = Asked(bot)
    bot.clock.move_to(MONDAY + 3 * DAY)
    await bot.runtime.directory.look()
    assert "member-1" not in asked.users
    end = await bot.message("moderator", "/cohort archive")
    await bot.chat.press("moderator", end, "End")
    bot.clock.move_to(MONDAY + 6 * DAY)
    asked.users.clear()
    await bot.runtime.directory.look()
    assert asked.users == []


async def test_two_processes_never_ask_about_the_same_person(bot: BotUnderTest) -> None:
    bot.clock.move_to(MONDAY + 3 * DAY)
    database = bot.runtime.database
    at = MONDAY + 3 * DAY
    found = await database.read(lambda store: store.people.unasked(at, directory.EVERY, directory.AT_ONCE))
    takes = [await database.write(lambda store: directory._take(store, found, at)) for _ in range(2)]
    assert [len(each) for each in takes] == [4, 0]


async def test_it_goes_on_where_it_was_after_a_restart(tmp_path: Path) -> None:
    async with running(tmp_path) as first:
        await first.create()
        await first.join("member-1")
        await first.until(MONDAY)
        chat, clock = first.chat, first.clock
    async with running(tmp_path, chat=chat, clock=clock) as again:
        asked = Asked(again)
        await again.settle()
        assert asked.users == [], "they were asked about today"

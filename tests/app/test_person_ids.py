"""One person under several ids of a platform (Slack's Enterprise Grid): one member, whichever they come as."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from cohort_bot.app.ports.platform import Identity
from cohort_bot.app.ports.store import Store
from cohort_bot.chat.place import Actor
from cohort_bot.core.checkins import CheckIn
from cohort_bot.platforms.local.chat import SAMPLES, Person
from tests.fakes.bot import MONDAY, BotUnderTest, StillClock, running
from tests.fakes.memory import MemoryPlatform

pytestmark = pytest.mark.both_databases


class Grid(MemoryPlatform):
    """Tells of U123 that it is W123, too; of W123 nothing of the kind."""

    tells = True

    def actor(self, person: str) -> Actor:
        found = super().actor(person)
        also = frozenset({"W" + person[1:]}) if self.tells and person[0] == "U" else frozenset()
        return replace(found, ids=also)

    async def identity(self, workspace: str, user: str) -> Identity | None:
        found = await super().identity(workspace, user)
        return found and replace(found, ids=self.actor(user).ids | {user})


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[BotUnderTest]:
    clock = StillClock()
    people = [Person(user, "Grid Person", admin=user[1:] == "9") for user in ("U123", "W123", "U9", "W9")]
    async with running(tmp_path, clock=clock, chat=Grid(clock.now, (*SAMPLES, *people))) as it:
        yield it


@pytest.mark.parametrize(("joined", "comes"), [("U123", "W123"), ("W123", "U123")])
async def test_who_joined_under_one_id_is_known_under_the_other(bot: BotUnderTest, joined: str, comes: str) -> None:
    await bot.create()
    await bot.join(joined)
    await bot.until(MONDAY)
    assert "Checked in" in await bot.check_in(comes)
    assert "already" in await bot.say(comes, "/join timezone:Berlin")
    assert len(await bot.members()) == 1
    assert "1 of 1" in await bot.say("moderator", "/cohort progress")
    for user in ("U123", "W123"):
        assert "Grid Person" in await bot.say("moderator", f"/cohort progress member:{user}")


async def test_the_other_id_stays_known_when_the_platform_tells_it_no_more(bot: BotUnderTest) -> None:
    await bot.create()
    await bot.join("U123")
    bot.chat.tells = False  # type: ignore[attr-defined]
    assert "already" in await bot.say("W123", "/join timezone:Berlin")


async def test_who_created_it_looks_after_it_under_both_ids(bot: BotUnderTest) -> None:
    preview = await bot.message("U9", '/cohort create name:"AI 2027" timezone:Berlin')
    await bot.chat.press("U9", preview, "Create")
    bot.chat.people["W9"] = replace(bot.chat.people["W9"], admin=False)
    assert "Only moderators" not in await bot.say("W9", "/cohort members")


async def test_who_erases_their_data_can_come_again_under_either_id(bot: BotUnderTest) -> None:
    await bot.create()
    await bot.join("U123")
    ask = await bot.message("W123", "/profile")
    sure = await bot.chat.press("W123", ask, "Erase")
    await bot.chat.press("W123", sure, "Erase")  # type: ignore[arg-type]
    assert await bot.members() == []
    assert "Welcome" in await bot.say("W123", "/join timezone:Berlin")


# Doubled: both ids had joined before the platform told that they are one person's


async def doubled(bot: BotUnderTest) -> None:
    """As they are in a database from before."""
    bot.chat.tells = False  # type: ignore[attr-defined]
    await bot.create()
    await bot.join("U123", "member-1", "W123")
    await bot.until(MONDAY)
    assert len(await bot.members()) == 3
    await bot.check_in("U123", done="as U")
    await bot.days(7)
    await bot.check_in("W123", "/checkin round:2", done="as W")
    await bot.type("W123", "/profile language:en")


@pytest.mark.parametrize("how", ["they act", "the daily look"])
async def test_a_doubled_person_becomes_one_with_the_rounds_of_both(bot: BotUnderTest, how: str) -> None:
    await doubled(bot)
    bot.chat.tells = True  # type: ignore[attr-defined]
    if how == "they act":
        await bot.say("U123", "/plan")
    else:
        await bot.days(1.5)
    found = await bot.members()
    assert sorted(each.account.name for each in found) == ["Grid Person", "Sample Member 1"]
    one = next(each for each in found if each.account.name == "Grid Person")
    made = await bot.read(lambda store: store.checkins.of_member(one.id))
    assert [(each.round, each.done) for each in made] == [(1, "as U"), (2, "as W")]
    assert one.account.language == "en", "what either has chosen"
    assert one.shown == "Grid Person", "there is nobody to be told apart from"
    await bot.days(8)
    digest = next(sent.text for sent in reversed(bot.chat.inbox("moderator")) if ", round " in sent.text)
    assert "Left" not in digest
    assert " of 2 checked in" in digest
    assert "Streak: 2 rounds" in await bot.say("W123", "/progress")


async def test_of_two_check_ins_of_one_round_the_remaining_members_own_stays(bot: BotUnderTest) -> None:
    await doubled(bot)
    rows = {each.account.user: each.id for each in await bot.members()}
    one, other = rows["U123"], rows["W123"]
    again = CheckIn(other, 1, 1, MONDAY + timedelta(days=1), done="also as W")
    await bot.write(lambda store: store.checkins.save(again, again.filed_at))
    bot.chat.tells = True  # type: ignore[attr-defined]
    await bot.say("U123", "/plan")
    made = await bot.read(lambda store: store.checkins.of_member(one))
    assert [(each.round, each.done) for each in made] == [(1, "as U"), (2, "as W")]


async def test_what_both_did_in_the_paper_club_is_one_persons(bot: BotUnderTest) -> None:
    await doubled(bot)
    rows = {each.account.user: each.id for each in await bot.members()}
    one, other, reader = rows["U123"], rows["W123"], rows["member-1"]

    def take_part(store: Store) -> None:
        club, at = store.paper_club, bot.clock.now()
        club.propose(one, 5, "As U", "https://example.org/u", at)
        club.propose(other, 5, "As W", "https://example.org/w", at)
        club.propose(other, 9, "Also as W", "https://example.org/also-w", at)
        kept, dropped = (each.id for each in club.proposals(1, 5))
        club.vote(one, 5, kept)
        club.vote(other, 5, dropped)
        club.vote(reader, 5, kept)
        club.vote(other, 9, club.proposals(1, 9)[0].id)
        club.meet(1, 5, other, at + timedelta(days=3))

    await bot.write(take_part)
    bot.chat.tells = True  # type: ignore[attr-defined]
    await bot.say("U123", "/plan")
    found = await bot.read(lambda store: store.paper_club.of_member(one))
    assert [(each.week, each.title, each.votes) for each in found.proposed] == [(5, "As U", 2), (9, "Also as W", 1)]
    assert found.voted == {5: "As U", 9: "Also as W"}
    assert [each.member_id for each in found.presented] == [one]
    assert len(await bot.read(lambda store: store.paper_club.proposals(1, 5))) == 1
    assert "Step back from presenting" in await bot.say("W123", "/club cancel")


async def test_who_left_under_one_id_and_is_here_under_the_other_is_here(bot: BotUnderTest) -> None:
    await doubled(bot)
    leaving = await bot.message("U123", "/leave")
    await bot.chat.press("U123", leaving, "Leave")
    bot.chat.tells = True  # type: ignore[attr-defined]
    await bot.say("U123", "/plan")
    assert len(await bot.members()) == 2


async def test_two_people_of_one_name_stay_two(bot: BotUnderTest) -> None:
    await bot.create()
    await bot.join("U123", "U9")
    await bot.days(3)
    assert len(await bot.members()) == 2

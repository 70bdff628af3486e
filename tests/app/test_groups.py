"""Small groups: asked for by members, put together by the bot, looked after by moderators."""

import json
import re
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from cohort_bot.app.delivery import group_matching, keys
from cohort_bot.app.ports.platform import Reason, Refused
from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.chat.message import Paragraph, When, plain
from cohort_bot.chat.place import Place
from cohort_bot.core.delivery_states import State
from cohort_bot.core.groups import match
from cohort_bot.platforms.local.chat import Person, group_channel
from tests.fakes.bot import LIBRARY, BotUnderTest, OneGuide, StillClock, running
from tests.fakes.memory import MemoryPlatform, Sent
from tests.properties.worlds import programme

MATCHED = datetime(2027, 1, 12, 9, tzinfo=UTC)
"""Tuesday of the second week, 10:00 in Berlin: the day of grace of the first is over since an hour."""

PEOPLE = (
    Person("moderator", "Sample Moderator", "Europe/Berlin", admin=True),
    *(Person(name.lower(), name, "Europe/Berlin") for name in ("Ada", "Ben", "Cem", "Dee", "Eva", "Fay", "Gus")),
)


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[BotUnderTest]:
    clock = StillClock()
    async with running(tmp_path, chat=MemoryPlatform(clock.now, PEOPLE), clock=clock) as it:
        await it.create()
        yield it


async def ask(bot: BotUnderTest, *people: str) -> None:
    """They join the cohort, if they have not, and ask for a group."""
    known = {member.account.user for member in await bot.members()}
    await bot.join(*(person for person in people if person not in known))
    for person in people:
        await bot.say(person, "/group join")


def conversation(bot: BotUnderTest, *people: str) -> Sequence[Sent]:
    """What the bot has written to these people alone."""
    return bot.chat.posts(group_channel(people))


def conversations(bot: BotUnderTest) -> set[str]:
    return {sent.ref.place.channel for sent in bot.chat.sent if sent.ref.place.channel.startswith("group-")}


async def groups_now(bot: BotUnderTest) -> set[frozenset[str]]:
    """Who is together by the database."""
    members = {member.id: member.account.user for member in await bot.members()}
    found: dict[int, set[str]] = {}
    for seat in await bot.read(lambda store: store.groups.seats([1])):
        if seat.group is not None:
            found.setdefault(seat.group, set()).add(members[seat.member_id])
    return {frozenset(each) for each in found.values()}


async def keep_up(bot: BotUnderTest, *people: str, weeks: int) -> None:
    """So many weeks go by in which these people check in."""
    for _ in range(weeks):
        for person in people:
            await bot.check_in(person)
        await bot.days(7)


@pytest.mark.both_databases
async def test_three_who_ask_are_put_together_when_the_round_is_over(bot: BotUnderTest) -> None:
    await bot.join("ada", "ben", "cem", "dee")
    answer = await bot.say("ada", "/group join")
    assert "I'm looking for a small group for you" in answer
    assert "Nobody else is waiting yet." in answer
    await ask(bot, "ben", "cem")
    assert "2 others are waiting" in await bot.say("ada", "/group show")
    await bot.until(MATCHED - timedelta(minutes=1))
    assert not conversations(bot)
    await bot.until(MATCHED)
    (first,) = conversation(bot, "ada", "ben", "cem")
    assert "what would you most like to be able to do a month from now" in first.text
    assert "check" not in first.text, "about goals, not about turnout"
    assert first.message.summary.startswith("Small group 1: Ada, Ben and Cem")
    assert first.at == MATCHED
    shown = await bot.say("ada", "/group show")
    assert "You're in a small group of AI 2027 with Ben and Cem." in shown
    assert f"https://chat.example.org/{first.ref.place.channel}" in shown
    assert "You're not in a small group" in await bot.say("dee", "/group show")
    assert await bot.say("ben", "/group join") == await bot.say("ben", "/group show"), "asking again changes nothing"


async def test_until_it_is_day_for_all_of_them_it_is_told_when_their_conversation_begins(bot: BotUnderTest) -> None:
    await bot.join("ada", "ben")
    await bot.join("cem", line="/join timezone:America/New_York")
    await ask(bot, "ada", "ben", "cem")
    await bot.until(MATCHED)
    assert not conversations(bot)
    shown = await bot.message("ada", "/group show")
    assert "when it's day for all of you" in plain(shown)
    (begins,) = [
        span.at
        for block in shown.blocks
        if isinstance(block, Paragraph)
        for span in block.spans
        if isinstance(span, When)
    ]
    assert begins == datetime(2027, 1, 12, 13, tzinfo=UTC), "08:00 in New York"
    await bot.until(begins)
    assert len(conversation(bot, "ada", "ben", "cem")) == 1
    assert "It began" in await bot.say("ada", "/group show")


async def test_two_wait_and_nobody_is_bothered(bot: BotUnderTest) -> None:
    await ask(bot, "ada", "ben")
    await bot.until(MATCHED + timedelta(days=1))
    assert not conversations(bot)
    assert not any("group" in title for title in bot.titles("ada"))


@pytest.mark.both_databases
async def test_whoever_leaves_leaves_silently_and_is_forgotten(bot: BotUnderTest) -> None:
    await ask(bot, "ada", "ben", "cem", "dee")
    await bot.until(MATCHED)
    before = len(bot.chat.sent)
    assert "I haven't told anybody" in await bot.say("dee", "/group leave")
    await bot.settle()
    assert [sent for sent in bot.chat.sent[before:] if sent.private is None] == []
    assert await groups_now(bot) == {frozenset({"ada", "ben", "cem"})}
    dee = next(member.id for member in await bot.members() if member.account.user == "dee")
    assert dee not in await bot.read(lambda store: store.groups.met(1))
    await bot.days(7)
    assert conversations(bot) == {group_channel(["ada", "ben", "cem", "dee"])}, "three are enough: nothing is said"
    assert "not in a small group" in await bot.say("dee", "/group leave")


async def test_somebody_silent_for_three_rounds_is_told_and_comes_back(bot: BotUnderTest) -> None:
    await ask(bot, "ada", "ben", "cem", "dee", "eva")
    await bot.until(MATCHED)
    (first,) = await groups_now(bot)
    assert len(first) == 5
    await keep_up(bot, "ada", "ben", "cem", "dee", weeks=4)
    told = [sent for sent in bot.chat.inbox("eva") if "carries on without you" in sent.message.summary]
    assert len(told) == 1
    assert "away for a while, and that's fine" in told[0].text
    assert await groups_now(bot) == {frozenset({"ada", "ben", "cem", "dee"})}
    assert conversations(bot) == {group_channel(["ada", "ben", "cem", "dee", "eva"])}, "the others read nothing of it"
    assert "I'm looking for a small group" in (await bot.press("eva", told[0], "Find me a group")).summary
    await bot.days(7)
    assert await groups_now(bot) == {first}
    latest = conversation(bot, *first)[-1]
    assert "Eva is new in it" in latest.text


async def test_a_check_in_brings_somebody_back_too(bot: BotUnderTest) -> None:
    await ask(bot, "ada", "ben", "cem", "dee")
    await bot.until(MATCHED)
    await keep_up(bot, "ada", "ben", "cem", weeks=4)
    assert await groups_now(bot) == {frozenset({"ada", "ben", "cem"})}
    await keep_up(bot, "ada", "ben", "cem", "dee", weeks=1)
    await keep_up(bot, "ada", "ben", "cem", weeks=1)
    assert await groups_now(bot) == {frozenset({"ada", "ben", "cem", "dee"})}


async def test_a_place_that_is_free_is_filled_in_a_new_conversation(bot: BotUnderTest) -> None:
    await ask(bot, "ada", "ben", "cem")
    await bot.until(MATCHED)
    await bot.say("cem", "/group leave")
    await ask(bot, "dee")
    await bot.days(7)
    assert await groups_now(bot) == {frozenset({"ada", "ben", "dee"})}
    (first,) = conversation(bot, "ada", "ben", "dee")
    assert "Dee is new in it, so it begins again here." in first.text
    assert len(conversation(bot, "ada", "ben", "cem")) == 1, "who left reads nothing more"


async def test_a_moderator_sees_groups_and_moves_somebody(bot: BotUnderTest) -> None:
    nobody = await bot.say("moderator", "/cohort groups")
    assert "Nobody has asked for one yet" in nobody
    await ask(bot, "ada", "ben", "cem", "dee", "eva", "fay", "gus")
    assert "Waiting: Ada, Ben, Cem, Dee, Eva, Fay and Gus" in await bot.say("moderator", "/cohort groups")
    await bot.until(MATCHED)
    larger, smaller = sorted(await groups_now(bot), key=len, reverse=True)
    who, to = sorted(larger)[0], sorted(smaller)[0]
    preview = await bot.message("moderator", f"/cohort groups member:{who.title()} with:{to.title()}")
    done = await bot.press("moderator", preview, "Move them")
    assert f"{who.title()} is in a group with" in done.summary
    await bot.settle()
    assert await groups_now(bot) == {larger - {who}, smaller | {who}}
    assert len(conversation(bot, *smaller, who)) == 1
    await bot.days(1)
    assert any("moved you to another small group" in sent.text for sent in bot.chat.inbox(who))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("member:Ada", "Who should Ada be with?"),
        ("with:Ada", "Who should Ada be with?"),
        ("member:Ada with:Dee", "Dee hasn't asked for a small group. Only they can"),
        ("member:Dee with:Ada", "Dee hasn't asked for a small group."),
        ("member:Ada with:Eva", "Eva isn't in a small group yet"),
        ("member:Ada with:Zoe", "Zoe"),
    ],
)
async def test_what_a_moderator_cannot_do(bot: BotUnderTest, line: str, said: str) -> None:
    await ask(bot, "ada", "ben", "cem")
    await bot.join("dee")
    await bot.until(MATCHED)
    await ask(bot, "eva")
    assert said in await bot.say("moderator", f"/cohort groups {line}")


async def test_a_moderator_begins_a_new_conversation_where_the_first_is_gone(bot: BotUnderTest) -> None:
    await ask(bot, "ada", "ben", "cem")
    await bot.until(MATCHED)
    preview = await bot.message("moderator", "/cohort groups member:Ada with:Cem")
    assert plain(preview).startswith("Ada, Ben and Cem are together already. Begin a new conversation for them?")
    assert "new conversation for Ada, Ben and Cem" in plain(await bot.press("moderator", preview, "Begin a new one"))
    await bot.settle()
    _, second = conversation(bot, "ada", "ben", "cem")
    assert second.message.summary == "Small group 2: Ada, Ben and Cem"
    assert "is new in it" not in second.text
    await bot.days(1)
    assert not any("moved you" in sent.text for sent in bot.chat.inbox("ada"))
    for person in ("ben", "cem"):
        await bot.say(person, "/group leave")
    alone = await bot.say("moderator", "/cohort groups member:Ada with:Ada")
    assert "isn't in a small group" in alone


async def test_at_the_end_of_the_programme_nobody_is_promised_a_group(tmp_path: Path) -> None:
    clock = StillClock()
    guide = OneGuide(programme(4))
    chat = MemoryPlatform(clock.now, PEOPLE)
    async with running(tmp_path, chat=chat, clock=clock, programmes=guide) as bot:
        await bot.create(options=f"programme:{guide.programme.slug} timezone:Europe/Berlin")
        await ask(bot, "ada", "ben")
        await bot.join("cem")
        await bot.days(40)
        for line in ("/group join", "/group show"):
            assert "has reached its end, so I don't make any new groups" in await bot.say("ada", line)
        assert "has reached its end" in await bot.say("cem", "/group join")
        assert "I put people together again" not in await bot.say("moderator", "/cohort groups")
        assert "I haven't told anybody" in await bot.say("ada", "/group leave")


async def test_a_full_group_takes_nobody_more(bot: BotUnderTest) -> None:
    await ask(bot, "ada", "ben", "cem", "dee", "eva")
    await bot.until(MATCHED)
    await ask(bot, "fay")
    assert "The group of Ada is full" in await bot.say("moderator", "/cohort groups member:Fay with:Ada")


async def test_where_no_conversation_can_be_opened_a_thread_in_the_room_takes_its_place(bot: BotUnderTest) -> None:
    bot.chat.no_groups = True
    await ask(bot, "ada", "ben", "cem")
    await bot.until(MATCHED)
    row = await bot.delivery(keys.group(1))
    assert (row.state, row.reason) == (State.SKIPPED, DeliveryReason.IN_ROOM)
    (post,) = [sent for sent in bot.chat.posts() if "small group" in sent.text]
    assert post.title == "Small group 1: Ada, Ben and Cem"
    assert "Anybody in this channel can read along." in post.text
    assert f"/{post.ref.message_id}" in await bot.say("ada", "/group show")


async def test_an_answer_that_was_lost_opens_no_second_conversation(bot: BotUnderTest) -> None:
    await ask(bot, "ada", "ben", "cem")
    await bot.until(MATCHED - timedelta(minutes=1))
    bot.chat.lose_answer_next()
    await bot.until(MATCHED)
    assert len(conversation(bot, "ada", "ben", "cem")) == 1
    assert (await bot.delivery(keys.group(1))).state is State.SENT


async def test_an_outage_only_delays_it(bot: BotUnderTest) -> None:
    await ask(bot, "ada", "ben", "cem")
    await bot.until(MATCHED - timedelta(minutes=1))
    bot.chat.fail_next(Refused(Reason.BUSY), Refused(Reason.BUSY))
    await bot.until(MATCHED)
    assert len(conversation(bot, "ada", "ben", "cem")) == 1
    assert not [sent for sent in bot.chat.posts() if "small group" in sent.text]


async def test_switched_off_nothing_happens_and_leaving_still_works(bot: BotUnderTest) -> None:
    await ask(bot, "ada", "ben", "cem")
    form = await bot.form("moderator", "/cohort features")
    await bot.chat.submit("moderator", form, on=["outreach"])
    for person, line in (("ada", "/group join"), ("ada", "/group show"), ("moderator", "/cohort groups")):
        assert "is off in AI 2027" in await bot.say(person, line)
    await bot.until(MATCHED)
    assert not conversations(bot)
    assert "I haven't told anybody" in await bot.say("ada", "/group leave")


@pytest.mark.both_databases
async def test_leaving_the_cohort_ends_it_and_undoing_that_brings_it_back(bot: BotUnderTest) -> None:
    await ask(bot, "ada", "ben", "cem", "dee")
    await bot.until(MATCHED)
    left = await bot.press("dee", await bot.message("dee", "/leave"), "Leave")
    assert await groups_now(bot) == {frozenset({"ada", "ben", "cem"})}
    await bot.press("dee", left, "Undo")
    assert await groups_now(bot) == {frozenset({"ada", "ben", "cem", "dee"})}
    await bot.press("dee", await bot.message("dee", "/leave"), "Leave")
    await bot.write(lambda store: store.sweep(bot.clock.now() + timedelta(minutes=11), 100))
    assert len(await bot.read(lambda store: store.groups.met(1))) == 3, "nothing is kept of them"


async def test_erasure_forgets_groups_and_what_was_said_to_them(bot: BotUnderTest) -> None:
    await ask(bot, "ada", "ben", "cem", "dee")
    await bot.until(MATCHED)
    asked = await bot.press("ada", await bot.message("ada", "/profile"), "Erase")
    await bot.press("ada", asked, "Erase")
    assert await groups_now(bot) == {frozenset({"ben", "cem", "dee"})}
    assert len(await bot.read(lambda store: store.groups.met(1))) == 3
    row = await bot.delivery(keys.group(1))
    assert row.payload is None
    assert "Ada" not in str(row.what.args)


async def test_the_export_says_when_somebody_was_in_groups(bot: BotUnderTest) -> None:
    await ask(bot, "ada", "ben", "cem")
    await bot.until(MATCHED)
    await bot.press("ada", await bot.message("ada", "/profile"), "Export")
    await bot.settle()
    (data,) = [file.content for sent in bot.chat.inbox("ada") for file in sent.message.files if "json" in file.name]
    found = json.loads(data)["small_groups"]
    assert found["in_one_now"] is True
    assert [at[:10] for at in found["formed"]] == ["2027-01-12"]


def digests(bot: BotUnderTest) -> list[str]:
    """The moderators' digests, each as text, the first of them with the first round over."""
    return [sent.text for sent in bot.chat.inbox("moderator") if "checked in" in sent.message.summary]


def quiet(bot: BotUnderTest) -> list[int]:
    """In which rounds' digests a small group is quiet."""
    told = [text for text in digests(bot) if "Nobody has written in the small group" in text]
    return [int(found[1]) for text in told if (found := re.search(r"round (\d+):", text))]


async def talking(bot: BotUnderTest, *rounds: int, until: int = 9) -> None:
    """A group of three in round 1, who check in every week, and write in these rounds."""
    await ask(bot, "ada", "ben", "cem")
    await bot.until(MATCHED)
    for number in range(2, until + 1):
        if number in rounds:
            bot.chat.talk(group_channel(["ada", "ben", "cem"]))
        await keep_up(bot, "ada", "ben", "cem", weeks=1)


async def test_a_group_that_has_gone_quiet_is_told_once_with_one_suggestion(bot: BotUnderTest) -> None:
    """They meet in round 2; round 3 is their first whole one. When it is told is in the stories."""
    await talking(bot, 3, until=7)
    assert quiet(bot) == [5]
    (first,) = conversation(bot, "ada", "ben", "cem")
    assert "If nobody writes for two weeks, I tell a moderator just that." in first.text
    text = next(text for text in digests(bot) if "round 5:" in text)
    assert "Nobody has written in the small group of Ada, Ben and Cem for two rounds." in text
    assert "Ask one of them to put a question to the others that takes one line to answer." in text
    assert "Nobody needs you this week" not in text


async def test_what_cannot_be_seen_is_never_called_quiet(bot: BotUnderTest) -> None:
    bot.chat.unread.add(group_channel(["ada", "ben", "cem"]))
    await talking(bot, until=5)
    assert quiet(bot) == []
    blind = [text for text in digests(bot) if "I can't see whether anybody still writes" in text]
    assert len(blind) == 1, "said once"
    assert "of Ada, Ben and Cem: their conversation is gone, or I may not look into it" in blind[0]


async def test_a_platform_that_does_not_answer_is_asked_again(bot: BotUnderTest) -> None:
    await talking(bot, 2, until=3)
    bot.chat.talk(group_channel(["ada", "ben", "cem"]))
    asked: list[Place] = []
    down, last_written = True, bot.chat.last_written

    async def slow(place: Place, since: datetime) -> datetime | None:
        asked.append(place)
        if down:
            raise Refused(Reason.BUSY)
        return await last_written(place, since)

    bot.chat.last_written = slow  # type: ignore[method-assign]
    await bot.until(datetime(2027, 2, 1, 8, tzinfo=UTC))  # round 4 has closed
    (known,) = await bot.read(lambda store: store.groups.conversations())
    assert asked
    assert known.seen_at is None
    down = False
    for _ in range(2):
        asked.clear()
        await bot.runtime.silence.look()
        (known,) = await bot.read(lambda store: store.groups.conversations())
        assert known.seen_at == bot.clock.now()
    assert not asked, "and then not before the next round has closed"


@pytest.mark.both_databases
async def test_a_thread_in_the_room_is_seen_as_well(bot: BotUnderTest) -> None:
    bot.chat.no_groups = True
    await ask(bot, "ada", "ben", "cem")
    await bot.until(MATCHED)
    (post,) = [sent for sent in bot.chat.posts() if "small group" in sent.text]
    await keep_up(bot, "ada", "ben", "cem", weeks=2)
    bot.chat.talk("general", post.ref.message_id)
    await keep_up(bot, "ada", "ben", "cem", weeks=4)
    assert quiet(bot) == [6]


async def test_nothing_is_looked_at_where_that_is_off(bot: BotUnderTest) -> None:
    form = await bot.form("moderator", "/cohort features")
    await bot.chat.submit("moderator", form, on=["groups"])
    await talking(bot, until=5)
    assert quiet(bot) == []
    assert all(each.seen_at is None for each in await bot.read(lambda store: store.groups.conversations()))
    (first,) = conversation(bot, "ada", "ben", "cem")
    assert "I tell a moderator" not in first.text


@pytest.mark.both_databases
async def test_whoever_goes_while_groups_are_made_is_put_into_none(bot: BotUnderTest) -> None:
    """Between reading and writing one leaves and one erases their data: what is left over is matched again."""
    await ask(bot, "ada", "ben", "cem", "dee", "eva", "fay", "gus")
    await bot.until(MATCHED - timedelta(minutes=1))
    found = await bot.read(lambda store: group_matching.read(store, LIBRARY, 1, 1))
    assert found is not None
    (larger, smaller) = sorted(match(found.people, found.past).formed, key=len, reverse=True)
    names = {member.id: member.account.user for member in await bot.members()}
    left, erased = names[larger[0]], names[smaller[0]]
    await bot.press(left, await bot.message(left, "/leave"), "Leave")
    asked = await bot.press(erased, await bot.message(erased, "/profile"), "Erase")
    await bot.press(erased, asked, "Erase")
    for team in (larger, smaller):
        assert not await bot.write(partial(group_matching.carry_out, found=found, team=team, at=MATCHED))
    await bot.until(MATCHED)
    assert await groups_now(bot) == {frozenset(names.values()) - {left, erased}}


@pytest.mark.both_databases
async def test_an_account_that_turns_out_to_be_anothers_keeps_the_place(bot: BotUnderTest) -> None:
    await ask(bot, "ada", "ben", "cem", "dee")
    await bot.until(MATCHED)
    await ask(bot, "eva")
    who = {member.account.user: member.account for member in await bot.members()}
    await bot.write(lambda store: store.people.merge(who["eva"], who["dee"]))
    assert await groups_now(bot) == {frozenset({"ada", "ben", "cem", "eva"})}
    await bot.write(lambda store: store.people.merge(who["eva"], who["ada"]))
    assert await groups_now(bot) == {frozenset({"ben", "cem", "eva"})}


async def test_somebody_in_two_cohorts_has_a_group_in_each(bot: BotUnderTest) -> None:
    preview = await bot.message("moderator", "/cohort create name:Other timezone:Europe/Berlin", "study-hall")
    await bot.chat.press("moderator", preview, "Create", "study-hall")
    await ask(bot, "ada", "ben", "cem")
    for person in ("ada", "ben", "dee"):
        await bot.say(person, "/join timezone:Europe/Berlin", "study-hall")
        await bot.say(person, "/group join", "study-hall")
    await bot.until(MATCHED)
    assert len(conversation(bot, "ada", "ben", "cem")) == len(conversation(bot, "ada", "ben", "dee")) == 1
    assert "I haven't told anybody" in await bot.say("ada", "/group leave", "study-hall")
    assert "with Ben and Cem" in await bot.say("ada", "/group show")

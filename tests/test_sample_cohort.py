"""The demo's sample cohort: each person's story is what the rules make of it, whenever the demo is started."""

import asyncio
import contextlib
import logging
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cohort_bot import sample_cohort
from cohort_bot.app.ports.outreach import OutreachResult
from cohort_bot.app.ports.store import Store
from cohort_bot.app.queries.standing import Standing, by_urgency, read_record, standings
from cohort_bot.app.words.cohort_progress import reasons
from cohort_bot.app.words.playground import story
from cohort_bot.app.words.statuses import SYMBOLS
from cohort_bot.chat.message import Message, Paragraph, plain
from cohort_bot.core.checkins import Status, streak
from cohort_bot.core.delivery_states import State
from cohort_bot.core.risks import Sign
from cohort_bot.platforms.local.chat import Chat, dm_channel
from cohort_bot.storage.in_one_transaction import InOneTransaction
from tests.fakes.bot import LIBRARY, shipped
from tests.pseudo_locale import english

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


@dataclass
class Played:
    """What is there when the script has ended."""

    at: datetime
    people: Mapping[str, Standing]
    urgent: list[str]
    room: list[str]
    inboxes: Mapping[str, list[str]]
    readers: Mapping[int, int]
    comebacks: list[int]


async def play(folder: Path, now: datetime = NOW) -> Played:
    chat = Chat(folder / "demo.db.chat")
    at = await sample_cohort.play(folder / "demo.db", chat, LIBRARY, now)
    assert at is not None

    def read(store: Store) -> tuple[list[Standing], Mapping[int, int], list[int]]:
        (cohort,) = store.cohorts.active()
        people = standings(read_record(store, cohort, at, shipped().length))
        silent = next(each.member for each in people if each.member.name == "Sample Chidi")
        rows = [store.deliveries.by_key(key) for key in store.deliveries.keys_of("comeback", silent.id)]
        sent = [row.what.round or 0 for row in rows if row is not None and row.state is State.SENT]
        return by_urgency(people, cohort.calendar.today(at)), store.papers.readers(cohort.id), sent

    async with _opened(folder) as database:
        ordered, readers, comebacks = await database.read(read)
    posts: dict[str, list[str]] = {}
    for person in sample_cohort.script().people:
        for channel in (sample_cohort.ROOM, dm_channel(person.id)):
            shown, _ = chat.timeline(channel, person.id, most=1000)
            posts[channel] = [_text(each.message) for root in shown for each in (root, *root.replies)]
    chat.close()
    return Played(
        at,
        {each.member.name: each for each in ordered},
        [each.member.name for each in ordered if each.risks],
        posts.pop(sample_cohort.ROOM),
        posts,
        readers,
        comebacks,
    )


@contextlib.asynccontextmanager
async def _opened(folder: Path) -> AsyncIterator[InOneTransaction]:
    database = InOneTransaction(folder / "demo.db")
    database.open()
    yield database
    await database.close()


def _text(message: Message) -> str:
    return english(plain(message))


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    return asyncio.run(play(tmp_path_factory.mktemp("sample")))


def rounds(standing: Standing) -> str:
    return "".join(SYMBOLS[status] for status in standing.rounds[:8])


def signs(standing: Standing) -> list[tuple[Sign, tuple[int, ...]]]:
    return [(risk.sign, risk.rounds) for risk in standing.risks]


def test_it_stands_a_day_and_an_hour_into_week_9_and_within_a_week_of_now(played: Played) -> None:
    assert played.at == datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert NOW - timedelta(weeks=1) <= played.at <= NOW
    assert [int(found[1]) for post in played.room if (found := re.match(r"Week (\d+) · ", post))] == list(range(1, 10))


def test_twelve_members_whose_names_say_that_they_are_samples(played: Played) -> None:
    script = sample_cohort.script()
    assert len(played.people) == len(script.members) == 12
    assert all(person.name.startswith("Sample ") for person in script.people)
    assert len({story(person.id) for person in script.people}) == 14, "each has a story of their own"


def test_three_need_somebody_each_for_a_reason_of_their_own(played: Played) -> None:
    assert played.urgent == ["Sample Hana", "Sample Dana", "Sample Chidi"]
    hana, dana, chidi = (played.people[name] for name in played.urgent)
    assert signs(hana) == [(Sign.PATCHY, (4, 6, 8))]
    assert signs(dana) == [(Sign.STUCK, (7, 8))]
    assert signs(chidi) == [(Sign.SILENT, (6, 7, 8))]
    assert chidi.outreach is not None
    assert chidi.outreach.outcome is OutreachResult.WAITING
    assert "factor of two" in dana.blocker[1] if dana.blocker else False
    assert "3 of the last 5" in _text(Message("", (Paragraph(reasons(hana)),)))


def test_two_missed_weeks_are_forgiven_and_the_streak_holds(played: Played) -> None:
    ben = played.people["Sample Ben"]
    assert [number for number, each in enumerate(ben.rounds, 1) if each is Status.FORGIVEN] == [3, 6]
    assert streak(ben.rounds).length == 6


def test_a_break_does_not_count(played: Played) -> None:
    assert played.people["Sample Emil"].rounds[6:9] == (Status.BREAK,) * 3


def test_one_came_back_after_a_moderator_had_written(played: Played) -> None:
    farah = played.people["Sample Farah"]
    assert [each.made for each in farah.rounds[2:8]] == [True, False, False, True, True, True]
    assert not farah.risks
    assert farah.outreach is not None
    assert farah.outreach.outcome is OutreachResult.BACK
    assert any("we have missed you" in letter for letter in played.inboxes["dm-member-6"])


def test_one_slipped_a_week_and_gets_a_card_of_their_own(played: Played) -> None:
    goran = played.people["Sample Goran"]
    assert [goran.member.week(number) for number in (5, 6, 9)] == [5, 5, 8]
    assert any("Week 8 ·" in post for post in played.inboxes["dm-member-7"])


def test_one_joined_late_one_is_excused_and_one_files_late(played: Played) -> None:
    assert played.people["Sample Ines"].rounds[:3] == (Status.OUTSIDE, Status.OUTSIDE, Status.ON_TIME)
    assert played.people["Sample Lena"].rounds[4] is Status.EXCUSED
    assert played.people["Sample Jonas"].rounds[4] is Status.LATE


def test_papers_are_read_check_ins_are_shared_and_the_moderator_has_a_digest(played: Played) -> None:
    assert played.readers == {2: 4, 4: 5, 7: 5}
    assert sum("checked in for week" in post for post in played.room) > 40
    digest = played.inboxes["dm-moderator"][-1]
    assert "9 of 11" in digest
    assert "New: who needs someone" in digest


def test_the_silent_one_got_one_message_in_place_of_further_reminders(played: Played) -> None:
    assert played.comebacks == [8]
    assert "Sample Moderator" in played.inboxes["dm-member-3"][-1], "a moderator's letter, and no reminder after it"


@pytest.mark.parametrize(
    "now",
    [
        datetime(2027, 1, 4, 8, 0, tzinfo=UTC),  # an opening in Berlin
        datetime(2027, 4, 27, 8, 0, tzinfo=UTC),  # a day and an hour after one, with a summer begun in between
        datetime(2027, 11, 7, 23, 59, tzinfo=UTC),  # a winter begun, not everywhere on the same day
    ],
)
async def test_it_is_the_same_whenever_it_is_played(played: Played, tmp_path: Path, now: datetime) -> None:
    again = await play(tmp_path, now)
    assert now - timedelta(weeks=1) < again.at <= now
    assert again.at.weekday() == 1
    assert {name: rounds(each) for name, each in again.people.items()} == {
        name: rounds(each) for name, each in played.people.items()
    }
    assert again.urgent == played.urgent
    assert [len(posts) for posts in again.inboxes.values()] == [len(posts) for posts in played.inboxes.values()]
    assert [post.split(" · ")[0] for post in again.room if post.startswith("Week")] == [
        post.split(" · ")[0] for post in played.room if post.startswith("Week")
    ]


async def test_played_again_on_the_same_day_not_a_word_differs(played: Played, tmp_path: Path) -> None:
    again = await play(tmp_path)
    assert (again.room, again.inboxes, again.at) == (played.room, played.inboxes, played.at)


async def test_a_database_with_a_cohort_is_left_alone(tmp_path: Path) -> None:
    await play(tmp_path)
    before = (tmp_path / "demo.db").read_bytes()
    chat = Chat(":memory:")
    assert await sample_cohort.play(tmp_path / "demo.db", chat, LIBRARY, NOW) is None
    assert chat.timeline(sample_cohort.ROOM, "moderator") == ([], False)
    assert (tmp_path / "demo.db").read_bytes() == before
    chat.close()


async def test_of_a_script_that_the_bot_refuses_nothing_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = sample_cohort.script()
    refused = [
        replace(act, how={**act.how, "fill": {"timezone": "Atlantis"}}) if act.how.get("type") == "/join" else act
        for act in script.acts
    ]
    monkeypatch.setattr(sample_cohort, "script", lambda: replace(script, acts=refused))
    chat = Chat(tmp_path / "demo.db.chat")
    with pytest.raises(sample_cohort.BrokenScript, match=r"Sample Ana.*Atlantis"):
        await sample_cohort.play(tmp_path / "demo.db", chat, LIBRARY, NOW)
    assert chat.timeline(sample_cohort.ROOM, "moderator") == ([], False)
    async with _opened(tmp_path) as database:
        assert await database.read(lambda store: store.cohorts.active()) == []
    monkeypatch.undo()
    assert await sample_cohort.play(tmp_path / "demo.db", chat, LIBRARY, NOW) is not None, "and the next start plays it"
    chat.close()


async def test_the_script_is_played_without_a_word_in_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    await play(tmp_path)
    assert [record.message for record in caplog.records if record.name.startswith("cohort_bot")] == []

"""/profile: what is kept of a person, changing it, taking it along, erasing it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, select

from cohort_bot.app.ports.store import Store
from cohort_bot.chat.message import plain
from cohort_bot.core.membership import Member
from cohort_bot.storage.tables import metadata
from tests.fakes.bot import BotUnderTest

pytestmark = pytest.mark.both_databases


async def member(bot: BotUnderTest, number: int = 1) -> Member:
    """By their place in the cohort, also of somebody who left: numbers of rows may have gaps."""

    def read(store: Store) -> Member | None:
        account = store.people.account("local", "playground", f"member-{number}")
        return store.members.of(1, account.person_id) if account else None

    found = await bot.read(read)
    assert found is not None
    return found


# Profile


def everything(store: Store) -> list[Any]:
    """Every row of the database."""
    connection: Connection = store.connection  # type: ignore[attr-defined]
    return [row for table in metadata.tables.values() for row in connection.execute(select(table))]


async def test_the_profile_shows_what_is_kept_and_who_reads_it(cohort: BotUnderTest) -> None:
    await cohort.check_in("member-1")
    assert await cohort.say("member-1", "/profile") == (
        "What I keep about you\n"
        "- Name: Sample Member 1\n"
        "- Time zone: Europe/Berlin, where it's Tuesday 13:00 now\n"
        "- Language: English, as your app is set\n"
        "- Reminders: on\n"
        "- When direct messages are closed: no reminder\n"
        "- AI 2027: hours not given, 1 check-in\n"
        "Moderators of your cohort can read your check-ins, your hours and why you joined. The group sees your name "
        "and what you share, nothing else. To change these, type /profile with timezone, language, reminders or "
        "hours.\n"
        "[Change the time zone]  [My calendar]  [Export my data]  [Erase my data]"
    )


async def test_the_profile_is_changed_by_its_options(cohort: BotUnderTest) -> None:
    said = await cohort.say("member-1", "/profile timezone:Tokyo reminders:off hours:6")
    assert said.startswith("Saved: time zone, reminders, hours.\n")
    found = await member(cohort)
    assert (found.account.zone, found.account.reminders, found.hours) == ("Asia/Tokyo", False, 6)
    await cohort.days(14)
    assert cohort.titles() == [], "no reminder after they were turned off"
    await cohort.say("member-1", "/profile reminders:on")
    found = await member(cohort)
    assert (found.account.zone, found.account.reminders, found.hours) == ("Asia/Tokyo", True, 6)
    assert (await member(cohort, 2)).account.zone == "Europe/Berlin"


async def test_reminders_follow_the_new_zone(cohort: BotUnderTest) -> None:
    await cohort.say("member-1", "/profile timezone:Honolulu")
    await cohort.until(datetime(2027, 1, 7, 3, 59, tzinfo=UTC))
    assert cohort.titles() == []
    await cohort.until(datetime(2027, 1, 7, 4, 1, tzinfo=UTC))  # 18:00 in Honolulu, three days after the opening there
    assert cohort.titles() == ["Week 1 of AI 2027"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/profile timezone:Berlim", "Europe/Berlin"),
        ("/profile hours:0", "between 1 and 80"),
        ("/profile hours:81", "between 1 and 80"),
        ("/profile hours:many", "whole number"),
        ("/profile reminders:maybe", "pick one of on, off"),
        ("/profile timezone:Tokyo hours:81", "between 1 and 80"),
        ("/profile timezone:Tokyo hours:5 cohort:other", "no cohort called"),
    ],
)
async def test_a_wrong_profile_changes_nothing(cohort: BotUnderTest, line: str, said: str) -> None:
    before = await member(cohort)
    assert said in await cohort.say("member-1", line)
    assert await member(cohort) == before


async def test_nothing_is_kept_of_a_stranger(cohort: BotUnderTest) -> None:
    for line in ("/profile", "/profile hours:5", "/profile timezone:Tokyo"):
        assert "nothing about you" in await cohort.say("member-3", line)


async def test_the_export_holds_the_whole_record_also_after_leaving(cohort: BotUnderTest) -> None:
    await cohort.check_in("member-1", tasks=("1",), done="A plot", blockers="Time", next="Tuesday 19:00")
    await cohort.check_in("member-2", done="somebody else's")
    leave = await cohort.message("member-1", "/leave")
    await cohort.chat.press("member-1", leave, "Leave")
    profile = await cohort.message("member-1", "/profile")
    assert "AI 2027: hours not given, 1 check-in, left" in plain(profile)
    export = await cohort.press("member-1", profile, "Export")
    said = plain(export)
    assert "Joined Friday, 1 January 2027, first round 1, left Tuesday, 5 January 2027." in said
    assert "Round 1, week 1, Tuesday, 5 January 2027, 1 of" in said
    assert "Done: A plot Blocker: Time Next: Tuesday 19:00" in said
    assert "somebody else" not in said


async def test_a_long_export_is_cut_with_a_word(cohort: BotUnderTest) -> None:
    for _ in range(6):
        await cohort.check_in("member-1", done="d" * 1500, blockers="b" * 800, next="n" * 500)
        await cohort.days(7)
    profile = await cohort.message("member-1", "/profile")
    export = await cohort.press("member-1", profile, "Export")
    said = plain(export)
    assert f"Done: {'d' * 300}… (cut)" in said
    assert "4 more check-ins don't fit" in said
    assert "Round 6" in said
    assert len(said) < 3500


async def erase(bot: BotUnderTest, person: str) -> None:
    profile = await bot.message(person, "/profile")
    asked = await bot.press(person, profile, "Erase my data")
    assert "it's all erased" in str(await bot.chat.press(person, asked, "Erase everything"))
    await bot.settle()


async def test_the_cohorts_numbers_stay_right_when_somebody_erases_everything(cohort: BotUnderTest) -> None:
    def trend(said: str) -> list[list[str]]:
        return [line.split()[-4:-1] for line in said.splitlines() if line.startswith(("checked in", "of  "))]

    await cohort.check_in("member-1")
    await cohort.say("member-1", "/break from:2027-01-11 until:2027-01-17")
    await cohort.days(22)
    before = trend(await cohort.say("moderator", "/cohort progress"))
    assert before == [["1", "0", "0"], ["2", "1", "2"]], "one of two, one on a break, nobody"
    await erase(cohort, "member-1")
    assert trend(await cohort.say("moderator", "/cohort progress")) == before


async def test_erasing_takes_the_drafts_that_are_about_them_and_those_that_they_filled_in(cohort: BotUnderTest) -> None:
    await cohort.say("moderator", '/cohort remove member:member-1 reason:"secret-reason"')
    await cohort.say("moderator", '/cohort remove member:member-2 reason:"another-reason"')
    at = cohort.clock.now()
    add = cohort.write
    await add(lambda store: store.add_draft({"form": "secret-words", "user": "member-1"}, at))
    kept = await add(lambda store: store.add_draft({"form": "words", "user": "member-11"}, at))
    await erase(cohort, "member-1")
    left = str(await cohort.read(everything))
    assert "secret" not in left
    assert "another-reason" in left
    assert await cohort.read(lambda store: store.draft(kept))


async def test_erasing_asks_first_and_takes_every_word_but_no_count(cohort: BotUnderTest) -> None:
    secrets = {"done": "secret-done", "blockers": "secret-blocker", "next": "secret-next"}
    form = await cohort.form("member-3", "/join")
    await cohort.chat.submit("member-3", form, timezone="Tokyo", why="secret-why", hours="7")
    await cohort.check_in("member-3", done="secret-first")
    await cohort.check_in("member-3", **secrets, share=("thread", "blocker"))
    await cohort.days(8)  # shared, and quoted in the digest
    profile = await cohort.message("member-3", "/profile")
    asked = await cohort.press("member-3", profile, "Erase my data")
    assert "Backups keep a copy until they expire" in plain(asked)
    before_it = await member(cohort, 3)
    assert before_it.active, "nothing before they say so"
    assert "it's all erased" in str(await cohort.chat.press("member-3", asked, "Erase everything"))

    found = await cohort.read(lambda store: store.members.get(before_it.id))
    assert found is not None
    assert (found.active, found.why, found.hours) == (False, "", None)
    assert (found.account.name, found.account.reminders, found.account.zone) == ("Former member", False, "UTC")
    made = await cohort.read(lambda store: store.checkins.of_cohort(1))
    assert [(each.member_id, each.round, each.week) for each in made] == [(before_it.id, 1, 1)]
    left = str(await cohort.read(everything))
    assert "secret" not in left
    assert "member-3" not in left
    assert "Sample Member 3" not in left

    assert "nothing about you" in await cohort.say("member-3", "/profile")
    assert "nothing about you" in str(await cohort.chat.press("member-3", asked, "Erase everything"))
    assert "Welcome" in await cohort.say("member-3", "/join timezone:Tokyo"), "as somebody new"
    assert "1 check-in" not in await cohort.say("member-3", "/profile")
    before = len(cohort.chat.inbox("member-2"))
    await cohort.days(7)
    assert len(cohort.chat.inbox("member-2")) >= before, "everybody else goes on"


async def test_who_has_left_reads_what_is_still_kept_and_how_to_come_back(cohort: BotUnderTest) -> None:
    await cohort.check_in("member-1")
    await cohort.say("member-1", "/profile hours:5")
    await cohort.say("member-1", "/break from:2027-02-01 until:2027-02-07")
    leave = await cohort.message("member-1", "/leave")
    await cohort.press("member-1", leave, "Leave")
    kept = "AI 2027: 5 hours per week, 1 check-in, 1 break, left Tuesday, 5 January 2027"
    assert kept in await cohort.say("member-1", "/profile")
    for line in ("/checkin", "/plan", "/progress", "/paper"):
        said = await cohort.say("member-1", line)
        assert "You left “AI 2027” on Tuesday, 5 January 2027. /join brings you back" in said, line
    assert "you'll finish" not in await cohort.say("member-1", "/progress")
    await cohort.say("member-1", "/join timezone:Berlin")
    assert "left" not in await cohort.say("member-1", "/profile")


async def test_who_was_removed_is_not_said_to_have_left(cohort: BotUnderTest) -> None:
    removal = await cohort.message("moderator", "/cohort remove member:member-1")
    await cohort.press("moderator", removal, "Remove")
    assert "A moderator removed you from “AI 2027” on Tuesday, 5 January 2027." in await cohort.say("member-1", "/plan")


async def test_the_profile_shows_what_is_kept_of_a_cohort_that_has_ended(cohort: BotUnderTest) -> None:
    ending = await cohort.message("moderator", "/cohort archive")
    await cohort.press("moderator", ending, "End")
    assert "AI 2027: hours not given, 0 check-ins, ended Tuesday, 5 January" in await cohort.say("member-1", "/profile")

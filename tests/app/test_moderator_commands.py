"""What moderators can do to a running cohort: shown first, done once, refused with a way on."""

import csv
import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from cohort_bot.app.delivery.planner import Group, due, opening_row
from cohort_bot.app.features import export
from cohort_bot.app.ports.platform import Reason, Refused
from cohort_bot.app.ports.store import Store
from cohort_bot.chat.message import Actions, Mention, Message, Paragraph, plain
from cohort_bot.core.checkins import CheckIn, Status, history
from cohort_bot.core.delivery_states import State
from cohort_bot.core.membership import Break, Cohort, Slip
from tests.fakes.bot import LIBRARY, BotUnderTest

pytestmark = pytest.mark.both_databases


async def found(bot: BotUnderTest) -> Cohort:
    cohort = await bot.read(lambda store: store.cohorts.get(1))
    assert cohort is not None
    return cohort


async def press(bot: BotUnderTest, preview: Message, label: str, who: str = "moderator") -> str:
    reply = await bot.press(who, preview, label)
    await bot.settle()
    return plain(reply)


def openings(bot: BotUnderTest, channel: str = "general") -> list[str]:
    return [match[0] for text in bot.chat.timeline(channel) if (match := re.match(r"Week \d+", text))]


def monday(day: int, hour: int = 8) -> datetime:
    return datetime(2027, 1, day, hour, tzinfo=UTC)


async def test_another_day_is_shown_and_then_changed_from_the_next_round(cohort: BotUnderTest) -> None:
    preview = await cohort.message("moderator", "/cohort edit day:thursday time:18:00")
    text = plain(preview)
    assert "Thursdays at 18:00 (Europe/Berlin)" in text
    assert "Week 2: Mon 11 Jan 2027 08:00 UTC → Thu 14 Jan 2027 17:00 UTC" in text
    assert len(re.findall(r"→", text)) == 4
    assert not (await found(cohort)).calendar.moves
    assert "Week 2 opens Thu 14 Jan 2027 17:00 UTC" in await press(cohort, preview, "Change it")
    assert (await found(cohort)).calendar.opens(2) == datetime(2027, 1, 14, 17, tzinfo=UTC)
    await cohort.until(datetime(2027, 1, 14, 16, 59, tzinfo=UTC))
    assert openings(cohort) == ["Week 1"]
    await cohort.until(datetime(2027, 1, 14, 17, tzinfo=UTC))
    assert openings(cohort) == ["Week 1", "Week 2"]
    assert "already like that" in await cohort.say("moderator", "/cohort edit day:thursday")


async def test_a_preview_that_no_longer_holds_changes_nothing(cohort: BotUnderTest) -> None:
    thursday = await cohort.message("moderator", "/cohort edit day:thursday")
    friday = await cohort.message("moderator", "/cohort edit day:friday")
    await press(cohort, thursday, "Change it")
    assert "changed since" in await press(cohort, friday, "Change it")
    assert "already" in await press(cohort, thursday, "Change it")
    assert [move.weekday for move in (await found(cohort)).calendar.moves] == [3]
    again = await cohort.message("moderator", "/cohort edit day:friday")
    await cohort.days(10)
    assert "changed since" in await press(cohort, again, "Change it")


async def test_a_cohort_that_has_not_begun_keeps_its_first_week(bot: BotUnderTest) -> None:
    await bot.create(options="timezone:Europe/Berlin starts:2027-03-01")
    preview = await bot.message("moderator", "/cohort edit day:wednesday time:07:00")
    assert "Week 1: Mon 01 Mar 2027 08:00 UTC → Wed 03 Mar 2027 06:00 UTC" in plain(preview)
    await press(bot, preview, "Change it")
    assert (await found(bot)).calendar.opens(1) == datetime(2027, 3, 3, 6, tzinfo=UTC)
    back = await bot.message("moderator", "/cohort edit day:monday")
    await press(bot, back, "Change it")
    assert (await found(bot)).calendar.opens(1) == datetime(2027, 3, 1, 6, tzinfo=UTC)


async def test_in_a_holiday_the_next_week_stays_and_the_one_after_moves(cohort: BotUnderTest) -> None:
    await press(cohort, await cohort.message("moderator", "/cohort holiday rounds:2"), "Give the week off")
    await cohort.until(monday(13))
    before = (await found(cohort)).calendar.opens(2)
    preview = await cohort.message("moderator", "/cohort edit day:friday")
    assert "Week 2" not in plain(preview)
    await press(cohort, preview, "Change it")
    calendar = (await found(cohort)).calendar
    assert calendar.opens(2) == before
    assert calendar.opens_on(3).weekday() == 4


async def test_another_room_gets_the_invitation_and_what_waited(cohort: BotUnderTest) -> None:
    await cohort.until(monday(11, 7))
    cohort.chat.fail_next(Refused(Reason.ROOM_GONE))
    await cohort.until(monday(11))
    assert openings(cohort) == ["Week 1"]
    preview = await cohort.message("moderator", "/cohort edit channel:study-hall")
    assert "#study-hall instead of #general" in plain(preview)
    assert "study-hall" in await press(cohort, preview, "Change it")
    assert openings(cohort, "study-hall") == ["Week 2"]
    assert any("Join" in text for text in cohort.chat.timeline("study-hall"))
    await cohort.check_in("member-1", "/checkin round:1", tasks=("1",), share=("thread",))
    await cohort.settle()
    assert any("Sample Member 1" in text for text in cohort.chat.timeline("study-hall")), (
        "not under the old room's card"
    )
    assert "already like that" in await cohort.say("moderator", "/cohort edit channel:study-hall")


async def test_a_room_that_cannot_be_used_is_told_in_the_preview(cohort: BotUnderTest) -> None:
    nowhere = await cohort.message("moderator", "/cohort edit channel:nowhere")
    assert "One problem:" in plain(nowhere)
    assert not any(isinstance(block, Actions) for block in nowhere.blocks), "there is nothing to agree to"


async def test_weeks_off_move_all_later_weeks_once(cohort: BotUnderTest) -> None:
    preview = await cohort.message("moderator", "/cohort holiday rounds:2")
    assert "Week 2: Mon 11 Jan 2027 08:00 UTC → Mon 25 Jan 2027 08:00 UTC" in plain(preview)
    assert not (await found(cohort)).calendar.holidays
    answer = await press(cohort, preview, "Give the week off")
    assert "Week 2 opens Mon 25 Jan 2027 08:00 UTC instead of Mon 11 Jan 2027 08:00 UTC" in answer
    assert "changed since" in await press(cohort, preview, "Give the week off")
    assert [off.rounds for off in (await found(cohort)).calendar.holidays] == [2]
    await cohort.until(monday(25, 7))
    assert openings(cohort) == ["Week 1"]
    await cohort.until(monday(25))
    assert openings(cohort) == ["Week 1", "Week 2"]


async def test_weeks_off_from_a_date_come_before_the_first_opening_on_or_after_it(cohort: BotUnderTest) -> None:
    assert "before week 4" in plain(await cohort.message("moderator", "/cohort holiday rounds:1 from:2027-01-19"))
    preview = await cohort.message("moderator", "/cohort holiday rounds:1 from:2027-01-18")
    assert "before week 3" in plain(preview)
    assert "before week 2" in plain(await cohort.message("moderator", "/cohort holiday rounds:1 from:2020-01-01"))
    await cohort.until(monday(19))
    assert "opened in the meantime" in await press(cohort, preview, "Give the week off")


async def test_members_are_listed_with_their_time_week_and_state(cohort: BotUnderTest) -> None:
    def write(store: Store) -> None:
        one, two = store.members.in_cohort(1)
        store.members.add_slip(one.id, Slip(2, 1))
        store.members.add_break(two.id, Break(date(2027, 1, 10), date(2027, 1, 20)))

    await cohort.write(write)
    await cohort.until(monday(12, 12))
    text = await cohort.say("moderator", "/cohort members")
    assert "2 members" in text
    assert "Sample Member 1 · Europe/Berlin, Tue 13:00 there · week 1 (1 behind the cohort) · active" in text
    assert "Sample Member 2 · Europe/Berlin, Tue 13:00 there · week 2 · on break until 20 Jan 2027" in text
    assert "joined Fri 01 Jan 2027" in text


async def test_members_are_paged(cohort: BotUnderTest) -> None:
    def write(store: Store) -> None:
        for number in range(10, 60):
            account = store.people.add("local", "playground", f"person-{number}", f"Person {number}", "UTC")
            store.members.add(1, account, cohort.clock.now(), 1, None, "")

    await cohort.write(write)
    first = await cohort.message("moderator", "/cohort members")
    assert "1 to 20 of 52" in plain(first)
    assert "Earlier" not in plain(first)
    second = await cohort.press("moderator", first, "Later")
    assert "21 to 40 of 52" in plain(second)
    third = await cohort.press("moderator", second, "Later")
    assert "41 to 52 of 52" in plain(third)
    assert "Later" not in plain(third)
    assert "21 to 40" in str(await cohort.chat.press("moderator", third, "Earlier"))


async def test_nobody_has_joined_yet(bot: BotUnderTest) -> None:
    await bot.create()
    assert "Nobody has joined" in await bot.say("moderator", "/cohort members")


async def test_removing_ends_the_membership_and_keeps_the_record(cohort: BotUnderTest) -> None:
    await cohort.check_in("member-1", tasks=("1",))
    preview = await cohort.message("moderator", "/cohort remove member:member-1")
    assert "Sample Member 1" in plain(preview)
    assert "no longer in" in await press(cohort, preview, "Remove")
    assert "no longer in this cohort" in await press(cohort, preview, "Remove")
    left = await cohort.read(lambda store: [m.name for m in store.members.in_cohort(1)])
    assert left == ["Sample Member 2"]
    assert await cohort.read(lambda store: len(store.checkins.of_member(1))) == 1
    assert not cohort.chat.inbox("member-1"), "nobody is told by a ping"
    back = await cohort.say("member-1", "/join timezone:Berlin")
    assert "Good to have you back" in back
    assert "Everything you did is still here, and your time away counts as a break. Streak: " in back


@pytest.mark.parametrize("said", ["member-1", '"sample member 1"', '"@Sample Member 1"'])
async def test_a_member_is_understood_by_id_or_name(cohort: BotUnderTest, said: str) -> None:
    assert "Remove Sample Member 1" in plain(await cohort.message("moderator", f"/cohort remove member:{said}"))


async def test_a_name_that_two_have_is_asked_back(cohort: BotUnderTest) -> None:
    def write(store: Store) -> None:
        account = store.people.add("local", "playground", "other", "Sample Member 1", "UTC")
        store.members.add(1, account, cohort.clock.now(), 1, None, "")

    await cohort.write(write)
    assert "More than one" in await cohort.say("moderator", '/cohort remove member:"Sample Member 1"')


async def statuses(bot: BotUnderTest, member_id: int = 1) -> tuple[Status, ...]:
    def read(store: Store) -> tuple[Status, ...]:
        member, cohort = store.members.get(member_id), store.cohorts.get(1)
        assert member is not None
        assert cohort is not None
        filed = {each.round: each.filed_at for each in store.checkins.of_member(member_id)}
        excused = store.checkins.excused(1).get(member_id, frozenset())
        return history(cohort.calendar, member, filed, bot.clock.now(), excused)

    return await bot.read(read)


async def test_an_excused_round_counts_no_more(cohort: BotUnderTest) -> None:
    await cohort.until(monday(13))
    assert (await statuses(cohort))[0] is Status.FORGIVEN
    line = '/cohort excuse member:member-1 round:1 reason:"In hospital"'
    assert "Round 1 is excused" in await cohort.say("moderator", line)
    assert (await statuses(cohort))[0] is Status.EXCUSED
    assert "already excused" in await cohort.say("moderator", line)
    await cohort.check_in("member-2", "/checkin round:1")
    assert "checked in" in await cohort.say("moderator", line.replace("member-1", "member-2"))


async def test_a_check_in_is_recorded_however_late(cohort: BotUnderTest) -> None:
    await cohort.days(50)
    assert "could be changed until" in await cohort.say("member-1", "/checkin round:1")
    line = '/cohort record member:member-1 round:1 reason:"Told me in the call"'
    assert "late" in await cohort.say("moderator", line)
    made = await cohort.read(lambda store: store.checkins.get(1, 1))
    assert isinstance(made, CheckIn)
    assert made.done == "Recorded by a moderator: Told me in the call"
    assert made.filed_at == cohort.clock.now()
    assert made.tasks
    assert not any(task.done for task in made.tasks)
    assert (await statuses(cohort))[0] is Status.LATE
    assert "already" in await cohort.say("moderator", line)


async def test_an_announcement_is_shown_posted_once_and_notifies_nobody(cohort: BotUnderTest) -> None:
    words = "Call on <@member-1> @everyone: https://example.org/call at 18:00"
    preview = await cohort.message("moderator", f'/cohort announce text:"{words}"')
    assert words in plain(preview)
    assert not any(words in text for text in cohort.chat.timeline())
    assert "on its way" in await press(cohort, preview, "Post it")
    assert "already" in await press(cohort, preview, "Post it")
    posts = [sent for sent in cohort.chat.posts() if words in sent.text]
    assert len(posts) == 1
    spans = [span for block in posts[0].message.blocks if isinstance(block, Paragraph) for span in block.spans]
    assert all(isinstance(span, str) for span in spans)
    assert not any(isinstance(span, Mention) for span in spans)


async def test_post_sends_what_waits_and_says_what_comes_next(cohort: BotUnderTest) -> None:
    assert "Nothing is due for AI 2027 right now. Week 2 opens" in await cohort.say("moderator", "/cohort post")
    await cohort.until(monday(11, 7))
    cohort.chat.fail_next(Refused(Reason.NOT_ALLOWED))
    await cohort.until(monday(11))
    assert openings(cohort) == ["Week 1"]
    answer = await cohort.say("moderator", "/cohort post")
    assert "1 message is on its way" in answer
    assert "trying 1 of these again" in answer
    await cohort.settle()
    assert openings(cohort) == ["Week 1", "Week 2"]


async def test_post_sends_what_has_come_due_meanwhile(cohort: BotUnderTest) -> None:
    cohort.clock.move_to(monday(11))
    await cohort.say("moderator", "/cohort post")
    await cohort.settle()
    assert openings(cohort) == ["Week 1", "Week 2"]


async def test_a_skipped_card_is_never_posted_and_the_next_one_says_nothing_of_it(cohort: BotUnderTest) -> None:
    preview = await cohort.message("moderator", "/cohort skip")
    assert "Skip week 2's card" in plain(preview)
    assert "Week 2's card" in await press(cohort, preview, "Skip week 2")
    assert "already" in await press(cohort, preview, "Skip week 2")
    assert "already skipped" in await cohort.say("moderator", "/cohort skip")
    row = await cohort.read(lambda store: store.deliveries.by_key("opening:1:r2:1"))
    assert row is not None
    assert row.state is State.SKIPPED
    await cohort.until(monday(18))
    assert openings(cohort) == ["Week 1", "Week 3"]
    assert not any("While I was away" in text for text in cohort.chat.timeline())
    assert "gone out" in await press(cohort, preview, "Skip week 2")
    await cohort.check_in("member-1", "/checkin round:2")


async def test_the_planner_gives_the_skipped_card_the_same_key(cohort: BotUnderTest) -> None:
    it = await found(cohort)
    programme = LIBRARY.get(it.programme)
    assert programme is not None
    rooms = await cohort.read(lambda store: store.cohorts.rooms(1))
    planned = due(Group(it, programme, rooms, ()), cohort.clock.now(), cohort.clock.now() + timedelta(days=7))
    assert [row for row in planned if row.kind == "opening"] == [opening_row(it, 2, rooms[0])]
    moved = replace(it, calendar=replace(it.calendar, zone="Asia/Tokyo"))
    assert opening_row(moved, 2, rooms[0]).key == "opening:1:r2:1"


async def test_the_end_is_asked_for_told_once_and_final(cohort: BotUnderTest) -> None:
    preview = await cohort.message("moderator", "/cohort archive")
    assert "2 members" in plain(preview)
    assert "has ended" in await press(cohort, preview, "End it")
    assert "ended" in await press(cohort, preview, "End it")
    assert "ends here" in cohort.chat.timeline()[-1]
    before = len(cohort.chat.sent)
    await cohort.days(30)
    assert len(cohort.chat.sent) == before, "I'll stop posting"
    for line in ("edit day:friday", "holiday rounds:1", "announce text:hello", "post", "skip", "archive"):
        assert "ended" in await cohort.say("moderator", f'/cohort {line} cohort:"AI 2027"')
    assert "nothing to export" in await cohort.say("moderator", '/cohort export cohort:"AI 2027"')


async def test_the_export_is_a_file_that_any_spreadsheet_opens_and_that_runs_nothing(cohort: BotUnderTest) -> None:
    await cohort.check_in("member-1", done="=cmd|' /C calc'!A0")
    others = [sent for sent in cohort.chat.sent if sent.private != "moderator"]
    reply = await cohort.message("moderator", "/cohort export")
    assert "1 check-in by 1 person" in plain(reply)
    assert "cohort-bot export --cohort 'AI 2027' --format json" in plain(reply)
    (file,) = reply.files
    assert file.name == "check-ins-AI-2027-2027-01-05.csv"
    assert file.text.startswith("\ufeffcohort,member,"), "Excel takes it for UTF-8"
    (row,) = csv.DictReader(io.StringIO(file.text.removeprefix("\ufeff")))
    assert (row["member"], row["done"]) == ("Sample Member 1", "'=cmd|' /C calc'!A0")
    await cohort.settle()
    assert [sent for sent in cohort.chat.sent if sent.private != "moderator"] == others


async def test_a_record_that_no_chat_takes_is_the_operators(
    cohort: BotUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "BYTES_MOST", 100)
    await cohort.check_in("member-1")
    reply = await cohort.message("moderator", "/cohort export")
    assert not reply.files
    assert "too large to send here" in plain(reply)
    assert "cohort-bot export --cohort 'AI 2027'" in plain(reply)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/cohort edit", "such as day:Thursday"),
        ("/cohort edit day:Monday", "already like that"),
        ("/cohort edit day:Monday time:09:00 channel:general", "already like that"),
        ("/cohort edit day:Blursday", "such as Monday"),
        ("/cohort edit time:24:00", "such as 09:00"),
        (f"/cohort edit channel:{'x' * 101}", "know that channel"),
        ("/cohort holiday", "rounds"),
        ("/cohort holiday rounds:0", "between 1 and 12"),
        ("/cohort holiday rounds:13", "between 1 and 12"),
        ("/cohort holiday rounds:1 from:soon", "such as 2027-01-04"),
        ("/cohort holiday rounds:1 from:2031-01-01", "opens no week"),
        ("/cohort holiday rounds:1 from:9999-12-31", "opens no week"),
        ("/cohort remove", "member"),
        ("/cohort remove member:member-3", "isn't in AI 2027"),
        ("/cohort excuse member:member-1 round:1", "reason"),
        ("/cohort excuse member:member-1 round:0 reason:x", "between 1"),
        ("/cohort excuse member:member-1 round:2 reason:x", "hasn't opened yet"),
        (f"/cohort excuse member:member-1 round:1 reason:{'x' * 301}", "300 characters"),
        ("/cohort record member:member-1 round:one reason:x", "whole number"),
        ("/cohort record member:member-1 round:9999 reason:x", "hasn't opened yet"),
        ("/cohort announce", "text"),
        (f"/cohort announce text:{'x' * 1501}", "1,500 characters"),
        ("/cohort post cohort:nowhere", "no cohort called"),
    ],
)
async def test_a_wrong_option_is_named_with_what_would_be_right(cohort: BotUnderTest, line: str, said: str) -> None:
    before = await found(cohort)
    assert said in await cohort.say("moderator", line)
    assert await found(cohort) == before

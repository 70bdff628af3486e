"""The coming months on a copy of the database: what would go wrong is named, and nothing that would not."""

import dataclasses
import hashlib
import importlib.metadata
import json
import re
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Executable, delete, insert, update

from cohort_bot import doctor, year_ahead, year_ahead_findings
from cohort_bot.app.ports.health import Outcome
from cohort_bot.app.ports.platform import Pace
from cohort_bot.app.ports.store import Store
from cohort_bot.checks import Check, report
from cohort_bot.clocks import ScriptedClock, SystemClock
from cohort_bot.core.checkins import CheckIn
from cohort_bot.core.programme import Programme
from cohort_bot.core.rounds import Calendar
from cohort_bot.platforms.discord.adapter import DiscordPlatform
from cohort_bot.platforms.slack.adapter import SlackPlatform
from cohort_bot.platforms.slack.token_cipher import TokenCipher
from cohort_bot.programmes.starter import STARTER
from cohort_bot.storage import as_sqlite, file_systems
from cohort_bot.storage.database import SqliteDatabase, writer_engine
from cohort_bot.storage.postgres import PostgresDatabase
from cohort_bot.storage.tables import (
    accounts,
    checkins,
    cohorts,
    deliveries,
    holidays,
    installations,
    members,
    moves,
    paper_picks,
    rooms,
)
from tests.fakes.bot import LIBRARY
from tests.fakes.command_line import cohort_bot
from tests.fakes.databases import Current

NOW = datetime(2027, 2, 20, 12, tzinfo=UTC)
START = date(2027, 1, 4)
SLUG = LIBRARY.slugs()[0]
PLENTY = 10**12


class Guides:
    """The shipped programme, and one in which something is missing and something is too long."""

    findings = ()

    def get(self, slug: str) -> Programme | None:
        whole = LIBRARY.get(SLUG)
        assert whole
        if slug == "thin":
            long = dataclasses.replace(whole.weeks[11].tasks[0], text="Long " * 1000)
            tasks = {10: (), 12: (long,)}
            weeks = [dataclasses.replace(week, tasks=tasks.get(week.number, week.tasks)) for week in whole.weeks]
            return dataclasses.replace(whole, slug="thin", weeks=tuple(weeks), papers=whole.papers[:1])
        if slug == "cut":
            return dataclasses.replace(whole, slug="cut", weeks=whole.weeks[:5])
        return whole if slug == SLUG else None

    def slugs(self) -> list[str]:
        return [SLUG, "thin"]


def people(store: Store, platform: str, now: datetime) -> None:
    """Two cohorts of three in their eighth week; everybody has checked in so far."""
    made = now - timedelta(weeks=8)
    start = (now - timedelta(weeks=7)).date()
    calendar = Calendar(start - timedelta(days=start.weekday()), time(9), "Europe/Berlin")
    for name in ("AI 2027", "Thin"):
        cohort = store.cohorts.add(
            platform=platform,
            workspace="w",
            name=name,
            programme=SLUG,
            calendar=calendar,
            at=made,
            creator="moderator",
        )
        store.cohorts.add_room(cohort.id, platform, "w", f"room-{cohort.id}")
        for number in range(3):
            account = store.people.add(platform, "", f"{cohort.id}-{number}", f"Sample {number} of {name}", "UTC")
            member = store.members.add(cohort.id, account, made, 1, 5, "")
            for opened in range(1, calendar.latest(now)):
                store.checkins.save(CheckIn(member.id, opened, opened, calendar.opens(opened)), made)


async def fill(path: Path, now: datetime = NOW) -> None:
    database = SqliteDatabase(path)
    database.upgrade()
    database.open()
    await database.write(lambda store: people(store, "discord", now))
    await database.close()


def plant(path: Path, *statements: Executable) -> None:
    engine = writer_engine(path)
    with engine.begin() as connection:
        for each in statements:
            connection.execute(each)
    engine.dispose()


async def rehearsed(path: Path, months: int = 3, room: int = PLENTY) -> year_ahead_findings.Months:
    return await year_ahead.rehearse(path, Guides(), ScriptedClock(NOW), months, room, lambda _month: None)


def troubles(checks: Iterable[Check]) -> list[str]:
    return [f"{check.name}: {check.says}" for check in checks if check.state != "ok"]


async def test_a_sound_database_has_no_trouble_ahead_and_says_what_is_posted_when(tmp_path: Path) -> None:
    await fill(tmp_path / "bot.db")
    told: list[int] = []
    result = await year_ahead.rehearse(tmp_path / "bot.db", Guides(), ScriptedClock(NOW), 2, PLENTY, told.append)
    assert troubles(result.checks) == []
    assert told == [1, 2]
    opened = [post.due for post in result.posts if post.kind == "opening" and post.cohort == "AI 2027"]
    calendar = Calendar(START, time(9), "Europe/Berlin")
    assert opened == [calendar.opens(number) for number in range(8, 8 + len(opened))]
    assert len(opened) == 9
    assert {post.state for post in result.posts} <= {"sent", "skipped"}
    assert any("nudge" in post.kind or post.kind == "digest" for post in result.posts)
    assert result.grown > 0
    assert "from 20 February 2027:" in year_ahead_findings.report(result)


async def test_direct_messages_are_counted_in_each_month_though_their_rows_are_swept(tmp_path: Path) -> None:
    await fill(tmp_path / "bot.db")
    result = await rehearsed(tmp_path / "bot.db", months=4)
    sent = Counter(post.due.month for post in result.posts if post.kind == "questions" and post.state == "sent")
    assert min(sent[month] for month in (3, 4, 5)) == 24, "six members, four weeks at least"


async def test_a_database_in_which_nobody_is_has_no_trouble_ahead(tmp_path: Path) -> None:
    SqliteDatabase(tmp_path / "bot.db").upgrade()
    assert (await rehearsed(tmp_path / "bot.db")).checks == []


async def test_each_trouble_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "bot.db"
    await fill(path)
    gone = {"key": "x", "kind": "opening", "platform": "discord", "cohort_id": 1, "room_id": 1, "in_thread": 0}
    gone |= {"args": "{}", "due": NOW, "lane": "discord:w:room-1", "mark": "m", "state": "parked", "fence": 1}
    gone |= {"attempts": 1, "reason": "room_gone", "updated": NOW, "round": 8}
    pick = {"by": "moderator", "at": NOW, "url": "https://example.org"}
    filed = dict.fromkeys(("tasks", "done", "blockers", "next_step"), "[]") | {"share_thread": 0, "share_blocker": 0}
    planted = [
        insert(deliveries).values(gone),
        update(cohorts).where(cohorts.c.id == 2).values(programme="thin", at="02:30", start="2027-01-03"),
        update(accounts).where(accounts.c.user == "1-0").values(closed_at=NOW),
        update(accounts).where(accounts.c.user == "1-1").values(gone_at=NOW),
        insert(paper_picks).values({**pick, "cohort_id": 1, "week": 9, "title": "", "paper": "no-such-paper"}),
        insert(paper_picks).values({**pick, "cohort_id": 1, "week": 10, "title": "A", "url": "htp:/example.org"}),
    ]
    more = {"platform": "discord", "workspace": "w", "start": "2027-01-04", "at": "09:00", "creator": "moderator"}
    made = {"created_at": NOW, "planned_until": NOW, "next_due": NOW}
    guide = {"person_id": 1, "platform": "discord", "workspace": "", "user": "moderator", "name": "Sample Guide"}
    guide |= {"zone": "UTC", "reminders": 1, "gone_at": NOW}
    doubted = gone | {"key": "y", "state": "unknown", "cohort_id": 2, "room_id": 2, "first_try": NOW, "reason": None}
    planted += [
        insert(accounts).values(guide),
        insert(deliveries).values(doubted),
        insert(cohorts).values(
            {**more, **made, "name": "Lost", "name_key": "lost", "programme": "nowhere", "zone": "UTC"}
        ),
        insert(cohorts).values(
            {**more, **made, "name": "Far", "name_key": "far", "programme": SLUG, "zone": "Mars/Olympus"}
        ),
        insert(cohorts).values({**more, **made, "name": "Cut", "name_key": "cut", "programme": "cut", "zone": "UTC"}),
        insert(members).values(cohort_id=5, person_id=1, account_id=1, joined_at=NOW, first_round=1, why=""),
        insert(checkins).values({**filed, "member_id": 7, "round": 7, "week": 7, "filed_at": NOW}),
    ]
    plant(path, *planted)
    monkeypatch.setattr(importlib.metadata, "version", lambda _package: "2019.3")
    monkeypatch.setattr(year_ahead_findings, "PACES", {"discord": Pace(per_second=0.001, shared=True)})
    result = await rehearsed(path, months=2, room=1000)
    found = troubles(result.checks)
    expected = [
        "posts: AI 2027: .* for the room room-1 can't be delivered from",
        "posts: AI 2027: .* for members, directly, can't be delivered from",
        "posts: .*doesn't fit into a message on Discord",
        "rates: the fullest minute",
        "content: Lost follows nowhere, which can't be read",
        "content: Cut has reached week 7, but cut now has only 5 weeks",
        "posts: (Lost|Far|Cut) has no room",
        "content: Thin: week 10 has no tasks",
        "calendar: Thin: week 13 opens at 03:30 instead of 02:30 on 28 March 2027",
        "papers: AI 2027: the paper that was picked for week 9",
        "papers: AI 2027: the link to the paper for week 10 is not an address",
        "papers: Thin: no paper from week",
        "people: (AI 2027|Cut): direct messages don't reach Sample 0 of AI 2027",
        "people: AI 2027: Sample 1 of AI 2027 has left",
        "people: .*: no moderator can be reached .Sample Guide.",
        "time zones: the rules are those of 2019",
        "disk: the database grows by",
    ]

    missed = [each for each in expected if not any(re.match(each, one) for one in found)]
    assert missed == [], "\n".join(found)
    assert [one for one in found if not any(re.match(each, one) for each in expected)] == []


async def test_what_a_workspace_or_a_thread_alone_refuses_is_told_apart(tmp_path: Path) -> None:
    """A room counts as refusing when its newest post was refused; a removed bot reaches its people neither."""
    path = tmp_path / "bot.db"
    await fill(path)
    row = {"kind": "opening", "platform": "discord", "cohort_id": 1, "room_id": 1, "in_thread": 0, "args": "{}"}
    row |= {"due": NOW, "lane": "discord:w:room-1", "mark": "m", "fence": 1, "attempts": 1, "round": 7, "thread": "t"}
    parked = row | {"state": "parked", "reason": "not_allowed"}
    thread = parked | {"key": "thread", "in_thread": 1, "updated": NOW}
    before = parked | {"key": "before", "updated": NOW - timedelta(days=7)}
    after = row | {"key": "after", "state": "sent", "reason": None, "updated": NOW - timedelta(days=1)}
    plant(path, *(insert(deliveries).values(each) for each in (thread, before)))
    plant(path, insert(deliveries).values(after))
    assert troubles((await rehearsed(path, months=1)).checks) == []
    revoked = parked | {"key": "revoked", "reason": "revoked", "updated": NOW}
    plant(path, insert(deliveries).values(revoked))
    checks = (await rehearsed(path, months=1)).checks
    assert {check.cure for check in checks if check.state == "fix"} == {
        "Install the bot there again; what waits then goes out by itself."
    }
    named = {(post.cohort, post.to) for post in (await rehearsed(path, months=1)).posts if post.state == "parked"}
    assert named >= {("AI 2027", "room-1"), ("Thin", "room-2")}


async def test_what_was_refused_last_is_refused_again_until_a_newer_one_is_taken(tmp_path: Path) -> None:
    """The moderators' channel is none of the cohort's rooms; an invalid post says nothing of posts of other kinds."""
    path = tmp_path / "bot.db"
    await fill(path)
    guide = {"person_id": 1, "platform": "discord", "workspace": "", "user": "moderator", "name": "G", "zone": "UTC"}
    base = {"platform": "discord", "cohort_id": 1, "mark": "m", "fence": 1, "attempts": 1, "round": 7, "due": NOW}
    digest = base | {"kind": "moderators", "account_id": 7, "args": '{"channel": "staff"}', "lane": "account:7"}
    digest |= {"in_thread": 0}
    card = base | {"kind": "digest", "room_id": 1, "in_thread": 1, "args": "{}", "lane": "room:discord:w:room-1"}
    parked = {"state": "parked", "updated": NOW}
    planted = [
        insert(accounts).values({**guide, "reminders": 1}),
        update(cohorts).where(cohorts.c.id == 1).values(moderators_channel="staff"),
        insert(deliveries).values({**digest, **parked, "key": "a", "reason": "room_gone"}),
        insert(deliveries).values({**card, **parked, "key": "b", "reason": "invalid", "detail": "invalid_blocks"}),
    ]
    plant(path, *planted)
    result = await rehearsed(path, months=1)
    wrong = {check.says: check.cure for check in result.checks if check.state != "ok"}
    assert [says.partition(" on: ")[0] for says in wrong] == [
        "AI 2027: 4 posts for the room room-1 can't be delivered from 23 February 2027",
        "AI 2027: 4 posts for the room staff can't be delivered from 23 February 2027",
    ]
    invalid, gone = wrong.items()
    assert ("invalid_blocks (the week's digest (4))" in invalid[0], "log" in invalid[1]) == (True, True), invalid
    assert ("gone (the moderators' digest (4))" in gone[0], "moderators_channel:" in gone[1]) == (True, True), gone
    later = {"state": "sent", "updated": NOW + timedelta(seconds=1)}
    taken = [insert(deliveries).values({**each, **later, "key": f"{each['kind']} later"}) for each in (digest, card)]
    plant(path, *taken)
    assert troubles((await rehearsed(path, months=1)).checks) == []


async def test_weeks_off_and_rooms_without_threads(tmp_path: Path) -> None:
    """A summer is no trouble; half a year and more is one, and so are weeks off beyond the last date there is."""
    path = tmp_path / "bot.db"
    await fill(path)
    opened = {"platform": "discord", "kind": "opening", "in_thread": 0, "args": "{}", "due": NOW, "mark": "m"}
    opened |= {"lane": "x", "fence": 1, "attempts": 1, "state": "sent"}
    cards = [
        {"key": "a", "cohort_id": 1, "room_id": 1, "thread": None, "updated": NOW - timedelta(days=7)},
        {"key": "b", "cohort_id": 1, "room_id": 1, "thread": "t", "updated": NOW},
        {"key": "c", "cohort_id": 2, "room_id": 2, "thread": "t", "updated": NOW - timedelta(days=7)},
    ]
    plant(path, insert(holidays).values(cohort_id=1, before=9, rounds=12))
    plant(path, *(insert(deliveries).values({**opened, **each}) for each in cards))
    result = await rehearsed(path, months=1)
    assert troubles(result.checks) == []
    assert "AI 2027 has 12 weeks off before week 9" in [check.says for check in result.checks]
    last = {"key": "d", "cohort_id": 2, "room_id": 2, "thread": None, "updated": NOW}
    plant(path, update(holidays).values(rounds=60), insert(deliveries).values({**opened, **last}))
    plant(path, insert(holidays).values(cohort_id=2, before=9, rounds=10_000_000))
    wrong = [check for check in (await rehearsed(path, months=1)).checks if check.state != "ok"]
    assert [check.says for check in wrong] == [
        "Thin has weeks off that never end, so nothing more is posted there",
        "AI 2027 has 60 weeks off before week 9, so nothing is posted there until 17 April 2028",
    ]
    assert all("/cohort holiday" in check.cure for check in wrong)
    plant(path, delete(holidays))
    (check,) = [check for check in (await rehearsed(path, months=1)).checks if check.state != "ok"]
    assert check.says.startswith("Thin: no thread could be opened under the newest card in the room room-2")
    assert "open threads" in check.cure


async def test_what_lies_around_the_database_is_examined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Programmes, platforms and workspaces that are missing, and the disk."""
    path, more = tmp_path / "bot.db", tmp_path / "more"
    await fill(path)
    sample = more / "my-programme"
    shutil.copytree(STARTER, sample)

    async def found(**env: str) -> list[tuple[str, bool]]:
        env = {"DATABASE_URL": f"sqlite:///{path}", "CONTENT_DIR": str(more), **env}
        checks, _ = await year_ahead.examine(env, ScriptedClock(NOW), 1, lambda _month: None)
        wrong = [check for check in checks if check.state == "fix"]
        return [(f"{check.name}: {check.says}", bool(check.cure)) for check in wrong]

    assert await found() == []
    week = sample / "phases" / "1-first-phase.yaml"
    written = week.read_text(encoding="utf-8")
    resource = "    resources:\n      - {title: A page, url: 'htp:/example.org'}\n    share: Your three"
    week.write_text(written.replace("    share: Your three", resource), encoding="utf-8")
    ((said, cured),) = await found()
    assert (said.startswith("content: "), "1-first-phase.yaml" in said, cured) == (True, True, True), said
    week.write_text("phase: P1\nweeks: []\n", encoding="utf-8")
    assert [said.partition(":")[0] for said, _ in await found()] == ["content"], "a phase without weeks"
    week.write_text(written, encoding="utf-8")
    plant(path, update(cohorts).where(cohorts.c.id == 1).values(programme="gone"))
    plant(path, update(rooms).where(rooms.c.id == 2).values(platform="teams"))
    assert await found() == [
        ("settings: teams isn't set up, so nothing is posted there for Thin", True),
        ("content: AI 2027 follows gone, which can't be read", True),
    ]
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/vda / ext4 rw 0 0\nserver:/export {tmp_path} nfs4 rw 0 0\n")
    monkeypatch.setattr(file_systems, "MOUNTS", mounts)
    ((said, cured),) = await found()
    assert ("of the type nfs4, which may lose what SQLite" in said, cured) == (True, True)


async def test_a_workspace_without_a_token_is_named(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    await fill(path)
    plant(path, update(rooms).values(platform="slack", workspace="T1"))
    one = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}
    key = "k" * 32
    many = {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "s", "SLACK_APP_TOKEN": "xapp-1", "PORT": "9000"}

    async def found(env: Mapping[str, str]) -> list[str]:
        env = {"DATABASE_URL": f"sqlite:///{path}", **env}
        examined = {f"{each.name}: {each.says}" async for each in doctor.examine(env, ScriptedClock(NOW))}
        checks, _ = await year_ahead.examine(env, ScriptedClock(NOW), 1, lambda _month: None)
        said = [f"{check.name}: {check.says}" for check in checks if check.state == "fix" and check.cure]
        assert examined >= set(said), "the doctor without a rehearsal says so, too"
        return said

    assert await found(one) == []
    assert await found(many | {"SECRET_KEY": key}) == ["settings: The Slack workspace T1 hasn't installed the bot"]
    body = TokenCipher(key).seal("{}")
    kept = {"platform": "slack", "workspace": "T1", "body": body, "installed_at": NOW}
    plant(path, insert(installations).values(kept))
    assert await found(many | {"SECRET_KEY": key}) == []
    assert await found(many | {"SECRET_KEY": "o" * 32}) == [
        "settings: SECRET_KEY does not open the tokens of the Slack workspace T1"
    ]
    plant(path, update(rooms).where(rooms.c.id == 2).values(workspace="T2"))
    assert await found(one) == ["settings: SLACK_BOT_TOKEN works in one workspace, but there are cohorts in T1, T2"]


async def test_settings_and_zones_are_examined_before_the_months_are_rehearsed(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    await fill(path)
    env = {"DATABASE_URL": f"sqlite:///{path}"}

    async def found(**more: str) -> list[str]:
        checks, result = await year_ahead.examine(env | more, ScriptedClock(NOW), 1, lambda _month: None)
        assert result is not None
        return [one for one in troubles(checks) if "free in" not in one]

    assert await found() == []
    assert await found(SLACK_BOT_TOKEN="xoxb-1", SLACK_APP_TOKEN="xapp-1") == [
        "settings: Discord isn't set up, so nothing is posted there for AI 2027 and Thin"
    ]
    assert await found(SLACK_BOT_TOKEN="xoxb-1") == ["settings: SLACK_BOT_TOKEN is set"]
    move = {"cohort_id": 2, "round": 9, "weekday": 1, "at": "09:00", "zone": "Mars/Arsia", "made_at": NOW}
    planted = [
        update(cohorts).where(cohorts.c.id == 1).values(zone="Mars/Olympus"),
        update(accounts).where(accounts.c.user == "1-0").values(zone="Mars/Elysium"),
        insert(moves).values(move),
    ]
    plant(path, *planted)
    assert [one.partition(" isn't in")[0] for one in await found()] == [
        "time zones: Mars/Olympus, the time zone of AI 2027,",
        "time zones: Mars/Arsia, the time zone of Thin,",
        "time zones: Mars/Elysium, the time zone of Sample 0 of AI 2027,",
    ]


@pytest.mark.parametrize(("day", "number", "then"), [(31, 1, (2027, 2, 28)), (30, 12, (2028, 1, 30))])
def test_months_end_on_the_same_day_or_the_last(day: int, number: int, then: tuple[int, int, int]) -> None:
    since = datetime(2027, 1, day, 9, tzinfo=UTC)
    assert year_ahead_findings.months_on(since, number) == datetime(*then, 9, tzinfo=UTC)


def test_what_only_has_to_be_looked_at_is_not_called_good() -> None:
    checks = [Check("disk", "ok", "much"), Check("people", "look", "one has left", "Ask.")]
    assert report(checks).splitlines()[-1] == "Nothing to fix; 1 thing to look at."


def test_a_channel_that_takes_one_post_a_second_has_a_fullest_minute_of_its_own() -> None:
    post = Outcome("A", "slack", "w", "room", None, "opening", NOW, "sent", None, None)
    direct = [dataclasses.replace(post, to=None)] * 700
    assert [check.state for check in year_ahead_findings.rates(direct)] == ["ok"]
    (check,) = year_ahead_findings.rates([post] * 700)
    assert (check.state, "11 minutes late" in check.says) == ("fix", True), check.says


@pytest.mark.postgresql
async def test_a_database_on_a_server_is_rehearsed_as_a_file(tmp_path: Path) -> None:
    database = PostgresDatabase(Current.databases.url(tmp_path))
    database.open()
    await database.write(lambda store: people(store, "slack", NOW))
    await database.close()
    as_sqlite.from_server(Current.databases.url(tmp_path), tmp_path / "copy.db")
    result = await rehearsed(tmp_path / "copy.db", months=1)
    assert troubles(result.checks) == []
    assert any(post.kind == "opening" and post.state == "sent" for post in result.posts)


@pytest.mark.parametrize("adapter", [DiscordPlatform, SlackPlatform])
def test_the_paces_are_those_of_the_adapters(adapter: type[DiscordPlatform | SlackPlatform]) -> None:
    assert year_ahead_findings.PACES[adapter.name] == adapter.pace


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.process
async def test_the_command_rehearses_a_copy_and_leaves_the_database_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    await fill(path, now=SystemClock().now())
    before = digest(path)
    env = {"DATABASE_URL": f"sqlite:///{path}"}
    done = cohort_bot("doctor", "--rehearse", "--months", "1", "--json", cwd=tmp_path, env=env)
    assert done.returncode == 0, done.stdout + done.stderr
    said = json.loads(done.stdout)
    assert said["ok"]
    assert any(post["kind"] == "opening" for post in said["rehearsal"]["posts"])
    assert digest(path) == before
    plant(path, update(cohorts).values(programme="nowhere"))
    done = cohort_bot("doctor", "--rehearse", "--months", "1", cwd=tmp_path, env=env)
    assert done.returncode == 1
    assert done.stdout.count("AI 2027 follows nowhere, which can't be read") == 1

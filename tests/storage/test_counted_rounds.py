"""A round that is counted once and kept up to date says the same as one that is counted anew."""

import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from cohort_bot.app.ports.store import Store
from cohort_bot.core.checkins import CheckIn, TaskState
from cohort_bot.core.membership import Break, Member
from cohort_bot.core.progress import GroupRound
from cohort_bot.core.rounds import Calendar
from cohort_bot.storage.database import SqliteDatabase
from tests.harness.statements import watched

AT = datetime(2027, 1, 5, 12, tzinfo=UTC)
CALENDAR = Calendar(date(2027, 1, 4), time(9), "UTC")
MEMBERS = 4


class Undone(Exception):
    """Takes a transaction back."""


def fill(store: Store) -> list[Member]:
    made = []
    for name in ("one", "two"):
        cohort = store.cohorts.add(
            platform="local", workspace="w", name=name, programme="p", calendar=CALENDAR, at=AT, creator="U0"
        )
        for number in range(MEMBERS):
            user = f"{name}-{number}"
            account = store.people.add("local", "w", user, user, "UTC")
            made.append(store.members.add(cohort.id, account, AT, 1 + number % 2, None, ""))
    return made


def entry(member: Member, number: int, chance: random.Random) -> CheckIn:
    tasks = tuple(TaskState(each, done=chance.random() < 0.5) for each in ("read", "write"))
    return CheckIn(member.id, number, chance.choice([number, 1]), AT, tasks, "", "", "", False, False)


def act(store: Store, member: Member, chance: random.Random) -> None:
    """One of the things that change a round's count."""
    number, later = chance.choice([1, 2]), AT + timedelta(days=chance.randrange(14))
    acts: list[Callable[[], object]] = [
        lambda: store.checkins.save(entry(member, number, chance), AT),
        lambda: store.checkins.save(entry(member, number, chance), AT),
        lambda: store.checkins.save(entry(member, number, chance), AT),
        lambda: store.checkins.excuse(member.id, number, "ill", "U0", AT),
        lambda: store.members.set_left(member.id, chance.choice([AT, None])),
        lambda: store.people.set_gone(member.account.id, chance.choice([AT, None])),
        lambda: store.members.add_break(member.id, Break(AT.date(), later.date())),
        lambda: store.checkins.erase(member.id),
    ]
    chance.choice(acts)()


def counts(store: Store, cohorts: set[int]) -> list[GroupRound]:
    found = [
        store.checkins.in_round(cohort, number, CALENDAR.dates(number))
        for cohort in sorted(cohorts)
        for number in (1, 2)
    ]
    return [replace(each, made=sorted(each.made, key=repr), breaks=sorted(each.breaks, key=repr)) for each in found]


@pytest.fixture
async def filled(tmp_path: Path) -> SqliteDatabase:
    database = SqliteDatabase(tmp_path / "bot.db")
    database.upgrade()
    database.open()
    return database


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_is_done_and_undone(filled: SqliteDatabase, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - a test repeats itself
    members = await filled.write(fill)
    cohorts = {member.cohort_id for member in members}
    for _ in range(40):
        undone = chance.random() < 0.2

        def several(store: Store, undone: bool = undone) -> list[GroupRound]:
            for _ in range(chance.randrange(1, 4)):
                act(store, chance.choice(members), chance)
                counts(store, cohorts)
            if undone:
                raise Undone
            return counts(store, cohorts)

        if undone:
            with pytest.raises(Undone):
                await filled.write(several)
        kept = await filled.write(lambda store: counts(store, cohorts)) if undone else await filled.write(several)
        assert kept == await filled.read(lambda store: counts(store, cohorts))
    await filled.close()


async def test_what_another_process_writes_is_seen(filled: SqliteDatabase) -> None:
    members = await filled.write(fill)
    cohort = {members[0].cohort_id}
    before = await filled.write(lambda store: counts(store, cohort))
    with closing(sqlite3.connect(filled.path)) as other, other:
        other.execute("UPDATE members SET left_at = 1 WHERE id = ?", (members[0].id,))
    assert await filled.write(lambda store: counts(store, cohort)) != before
    await filled.close()


async def test_a_group_is_counted_once(filled: SqliteDatabase) -> None:
    members = await filled.write(fill)
    chance, counted = random.Random(0), []  # noqa: S311 - the same

    def check_in(store: Store, member: Member) -> None:
        store.checkins.save(entry(member, 1, chance), AT)
        counts(store, {member.cohort_id})

    with watched(lambda statement, _values: counted.append("GROUP BY" in statement)):
        for member in members[:MEMBERS]:
            await filled.write(lambda store, member=member: check_in(store, member))  # type: ignore[misc]
    assert sum(counted) == 2, "both rounds, once"
    await filled.close()

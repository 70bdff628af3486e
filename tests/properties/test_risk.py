"""Who needs a person, against a slow oracle that follows the rule word by word; every reason leads to rows."""

import random
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from cohort_bot.app.queries.standing import Record, Standing, read_record, standings
from cohort_bot.app.words.risks import reason
from cohort_bot.core.checkins import ENDLESS
from cohort_bot.core.membership import Cohort
from cohort_bot.core.risks import Sign
from cohort_bot.core.rounds import Calendar
from cohort_bot.storage.database import SqliteDatabase, writer_engine
from cohort_bot.storage.store import SqlStore
from cohort_bot.storage.tables import checkins
from tests.properties.test_streak import Record as Filed
from tests.properties.test_streak import records, told

WORDS = ("", " ", "No GPU", "\n", "=cmd")


def why(rounds: list[str], blockers: Mapping[int, str]) -> set[tuple[Sign, tuple[int, ...]]]:
    """The reasons, by looking at every counted round one after the other. `rounds` are as `told` tells them."""
    asked = [(index + 1, each) for index, each in enumerate(rounds) if each in {"made", "late", "missed"}]
    found: set[tuple[Sign, tuple[int, ...]]] = set()
    silent: list[int] = []
    for number, each in asked:
        silent = [*silent, number] if each == "missed" else []
    of_five = [number for number, each in asked[-5:] if each == "missed"]
    if len(silent) >= 2:
        found.add((Sign.SILENT, tuple(silent)))
    elif len(of_five) >= 3:
        found.add((Sign.PATCHY, tuple(of_five)))
    in_order = sorted(blockers.items())
    last_three, last_two = in_order[-3:], in_order[-2:]
    if len(last_three) == 3 and all(words.split() for _, words in last_three):
        found.add((Sign.STUCK, tuple(number for number, _ in last_three)))
    elif len(last_two) == 2 and last_two[0][1] == last_two[1][1] and last_two[0][1].split():
        found.add((Sign.STUCK, tuple(number for number, _ in last_two)))
    return found


def shown(standing: Standing) -> set[tuple[Sign, tuple[int, ...]]]:
    return {(risk.sign, risk.rounds) for risk in standing.risks}


@settings(max_examples=200, deadline=None)
@given(records(), st.data())
def test_the_reasons_are_those_of_the_oracle_and_lead_to_rows(filed: Filed, data: st.DataObject) -> None:
    plan, member, made, excused, at = filed
    known = {number: filed_at for number, filed_at in made.items() if filed_at <= at}
    blockers = {number: data.draw(st.sampled_from(WORDS)) for number in known}
    cohort = Cohort(1, "local", "w", "Sample", "sample", plan.calendar, at, "moderator")
    record = Record(cohort, ENDLESS, at, [member], {member.id: made}, {member.id: blockers}, {member.id: excused}, {})
    (standing,) = standings(record)
    rounds = told(plan.almanac, member, known, excused, at)
    assert shown(standing) == why(rounds, blockers)
    for risk in standing.risks:
        assert reason(risk)
        for number in risk.rounds:
            assert str(number) in reason(risk) or risk.rounds[0] < number < risk.rounds[-1]
            if risk.sign is Sign.STUCK:
                assert blockers[number].strip(), "there is a row with these words"
                continue
            assert number not in known, "there is no row"
            assert number not in excused
            assert number >= member.first_round
            assert plan.almanac.closes(number) + timedelta(hours=24) < at


def test_what_the_database_tells_is_what_was_filed(tmp_path: Path) -> None:
    """A simulated cohort of forty for thirty rounds, read by the queries of the card and by the rows themselves."""
    dice = random.Random(20270104)  # noqa: S311 - a simulation
    calendar = Calendar(date(2027, 1, 4), time(9), "Europe/Berlin")
    at = calendar.closes(30) + timedelta(days=2)
    database = SqliteDatabase(tmp_path / "risk.db")
    database.upgrade()
    engine = writer_engine(tmp_path / "risk.db")
    with engine.begin() as connection:
        store = SqlStore(connection)
        cohort = store.cohorts.add(
            platform="local", workspace="w", name="Sample", programme="p", calendar=calendar, at=at, creator="m"
        )
        rows: dict[int, dict[int, tuple[datetime, str]]] = {}
        for number in range(1, 41):
            account = store.people.add("local", "w", f"member-{number}", f"Sample {number}", "UTC")
            member = store.members.add(cohort.id, account, calendar.opens(1), dice.randint(1, 25), None, "")
            often = dice.random()
            rows[member.id] = {
                each: (calendar.opens(each) + timedelta(days=dice.randint(0, 20)), dice.choice(WORDS))
                for each in range(1, 31)
                if dice.random() < often
            }
            if dice.random() < 0.3:
                store.checkins.excuse(member.id, dice.randint(1, 30), "", "m", at)
        blank = {"week": 1, "tasks": "[]", "done": "", "next_step": "", "share_thread": 0, "share_blocker": 0}
        connection.execute(
            insert(checkins),
            [
                {"member_id": who, "round": number, "filed_at": filed_at, "blockers": words, **blank}
                for who, made in rows.items()
                for number, (filed_at, words) in made.items()
            ],
        )
        found = standings(read_record(store, cohort, at, ENDLESS))
        excused = store.checkins.excused(cohort.id)
    engine.dispose()
    assert len(found) == 40
    seen = set()
    for standing in found:
        mine = {n: row for n, row in rows[standing.member.id].items() if row[0] <= at}
        states = []
        for number in range(1, calendar.latest(at) + 1):
            if number in mine:
                states.append("made")
            elif number < standing.member.first_round or number in excused.get(standing.member.id, ()):
                states.append("out")
            else:
                states.append("open" if at - calendar.closes(number) <= timedelta(hours=24) else "missed")
        expected = why(states, {number: words for number, (_, words) in mine.items()})
        assert shown(standing) == expected, standing.member.account.name
        seen |= {sign for sign, _ in expected}
    assert seen == set(Sign), "every reason occurs"

"""The ledger in the database: no state is stored that the table of the states does not lead to."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import CheckConstraint

from cohort_bot.app.ports.store import Delivery, NewDelivery, Store
from cohort_bot.chat import codec
from cohort_bot.chat.message import Actions, Button, Message, Paragraph, Strong, When
from cohort_bot.core.delivery_states import TRANSITIONS, IllegalTransition, State
from cohort_bot.core.rounds import Calendar
from cohort_bot.storage.ledger_sql import moving
from cohort_bot.storage.tables import deliveries
from tests.fakes.bot import START
from tests.properties.ledger_world import File

pytestmark = pytest.mark.both_databases


@pytest.fixture
def file() -> Iterator[File]:
    it = File()
    yield it
    it.close()


@pytest.fixture
def row(file: File) -> Delivery:
    def fill(store: Store) -> Delivery:
        cohort = store.cohorts.add(
            platform="local",
            workspace="w",
            name="x",
            programme="sample",
            calendar=Calendar(START.date(), START.time(), "UTC"),
            at=START,
            creator="m",
        )
        room = store.cohorts.add_room(cohort.id, "local", "w", "g")
        store.deliveries.add([NewDelivery("a post", "announce", "local", cohort.id, START, room_id=room.id)])
        [made] = store.deliveries.by_keys(["a post"])
        return made

    return file.write(fill)


@pytest.mark.parametrize("source", State)
def test_a_transition_that_is_not_in_the_table_is_refused(file: File, row: Delivery, source: State) -> None:
    known = replace(row, state=source)
    for target in set(State) - {each.target for each in TRANSITIONS if each.source is source}:
        with pytest.raises(IllegalTransition):
            file.write(lambda store, to=target: store.deliveries.put(known, to, None, START))  # type: ignore[misc]
        with pytest.raises(IllegalTransition):
            moving(source, target)
    assert [each.state for each in file.rows()] == ["ready"]


def test_only_what_is_ready_is_claimed(file: File, row: Delivery) -> None:
    uncertain = replace(row, state=State.UNKNOWN)
    with pytest.raises(IllegalTransition):
        file.write(lambda store: store.deliveries.claim([(uncertain, "{}", None)], START))
    assert file.write(lambda store: store.deliveries.claim([(row, "{}", None)], START))


def test_a_text_comes_back_as_it_was_frozen(file: File, row: Delivery) -> None:
    said = Paragraph(('“Ünï” "quoted" \\ {}[],:\n\t\x00\u2028 🙂', When(START), Strong("</b> 1e5 \x7f")))
    buttons = Actions((Button("Go", "checkin", {"id": "1", "round": "1.0"}),))
    text = codec.dumps(Message("Week 1: x", (said, buttons), "#00aa00", language="de"))
    assert file.write(lambda store: store.deliveries.freeze([(row.what, text)]))[0].payload == text
    assert [each.payload for each in file.write(lambda store: store.deliveries.by_keys([row.what.key]))] == [text]


def test_a_row_that_was_looked_at_ahead_is_read_again_when_it_has_changed(file: File, row: Delivery) -> None:
    def twice(store: Store) -> list[State | None]:
        ledger = store.deliveries
        ledger.look_ahead([row.what.key, "another"])
        before = [ledger.by_key(row.what.key), ledger.by_key("another")]
        ledger.put(row, State.SKIPPED, None, START)
        ledger.add([replace(row.what, key="another")])
        after = [ledger.by_key(row.what.key), ledger.by_key("another")]
        return [None if each is None else each.state for each in (*before, *after)]

    assert file.write(twice) == [State.READY, None, State.SKIPPED, State.READY]


def test_the_database_takes_no_other_state() -> None:
    [rule] = [
        each for each in deliveries.constraints if isinstance(each, CheckConstraint) and "state" in str(each.name)
    ]
    assert all(f"'{state.value}'" in str(rule.sqltext) for state in State)

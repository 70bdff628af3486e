"""What is written down and composed in the seconds before its instant, and taken back when the cohort changes."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from cohort_bot.app.delivery import ledger
from cohort_bot.app.delivery.parcel import Claims
from cohort_bot.app.delivery.precomposed import Precomposed
from cohort_bot.app.ports.cohorts import Plan
from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.app.ports.store import AHEAD, Delivery, Store
from cohort_bot.chat.message import Message
from cohort_bot.chat.place import Place
from cohort_bot.core.delivery_states import State
from cohort_bot.core.rounds import Calendar, Move
from tests.fakes.bot import running
from tests.properties.ledger_world import File, Shelf

ZONE = "Europe/Berlin"
CALENDAR = Calendar(date(2027, 1, 4), time(9), ZONE)
OPENS = CALENDAR.opens(1)
BEFORE = OPENS - AHEAD / 2
KEY = "opening:1:r1:1"


class Planned:
    """A cohort whose first opening is written, most often ahead."""

    def __init__(self, file: File, at: datetime = BEFORE) -> None:
        self.file, self.shelf, self.precomposed = file, Shelf(), Precomposed()

        def begin(store: Store) -> None:
            cohort = store.cohorts.add(
                platform="local", workspace="w", name="x", programme="sample", calendar=CALENDAR, at=OPENS, creator="m"
            )
            store.cohorts.add_room(cohort.id, "local", "w", "study-hall")

        file.write(begin)
        file.write(lambda store: store.cohorts.plan([Plan(1, OPENS - timedelta(days=1), OPENS)]))
        self.tick(at)

    def tick(self, at: datetime) -> int:
        def plan(store: Store) -> int:
            planned = ledger.materialise(store, self.shelf, store.cohorts.due(at + AHEAD), at, self.precomposed)
            return planned.rows if planned else 0

        return self.file.write(plan)

    def claim(self, at: datetime, enough: Callable[[], bool] = lambda: False) -> Claims:
        how: Any = {"precomposed": self.precomposed, "enough": enough}
        return self.file.write(lambda store: ledger.claim(store, self.shelf, at, 10, **how))

    def state(self) -> State | None:
        row = self.file.write(lambda store: store.deliveries.by_key(KEY))
        return row.state if row else None


@pytest.fixture
def planned(file: File) -> Planned:
    return Planned(file)


def test_an_opening_is_composed_ahead_and_comes_at_its_instant(
    planned: Planned, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = planned.file.write(lambda store: store.deliveries.by_key(KEY))
    assert row is not None
    assert row.payload is not None
    assert planned.claim(OPENS - timedelta(milliseconds=1)).send == ()
    monkeypatch.setattr(ledger, "_compose", None)
    [parcel] = planned.claim(OPENS).send
    assert parcel.delivery.payload == row.payload
    assert parcel.message is not None
    assert parcel.to == Place("local", "w", "study-hall")


def test_once_it_is_enough_the_other_messages_are_left_for_the_next_claim_as_they_were_composed(
    planned: Planned, monkeypatch: pytest.MonkeyPatch
) -> None:
    def go_on(store: Store) -> None:
        for channel in ("north", "south", "east", "west"):
            store.cohorts.add_room(1, "local", "w", channel)
        store.cohorts.replan(1, BEFORE)

    planned.file.write(go_on)
    planned.tick(BEFORE)
    monkeypatch.setattr(ledger, "CLAIMED_AT_ONCE", 2)
    monkeypatch.setattr(ledger, "_compose", None)
    sent = [len(planned.claim(OPENS, lambda: True).send) for _ in range(4)]
    assert sent == [2, 2, 1, 0]


@pytest.mark.parametrize("change", ["nothing", "language", "room", "end", "restart"])
def test_a_card_that_is_due_when_it_is_planned_is_composed_there_and_again_after_a_change(
    file: File, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    at = OPENS + timedelta(minutes=1)
    due = Planned(file, at)
    compose = Mock(wraps=ledger._compose)
    monkeypatch.setattr(ledger, "_compose", compose)
    if change == "language":
        file.write(lambda store: store.cohorts.set_language(1, "de", at))
    elif change == "room":
        file.write(lambda store: store.cohorts.set_channel(1, "other-hall"))
    elif change == "end":
        file.write(lambda store: store.cohorts.archive(1, at))
    elif change == "restart":
        due.precomposed = Precomposed()
    sent = due.claim(at).send
    assert compose.called == (change != "nothing")
    assert len(sent) == (change != "end")
    assert due.state() is (State.SKIPPED if change == "end" else State.SENDING)
    for parcel in sent:
        row = file.write(lambda store: store.deliveries.by_key(KEY))
        assert row is not None
        assert parcel.delivery.payload == row.payload is not None
        assert parcel.to == Place("local", "w", "other-hall" if change == "room" else "study-hall")
        assert ('"language":"de"' in (row.payload or "")) == (change == "language")


def test_what_was_composed_ahead_and_could_not_go_says_that_it_is_late(planned: Planned) -> None:
    planned.precomposed = Precomposed()  # the process was killed
    [parcel] = planned.claim(OPENS + timedelta(hours=3)).send
    assert "This is late" in (parcel.delivery.payload or "")


def test_what_is_kept_for_longer_than_an_hour_is_composed_anew(planned: Planned) -> None:
    [parcel] = planned.claim(OPENS + timedelta(minutes=61)).send
    assert "This is late" in (parcel.delivery.payload or "")


def test_a_schedule_that_is_moved_in_the_last_seconds_takes_the_card_along(planned: Planned) -> None:
    move = Move(1, 1, time(9), ZONE, BEFORE)  # Tuesday
    planned.file.write(lambda store: store.cohorts.add_move(1, move))
    assert planned.state() is None
    planned.tick(BEFORE)
    assert planned.claim(OPENS).send == ()
    planned.tick(OPENS + timedelta(days=1))
    [parcel] = planned.claim(OPENS + timedelta(days=1)).send
    assert parcel.delivery.what.key == KEY


def test_a_cohort_that_ends_in_the_last_seconds_opens_no_more(planned: Planned) -> None:
    planned.file.write(lambda store: store.cohorts.archive(1, BEFORE))
    assert planned.state() is None
    assert planned.claim(OPENS).send == ()


def test_a_cohort_that_ends_while_its_card_waits_opens_no_more(planned: Planned) -> None:
    planned.file.write(lambda store: store.cohorts.archive(1, OPENS + timedelta(seconds=1)))
    assert planned.claim(OPENS + timedelta(seconds=2)).send == ()
    assert planned.state() is State.SKIPPED


def test_a_room_that_moves_in_the_last_seconds_takes_the_card_along(planned: Planned) -> None:
    planned.file.write(lambda store: store.cohorts.set_channel(1, "other-hall"))
    [parcel] = planned.claim(OPENS).send
    assert parcel.to == Place("local", "w", "other-hall")


def test_a_change_between_two_looks_does_not_double_or_lose_what_was_written_ahead(planned: Planned) -> None:
    for _ in range(3):
        planned.file.write(lambda store: store.cohorts.replan(1, BEFORE))
    planned.tick(BEFORE)
    planned.tick(OPENS)
    assert len(planned.claim(OPENS).send) == 1
    planned.file.write(lambda store: store.cohorts.replan(1, OPENS))
    assert planned.tick(OPENS) <= 1  # its key is there
    assert planned.claim(OPENS).send == ()


async def test_a_card_can_be_skipped_and_taken_back_in_the_last_seconds(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        await bot.create()

        async def row() -> Delivery | None:
            return await bot.read(lambda store: store.deliveries.by_key(KEY))

        bot.clock.move_to(OPENS - AHEAD / 2)
        await bot.settle()
        ready = await row()
        assert ready is not None
        assert ready.state is State.READY
        preview = await bot.message("moderator", "/cohort skip")
        done = await bot.chat.press("moderator", preview, "Skip week 1's card")
        skipped = await row()
        assert skipped is not None
        assert (skipped.state, skipped.reason) == (State.SKIPPED, DeliveryReason.BY_HAND)
        assert isinstance(done, Message)
        await bot.chat.press("moderator", done, "Undo")
        bot.clock.move_to(OPENS)
        await bot.settle()
        sent = await row()
        assert sent is not None
        assert sent.state is State.SENT

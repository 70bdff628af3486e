"""No more than three direct messages a round, whatever is on; nothing that is added goes around it."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from cohort_bot.app.delivery.kind import Kind
from cohort_bot.app.delivery.kinds import KINDS
from cohort_bot.app.delivery.message_cap import MOST_DIRECT, Direct
from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.app.ports.store import NewDelivery, Store
from cohort_bot.chat.message import text
from cohort_bot.core.delivery_states import State
from cohort_bot.core.features import Feature
from cohort_bot.core.membership import Break
from tests.fakes.bot import TUESDAY, BotUnderTest

SUNDAY = datetime(2027, 1, 10, 12, tzinfo=UTC)
"""After both reminders of the first week."""

NIGHT = datetime(2027, 1, 5, 23, tzinfo=UTC)
MORNING = datetime(2027, 1, 6, 7, tzinfo=UTC)
"""08:00 in Berlin."""

NUMBERS = itertools.count()


@pytest.fixture
def idea(monkeypatch: pytest.MonkeyPatch) -> None:
    """A feature that somebody adds: a row in the table, and nothing else."""
    row = Kind("an idea", lambda _: text("An idea"), direct=Direct.CAPPED, feature=Feature.QUIET)
    rows = {"idea": row, "letter": replace(row, direct=Direct.THROUGH, feature=None)}
    rows |= {"answer": replace(row, direct=Direct.FREE), "forgotten": replace(row, direct=None)}
    for name, each in rows.items():
        monkeypatch.setitem(cast("dict[str, Kind]", KINDS), name, each)


async def send(bot: BotUnderTest, kind: str, many: int = 1, to: int = 1) -> None:
    """Rows of a kind for a member, due now."""

    def write(store: Store) -> None:
        member, at = store.members.get(to), bot.clock.now()
        assert member is not None
        keys = [f"{kind}:{next(NUMBERS)}:m{to}" for _ in range(many)]
        store.deliveries.add([NewDelivery.to_member(kind, key, member, at) for key in keys])

    await bot.write(write)
    await bot.settle()


def came(bot: BotUnderTest, words: str = "An idea") -> int:
    return bot.titles().count(words)


@pytest.mark.usefixtures("idea")
async def test_the_fourth_of_a_round_is_dropped_and_the_next_round_begins_anew(cohort: BotUnderTest) -> None:
    await send(cohort, "idea", 5)
    assert came(cohort) == MOST_DIRECT
    await cohort.until(SUNDAY)
    assert len(cohort.titles()) == MOST_DIRECT, "no reminder on top"
    await cohort.days(3)
    await send(cohort, "idea", 2)
    assert came(cohort) == MOST_DIRECT + 2


@pytest.mark.usefixtures("idea")
async def test_reminders_count_and_so_does_what_somebody_wrote_which_comes_all_the_same(cohort: BotUnderTest) -> None:
    await cohort.until(SUNDAY)
    assert len(cohort.titles()) == 2
    await send(cohort, "letter", 2)
    assert came(cohort) == 2
    await send(cohort, "idea")
    assert came(cohort) == 2
    await send(cohort, "letter")
    assert came(cohort) == 3


@pytest.mark.usefixtures("idea")
async def test_three_letters_leave_no_room_for_a_reminder(cohort: BotUnderTest) -> None:
    await send(cohort, "letter", 3)
    await cohort.until(SUNDAY)
    assert len(cohort.titles()) == 3
    assert len(cohort.titles("member-2")) == 2, "somebody else has their own three"


@pytest.mark.usefixtures("idea")
async def test_an_answer_to_their_own_click_does_not_count(cohort: BotUnderTest) -> None:
    await send(cohort, "answer", 4)
    await send(cohort, "idea", 3)
    assert came(cohort) == 7


@pytest.mark.usefixtures("idea")
async def test_at_night_it_waits_and_only_in_time(cohort: BotUnderTest) -> None:
    await cohort.until(NIGHT)
    await send(cohort, "idea")
    assert came(cohort) == 0
    await cohort.until(MORNING - timedelta(minutes=1))
    assert came(cohort) == 0
    await cohort.until(MORNING)
    assert came(cohort) == 1


@pytest.mark.usefixtures("idea")
@pytest.mark.parametrize("why", ["stopped", "on a break", "left", "switched off"])
async def test_it_does_not_come_to_whoever_does_not_want_it(cohort: BotUnderTest, why: str) -> None:
    def write(store: Store) -> None:
        member = store.members.get(1)
        assert member is not None
        if why == "stopped":
            store.people.update(member.account.id, name="Kim", zone="Europe/Berlin", reminders=False)
        elif why == "on a break":
            store.members.add_break(1, Break(TUESDAY.date(), TUESDAY.date()))
        elif why == "left":
            store.members.set_left(1, TUESDAY)
        else:
            store.cohorts.set_features(1, {Feature.OUTREACH})

    await cohort.write(write)
    await send(cohort, "idea")
    assert came(cohort) == 0
    await send(cohort, "idea", to=2)
    assert cohort.titles("member-2").count("An idea") == (0 if why == "switched off" else 1)


@pytest.mark.usefixtures("idea")
async def test_a_kind_that_does_not_say_how_it_counts_is_parked(
    cohort: BotUnderTest, caplog: pytest.LogCaptureFixture
) -> None:
    await send(cohort, "forgotten")
    (row,) = await cohort.read(lambda store: store.deliveries.parked(1))
    assert (row.state, row.reason) == (State.PARKED, DeliveryReason.NOT_COMPOSED)
    assert "Undeclared: forgotten" in caplog.text


async def test_two_cohorts_share_the_three(cohort: BotUnderTest) -> None:
    await cohort.create("Second")
    await cohort.join("member-1", line="/join cohort:Second timezone:Europe/Berlin")
    await cohort.until(SUNDAY)
    before = len(cohort.titles())
    await cohort.until(SUNDAY + timedelta(days=7))
    assert len(cohort.titles()) - before == MOST_DIRECT, "of four reminders"
    assert len(cohort.titles("member-2")) == 4

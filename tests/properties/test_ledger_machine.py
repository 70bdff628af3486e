"""The machine of the ledger finds nothing, and finds what is planted."""

from collections.abc import Callable
from datetime import datetime, timedelta
from unittest import mock

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from cohort_bot.app.delivery import ledger, planner
from cohort_bot.app.ports.store import NewDelivery
from tests.properties.ledger_machine import LedgerMachine

TestLedger = LedgerMachine.TestCase
TestLedger.settings = settings(max_examples=30, stateful_step_count=40)


@pytest.mark.postgresql
def test_the_machine_finds_nothing_on_postgresql() -> None:
    """Few worlds: each is a database of its own."""
    run_state_machine_as_test(LedgerMachine, settings=settings(max_examples=3, stateful_step_count=30))


Due = Callable[[planner.Group, datetime, datetime], list[NewDelivery]]


def from_now(group: planner.Group, after: datetime, until: datetime) -> list[NewDelivery]:
    """The mistake of looking back from now, not from where planning stopped."""
    return planner.due(group, max(after, until - timedelta(days=1)), until)


def too_short(group: planner.Group, after: datetime, until: datetime) -> list[NewDelivery]:
    """The mistake of `<` where `<=` is meant."""
    return [row for row in planner.due(group, after, until) if row.due < until]


@pytest.mark.parametrize("planted", [from_now, too_short])
def test_a_planted_mistake_is_found(planted: Due) -> None:
    quick = settings(max_examples=60, stateful_step_count=40, phases=(Phase.generate,), print_blob=False)
    with mock.patch.object(ledger, "due", planted), pytest.raises(AssertionError, match="lost"):
        run_state_machine_as_test(LedgerMachine, settings=quick)

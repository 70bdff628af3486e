"""The machine of the ledger finds nothing, and finds what is planted."""

from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from unittest import mock

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from cohort_bot.app.delivery import ledger, planner
from cohort_bot.app.delivery.kinds import KINDS
from cohort_bot.app.ports.store import NewDelivery
from tests.properties.ledger_machine import LedgerMachine

TestLedger = LedgerMachine.TestCase
TestLedger.settings = settings(max_examples=30, stateful_step_count=40)


@pytest.mark.postgresql
def test_the_machine_finds_nothing_on_postgresql() -> None:
    """Few worlds: each is a database of its own."""
    run_state_machine_as_test(LedgerMachine, settings=settings(max_examples=3, stateful_step_count=30))


def from_now(group: planner.Group, after: datetime, until: datetime) -> list[NewDelivery]:
    """The mistake of looking back from now, not from where planning stopped."""
    return planner.due(group, max(after, until - timedelta(days=1)), until)


def too_short(group: planner.Group, after: datetime, until: datetime) -> list[NewDelivery]:
    """The mistake of `<` where `<=` is meant."""
    return [row for row in planner.due(group, after, until) if row.due < until]


def leaves_it(*_: object) -> None:
    """The mistake of leaving what a wrong calendar has done."""


GREETED_TWICE = {"joined": replace(KINDS["joined"], gathers=False)}
"""The mistake of greeting each alone, also who was greeted together with others."""


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        (mock.patch.object(ledger, "due", from_now), "lost"),
        (mock.patch.object(ledger, "due", too_short), "lost"),
        (mock.patch.object(ledger, "take_back", leaves_it), "stays|wanted again"),
        (mock.patch.dict(KINDS, GREETED_TWICE), "joined"),
    ],
    ids=["from now", "too short", "nothing taken back", "greeted twice"],
)
def test_a_planted_mistake_is_found(planted: AbstractContextManager[object], found: str) -> None:
    quick = settings(max_examples=200, stateful_step_count=40, phases=(Phase.generate,), print_blob=False)
    with planted, pytest.raises(AssertionError, match=found):
        run_state_machine_as_test(LedgerMachine, settings=quick)

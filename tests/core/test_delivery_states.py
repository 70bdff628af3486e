"""The states of a delivery: what the table says, and that nothing else is stored."""

import pytest

from cohort_bot.core.delivery_states import CLOSED, OPEN, TRANSITIONS, IllegalTransition, State, check


def test_only_a_new_wish_leads_out_of_a_closed_state() -> None:
    out = {(each.source, each.target) for each in TRANSITIONS if each.source in CLOSED}
    assert out == {(State.SKIPPED, State.READY)}


def test_a_message_is_only_sent_after_a_claim_or_found() -> None:
    assert {each.source for each in TRANSITIONS if each.target is State.SENT} == {State.SENDING, State.UNKNOWN}
    assert {each.source for each in TRANSITIONS if each.target is State.SENDING} == {State.READY}


def test_every_state_is_reached_and_only_what_is_sent_is_final() -> None:
    assert {each.target for each in TRANSITIONS} == set(State)
    assert {each.source for each in TRANSITIONS} == {None, *State} - {State.SENT}
    assert {*OPEN, *CLOSED, State.PARKED} == set(State)


def test_no_other_transition_is_made() -> None:
    check(None, State.READY, State.SKIPPED)
    with pytest.raises(IllegalTransition, match="from sent to sending"):
        check(State.SENT, State.SENDING)
    with pytest.raises(IllegalTransition, match="from None to sent"):
        check(None, State.SENT)

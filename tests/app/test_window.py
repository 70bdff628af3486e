"""How many rows are claimed ahead of their sending: enough that nobody waits, and no more."""

import pytest

from cohort_bot.app.delivery.pacing import LEAST_CLAIMED, MOST_CLAIMED, Window


def claims(per_claim: int, rounds: int) -> list[int]:
    """How many are held after each claim, where so many go in the time that a claim takes."""
    window, held, seen = Window(), 0, []
    for _ in range(rounds):
        free = window.free(held)
        gone = min(held, per_claim)  # what a claim brings is there when it is written
        held += free - gone
        window.gone += gone
        seen.append(held)
    return seen


@pytest.mark.parametrize("rate", [1, 10, 50])
def test_a_slow_platform_has_few_rows_claimed(rate: int) -> None:
    assert max(claims(rate, 200)) <= LEAST_CLAIMED


@pytest.mark.parametrize("rate", [100, 200, 300])
def test_a_fast_platform_never_waits_for_the_ledger(rate: int) -> None:
    held = claims(rate, 200)[20:]
    assert min(held) >= rate, "the next ones stand ready while the claim is written"
    assert max(held) <= MOST_CLAIMED


def test_a_burst_widens_it_and_a_pause_narrows_it_again() -> None:
    window = Window()
    held = window.free(0)
    assert held == LEAST_CLAIMED
    window.gone = 1000
    assert window.free(0) == MOST_CLAIMED
    assert window.free(0) == LEAST_CLAIMED


def test_a_claim_that_would_bring_few_waits() -> None:
    window = Window()
    assert window.free(LEAST_CLAIMED - LEAST_CLAIMED // 4 + 1) == 0
    assert window.free(LEAST_CLAIMED - LEAST_CLAIMED // 4) == LEAST_CLAIMED // 4

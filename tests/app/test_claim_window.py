"""How many rows are claimed ahead of their sending: enough that nobody waits, and no more."""

import pytest

from cohort_bot.app.delivery.pacing import LEAST_CLAIMED, MOST_CLAIMED, ClaimWindow

WRITING = 0.03
"""Seconds until a claim is written."""


def claims(per_second: int, seconds: float) -> list[tuple[int, int]]:
    """Before and after the writing of each claim: how many are held, where so many go in a second."""
    window, held, now, seen = ClaimWindow(), 0, 1000.0, []
    until = now + seconds

    def go(for_seconds: float) -> None:
        nonlocal held, now
        gone = min(held, round(per_second * for_seconds))
        held, now = held - gone, now + for_seconds
        window.count(gone)

    while now < until:
        free = window.free(held, now)
        if free:
            go(WRITING)
            seen.append((held, held + free))
            held += free
        else:
            go(0.005)
    return seen


@pytest.mark.parametrize("per_second", [0, 50, 600])
def test_a_slow_platform_has_few_rows_claimed(per_second: int) -> None:
    assert max(after for _, after in claims(per_second, 60)) <= LEAST_CLAIMED


@pytest.mark.parametrize("per_second", [1000, 3000, 5000, 10_000])
def test_a_fast_platform_never_waits_for_the_ledger(per_second: int) -> None:
    held = claims(per_second, 5)
    assert min(before for before, _ in held[4:]) > 0, "some stand ready when the claim is written"
    assert max(after for _, after in held) <= MOST_CLAIMED


def test_a_burst_widens_it_and_a_pause_narrows_it_again() -> None:
    window = ClaimWindow()
    assert window.free(0, 1000.0) == LEAST_CLAIMED
    window.count(LEAST_CLAIMED)
    assert window.free(0, 1000.01) == MOST_CLAIMED
    window.count(MOST_CLAIMED)
    assert window.free(0, 1100.0) == LEAST_CLAIMED


def test_a_claim_that_would_bring_few_waits() -> None:
    window = ClaimWindow()
    assert window.free(LEAST_CLAIMED - LEAST_CLAIMED // 3 + 1, 1000.0) == 0
    assert window.free(LEAST_CLAIMED - LEAST_CLAIMED // 3, 1000.0) == LEAST_CLAIMED // 3

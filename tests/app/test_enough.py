"""When a transaction takes on nothing more."""

import pytest

from cohort_bot.app.delivery.pacing import SLICE, Enough


def lasts(steps: list[float]) -> float:
    """For how long a transaction goes on that would take these steps, and more like the last one."""
    now = 1000.0
    enough = Enough(lambda: now)
    for step in [*steps, *[steps[-1]] * 1000]:
        now += step
        if enough():
            break
    return now - 1000.0


@pytest.mark.parametrize("share", [0.01, 0.1, 0.3, 0.5, 0.9])
def test_it_ends_within_the_slice_and_uses_most_of_it(share: float) -> None:
    step = SLICE * share
    assert SLICE - step <= lasts([step]) <= SLICE


def test_a_step_that_is_longer_than_the_slice_is_the_only_one() -> None:
    assert lasts([SLICE * 1.5]) == pytest.approx(SLICE * 1.5)


def test_when_the_machine_becomes_slow_no_second_slow_step_is_taken() -> None:
    assert lasts([SLICE * 0.1] * 3 + [SLICE * 0.6]) == pytest.approx(SLICE * 0.9)

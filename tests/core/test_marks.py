"""Which posts have their marks in common, and when it is checked that marks can be seen."""

from itertools import accumulate, combinations, repeat

import pytest

from cohort_bot.core.marks import AGAIN, FRESH, is_direct, is_due, next_wait, spot

HOUR = 3600.0


def test_a_channel_and_all_its_threads_are_two_spots_and_all_direct_messages_are_one() -> None:
    channel = spot("slack", "T1", "C1", thread=False, direct=False)
    threads = spot("slack", "T1", "C1", thread=True, direct=False)
    direct = spot("slack", "T1", "D1", thread=False, direct=True)
    others = [
        spot("slack", "T1", "C2", thread=False, direct=False),
        spot("slack", "T2", "C1", thread=False, direct=False),
    ]
    others += [
        spot("discord", "T1", "C1", thread=False, direct=False),
        spot("slack", "T2", "D1", thread=False, direct=True),
    ]
    assert not [pair for pair in combinations([channel, threads, direct, *others], 2) if pair[0] == pair[1]]
    assert (channel, threads) == ("slack:T1:C1", "slack:T1:C1:threads"), "as they are stored"
    assert direct == spot("slack", "T1", "D2", thread=True, direct=True)
    assert [is_direct(each) for each in (channel, threads, direct)] == [False, False, True]


@pytest.mark.parametrize(("checked", "due"), [(None, True), (0.0, True), (0.5, False), (HOUR, False)])
def test_a_place_where_marks_were_seen_is_checked_once_an_hour(checked: float | None, *, due: bool) -> None:
    assert is_due(checked, HOUR) is due


def test_a_place_where_they_were_not_is_checked_less_and_less_often_up_to_once_an_hour() -> None:
    waits = accumulate(repeat(None, 4), lambda wait, _: next_wait(wait), initial=AGAIN)
    assert list(waits) == [600.0, 1200.0, 2400.0, HOUR, HOUR]
    assert FRESH == 60, "a minute, from one look to the next"

"""The time of a platform's servers, by the `Date` of their answers."""

from datetime import UTC, datetime, timedelta

from cohort_bot.clocks import ScriptedClock
from cohort_bot.platforms.common import server_clock
from cohort_bot.platforms.common.server_clock import ServerClock

NOON = datetime(2027, 1, 4, 12, tzinfo=UTC)


def test_time_goes_on_from_the_newest_answer_that_has_a_date() -> None:
    clock = ScriptedClock(NOON)
    server = ServerClock(clock)
    assert server.said_since() is None
    for minute in range(3):  # the same header, later
        clock.move_to(NOON + timedelta(minutes=minute))
        server.heard("Mon, 04 Jan 2027 11:59:50 GMT")
        server.heard(None)
        server.heard("yesterday")
        clock.move_to(NOON + timedelta(minutes=minute, seconds=20))
        said = server.said_since()
        assert said is not None
        assert timedelta() <= said - (NOON + timedelta(seconds=10)) < timedelta(seconds=5)


def test_few_headers_are_remembered() -> None:
    server = ServerClock(ScriptedClock(NOON))
    for second in range(60):
        server.heard(f"Mon, 04 Jan 2027 12:00:{second:02} GMT")
    assert server_clock.stamp.cache_info().currsize == 2

"""When a member is reminded, and when a reminder that they put off comes again: to the minute, in their own zone."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from cohort_bot.core.nudges import MOST, by_day, night, nudges, offered_snoozes, settled_at, snoozes
from cohort_bot.core.rounds import Calendar, Move

MONDAY = date(2027, 1, 4)
BERLIN, KIRITIMATI, LOS_ANGELES = "Europe/Berlin", "Pacific/Kiritimati", "America/Los_Angeles"


def opening_at(at: str, zone: str = BERLIN) -> Calendar:
    return Calendar(MONDAY, time.fromisoformat(at), zone)


def until(day: int, at: str) -> Calendar:
    """Opens on Monday 4 January at 09:00; the next round opens on this day of January instead."""
    opens = date(2027, 1, day)
    moved = Move(2, opens.weekday(), time.fromisoformat(at), BERLIN, datetime(2027, 1, 4, 10, tzinfo=UTC))
    return Calendar(MONDAY, time(9), BERLIN, moves=(moved,))


def local(at: datetime, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%a %d %H:%M}"


def wall(words: str, zone: str = BERLIN) -> datetime:
    return datetime.strptime(f"2027-01-{words}", "%Y-%m-%d %H:%M").replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("calendar", "zone", "reminders"),
    [
        (opening_at("09:00"), BERLIN, ["Thu 07 18:00", "Sun 10 09:00"]),
        (opening_at("08:00"), BERLIN, ["Thu 07 18:00", "Sun 10 08:00"]),
        (opening_at("07:59"), BERLIN, ["Thu 07 18:00", "Sun 10 08:00"]),
        (opening_at("21:59"), BERLIN, ["Thu 07 18:00", "Sun 10 21:59"]),
        (opening_at("22:00"), BERLIN, ["Thu 07 18:00", "Mon 11 08:00"]),
        (opening_at("00:00"), BERLIN, ["Thu 07 18:00", "Sun 10 08:00"]),
        (opening_at("09:00", "America/New_York"), KIRITIMATI, ["Fri 08 18:00", "Mon 11 08:00"]),
        (opening_at("09:00", KIRITIMATI), LOS_ANGELES, ["Wed 06 18:00", "Sat 09 11:00"]),
        (until(9, "18:00"), BERLIN, ["Thu 07 18:00", "Fri 08 18:00"]),  # a day apart
        (until(9, "17:59"), BERLIN, ["Fri 08 17:59"]),
        (until(8, "09:00"), BERLIN, ["Thu 07 09:00"]),
        (until(14, "09:00"), BERLIN, ["Thu 07 18:00", "Wed 13 09:00"]),
    ],
)
def test_three_days_after_the_opening_and_a_day_before_the_closing_a_day_apart_and_never_at_night(
    calendar: Calendar, zone: str, reminders: list[str]
) -> None:
    found = nudges(calendar, 1, zone)
    assert [local(nudge.at, zone) for nudge in found] == reminders
    assert [nudge.name for nudge in found] == ["middle", "closing"][-len(reminders) :]
    assert len(found) <= MOST == 2


@pytest.mark.parametrize(
    ("at", "then"),
    [("06 08:00", "06 08:00"), ("06 21:59", "06 21:59"), ("06 22:00", "07 08:00"), ("06 07:59", "06 08:00")],
)
def test_what_falls_into_the_night_waits_for_the_morning(at: str, then: str) -> None:
    for zone in (BERLIN, KIRITIMATI, LOS_ANGELES):
        assert by_day(wall(at, zone), zone) == wall(then, zone)


def test_a_reminder_is_too_late_from_the_next_night_on() -> None:
    for at in ("06 08:00", "06 21:59"):
        assert night(wall(at, KIRITIMATI), KIRITIMATI) == wall("06 22:00", KIRITIMATI)


@pytest.mark.parametrize(
    ("at", "again"),
    [
        ("08 12:00", ["Sat 09 18:00", "Sat 09 10:00"]),
        ("09 09:00", ["Sun 10 18:00", "Sat 16 10:00"]),
        ("10 09:00", ["Mon 11 18:00", "Sat 16 10:00"]),
        ("11 09:30", ["Tue 12 18:00", "Sat 16 10:00"]),
        ("14 18:00", ["Fri 15 18:00", "Sat 16 10:00"]),
        ("15 23:00", ["Sat 16 18:00", "Sat 16 10:00"]),
    ],
)
def test_a_reminder_can_be_put_off_to_tomorrow_and_to_saturday(at: str, again: list[str]) -> None:
    """In a round from Friday to Monday in ten days, in which nothing is too late."""
    moved = Move(2, 0, time(9), BERLIN, datetime(2027, 1, 8, 10, tzinfo=UTC))
    calendar = Calendar(date(2027, 1, 8), time(9), BERLIN, moves=(moved,))
    found = snoozes(calendar, 1, BERLIN, wall(at))
    assert {to: local(due, BERLIN) for to, due in found.items()} == dict(
        zip(("tomorrow", "weekend"), again, strict=True)
    )


@pytest.mark.parametrize(
    ("day", "closes", "at", "again"),
    [
        (11, "22:00", "10 09:00", {"tomorrow": "Mon 11 18:00"}),
        (11, "21:59", "10 09:00", {"tomorrow": "Mon 11 08:00"}),
        (11, "12:00", "10 09:00", {"tomorrow": "Mon 11 08:00"}),
        (11, "11:59", "10 09:00", {}),
        (9, "14:00", "07 18:00", {"tomorrow": "Fri 08 18:00", "weekend": "Sat 09 10:00"}),
        (9, "13:59", "07 18:00", {"tomorrow": "Fri 08 18:00"}),
    ],
)
def test_four_hours_are_left_when_it_comes_again(day: int, closes: str, at: str, again: dict[str, str]) -> None:
    calendar = until(day, closes)
    found = snoozes(calendar, 1, BERLIN, wall(at))
    assert {to: local(due, BERLIN) for to, due in found.items()} == again


def test_saturday_is_not_offered_where_it_is_tomorrow() -> None:
    calendar = opening_at("09:00")
    offered = [sorted(offered_snoozes(calendar, 1, BERLIN, wall(f"{day:02} 12:00"))) for day in range(4, 11)]
    assert offered == [*[["tomorrow", "weekend"]] * 4, ["tomorrow"], ["tomorrow"], []]


def test_a_round_is_settled_an_hour_after_its_grace() -> None:
    calendar = opening_at("09:00")
    assert settled_at(calendar, 1) == calendar.closes(1) + timedelta(hours=25)

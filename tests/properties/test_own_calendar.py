"""A member's calendar against the almanac: every round of theirs once, at its instants, whatever moved before."""

from datetime import UTC, date, datetime
from typing import cast

from hypothesis import given, settings
from hypothesis import strategies as st
from ical.calendar_stream import IcsCalendarStream

from cohort_bot.app.own_calendar import DATES, Own, OwnCalendar, ics
from cohort_bot.app.ports.calendars import KeptCalendar
from cohort_bot.app.ports.store import Store
from cohort_bot.core.membership import Cohort
from tests.fakes.lists import Lists
from tests.properties.worlds import members, plans, programme

WEEKS = 8
PROGRAMME = programme(WEEKS)
CHANGED = datetime(2027, 1, 1, tzinfo=UTC)


@settings(max_examples=60)
@given(st.data())
def test_every_round_of_ones_own_and_no_other_is_in_it_at_its_instants(data: st.DataObject) -> None:
    plan = data.draw(plans(rounds=2 * WEEKS + 8))
    member = data.draw(members(plan, 1, WEEKS))
    almanac = plan.almanac
    cohort = Cohort(1, "local", "playground", "Sample", "sample", plan.calendar, CHANGED, "moderator")
    own = Own(cast("Store", Lists()), cohort, member, PROGRAMME)
    events = [event for dates in DATES for event in dates(own)]
    assert len({event.key for event in events}) == len(events)

    rounds, papers, off = {}, {}, {}
    for number in range(member.first_round, len(almanac.opened)):
        week = number - sum(slip.weeks for slip in member.slips if slip.from_round <= number)
        resting = sum(any(pause.first <= day <= pause.last for pause in member.breaks) for day in almanac.dates(number))
        if 1 <= week <= WEEKS and resting < 4:
            rounds[f"round/{number}"] = (almanac.opens(number), almanac.closes(number), f"Week {week}: Title")
            if number in {2, 6}:
                papers[f"paper/{number}"] = number
        last = WEEKS + sum(slip.weeks for slip in member.slips)
        if member.first_round < number <= last and almanac.opens(number) != almanac.closes(number - 1):
            off[f"off/{number}"] = (almanac.closes(number - 1), almanac.opens(number))
    found = {event.key: event for event in events}
    assert {key: (each.starts, each.ends, each.title) for key, each in found.items() if key.startswith("r")} == rounds
    assert {key for key in found if key.startswith("p")} == papers.keys()
    assert {key: (each.starts, each.ends) for key, each in found.items() if key.startswith("o")} == off
    assert {each.starts for key, each in found.items() if key.startswith("b")} == {each.first for each in member.breaks}
    for key, number in papers.items():
        assert almanac.opens(number) < cast("datetime", found[key].starts) < almanac.closes(number)

    calendar = OwnCalendar([cohort], [(event.key, event) for event in events], None, "en")
    text = ics(calendar, KeptCalendar(1, "", 3, CHANGED, None))
    read = {event.uid: event for event in IcsCalendarStream.calendar_from_ics(text).events}
    assert read.keys() == found.keys()
    for key, event in found.items():
        assert (read[key].dtstart, read[key].dtend) == (event.starts, event.ends), "read again by another library"
        assert type(event.starts) in {date, datetime}
        assert cast("datetime", event.starts) < cast("datetime", event.ends)

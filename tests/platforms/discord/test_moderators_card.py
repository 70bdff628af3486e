"""The moderators' card at its longest: nothing of it is left out of a Discord post."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from cohort_bot.app.ports.audits import PICKED, Change
from cohort_bot.app.ports.outreach import Outreach, OutreachResult
from cohort_bot.app.queries.standing import Standing
from cohort_bot.app.words import audit, members
from cohort_bot.app.words.cohort_progress import overview
from cohort_bot.app.words.outreach import choose
from cohort_bot.chat.names import LONGEST
from cohort_bot.core import zones
from cohort_bot.core.checkins import Status
from cohort_bot.core.membership import Account, Cohort, Member, Slip
from cohort_bot.core.risks import Risk, Sign
from cohort_bot.core.rounds import Calendar
from cohort_bot.platforms.discord import render

AT = datetime(2029, 1, 2, 12, tzinfo=UTC)
CALENDAR = Calendar(date(2027, 1, 4), time(9), "UTC")
COHORT = Cohort(1, "discord", "1", "N" * 50, "sample", CALENDAR, AT, "1")
NUMBER = CALENDAR.latest(AT)


def somebody(number: int) -> Standing:
    name = f"Sample Member With A Name {number}".ljust(LONGEST, "N")
    account = Account(number, number, "discord", "", str(number), name, "UTC")
    member = Member(number, 1, account, AT, 1, shown=name)
    risks = (Risk(Sign.PATCHY, (100, 102, 104), 5), Risk(Sign.STUCK, (101, 103)))
    outreach = Outreach(1, 1, number, AT, "1", "Sample Moderator With A Long Name", "", OutreachResult.WAITING)
    return Standing(member, (Status.LATE,) * NUMBER, risks, (NUMBER, "w" * 800), outreach)


@pytest.mark.parametrize("page", [0, 1, 3])
def test_a_hundred_at_risk_fit_into_one_post(page: int) -> None:
    people = [somebody(number) for number in range(1, 101)]
    card = render.message(overview(COHORT, NUMBER, people, page, (), (), AT + timedelta(hours=1)))
    shown = str(card.view.to_components())  # type: ignore[no-untyped-call]
    assert "too long for one post" not in shown
    assert "Sample Mem" in shown


def test_the_choice_of_whom_fits_too() -> None:
    people = [somebody(number) for number in range(1, 101)]
    assert "too long for one post" not in str(render.message(choose(COHORT, "write", people, 0)).view.to_components())  # type: ignore[no-untyped-call]


def test_a_page_of_members_and_of_changes_fits_at_its_longest() -> None:
    zone = max((each.zone for each in zones.suggest("America/Argentina", AT)), key=len)
    entries = []
    for number in range(1, 101):
        account = Account(number, number, "discord", "", str(number), "N" * 100, zone)
        member = Member(number, 1, account, AT, 1, slips=(Slip(2, 100),), shown="N" * LONGEST)
        entries.append(members.Entry(member, NUMBER, date(2029, 12, 20), "Discord"))
    made = [Change(AT, "1", "N" * 100, PICKED, 104, "w" * 300) for _ in range(audit.SHOWN)]
    for message in (members.members(COHORT, entries, 1, AT), audit.changes(COHORT, made, {}, "discord", "1")):
        shown = str(render.message(message).view.to_components())  # type: ignore[no-untyped-call]
        assert "too long for one post" not in shown
        assert "N" * 24 in shown or "w" * 100 in shown

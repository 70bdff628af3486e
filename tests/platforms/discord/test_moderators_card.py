"""The moderators' card at its longest: nothing of it is left out of a Discord post."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from gettext import NullTranslations
from types import SimpleNamespace
from typing import cast

import pytest

from cohort_bot.app.ports.audits import PICKED, Change
from cohort_bot.app.ports.outreach import Outreach, OutreachResult
from cohort_bot.app.ports.platform import Finding
from cohort_bot.app.ports.store import Delivery
from cohort_bot.app.queries.standing import Standing
from cohort_bot.app.queries.weekly import Week
from cohort_bot.app.words import audit, members, weekly
from cohort_bot.app.words.cohort_progress import SHOWN_AT_RISK, overview, own_button
from cohort_bot.app.words.outreach import choose
from cohort_bot.chat.characters import columns
from cohort_bot.chat.message import buttons
from cohort_bot.chat.names import LONGEST
from cohort_bot.core import zones
from cohort_bot.core.checkins import Status
from cohort_bot.core.membership import Account, Cohort, Member, Slip
from cohort_bot.core.progress import Turnout
from cohort_bot.core.risks import Risk, Sign
from cohort_bot.core.rounds import Calendar
from cohort_bot.platforms.discord import render
from tests.e2e.walk import check_everywhere
from tests.platforms.discord.test_render import markdown
from tests.pseudo_locale import PseudoLocale, english, instead_of_english

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
    shown = str(card.view.to_components())
    assert "too long for one post" not in shown
    assert "Sample M" in shown


@pytest.mark.parametrize("language", [NullTranslations(), PseudoLocale()])
@pytest.mark.parametrize("number", [1, 9, 16, NUMBER])
def test_its_grids_fit_a_phone(number: int, language: NullTranslations) -> None:
    people = [replace(somebody(each), rounds=(Status.LATE,) * number) for each in range(1, 31)]
    with instead_of_english(language):
        message = overview(COHORT, number, people, 0, (), (), AT)
    grids = re.findall(r"```\n(.*?)\n```", markdown(message), re.DOTALL)
    assert len(grids) == (2 if number > 1 else 1)
    assert all(columns(line) <= 30 for grid in grids for line in grid.split("\n"))
    members = grids[-1].split("\n")
    assert members[0].split()[-1] == str(number), "the newest round is there"
    assert len(members[0].split()) >= min(number, 4)


@pytest.mark.parametrize("language", [NullTranslations(), PseudoLocale()])
@pytest.mark.parametrize("at_risk", [1, SHOWN_AT_RISK, SHOWN_AT_RISK + 1, 100])
def test_each_of_the_first_has_a_button_on_their_line(at_risk: int, language: NullTranslations) -> None:
    """With all else that the card may have: what cannot be delivered, pages, one's own record."""
    people = [somebody(number) for number in range(1, 101)]
    people[at_risk:] = [replace(each, risks=()) for each in people[at_risk:]]
    with instead_of_english(language):
        row = cast("Delivery", SimpleNamespace(reason=None, detail=None))
        shown = overview(
            COHORT, NUMBER, people, 0, [("x", row, "y")] * 9, [Finding("a", "b")] * 2, AT, [own_button(COHORT)]
        )
    check_everywhere(shown)
    labels = [english(each.label) for each in buttons(shown)]
    written = [label for label in labels if label.startswith("Write to Sample")]
    assert written == [f"Write to {each.member.name}" for each in people[: min(at_risk, SHOWN_AT_RISK)]]
    assert ("Write to others" in labels) == (at_risk > SHOWN_AT_RISK), (
        "the list with everybody, only where it is needed"
    )


@pytest.mark.parametrize("language", [NullTranslations(), PseudoLocale()])
def test_the_longest_digest_has_buttons_too_and_nobody_has_two(language: NullTranslations) -> None:
    people = [somebody(number) for number in range(1, 101)]
    overdue = [(each.member, each.outreach) for each in people[4:] if each.outreach]
    named = [each.member for each in people]
    made = [Change(AT, "1", "N" * 100, PICKED, 104, "w" * 300) for _ in range(8)]
    turnout = Turnout(NUMBER, 1, 100)
    week = Week(turnout, turnout, people[:10], named[10:20], named, named, named, people, overdue, 9, 9, made, {})
    with instead_of_english(language):
        shown = weekly.digest(COHORT, week, "discord", "1", board=True)
    check_everywhere(shown)
    pressed = [each.args["member"] for each in buttons(shown) if each.action == "cohort.write"]
    assert buttons(shown)[-1].action == "cohort.board", "it is the last thing, and still there"
    assert pressed == ["1", "2", "3", "4", "5", "11", "12", "13", "14", "15", "6", "7"], "new, still, to follow up"


def test_the_choice_of_whom_fits_too() -> None:
    people = [somebody(number) for number in range(1, 101)]
    assert "too long for one post" not in str(render.message(choose(COHORT, "write", people, 0)).view.to_components())


def test_a_page_of_members_and_of_changes_fits_at_its_longest() -> None:
    zone = max((each.zone for each in zones.suggest("America/Argentina", AT)), key=len)
    entries = []
    for number in range(1, 101):
        account = Account(number, number, "discord", "", str(number), "N" * 100, zone)
        member = Member(number, 1, account, AT, 1, slips=(Slip(2, 100),), shown="N" * LONGEST)
        entries.append(members.Entry(member, NUMBER, date(2029, 12, 20), "Discord"))
    made = [Change(AT, "1", "N" * 100, PICKED, 104, "w" * 300) for _ in range(audit.SHOWN)]
    for message in (members.members(COHORT, entries, 1, AT), audit.changes(COHORT, made, {}, "discord", "1")):
        shown = str(render.message(message).view.to_components())
        assert "too long for one post" not in shown
        assert "N" * 24 in shown or "w" * 100 in shown

"""Addresses of papers, who wins a vote, and whose paper can be presented when."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

import pytest

from cohort_bot.core.paper_club import (
    LINK_MOST,
    MEETS_FOR,
    MOST,
    Meeting,
    Offer,
    address,
    coming,
    offer,
    talked_about,
    vote_ends,
    week_to_present,
    winner,
)
from cohort_bot.core.rounds import Calendar, Holiday

ATTENTION = "https://arxiv.org/abs/1706.03762"
DEEP = "https://doi.org/10.1038/nature14539"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        *(
            (each, ATTENTION)
            for each in (
                "1706.03762",
                "arXiv:1706.03762v5",
                "arxiv: 1706.03762",
                "https://arxiv.org/abs/1706.03762v2",
                "http://www.arxiv.org/pdf/1706.03762v7.pdf",
                "https://arxiv.org/pdf/1706.03762",
                "arxiv.org/html/1706.03762?x=1#S3",
                "https://arxiv.org/abs/1706.03762/",
                "10.48550/arXiv.1706.03762",
                "https://doi.org/10.48550/arXiv.1706.03762",
                " <1706.03762> ",
                "arXiv:1706.03762v5 [cs.CL]",
                "arXiv 1706.03762",
                "[1706.03762].",
                "(arXiv:1706.03762)",
                "„1706.03762“",
                "https://arxiv.org/format/1706.03762",
                "1706.03762v5.pdf",
            )
        ),
        *(
            (each, DEEP)
            for each in (
                "10.1038/nature14539",
                "10.1038/NATURE14539",
                "doi:10.1038/nature14539",
                "DOI: 10.1038/nature14539.",
                "https://doi.org/10.1038/nature14539",
                "http://dx.doi.org/10.1038%2Fnature14539",
                "doi.org/10.1038/nature14539",
                "doi 10.1038/nature14539",
                "DOI: https://doi.org/10.1038/nature14539",
                "https://doi.org/10.1038/nature14539?utm_source=x#abstract",
                "https://doi.org/doi:10.1038/nature14539",
                "info:doi/10.1038/nature14539",
                "urn:doi:10.1038/nature14539",
                "(10.1038/nature14539).",
                "“10.1038/nature14539”",
            )
        ),
        ("hep-th/9901001v3", "https://arxiv.org/abs/hep-th/9901001"),
        ("math.GT/0309136", "https://arxiv.org/abs/math/0309136"),
        ("https://arxiv.org/pdf/cs.CL/0112017v1.pdf", "https://arxiv.org/abs/cs/0112017"),
        ("https://example.org/a,", "https://example.org/a"),
        (
            "https://en.wikipedia.org/wiki/Attention_(machine_learning)",
            "https://en.wikipedia.org/wiki/Attention_(machine_learning)",
        ),
        ("10.1002/(SICI)1<1::AID>3.0", "https://doi.org/10.1002/(sici)1%3C1::aid%3E3.0"),
        ("https://example.org/paper.pdf?x=1#p", "https://example.org/paper.pdf?x=1#p"),
        *(
            (each, None)
            for each in (
                *("", "attention", "1706.037", "10.1/x", "10.1038/", "ftp://example.org/x", "https://", "http://["),
                *("javascript:alert(1)", "https://a b.org", "https://example.org/\u202e", "https://x.org/" + "a" * 500),
            )
        ),
    ],
)
def test_a_paper_has_one_address_however_it_is_written(typed: str, found: str | None) -> None:
    assert address(typed) == found


@pytest.mark.parametrize(
    ("votes", "won"), [({}, None), ({1: 0, 2: 0}, None), ({1: 1, 2: 2}, 2), ({3: 2, 2: 2, 9: 1}, 2), ({5: 1}, 5)]
)
def test_most_votes_win_and_of_equals_the_first(votes: Mapping[int, int], won: int | None) -> None:
    assert winner(votes) == won


CALENDAR = Calendar(date(2027, 1, 4), time(9), "UTC", holidays=(Holiday(7, 2),))
WEEKS = (10, 2, 6)
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


def test_a_vote_ends_a_day_before_its_week_opens_wherever_a_holiday_has_moved_it() -> None:
    assert vote_ends(CALENDAR, 6) == CALENDAR.opens(6) - DAY
    assert vote_ends(CALENDAR, 10) == CALENDAR.opens(1) + timedelta(weeks=11) - DAY


@pytest.mark.parametrize(
    ("week", "after", "voted_on"),
    [(2, -30 * DAY, 2), (2, -SECOND, 2), (2, 0 * DAY, 6), (6, -SECOND, 6), (6, 0 * DAY, 10), (10, 0 * DAY, None)],
)
def test_the_paper_that_is_voted_on_is_the_next_whose_vote_is_open(
    week: int, after: timedelta, voted_on: int | None
) -> None:
    assert coming(WEEKS, CALENDAR, vote_ends(CALENDAR, week) + after) == voted_on


THREE_WEEKS = timedelta(weeks=3)


@pytest.mark.parametrize(
    ("at", "picked", "week"),
    [
        (vote_ends(CALENDAR, 2) - SECOND, (), None),
        (vote_ends(CALENDAR, 2) - SECOND, (2, 6), 2),
        (vote_ends(CALENDAR, 2) - SECOND, (6,), None),
        (vote_ends(CALENDAR, 2), (), 2),
        (vote_ends(CALENDAR, 2), (6,), 2),
        (CALENDAR.opens(2) + THREE_WEEKS - SECOND, (6,), 2),
        (CALENDAR.opens(2) + THREE_WEEKS, (), None),
        (CALENDAR.opens(2) + THREE_WEEKS, (6,), 6),
        (vote_ends(CALENDAR, 6), (), 6),
        (CALENDAR.opens(10) + THREE_WEEKS, (10,), None),
    ],
)
def test_the_paper_to_present_is_the_newest_that_is_certain(
    at: datetime, picked: tuple[int, ...], week: int | None
) -> None:
    assert talked_about(WEEKS, picked, CALENDAR, at) == week
    assert week_to_present((), 1, WEEKS, picked, CALENDAR, at) == week


def test_five_papers_are_up_for_the_vote_and_a_meeting_takes_an_hour() -> None:
    assert MOST == 5
    assert timedelta(hours=1) == MEETS_FOR


def test_of_two_papers_that_are_certain_the_newer_is_talked_about() -> None:
    assert talked_about((2, 4), (), CALENDAR, vote_ends(CALENDAR, 4)) == 4


AT = CALENDAR.opens(3)


@pytest.mark.parametrize(
    ("starts", "known", "comes_of_it"),
    [
        (AT, None, Offer.NOT_THEN),
        (AT + SECOND, None, Offer.MADE),
        (AT + 60 * DAY, None, Offer.MADE),
        (AT + 60 * DAY + SECOND, None, Offer.NOT_THEN),
        (AT + DAY, Meeting(2, 1, AT + SECOND), Offer.MADE),
        (AT + DAY, Meeting(2, 2, AT + SECOND), Offer.TAKEN),
        (AT + DAY, Meeting(2, None, AT + SECOND), Offer.TAKEN),
        (AT + DAY, Meeting(2, 1, AT), Offer.OVER),
        (AT + DAY, Meeting(2, 2, AT), Offer.OVER),
        (AT + DAY, Meeting(2, 1, AT + SECOND, "We read it."), Offer.OVER),
        (AT, Meeting(2, 1, AT), Offer.NOT_THEN),
    ],
)
def test_a_paper_is_presented_once_by_one_person_within_sixty_days(
    starts: datetime, known: Meeting | None, comes_of_it: Offer
) -> None:
    assert offer(known, 1, starts, AT) is comes_of_it


@pytest.mark.parametrize(
    ("meetings", "week"),
    [
        ([Meeting(6, 1, AT + SECOND)], 6),
        ([Meeting(10, 1, AT + DAY), Meeting(6, 1, AT + DAY)], 6),
        ([Meeting(6, 2, AT + DAY)], 2),
        ([Meeting(6, 1, AT)], 2),
        ([Meeting(9, 1, AT + DAY)], 2),
    ],
)
def test_an_offer_is_for_the_paper_that_somebody_presents_already(meetings: list[Meeting], week: int) -> None:
    assert week_to_present(meetings, 1, WEEKS, (), CALENDAR, AT) == week


def test_an_address_has_at_most_500_characters_also_when_its_signs_are_written_out() -> None:
    link = "https://example.org/".ljust(LINK_MOST, "a")
    assert (address(link), address(link + "a")) == (link, None)
    assert LINK_MOST == 500
    assert address("10.1038/" + "é" * 100) is None, "%C3%A9 each"

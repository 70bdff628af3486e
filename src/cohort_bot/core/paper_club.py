"""The paper club: an address of a paper, until when a vote is open, which paper wins it, and who presents it."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from cohort_bot.core.rounds import Calendar

MOST: Final = 5
"""So many papers are up for the vote at a time."""

VOTE_ENDS: Final = timedelta(days=1)
"""So long before the week of the paper opens; its card names the paper."""

LINK_MOST: Final = 500

PRESENTED_FOR: Final = timedelta(weeks=3)
AHEAD: Final = timedelta(days=60)
"""How far ahead a meeting can be."""

MEETS_FOR: Final = timedelta(hours=1)

_DOI = re.compile(
    r"(?:(?:urn:|info:)?doi\s*[:/]?\s*)?(?:(?:https?://)?(?:dx\.|www\.)?doi\.org/(?:doi:)?)?(10\.\d{4,9}/\S+)",
    re.IGNORECASE,
)
_ARXIV = re.compile(
    r"(?:arxiv\s*:?\s*|(?:https?://)?(?:www\.|export\.)?arxiv\.org/(?:abs|pdf|html|ps|format|e-print|src)/"
    r"|10\.48550/arxiv\.)?"
    r"(?:(\d{4}\.\d{4,5})|([a-z-]+)(?:\.[a-z]{2})?/(\d{7}))(?:v\d+)?(?:\.pdf)?(?:\s*\[[\w.-]+\])?",
    re.IGNORECASE,
)
_AROUND: Final = frozenset({"()", "[]", "<>", '""', "''", "“”", "„“", "‘’", "«»"})
"""What people copy along with an id."""


def address(typed: str) -> str | None:
    """The address of what was typed: a DOI, an arXiv id or a link; None for anything else.

    The same paper has the same address however its DOI or arXiv id is written.
    """
    if len(typed) > LINK_MOST:
        return None
    said = typed.strip().rstrip(".,;")
    while said[:1] + said[-1:] in _AROUND:
        said = said[1:-1].strip()
    known = said.casefold()
    bare = re.split(r"[?#]", said)[0].rstrip("/") if "arxiv" in known or "doi.org/" in known else said
    doi = _DOI.fullmatch(unquote(bare) if "%" in bare else bare)
    if arxiv := _ARXIV.fullmatch(doi[1] if doi else bare):
        return f"https://arxiv.org/abs/{arxiv[1] or f'{arxiv[2]}/{arxiv[3]}'.lower()}"
    found = f"https://doi.org/{quote(doi[1].lower(), safe='/()-._;:')}" if doi else said
    return found if _is_link(found) else None


def _is_link(said: str) -> bool:
    """Whether it is a web address that can be opened."""
    try:
        parts = urlsplit(said)
    except ValueError:  # such as http://[
        return False
    plain = said.isprintable() and " " not in said and len(said) <= LINK_MOST
    return plain and parts.scheme in {"http", "https"} and bool(parts.hostname)


def vote_ends(calendar: Calendar, week: int) -> datetime:
    """When the vote on the paper of a week is over."""
    return calendar.opens(week) - VOTE_ENDS


def coming(weeks: Iterable[int], calendar: Calendar, at: datetime) -> int | None:
    """The week whose paper is voted on now, of those that have a paper; None after the last."""
    return next((week for week in sorted(weeks) if vote_ends(calendar, week) > at), None)


def talked_about(weeks: Collection[int], picked: Collection[int], calendar: Calendar, at: datetime) -> int | None:
    """The week whose paper somebody can offer to present, None while its paper may still become another: for three
    weeks the newest whose vote is over, else the next if a moderator has picked its paper.
    """
    chosen = (week for week in weeks if vote_ends(calendar, week) <= at < calendar.opens(week) + PRESENTED_FOR)
    following = coming(weeks, calendar, at)
    return max(chosen, default=following if following in picked else None)


def winner(votes: Mapping[int, int]) -> int | None:
    """The number of the proposal with the most votes, of several the one that was made first; None without a vote."""
    cast = [(-count, number) for number, count in votes.items() if count]
    return min(cast)[1] if cast else None


@dataclass(frozen=True, slots=True)
class Meeting:
    """When the paper of a week is talked about, who presents it, and what they wrote about it afterwards.

    `member_id` is None when its author had their data erased.
    """

    week: int
    member_id: int | None
    starts: datetime
    summary: str = ""


class Offer(Enum):
    """What comes of somebody's offer to present a paper."""

    MADE = "made"
    NOT_THEN = "the time has passed, or is too far ahead"
    TAKEN = "somebody else presents it"
    OVER = "it has been presented"


def offer(known: Meeting | None, member_id: int, starts: datetime, at: datetime) -> Offer:
    """What comes of an offer made at `at`, where `known` is the paper's meeting so far."""
    if not at < starts <= at + AHEAD:
        return Offer.NOT_THEN
    if known is not None and (known.summary or known.starts <= at):
        return Offer.OVER
    return Offer.TAKEN if known is not None and known.member_id != member_id else Offer.MADE


def week_to_present(
    meetings: Iterable[Meeting],
    member_id: int,
    weeks: Collection[int],
    picked: Collection[int],
    calendar: Calendar,
    at: datetime,
) -> int | None:
    """The week that an offer of the member is for: whose paper they present already, else the one that is talked about
    (`talked_about`).
    """
    mine = [each.week for each in meetings if each.member_id == member_id and each.starts > at and each.week in weeks]
    return min(mine) if mine else talked_about(weeks, picked, calendar, at)

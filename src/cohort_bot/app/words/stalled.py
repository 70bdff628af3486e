"""Findings about lanes in which a post has been due for too long."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from cohort_bot.app.ports.health import Finding, Passing, Waiting
from cohort_bot.app.words import alerts
from cohort_bot.app.words.platforms import titled
from cohort_bot.chat.i18n import N_, _, ngettext, spans
from cohort_bot.chat.message import Message, Strong, When, paragraph
from cohort_bot.core.membership import Cohort

SHOWN: Final = 5
"""So many lanes are named; the others are counted."""

_PASSING: Final[Mapping[Passing, str]] = {
    Passing.CLOCK: N_("this machine's clock has jumped, and no platform has confirmed the time yet"),
    Passing.DOWN: N_("the platform isn't answering; I keep trying"),
    Passing.AWAY: N_("the connection to the platform is lost; I'm reconnecting"),
    Passing.WAITS: N_("the platform asked me to wait, or the last try failed; I keep trying"),
}


def started_again() -> str:
    return _("nothing has happened there for five minutes, so I started again from scratch")


def untold() -> str:
    return _("I don't know why")


def passing(why: Passing) -> str:
    return _(_PASSING[why])


def place(lane: Waiting) -> str:
    if lane.channel:
        return f"{lane.platform} {lane.channel}"
    return _("a direct conversation on {platform}", platform=titled(lane.platform))


def said(lane: Waiting) -> str:
    return alerts.why(lane.reason, lane.detail) if lane.reason else untold()


def findings(lanes: Sequence[Waiting], why: Mapping[str, str]) -> Sequence[Finding]:
    """For an operator: what has been due for too long, by lane, and why as far as that is known."""
    cure = _("See the log for the reason.")
    found = [
        Finding(
            _(
                "A post for {place} has been due since {due} UTC: {why}.",
                place=place(lane),
                due=format(lane.due, "%Y-%m-%d %H:%M"),
                why=why.get(lane.lane) or said(lane),
            ),
            cure,
        )
        for lane in lanes[:SHOWN]
    ]
    if (more := len(lanes) - SHOWN) > 0:
        problem = ngettext(
            "Posts for {n} more place have been due for too long.",
            "Posts for {n} more places have been due for too long.",
            more,
        )
        found.append(Finding(problem, cure))
    return found


def silent(cohort: Cohort, since: datetime, *, direct: bool) -> Message:
    """Sent to a moderator once when a post is stalled for an unknown reason."""
    if direct:
        head = _("A direct message for {cohort} is late", cohort=cohort.name)
    else:
        head = _("A post for {cohort} is late", cohort=cohort.name)
    due = spans("It has been due since {since}, and I don't know what's holding it up.", since=When(since))
    again = _("I'm trying again from scratch. If it doesn't arrive, tell whoever hosts this bot.")
    return Message(head, (paragraph(Strong(f"{head}.")), paragraph(*due), paragraph(again)))

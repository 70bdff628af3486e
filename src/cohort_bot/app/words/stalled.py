"""What is said about lanes in which a post has been due for too long."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from cohort_bot.app.ports.health import Finding, Passing, Waiting
from cohort_bot.app.words import alerts
from cohort_bot.chat.i18n import N_, _, spans
from cohort_bot.chat.message import Message, Strong, When, paragraph
from cohort_bot.core.membership import Cohort

SHOWN: Final = 5
"""So many lanes are named; the others are counted."""

PASSING: Final[Mapping[Passing, str]] = {
    Passing.CLOCK: N_("the machine's clock has jumped, and no platform has confirmed the time yet"),
    Passing.DOWN: N_("the platform does not answer; I keep trying"),
    Passing.AWAY: N_("the connection to the platform is lost; I am reconnecting"),
    Passing.WAITS: N_("the platform asked me to wait, or the last try failed; I keep trying"),
}


def restarted() -> str:
    return _("nothing has happened there for five minutes; it was started again from scratch")


def untold() -> str:
    return _("the reason is not known")


def place(lane: Waiting) -> str:
    """Where it goes, without anybody's name."""
    return (
        f"{lane.platform} {lane.channel}"
        if lane.channel
        else _("a direct conversation on {platform}", platform=lane.platform)
    )


def said(lane: Waiting) -> str:
    """Why it waits, as the ledger has it."""
    return alerts.why(lane.reason, lane.detail) if lane.reason else untold()


def findings(lanes: Sequence[Waiting], why: Mapping[str, str]) -> Sequence[Finding]:
    """For an operator: what has been due for too long, by lane, and why as far as that is known."""
    found = [
        Finding(
            _(
                "A post for {place} has been due since {due} UTC: {value}.",
                place=place(lane),
                due=format(lane.due, "%Y-%m-%d %H:%M"),
                value=why.get(lane.lane) or said(lane),
            ),
            _("See the log for the reason."),
        )
        for lane in lanes[:SHOWN]
    ]
    if (more := len(lanes) - SHOWN) > 0:
        places = _("1 more place") if more == 1 else _("{more} more places", more=more)
        found.append(
            Finding(
                _("Posts for {places} have been due for too long.", places=places), _("See the log for the reason.")
            )
        )
    return found


def silent(cohort: Cohort, since: datetime, *, direct: bool) -> Message:
    """Told to a moderator once when a post does not move and nobody knows why."""
    what = _("A direct message") if direct else _("A post")
    head = _("{what} for {cohort} is late", what=what, cohort=cohort.name)
    return Message(
        head,
        (
            paragraph(Strong(f"{head}.")),
            paragraph(
                *spans("It has been due since {since}, and I do not know what is holding it up.", since=When(since))
            ),
            paragraph(_("I am trying it again from scratch. If it does not come, tell whoever runs me.")),
        ),
    )

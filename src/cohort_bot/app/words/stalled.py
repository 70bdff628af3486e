"""What is said about lanes in which a post has been due for too long."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from cohort_bot.app.ports.health import Finding, Passing, Waiting
from cohort_bot.app.words import alerts
from cohort_bot.chat.message import Message, Strong, When, paragraph
from cohort_bot.core.membership import Cohort

SHOWN: Final = 5
"""So many lanes are named; the others are counted."""

PASSING: Final[Mapping[Passing, str]] = {
    Passing.CLOCK: "the machine's clock has jumped, and no platform has confirmed the time yet",
    Passing.DOWN: "the platform does not answer; I keep trying",
    Passing.AWAY: "the connection to the platform is lost; I am reconnecting",
    Passing.WAITS: "the platform asked me to wait, or the last try failed; I keep trying",
}

SILENT: Final = "nothing has happened there for five minutes; it was started again from scratch"
UNTOLD: Final = "the reason is not known"


def place(lane: Waiting) -> str:
    """Where it goes, without anybody's name."""
    return f"{lane.platform} {lane.channel}" if lane.channel else f"a direct conversation on {lane.platform}"


def said(lane: Waiting) -> str:
    """Why it waits, as the ledger has it."""
    return alerts.why(lane.reason, lane.detail) if lane.reason else UNTOLD


def findings(lanes: Sequence[Waiting], why: Mapping[str, str]) -> Sequence[Finding]:
    """For an operator: what has been due for too long, by lane, and why as far as that is known."""
    found = [
        Finding(
            f"A post for {place(lane)} has been due since {lane.due:%Y-%m-%d %H:%M} UTC: "
            f"{why.get(lane.lane) or said(lane)}.",
            "See the log for the reason.",
        )
        for lane in lanes[:SHOWN]
    ]
    if (more := len(lanes) - SHOWN) > 0:
        places = "1 more place" if more == 1 else f"{more} more places"
        found.append(Finding(f"Posts for {places} have been due for too long.", "See the log for the reason."))
    return found


def silent(cohort: Cohort, since: datetime, *, direct: bool) -> Message:
    """Told to a moderator once when a post does not move and nobody knows why."""
    what = "A direct message" if direct else "A post"
    head = f"{what} for {cohort.name} is late"
    return Message(
        head,
        (
            paragraph(Strong(f"{head}.")),
            paragraph("It has been due since ", When(since), ", and I do not know what is holding it up."),
            paragraph("I am trying it again from scratch. If it does not come, tell whoever runs me."),
        ),
    )

"""What a room reads when the dates of its weeks change, and how a preview offers to tell it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from cohort_bot.app.words.counts import weeks
from cohort_bot.app.words.dates import openings
from cohort_bot.chat.i18n import _, ngettext, spans
from cohort_bot.chat.message import Block, Button, Message, Paragraph, Strong, When, paragraph
from cohort_bot.chat.typed import typed
from cohort_bot.core.membership import Cohort
from cohort_bot.core.rounds import zone_info

What = Literal["off", "on", "moved", "skipped", "unskipped"]
"""Weeks off, and not off after all; other days or times; a week's card that does not come, and does after all."""


@dataclass(frozen=True, slots=True)
class Change:
    """A change that concerns everybody: from this week on; `opens` is when it opens, `was` when it was to open."""

    what: What
    week: int
    opens: datetime
    was: datetime
    rounds: int = 0
    """How many weeks are off, or are not off after all."""


def notice(cohort: Cohort, change: Change, platform: str) -> Message:
    """The post in the cohort's rooms, when `cohort` has its new calendar."""
    week, opens = change.week, When(change.opens)
    moved = spans("Week {week} opens {new} instead of {old}.", week=week, new=opens, old=When(change.was))
    dates = _("{plan} shows the dates.", plan=typed("plan", platform))
    match change.what:
        case "off":
            head = _("{cohort} has {weeks} off.", cohort=cohort.name, weeks=weeks(change.rounds))
            text = (*moved, " ", _("Nobody's streak is affected."), " ", dates)
        case "on":
            head = ngettext(
                "The week off in {cohort} is cancelled.",
                "The {n} weeks off in {cohort} are cancelled.",
                change.rounds,
                cohort=cohort.name,
            )
            text = (*moved, " ", dates)
        case "moved":
            head = _("{cohort} has a new schedule.", cohort=cohort.name)
            text = (_("Weeks now open on {wall}.", wall=_wall(cohort, week)), " ", *moved, " ", dates)
        case "skipped":
            head = _("In {cohort}, week {week} comes without a card.", week=week, cohort=cohort.name)
            text = spans(
                "The week itself stays: it opens {opens}, you can check in as usual, and {plan} shows its tasks.",
                opens=opens,
                plan=typed("plan", platform),
            )
        case _:
            head = _("In {cohort}, week {week} comes with its card after all.", week=week, cohort=cohort.name)
            text = spans("It's due {opens}.", opens=opens)
    return Message(head, (paragraph(Strong(head), " ", *text),))


def _wall(cohort: Cohort, week: int) -> str:
    """The day of the week, the time and the zone of the opening, in words."""
    zone = cohort.calendar.zone_of(week)
    opens = cohort.calendar.opens(week).astimezone(zone_info(zone))
    return openings(opens.weekday(), format(opens, "%H:%M"), zone)


def offer(post: Message, rooms: int) -> Sequence[Block]:
    """For a preview: what the rooms would be told."""
    lead = ngettext("I'd tell the room:", "I'd tell all {n} rooms:", rooms)
    return (paragraph(lead, quiet=True), *(block for block in post.blocks if isinstance(block, Paragraph)))


def quietly(button: Button) -> Button:
    """Does what the button of the preview does, and posts nothing."""
    label = _("{do_it} without telling the room", do_it=button.label)
    return Button(label, button.action, {**button.args, "quiet": "1"})


def from_args(week: int, args: Mapping[str, str]) -> Change:
    """The change in the arguments of a row of the ledger."""
    opens, was = (datetime.fromisoformat(args[key]) for key in ("opens", "was"))
    return Change(cast("What", args["what"]), week, opens, was, int(args["rounds"]))

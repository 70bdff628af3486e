"""What is due now, and posts made anew."""

from datetime import datetime

from cohort_bot.app.errors import PersonError
from cohort_bot.app.words.counts import counted
from cohort_bot.chat.i18n import _, spans
from cohort_bot.chat.message import Message, When, paragraph
from cohort_bot.core.membership import Cohort


def no_week(number: int) -> PersonError:
    """A week whose posts cannot be made anew."""
    return PersonError(
        _("There is no week {number} that I can read. Please check the number, and the programme.", number=number)
    )


def not_posted(number: int) -> PersonError:
    """A week without posts."""
    return PersonError(_("Nothing of week {number} has been posted yet, so there is nothing to update.", number=number))


def posting(cohort: Cohort, again: int, waiting: int, following: tuple[int, datetime] | None) -> Message:
    """After /cohort post: what is on its way. `again` were parked; `following` is the next week and its opening."""
    if waiting:
        head = _(
            "{count} on the way for {cohort}.", count=counted(waiting, "message is", "messages are"), cohort=cohort.name
        )
        more = (
            _(" I am trying {again} of these again. /cohort progress shows whether it worked.", again=again)
            if again
            else ""
        )
        return Message(head, (paragraph(head + more),))
    head = _("Nothing of {cohort} is due right now.", cohort=cohort.name)
    if following is None:
        return Message(head)
    number, opens = following
    return Message(
        head, (paragraph(*spans("{head} Week {number} opens {opens}.", head=head, number=number, opens=When(opens))),)
    )


def repairing(cohort: Cohort, number: int, posts: int) -> Message:
    """After the posts of a week, and the invitation, were asked for anew."""
    if posts:
        made = counted(posts, "post")
        head = _(
            "I am updating {made} of week {number} in {cohort}, and the invitation.",
            made=made,
            number=number,
            cohort=cohort.name,
        )
    else:
        head = _(
            "Nothing of week {number} has been posted yet. I am updating the invitation in {cohort}.",
            number=number,
            cohort=cohort.name,
        )
    return Message(_("{head} Nobody is notified, and check-ins stay.", head=head))

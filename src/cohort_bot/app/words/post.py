"""Sending posts that are due now, and repairing posts."""

from datetime import datetime

from cohort_bot.app.errors import PersonError
from cohort_bot.chat.i18n import _, ngettext, spans
from cohort_bot.chat.message import Message, When, paragraph
from cohort_bot.core.membership import Cohort


def no_week(number: int) -> PersonError:
    return PersonError(_("I can't find a week {week}. Please check the number and the programme.", week=number))


def not_posted(number: int) -> PersonError:
    return PersonError(_("Nothing of week {week} has been posted yet, so there's nothing to rewrite.", week=number))


def posting(cohort: Cohort, again: int, waiting: int, following: tuple[int, datetime] | None) -> Message:
    """After /cohort post: what is on its way. `again` were parked; `following` is the next week and its opening."""
    name = cohort.name
    if waiting:
        head = ngettext(
            "{n} message is on its way for {cohort}.",
            "{n} messages are on their way for {cohort}.",
            waiting,
            cohort=name,
        )
        if not again:
            return Message(head, (paragraph(head),))
        more = ngettext(
            "I'm trying {n} of these again. /cohort progress shows whether it worked.",
            "I'm trying {n} of these again. /cohort progress shows whether it worked.",
            again,
        )
        return Message(head, (paragraph(f"{head} {more}"),))
    head = _("Nothing is due for {cohort} right now.", cohort=name)
    if following is None:
        return Message(head)
    number, opens = following
    return Message(head, (paragraph(*spans("{now} Week {week} opens {at}.", now=head, week=number, at=When(opens))),))


def repairing(cohort: Cohort, number: int, posts: int) -> Message:
    """After /cohort post repair: a week's posts and the invitation are on their way to be rewritten."""
    if posts:
        head = ngettext(
            "I'm rewriting {n} post of week {week} in {cohort}, and the invitation, where they are.",
            "I'm rewriting {n} posts of week {week} in {cohort}, and the invitation, where they are.",
            posts,
            week=number,
            cohort=cohort.name,
        )
    else:
        head = _(
            "Nothing of week {week} has been posted yet, so I'm only rewriting the invitation in {cohort}.",
            week=number,
            cohort=cohort.name,
        )
    quietly = _("This won't ping anyone, and check-ins stay.")
    return Message(f"{head} {quietly}")

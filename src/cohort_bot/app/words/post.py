"""What is due now, and posts made anew."""

from datetime import datetime

from cohort_bot.app.errors import PersonError
from cohort_bot.app.words.counts import counted
from cohort_bot.chat.message import Message, When, paragraph
from cohort_bot.core.membership import Cohort


def no_week(number: int) -> PersonError:
    """A week whose posts cannot be made anew."""
    return PersonError(f"There is no week {number} that I can read. Please check the number, and the programme.")


def not_posted(number: int) -> PersonError:
    """A week without posts."""
    return PersonError(f"Nothing of week {number} has been posted yet, so there is nothing to update.")


def posting(cohort: Cohort, again: int, waiting: int, following: tuple[int, datetime] | None) -> Message:
    """After /cohort post: what is on its way. `again` were parked; `following` is the next week and its opening."""
    if waiting:
        head = f"{counted(waiting, 'message is', 'messages are')} on the way for {cohort.name}."
        more = f" I am trying {again} of these again. /cohort progress shows whether it worked." if again else ""
        return Message(head, (paragraph(head + more),))
    head = f"Nothing of {cohort.name} is due right now."
    if following is None:
        return Message(head)
    number, opens = following
    return Message(head, (paragraph(head, f" Week {number} opens ", When(opens), "."),))


def repairing(cohort: Cohort, number: int, posts: int) -> Message:
    """After the posts of a week, and the invitation, were asked for anew."""
    if posts:
        made = counted(posts, "post")
        head = f"I am updating {made} of week {number} in {cohort.name}, and the invitation."
    else:
        head = f"Nothing of week {number} has been posted yet. I am updating the invitation in {cohort.name}."
    return Message(f"{head} Nobody is notified, and check-ins stay.")

"""The button *Try again* for messages that could not be delivered."""

from cohort_bot.app.access import MODERATOR_ALSO_OF_ENDED
from cohort_bot.app.commands import CommandSpec, Role
from cohort_bot.app.ports.store import Store
from cohort_bot.app.services import Services, changes
from cohort_bot.app.words import retry as words
from cohort_bot.chat.form import Reply
from cohort_bot.chat.invocation import Invocation
from cohort_bot.core.membership import Cohort


@changes(MODERATOR_ALSO_OF_ENDED)
def retry(_services: Services, invocation: Invocation, store: Store, cohort: Cohort) -> Reply:
    """Make the parked messages of the cohort ready again, and say how many there were."""
    return words.retried(cohort.name, store.deliveries.rearm(cohort.id, invocation.at))


ROWS = (CommandSpec("cohort.retry", Role.MODERATOR, retry),)

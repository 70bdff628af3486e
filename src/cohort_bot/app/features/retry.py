"""The button *Try again* for messages that could not be delivered."""

from cohort_bot.app.access import MODERATOR_ALSO_OF_ENDED
from cohort_bot.app.commands import CommandSpec, Role
from cohort_bot.app.ports.store import Store
from cohort_bot.app.services import Services
from cohort_bot.app.words import retry as words
from cohort_bot.chat.form import Reply
from cohort_bot.chat.invocation import Invocation
from cohort_bot.core.membership import Cohort


async def retry(services: Services, invocation: Invocation) -> Reply:
    """Make the parked messages of the cohort ready again, and say how many there were."""

    def write(store: Store, cohort: Cohort) -> tuple[str, int]:
        return cohort.name, store.deliveries.rearm(cohort.id, invocation.at)

    name, count = await services.change(invocation, MODERATOR_ALSO_OF_ENDED, write)
    return words.retried(name, count)


ROWS = (CommandSpec("cohort.retry", Role.MODERATOR, retry),)

"""`/cohort archive`: end a cohort, after a confirmation."""

from cohort_bot.app import audit
from cohort_bot.app.access import MODERATOR
from cohort_bot.app.commands import CommandSpec, Role
from cohort_bot.app.delivery import keys
from cohort_bot.app.drafts import button
from cohort_bot.app.params import COHORT
from cohort_bot.app.ports import audits
from cohort_bot.app.ports.store import NewDelivery, Store
from cohort_bot.app.services import Services, changes, reads
from cohort_bot.app.words import archive as words
from cohort_bot.chat.form import Reply
from cohort_bot.chat.i18n import N_
from cohort_bot.chat.invocation import Invocation
from cohort_bot.core.membership import Cohort


@reads(MODERATOR)
def archive(_services: Services, _invocation: Invocation, store: Store, cohort: Cohort) -> Reply:
    """Ask before a cohort ends."""
    yes = button(words.end_it(), "cohort.archive.yes", {"id": str(cohort.id)}, danger=True)
    return words.archive_preview(cohort, len(store.members.in_cohort(cohort.id)), yes)


@changes(MODERATOR)
def archive_yes(_services: Services, invocation: Invocation, store: Store, cohort: Cohort) -> Reply:
    """End the cohort and post a closing message in each of its rooms."""
    store.cohorts.archive(cohort.id, invocation.at)
    audit.of_cohort(store, cohort, invocation, audits.ARCHIVED)
    store.deliveries.add(
        NewDelivery.to_room("closing", keys.closing(room), room, invocation.at)
        for room in store.cohorts.rooms(cohort.id)
    )
    return words.archived(cohort)


ROWS = (
    CommandSpec(
        "cohort.archive", Role.MODERATOR, archive, N_("End the cohort; asks first"), {"": "cohort archive"}, (COHORT,)
    ),
    CommandSpec("cohort.archive.yes", Role.MODERATOR, archive_yes),
)

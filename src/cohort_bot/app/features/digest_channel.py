"""The button that changes where the moderators' weekly digest goes (`/cohort edit moderators_channel:`)."""

from cohort_bot.app import audit
from cohort_bot.app.access import MODERATOR
from cohort_bot.app.cohorts import no_members_there
from cohort_bot.app.commands import CommandSpec, Role
from cohort_bot.app.digest_channel import CHANGE
from cohort_bot.app.drafts import kept
from cohort_bot.app.ports import audits
from cohort_bot.app.ports.store import Store
from cohort_bot.app.services import Services, changes
from cohort_bot.app.words import digest_channel as digest_channel_words
from cohort_bot.chat.form import Reply
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.place import Place
from cohort_bot.core.membership import Cohort


@changes(MODERATOR)
def change(_services: Services, invocation: Invocation, store: Store, cohort: Cohort) -> Reply:
    """Send the digest where the preview said."""
    channel = kept(store, cohort, invocation)["channel"] or None
    if channel:
        place = Place(cohort.platform, cohort.workspace, channel)
        no_members_there(store, place)
        audit.of_cohort(store, cohort, invocation, audits.DIGEST_ROOM, audit.room(place))
    else:
        audit.of_cohort(store, cohort, invocation, audits.DIGEST_DIRECT)
    store.cohorts.set_moderators_channel(cohort.id, channel)
    return digest_channel_words.room_changed(cohort, channel)


ROWS = (CommandSpec(CHANGE, Role.MODERATOR, change),)

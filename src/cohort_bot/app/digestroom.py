"""Where the moderators' weekly digest goes: a room of theirs, or each of them by direct message."""

from cohort_bot.app import audit
from cohort_bot.app.commands import CommandSpec, Role
from cohort_bot.app.drafts import button, keep, kept, running
from cohort_bot.app.ports.store import Store
from cohort_bot.app.services import Services
from cohort_bot.app.views import labels, moderating
from cohort_bot.app.views import weekly as views
from cohort_bot.chat.form import Reply
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Button
from cohort_bot.chat.place import Place
from cohort_bot.core.membership import Cohort

CHANNEL_MOST = 100
CHANGE = "cohort.edit.digest"


async def ask(services: Services, invocation: Invocation, channel: str) -> Reply:
    """Show where the digest would go, with what would not work there; nothing is changed yet."""
    if len(channel) > CHANNEL_MOST or not channel.isprintable():
        raise moderating.no_channel(CHANNEL_MOST)

    def write(store: Store) -> tuple[Cohort, list[Button]]:
        cohort = running(store, invocation)
        if any(room.channel == channel for room in store.cohorts.rooms(cohort.id)):
            raise moderating.digest_in_room()
        args = keep(store, cohort, CHANGE, {"channel": channel}, invocation.at)
        buttons = [button(labels.DIGEST_THERE, CHANGE, args)] if cohort.moderators_channel != channel else []
        if cohort.moderators_channel:
            back = keep(store, cohort, CHANGE, {"channel": ""}, invocation.at)
            buttons.append(Button(labels.DIGEST_DIRECTLY, CHANGE, back))
        return cohort, buttons

    cohort, buttons = await services.change(invocation, write)
    place = Place(cohort.platform, cohort.workspace, channel)
    return views.room_preview(cohort, channel, await services.platforms[cohort.platform].check(place), buttons)


async def change(services: Services, invocation: Invocation) -> Reply:
    """Send the digest where the preview said."""

    def write(store: Store) -> Reply:
        cohort = running(store, invocation)
        channel = kept(store, cohort, invocation)["channel"] or None
        store.cohorts.set_moderators_channel(cohort.id, channel)
        if channel:
            words = audit.room(Place(cohort.platform, cohort.workspace, channel))
            audit.of_cohort(store, cohort, invocation, audit.DIGEST_ROOM, words)
        else:
            audit.of_cohort(store, cohort, invocation, audit.DIGEST_DIRECT)
        return views.room_changed(cohort, channel)

    return await services.change(invocation, write)


ROWS = (CommandSpec(CHANGE, Role.MODERATOR, change),)

"""The preview of `/cohort edit moderators_channel:`, which changes where the moderators' weekly digest goes."""

from cohort_bot.app.access import MODERATOR
from cohort_bot.app.cohorts import no_members_there
from cohort_bot.app.drafts import button, keep
from cohort_bot.app.ports.store import Store
from cohort_bot.app.services import Services
from cohort_bot.app.words import digest_channel as digest_channel_words
from cohort_bot.app.words import errors as errors_words
from cohort_bot.chat.form import Reply
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Button
from cohort_bot.chat.place import Place
from cohort_bot.core.membership import Cohort

CHANNEL_MOST = 100
CHANGE = "cohort.edit.digest"


async def ask(services: Services, invocation: Invocation, channel: str) -> Reply:
    """Show where the digest would go, and what the bot may not do there; nothing is changed yet."""

    def write(store: Store, cohort: Cohort) -> tuple[Cohort, list[Button]]:
        if len(channel) > CHANNEL_MOST or not channel.isprintable():
            raise errors_words.no_channel(CHANNEL_MOST)
        no_members_there(store, Place(cohort.platform, cohort.workspace, channel))
        args = keep(store, cohort, CHANGE, {"channel": channel}, invocation.at)
        buttons = (
            [button(digest_channel_words.digest_there(), CHANGE, args)] if cohort.moderators_channel != channel else []
        )
        if cohort.moderators_channel:
            back = keep(store, cohort, CHANGE, {"channel": ""}, invocation.at)
            buttons.append(Button(digest_channel_words.digest_directly(), CHANGE, back))
        return cohort, buttons

    cohort, buttons = await services.change(invocation, MODERATOR, write)
    place = Place(cohort.platform, cohort.workspace, channel)
    return digest_channel_words.room_preview(
        cohort, channel, await services.platforms[cohort.platform].check(place), buttons
    )

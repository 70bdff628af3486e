"""One's own page, where a platform has one."""

from collections.abc import Sequence

from cohort_bot.chat.i18n import _
from cohort_bot.chat.message import Block, Message, paragraph
from cohort_bot.chat.typed import typed


def home(blocks: Sequence[Block], others: Sequence[str], platform: str) -> Message:
    """What a person may see of their cohorts; `others` are the names of those that the page has no room for."""
    more = []
    if others:
        words = _(
            "You're also in {cohorts}. {plan} with cohort:NAME shows one of them.",
            cohorts=", ".join(others),
            plan=typed("plan", platform),
        )
        more = [paragraph(words)]
    return Message("cohort-bot", (*blocks, *more))


def no_home() -> Message:
    return Message("cohort-bot", (paragraph(_("You're not in a cohort yet. Press Join to begin.")),))

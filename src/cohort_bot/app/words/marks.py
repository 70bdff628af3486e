"""For an operator: where the bot cannot recognise its own posts."""

from collections.abc import Sequence
from typing import Final

from cohort_bot.app.ports.health import Finding
from cohort_bot.app.ports.marks import UnseenMark
from cohort_bot.app.words.platforms import titled
from cohort_bot.chat.i18n import _, ngettext

SHOWN: Final = 5
"""So many places are named; the others are counted."""


def place(unseen: UnseenMark) -> str:
    """Where, as part of a sentence."""
    if unseen.channel:
        return f"{unseen.platform} {unseen.channel}"
    return _("direct messages on {platform}", platform=titled(unseen.platform))


def findings(unseen: Sequence[UnseenMark]) -> Sequence[Finding]:
    """What cannot be recognised, by place."""
    cure = _(
        "Allow me to read earlier messages there; cohort-bot doctor says what is missing. I keep checking. "
        "If nothing is missing, the platform may have changed: please report it."
    )
    found = [
        Finding(
            _(
                "My posts in {place} haven't been recognisable since {since} UTC: one that may not have arrived there "
                "is held, not posted a second time.",
                place=place(each),
                since=format(each.since, "%Y-%m-%d %H:%M"),
            ),
            cure,
            bearable=True,
        )
        for each in unseen[:SHOWN]
    ]
    if (more := len(unseen) - SHOWN) > 0:
        problem = ngettext("The same goes for {n} more place.", "The same goes for {n} more places.", more)
        found.append(Finding(problem, cure, bearable=True))
    return found

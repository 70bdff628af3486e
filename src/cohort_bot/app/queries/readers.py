"""Which language somebody reads: the one they have chosen, else that of their client, else their cohort's."""

from contextlib import AbstractContextManager

from cohort_bot.chat.catalogues import ENGLISH, closest
from cohort_bot.chat.i18n import speaking
from cohort_bot.chat.place import Actor
from cohort_bot.core.membership import Account, Cohort


def language_of(account: Account | None, actor: Actor | None = None, cohort: Cohort | None = None) -> str:
    """The language for a person: `actor` has what their client says at this moment, `account` what it said last.

    Where no client has ever said anything, the cohort's.
    """
    chosen, last = (account.language, account.locale) if account else ("", "")
    now = actor.locale if actor else ""
    return chosen or closest(now) or closest(last) or (cohort.language if cohort else ENGLISH)


def speaking_to(cohort: Cohort | None) -> AbstractContextManager[None]:
    """A block that speaks the cohort's language: for what its room reads, made while a person is answered."""
    return speaking(cohort.language if cohort else ENGLISH)

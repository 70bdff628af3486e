"""Options that several commands have."""

from cohort_bot.app.commands import Param
from cohort_bot.app.errors import PersonError
from cohort_bot.app.options import UNKNOWN_MOST, Options
from cohort_bot.app.words import fields as fields_words
from cohort_bot.chat.catalogues import languages, own_name
from cohort_bot.chat.form import Option
from cohort_bot.chat.i18n import N_

COHORT = Param("cohort", "cohort", N_("the cohort, if there is more than one"))

LANGUAGES = tuple(Option(language, own_name(language)) for language in languages())
"""Those on board, each as its speakers call it."""

REASON_LIMIT = fields_words.REASON_LIMIT
MEMBER = Param("member", "member", N_("who"), required=True, example="Ada")
MEMBER_OPTIONAL = Param("member", "member", N_("whose record to show; the whole cohort if left out"))
ROUND = Param("round", "int", N_("which round"), required=True, most=UNKNOWN_MOST, suggest="round")
REASON = Param("reason", "text", N_("why, for the record"), required=True, example=N_('"ill last week"'))


def read_reason(options: Options) -> str:
    """A moderator's reason, on one line. Raises PersonError when it is too long."""
    reason = " ".join((options.text("reason") or "").split())
    if len(reason) > REASON_LIMIT:
        raise PersonError(fields_words.long_reason(reason))
    return reason

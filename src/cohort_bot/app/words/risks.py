"""Why somebody needs a person, as a moderator reads it."""

from cohort_bot.app.words.lists import numbers
from cohort_bot.chat.i18n import _, ngettext
from cohort_bot.core.risks import Risk, Sign


def reason(risk: Risk) -> str:
    rounds = numbers(risk.rounds)
    match risk.sign:
        case Sign.SILENT:
            count = len(risk.rounds)
            return ngettext(
                "missed the last {n} round ({rounds})", "missed the last {n} rounds ({rounds})", count, rounds=rounds
            )
        case Sign.PATCHY:
            return ngettext(
                "missed {missed} of the last {n} round ({rounds})",
                "missed {missed} of the last {n} rounds ({rounds})",
                risk.of,
                missed=len(risk.rounds),
                rounds=rounds,
            )
        case Sign.STUCK:
            return _("reported a blocker in rounds {rounds}", rounds=rounds)

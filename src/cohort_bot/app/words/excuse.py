"""A missed round that is not to count."""

from collections.abc import Mapping, Sequence
from typing import Final

from cohort_bot.app.errors import PersonError
from cohort_bot.app.words.fields import REASON_LIMIT, about_args, short_title
from cohort_bot.app.words.lists import numbers
from cohort_bot.app.words.statuses import status_name
from cohort_bot.chat.form import ChoiceField, Form, Option, TextField
from cohort_bot.chat.i18n import N_, _, ngettext
from cohort_bot.chat.message import Message
from cohort_bot.core.checkins import Status
from cohort_bot.core.membership import Cohort, Member

_EXCUSED_ANYWAY: Final[Mapping[Status, str]] = {
    Status.ON_TIME: N_("They checked in for it, so there's nothing to excuse."),
    Status.LATE: N_("They checked in for it, so there's nothing to excuse."),
    Status.EXCUSED: N_("It's already excused."),
    Status.BREAK: N_("They were on a break, so it doesn't count anyway."),
    Status.OUTSIDE: N_("It was before they joined, so it doesn't count anyway."),
}


NOT_EXCUSABLE: Final = frozenset(_EXCUSED_ANYWAY)
"""A round of such a status does not count against somebody, so it is not excused."""


def not_excusable(member: Member, number: int, status: Status) -> PersonError:
    text = _("Round {round} of {member}: {why}", round=number, member=member.name, why=_(_EXCUSED_ANYWAY[status]))
    return PersonError(text)


def nothing_to_excuse(member: Member) -> PersonError:
    text = _("{member} has no round that counts against them, so there's nothing to excuse.", member=member.name)
    return PersonError(text)


ROUNDS_MOST = 10
"""Boxes that a form can show (Discord and Slack)."""


def excuse_form(
    cohort: Cohort, member: Member, rounds: Mapping[int, Status], ticked: frozenset[str], reason: str
) -> Form:
    """Which rounds are not to count; `rounds` are those that can be excused, of which the newest are shown."""
    newest = list(rounds.items())[-ROUNDS_MOST:]
    options = tuple(Option(str(number), _option(number, status)) for number, status in newest)
    fields = (
        ChoiceField("rounds", _("Which rounds should not count?"), options, many=True, value=ticked),
        TextField("reason", _("Reason, for the record"), "line", reason, REASON_LIMIT, required=True),
    )
    title = short_title(_("Excuse {member}", member=member.name))
    return Form("cohort.excuse.save", title, fields, about_args(cohort, member), _("Excuse"))


def _option(number: int, status: Status) -> str:
    return _("Round {round}, {status}", round=number, status=status_name(status))


def excused(member: Member, rounds: Sequence[int]) -> Message:
    text = ngettext(
        "Round {rounds} is excused for {member}: it counts neither for nor against them.",
        "Rounds {rounds} are excused for {member}: they count neither for nor against them.",
        len(rounds),
        rounds=numbers(rounds),
        member=member.name,
    )
    return Message(text)

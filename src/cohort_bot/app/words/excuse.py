"""A missed round that is not to count."""

from collections.abc import Mapping, Sequence
from typing import Final

from cohort_bot.app.errors import PersonError
from cohort_bot.app.words.outreach import _args, _title
from cohort_bot.chat.form import ChoiceField, Form, Option, TextField
from cohort_bot.chat.i18n import N_, _
from cohort_bot.chat.message import Message
from cohort_bot.core.checkins import Status
from cohort_bot.core.membership import Cohort, Member

_EXCUSED_ANYWAY: Final[Mapping[Status, str]] = {
    Status.ON_TIME: N_("They have checked in for it, so there is nothing to excuse."),
    Status.LATE: N_("They have checked in for it, so there is nothing to excuse."),
    Status.EXCUSED: N_("It is excused already."),
    Status.BREAK: N_("They were on a break, so it does not count anyway."),
    Status.OUTSIDE: N_("It was before they joined, so it does not count anyway."),
}


NOT_EXCUSABLE: Final = frozenset(_EXCUSED_ANYWAY)
"""A round of such a status does not count against somebody, so it is not excused."""


def not_excusable(member: Member, number: int, status: Status) -> PersonError:
    """Excusing what does not count against them."""
    return PersonError(
        _(
            "Round {number} of {member}: {reason}",
            number=number,
            member=member.name,
            reason=_(_EXCUSED_ANYWAY[status]),
        )
    )


def nothing_to_excuse(member: Member) -> PersonError:
    """Somebody whom no round counts against."""
    return PersonError(
        _("{member} has no round that counts against them, so there is nothing to excuse.", member=member.name)
    )


REASON_LIMIT = 300


ROUNDS_MOST = 10
"""Boxes that a form can show (Discord and Slack)."""


def excuse_form(
    cohort: Cohort, member: Member, rounds: Mapping[int, Status], ticked: frozenset[str], reason: str
) -> Form:
    """Which rounds are not to count; `rounds` are those that can be excused, of which the newest are shown."""
    newest = list(rounds.items())[-ROUNDS_MOST:]
    options = tuple(
        Option(str(number), _("Round {number}, {value}", number=number, value=status.value))
        for number, status in newest
    )
    fields = (
        ChoiceField("rounds", _("Which rounds should not count?"), options, many=True, value=ticked),
        TextField("reason", _("Why, for the record"), "line", reason, REASON_LIMIT, required=True),
    )
    return Form(
        "cohort.excuse.save",
        _title(_("Excuse {member}", member=member.name)),
        fields,
        _args(cohort, member),
        _("Excuse"),
    )


def excused(member: Member, rounds: Sequence[str]) -> Message:
    """After rounds were excused."""
    return Message(
        _(
            "Excused for {member}: {rounds}. It counts neither for nor against them.",
            member=member.name,
            rounds=", ".join(rounds),
        )
    )


def round_excused(member: Member, number: int) -> Message:
    """After a round was excused."""
    return Message(
        _(
            "Round {number} is excused for {member}: it counts neither for nor against them.",
            number=number,
            member=member.name,
        )
    )

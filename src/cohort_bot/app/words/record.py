"""A check-in that a moderator records."""

from cohort_bot.app.errors import PersonError
from cohort_bot.app.words.fields import REASON_LIMIT, about_args, short_title
from cohort_bot.chat.form import Form, TextField
from cohort_bot.chat.i18n import _
from cohort_bot.chat.message import Message
from cohort_bot.core.membership import Cohort, Member


def has_checked_in(member: Member, number: int) -> PersonError:
    """Recording what they have recorded themselves."""
    return PersonError(
        _("{member} has checked in for round {number} already; nothing was changed.", member=member.name, number=number)
    )


def no_week_then(member: Member, number: int) -> PersonError:
    """Recording a round in which they had nothing to do."""
    name = member.name
    return PersonError(
        _(
            "{name} had no week of the programme in round {number}, so there is nothing to record.",
            name=name,
            number=number,
        )
    )


def no_round() -> str:
    return _("Please give the number of a round, such as 3.")


def no_reason() -> str:
    return _("Please say why; they and the other moderators see it.")


def record_form(cohort: Cohort, member: Member, number: str, reason: str) -> Form:
    """A check-in for somebody, from their card."""
    fields = (
        TextField("round", _("Which round?"), "line", number, 4, required=True, hint=_("Its number, however long ago")),
        TextField(
            "reason", _("Why, for the record"), "line", reason, REASON_LIMIT, required=True, hint=_("They see it")
        ),
    )
    title = short_title(_("Check-in for {member}", member=member.name))
    return Form("cohort.record.save", title, fields, about_args(cohort, member), _("Record"))


def recorded(member: Member, number: int, status: str) -> Message:
    """After a check-in was recorded for somebody."""
    return Message(
        _(
            "Round {number} is recorded for {member}, {status}. Your reason stands in the check-in.",
            number=number,
            member=member.name,
            status=status,
        )
    )


def recorded_by_moderator(reason: str) -> str:
    """What stands in a check-in that its member did not write."""
    return _("Recorded by a moderator: {reason}", reason=reason)

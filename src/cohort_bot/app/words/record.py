"""A check-in that a moderator records."""

from cohort_bot.app.errors import PersonError
from cohort_bot.app.words.fields import REASON_LIMIT, about_args, short_title
from cohort_bot.app.words.statuses import status_name
from cohort_bot.chat.form import Form, TextField
from cohort_bot.chat.i18n import _
from cohort_bot.chat.message import Message
from cohort_bot.core.checkins import Status
from cohort_bot.core.membership import Cohort, Member


def has_checked_in(member: Member, number: int) -> PersonError:
    text = _(
        "{member} has already checked in for round {round}, so nothing was changed.", member=member.name, round=number
    )
    return PersonError(text)


def no_week_then(member: Member, number: int) -> PersonError:
    """Recording a round in which they had nothing to do."""
    text = _(
        "{member} had no week of the programme in round {round}, so there's nothing to record.",
        member=member.name,
        round=number,
    )
    return PersonError(text)


def no_round() -> str:
    return _("Please give the number of a round, such as 3.")


def no_reason() -> str:
    return _("Please give a reason; they and the other moderators will see it.")


def record_form(cohort: Cohort, member: Member, number: str, reason: str) -> Form:
    which, how = _("Which round?"), _("Its number; any past round will do")
    why, seen = _("Reason, for the record"), _("They'll see this")
    fields = (
        TextField("round", which, "line", number, 4, required=True, hint=how),
        TextField("reason", why, "line", reason, REASON_LIMIT, required=True, hint=seen),
    )
    title = short_title(_("Check-in for {member}", member=member.name))
    return Form("cohort.record.save", title, fields, about_args(cohort, member), _("Record"))


def recorded(member: Member, number: int, status: Status) -> Message:
    text = _(
        "Round {round} is recorded for {member}: {status}. The check-in shows your reason.",
        round=number,
        member=member.name,
        status=status_name(status),
    )
    return Message(text)


def recorded_by_moderator(reason: str) -> str:
    """What stands in a check-in that its member did not write."""
    return _("Recorded by a moderator: {reason}", reason=reason)

"""Why a post did not arrive, its cure, and the alert for moderators."""

from collections.abc import Mapping
from typing import Final

from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.chat.i18n import N_, _
from cohort_bot.chat.message import (
    Actions,
    Button,
    Message,
    Strong,
    paragraph,
)
from cohort_bot.core.membership import Cohort

REASONS: Final[Mapping[DeliveryReason, str]] = {
    DeliveryReason.BUSY: N_("the platform asked me to wait"),
    DeliveryReason.DOUBTED: N_("refused, though the person and the bot are there: tried once more"),
    DeliveryReason.ROOM_GONE: N_("the room is gone"),
    DeliveryReason.NOT_ALLOWED: N_("I may not post there"),
    DeliveryReason.DIRECT_CLOSED: N_("their direct messages are closed"),
    DeliveryReason.PERSON_GONE: N_("the person is no longer here"),
    DeliveryReason.REVOKED: N_("my access was taken away"),
    DeliveryReason.INVALID: N_("the platform refused the message"),
    DeliveryReason.BY_HAND: N_("a moderator skipped it"),
    DeliveryReason.BEFORE_ROOM: N_("it was before the room"),
    DeliveryReason.LATE: N_("too late to be of use"),
    DeliveryReason.ENDED: N_("the cohort has ended"),
    DeliveryReason.UNWANTED: N_("not wanted any more"),
    DeliveryReason.MENTIONED: N_("a mention takes its place"),
    DeliveryReason.GATHERED: N_("said with delivery {detail}"),
    DeliveryReason.NO_TARGET: N_("the room or the person is no longer known"),
    DeliveryReason.NO_PROGRAMME: N_("the programme {detail} cannot be read"),
    DeliveryReason.NOT_COMPOSED: N_("the message cannot be composed; the log has the details"),
    DeliveryReason.NOT_SET_UP: N_("{detail} is not set up"),
    DeliveryReason.DOWN: N_("the platform is down"),
    DeliveryReason.STOOD_STILL: N_("the process stood still"),
    DeliveryReason.STOPPED: N_("the bot was stopped"),
    DeliveryReason.NO_ANSWER: N_("no answer"),
    DeliveryReason.NO_THREAD: N_("its thread is not open yet"),
    DeliveryReason.NOT_NOTED: N_("its outcome could not be noted"),
    DeliveryReason.ERROR: N_("an unforeseen error"),
    DeliveryReason.OTHER: N_("it failed"),
}
"""A part of a sentence for each; some name what is in the detail beside the reason."""

CURES: Final[Mapping[DeliveryReason, str]] = {
    DeliveryReason.ROOM_GONE: N_("Give the cohort another room with /cohort edit, then press Try again."),
    DeliveryReason.NOT_ALLOWED: N_("Let me see the room and post in it, then press Try again."),
    DeliveryReason.DIRECT_CLOSED: N_("They can open them in their privacy settings."),
    DeliveryReason.PERSON_GONE: N_("Nothing to do; they come back with their record."),
    DeliveryReason.REVOKED: N_("Install me again; what is waiting then goes out by itself."),
    DeliveryReason.INVALID: N_("Tell whoever runs me; the log has the details."),
}


def other_cure() -> str:
    return _("Press Try again. If that does not help, tell whoever runs me: the log has the details.")


def marks_withheld() -> str:
    """The cure where a platform does not show the marks by which posts are found again."""
    return _(
        "I see a post of mine there and cannot tell which one it is, so I am not posting it a second time. Please look "
        "whether it is there. If this keeps happening, tell whoever runs me."
    )


def why(reason: DeliveryReason, detail: str | None) -> str:
    """A part of a sentence: the platform's own words where there are any, else ours."""
    words = REASONS[reason]
    if "{" in words:
        return _(words, detail=detail or "")
    return detail or _(words)


def cure(reason: DeliveryReason, named: str) -> str:
    """What cures it: what the platform has named, and what to do after that, else what is known of the reason."""
    if named:
        return _("{cure} Then press Try again.", cure=named)
    return _(CURES[reason]) if reason in CURES else other_cure()


def alert(cohort: Cohort, reason: DeliveryReason, detail: str | None, named: str) -> Message:
    """Sent to a moderator once when something cannot be delivered; `named` is the cure that the platform named."""
    retry = Button(_("Try again"), "cohort.retry", {"id": str(cohort.id)})
    head = _("I cannot post for {cohort}: {why}", cohort=cohort.name, why=why(reason, detail))
    return Message(head, (paragraph(Strong(head + ".")), paragraph(cure(reason, named)), Actions((retry,))))

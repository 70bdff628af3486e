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
    DeliveryReason.DOUBTED: N_("refused, although the person and I are both there; I tried once more"),
    DeliveryReason.ROOM_GONE: N_("the room is gone"),
    DeliveryReason.NOT_ALLOWED: N_("I may not post there"),
    DeliveryReason.DIRECT_CLOSED: N_("their direct messages are closed"),
    DeliveryReason.PERSON_GONE: N_("the person has left"),
    DeliveryReason.REVOKED: N_("my access was revoked"),
    DeliveryReason.INVALID: N_("the platform refused the message"),
    DeliveryReason.UNSEEN: N_("I can't recognise my own posts there"),
    DeliveryReason.BY_HAND: N_("a moderator skipped it"),
    DeliveryReason.BEFORE_ROOM: N_("it was due before this room was added"),
    DeliveryReason.LATE: N_("too late to be useful"),
    DeliveryReason.ENDED: N_("the cohort has ended"),
    DeliveryReason.UNWANTED: N_("no longer needed"),
    DeliveryReason.MENTIONED: N_("they're mentioned in the thread instead"),
    DeliveryReason.IN_ROOM: N_("posted in the room instead"),
    DeliveryReason.GATHERED: N_("included in delivery {detail}"),
    DeliveryReason.NO_TARGET: N_("I no longer know the room or the person"),
    DeliveryReason.NO_PROGRAMME: N_("the programme {detail} can't be read"),
    DeliveryReason.NOT_COMPOSED: N_("the message couldn't be put together; the log has the details"),
    DeliveryReason.NOT_SET_UP: N_("{detail} is not set up"),
    DeliveryReason.DOWN: N_("the platform is down"),
    DeliveryReason.STOOD_STILL: N_("the process was frozen for a while"),
    DeliveryReason.STOPPED: N_("the bot was stopped"),
    DeliveryReason.NO_ANSWER: N_("no answer"),
    DeliveryReason.NO_THREAD: N_("its thread isn't open yet"),
    DeliveryReason.NOT_NOTED: N_("the result couldn't be recorded"),
    DeliveryReason.ERROR: N_("an unexpected error"),
    DeliveryReason.OTHER: N_("it failed"),
}
"""A clause for each reason; some have a placeholder for its detail."""

CURES: Final[Mapping[DeliveryReason, str]] = {
    DeliveryReason.ROOM_GONE: N_("Give the cohort another room with /cohort edit, then press Try again."),
    DeliveryReason.NOT_ALLOWED: N_("Allow me to see the room and post in it, then press Try again."),
    DeliveryReason.DIRECT_CLOSED: N_("They can allow them in their privacy settings."),
    DeliveryReason.PERSON_GONE: N_("Nothing to do: if they come back, their record is still here."),
    DeliveryReason.REVOKED: N_("Install me again; whatever is waiting then goes out by itself."),
    DeliveryReason.INVALID: N_("Tell whoever hosts this bot; the log has the details."),
    DeliveryReason.UNSEEN: N_(
        "I can't tell whether it arrived, so I'm not posting it a second time. Please check whether it's there, and "
        "that I may read earlier messages. I'll check again and post it if it's missing. If this keeps happening, tell "
        "whoever hosts this bot."
    ),
}


def other_cure() -> str:
    return _("Press Try again. If that doesn't help, tell whoever hosts this bot: the log has the details.")


def marks_withheld() -> str:
    """The cure where a platform does not show the marks by which posts are found again."""
    return _(
        "I can see a post of mine there but can't tell which one it is, so I'm not posting it a second time. Please "
        "check whether it's there. If this keeps happening, tell whoever hosts this bot."
    )


def why(reason: DeliveryReason, detail: str | None) -> str:
    """A clause: the platform's own words if there are any, otherwise ours."""
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
    head = _("I can't post for {cohort}: {why}", cohort=cohort.name, why=why(reason, detail))
    return Message(head, (paragraph(Strong(head + ".")), paragraph(cure(reason, named)), Actions((retry,))))

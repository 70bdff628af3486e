"""Where the moderators' weekly digest goes."""

from collections.abc import Sequence

from cohort_bot.app.errors import PersonError
from cohort_bot.app.ports.platform import Finding
from cohort_bot.app.words.findings import elsewhere, problems
from cohort_bot.chat.i18n import _
from cohort_bot.chat.message import Actions, Button, Heading, Message, paragraph
from cohort_bot.core.membership import Cohort


def members_read_there() -> PersonError:
    """A room of this cohort, or of another one."""
    text = _("A cohort meets there, and the digest is for moderators only. Please name a channel that no cohort uses.")
    return PersonError(text)


def digest_goes_there() -> PersonError:
    """A channel in which a cohort was to meet."""
    text = _(
        "The weekly digest for moderators goes to that channel, so no cohort can meet there. Please use another "
        "channel, or first send the digest elsewhere with /cohort edit moderators_channel:."
    )
    return PersonError(text)


def digest_there() -> str:
    return _("Send it there")


def digest_directly() -> str:
    return _("Direct messages instead")


def room_preview(cohort: Cohort, channel: str, findings: Sequence[Finding], buttons: Sequence[Button]) -> Message:
    head = _("Send the weekly digest of {cohort} to {channel}?", cohort=cohort.name, channel=channel)
    words = _(
        "It names people and quotes what they wrote in confidence, so only moderators should be able to read that "
        "channel."
    )
    note = paragraph(_("Nothing has changed yet."), quiet=True)
    offered = [each for each in buttons if each.label != digest_there() or not elsewhere(findings)]
    actions = [Actions(tuple(offered))] if offered else []
    return Message(head, (Heading(head), paragraph(words), *problems(findings), note, *actions))


def room_changed(cohort: Cohort, channel: str | None) -> Message:
    if channel:
        words = _("From now on, the weekly digest of {cohort} goes to {channel}.", cohort=cohort.name, channel=channel)
    else:
        words = _(
            "From now on, each moderator gets the weekly digest of {cohort} by direct message.", cohort=cohort.name
        )
    return Message(words)

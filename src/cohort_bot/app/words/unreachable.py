"""Answers and direct messages that did not arrive."""

from cohort_bot.chat.i18n import _
from cohort_bot.chat.message import Actions, Block, Button, paragraph


def lost(command: str) -> Block:
    """Sent once to a person whose last answer did not arrive although their change was saved."""
    if command:
        words = _("My last answer didn't reach you, but what you did with {command} is saved.", command=command)
    else:
        words = _("My last answer didn't reach you, but what you did is saved.")
    return paragraph(words, quiet=True)


def unreached(*, mention: bool) -> list[Block]:
    """Sent once to a person whose direct messages are closed; `mention` when a thread may name them already."""
    words = _(
        "I couldn't send you a direct message: yours seem to be closed. You can allow them in your privacy settings."
    )
    if mention:
        return [paragraph(words, quiet=True)]
    instead = _("Or, if you like, I'll mention you in the week's thread when there's a reminder.")
    button = Button(_("Mention me in the thread"), "mention.on")
    return [paragraph(f"{words} {instead}", quiet=True), Actions((button,))]

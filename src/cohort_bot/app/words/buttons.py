"""What stands on the buttons under a preview, and beside choices that a command offers."""

from cohort_bot.chat.i18n import _
from cohort_bot.chat.message import Actions, Block, Button, paragraph


def undo() -> str:
    return _("Undo")


def undoing(button: Button) -> tuple[Block, ...]:
    """The button that undoes something, and for how long it does."""
    return (Actions((button,)), paragraph(_("You can undo this for ten minutes."), quiet=True))

"""What stands on the buttons under a preview, and beside choices that a command offers."""

from cohort_bot.chat.i18n import _


def undo() -> str:
    return _("Undo")

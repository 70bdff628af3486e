"""What stands on the buttons under a preview, and beside choices that a command offers."""

from typing import Final

UNDO: Final = "Undo"

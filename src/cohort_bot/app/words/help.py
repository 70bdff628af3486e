"""Help, and the page that shows all of somebody's cohorts."""

from collections.abc import Iterable
from typing import Final

from cohort_bot.app.commands import CommandSpec, Role
from cohort_bot.chat.message import Block, Heading, Message, Strong, bullets, paragraph
from cohort_bot.chat.traits import traits_of

_SECTIONS: Final = ((Role.ANYONE, "For everybody"), (Role.MEMBER, "For members"), (Role.MODERATOR, "For moderators"))
_HEAD: Final = "What I can do"


def help_(commands: Iterable[tuple[str, CommandSpec]], platform: str) -> Message:
    """Every command, in the words that are typed on the platform."""
    known = list(commands)
    blocks: list[Block] = [Heading(_HEAD)]
    for role, title in _SECTIONS:
        rows = [(name, row) for name, row in known if row.who is role]
        if rows:
            blocks.append(paragraph(Strong(title)))
            blocks.append(bullets((Strong(f"/{name}"), f"{_also(name, platform)} {row.summary}") for name, row in rows))
    blocks.append(paragraph("Moderators can read your check-ins; the group sees only what you share.", quiet=True))
    return Message(_HEAD, tuple(blocks))


def _also(name: str, platform: str) -> str:
    """Where nearly everything begins with /cohort, that may be put before the rest, too."""
    return f" (or /cohort {name})" if traits_of(platform).grouped and not name.startswith("cohort ") else ""

"""Help, and the page that shows all of somebody's cohorts."""

from collections.abc import Iterable
from typing import Final

from cohort_bot.app.commands import CommandSpec, Role
from cohort_bot.chat.i18n import N_, _, spans
from cohort_bot.chat.message import Block, Heading, Message, Span, Strong, bullets, paragraph
from cohort_bot.chat.traits import traits_of

_SECTIONS: Final = (
    (Role.ANYONE, N_("For everybody")),
    (Role.MEMBER, N_("For members")),
    (Role.MODERATOR, N_("For moderators")),
)


def help_(commands: Iterable[tuple[str, CommandSpec]], platform: str) -> Message:
    """Every command, in the words that are typed on the platform."""
    known = list(commands)
    head = _("What I can do")
    blocks: list[Block] = [Heading(head)]
    for role, title in _SECTIONS:
        rows = [(name, row) for name, row in known if row.who is role]
        if rows:
            blocks.append(paragraph(Strong(_(title))))
            blocks.append(bullets(_line(name, row, platform) for name, row in rows))
    blocks.append(paragraph(_("Moderators can read your check-ins; the group sees only what you share."), quiet=True))
    return Message(head, tuple(blocks))


def _line(name: str, row: CommandSpec, platform: str) -> tuple[Span, ...]:
    """Where nearly everything begins with /cohort, that may be put before the rest, too."""
    command, summary = Strong(f"/{name}"), _(row.summary)
    if traits_of(platform).grouped and not name.startswith("cohort "):
        return spans("{command} (or /cohort {name}) {summary}", command=command, name=name, summary=summary)
    return (command, f" {summary}")

"""Help, made from the command table."""

from cohort_bot.app.commands import CommandSpec, Role
from cohort_bot.app.services import Services
from cohort_bot.chat.form import Reply
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Block, Heading, Message, Strong, bullets, paragraph

_SECTIONS = ((Role.ANYONE, "For everybody"), (Role.MEMBER, "For members"), (Role.MODERATOR, "For moderators"))


async def help_(services: Services, invocation: Invocation) -> Reply:
    """Every command in the words of the platform."""
    blocks: list[Block] = [Heading("What I can do")]
    platform = invocation.actor.platform
    for role, title in _SECTIONS:
        rows = [(name, row) for name, row in services.table.commands(platform) if row.who is role]
        if rows:
            blocks.append(paragraph(Strong(title)))
            blocks.append(bullets((Strong(f"/{name}"), f" {row.summary}") for name, row in rows))
    blocks.append(paragraph("Moderators can read your check-ins; the group sees only what you share.", quiet=True))
    return Message("What I can do", tuple(blocks))


ROWS = (CommandSpec("help", Role.ANYONE, help_, "What I can do", {"": "help", "slack": "cohort help"}),)

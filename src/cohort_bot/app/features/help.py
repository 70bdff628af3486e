"""`/help`, made from the command table."""

from cohort_bot.app.commands import GROUPED, CommandSpec, Role
from cohort_bot.app.services import Services
from cohort_bot.app.words import help as words
from cohort_bot.chat.form import Reply
from cohort_bot.chat.i18n import N_
from cohort_bot.chat.invocation import Invocation


async def help_(services: Services, invocation: Invocation) -> Reply:
    """List every command as it is typed on the platform."""
    return words.help_(services.table.commands(invocation.actor.platform), invocation.actor.platform)


ROWS = (CommandSpec("help", Role.ANYONE, help_, N_("What I can do"), {"": "help", GROUPED: "cohort help"}),)

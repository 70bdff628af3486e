"""One's own page, where a platform has one: this week's tasks, one's record, for moderators the cohort's state."""

from cohort_bot.app.commands import CommandSpec, Role
from cohort_bot.app.errors import Forbidden, PersonError
from cohort_bot.app.overview import cohort_progress
from cohort_bot.app.plan import plan
from cohort_bot.app.progress import own
from cohort_bot.app.services import Services
from cohort_bot.chat.form import Reply
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Block, Message, paragraph


async def home(services: Services, invocation: Invocation) -> Reply:
    """Whatever of the three the person may see; what cannot be shown says why."""
    blocks: list[Block] = []
    for handler in (plan, own, cohort_progress):
        try:
            reply = await handler(services, invocation)
        except Forbidden:
            continue
        except PersonError as error:
            reply = Message(str(error))
        if isinstance(reply, Message):
            shown = reply.blocks or (paragraph(reply.summary),)
            blocks += [block for block in shown if block not in blocks]
    return Message("cohort-bot", tuple(blocks) or (paragraph("You are in no cohort yet. Press Join to begin."),))


ROWS = (CommandSpec("home", Role.ANYONE, home),)

"""A person's own page, such as Slack's home tab: their week, their record, and the cohorts that they moderate."""

from dataclasses import replace

from cohort_bot.app.access import VISIBLE_COHORTS, Access
from cohort_bot.app.commands import CommandSpec, Role
from cohort_bot.app.errors import Forbidden, PersonError
from cohort_bot.app.services import Services
from cohort_bot.app.words import home as words
from cohort_bot.chat.form import Reply
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Block, Heading, Message, paragraph

MOST = 5
"""The most cohorts that the page shows in full; of the others it lists the names."""


async def home(services: Services, invocation: Invocation) -> Reply:
    """Show each active cohort that the person is a member or a moderator of."""
    (seen,) = await services.require(invocation, VISIBLE_COHORTS)
    mine = [access for access in seen if access.cohort.active and (access.member or access.moderator)]
    if not mine:
        return words.no_home()
    mine.sort(key=lambda access: access.member is None)  # one's own week first
    blocks: list[Block] = []
    for access in mine[:MOST]:
        if len(mine) > 1:
            blocks.append(Heading(access.cohort.name))
        blocks += await _shown(services, invocation, access)
    return words.home(blocks, [access.cohort.name for access in mine[MOST:]], invocation.actor.platform)


async def _shown(services: Services, invocation: Invocation, access: Access) -> list[Block]:
    """What the person may see of one cohort; in place of what cannot be shown, the reason."""
    asked = replace(invocation, args={"id": str(access.cohort.id)})
    actions = [*(("plan", "progress") if access.member else ()), *(("cohort.progress",) if access.moderator else ())]
    blocks: list[Block] = []
    for action in actions:
        try:
            reply = await services.run(action, asked)
        except Forbidden:
            continue
        except PersonError as error:
            reply = Message(str(error))
        if isinstance(reply, Message):
            shown = reply.blocks or (paragraph(reply.summary),)
            blocks += [block for block in shown if block not in blocks]
    return blocks


ROWS = (CommandSpec("home", Role.ANYONE, home),)

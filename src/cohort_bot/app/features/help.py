"""`/help`: what the person can do, from the command table."""

from collections.abc import Sequence

from cohort_bot.app.access import VISIBLE_COHORTS, Access, role_of
from cohort_bot.app.commands import GROUPED, HELP, CommandSpec, Role
from cohort_bot.app.ports.store import Store
from cohort_bot.app.services import Services, reads
from cohort_bot.app.words import help as words
from cohort_bot.chat.form import Reply
from cohort_bot.chat.i18n import N_
from cohort_bot.chat.invocation import Invocation


@reads(VISIBLE_COHORTS)
def help_(services: Services, invocation: Invocation, _store: Store, seen: Sequence[Access]) -> Reply:
    """List the commands that the person may use, as they are typed on the platform."""
    platform, role = invocation.actor.platform, role_of(seen, invocation.actor)
    theirs = [each.cohort for each in seen if each.cohort.active and (each.member or role is Role.ANYONE)]
    return words.help_(services.table.commands(platform), role, theirs, platform)


ROWS = (CommandSpec(HELP, Role.ANYONE, help_, N_("What I can do"), {"": "help", GROUPED: "cohort help"}),)

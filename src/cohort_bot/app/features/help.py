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
    platform = invocation.actor.platform
    joinable = [access.cohort for access in seen if access.cohort.active and access.former is None]
    return words.help_(services.table.commands(platform), role_of(seen, invocation.actor), joinable, platform)


ROWS = (CommandSpec(HELP, Role.ANYONE, help_, N_("What I can do"), {"": "help", GROUPED: "cohort help"}),)

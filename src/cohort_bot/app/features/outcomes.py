"""What came of writing to somebody: the answer in one tap to the question a week later, and what was counted."""

from cohort_bot.app.access import MODERATOR
from cohort_bot.app.commands import CommandSpec, Role
from cohort_bot.app.options import whole_number
from cohort_bot.app.ports.store import Store
from cohort_bot.app.queries.outcomes import counted
from cohort_bot.app.services import Services, changes, reads
from cohort_bot.app.words import outcomes as words
from cohort_bot.chat.form import Reply
from cohort_bot.chat.invocation import Invocation
from cohort_bot.core.membership import Cohort


@changes(MODERATOR)
def came(_services: Services, invocation: Invocation, store: Store, cohort: Cohort) -> Reply:
    """Note what came of one message."""
    entry = store.outreach.get(whole_number(invocation.args.get("entry", ""), digits=9))
    result = next((each for each in words.BUTTONS if each.name.lower() == invocation.args.get("to")), None)
    member = store.members.get(entry.member_id) if entry is not None and entry.cohort_id == cohort.id else None
    if entry is None or member is None or result is None:
        raise words.unknown()
    store.outreach.set_outcome(entry.id, result)
    return words.noted(member, result)


@reads(MODERATOR)
def results(_services: Services, _invocation: Invocation, store: Store, cohort: Cohort) -> Reply:
    """Show what was counted."""
    return words.results(cohort, *counted(store.outreach.with_reason(cohort.id)))


ROWS = (
    CommandSpec("cohort.outreach.came", Role.MODERATOR, came),
    CommandSpec("cohort.outreach.results", Role.MODERATOR, results),
)

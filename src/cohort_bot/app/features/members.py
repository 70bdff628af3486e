"""`/cohort members`: the list of members, and the log of the moderators' changes."""

from datetime import date, datetime

from cohort_bot.app.access import MODERATOR_ALSO_OF_ENDED
from cohort_bot.app.commands import CommandSpec, Role
from cohort_bot.app.options import page_of
from cohort_bot.app.params import COHORT
from cohort_bot.app.ports.store import Store
from cohort_bot.app.queries.weekly import names_of
from cohort_bot.app.services import Services, reads
from cohort_bot.app.words import audit as audit_words
from cohort_bot.app.words import members as words
from cohort_bot.app.words.platforms import titled
from cohort_bot.chat.form import Reply
from cohort_bot.chat.i18n import N_
from cohort_bot.chat.invocation import Invocation
from cohort_bot.core.membership import Cohort, Member
from cohort_bot.core.rounds import zone_info


@reads(MODERATOR_ALSO_OF_ENDED)
def members(services: Services, invocation: Invocation, store: Store, cohort: Cohort) -> Reply:
    """List the members; the buttons turn the pages."""
    wanted = page_of(invocation)
    number, length = max(1, cohort.calendar.latest(invocation.at)), services.weeks(cohort)
    many = len({room.platform for room in store.cohorts.rooms(cohort.id)}) > 1
    entries = [
        words.Entry(
            member,
            number,
            _back(cohort, member, number, invocation.at),
            titled(member.account.platform) if many else "",
            member.week(number) > length,
        )
        for member in store.members.in_cohort(cohort.id)
    ]
    last = max(0, (len(entries) - 1) // words.PAGE)
    return words.members(cohort, entries, min(wanted, last), invocation.at)


def _back(cohort: Cohort, member: Member, number: int, at: datetime) -> date | None:
    today = at.astimezone(zone_info(cohort.calendar.zone_of(number))).date()
    return max((pause.last for pause in member.breaks if pause.first <= today <= pause.last), default=None)


@reads(MODERATOR_ALSO_OF_ENDED)
def changes(_services: Services, invocation: Invocation, store: Store, cohort: Cohort) -> Reply:
    """What the moderators changed in the cohort and in its members' records, the newest first."""
    place, actor = invocation.place, invocation.actor
    workspace = (place.workspace if place else None) or actor.workspace or ""
    made = store.audits.newest(cohort.id, audit_words.SHOWN)
    return audit_words.changes(cohort, made, names_of(store, made), actor.platform, workspace)


MEMBERS = CommandSpec(
    "cohort.members",
    Role.MODERATOR,
    members,
    N_("See who's in the cohort, with their local time, week and status"),
    {"": "cohort members"},
    (COHORT,),
)
ROWS = (MEMBERS, CommandSpec("cohort.changes", Role.MODERATOR, changes))

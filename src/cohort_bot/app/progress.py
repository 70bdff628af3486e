"""Progress: one's own, and for moderators the cohort's."""

from collections import defaultdict

from cohort_bot.app.commands import CommandSpec, Role
from cohort_bot.app.errors import PersonError
from cohort_bot.app.join import COHORT
from cohort_bot.app.lookup import choose, membership, moderated
from cohort_bot.app.services import Services
from cohort_bot.app.store import Store
from cohort_bot.app.views import member as member_views
from cohort_bot.app.views import moderator as views
from cohort_bot.chat.form import Reply
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Message
from cohort_bot.core.checkins import CheckIn, history, streak
from cohort_bot.core.progress import completion, risks


async def own(services: Services, invocation: Invocation) -> Reply:
    """The member's own record."""

    def read(store: Store) -> Message:
        cohort, member = membership(store, invocation)
        programme = services.programmes.get(cohort.programme)
        if programme is None:
            raise PersonError(
                f"The programme of {cohort.name} cannot be read right now. A moderator has to look at it."
            )
        made = store.checkins.of_member(member.id)
        filed = {each.round: each.filed_at for each in made}
        excused = store.checkins.excused(cohort.id).get(member.id, frozenset())
        rounds = history(cohort.calendar, member, filed, invocation.at, excused)
        return member_views.progress(cohort, programme, member, rounds, streak(rounds), completion(programme, made))

    return await services.database.read(read)


async def cohort_progress(services: Services, invocation: Invocation) -> Reply:
    """The cohort's state for its moderators: who needs a person, and why."""

    def read(store: Store) -> Message:
        cohort = moderated(store, invocation)
        calendar = cohort.calendar
        number = calendar.latest(invocation.at)
        made: dict[int, list[CheckIn]] = defaultdict(list)
        for checkin in store.checkins.of_cohort(cohort.id):
            made[checkin.member_id].append(checkin)
        excused = store.checkins.excused(cohort.id)
        rows = []
        for member in store.members.in_cohort(cohort.id):
            own_made = made[member.id]
            filed = {each.round: each.filed_at for each in own_made}
            rounds = history(calendar, member, filed, invocation.at, excused.get(member.id, frozenset()))
            rows.append(views.MemberRow(member, rounds[-views.SHOWN_ROUNDS :], risks(rounds, own_made)))
        newest = sum(any(each.round == number for each in made[row.member.id]) for row in rows)
        findings = [] if services.programmes.get(cohort.programme) else [views.no_programme(cohort)]
        return views.state(cohort, number, newest, rows, store.deliveries.parked(cohort.id), findings)

    return await services.database.read(read)


async def either(services: Services, invocation: Invocation) -> Reply:
    """Where one word serves both: the cohort for its moderators, one's own record for the others."""
    whose = await services.database.read(lambda store: choose(store, invocation))
    return await (cohort_progress if whose.moderator else own)(services, invocation)


async def retry(services: Services, invocation: Invocation) -> Reply:
    """Try again what was parked, after somebody has acted on the cure."""

    def write(store: Store) -> tuple[str, int]:
        cohort = moderated(store, invocation)
        return cohort.name, store.deliveries.rearm(cohort.id, invocation.at)

    name, count = await services.change(invocation, write)
    if not count:
        return Message(f"Nothing of {name} is waiting.")
    return Message(f"Trying {count} again for {name}. /cohort progress shows whether it went well.")


ROWS = (
    CommandSpec("progress", Role.MEMBER, own, "Your own record", {"": "progress", "slack": ""}, (COHORT,)),
    CommandSpec(
        "cohort.progress",
        Role.MODERATOR,
        cohort_progress,
        "How the cohort is doing, and who needs a person",
        {"": "cohort progress", "slack": ""},
        (COHORT,),
    ),
    CommandSpec(
        "progress.either",
        Role.MEMBER,
        either,
        "Your record; for moderators the cohort",
        {"slack": "cohort progress"},
        (COHORT,),
    ),
    CommandSpec("cohort.retry", Role.MODERATOR, retry),
)

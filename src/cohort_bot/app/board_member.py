"""What the board's page of one member shows: the record, all check-ins, outreach, changes, and what can be done."""

from collections.abc import Sequence
from dataclasses import dataclass

from cohort_bot.app.access import PAGE_FOR_MODERATORS, member_of
from cohort_bot.app.commands import Role
from cohort_bot.app.ports.store import Store
from cohort_bot.app.queries.programme import said
from cohort_bot.app.queries.standing import standing_of
from cohort_bot.app.services import Services
from cohort_bot.app.words import board_member as words
from cohort_bot.app.words import person as person_words
from cohort_bot.app.words.cohort_progress import reasons
from cohort_bot.app.words.progress import work
from cohort_bot.app.words.statuses import streak_line
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Button, Span
from cohort_bot.core.checkins import Status, streak
from cohort_bot.core.membership import Cohort
from cohort_bot.core.progress import completion

Line = Sequence[Span]

NEWEST = 4
"""Check-ins that are shown at once; the others can be opened."""


@dataclass(frozen=True, slots=True)
class MemberPage:
    """The page. `checkins` begin with the newest, as do `outreach` and `changes`."""

    cohort: Cohort
    title: str
    about: Line
    facts: Sequence[Line]
    rounds: Sequence[Status]
    checkins: Sequence[words.Entry]
    tasks_done: str
    outreach: Sequence[Line]
    changes: Sequence[Line]
    buttons: Sequence[Button]


async def member_page(services: Services, invocation: Invocation, member_id: int) -> MemberPage:
    """Read for a moderator of the cohort, also of one that has ended. Raises PersonError for whoever is not in it."""

    def read(store: Store, cohort: Cohort) -> MemberPage:
        member = member_of(store, cohort, str(member_id))
        made = store.checkins.of_member(member.id)
        programme = services.programmes.get(cohort.programme)
        standing = standing_of(store, cohort, member, invocation.at, services.weeks(cohort))
        rounds = standing.rounds
        facts: list[Line] = [person_words.why_here(member)] if member.why else []
        facts.append(reasons(standing))
        if rounds:
            facts.append(streak_line(streak(rounds), theirs=True).spans)
        if programme is not None and rounds:
            facts.append((work(completion(programme, made)),))
        weeks = {week.number: week.title for week in programme.weeks} if programme else {}
        log = [
            (each, store.deliveries.by_key(each.delivery_key) if each.delivery_key else None)
            for each in store.outreach.of_member(member.id)
        ]
        return MemberPage(
            cohort=cohort,
            title=person_words.title(cohort, member),
            about=person_words.about(standing, invocation.at),
            facts=facts,
            rounds=rounds,
            checkins=[
                words.checkin(said(programme, each), rounds[each.round - 1], weeks.get(each.week, ""))
                for each in reversed(made)
                if each.round <= len(rounds)
            ],
            tasks_done=words.tasks_done(made),
            outreach=words.outreach(log),
            changes=words.changes(store.audits.of_member(member.id)),
            buttons=person_words.buttons(cohort, member),
        )

    return await services.bound(Role.MODERATOR, None).read(invocation, PAGE_FOR_MODERATORS, read)

"""`/cohort progress`: the whole cohort on one card, or one member's record, for moderators."""

import asyncio

from cohort_bot.app.access import MEMBER_OR_MODERATOR, MODERATOR_ALSO_OF_ENDED, account_of, member_named, member_of
from cohort_bot.app.commands import GROUPED, CommandSpec, Role
from cohort_bot.app.delivery.alerts import undelivered
from cohort_bot.app.options import Options, page_of
from cohort_bot.app.params import COHORT, MEMBER_OPTIONAL
from cohort_bot.app.ports.store import Delivery, Store
from cohort_bot.app.queries.standing import Record, of_former, read_record, standing_of, standings
from cohort_bot.app.services import Services
from cohort_bot.app.words import board as board_words
from cohort_bot.app.words import cohort_progress as words
from cohort_bot.app.words import digest as digest_words
from cohort_bot.app.words import person as person_words
from cohort_bot.chat.form import Reply
from cohort_bot.chat.i18n import N_
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.traits import traits_of
from cohort_bot.core.checkins import Status
from cohort_bot.core.membership import Cohort, last_round
from cohort_bot.core.progress import completion

_RECENT = 3


async def cohort_progress(services: Services, invocation: Invocation) -> Reply:
    """Show who is at risk and why; with the option `member`, that person's record."""
    typed = Options(PROGRESS, invocation.args).text("member")
    if typed is not None:
        return await _person(services, invocation, typed)
    page = page_of(invocation)

    def read(store: Store, cohort: Cohort) -> tuple[Record, list[tuple[Status, ...]], list[words.Failure], bool]:
        account = account_of(store, invocation.actor)
        mine = account is not None and store.members.of(cohort.id, account.person_id) is not None
        record = read_record(store, cohort, invocation.at, services.weeks(cohort))
        first = max(1, cohort.calendar.latest(record.at) - words.SHOWN_ROUNDS + 1)
        return record, of_former(store, record, cohort.calendar.opens(first)), undelivered(store, cohort), mine

    record, former, parked, mine = await services.read(invocation, MODERATOR_ALSO_OF_ENDED, read)
    people = await asyncio.to_thread(standings, record)  # a long cohort takes a while, and others wait for the loop
    cohort = record.cohort
    findings = [] if services.programmes.get(cohort.programme) else [digest_words.no_programme_finding(cohort)]
    last = last_round(record.weeks, record.members)
    number = min(cohort.calendar.latest(record.at), last)
    one_command = EITHER.name_on(invocation.actor.platform) is not None  # then one's own record is a button
    mine_too = [words.own_button(cohort)] if mine and one_command else []
    if services.board_url:
        mine_too.append(board_words.board_button(cohort))
    pictures = traits_of(invocation.actor.platform).pictures
    return words.overview(
        *(cohort, number, people, page, parked, findings, invocation.at, mine_too, former), last=last, pictures=pictures
    )


async def person(services: Services, invocation: Invocation) -> Reply:
    """One member's record, for the button beside their name."""
    return await _person(services, invocation, None)


async def _person(services: Services, invocation: Invocation, typed: str | None) -> Reply:
    def read(store: Store, cohort: Cohort) -> Reply:
        member = (
            member_of(store, cohort, invocation.args.get("member", ""))
            if typed is None
            else member_named(store, cohort, invocation, typed)
        )
        made = store.checkins.of_member(member.id)
        programme = services.programmes.get(cohort.programme)
        return person_words.record(
            cohort,
            standing_of(store, cohort, member, invocation.at, services.weeks(cohort)),
            made[-_RECENT:],
            completion(programme, made) if programme else None,
            store.audits.of_member(member.id),
            [(entry, _arrived(store, entry.delivery_key)) for entry in store.outreach.of_member(member.id)],
            invocation.at,
        )

    return await services.read(invocation, MODERATOR_ALSO_OF_ENDED, read)


def _arrived(store: Store, key: str | None) -> Delivery | None:
    return None if key is None else store.deliveries.by_key(key)


async def either(services: Services, invocation: Invocation) -> Reply:
    """Where commands are grouped, one command for both: moderators see the cohort, others their own record."""
    (access,) = await services.require(invocation, MEMBER_OR_MODERATOR)
    of_cohort = access.moderator or "member" in invocation.args
    return await services.run("cohort.progress" if of_cohort else "progress", invocation)


PROGRESS = CommandSpec(
    "cohort.progress",
    Role.MODERATOR,
    cohort_progress,
    N_("See how the cohort is doing, who needs someone, or one member's record"),
    {"": "cohort progress", GROUPED: ""},
    (MEMBER_OPTIONAL, COHORT),
)
EITHER = CommandSpec(
    "progress.either",
    Role.MEMBER,
    either,
    N_("See your record, or the cohort's if you're a moderator"),
    {GROUPED: "cohort progress"},
    (MEMBER_OPTIONAL, COHORT),
)
ROWS = (
    PROGRESS,
    EITHER,
    CommandSpec("cohort.person", Role.MODERATOR, person),
)

"""Suggestions while somebody types an option of a command. Each completer is given what is typed so far."""

import asyncio
from collections.abc import Iterable, Sequence

from cohort_bot.app.access import (
    MEMBER,
    MODERATOR_ALSO_OF_ENDED,
    VISIBLE_COHORTS,
    called,
    cohort_starter,
    names_of,
    role_of,
)
from cohort_bot.app.cohorts import workspace_of
from cohort_bot.app.ports.store import Store
from cohort_bot.app.services import Services
from cohort_bot.app.words import cohorts as cohorts_words
from cohort_bot.app.words import completers as completers_words
from cohort_bot.app.words import create as create_words
from cohort_bot.app.words import zones as zones_words
from cohort_bot.app.words.dates import weekday
from cohort_bot.app.words.vocabulary import place_words
from cohort_bot.chat.form import Option
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.typed import in_words, shorten
from cohort_bot.core import zones as known_zones
from cohort_bot.core.checkins import takes
from cohort_bot.core.folding import bare, begins
from cohort_bot.core.membership import Cohort, Member
from cohort_bot.core.programme import Programme
from cohort_bot.core.rounds import DAYS, LATE_ROUNDS

STARTER = cohort_starter(create_words.cannot_start)

LABEL = 75
"""Most characters of a suggestion, which every platform shows in full."""

BEFORE = 2
"""How many weeks before the present one are suggested when nothing is typed yet."""


async def zones(_services: Services, invocation: Invocation, typed: str) -> Sequence[Option]:
    """Places and time zones whose names begin with what is typed; otherwise what it may mean."""
    at = invocation.at
    meanings = await asyncio.to_thread(known_zones.suggest, typed, at, place_words())
    return [zones_words.suggestion(meaning, at) for meaning in meanings]


async def commands(services: Services, invocation: Invocation, typed: str) -> Sequence[Option]:
    """The commands with this in their name that the person may use."""
    (seen,) = await services.require(invocation, VISIBLE_COHORTS)
    role = role_of(seen, invocation.actor)
    known = services.table.commands(invocation.actor.platform)
    shown = [Option(name, in_words(f"/{name}")) for name, row in known if row.who <= role]
    return [each for each in shown if typed in each.value or bare(typed) in bare(each.label)]


async def cohorts(services: Services, invocation: Invocation, typed: str) -> Sequence[Option]:
    """The cohorts that the person sees from here."""
    (accesses,) = await services.require(invocation, VISIBLE_COHORTS)
    names = called([access.cohort for access in accesses])
    labelled = {
        name: name if cohort.active or name != cohort.name else cohorts_words.ended(name)
        for name, cohort in names.items()
    }
    return [Option(name, label) for name, label in labelled.items() if typed.casefold() in name.casefold()]


async def own_programmes(services: Services, invocation: Invocation, typed: str) -> Sequence[Option]:
    """The programmes that were added in this workspace."""
    return await _programmes(services, invocation, typed, ())


async def programmes(services: Services, invocation: Invocation, typed: str) -> Sequence[Option]:
    """The programmes that a cohort here can follow."""
    return await _programmes(services, invocation, typed, services.programmes.slugs())


async def _programmes(
    services: Services, invocation: Invocation, typed: str, shared: Sequence[str]
) -> Sequence[Option]:
    def read(store: Store) -> list[str]:
        return [each.name for each in store.programmes.newest(*workspace_of(invocation))]

    names = [*await services.read(invocation, STARTER, read), *shared]
    return [Option(name, shorten(name, LABEL)) for name in names if name.casefold().startswith(typed.casefold())]


async def days(_services: Services, _invocation: Invocation, typed: str) -> Sequence[Option]:
    """Days of the week that begin with what is typed."""
    shown = [Option(day, weekday(number)) for number, day in enumerate(DAYS)]
    return [each for each in shown if any(begins(name, typed) for name in (each.value, each.label))]


async def own_rounds(services: Services, invocation: Invocation, typed: str) -> Sequence[Option]:
    """The rounds that still take a check-in of the member, the newest first, each with its week."""

    def read(store: Store, cohort: Cohort, member: Member) -> tuple[Cohort, Member, set[int]]:
        return cohort, member, {checkin.round for checkin in store.checkins.of_member(member.id)}

    cohort, member, made = await services.read(invocation, MEMBER, read)
    programme = services.programmes.get(cohort.programme)
    newest = cohort.calendar.latest(invocation.at)
    rounds = range(newest, max(0, newest - LATE_ROUNDS - 1), -1)
    return _matching(
        (
            (number, _round(number, member.week(number), programme, made=number in made))
            for number in rounds
            if number >= member.first_round
            and takes(cohort.calendar, number, invocation.at)
            and (programme is None or member.week(number) <= programme.length)
        ),
        typed,
    )


def _round(number: int, week: int, programme: Programme | None, *, made: bool) -> str:
    return completers_words.own_round(number, week, programme.week(week) if programme else None, made=made)


async def rounds(services: Services, invocation: Invocation, typed: str) -> Sequence[Option]:
    """All rounds of a cohort that have opened, for its moderators, the newest first."""
    (cohort,) = await services.require(invocation, MODERATOR_ALSO_OF_ENDED)
    calendar = cohort.calendar
    opened = range(calendar.latest(invocation.at), 0, -1)
    return _matching(((n, completers_words.opened_round(n, calendar.opens_on(n))) for n in opened), typed)


async def weeks(services: Services, invocation: Invocation, typed: str) -> Sequence[Option]:
    """Weeks of the member's programme by number or title; with nothing typed those around the present one."""
    cohort, member = await services.require(invocation, MEMBER)
    programme = services.programmes.get(cohort.programme)
    if programme is None:
        return ()
    number = max(cohort.calendar.latest(invocation.at), member.first_round)
    first = 1 if typed else max(1, min(member.week(number), programme.length) - BEFORE)
    known = (programme.week(number) for number in range(first, programme.length + 1))
    return _matching(((week.number, completers_words.week(week)) for week in known if week), typed)


def _matching(numbered: Iterable[tuple[int, str]], typed: str) -> list[Option]:
    """Those whose number begins with what is typed, or whose text holds it."""
    wanted = typed.strip().casefold()
    return [
        Option(str(number), shorten(label, LABEL))
        for number, label in numbered
        if (str(number).startswith(wanted) if wanted.isdigit() else wanted in label.casefold())
    ]


async def members(services: Services, invocation: Invocation, typed: str) -> Sequence[Option]:
    """Members whose name holds what is typed, for moderators only."""

    known = await services.read(
        invocation, MODERATOR_ALSO_OF_ENDED, lambda store, cohort: store.members.in_cohort(cohort.id)
    )
    return [
        Option(member.account.user, member.name)
        for member in known
        if typed.casefold() in " ".join((*names_of(member), member.account.user)).casefold()
    ]

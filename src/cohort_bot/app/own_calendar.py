"""What is in a member's calendar, and the calendar as a file that any calendar app reads (iCalendar, RFC 5545)."""

import hashlib
import secrets
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta
from typing import Final

from cohort_bot.app.cohorts import read_programme
from cohort_bot.app.delivery.planner import paper_at
from cohort_bot.app.ports.calendars import KeptCalendar
from cohort_bot.app.ports.database import Database
from cohort_bot.app.ports.programmes import Programmes
from cohort_bot.app.ports.store import Store
from cohort_bot.app.queries.readers import language_of
from cohort_bot.app.words import own_calendar as words
from cohort_bot.chat.i18n import speaking
from cohort_bot.core import agenda
from cohort_bot.core.agenda import Event
from cohort_bot.core.features import Feature
from cohort_bot.core.membership import Account, Cohort, Member
from cohort_bot.core.programme import Programme

REFRESH: Final = timedelta(hours=6)
"""How often a calendar app is asked to look again."""

_UIDS: Final = uuid.UUID("3b1f6f0e-6a53-5b0e-9d7c-6a5a1c0f2e11")
"""The name space of the dates' unique ids."""


@dataclass(frozen=True, slots=True)
class Own:
    """One membership, and the programme as its cohort reads it."""

    store: Store
    cohort: Cohort
    member: Member
    programme: Programme


def _weeks(own: Own) -> Iterator[Event]:
    for number in agenda.own_rounds(own.cohort.calendar, own.member, own.programme.length):
        if week := own.programme.week(own.member.week(number)):
            yield words.week(own.cohort, number, week)


def _papers(own: Own) -> Iterator[Event]:
    """The cohort's papers, in the rounds that are the member's."""
    for number in agenda.own_rounds(own.cohort.calendar, own.member, own.programme.length):
        for paper in own.programme.papers_of(number)[:1] if number <= own.programme.length else ():
            yield words.paper(own.cohort, number, paper, paper_at(own.cohort.calendar, number))


def _meetings(own: Own) -> Iterator[Event]:
    """When the cohort's papers are presented."""
    if Feature.PAPER_CLUB in own.cohort.features:
        for week, meeting in sorted(own.store.paper_club.meetings(own.cohort.id).items()):
            for paper in own.programme.papers_of(week)[:1]:
                yield words.paper_meeting(own.cohort, week, paper, meeting.starts)


def _weeks_off(own: Own) -> Iterator[Event]:
    calendar = own.cohort.calendar
    for number, weeks, since, until in agenda.weeks_off(calendar, own.member, own.programme.length):
        yield words.weeks_off(own.cohort, weeks, since, until, number)


def _breaks(own: Own) -> Iterator[Event]:
    """Of those that begin on one day the longest."""
    longest = {pause.first: pause for pause in sorted(own.member.breaks, key=lambda pause: pause.last)}
    return (words.own_break(own.cohort, pause) for pause in longest.values())


DATES: Final[Sequence[Callable[[Own], Iterable[Event]]]] = (_weeks, _papers, _meetings, _weeks_off, _breaks)
"""Where the dates of a member's calendar come from: a feature that has dates of its own adds its function here."""


@dataclass(frozen=True, slots=True)
class OwnCalendar:
    """The dates of an account's active memberships, each with its unique id, and what is kept of the calendar. All is
    said in the member's `language`.
    """

    cohorts: Sequence[Cohort]
    events: Sequence[tuple[str, Event]]
    kept: KeptCalendar | None
    language: str

    @property
    def name(self) -> str:
        """What an app calls it."""
        with speaking(self.language):
            return words.name(self.cohorts)

    @property
    def fingerprint(self) -> str:
        """Stands for all that the dates say."""
        said = repr([self.name, *((uid, *astuple(event)) for uid, event in self.events)])
        return hashlib.blake2b(said.encode(), digest_size=16).hexdigest()


def read(store: Store, programmes: Programmes, account: Account) -> OwnCalendar:
    """The account's calendar as it is now. Raises PersonError when a programme cannot be read."""
    mine = [each for each in store.members.of_person(account.person_id) if each.active]
    cohorts = [(cohort, member) for member in mine if (cohort := store.cohorts.get(member.cohort_id))]
    language = language_of(account, cohort=cohorts[0][0] if cohorts else None)
    with speaking(language):
        events = [
            (_uid(cohort, member, event), event)
            for cohort, member in cohorts
            for own in [Own(store, cohort, member, read_programme(programmes, store, cohort))]
            for dates in DATES
            for event in dates(own)
        ]
    kept = store.calendars.of_account(account.id)
    return OwnCalendar([cohort for cohort, _member in cohorts], events, kept, language)


def _uid(cohort: Cohort, member: Member, event: Event) -> str:
    """The same for ever, and of no other bot's: a date that moves is the same date."""
    whose = (cohort.platform, cohort.workspace, cohort.id, cohort.created_at.isoformat(), member.id, event.key)
    return f"{uuid.uuid5(_UIDS, '/'.join(map(str, whose)))}@cohort-bot"


def revised(store: Store, calendar: OwnCalendar, account: Account, at: datetime) -> KeptCalendar:
    """What is kept of the calendar, after noting that it has changed, if it has."""
    if calendar.kept is not None and calendar.kept.fingerprint == calendar.fingerprint:
        return calendar.kept
    return store.calendars.revise(account.id, calendar.fingerprint, at)


async def subscribed(
    database: Database, programmes: Programmes, secret: str, at: datetime
) -> tuple[OwnCalendar, KeptCalendar] | None:
    """The calendar with this address; None for an address that is unknown, or was stopped. A change is noted.

    Raises PersonError when a programme cannot be read.
    """

    def look(store: Store) -> tuple[OwnCalendar, Account] | None:
        kept = store.calendars.by_secret(secret)
        account = store.people.get(kept.account_id) if kept else None
        return (read(store, programmes, account), account) if account else None

    def note(store: Store) -> tuple[OwnCalendar, KeptCalendar] | None:
        found = look(store)
        return (found[0], revised(store, *found, at)) if found else None

    found = await database.read(look)
    if found is None:
        return None
    calendar, _account = found
    if calendar.kept is not None and calendar.kept.fingerprint == calendar.fingerprint:
        return calendar, calendar.kept
    return await database.write(note)


def new_secret() -> str:
    """What makes an address secret: 256 bits."""
    return secrets.token_urlsafe(32)


def ics(calendar: OwnCalendar, kept: KeptCalendar) -> str:
    """The calendar as a file. All instants are in UTC; the same calendar is always the same text."""
    from icalendar import TRANSP  # noqa: PLC0415 - a tenth of a second, for those who ask for it
    from icalendar import Calendar as Ics  # noqa: PLC0415
    from icalendar import Event as IcsEvent  # noqa: PLC0415

    changed = kept.changed_at
    made = Ics.new(name=calendar.name, prodid="-//cohort-bot//calendar//EN", last_modified=changed)
    del made["UID"]  # a new one each time
    made.add("REFRESH-INTERVAL", REFRESH, parameters={"VALUE": "DURATION"})
    made.add("X-PUBLISHED-TTL", f"PT{REFRESH // timedelta(hours=1)}H")
    for uid, event in calendar.events:
        made.add_component(
            IcsEvent.new(
                uid=uid,
                start=event.starts,
                end=event.ends,
                summary=event.title,
                description=event.text or None,
                url=event.url or None,
                stamp=changed,
                last_modified=changed,
                sequence=kept.sequence,
                transparency=TRANSP.TRANSPARENT,
            )
        )
    return str(made.to_ical().decode())

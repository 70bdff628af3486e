"""Rules and changes of cohorts that several moderator commands share."""

from dataclasses import replace
from datetime import datetime, time, timedelta

from cohort_bot.app import questions
from cohort_bot.app.delivery import keys
from cohort_bot.app.ports.programmes import Programmes
from cohort_bot.app.ports.store import NewDelivery, Store
from cohort_bot.app.queries.programme import as_read
from cohort_bot.app.words import create as create_words
from cohort_bot.app.words import digest_channel as digest_channel_words
from cohort_bot.app.words import errors as errors_words
from cohort_bot.app.words import zones as zones_words
from cohort_bot.chat.i18n import speaking
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.place import Place
from cohort_bot.core.membership import Cohort, Room
from cohort_bot.core.programme import Programme

NAME_MOST = 50
AHEAD_MOST = timedelta(days=2 * 366)
OPENING_AT = time(9, 0)


def workspace_of(invocation: Invocation) -> tuple[str, str]:
    """The platform and workspace in which something was done."""
    workspace = invocation.place.workspace if invocation.place else invocation.actor.workspace
    return invocation.actor.platform, workspace or ""


def other_zone(store: Store, invocation: Invocation, cohort: Cohort, zone: str) -> str:
    """Keep a draft of `/cohort edit timezone:` for a cohort whose zone was just set; returns its token."""
    args = {"id": str(cohort.id), "timezone": zone}
    again = replace(invocation, action="cohort.edit", kind="command", args=args, fields={})
    return questions.keep(store, again, "timezone", zones_words.change_zone(), zones_words.zone_hint())


def no_digest_there(store: Store, place: Place) -> None:
    """Raise PersonError when a moderators' digest goes to the place: then no cohort may meet there."""
    if store.cohorts.has_digest(place.platform, place.workspace, place.channel):
        raise digest_channel_words.digest_goes_there()


def no_members_there(store: Store, place: Place) -> None:
    """Raise PersonError when members of any cohort read the place: then no moderators' digest may go there."""
    if store.cohorts.read_by_members(place.platform, place.workspace, place.channel):
        raise digest_channel_words.members_read_there()


def invite(store: Store, cohort: Cohort, place: Place, at: datetime, *, private: bool) -> Room:
    """Add the place as a room of the cohort, and post the invitation there."""
    no_digest_there(store, place)
    room = store.cohorts.add_room(cohort.id, place.platform, place.workspace, place.channel, private=private)
    store.deliveries.add([NewDelivery.to_room("join-card", keys.join_card(room), room, at)])
    return room


def cohort_name(typed: str) -> str:
    """The name on one line. Raises PersonError when it is empty, too long or not printable."""
    name = " ".join(typed.split())
    if not name or len(name) > NAME_MOST or not name.isprintable():
        raise create_words.no_name(NAME_MOST)
    return name


def must_be_free(store: Store, place: Place, name: str, but: int | None = None) -> None:
    """Raise PersonError when an active cohort of the workspace, other than the one with the id `but`, has the name."""
    here = store.cohorts.in_workspace(place.platform, place.workspace)
    at_home = store.cohorts.named(name, place.platform, place.workspace)
    if any(
        cohort.active and cohort.id != but and cohort.name.casefold() == name.casefold() for cohort in (*here, *at_home)
    ):
        raise create_words.name_taken(name)


def next_week(programmes: Programmes, cohort: Cohort, invocation: Invocation) -> int | None:
    """The number of the next round to open, None after the last week of the programme."""
    number = cohort.calendar.latest(invocation.at) + 1
    return number if number <= programme_of(programmes, cohort).length else None


def must_have_opened(cohort: Cohort, number: int, at: datetime) -> None:
    """Raise PersonError when the round has not opened at the instant."""
    newest = cohort.calendar.latest(at)
    if number > newest:
        raise errors_words.round_ahead(number, newest)


def translated_weeks(programmes: Programmes, slug: str, language: str) -> int:
    """How many weeks of a programme are translated to a language."""
    with speaking(language):
        programme = programmes.get(slug)
    return len(programme.translation.weeks) if programme and programme.translation else 0


def programme_of(programmes: Programmes, cohort: Cohort) -> Programme:
    """The cohort's programme, or PersonError when it cannot be read."""
    programme = programmes.get(cohort.programme)
    if programme is None:
        raise errors_words.programme_unreadable(cohort)
    return programme


def read_programme(programmes: Programmes, store: Store, cohort: Cohort) -> Programme:
    """The programme as the cohort reads it, with picked papers. Raises PersonError, in words for a member."""
    programme = programmes.get(cohort.programme)
    if programme is None:
        raise errors_words.no_programme(cohort)
    return as_read(store, cohort.id, programme)

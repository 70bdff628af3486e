"""`/profile calendar`: one's weeks, papers and other dates as a calendar file, and an address to subscribe to."""

import asyncio

from cohort_bot.app import own_calendar
from cohort_bot.app.access import account_holder
from cohort_bot.app.commands import CommandSpec, Role
from cohort_bot.app.ports.calendars import KeptCalendar
from cohort_bot.app.ports.store import Store
from cohort_bot.app.services import Services, changes
from cohort_bot.app.words import own_calendar as words
from cohort_bot.app.words.profile import nothing_kept
from cohort_bot.chat.form import Reply
from cohort_bot.chat.invocation import Invocation
from cohort_bot.core.membership import Account

PERSON = account_holder(lambda invocation: nothing_kept(invocation.actor.platform))


async def as_file(services: Services, invocation: Invocation) -> Reply:
    """Send the file, privately."""

    def read(store: Store, account: Account) -> tuple[own_calendar.OwnCalendar, KeptCalendar]:
        calendar = own_calendar.read(store, services.programmes, account)
        if not calendar.cohorts:
            raise words.nothing_to_show(invocation.actor.platform)
        return calendar, own_calendar.revised(store, calendar, account, invocation.at)

    calendar, kept = await services.change(invocation, PERSON, read)
    content = await asyncio.to_thread(own_calendar.ics, calendar, kept)
    url, platform = bool(services.calendar_url), invocation.actor.platform
    return words.as_file(calendar.cohorts, content, subscribed=kept.since is not None, url=url, platform=platform)


@changes(PERSON)
def address(services: Services, invocation: Invocation, store: Store, account: Account) -> Reply:
    """Make a secret address, in place of an earlier one, and show it this once."""
    if not services.calendar_url:
        raise words.no_address()
    if not store.members.of_person(account.person_id):
        raise words.nothing_to_show(invocation.actor.platform)
    before = store.calendars.of_account(account.id)
    secret = own_calendar.new_secret()
    store.calendars.set_secret(account.id, secret, invocation.at)
    had = before is not None and before.since is not None
    return words.address(f"{services.calendar_url}/{secret}.ics", before=had)


@changes(PERSON)
def off(_services: Services, invocation: Invocation, store: Store, account: Account) -> Reply:
    """Stop the address."""
    before = store.calendars.of_account(account.id)
    store.calendars.set_secret(account.id, None, invocation.at)
    return words.stopped(before=before is not None and before.since is not None)


ROWS = (
    CommandSpec("profile.calendar", Role.MEMBER, as_file),
    CommandSpec("profile.calendar.address", Role.MEMBER, address),
    CommandSpec("profile.calendar.off", Role.MEMBER, off),
)

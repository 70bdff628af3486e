"""`/profile`: what is kept about a person; they change it, get a copy, or have it erased."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from cohort_bot.app import paper_votes
from cohort_bot.app.access import MEMBER, account_holder, ensure_account
from cohort_bot.app.commands import GROUPED, CommandSpec, Param, Role
from cohort_bot.app.delivery import edits, keys, paper_meetings
from cohort_bot.app.delivery.kinds import QUOTING
from cohort_bot.app.errors import Question
from cohort_bot.app.options import Options
from cohort_bot.app.params import COHORT, LANGUAGES
from cohort_bot.app.ports.store import NewDelivery, Store
from cohort_bot.app.queries import readers
from cohort_bot.app.queries.standing import history_of
from cohort_bot.app.services import Services, changes, reads
from cohort_bot.app.words import join as join_words
from cohort_bot.app.words import profile as words
from cohort_bot.app.zones import zone_named
from cohort_bot.chat.form import FieldErrors, Option, Reply
from cohort_bot.chat.i18n import N_, go_on_in
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Message
from cohort_bot.core.checkins import Status
from cohort_bot.core.membership import Account, Member

PERSON: Final = account_holder(lambda invocation: words.nothing_kept(invocation.actor.platform))
"""Anybody with an account; about others nothing is kept."""


async def profile(services: Services, invocation: Invocation) -> Reply:
    """Show what is kept about the person; options change it first."""
    await services.require(invocation, PERSON)
    options = Options(PROFILE, invocation.args)
    typed_zone, reminders, hours = options.text("timezone"), options.choice("reminders"), options.number("hours")
    mention, chosen = options.choice("mention"), options.language("language")
    if calendar := options.choice("calendar"):
        return await services.run(CALENDAR[calendar], invocation)
    zone = None if typed_zone is None else await zone_named(typed_zone, invocation.at)
    if zone is None and reminders is None and hours is None and mention is None and chosen is None:
        return await services.read(invocation, PERSON, lambda store, account: _shown(store, account, invocation, ()))

    def write(store: Store, account: Account) -> Message:
        changed: list[words.Setting] = []
        if zone is not None:
            account = ensure_account(store, invocation.actor, zone, invocation.at)
            changed.append("timezone")
        if reminders is not None:
            on = reminders == "on"
            store.people.update(account.id, name=account.name, zone=account.zone, reminders=on)
            changed.append("reminders")
        if mention is not None:
            store.people.set_mention(account.id, wanted=mention == "on")
            changed.append("mentions")
        if chosen is not None:
            store.people.set_language(account.id, "" if chosen == AS_THE_APP else chosen)
            go_on_in(readers.language_of(store.people.get(account.id) or account, invocation.actor))
            changed.append("language")
        if hours is not None:
            for member in _mine(store, invocation, account):
                store.members.set_hours(member.id, hours)
            changed.append("hours")
        return _shown(store, store.people.get(account.id) or account, invocation, changed)

    return await services.change(invocation, PERSON, write)


@reads(PERSON)
def zone_form(_services: Services, _invocation: Invocation, _store: Store, account: Account) -> Reply:
    """Open the form for another time zone."""
    return words.zone_form(account.zone)


async def zone_save(services: Services, invocation: Invocation) -> Reply:
    """Store the time zone of the form, and show the profile."""
    await services.require(invocation, PERSON)
    typed_zone = invocation.field("timezone")
    try:
        zone = await zone_named(typed_zone, invocation.at)
    except Question as question:
        if question.several:
            raise
        return FieldErrors(words.zone_form(typed_zone), {"timezone": str(question)})

    def write(store: Store, _account: Account) -> Message:
        return _shown(store, ensure_account(store, invocation.actor, zone, invocation.at), invocation, ["timezone"])

    return await services.change(invocation, PERSON, write)


def _mine(store: Store, invocation: Invocation, account: Account) -> Sequence[Member]:
    """The membership in the cohort that is named, or all of them."""
    if invocation.args.get("cohort", "").strip():
        return [MEMBER.check(store, invocation)[1]]
    mine = store.members.of_person(account.person_id)
    if not mine:
        raise words.no_hours(invocation.actor.platform)
    return mine


def _shown(store: Store, account: Account, invocation: Invocation, changed: Sequence[words.Setting]) -> Message:
    return words.profile(account, _entries(store, account), invocation.at, changed)


def _entries(store: Store, account: Account) -> list[words.Entry]:
    """Every membership that the person ever had, with its record."""
    return [
        words.Entry(cohort, member, store.checkins.of_member(member.id))
        for member in store.members.ever_of_person(account.person_id)
        if (cohort := store.cohorts.get(member.cohort_id))
    ]


@changes(PERSON)
def export(_services: Services, invocation: Invocation, store: Store, account: Account) -> Message:
    """Send the person's whole record by direct message, including cohorts that they left; show a summary here."""
    entries = _entries(store, account)
    store.deliveries.add(
        NewDelivery.to_account(
            "export",
            keys.export(entry.member.id, invocation.actor.platform, invocation.id),
            account,
            entry.cohort.id,
            invocation.at,
            member_id=entry.member.id,
        )
        for entry in entries
    )
    return words.export(account, entries)


@reads(PERSON)
def erase(_services: Services, _invocation: Invocation, _store: Store, _account: Account) -> Reply:
    """Ask before anything is erased."""
    return words.erase()


@changes(PERSON)
def erase_yes(services: Services, invocation: Invocation, store: Store, account: Account) -> Reply:
    """Erase all personal data; when they checked in stays for the cohort's figures, without what they wrote."""
    for member in store.members.ever_of_person(account.person_id):
        _excuse_breaks(store, services, member, invocation.at)
        store.checkins.erase(member.id)
        edits.request_all(store, "shared", member.id, invocation.at)
        store.deliveries.erase(member.cohort_id, member.id, QUOTING)
        store.outreach.erase(member.id)
        store.papers.erase(member.id)
        free = store.paper_club.cancel(member.id, invocation.at)
        paper_meetings.tell_open(store, member.cohort_id, free, invocation.id, invocation.at)
        paper_votes.erase(store, member.id, member.cohort_id, invocation.at)
        store.audits.erase(member.id)
        store.retrospectives.erase(member.id)
        store.recall_answers.erase(member.id)
        store.groups.leave(member.id)
        store.members.erase(member.id, invocation.at, _former(store, member))
        store.cohorts.replan(member.cohort_id, invocation.at)
    store.calendars.erase(account.person_id)
    store.people.erase(account.person_id, words.former())
    return words.erased(invocation.actor.platform)


def _former(store: Store, member: Member) -> str:
    """What stands where their name stood: for the others in the cohort, so in its language."""
    with readers.speaking_to(store.cohorts.get(member.cohort_id)):
        return words.former()


def _excuse_breaks(store: Store, services: Services, member: Member, at: datetime) -> None:
    """Excuse the rounds of their breaks, since the dates are erased: the cohort's figures stay as they are."""
    cohort = store.cohorts.get(member.cohort_id)
    if cohort is None:
        return
    for number, status in enumerate(history_of(store, cohort, member, at, services.weeks(cohort)), start=1):
        if status is Status.BREAK:
            store.checkins.excuse(member.id, number, "", "", at)


@changes(account_holder(lambda _: words.no_reminders()))
def reminders_off(_services: Services, _invocation: Invocation, store: Store, account: Account) -> Reply:
    """Stop all reminders of the person."""
    store.people.update(account.id, name=account.name, zone=account.zone, reminders=False)
    return words.no_more_reminders()


@changes(PERSON)
def mention_on(_services: Services, invocation: Invocation, store: Store, account: Account) -> Reply:
    """Allow reminders that cannot be sent directly to mention the person in the thread."""
    store.people.set_mention(account.id, wanted=True)
    return words.mentioned(invocation.actor.platform)


AS_THE_APP: Final = "app"
"""The choice of the language that the person's client has."""

CALENDAR = {"file": "profile.calendar", "address": "profile.calendar.address", "off": "profile.calendar.off"}
"""The action of each choice of the option `calendar`."""

ON_OFF = (Option("on", "on"), Option("off", "off"))

PROFILE = CommandSpec(
    "profile",
    Role.MEMBER,
    profile,
    N_("See, change, export or erase what I keep about you"),
    {"": "profile", GROUPED: "cohort profile"},
    (
        Param("timezone", "zone", N_("your time zone: a city, a country, or what your clock shows")),
        Param("reminders", "choice", N_("whether I remind you"), choices=ON_OFF),
        Param(
            "mention", "choice", N_("whether I may mention you in a thread when direct messages fail"), choices=ON_OFF
        ),
        Param(
            "calendar",
            "choice",
            N_("your weeks and papers for your calendar app"),
            choices=(
                Option("file", N_("a file")),
                Option("address", N_("an address to subscribe to")),
                Option("off", N_("stop the address")),
            ),
            alone="file",
        ),
        Param("hours", "int", N_("hours per week you can spend on this"), most=join_words.HOURS_MOST),
        Param(
            "language",
            "choice",
            N_("the language in which I answer you"),
            choices=(*LANGUAGES, Option(AS_THE_APP, N_("the one your app is set to"))),
        ),
        COHORT,
    ),
)
ROWS = (
    PROFILE,
    CommandSpec("profile.zone", Role.MEMBER, zone_form),
    CommandSpec("profile.zone.save", Role.MEMBER, zone_save),
    CommandSpec("profile.export", Role.MEMBER, export),
    CommandSpec("profile.erase", Role.MEMBER, erase),
    CommandSpec("profile.erase.yes", Role.MEMBER, erase_yes),
    CommandSpec("mention.on", Role.MEMBER, mention_on),
    CommandSpec("reminders.off", Role.MEMBER, reminders_off),
)

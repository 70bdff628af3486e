"""`/cohort groups`: a moderator sees the small groups of a cohort, and moves people."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from cohort_bot.app import audit
from cohort_bot.app.access import MODERATOR, member_named, member_of, where
from cohort_bot.app.commands import CommandSpec, Param, Role
from cohort_bot.app.delivery.group_matching import form, home, next_matching
from cohort_bot.app.drafts import button, keep, kept
from cohort_bot.app.options import Options, page_of
from cohort_bot.app.params import COHORT, MEMBER_OPTIONAL
from cohort_bot.app.ports import audits
from cohort_bot.app.ports.groups import Seat
from cohort_bot.app.ports.store import Store
from cohort_bot.app.services import Services, changes
from cohort_bot.app.words import groups as words
from cohort_bot.chat.form import Reply
from cohort_bot.chat.i18n import N_
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Message
from cohort_bot.core.features import Feature
from cohort_bot.core.groups import MOST
from cohort_bot.core.membership import Cohort, Member


@changes(where(Feature.GROUPS, MODERATOR))
def groups(services: Services, invocation: Invocation, store: Store, cohort: Cohort) -> Reply:
    """Show all groups, or with a member and one of another group ask whether to move them; with two of the same group,
    whether they want a new conversation.
    """
    options = Options(GROUPS, invocation.args)
    wanted, company = options.text("member"), options.text("with")
    if wanted is None and company is None:
        return _overview(services, store, cohort, invocation)
    member = member_named(store, cohort, invocation, wanted or company or "")
    if wanted is None or company is None:
        raise words.with_whom(member, invocation.actor.platform)
    other = member_named(store, cohort, invocation, company)
    others, again = _joining(store, cohort, member, other, invocation.actor.platform)
    body = {"member": str(member.id), "with": str(other.id)}
    args = keep(store, cohort, "cohort.groups.move", body, invocation.at)
    if again:
        return words.again_preview(
            sorted([*others, member], key=lambda each: each.id), button(words.again(), "cohort.groups.move", args)
        )
    return words.move_preview(member, others, button(words.move(), "cohort.groups.move", args))


@changes(where(Feature.GROUPS, MODERATOR))
def move(_services: Services, invocation: Invocation, store: Store, cohort: Cohort) -> Reply:
    """Move somebody to another group, as previewed: it gets a new conversation."""
    body = kept(store, cohort, invocation)
    member, other = (member_of(store, cohort, body[key]) for key in ("member", "with"))
    others, again = _joining(store, cohort, member, other, invocation.actor.platform)
    before = {each.member_id: each.group for each in store.groups.seats([cohort.id])}
    people = sorted([*others, member], key=lambda each: each.id)
    store.deliveries.add([form(store, store.cohorts.rooms(cohort.id), people, before, invocation.at)])
    if again:
        return words.begun_again(people)
    audit.note(store, cohort, member, invocation, audits.GROUPED, None, "")
    return words.moved(member, others)


def _joining(
    store: Store, cohort: Cohort, member: Member, other: Member, platform: str
) -> tuple[Sequence[Member], bool]:
    """The people with whom the member would be, and whether they are with them already. Raises PersonError when that
    cannot be.
    """
    seats: Mapping[int, Seat] = {each.member_id: each for each in store.groups.seats([cohort.id])}
    mine, theirs = seats.get(member.id), seats.get(other.id)
    if mine is None:
        raise words.no_seat(member, platform)
    if theirs is None:
        raise words.no_seat(other, platform)
    if theirs.group is None:
        raise words.in_no_group(other)
    rooms = store.cohorts.rooms(cohort.id)
    if home(member, rooms) is None or home(member, rooms) != home(other, rooms):
        raise words.apart(member, other)
    its = {each.member_id for each in seats.values() if each.group == theirs.group}
    people = [each for each in store.members.in_cohort(cohort.id) if each.id in its - {member.id}]
    if not people:
        raise words.in_no_group(other)
    if mine.group != theirs.group and len(people) >= MOST:
        raise words.full(other)
    return people, mine.group == theirs.group


def _overview(services: Services, store: Store, cohort: Cohort, invocation: Invocation) -> Message:
    members = {each.id: each.name for each in store.members.in_cohort(cohort.id)}
    seats = [each for each in store.groups.seats([cohort.id]) if each.member_id in members]
    together: dict[int, list[str]] = {}
    for seat in seats:
        if seat.group is not None:
            together.setdefault(seat.group, []).append(members[seat.member_id])
    formed = store.groups.formed(together)
    shown = [words.Together(together[number], formed[number]) for number in sorted(together)]
    waiting = [members[each.member_id] for each in seats if each.group is None]
    when = next_matching(store, services.programmes, cohort, invocation.at)
    return words.overview(cohort, shown, waiting, when, page_of(invocation), invocation.actor.platform)


GROUPS = CommandSpec(
    "cohort.groups",
    Role.MODERATOR,
    groups,
    N_("See a cohort's small groups, or move somebody to another"),
    {"": "cohort groups"},
    (
        replace(MEMBER_OPTIONAL, summary=N_("who should move to another group")),
        Param("with", "member", N_("somebody of the group that they should join")),
        COHORT,
    ),
)


ROWS = (GROUPS, CommandSpec("cohort.groups.move", Role.MODERATOR, move))

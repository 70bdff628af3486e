"""`/cohort groups`: a moderator sees the small groups of a cohort, and moves people."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from cohort_bot.app import audit
from cohort_bot.app.access import MODERATOR, member_named, member_of, where
from cohort_bot.app.commands import CommandSpec, Param, Role
from cohort_bot.app.delivery.group_matching import form, home
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
from cohort_bot.core.nudges import next_settled


@changes(where(Feature.GROUPS, MODERATOR))
def groups(_services: Services, invocation: Invocation, store: Store, cohort: Cohort) -> Reply:
    """Show all groups, or with a member and one of another group ask whether to move them."""
    options = Options(GROUPS, invocation.args)
    wanted, company = options.text("member"), options.text("with")
    if wanted is None and company is None:
        return _overview(store, cohort, invocation)
    member = member_named(store, cohort, invocation, wanted or company or "")
    if wanted is None or company is None:
        raise words.with_whom(member, invocation.actor.platform)
    other = member_named(store, cohort, invocation, company)
    others = _joining(store, cohort, member, other, invocation.actor.platform)
    body = {"member": str(member.id), "with": str(other.id)}
    args = keep(store, cohort, "cohort.groups.move", body, invocation.at)
    return words.move_preview(member, others, button(words.move(), "cohort.groups.move", args))


@changes(where(Feature.GROUPS, MODERATOR))
def move(_services: Services, invocation: Invocation, store: Store, cohort: Cohort) -> Reply:
    """Move somebody to another group, as previewed: it gets a new conversation."""
    body = kept(store, cohort, invocation)
    member, other = (member_of(store, cohort, body[key]) for key in ("member", "with"))
    others = _joining(store, cohort, member, other, invocation.actor.platform)
    before = {each.member_id: each.group for each in store.groups.seats([cohort.id])}
    row = form(store, store.cohorts.rooms(cohort.id), [*others, member], before, invocation.at)
    store.deliveries.add([row])
    audit.note(store, cohort, member, invocation, audits.GROUPED, None, "")
    return words.moved(member, others)


def _joining(store: Store, cohort: Cohort, member: Member, other: Member, platform: str) -> Sequence[Member]:
    """The people of the group that the member would join. Raises PersonError when that cannot be."""
    seats: Mapping[int, Seat] = {each.member_id: each for each in store.groups.seats([cohort.id])}
    mine, theirs = seats.get(member.id), seats.get(other.id)
    if mine is None:
        raise words.no_seat(member, platform)
    if theirs is None:
        raise words.no_seat(other, platform)
    if theirs.group is None:
        raise words.in_no_group(other)
    if mine.group == theirs.group:
        raise words.together(member, other)
    rooms = store.cohorts.rooms(cohort.id)
    if home(member, rooms) is None or home(member, rooms) != home(other, rooms):
        raise words.apart(member, other)
    people = [
        each for each in store.members.in_cohort(cohort.id) if each.id in seats and seats[each.id].group == theirs.group
    ]
    if len(people) >= MOST:
        raise words.full(other)
    return people


def _overview(store: Store, cohort: Cohort, invocation: Invocation) -> Message:
    members = {each.id: each.name for each in store.members.in_cohort(cohort.id)}
    seats = [each for each in store.groups.seats([cohort.id]) if each.member_id in members]
    together: dict[int, list[str]] = {}
    for seat in seats:
        if seat.group is not None:
            together.setdefault(seat.group, []).append(members[seat.member_id])
    formed = store.groups.formed(together)
    shown = [words.Together(together[number], formed[number]) for number in sorted(together)]
    waiting = [members[each.member_id] for each in seats if each.group is None]
    when = next_settled(cohort.calendar, invocation.at)
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

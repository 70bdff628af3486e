"""`/group`: a member asks for a small group, sees it, leaves it."""

from datetime import datetime

from cohort_bot.app.access import MEMBER, where
from cohort_bot.app.commands import GROUPED, CommandSpec, Role
from cohort_bot.app.delivery.group_matching import next_matching
from cohort_bot.app.delivery.group_posts import conversation, opens_at
from cohort_bot.app.params import COHORT
from cohort_bot.app.ports.groups import Seat
from cohort_bot.app.ports.store import Store
from cohort_bot.app.services import Services, changes, reads
from cohort_bot.app.words import group as words
from cohort_bot.chat.form import Reply
from cohort_bot.chat.i18n import N_
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Message
from cohort_bot.core.features import Feature
from cohort_bot.core.membership import Cohort, Member


@changes(where(Feature.GROUPS, MEMBER))
def join(services: Services, invocation: Invocation, store: Store, cohort: Cohort, member: Member) -> Reply:
    """Ask for a group, or for another one after having been silent; who is in one sees it."""
    seat = store.groups.of(member.id)
    if seat is None or seat.group is None:
        _when(services, store, cohort, invocation)
    store.groups.join(member.id, invocation.at)
    return _shown(services, store, cohort, member, invocation)


@reads(where(Feature.GROUPS, MEMBER))
def show(services: Services, invocation: Invocation, store: Store, cohort: Cohort, member: Member) -> Reply:
    """The member's group, or that they wait for one."""
    return _shown(services, store, cohort, member, invocation)


@changes(MEMBER)
def leave(_services: Services, invocation: Invocation, store: Store, cohort: Cohort, member: Member) -> Reply:
    """Out of the group, at once and for everybody else without a word; also where groups are switched off."""
    if store.groups.of(member.id) is None:
        raise words.in_none(invocation.actor.platform)
    store.groups.leave(member.id)
    return words.left(cohort, invocation.actor.platform)


def _shown(services: Services, store: Store, cohort: Cohort, member: Member, invocation: Invocation) -> Message:
    seat = store.groups.of(member.id)
    if seat is None:
        return words.none_yet(cohort)
    seats = store.groups.seats([cohort.id])
    if seat.group is None:
        others = sum(each.group is None and each.member_id != member.id for each in seats)
        return words.waiting(cohort, others, _when(services, store, cohort, invocation))
    ids = {each.member_id for each in seats if each.group == seat.group} - {member.id}
    mates = [each for each in store.members.in_cohort(cohort.id) if each.id in ids]
    since = store.groups.formed([seat.group])[seat.group]
    return words.shown(cohort, mates, since, _address(services, store, seat), opens_at(store, seat.group))


def _when(services: Services, store: Store, cohort: Cohort, invocation: Invocation) -> datetime:
    """When groups are made again. Raises PersonError when the programme is over."""
    when = next_matching(store, services.programmes, cohort, invocation.at)
    if when is None:
        raise words.over(cohort)
    return when


def _address(services: Services, store: Store, seat: Seat) -> str | None:
    """Where their conversation is, once it is open and where the platform has addresses."""
    ref = conversation(store, seat.group or 0)
    platform = ref and services.platforms.get(ref.place.platform)
    return platform.link(ref) if ref and platform else None


ROWS = (
    CommandSpec(
        "group.join",
        Role.MEMBER,
        join,
        N_("Ask for a small group: three to five people who talk among themselves"),
        {"": "group join", GROUPED: "cohort group join"},
        (COHORT,),
    ),
    CommandSpec(
        "group.show",
        Role.MEMBER,
        show,
        N_("See who is in your small group"),
        {"": "group show", GROUPED: "cohort group show"},
        (COHORT,),
    ),
    CommandSpec(
        "group.leave",
        Role.MEMBER,
        leave,
        N_("Leave your small group; nobody is told"),
        {"": "group leave", GROUPED: "cohort group leave"},
        (COHORT,),
    ),
)

"""Access control: each transaction of a handler names a Permission, which is checked and returns what it is about."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Final, Generic, TypeVarTuple

from cohort_bot.app.commands import Role
from cohort_bot.app.errors import PersonError
from cohort_bot.app.options import whole_number
from cohort_bot.app.ports import audits
from cohort_bot.app.ports.store import Store
from cohort_bot.app.words import cohorts as cohorts_words
from cohort_bot.app.words import errors as errors_words
from cohort_bot.app.words import features as features_words
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.place import Actor
from cohort_bot.core.features import Feature
from cohort_bot.core.membership import Account, Cohort, Member

Granted = TypeVarTuple("Granted")


@dataclass(frozen=True, slots=True)
class Permission(Generic[*Granted]):
    """What a transaction of a handler needs (`Services.read`, `Services.change`).

    `role` is what the handler's row has to declare. `check` runs first in the transaction: it raises PersonError for a
    person without the permission, and returns what the transaction is about. Its function is given that after the
    store.
    """

    role: Role
    check: Callable[[Store, Invocation], tuple[*Granted]]


@dataclass(frozen=True, slots=True)
class Access:
    """A cohort that the actor may see, and what they are in it; `former` is their membership, also when they left."""

    cohort: Cohort
    former: Member | None
    _by_role: bool
    _naming: Callable[[], set[int]]

    @property
    def moderator(self) -> bool:
        """Whether they are a moderator of it."""
        return self._by_role or self.cohort.id in self._naming()

    def settle(self) -> None:
        """Find out now whether they are named as moderator: later there is no transaction."""
        self._naming()

    @property
    def member(self) -> Member | None:
        """Their active membership."""
        return self.former if self.former is not None and self.former.left_at is None else None


def account_of(store: Store, actor: Actor) -> Account | None:
    """The actor's account, found by any of their ids; None before they first took part in something."""
    home = (actor.platform, actor.workspace or "")
    for user in (actor.user, *sorted(actor.ids)):
        if account := store.people.account(*home, user):
            return account
    return None


def ensure_account(store: Store, actor: Actor, zone: str, at: datetime) -> Account:
    """The actor's account, created if there is none, with this IANA zone. Presence keeps its name up to date."""
    account = account_of(store, actor)
    if account is None:
        home = (actor.platform, actor.workspace or "")
        account = store.people.add(*home, actor.user, actor.name, zone, actor.handle, actor.locale)
        for user in sorted(actor.ids):
            store.people.add_id(account.id, user)
        return account
    if account.zone != zone:
        store.people.update(account.id, name=account.name, zone=zone, reminders=account.reminders)
        for member in store.members.of_person(account.person_id):  # reminders follow their clock
            store.cohorts.replan(member.cohort_id, at)
    return store.people.get(account.id) or account


def moderates(cohort: Cohort, actor: Actor, workspace: str | None, *, named: bool) -> bool:
    """Whether the actor is a moderator of the cohort when acting from a workspace.

    Moderators are the admins of the cohort's own workspace, its creator, and whoever is `named`. Where accounts are
    global, the creator is one everywhere, also in a direct conversation.
    """
    if named:
        return True
    if cohort.platform != actor.platform:
        return False
    at_home = cohort.workspace == workspace
    everywhere = actor.workspace is None
    return (at_home and actor.admin) or ((at_home or everywhere) and cohort.creator in {actor.user, *actor.ids})


def _naming(store: Store, actor: Actor, workspace: str | None) -> set[int]:
    """The ids of the cohorts for which the actor, or a role of theirs, is named as moderator.

    A role counts only in the workspace in which it was named; so does a person, unless accounts are global.
    """
    return {
        cohort_id
        for user in (actor.user, *actor.ids)
        for cohort_id, named in store.moderators.naming(actor.platform, user, actor.roles)
        if named.workspace == workspace or (named.kind == "person" and actor.workspace is None)
    }


def visible(store: Store, invocation: Invocation, only: int | Sequence[Cohort] | None = None) -> list[Access]:
    """The same as `_seen`, and what the actor is in each is known also after the transaction."""
    seen = _seen(store, invocation, only)
    for access in seen:
        access.settle()
    return seen


def _seen(store: Store, invocation: Invocation, only: int | Sequence[Cohort] | None = None) -> list[Access]:
    """The cohorts that the actor may see from where they act: active ones by name, then ended ones, the newest first.

    In a workspace these are the cohorts with a room there; one whose rooms are private channels is visible in these
    channels only, and to its members and moderators. In a direct conversation: the cohorts that the actor is or was a
    member of, created or is named for. With `only`, a cohort's id or cohorts that meet where the actor is, only those
    are looked at.
    """
    actor = invocation.actor
    workspace = (invocation.place.workspace if invocation.place else None) or actor.workspace or None
    account = account_of(store, actor)
    if account is not None and account.user != actor.user:
        actor = replace(actor, ids=actor.ids | {account.user})
    mine = {member.cohort_id: member for member in (store.members.ever_of_person(account.person_id) if account else ())}
    naming = cache(lambda: _naming(store, actor, workspace))  # where a member acts, nobody asks for it
    if isinstance(only, Sequence):
        cohorts = {cohort.id: cohort for cohort in only}
    elif workspace and only is not None:
        rooms = [(room.platform, room.workspace) for room in store.cohorts.rooms(only)]
        one = store.cohorts.get(only) if (actor.platform, workspace) in rooms else None
        cohorts = {one.id: one} if one else {}
    elif workspace:
        cohorts = {cohort.id: cohort for cohort in store.cohorts.in_workspace(actor.platform, workspace)}
    else:
        cohorts = {cohort.id: cohort for cohort in store.cohorts.created_by(actor.platform, actor.user)}
        more = (store.cohorts.get(cohort_id) for cohort_id in {*mine, *naming()})
        cohorts |= {cohort.id: cohort for cohort in more if cohort}
    living = sorted((cohort for cohort in cohorts.values() if cohort.active), key=lambda cohort: cohort.name.casefold())
    ended = [cohort for cohort in cohorts.values() if not cohort.active]
    ended.sort(key=lambda cohort: (cohort.archived_at, cohort.id), reverse=True)
    seen = [
        Access(cohort, mine.get(cohort.id), moderates(cohort, actor, workspace, named=False), naming)
        for cohort in (*living, *ended)
    ]
    if not workspace or isinstance(only, Sequence) or all(map(_belongs, seen)):
        return seen
    channel = invocation.place.channel if invocation.place else None
    hidden = store.cohorts.hidden(actor.platform, workspace, channel, only)
    return [access for access in seen if access.cohort.id not in hidden or _belongs(access)]


def role_of(seen: Sequence[Access], actor: Actor) -> Role:
    """What the actor is where these are the cohorts that they see; former members count as members."""
    if actor.admin or any(access.moderator for access in seen):
        return Role.MODERATOR
    return Role.MEMBER if any(access.former for access in seen) else Role.ANYONE


def _belongs(access: Access) -> bool:
    """Whether they see it from everywhere: as moderator, as member, or as former member once it has ended."""
    return bool(access.member or (access.former and not access.cohort.active) or access.moderator)


def choose(store: Store, invocation: Invocation, look: Callable[..., list[Access]] = visible) -> Access:
    """The cohort that is meant. Raises PersonError when there is none, or more than one.

    In this order: the one of the button, the one with the name that was typed, the one that meets in this channel, the
    only one that the actor is a member of, the only one that they see. If all have ended, the newest of these.
    """
    if number := invocation.args.get("id"):
        return _of_button(look(store, invocation, whole_number(number, digits=9)), number)
    if name := invocation.args.get("cohort", "").strip():
        return _named(look(store, invocation), name, invocation)
    place = invocation.place
    here = store.cohorts.in_channel(place.platform, place.workspace, place.channel) if place else ()
    seen = look(store, invocation, here or None)
    active = [access for access in seen if access.cohort.active]
    if not active and seen:
        return next((access for access in seen if access.former), seen[0])
    if not active:
        raise errors_words.nowhere(invocation.actor.platform) if _anywhere(invocation) else errors_words.none_here()
    if len(active) > 1:
        active = [access for access in active if access.member] or active
    if len(active) > 1:
        raise errors_words.several([access.cohort.name for access in active])
    return active[0]


def _anywhere(invocation: Invocation) -> bool:
    """Whether this is a direct conversation where accounts are global, so that any workspace could be meant."""
    return invocation.direct and invocation.actor.workspace is None


def _of_button(seen: Sequence[Access], number: str) -> Access:
    wanted = whole_number(number, digits=9)
    for access in seen:
        if access.cohort.id == wanted:
            return access
    raise errors_words.elsewhere()


def called(cohorts: Sequence[Cohort]) -> Mapping[str, Cohort]:
    """Cohorts by a name that is unique among them: ended ones with a name that is taken get the date of their end."""
    names: dict[str, Cohort] = {}
    taken: set[str] = set()
    for cohort in cohorts:
        name = cohort.name
        if name.casefold() in taken and cohort.archived_at is not None:
            name = cohorts_words.ended_on(name, cohort.archived_at)
        names.setdefault(name, cohort)
        taken.add(cohort.name.casefold())
    return names


def _named(seen: Sequence[Access], name: str, invocation: Invocation) -> Access:
    known = {title.casefold(): cohort.id for title, cohort in called([access.cohort for access in seen]).items()}
    for access in seen:
        if access.cohort.id == known.get(name.casefold()):
            return access
    if _anywhere(invocation):
        raise errors_words.not_known_here(name, invocation.actor.platform)
    raise errors_words.not_called(name, [access.cohort.name for access in seen if access.cohort.active])


def _member(store: Store, invocation: Invocation) -> tuple[Cohort, Member]:
    access = choose(store, invocation, _seen)
    if access.member is not None and not access.cohort.active:
        raise errors_words.over(access.cohort, invocation.actor.platform)
    if access.member is None:
        left, removed = left_on(store, access.cohort, access.former) if access.former else (None, False)
        raise errors_words.not_in(access.cohort, invocation.actor.platform, left, removed=removed)
    return access.cohort, access.member


def left_on(store: Store, cohort: Cohort, member: Member) -> tuple[date | None, bool]:
    """The day on which the member left, in the cohort's zone, and whether a moderator removed them then."""
    if member.left_at is None:
        return None, False
    changes = store.audits.of_member(member.id)
    removed = any(change.action == audits.REMOVED and change.at == member.left_at for change in changes)
    return cohort.calendar.today(member.left_at), removed


def _member_or_former(store: Store, invocation: Invocation) -> tuple[Cohort, Member]:
    access = choose(store, invocation)
    if access.former is not None:
        return access.cohort, access.former
    if not invocation.args.get("id"):  # of the same name, or of this place: one that they were in
        name = invocation.args.get("cohort", "").strip() and access.cohort.name.casefold()
        for other in visible(store, invocation):
            if other.former is not None and (not name or other.cohort.name.casefold() == name):
                return other.cohort, other.former
    raise errors_words.not_in(access.cohort, invocation.actor.platform)


def _own_by_button(store: Store, invocation: Invocation) -> tuple[Cohort, Member]:
    cohort = store.cohorts.get(whole_number(invocation.args.get("id", "")))
    account = account_of(store, invocation.actor)
    member = store.members.of(cohort.id, account.person_id) if cohort and account else None
    if cohort is None or member is None:
        raise errors_words.never_in()
    return cohort, member


def _moderator_also_of_ended(store: Store, invocation: Invocation) -> tuple[Cohort]:
    access = choose(store, invocation)
    if not access.moderator:
        raise errors_words.moderators_only()
    return (access.cohort,)


def _moderator(store: Store, invocation: Invocation) -> tuple[Cohort]:
    (cohort,) = _moderator_also_of_ended(store, invocation)
    if not cohort.active:
        raise errors_words.has_ended(cohort)
    return (cohort,)


def _moderator_of_member(store: Store, invocation: Invocation) -> tuple[Cohort, Member]:
    (cohort,) = _moderator(store, invocation)
    return cohort, member_of(store, cohort, invocation.args.get("member", ""))


ANYONE: Final = Permission(Role.ANYONE, lambda _store, _invocation: ())
"""Anybody. The function itself has to show only what is meant for the actor."""

VISIBLE_COHORT: Final = Permission(Role.ANYONE, lambda store, invocation: (choose(store, invocation),))
"""Anybody who can see the cohort that is meant."""

VISIBLE_COHORTS: Final = Permission(Role.ANYONE, lambda store, invocation: (visible(store, invocation),))
"""Anybody; given are all cohorts that they see, possibly none."""

MEMBER: Final = Permission(Role.MEMBER, _member)
"""An active member of the cohort that is meant, which has not ended."""

MEMBER_OR_FORMER: Final = Permission(Role.MEMBER, _member_or_former)
"""Anybody who is or was a member, also of an ended cohort: for looking at a record."""

OWN_BY_BUTTON: Final = Permission(Role.MEMBER, _own_by_button)
"""Anybody who is or was in the cohort that the button names, wherever they are: who has left a cohort in a private
channel no longer sees it from others.
"""

MEMBER_OR_MODERATOR: Final = Permission(Role.MEMBER, lambda store, invocation: (choose(store, invocation),))
"""Anybody who can see the cohort: only to decide which row runs, which checks its own permission."""

MODERATOR: Final = Permission(Role.MODERATOR, _moderator)
"""A moderator of the cohort that is meant, which has not ended."""

MODERATOR_ALSO_OF_ENDED: Final = Permission(Role.MODERATOR, _moderator_also_of_ended)
"""A moderator of the cohort that is meant, ended or not."""

MODERATOR_OF_MEMBER: Final = Permission(Role.MODERATOR, _moderator_of_member)
"""A moderator of the cohort that is meant; given is also the active member whom the button or form names."""


def where(feature: Feature, permission: Permission[Cohort, *Granted]) -> Permission[Cohort, *Granted]:
    """The permission, in a cohort where the feature is on."""

    def check(store: Store, invocation: Invocation) -> tuple[Cohort, *Granted]:
        granted = permission.check(store, invocation)
        if feature not in granted[0].features:
            raise features_words.off(granted[0], feature, invocation.actor.platform)
        return granted

    return Permission(permission.role, check)


def _of_address(store: Store, invocation: Invocation) -> Access:
    """The cohort of a page's address, picked from all that the visitor may see: whether there is one with that number
    changes neither the answer nor what the database is asked.
    """
    wanted = whole_number(invocation.args.get("id", ""), digits=9)
    for access in visible(store, invocation):
        if access.cohort.id == wanted:
            return access
    raise errors_words.elsewhere()


def _moderator_of_address(store: Store, invocation: Invocation) -> tuple[Cohort]:
    access = _of_address(store, invocation)
    if not access.moderator:
        raise errors_words.elsewhere()
    return (access.cohort,)


def _member_of_address(store: Store, invocation: Invocation) -> tuple[Cohort, Member]:
    access = _of_address(store, invocation)
    if access.former is None:
        raise errors_words.elsewhere()
    return access.cohort, access.former


PAGE_FOR_MODERATORS: Final = Permission(Role.MODERATOR, _moderator_of_address)
"""A moderator of the cohort that a page's address names, ended or not."""

PAGE_FOR_MEMBERS: Final = Permission(Role.MEMBER, _member_of_address)
"""Anybody who is or was a member of the cohort that a page's address names."""


def account_holder(refusal: Callable[[Invocation], PersonError]) -> Permission[Account]:
    """A permission for anybody with an account; `refusal` makes the error for others."""

    def check(store: Store, invocation: Invocation) -> tuple[Account]:
        account = account_of(store, invocation.actor)
        if account is None:
            raise refusal(invocation)
        return (account,)

    return Permission(Role.MEMBER, check)


def cohort_starter(refusal: Callable[[], PersonError]) -> Permission[()]:
    """A permission for people who may start cohorts here: admins, and moderators of a cohort; else raises `refusal`."""

    def check(store: Store, invocation: Invocation) -> tuple[()]:
        if not invocation.actor.admin and not any(access.moderator for access in visible(store, invocation)):
            raise refusal()
        return ()

    return Permission(Role.MODERATOR, check)


def member_of(store: Store, cohort: Cohort, row: str) -> Member:
    """The active member with the id that a button carries. Raises PersonError when they are no longer one."""
    member = next((member for member in store.members.in_cohort(cohort.id) if str(member.id) == row), None)
    if member is None:
        raise errors_words.member_gone()
    return member


def member_named(store: Store, cohort: Cohort, invocation: Invocation, typed: str) -> Member:
    """The member who is meant by an id of the platform or by a name that only one has. Raises PersonError."""
    platform, wanted = invocation.actor.platform, typed.strip().removeprefix("@")
    picked = store.people.account(platform, invocation.actor.workspace or "", wanted)
    member = store.members.of(cohort.id, picked.person_id) if picked else None
    if member is not None and member.active and member.account.id == (picked and picked.id):
        return member
    known, folded = store.members.in_cohort(cohort.id), wanted.casefold()
    named = [member for member in known if folded in {name.casefold() for name in names_of(member)}]
    if len(named) == 1:
        return named[0]
    if named:
        raise errors_words.namesakes(wanted)
    raise errors_words.nobody_called(wanted, cohort)


def names_of(member: Member) -> tuple[str, str, str]:
    """The member's names: in the cohort, on the platform, and of the account."""
    return member.name, member.account.name, member.account.handle

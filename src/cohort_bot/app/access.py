"""Which cohort is meant, who acts, and what they may do. Every handler goes through here, so nobody sees another's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from cohort_bot.app.ports.store import Store
from cohort_bot.app.words import cohorts as cohorts_words
from cohort_bot.app.words import errors
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.place import Actor
from cohort_bot.core.membership import Account, Cohort, Member


@dataclass(frozen=True, slots=True)
class Whose:
    """A cohort that the person may see, and their membership in it; `former` is that one, or one that they left."""

    cohort: Cohort
    member: Member | None
    moderator: bool
    former: Member | None = None


def account_of(store: Store, actor: Actor) -> Account | None:
    """The actor's account, under whichever of their ids; None before they joined anything."""
    there = (actor.platform, actor.workspace or "")
    for user in (actor.user, *sorted(actor.ids)):
        if account := store.people.account(*there, user):
            return account
    return None


def ensure_account(store: Store, actor: Actor, zone: str) -> Account:
    """The actor's account with this zone, made if it is new. Its name is noted with everything that somebody does."""
    account = account_of(store, actor)
    if account is None:
        account = store.people.add(actor.platform, actor.workspace or "", actor.user, actor.name, zone, actor.handle)
        for user in sorted(actor.ids):
            store.people.add_id(account.id, user)
        return account
    if account.zone != zone:
        store.people.update(account.id, name=account.name, zone=zone, reminders=account.reminders)
        for member in store.members.of_person(account.person_id):  # reminders follow their clock
            store.cohorts.replan(member.cohort_id)
    return store.people.get(account.id) or account


def moderates(cohort: Cohort, actor: Actor, workspace: str | None, *, named: bool) -> bool:
    """Whether the actor may manage the cohort from a workspace: an admin of the one that it belongs to, who created it,
    or who was `named` there.

    Where accounts are global, who created it may do so from everywhere, also in a direct conversation; being an admin
    counts only at home.
    """
    if named:
        return True
    if cohort.platform != actor.platform:
        return False
    at_home = cohort.workspace == workspace
    everywhere = actor.workspace is None
    return (at_home and actor.admin) or ((at_home or everywhere) and cohort.creator in {actor.user, *actor.ids})


def _naming(store: Store, actor: Actor, workspace: str | None) -> set[int]:
    """Cohorts for which the actor is named where they are: a role counts only in the workspace in which it was named,
    a person too unless their account is global."""
    return {
        cohort_id
        for user in (actor.user, *actor.ids)
        for cohort_id, named in store.moderators.naming(actor.platform, user, actor.roles)
        if named.workspace == workspace or (named.kind == "person" and actor.workspace is None)
    }


def visible(store: Store, invocation: Invocation, only: int | Sequence[Cohort] | None = None) -> list[Whose]:
    """The cohorts that the actor may see from where they are, active ones first, of those that ended the newest.

    In a workspace: those that have a room there, of private channels only from there, and for who is in or manages the
    cohort. In a direct conversation: those that they are or were in, created or are named for. Of `only` one, or of
    some that are known to meet where they are, nothing else is read.
    """
    actor = invocation.actor
    workspace = (invocation.place.workspace if invocation.place else None) or actor.workspace or None
    account = account_of(store, actor)
    if account is not None and account.user != actor.user:
        actor = replace(actor, ids=actor.ids | {account.user})
    mine = {member.cohort_id: member for member in (store.members.ever_of_person(account.person_id) if account else ())}
    naming = _naming(store, actor, workspace)
    if isinstance(only, Sequence):
        found = {cohort.id: cohort for cohort in only}
    elif workspace and only is not None:
        rooms = [(room.platform, room.workspace) for room in store.cohorts.rooms(only)]
        one = store.cohorts.get(only) if (actor.platform, workspace) in rooms else None
        found = {one.id: one} if one else {}
    elif workspace:
        found = {cohort.id: cohort for cohort in store.cohorts.in_workspace(actor.platform, workspace)}
    else:
        found = {cohort.id: cohort for cohort in store.cohorts.created_by(actor.platform, actor.user)}
        more = (store.cohorts.get(cohort_id) for cohort_id in {*mine, *naming})
        found |= {cohort.id: cohort for cohort in more if cohort}
    living = sorted((each for each in found.values() if each.active), key=lambda cohort: cohort.name.casefold())
    ended = [each for each in found.values() if not each.active]
    ended.sort(key=lambda cohort: (cohort.archived_at, cohort.id), reverse=True)
    seen = [
        Whose(
            cohort,
            there if (there := mine.get(cohort.id)) and there.left_at is None else None,
            moderates(cohort, actor, workspace, named=cohort.id in naming),
            there,
        )
        for cohort in (*living, *ended)
    ]
    if not workspace or isinstance(only, Sequence) or all(map(_belongs, seen)):
        return seen
    channel = invocation.place.channel if invocation.place else None
    hidden = store.cohorts.hidden(actor.platform, workspace, channel, only)
    return [whose for whose in seen if whose.cohort.id not in hidden or _belongs(whose)]


def _belongs(whose: Whose) -> bool:
    """Whether it is theirs wherever they are; who has left may look back at one that has ended, and not join again."""
    return bool(whose.moderator or whose.member or (whose.former and not whose.cohort.active))


def moderators(store: Store, cohort: Cohort) -> Sequence[Account]:
    """The accounts to which what concerns moderators goes: who created it, then those who are named in person.

    Holders of a role are not among them: nobody can be asked who they are.
    """
    known = (
        (cohort.platform, cohort.workspace, cohort.creator),
        *(
            (each.platform, each.workspace, each.target)
            for each in store.moderators.of(cohort.id)
            if each.kind == "person"
        ),
    )
    found = (
        store.people.account(platform, workspace, user) or store.people.account(platform, "", user)
        for platform, workspace, user in known
    )
    return list({account.id: account for account in found if account}.values())


def choose(store: Store, invocation: Invocation) -> Whose:
    """The cohort that is meant: of the button, named, of this channel, the only one one is in, or the only one here.

    Where all have ended it is the newest of those: what was is still looked at.
    """
    if number := invocation.args.get("id"):
        return _of_button(store, invocation, number)
    if name := invocation.args.get("cohort", "").strip():
        return _named(visible(store, invocation), name, invocation)
    place = invocation.place
    here = store.cohorts.in_channel(place.platform, place.workspace, place.channel) if place else ()
    seen = visible(store, invocation, here or None)
    active = [whose for whose in seen if whose.cohort.active]
    if not active and seen:
        return next((whose for whose in seen if whose.former), seen[0])
    if not active:
        raise errors.nowhere(invocation.actor.platform) if _anywhere(invocation) else errors.none_here()
    if len(active) > 1:
        active = [whose for whose in active if whose.member] or active
    if len(active) > 1:
        raise errors.several([whose.cohort.name for whose in active])
    return active[0]


def _anywhere(invocation: Invocation) -> bool:
    """Whether it could be about any server: a direct conversation where accounts are global."""
    return invocation.direct and invocation.actor.workspace is None


def _of_button(store: Store, invocation: Invocation, number: str) -> Whose:
    wanted = int(number) if number.isascii() and number.isdigit() and len(number) < len("1000000000") else 0
    for whose in visible(store, invocation, wanted):
        if whose.cohort.id == wanted:
            return whose
    raise errors.elsewhere()


def called(cohorts: Sequence[Cohort]) -> Mapping[str, Cohort]:
    """What each is called: of several with one name the first keeps it, others are told apart by when they ended."""
    found: dict[str, Cohort] = {}
    taken: set[str] = set()
    for cohort in cohorts:
        name = cohort.name
        if name.casefold() in taken and cohort.archived_at is not None:
            name = cohorts_words.ended_on(name, cohort.archived_at)
        found.setdefault(name, cohort)
        taken.add(cohort.name.casefold())
    return found


def _named(seen: Sequence[Whose], name: str, invocation: Invocation) -> Whose:
    known = {each.casefold(): cohort.id for each, cohort in called([whose.cohort for whose in seen]).items()}
    for whose in seen:
        if whose.cohort.id == known.get(name.casefold()):
            return whose
    if _anywhere(invocation):
        raise errors.not_known_here(name, invocation.actor.platform)
    raise errors.not_called(name, [whose.cohort.name for whose in seen if whose.cohort.active])


def membership(store: Store, invocation: Invocation) -> tuple[Cohort, Member]:
    """The cohort that is meant and the actor's place in it, or a word on how to join, or that it has ended."""
    whose = choose(store, invocation)
    if whose.member is not None and not whose.cohort.active:
        raise errors.over(whose.cohort, invocation.actor.platform)
    if whose.member is None:
        raise errors.not_in(whose.cohort, invocation.actor.platform, left=whose.former is not None)
    return whose.cohort, whose.member


def record(store: Store, invocation: Invocation) -> tuple[Cohort, Member]:
    """The same to look at what was: also after the cohort has ended, or they left it."""
    whose = choose(store, invocation)
    if whose.former is not None:
        return whose.cohort, whose.former
    if not invocation.args.get("id"):  # of the same name, or of this place: one that they were in
        name = invocation.args.get("cohort", "").strip() and whose.cohort.name.casefold()
        for each in visible(store, invocation):
            if each.former is not None and (not name or each.cohort.name.casefold() == name):
                return each.cohort, each.former
    raise errors.not_in(whose.cohort, invocation.actor.platform)


def moderated(store: Store, invocation: Invocation) -> Cohort:
    """The cohort that is meant, if the actor may manage it."""
    whose = choose(store, invocation)
    if not whose.moderator:
        raise errors.moderators_only()
    return whose.cohort


def running(store: Store, invocation: Invocation) -> Cohort:
    """The cohort that is meant, if the actor may manage it and it has not ended."""
    cohort = moderated(store, invocation)
    if not cohort.active:
        raise errors.has_ended(cohort)
    return cohort


def about(store: Store, invocation: Invocation) -> tuple[Cohort, Member]:
    """The member of a button or form, if the actor may manage their cohort."""
    cohort = running(store, invocation)
    return cohort, member_of(store, cohort, invocation.args.get("member", ""))


def member_of(store: Store, cohort: Cohort, row: str) -> Member:
    """The active member of a button, by the number of their row."""
    member = next((each for each in store.members.in_cohort(cohort.id) if str(each.id) == row), None)
    if member is None:
        raise errors.member_gone()
    return member


def member_said(store: Store, cohort: Cohort, invocation: Invocation, said: str) -> Member:
    """The member who is meant: by the platform's id, by what they are called, else by a name that only one has."""
    known = store.members.in_cohort(cohort.id)
    platform, wanted = invocation.actor.platform, said.strip().removeprefix("@")
    picked = store.people.account(platform, invocation.actor.workspace or "", wanted)
    for member in known:
        if picked is not None and member.account.id == picked.id:
            return member
    folded = wanted.casefold()
    named = [member for member in known if folded in {name.casefold() for name in _names(member)}]
    if len(named) == 1:
        return named[0]
    if named:
        raise errors.namesakes(wanted)
    raise errors.nobody_called(wanted, cohort)


def _names(member: Member) -> tuple[str, str, str]:
    return member.name, member.account.name, member.account.handle

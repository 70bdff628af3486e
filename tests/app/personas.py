"""Who tries what they may not, from where, and what they are to the cohort."""

from dataclasses import dataclass, replace

from cohort_bot.app.commands import Role
from cohort_bot.chat.place import Actor, Place
from cohort_bot.core.membership import Moderator
from tests.fakes.memory import WORKSPACE

ELSEWHERE = "another-workspace"
FAR = "far-away"
"""A workspace in which the cohort has another room."""

DIRECT = "dm-somebody"


@dataclass(frozen=True)
class Persona:
    """Somebody who tries: the account, where from, and what they are to the cohort."""

    name: str
    actor: Actor
    place: Place | None
    role: Role | None
    """None: not even in the workspace."""
    direct: bool = False


def somebody(user: str, workspace: str | None = WORKSPACE, *, admin: bool = False, role: str = "") -> Actor:
    name, roles = user.replace("-", " ").title(), frozenset({role} - {""})
    return Actor("local", workspace, user, name, admin=admin, zone="Europe/Berlin", roles=roles)


NAMED = (Moderator("local", WORKSPACE, "role", "mentors"), Moderator("local", WORKSPACE, "person", "friend"))
"""Who is named to look after the cohort."""

AWAY = Place("local", FAR, "general")
HERE, THERE = Place("local", WORKSPACE, "general"), Place("local", ELSEWHERE, "general")
PERSONAS = (
    Persona("a stranger in the workspace", somebody("member-3"), HERE, Role.ANYONE),
    Persona("a member", Actor("local", WORKSPACE, "member-1", "Sample Member 1"), HERE, Role.MEMBER),
    Persona("a member under another id of theirs", replace(somebody("w-1"), name_seen=False), HERE, Role.MEMBER),
    Persona(
        "a member whose name is not known",
        Actor("local", WORKSPACE, "member-1", "a handle", name_seen=False),
        HERE,
        Role.MEMBER,
    ),
    Persona("a member's other id in another workspace", somebody("w-1", ELSEWHERE), THERE, None),
    Persona(
        "somebody elsewhere who is said to be a member, too",
        replace(somebody("stranger", ELSEWHERE), ids=frozenset({"member-1", "moderator"})),
        THERE,
        None,
    ),
    Persona("somebody of another workspace", somebody("stranger", ELSEWHERE), THERE, None),
    Persona("an admin of another workspace", somebody("boss", ELSEWHERE, admin=True), THERE, None),
    Persona("the creator's id in another workspace", somebody("moderator", ELSEWHERE), THERE, None),
    Persona("a member's id in another workspace", somebody("member-1", ELSEWHERE), THERE, None),
    Persona(
        "a holder of the named role's id in another workspace", somebody("m", ELSEWHERE, role="mentors"), THERE, None
    ),
    Persona("the same where accounts are global", somebody("m", None, role="mentors"), THERE, None),
    Persona("an admin of a workspace where it has another room", somebody("boss", FAR, admin=True), AWAY, Role.ANYONE),
    Persona("a holder of the named role's id there", somebody("m", FAR, role="mentors"), AWAY, Role.ANYONE),
    Persona("a person with the named role's id", somebody("mentors"), HERE, Role.ANYONE),
    Persona("a holder of a role with the named person's id", somebody("m", role="friend"), HERE, Role.ANYONE),
    Persona("the named person's id in another workspace", somebody("friend", ELSEWHERE), THERE, None),
    Persona("a stranger in a direct message", somebody("nobody", None), Place("local", "", DIRECT), None, direct=True),
    Persona("an admin in a direct message", somebody("boss", None, admin=True), Place("local", "", DIRECT), None, True),
    Persona("somebody without a place", somebody("nobody", None), None, None),
    Persona("a role in a direct message", somebody("m", None, role="mentors"), Place("local", "", DIRECT), None, True),
    Persona("the same names on another platform", Actor("slack", WORKSPACE, "moderator", "M", admin=True), None, None),
)

"""The place of a message, and the person who acts."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from cohort_bot.chat.names import clean


@dataclass(frozen=True, slots=True)
class Place:
    """A channel, a thread in it, or a direct conversation, on one platform.

    `workspace` is the server (Discord) or the team (Slack); that, `channel` and `thread` are the platform's own ids.
    """

    platform: str
    workspace: str
    channel: str
    thread: str | None = None


@dataclass(frozen=True, slots=True)
class Ref:
    """One posted message: where it is, and the platform's own id of it, which is what an edit or a thread needs."""

    place: Place
    message_id: str


@dataclass(frozen=True, slots=True)
class Actor:
    """The account that acts. `workspace` is where the account lives: None where accounts are global (Discord).

    `ids` are further ids of the same person there: what they did under one of them is theirs.
    `name_seen` says that `name` is what others see in the workspace: only then is it recorded.
    `admin` says that the platform lets this person manage the workspace; `roles` are the platform's role ids;
    `zone` is an IANA name and `locale` that of their client ("es-419"), where the platform tells it; `handle` is the
    account's own name, beside what they are called.
    """

    platform: str
    workspace: str | None
    user: str
    name: str
    admin: bool = False
    zone: str | None = None
    roles: frozenset[str] = field(default_factory=frozenset)
    handle: str = ""
    name_seen: bool = True
    ids: frozenset[str] = field(default_factory=frozenset)
    locale: str = ""


def named(actor: Actor) -> Actor:
    """The same with a name that can be shown: a platform lets people be called anything."""
    name = clean(actor.name, actor.handle)
    return actor if name == actor.name else replace(actor, name=name)


def people(named: Iterable[tuple[str, str]]) -> str:
    """Roles and people as the value of an option: pairs of kind (role, person, unknown) and id.

    Only a platform knows what was meant; what it does not know goes as unknown, for the answer to repeat.
    """
    return " ".join(f"{kind}:{name}" for kind, name in named)

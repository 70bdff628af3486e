"""The roles and people that are named as moderators of a cohort (`/cohort edit moderators:`)."""

from cohort_bot.app import audit
from cohort_bot.app.ports import audits
from cohort_bot.app.ports.store import Store
from cohort_bot.app.words import moderators as moderators_words
from cohort_bot.app.words.moderators import nobody_named
from cohort_bot.app.words.vocabulary import nobody
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Span, Tag
from cohort_bot.core.folding import bare
from cohort_bot.core.membership import Cohort, Moderator

NAMED_MOST = 20


def workspace_of(invocation: Invocation) -> tuple[str, str]:
    """The platform and workspace where the actor is. Raises PersonError in a direct conversation without one."""
    workspace = (invocation.place.workspace if invocation.place else None) or invocation.actor.workspace
    if not workspace:
        raise moderators_words.no_workspace()
    return invocation.actor.platform, workspace


def parse(typed: str, invocation: Invocation) -> tuple[Moderator, ...]:
    """The moderators in the option, which `chat.place.people` wrote; empty for nobody. Raises PersonError."""
    platform, workspace = workspace_of(invocation)
    named = []
    words = [word.partition(":")[::2] for word in typed.split()]
    if len(words) == 1 and bare(words[0][1]) in nobody():
        return ()
    for kind, target in words:
        match kind:
            case "role" | "person":
                named.append(Moderator(platform, workspace, kind, target))
            case _:
                raise moderators_words.unknown_moderator(target or kind)
    if len(named) > NAMED_MOST:
        raise moderators_words.many_moderators(NAMED_MOST)
    return tuple(dict.fromkeys(named))


def named_in(store: Store, cohort: Cohort, platform: str, workspace: str) -> tuple[Moderator, ...]:
    """The people and roles named for the cohort in one workspace."""
    return tuple(m for m in store.moderators.of(cohort.id) if (m.platform, m.workspace) == (platform, workspace))


def name(store: Store, cohort: Cohort, named: tuple[Moderator, ...], invocation: Invocation) -> None:
    """Replace the named moderators of the workspace; people get an account, so that they can be written to."""
    platform, workspace = workspace_of(invocation)
    store.moderators.replace(cohort.id, platform, workspace, named)
    audit.of_cohort(store, cohort, invocation, audits.NAMED, audit.people(platform, workspace, named))
    home = workspace if invocation.actor.workspace else ""
    for moderator in named:
        if moderator.kind == "person" and store.people.account(platform, home, moderator.target) is None:
            store.people.add(platform, home, moderator.target, moderator.target, cohort.calendar.zone)


def spans(named: tuple[Moderator, ...]) -> tuple[Span, ...]:
    """Their names, as the platform shows them."""
    if not named:
        return (nobody_named(),)
    shown: list[Span] = []
    for moderator in named:
        shown += [", "] if shown else []
        shown.append(Tag(moderator.kind, moderator.target))
    return tuple(shown)

"""One-time links to the board: who may enter with one, and what they see first."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final

from cohort_bot.app.ports.store import Store
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.place import Actor
from cohort_bot.core.membership import Cohort

VALID: Final = timedelta(minutes=10)
_ACTION: Final = "board"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who looks at the board, acting from one workspace."""

    actor: Actor
    workspace: str

    def dump(self) -> str:
        """As text, for `load_visitor`."""
        actor = asdict(self.actor) | {"roles": sorted(self.actor.roles), "ids": sorted(self.actor.ids)}
        return json.dumps({"actor": actor, "workspace": self.workspace})


def load_visitor(text: str) -> Visitor:
    """What `Visitor.dump` wrote."""
    kept = json.loads(text)
    actor = kept["actor"]
    return Visitor(
        Actor(**actor | {"roles": frozenset(actor["roles"]), "ids": frozenset(actor["ids"])}), kept["workspace"]
    )


def make(store: Store, invocation: Invocation, cohort: Cohort, page: str) -> str:
    """Keep a link to a page of the cohort for the actor; returns its token."""
    here = invocation.place.workspace if invocation.place else ""
    workspace = here or (cohort.workspace if cohort.platform == invocation.actor.platform else "")
    return store.add_draft(
        {
            "action": _ACTION,
            "user": invocation.actor.user,
            "visitor": Visitor(invocation.actor, workspace).dump(),
            "cohort": str(cohort.id),
            "page": page,
            "until": (invocation.at + VALID).isoformat(),
        },
        invocation.at,
    )


def known(store: Store, token: str, at: datetime) -> Mapping[str, str] | None:
    """What a token is for, None when it is too old or there is none; it may have been used."""
    link = store.draft(token) if "\0" not in token else None  # PostgreSQL cannot even be asked for that
    if link is None or link.get("action") != _ACTION or datetime.fromisoformat(link["until"]) < at:
        return None
    return link


def use(store: Store, token: str, at: datetime) -> tuple[Visitor, int, str] | None:
    """Who enters with a token, the cohort's id and the page; None for one that was used, is too old or unknown."""
    link = known(store, token, at)
    if link is None or not store.first_time(f"{_ACTION}:{token}", at):
        return None
    return load_visitor(link["visitor"]), int(link["cohort"]), link["page"]

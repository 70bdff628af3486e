"""Drafts: what a preview showed, kept for its button. A draft is good for one cohort and one action."""

from collections.abc import Mapping
from datetime import datetime

from cohort_bot.app.ports.store import Store
from cohort_bot.app.words import errors as errors_words
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Button
from cohort_bot.core.membership import Cohort


def keep(store: Store, cohort: Cohort, action: str, body: Mapping[str, str], at: datetime) -> dict[str, str]:
    """Store a draft; returns the arguments of the button that runs `action` with it."""
    token = store.add_draft({**body, "action": action, "cohort": str(cohort.id)}, at)
    return {"id": str(cohort.id), "draft": token}


def kept(store: Store, cohort: Cohort, invocation: Invocation) -> Mapping[str, str]:
    """The draft of the pressed button. Raises PersonError when it is too old or of another action."""
    body = store.draft(invocation.args.get("draft", ""))
    if body is None or (body.get("action"), body.get("cohort")) != (invocation.action, str(cohort.id)):
        raise errors_words.old_preview()
    return body


def button(label: str, action: str, args: Mapping[str, str], *, danger: bool = False) -> Button:
    """The button under a preview."""
    return Button(label, action, args, "danger" if danger else "primary")


def unless_stale(before: str, now: str) -> None:
    """Raise PersonError when the preview no longer shows what the button would change, or it was pressed before."""
    if before != now:
        raise errors_words.stale_preview()

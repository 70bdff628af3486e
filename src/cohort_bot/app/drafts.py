"""What a preview shows is kept until its button is pressed, for the cohort and the purpose that it was made for."""

from collections.abc import Mapping
from datetime import datetime

from cohort_bot.app.ports.store import Store
from cohort_bot.app.words import errors as errors_words
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Button
from cohort_bot.core.membership import Cohort


def keep(store: Store, cohort: Cohort, action: str, body: Mapping[str, str], at: datetime) -> dict[str, str]:
    """The arguments of the button that runs `action` with `body`."""
    token = store.add_draft({**body, "action": action, "cohort": str(cohort.id)}, at)
    return {"id": str(cohort.id), "draft": token}


def kept(store: Store, cohort: Cohort, invocation: Invocation) -> Mapping[str, str]:
    """What the pressed button stands for, or PersonError."""
    body = store.draft(invocation.args.get("draft", ""))
    if body is None or (body.get("action"), body.get("cohort")) != (invocation.action, str(cohort.id)):
        raise errors_words.old_preview()
    return body


def button(label: str, action: str, args: Mapping[str, str], *, danger: bool = False) -> Button:
    """The one button under a preview."""
    return Button(label, action, args, "danger" if danger else "primary")


def unless_stale(before: str, now: str) -> None:
    """Refuse a button whose preview no longer shows what it would change, or that was pressed before."""
    if before != now:
        raise errors_words.stale_preview()

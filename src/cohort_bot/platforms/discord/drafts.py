"""Forms that could not be shown at once, as they were filled in."""

import secrets
from typing import Protocol

from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.database import Database
from cohort_bot.chat import codec
from cohort_bot.chat.form import Form
from cohort_bot.platforms.common.bounded import BoundedDict

MOST = 500
FORM = "form"
"""The key of a draft that holds the form."""


class Drafts(Protocol):
    """Stores a form for the button that opens it."""

    async def keep(self, form: Form, user: str) -> str:
        """Store it for the person who filled it in; returns a token of at most 12 characters."""

    async def get(self, token: str) -> Form | None:
        """The form, None when it is gone."""


class StoredDrafts:
    """In the database, so that they outlive a restart, for as long as the database keeps drafts."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def keep(self, form: Form, user: str) -> str:
        """Store it; when this returns it is on disk."""
        body, at = {FORM: codec.dumps_form(form), "user": user}, self._clock.now()
        return await self._database.write(lambda store: store.add_draft(body, at))

    async def get(self, token: str) -> Form | None:
        """The form, None when it is gone, or when the token is of a draft of another kind."""
        body = await self._database.read(lambda store: store.draft(token))
        return codec.loads_form(body[FORM]) if body is not None and FORM in body else None


class MemoryDrafts:
    """In memory, the last 500. When one is lost, by age or by a restart, its button runs the action that opened the
    form.
    """

    def __init__(self, most: int = MOST) -> None:
        self._forms: BoundedDict[str, Form] = BoundedDict(most)

    async def keep(self, form: Form, user: str) -> str:  # noqa: ARG002 - what is in memory needs no date
        """Store it, and drop the oldest when there are too many."""
        token = secrets.token_urlsafe(9)
        self._forms[token] = form
        return token

    async def get(self, token: str) -> Form | None:
        """The form, None when it is gone."""
        return self._forms.get(token)

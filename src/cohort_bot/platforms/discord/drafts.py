"""Forms that could not be shown at once, as they were filled in."""

import secrets
from collections import OrderedDict
from typing import Protocol

from cohort_bot.chat.form import Form

MOST = 500


class Drafts(Protocol):
    """Keeps a form for the button that opens it."""

    async def keep(self, form: Form) -> str:
        """Keep it; returns a token of at most 12 characters."""

    async def get(self, token: str) -> Form | None:
        """The form, None when it is gone."""


class MemoryDrafts:
    """The last 500. When one is gone, by age or by a restart, its button runs the action that opened the form."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._forms: OrderedDict[str, Form] = OrderedDict()

    async def keep(self, form: Form) -> str:
        """Keep it, and forget the oldest when there are too many."""
        token = secrets.token_urlsafe(9)
        self._forms[token] = form
        while len(self._forms) > self._most:
            self._forms.popitem(last=False)
        return token

    async def get(self, token: str) -> Form | None:
        """The form, None when it is gone."""
        return self._forms.get(token)

"""Something a person did: typed a command, pressed a button, sent a form, wrote to the bot directly."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from cohort_bot.chat.place import Actor, Place

Kind = Literal["command", "button", "form", "message"]


@dataclass(frozen=True, slots=True)
class Invocation:
    """`id` is the platform's own and the same when it repeats itself. `at` is aware UTC, the receiver's clock.

    `place` is None where the platform gives none (a Slack home tab). `args` are a command's options or a
    button's arguments; `fields` are a form's answers, several values for a field with many choices. A message
    to the bot has its words as the field "text"; its `args` are its id ("message"), that of the bot's message which it
    answers ("answers") and how many "files" came with it, each where the platform says so. `direct` says that
    it is a private conversation with the bot. `locale` is that of the place (a server's), where the platform tells it.
    """

    id: str
    action: str
    kind: Kind
    actor: Actor
    place: Place | None
    at: datetime
    args: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    direct: bool = False
    locale: str = ""

    def field(self, key: str) -> str:
        """The single value of a form field, stripped; empty when it was left out."""
        values = self.fields.get(key, ())
        return values[0].strip() if values else ""

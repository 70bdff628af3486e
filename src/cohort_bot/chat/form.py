"""Forms as values: their fields, filled in with what is already known."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from cohort_bot.chat.i18n import _
from cohort_bot.chat.message import Message


@dataclass(frozen=True, slots=True)
class Option:
    """One choice: `value` is what the handler gets, `label` what people read (at most 75 characters, Slack's limit)."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class TextField:
    """A text to write, of at most `limit` characters; a `long` one takes several lines. `value` is already in it."""

    key: str
    label: str
    kind: Literal["line", "long", "date", "zone"] = "line"
    value: str = ""
    limit: int = 1000
    required: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True)
class ChoiceField:
    """Options to pick: one, or with `many` any number of at most ten (Discord's and Slack's limit for checkboxes)."""

    key: str
    label: str
    options: tuple[Option, ...]
    many: bool = False
    value: frozenset[str] = frozenset()
    hint: str = ""


@dataclass(frozen=True, slots=True)
class FileField:
    """A file to send, or none. Its value is the platform's own word for it, which only `ChatPlatform.download` reads.

    `kinds` are the endings of the file names that are meant, such as ".md". No platform shows a `value` again.
    """

    key: str
    label: str
    kinds: tuple[str, ...] = ()
    value: str = ""
    hint: str = ""


Field = TextField | ChoiceField | FileField


@dataclass(frozen=True, slots=True)
class Form:
    """A form whose submission runs `action` with `args`.

    At most five fields, a title of at most 45 characters: Discord's limits for a modal.
    """

    action: str
    title: str
    fields: tuple[Field, ...]
    args: Mapping[str, str] = field(default_factory=dict)
    submit: str = field(default_factory=lambda: _("Save"))


@dataclass(frozen=True, slots=True)
class FieldErrors:
    """The form again, as it was filled in, with the error of each field by its key."""

    form: Form
    errors: Mapping[str, str]


Reply = Message | Form | FieldErrors

"""Errors that a person can fix: the text is the answer they get, in a sentence that says what to do next.

The sentences are in `app/words/`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from cohort_bot.chat.sentence import LocalizedError


class PersonError(Exception):
    """Shown privately as it is. Nothing has been changed."""


class Forbidden(PersonError):
    """The person may not do that here."""


class Repeated(PersonError):
    """The platform or the person sent the same thing twice."""


class UnknownName(LocalizedError):
    """An operator named something that does not exist, or more than one thing."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the things that may have been meant: `value` is what could have been typed instead, without any doubt.

    `label` is a button's (at most 75 characters), `detail` one line that tells it from the others.
    """

    value: str
    label: str
    detail: str


class Question(PersonError):
    """What was typed for an option or a field has several meanings, or none.

    Each choice does the same again with its value in place of what was typed for `key`; so does another answer, typed
    into a field with `label` and `hint`. The error's text is complete by itself, for where there can be no buttons.
    """

    def __init__(
        self, key: str, head: str, choices: Sequence[Choice], label: str, hint: str, *, several: bool = True
    ) -> None:
        super().__init__(" ".join((head, *(f"{choice.detail}." for choice in choices))))
        self.key, self.head, self.choices, self.several = key, head, tuple(choices), several
        self.label, self.hint = label, hint

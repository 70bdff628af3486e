"""A sentence that is said later. What a rule finds is a value, and whoever reads it is told in their language.

class Reading(Sentences):
    LARGE = N_("the guide is larger than {most} MB")

str(Reading.LARGE(most=10))
"""

from dataclasses import dataclass
from enum import Enum
from typing import Any, Union

from cohort_bot.chat.formats import listed, number
from cohort_bot.chat.i18n import _, ngettext

Value = Union[str, int, "Sentence", tuple["Value", ...]]
"""A text that is put in as it is, an amount, another sentence, or several things with "and" before the last."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """The message and its values; `many` is its form for any number but one of the value `n`."""

    message: str
    many: str = ""
    values: tuple[tuple[str, Value], ...] = ()

    def __str__(self) -> str:
        values = dict(self.values)
        said = {name: _said(value) for name, value in values.items() if not (self.many and name == "n")}
        if self.many and isinstance(n := values["n"], int):
            return ngettext(self.message, self.many, n, **said)
        return _(self.message, **said)


def later(message: str, /, **values: object) -> Sentence:
    """The marked sentence with these values, said later; or any text, as it is. So is a number put in: it may be a
    port, a code or a version.
    """
    if not values and "{" in message:
        return Sentence("{text}", values=(("text", message),))
    kept = {name: each if isinstance(each, Sentence | tuple) else str(each) for name, each in values.items()}
    return Sentence(message, values=tuple(kept.items()))


class LocalizedError(Exception):
    """An error that tells an operator one line: in the log in English, at the command line in the terminal's language.
    Its sentence is marked where it is raised: `WrongSetting(N_("{name} is not set; …"), name=name)`.
    """

    def __init__(self, message: "str | LocalizedError", /, **values: object) -> None:
        self.sentence: Sentence = message.sentence if isinstance(message, LocalizedError) else later(message, **values)
        super().__init__(self.sentence)

    def parts(self) -> tuple[str, str]:
        """What is wrong, and the cure, which begins with a capital: the line has a semicolon or a full stop between."""
        line = str(self)
        wrong, _between, cure = line.partition("; " if "; " in line else ". ")
        return wrong, cure[:1].upper() + cure[1:]


class Sentences(Enum):
    """The sentences of one kind, each marked by N_ or NN_. Called with its values, one becomes a `Sentence`."""

    def __call__(self, **values: Value) -> Sentence:
        one, many = self.value if isinstance(self.value, tuple) else (self.value, "")
        return Sentence(one, many, tuple(values.items()))


def sentence(plain: Any) -> Value:
    """The value that `dataclasses.asdict` and JSON have made plain."""
    if isinstance(plain, dict):
        return Sentence(
            plain["message"], plain["many"], tuple((name, sentence(each)) for name, each in plain["values"])
        )
    return tuple(map(sentence, plain)) if isinstance(plain, list) else plain


def whole(text: Value) -> str:
    """With a capital letter and a full stop, as people read it by itself."""
    said = str(text)
    said = said[:1].upper() + said[1:]
    return said if said.rstrip('"“”').endswith((".", "!", "?")) else f"{said}."


def _said(value: Value) -> str:
    if isinstance(value, tuple):
        return listed([_said(each) for each in value])
    return number(value) if isinstance(value, int) else str(value)

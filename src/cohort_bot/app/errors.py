"""Errors that a person can mend: the text is the answer they get, in a sentence that says what to do next."""

import functools
import logging
from collections.abc import Callable
from typing import ParamSpec, TypeVar

log = logging.getLogger(__name__)


class PersonError(Exception):
    """Shown privately as it is. Nothing has been changed."""


class Forbidden(PersonError):
    """The person may not do that here."""


class Repeated(PersonError):
    """The platform or the person sent the same thing twice."""


P = ParamSpec("P")
T = TypeVar("T")

UNREADABLE = "I could not read that one. Please try it again, or type the command instead."


def readable(translate: Callable[P, T]) -> Callable[P, T]:
    """For what reads payloads: one that is not as its platform promises gets a word for the person, and no traceback.

    The log names the fault without any of the payload.
    """

    @functools.wraps(translate)
    def read(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return translate(*args, **kwargs)
        except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
            log.warning("%s met a payload of another shape: %s", translate.__qualname__, type(error).__name__)
            raise PersonError(UNREADABLE) from None

    return read

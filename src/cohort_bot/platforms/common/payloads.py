"""Guards for reading payloads: a malformed one gets an answer for the person, and no traceback."""

import functools
import logging
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from cohort_bot.app.words import errors as errors_words

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

MALFORMED = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""Errors that reading a malformed payload may raise."""


def reject_malformed(translate: Callable[P, T]) -> Callable[P, T]:
    """Turn these errors of a translator into a PersonError. The log names the error without any of the payload."""

    @functools.wraps(translate)
    def read(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return translate(*args, **kwargs)
        except MALFORMED as error:
            log.warning("%s met a payload of another shape: %s", translate.__qualname__, type(error).__name__)
            raise errors_words.unreadable() from None

    return read

"""Errors that a person can mend: the text is the answer they get, in a sentence that says what to do next.

The sentences are in `app/views/`: `refusals.py`, `moderating.py`, `options.py`.
"""


class PersonError(Exception):
    """Shown privately as it is. Nothing has been changed."""


class Forbidden(PersonError):
    """The person may not do that here."""


class Repeated(PersonError):
    """The platform or the person sent the same thing twice."""

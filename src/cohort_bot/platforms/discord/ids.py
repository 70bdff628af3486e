"""The content of a custom_id: the action and its arguments, so everything that a click needs even a year later.

`action|key=value|key=value`, keys in order; `%`, `|` and `=` are written as %25, %7C and %3D. Actions that begin with
`~` and the key `~` are the adapter's own.
"""

import hashlib
from collections.abc import Mapping

from cohort_bot.platforms.common.errors import CannotRender
from cohort_bot.platforms.discord import limits

FORM = "~form"
"""The button that opens a kept form again; `d` is the draft, `~` the action to run when that is gone."""

OPENER = "~"
DRAFT = "d"

Numbers = tuple[int | None, int | None]
"""The ids of a container and of the first text in it."""

NO_NUMBERS: Numbers = (None, None)


def encode(action: str, args: Mapping[str, str]) -> str:
    """The custom_id. Raises CannotRender when it is longer than Discord takes."""
    parts = [_out(action), *(f"{_out(key)}={_out(value)}" for key, value in sorted(args.items()))]
    joined = "|".join(parts)
    if not action or limits.size(joined) > limits.CUSTOM_ID:
        raise CannotRender(f"the custom_id of {action!r} has {limits.size(joined)} of {limits.CUSTOM_ID} characters")
    return joined


def decode(custom_id: str) -> tuple[str, dict[str, str]]:
    """The action and the arguments; for an id that is not ours, an action that is in no table."""
    action, *pairs = custom_id.split("|")
    args = {_in(key): _in(value) for key, found, value in (pair.partition("=") for pair in pairs) if found}
    return _in(action), args


def component_ids(mark: str) -> Numbers:
    """A delivery's mark as the integer ids of its first two components: 62 bits that stay in the message's history.

    The nonce makes a repeat harmless for some minutes only and is not stored; these ids are, and need no button.
    """
    digest = hashlib.sha256(mark.encode()).digest()
    return (_id(digest[:4]), _id(digest[4:8], 1))


def nonce(version: str) -> str:
    """By which Discord drops a second answer to the same version of a message, for some minutes."""
    return hashlib.sha256(version.encode()).hexdigest()[: limits.NONCE]


def _id(four: bytes, last: int = 0) -> int:
    # Positive and 32-bit; the lowest bit differs, since ids must be unique in a message, and none may be 0.
    return ((int.from_bytes(four) & 0x3FFFFFFF) << 1 | last) or 2


def _out(text: str) -> str:
    return text.replace("%", "%25").replace("|", "%7C").replace("=", "%3D")


def _in(text: str) -> str:
    return text.replace("%3D", "=").replace("%7C", "|").replace("%25", "%")

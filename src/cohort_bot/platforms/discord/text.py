"""Spans -> Discord's Markdown. What a person typed can never become a mention, a link, a heading or anything else."""

import re
from collections.abc import Iterable
from datetime import UTC

from cohort_bot.chat.message import Drawn, Link, Mention, Span, Strong, Tag, When

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# Control characters, and those that turn the reading direction round.
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_HIDDEN = "\u00ad\u200b-\u200f\u2060-\u2064\ufeff"
# A bare address stays clickable. In angle brackets nothing inside it is read as Markdown; any other is broken,
# since the client reads a bare one to the next space and takes the backslash of an escape along.
_ADDRESS = re.compile(rf"https?://[\w.-]+\.\w{{2,}}(?::\d+)?(?:[/?#][^\s<>\[\]`|\\{_HIDDEN}]*)?", re.IGNORECASE)
_ENDS_SENTENCE = ".,;:!?'\")}*_~"
_SPECIAL = re.compile(r"[\\*_~|`<\[\]]")
# Without any of these only the beginnings of lines can matter: most of what is shown are the bot's own sentences.
_ANY = re.compile("[\x00-\x08\x0b-\x1f\x7f\x85\u2028-\u202e\u2066-\u2069" + _SPECIAL.pattern[1:-1] + "@]|://")
_LINE_START = re.compile(rf"^([\s{_HIDDEN}]*)([#>+-]|\d+(?=[.)]))", re.MULTILINE)
_CALL = re.compile(r"@(?=everyone|here|[!&]?\d)", re.IGNORECASE)
_SPACE = re.compile(r"\s")
_SCHEMES = ("http", "https", "mailto")
_IN_URL = re.compile(r"[\s<>\"'\\`|*()\[\]{}^\x00-\x20\x7f]")
_BREAK = "\u200b"
"""A zero-width space: breaks what would be a mention, or two stretches of bold that touch."""


def escape(text: str, *, addresses: bool = True) -> str:
    """The text as Markdown that shows exactly it. `addresses` keeps bare web addresses clickable."""
    if not _ANY.search(text):
        return _LINE_START.sub(_line_start, text)
    clean = _UNSEEN.sub("", _LINE_ENDS.sub("\n", text))
    if not addresses:
        return _escaped(clean)
    shown: list[str] = []
    position = 0
    for match in _ADDRESS.finditer(clean):
        address = match[0].rstrip(_ENDS_SENTENCE)
        shown += [clean[position : match.start()], f"<{address}>"]
        position = match.start() + len(address)
    shown.append(clean[position:])
    # Line starts are searched in the whole text, so that the text after an address is not mistaken for one.
    return _escaped(shown[0]) + "".join(
        part if index % 2 else _escaped(part, begins=False) for index, part in enumerate(shown[1:], start=1)
    )


def outside_address(text: str, position: int) -> int:
    """The position, or the start of an address that spans it: half an address would lead somewhere else."""
    around = (match.start() for match in _ADDRESS.finditer(text) if match.start() < position < match.end())
    return next(around, position)


def _escaped(text: str, *, begins: bool = True) -> str:
    safe = _CALL.sub("@" + _BREAK, _SPECIAL.sub(r"\\\g<0>", text)).replace("://", f":{_BREAK}//")
    if begins:
        return _LINE_START.sub(_line_start, safe)
    head, newline, rest = safe.partition("\n")
    return head + newline + _LINE_START.sub(_line_start, rest) if newline else safe


def _line_start(match: re.Match[str]) -> str:
    # A digit cannot be escaped; the dot or bracket after it can.
    return f"{match[1]}{match[2]}\\" if match[2].isdigit() else f"{match[1]}\\{match[2]}"


def one_line(text: str) -> str:
    """The text with every run of white space as one space."""
    return " ".join(_UNSEEN.sub("", text).split())


def strong(text: str) -> str:
    """Bold; spaces at the ends stay outside, as Markdown requires."""
    line = _SPACE.sub(" ", _LINE_ENDS.sub(" ", text))
    core = line.strip()
    if not core:
        return line
    lead, trail = line[: len(line) - len(line.lstrip())], line[len(line.rstrip()) :]
    return f"{lead}**{escape(core, addresses=False)}**{trail}"


def link(text: str, url: str) -> str:
    """A masked link. Discord refuses one whose text is an address, and takes web addresses only."""
    if not url.startswith(tuple(f"{scheme}:" for scheme in _SCHEMES)):
        return escape(f"{text} ({url})", addresses=False)
    safe = _IN_URL.sub(lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode()), url)
    label = one_line(text)
    if not label or "://" in label:
        return f"<{safe}>"
    return f"[{escape(label, addresses=False)}](<{safe}>)"


def when(value: When) -> str:
    """A time that each reader sees in their own zone."""
    style = {"day": "D", "time": "F"}[value.style]
    return f"<t:{int(value.at.astimezone(UTC).timestamp())}:{style}>"


def span(value: Span) -> str:  # noqa: PLR0911 - one answer for each kind of span
    """One span."""
    match value:
        case str():
            return escape(value)
        case Strong():
            return strong(value.text)
        case Drawn():
            return escape(value.text)
        case Link():
            return link(value.text, value.url)
        case When():
            return when(value)
        case Mention():
            return f"<@{value.user}>" if is_id(value.user) else escape(f"@{value.user}")
        case Tag():
            sign = {"channel": "#", "role": "@&", "person": "@"}[value.kind]
            return f"<{sign}{value.id}>" if is_id(value.id) else escape(f"{sign[0]}{value.id}")


def spans(values: Iterable[Span]) -> str:
    """Running text."""
    shown = ""
    for value in values:
        piece = span(value)
        if shown.endswith("*") and not shown.endswith("\\*") and piece.startswith("*"):
            shown += _BREAK
        shown += piece
    return shown


def is_id(text: str) -> bool:
    """Whether it can be one of Discord's ids."""
    return text.isascii() and text.isdigit() and 1 <= len(text) <= len(str(2**64))

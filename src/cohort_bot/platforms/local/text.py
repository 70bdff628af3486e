"""Spans, instants and names -> HTML, for whoever looks at the page. Pure.

The only markup that is not a template's is made here, and `Markup.format` escapes what it is given.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from cohort_bot.app.words import dates as dates_words
from cohort_bot.chat.message import Drawn, Link, Mention, Mixed, Span, Strong, Tag, When

_SCHEMES = ("http", "https", "mailto")
# Without characters that are invisible or turn the direction of text: a link leads where it seems to lead.
_ADDRESS = re.compile(
    r"(?<![A-Za-z0-9])https?://"
    r"[^\s<>\"\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff]+",
    re.IGNORECASE,
)
_AFTER = ".,;:!?…'’”»*_~。，、！？；：）」』】"
_BRACKETS = {")": "(", "]": "[", "}": "{"}
_LABEL = 120  # characters of a summary that a screen reader announces


@dataclass(frozen=True, slots=True)
class Viewer:
    """For whom a page is rendered: their zone, the calendar's present instant, names by person id, and ids by name."""

    zone: ZoneInfo
    now: datetime
    names: Mapping[str, str]
    ids: Mapping[str, str] = field(default_factory=dict)

    def local(self, at: datetime) -> datetime:
        """The instant on their wall."""
        return at.astimezone(self.zone)

    def day(self, at: datetime) -> date:
        """The instant's date on their wall."""
        return self.local(at).date()


def span(value: Span, viewer: Viewer) -> Markup:  # noqa: PLR0911 - one answer for each kind of span
    """A piece of running text."""
    match value:
        case Strong():
            return _face(value.text, viewer) + Markup("<strong>{}</strong>").format(linked(value.text))
        case Drawn():
            return Markup('<span class="drawn" aria-hidden="true">{}</span>').format(value.text)
        case Link():
            if not _may_link(value.url):
                return Markup("{} ({})").format(value.text, value.url)
            return _link(value.url, said(value.text))
        case When():
            return when(value, viewer)
        case Mention():
            return Markup('<span class="mention">@{}</span>').format(viewer.names.get(value.user, value.user))
        case Tag():
            sign = "#" if value.kind == "channel" else "@"
            return Markup('<span class="mention">{}{}</span>').format(sign, viewer.names.get(value.id, value.id))
        case str():
            return said(value, linked)


def _face(name: str, viewer: Viewer) -> Markup:
    """The face of somebody who is named; nothing for other words."""
    if name not in viewer.ids:
        return Markup()
    return Markup('<img class="face" src="/faces/{}.svg" alt="" width="22" height="22"> ').format(viewer.ids[name])


def said(text: str, shown: Callable[[str], Markup] = escape) -> Markup:
    """A text, in which parts in another language are marked as that; `shown` makes the markup of each."""
    if not isinstance(text, Mixed):
        return shown(text)
    parts = ((shown(part), language) for part, language in text.parts)
    return Markup("").join(
        Markup('<span lang="{}">{}</span>').format(language, part) if language else part for part, language in parts
    )


def linked(words: str) -> Markup:
    """The text with the addresses of web pages in it as links, as chat clients show them."""
    pieces: list[str] = []
    position = 0
    for match in _ADDRESS.finditer(words):
        url = _without_punctuation(match[0])
        if _has_host(url):
            pieces += [words[position : match.start()], _link(url, url)]
            position = match.start() + len(url)
    return Markup("").join([*pieces, words[position:]])


def _link(url: str, shown: str) -> Markup:
    return Markup('<a href="{}" rel="noopener" target="_blank">{}</a>').format(url, shown)


def _without_punctuation(url: str) -> str:
    """The address without what follows it in a sentence. A closing bracket belongs to it if it was opened there."""
    while url[-1] in _AFTER or (url[-1] in _BRACKETS and url.count(url[-1]) > url.count(_BRACKETS[url[-1]])):
        url = url[:-1]
    return url


def _has_host(url: str) -> bool:
    try:
        return bool(urlsplit(url).hostname)
    except ValueError:
        return False


def _may_link(url: str) -> bool:
    try:
        return urlsplit(url).scheme in _SCHEMES
    except ValueError:  # such as http://[
        return False


def when(value: When, viewer: Viewer) -> Markup:
    """An instant in the viewer's zone; the machine-readable one and the zone come with it."""
    shown = {"day": day, "time": moment}[value.style](value.at, viewer)
    full = f"{moment(value.at, viewer)} ({viewer.zone.key})"
    return Markup('<time datetime="{}" title="{}">{}</time>').format(value.at.astimezone(UTC).isoformat(), full, shown)


def day(at: datetime, viewer: Viewer) -> str:
    """`Mon 4 Jan 2027`."""
    return dates_words.short_day(viewer.local(at))


def clock(at: datetime, viewer: Viewer) -> str:
    """`09:00`."""
    return f"{viewer.local(at):%H:%M}"


def moment(at: datetime, viewer: Viewer) -> str:
    """`Mon 4 Jan 2027, 09:00`."""
    return f"{day(at, viewer)}, {clock(at, viewer)}"


def soon(at: datetime, viewer: Viewer) -> str:
    """`Mon 09:00` within the week, else the whole moment."""
    if not timedelta() <= viewer.day(at) - viewer.day(viewer.now) < timedelta(days=7):
        return moment(at, viewer)
    return f"{day(at, viewer).split()[0]} {clock(at, viewer)}"


def label(text: str) -> str:
    """A text on one line, short enough to be announced."""
    line = " ".join(text.split())
    return line if len(line) <= _LABEL else line[: _LABEL - 1] + "…"

"""Message, Form and FieldErrors -> HTML. Pure.

The templates escape everything (Jinja's autoescape); the only markup made here is that of spans, and `Markup.format`
escapes what it is given.
"""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from cohort_bot.app.words import dates
from cohort_bot.chat.form import FieldErrors, Form
from cohort_bot.chat.message import File, Link, Mention, Message, Span, Strong, Tag, When
from cohort_bot.platforms.local import translate

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_SCHEMES = ("http", "https", "mailto")
_ACCENT = re.compile(r"#[0-9A-Fa-f]{6}")
_LABEL = 120  # characters of a summary that a screen reader announces


@dataclass(frozen=True, slots=True)
class Viewer:
    """For whom a page is rendered: their zone, the calendar's present instant, and names by person id."""

    zone: ZoneInfo
    now: datetime
    names: Mapping[str, str]

    def local(self, at: datetime) -> datetime:
        """The instant on their wall."""
        return at.astimezone(self.zone)

    def day(self, at: datetime) -> date:
        """The instant's date on their wall."""
        return self.local(at).date()


def page(template: str, **values: object) -> str:
    """A template of this package, filled in."""
    return _TEMPLATES.get_template(template).render(**values)


def message(body: Message, viewer: Viewer, message_id: int) -> Markup:
    """What a message says. Its buttons belong to the page's form `presses`."""
    accent = body.accent if body.accent and _ACCENT.fullmatch(body.accent) else None
    return Markup(page("message.html", message=body, viewer=viewer, id=message_id, accent=accent))  # noqa: S704 - escaped by the template


def form(shown: Form | FieldErrors, invocation_id: str, context: Mapping[str, str]) -> Markup:
    """A form to fill in, with what is to be mended next to its fields. `context` becomes hidden inputs."""
    asked, errors = (shown.form, shown.errors) if isinstance(shown, FieldErrors) else (shown, {})
    keys = {field.key for field in asked.fields}
    hidden = {**context, **translate.form_state(asked), "_id": invocation_id}
    return Markup(  # noqa: S704 - escaped by the template
        page(
            "form.html",
            form=asked,
            errors=errors,
            others=[text for key, text in errors.items() if key not in keys],
            hidden=hidden,
        )
    )


def span(value: Span, viewer: Viewer) -> Markup:  # noqa: PLR0911 - one answer for each kind of span
    """A piece of running text."""
    match value:
        case Strong():
            return Markup("<strong>{}</strong>").format(value.text)
        case Link():
            if not _may_link(value.url):
                return Markup("{} ({})").format(value.text, value.url)
            return Markup('<a href="{}" rel="noopener" target="_blank">{}</a>').format(value.url, value.text)
        case When():
            return when(value, viewer)
        case Mention():
            return Markup('<span class="mention">@{}</span>').format(viewer.names.get(value.user, value.user))
        case Tag():
            sign = "#" if value.kind == "channel" else "@"
            return Markup('<span class="mention">{}{}</span>').format(sign, viewer.names.get(value.id, value.id))
        case str():
            return Markup("{}").format(value)


def _may_link(url: str) -> bool:
    try:
        return urlsplit(url).scheme in _SCHEMES
    except ValueError:  # such as http://[
        return False


def when(value: When, viewer: Viewer) -> Markup:
    """An instant in the viewer's zone; the machine-readable one and the zone come with it."""
    shown = {"day": day, "time": moment, "relative": relative}[value.style](value.at, viewer)
    full = f"{moment(value.at, viewer)} ({viewer.zone.key})"
    return Markup('<time datetime="{}" title="{}">{}</time>').format(value.at.astimezone(UTC).isoformat(), full, shown)


def day(at: datetime, viewer: Viewer) -> str:
    """`Mon 4 Jan 2027`."""
    return dates.short_day(viewer.local(at))


def clock(at: datetime, viewer: Viewer) -> str:
    """`09:00`."""
    return f"{viewer.local(at):%H:%M}"


def moment(at: datetime, viewer: Viewer) -> str:
    """`Mon 4 Jan 2027, 09:00`."""
    return f"{day(at, viewer)}, {clock(at, viewer)}"


def relative(at: datetime, viewer: Viewer) -> str:
    """`in 3 days`, `2 hours ago`."""
    return dates.relative(at - viewer.now)


def label(text: str) -> str:
    """A text on one line, short enough to be announced."""
    line = " ".join(text.split())
    return line if len(line) <= _LABEL else line[: _LABEL - 1] + "…"


def initials(name: str) -> str:
    """First letters of the first and the last word."""
    words = name.split() or ["?"]
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


_TEMPLATES.filters.update(span=span, day=day, clock=clock, moment=moment, label=label, initials=initials)


def download(file: File) -> str:
    """An address that holds the file itself."""
    return "data:text/plain;charset=utf-8;base64," + base64.b64encode(file.text.encode()).decode()


_TEMPLATES.filters["download"] = download
_TEMPLATES.globals.update(button_value=translate.button_value, render_message=message)

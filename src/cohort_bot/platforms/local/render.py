"""Message -> HTML. Pure. The templates escape everything (Jinja's autoescape)."""

import base64
import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from cohort_bot.app.words import playground as playground_words
from cohort_bot.chat.catalogues import languages, own_name
from cohort_bot.chat.i18n import _, language, ngettext
from cohort_bot.chat.message import File, Message, Picture
from cohort_bot.platforms.local import ids, text

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ACCENT = re.compile(r"#[0-9A-Fa-f]{6}")


def page(template: str, **values: object) -> str:
    """A template of this package, filled in."""
    return _TEMPLATES.get_template(template).render(**values)


def message(body: Message, viewer: text.Viewer, message_id: int) -> Markup:
    """What a message says. Its buttons belong to the page's form `presses`."""
    accent = body.accent if body.accent and _ACCENT.fullmatch(body.accent) else None
    return Markup(page("message.html", message=body, viewer=viewer, id=message_id, accent=accent))  # noqa: S704 - escaped by the template


def download(file: File) -> str:
    """An address that holds the file itself."""
    kind = "text/plain;charset=utf-8" if file.data is None else "application/octet-stream"
    return f"data:{kind};base64,{base64.b64encode(file.content).decode()}"


def picture(block: Picture) -> str:
    """An address that holds the picture itself."""
    return f"data:image/svg+xml;base64,{base64.b64encode(block.svg.encode()).decode()}"


_TEMPLATES.filters.update(
    span=text.span,
    day=text.day,
    clock=text.clock,
    moment=text.moment,
    soon=text.soon,
    label=text.label,
    said=text.said,
    download=download,
    picture=picture,
)
_TEMPLATES.globals.update(
    button_value=ids.button_value,
    render_message=message,
    _=_,
    ngettext=ngettext,
    language=language,
    languages=languages,
    own_name=own_name,
    story=playground_words.story,
)

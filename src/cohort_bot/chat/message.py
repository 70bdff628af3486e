"""Messages as values. A bare `str` is always text and always escaped; a mention or a link is a type of its own."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Literal, Self

from cohort_bot.chat.characters import columns, isolated, left, right
from cohort_bot.chat.formats import dated
from cohort_bot.chat.names import fitted

PHONE: Final = 30
"""Columns of a fixed-width font in a message on a phone."""

NAME: Final = 12
"""So many of them are left to a name before columns are left out."""


class Mixed(str):  # noqa: SLOT000 - a few in a message
    """Text with parts in another language than the message, which a page has to tell to a screen reader (WCAG 3.1.2).
    Everywhere else it is text like any other. `parts` are the texts, each with its language; "" is the message's.
    """

    parts: tuple[tuple[str, str], ...]

    def __new__(cls, parts: Iterable[tuple[str, str]]) -> Self:
        parts = tuple(parts)
        made = super().__new__(cls, "".join(text for text, _ in parts))
        made.parts = parts
        return made

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Mixed) and self.parts == other.parts

    __hash__ = str.__hash__


def mixed(*texts: object) -> str:
    """Texts as one, which is a text like any other unless a part of it is in another language."""
    if not any(isinstance(each, Mixed) for each in texts):
        return "".join(map(str, texts))
    return Mixed(part for each in texts for part in (each.parts if isinstance(each, Mixed) else ((str(each), ""),)))


@dataclass(frozen=True, slots=True)
class Link:
    """A link that the bot means. Text typed by a person is never turned into one: clients link the addresses in it."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class When:
    """An instant (aware), shown in each reader's own zone where the platform can.

    Never as "in 3 days" or "2 hours ago": a message is read again long after it was sent.
    """

    at: datetime
    style: Literal["day", "time"] = "time"


@dataclass(frozen=True, slots=True)
class Mention:
    """Names a person so that they are notified; `user` is the platform's id."""

    user: str


@dataclass(frozen=True, slots=True)
class Tag:
    """Shows a channel, a role or a person of the reader's workspace by its id, and notifies nobody."""

    kind: Literal["channel", "role", "person"]
    id: str


@dataclass(frozen=True, slots=True)
class Strong:
    """Emphasised text, escaped like any other."""

    text: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture made of characters. The words beside it say the same, so a screen reader may pass over it."""

    text: str


Span = str | Strong | Link | When | Mention | Tag | Drawn


@dataclass(frozen=True, slots=True)
class Heading:
    """A title inside a message."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text. `quiet` is a side remark, shown smaller where the platform can."""

    spans: tuple[Span, ...]
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Bullets:
    """A bulleted list; each item is running text, made of spans."""

    items: tuple[tuple[Span, ...], ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows × columns of short cells with a legend. Reads as text: symbols differ in shape, not only in colour.

    With a `head`, the heading of the names, it is shown as a table where the platform has one. The newest columns are
    the last: where there is not enough room, the first ones are left out.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    legend: tuple[tuple[str, str], ...]
    head: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """Runs `action` with `args` for whoever presses it, also after a restart and a year later."""

    label: str
    action: str
    args: Mapping[str, str] = field(default_factory=dict)
    style: Literal["primary", "plain", "danger"] = "plain"


@dataclass(frozen=True, slots=True)
class Actions:
    """A row of buttons, at most five (Discord's limit for an action row)."""

    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A line of running text with the button that belongs to it beside it."""

    spans: tuple[Span, ...]
    button: Button


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as SVG, for private replies, shown where the platform and the room can; what it shows is also said by
    the blocks beside it. `alt` says it to whoever cannot see it; `name` is the file's, without its ending.
    """

    name: str
    svg: str
    alt: str


Block = Heading | Paragraph | Bullets | Grid | Actions | Section | Picture

WITH_BUTTONS: Final = (Actions, Section)
"""Blocks that messages do not share: buttons differ, and what they are given has no hash."""


@dataclass(frozen=True, slots=True)
class File:
    """A file that comes with a message: text, or `data`, which only private replies have.

    Its name is of letters, digits, `-` and one `.`.
    """

    name: str
    text: str = ""
    data: bytes | None = None

    @property
    def content(self) -> bytes:
        """What is in it; text is UTF-8."""
        return self.text.encode() if self.data is None else self.data


@dataclass(frozen=True, slots=True)
class Message:
    """What is shown. `summary` is the notification and the fallback text; `accent` a colour as #RRGGBB.

    `files` come along. In a delivery on a platform whose files carry no mark, what they hold is posted as text.
    `language` is that of a delivery's words, which whoever shows it speaks, too.
    """

    summary: str
    blocks: tuple[Block, ...] = ()
    accent: str | None = None
    files: tuple[File, ...] = ()
    language: str = "en"


class Refusal(Message):
    """Why something was not done. Nothing has changed, so what the person typed can still be used."""

    __slots__ = ()


def buttons(message: Message) -> list[Button]:
    """All buttons of the message, in its order."""
    buttons: list[Button] = []
    for block in message.blocks:
        match block:
            case Actions():
                buttons += block.buttons
            case Section():
                buttons.append(block.button)
    return buttons


def file_name(*words: str, kind: str) -> str:
    """A file's name of these words, whatever they hold; `kind` is its ending."""
    plain_words = (re.sub(r"[^A-Za-z0-9]+", "-", word).strip("-")[:40].strip("-") for word in words)
    return "-".join(word for word in plain_words if word) + f".{kind}"


def paragraph(*spans: Span, quiet: bool = False) -> Paragraph:
    """A paragraph from its spans."""
    return Paragraph(spans, quiet)


def bullets(items: Iterable[Span | tuple[Span, ...]]) -> Bullets:
    """A list from items that are one span or several."""
    return Bullets(tuple(item if isinstance(item, tuple) else (item,) for item in items))


def refusal(words: str) -> Refusal:
    """A refusal of one paragraph."""
    return Refusal(words, (Paragraph((words,)),))


def text(*lines: str) -> Message:
    """A message of plain paragraphs; the first is the summary."""
    return Message(lines[0], tuple(Paragraph((line,)) for line in lines))


def span_text(span: Span) -> str:  # noqa: PLR0911 - one answer for each kind of span
    """The span in plain text for previews and fallbacks. Instants are written in the zone that they carry."""
    match span:
        case str():
            return span
        case Strong() | Drawn():
            return span.text
        case Link():
            return f"{span.text} ({span.url})"
        case When(style="day"):
            return dated(span.at, "yMMMEd", f"{span.at:%a %d %b %Y}")
        case When():
            return f"{dated(span.at, 'yMMMEd', f'{span.at:%a %d %b %Y}')} {span.at:%H:%M %Z}"
        case Mention():
            return f"@{span.user}"
        case Tag():
            return f"#{span.id}" if span.kind == "channel" else f"@{span.id}"


def plain(message: Message) -> str:
    """The whole message as text; buttons in square brackets."""
    lines: list[str] = []
    for block in message.blocks or (Paragraph((message.summary,)),):
        match block:
            case Heading():
                lines.append(block.text)
            case Paragraph():
                lines.append("".join(map(span_text, block.spans)))
            case Bullets():
                lines.extend("- " + "".join(map(span_text, item)) for item in block.items)
            case Grid():
                lines.append(grid_text(block))
            case Actions():
                lines.append("  ".join(f"[{button.label}]" for button in block.buttons))
            case Section():
                lines.append("".join(map(span_text, block.spans)) + f"  [{block.button.label}]")
            case Picture():
                lines.append(f"[picture: {block.alt}]")
    lines += [f"[file: {file.name}]" for file in message.files]
    return "\n".join(lines)


def narrowed(grid: Grid, most: int = PHONE) -> Grid:
    """The grid with lines of at most `most` columns of text: long names are cut, then the first columns left out."""
    names = [" ".join(name.split()) for name, _ in grid.rows]
    widths = _widths(grid)
    room = most - min(NAME, max(map(columns, names), default=0))
    shown = 0
    while shown < len(widths) and (room := room - widths[-1 - shown] - 1) >= 0:
        shown += 1
    first = len(widths) - shown
    names = fitted(names, most - sum(width + 1 for width in widths[first:]))
    rows = tuple((name, cells[first:]) for name, (_, cells) in zip(names, grid.rows, strict=True))
    return replace(grid, columns=grid.columns[first:], rows=rows)


def grid_words(grid: Grid) -> Iterator[str]:
    """The grid for listeners: a line for each row that names every column and what its sign means."""
    meanings = dict(grid.legend)
    for name, cells in grid.rows:
        readings = (f"{column} {meanings.get(cell, cell)}" for column, cell in zip(grid.columns, cells, strict=True))
        yield f"{name}: {', '.join(readings)}"


def _widths(grid: Grid) -> list[int]:
    return [max(1, *map(columns, each)) for each in zip(grid.columns, *(cells for _, cells in grid.rows), strict=True)]


def grid_text(grid: Grid) -> str:
    """The grid as aligned text for a fixed-width font, legend last."""
    head = max((columns(name) for name, _ in grid.rows), default=0)
    widths = _widths(grid)
    lines = [
        " " * head + " " + " ".join(right(column, width) for column, width in zip(grid.columns, widths, strict=True))
    ]
    for name, cells in grid.rows:
        lines.append(
            left(isolated(name), head) + " " + " ".join(right(c, w) for c, w in zip(cells, widths, strict=True))
        )
    lines.append("  ".join(f"{symbol} {meaning}" for symbol, meaning in grid.legend))
    return "\n".join(lines)

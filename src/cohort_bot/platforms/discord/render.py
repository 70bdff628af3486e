"""Message -> Components V2: one container with the accent colour, text, and rows of buttons. Pure.

They are written as Discord's API takes them: the library's own objects, which can also listen for presses, are slow to
make.

Text that does not fit into one post (4,000 characters) is cut at the end, at a paragraph, a list item or a
row of the grid, and never inside a code block or a link; the post says so. Buttons always stay.
"""

import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import discord
from discord import ui

from cohort_bot.app.words import platforms as platforms_words
from cohort_bot.chat.characters import boundary
from cohort_bot.chat.message import (
    Actions,
    Block,
    Bullets,
    Button,
    File,
    Grid,
    Heading,
    Mention,
    Message,
    Paragraph,
    Picture,
    Section,
    Span,
    grid_text,
    narrowed,
    paragraph,
)
from cohort_bot.platforms.common.errors import CannotRender
from cohort_bot.platforms.discord import ids, limits, text

NO_PICTURES: Final[Mapping[str, bytes]] = {}
CUT = "…"


def left_out() -> str:
    """The last line of a post from which something is missing."""
    return f"-# {CUT} {platforms_words.cut()}"


_STYLES = {"primary": 1, "plain": 2, "danger": 4}
_ROW, _BUTTON, _SECTION, _TEXT, _GALLERY, _FILE, _CONTAINER = 1, 2, 9, 10, 12, 13, 17
"""Types of components."""

_Component = dict[str, Any]
_ACCENT = re.compile(r"#[0-9A-Fa-f]{6}")


class Components(ui.LayoutView):
    """What the library sends as a view. It listens for nothing, so the library keeps none of them."""

    timeout = None

    def __init__(self, components: Sequence[_Component]) -> None:
        # Not the library's: it would make a random id, a future and objects for children.
        self._components = list(components)
        self._children = []

    def to_components(self) -> list[_Component]:
        return self._components

    def has_components_v2(self) -> bool:
        return True

    def is_finished(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as the library sends it, and the people whom it may notify."""

    view: Components
    mentions: discord.AllowedMentions
    files: tuple[File, ...] = ()
    alts: Mapping[str, str] = field(default_factory=dict)
    """What pictures among the files show, by name."""

    def uploads(self) -> list[discord.File]:
        """The files as the library sends them: made again for each call, since sending consumes them."""
        return [
            discord.File(io.BytesIO(file.content), file.name, description=self.alts.get(file.name))
            for file in self.files
        ]


@dataclass(frozen=True, slots=True)
class _Text:
    """A piece of Markdown. `tight` follows what is before it without an empty line. `shorter` fits it into a size."""

    markdown: str
    tight: bool = False
    shorter: Callable[[int], str] = lambda _: ""


@dataclass(frozen=True, slots=True)
class _Beside:
    """A piece of Markdown with a button beside it."""

    text: _Text
    button: Button


_Piece = _Text | _Beside | Actions | Picture


def message(body: Message, numbers: ids.Numbers = ids.NO_NUMBERS, pictures: Mapping[str, bytes] = NO_PICTURES) -> Shown:
    """The message, with the numbers that encode its delivery's mark, if it has one; `pictures` are those of its
    pictures that are shown, as PNG by name. Raises CannotRender.
    """
    first, second = numbers
    seen: set[str] = set()
    blocks = [block for block in body.blocks if not isinstance(block, Picture) or block.name in pictures]
    pieces = [piece for block in blocks or (paragraph(body.summary),) for piece in _pieces(block)]
    if not any(isinstance(piece, _Text) for piece in pieces):
        pieces.insert(0, _Text(text.escape(text.one_line(body.summary)) or CUT))
    pieces = _fit(pieces)
    inside = list(_items(pieces, second, seen))
    container = {"type": _CONTAINER, "accent_color": _accent(body.accent), "components": inside, **_numbered(first)}
    attached = [{"type": _FILE, "file": _media(file.name)} for file in body.files]
    if 1 + sum(map(_count, inside)) + len(attached) > limits.COMPONENTS:
        raise CannotRender(f"{body.summary!r} has more than {limits.COMPONENTS} components")
    people = mentioned(body)[: limits.MENTIONS]
    mentions = discord.AllowedMentions(everyone=False, roles=False, replied_user=False, users=people)
    drawn = [block for block in blocks if isinstance(block, Picture)]
    files = [File(_file_name(each), data=pictures[each.name]) for each in drawn]
    alts = {_file_name(each): _alt(each) for each in drawn}
    return Shown(Components([container, *attached]), mentions, (*body.files, *files), alts)


def mentioned(body: Message) -> list[discord.Object]:
    """The people whom the message names, once each."""
    spans: list[Span] = []
    for block in body.blocks:
        match block:
            case Paragraph() | Section():
                spans += block.spans
            case Bullets():
                spans += [span for item in block.items for span in item]
    users = [span.user for span in spans if isinstance(span, Mention) and text.is_id(span.user)]
    return [discord.Object(int(user)) for user in dict.fromkeys(users)]


def _button(shown: Button, seen: set[str]) -> _Component:
    """A button that carries its action and arguments. Raises CannotRender when these are too long or `seen`."""
    carried = ids.encode(shown.action, shown.args)
    if carried in seen:
        raise CannotRender(f"two buttons of one message do the same: {carried}")
    seen.add(carried)
    label = limits.cut(shown.label, limits.BUTTON)
    return {"type": _BUTTON, "style": _STYLES[shown.style], "label": label, "custom_id": carried}


def _count(component: _Component) -> int:
    """Itself and what it contains."""
    return 1 + len(component.get("components", ())) + ("accessory" in component)


def _numbered(number: int | None) -> Mapping[str, int]:
    return {} if number is None else {"id": number}


def _media(name: str) -> Mapping[str, str]:
    return {"url": f"attachment://{name}"}


def _accent(colour: str | None) -> int | None:
    return int(colour[1:], 16) if colour and _ACCENT.fullmatch(colour) else None


def _file_name(picture: Picture) -> str:
    return f"{picture.name}.png"


def _alt(picture: Picture) -> str:
    return limits.cut(picture.alt, limits.ALT)


# Blocks -> pieces


def _pieces(block: Block) -> Iterator[_Piece]:
    """The block as pieces; none for a blank block, which Discord refuses."""
    for piece in _made(block):
        match piece:
            case _Beside(words, button) if not _shows(words):
                yield Actions((button,))
            case _Text() if not _shows(piece):
                continue
            case _:
                yield piece


def _shows(piece: _Text) -> bool:
    return bool(piece.markdown.strip("-# \n").strip())


def _made(block: Block) -> Iterator[_Piece]:
    match block:
        case Heading():
            yield _Text("### " + text.escape(text.one_line(block.text), addresses=False))
        case Paragraph():
            yield _paragraph(block)
        case Bullets():
            yield from (_bullet(item) for item in block.items)
        case Grid():
            yield from _grid(block)
        case Actions():
            for start in range(0, len(block.buttons), limits.ROW):
                yield Actions(block.buttons[start : start + limits.ROW])
        case Section():
            yield _Beside(_paragraph(Paragraph(block.spans)), block.button)
        case Picture():
            yield block


def _paragraph(block: Paragraph) -> _Text:
    def shown(spans: Sequence[Span]) -> str:
        markdown = text.spans(spans)
        return "\n".join("-# " + line for line in markdown.split("\n")) if block.quiet else markdown

    return _Text(shown(block.spans), tight=block.quiet, shorter=lambda most: _shorter(block.spans, most, shown))


def _bullet(item: Sequence[Span]) -> _Text:
    def shown(spans: Sequence[Span]) -> str:
        return "- " + text.spans(spans).replace("\n", "\n  ")

    return _Text(shown(item), tight=True, shorter=lambda most: _shorter(item, most, shown))


def _shorter(spans: Sequence[Span], most: int, shown: Callable[[Sequence[Span]], str]) -> str:
    """As many spans as fit; the last one, when it is plain text, cut at a paragraph, a line or a word."""
    kept: list[Span] = []
    for span in spans:
        if limits.size(shown([*kept, span])) > most - len(CUT):
            if isinstance(span, str):
                kept.append(_beginning(span, lambda part: limits.size(shown([*kept, part])) <= most - len(CUT)))
            break
        kept.append(span)
    return shown(kept).rstrip() + CUT if any(kept) else ""


def _beginning(words: str, fits: Callable[[str], bool]) -> str:
    """The longest beginning that fits, ending at the best place to end."""
    low, high = 0, len(words)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(words[:middle]) else (low, middle - 1)
    part = words[: boundary(words, text.outside_address(words, low))]
    low = len(part)
    for end in ("\n\n", "\n", " "):
        if (position := part.rfind(end)) > low // 2:
            return part[:position].rstrip()
    return part


def _grid(grid: Grid) -> Iterator[_Text]:
    narrow = narrowed(replace(grid, rows=tuple((name.replace("`", "'"), cells) for name, cells in grid.rows)))

    def shown(rows: int) -> str:
        lines = grid_text(replace(narrow, rows=narrow.rows[:rows], legend=())).rstrip("\n").split("\n")
        missing = len(grid.rows) - rows
        more = f"\n… and {missing} more" if missing else ""
        return "```\n" + "\n".join(line.rstrip().replace("`", "'") for line in lines) + more + "\n```"

    def shorter(most: int) -> str:
        rows = next((n for n in range(len(grid.rows) - 1, 0, -1) if limits.size(shown(n)) <= most), 0)
        return shown(rows) if rows else ""

    yield _Text(shown(len(grid.rows)), tight=True, shorter=shorter)
    if grid.legend:
        legend = " · ".join(f"{text.escape(symbol)} {text.escape(meaning)}" for symbol, meaning in grid.legend)
        yield _Text("-# " + text.one_line(legend), tight=True)


# Pieces -> components


def _gap(piece: _Text) -> str:
    return "\n" if piece.tight else "\n\n"


def _fit(pieces: list[_Piece]) -> list[_Piece]:
    """The pieces within the limit of one post."""
    # Nothing stands before the first text: its gap does not count.
    spare = next((len(_gap(piece)) for piece in pieces if isinstance(piece, _Text)), 0)
    if sum(_size(piece) for piece in pieces) - spare <= limits.TEXT:
        return pieces
    room = limits.TEXT + spare - len(left_out()) - len("\n")
    kept: list[_Piece] = []
    full = False
    for piece in pieces:
        if _size(piece) <= (0 if full else room):
            room -= _size(piece)
            kept.append(piece)
            continue
        words = piece.text if isinstance(piece, _Beside) else piece
        if not full and isinstance(words, _Text):
            full = True
            markdown = words.shorter(room - len(_gap(words)))
            kept += [replace(words, markdown=markdown)] if markdown else []
            kept.append(_Text(left_out(), tight=True))
        if isinstance(piece, _Beside):
            kept.append(Actions((piece.button,)))
    return kept


def _size(piece: _Piece) -> int:
    match piece:
        case Actions() | Picture():
            return 0
        case _Beside(words, _):
            return limits.size(words.markdown) + len("\n\n")
        case _Text():
            return limits.size(piece.markdown) + len(_gap(piece))


def _items(pieces: Sequence[_Piece], first_id: int | None, seen: set[str]) -> Iterator[_Component]:
    """Adjacent texts become one component, so that forty are enough."""
    together = ""
    for piece in pieces:
        if isinstance(piece, _Text):
            together += (_gap(piece) if together else "") + piece.markdown
            continue
        if together.strip():
            yield {"type": _TEXT, "content": together, **_numbered(first_id)}
            first_id, together = None, ""
        if isinstance(piece, _Beside):
            words = {"type": _TEXT, "content": piece.text.markdown}
            yield {"type": _SECTION, "components": [words], "accessory": _button(piece.button, seen)}
        elif isinstance(piece, Picture):
            yield {"type": _GALLERY, "items": [{"media": _media(_file_name(piece)), "description": _alt(piece)}]}
        else:
            yield {"type": _ROW, "components": [_button(each, seen) for each in piece.buttons]}
    if together.strip():
        yield {"type": _TEXT, "content": together, **_numbered(first_id)}

"""Message -> Block Kit. Pure.

A message that is longer than one of Slack's is split into parts; `adapter.send` posts them under one mark, and places
that show a single message (an edit, a view) say in its last line that it was cut.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from cohort_bot.app.words import platforms as platforms_words
from cohort_bot.chat.message import (
    Actions,
    Block,
    Bullets,
    Button,
    File,
    Grid,
    Heading,
    Message,
    Paragraph,
    Picture,
    Section,
    grid_text,
    grid_words,
    narrowed,
)
from cohort_bot.platforms.common.errors import CannotRender
from cohort_bot.platforms.slack import ids, limits, text
from cohort_bot.platforms.slack.text import Json

FILE_MOST: Final = 60_000
"""Characters of a file that are posted as text: five messages."""


_json = json.JSONEncoder(ensure_ascii=False).encode


@dataclass(frozen=True, slots=True)
class Part:
    """One Slack message: `text` for notifications and screen readers, `blocks` for the screen."""

    text: str
    blocks: Sequence[Json]


def parts(message: Message) -> Sequence[Part]:
    """The message as one of Slack's, or as several if it is too long for one. Raises CannotRender."""
    groups: list[list[Json]] = [[]]
    room = limits.CHARACTERS
    for block in blocks(message, tables=True):
        size = weight(block)
        if groups[-1] and (len(groups[-1]) >= limits.BLOCKS or size > room):
            groups.append([])
            room = limits.CHARACTERS
        groups[-1].append(block)
        room -= size
    if len(groups) == 1:
        return [Part(fallback(message), groups[0])]
    count = len(groups)
    return [
        Part(limits.cut(f"{text.escape(message.summary)} ({number} of {count})", limits.FALLBACK), group)
        for number, group in enumerate(groups, start=1)
    ]


def single(message: Message, most: int = limits.BLOCKS, room: int = limits.CHARACTERS) -> Part:
    """The message as one of Slack's with at most `most` blocks and `room` characters; a longer one is cut with a
    notice.
    """
    return Part(fallback(message), shortened(message, most, room, tables=True))


def shortened(message: Message, most: int, room: int = limits.CHARACTERS, *, tables: bool = False) -> list[Json]:
    """The blocks of a message or view with at most `most` blocks and `room` characters; a longer one is cut with a
    notice. `tables` is for messages alone.
    """
    everything = blocks(message, tables=tables)
    if len(everything) <= most and len(_json(everything)) <= room:
        return everything
    shown: list[Json] = []
    for block in everything:
        room -= weight(block)
        if len(shown) == most or (shown and room < 0):
            shown = [
                *shown[: most - 1],
                {"type": "context", "elements": [text.plain(platforms_words.cut(), limits.TEXT)]},
            ]
            break
        shown.append(block)
    return shown


def blocks(message: Message, *, tables: bool = False) -> list[Json]:
    """All its blocks, each within Slack's limits, however many; with `tables` one grid may be a table."""
    content = message.blocks or (Paragraph((message.summary,)),)
    all_blocks: list[Json] = []
    for block in (*content, *_files(message.files)):
        if tables and isinstance(block, Grid) and _fits_table(block):
            tables = False  # Slack takes one in a message, and none in a view
            all_blocks += _table(block)
        else:
            all_blocks += _block(block)
    return all_blocks or [{"type": "context", "elements": [text.plain(message.summary, limits.TEXT)]}]


def _files(files: Sequence[File]) -> Iterator[Block]:
    """Files as text: a message with its mark is found again for certain, an upload of Slack's has none."""
    for file in files:
        yield Heading(file.name)
        if len(file.text) > FILE_MOST:
            kept = text.pieces(file.text, FILE_MOST)[0]
            yield from (Paragraph((piece,)) for piece in text.pieces(kept, limits.TEXT))
            yield Paragraph((platforms_words.file_cut(),), quiet=True)
            continue
        yield from (Paragraph((piece,)) for piece in text.pieces(file.text, limits.TEXT))


def fallback(message: Message) -> str:
    """The whole message as mrkdwn text: notifications show its beginning, screen readers read it out."""
    texts = [text.escape(message.summary)]
    for block in message.blocks:
        match block:
            case Heading():
                texts.append(text.escape(block.text))
            case Paragraph() | Section():
                texts.append(text.mrkdwn(block.spans))
            case Bullets():
                texts.extend("• " + text.mrkdwn(item) for item in block.items)
            case Grid():
                texts.extend(map(text.escape, grid_words(block)))
            case Actions() | Picture():
                pass
    if len(texts) > 1 and texts[1] == texts[0]:
        del texts[0]
    kept: list[str] = []
    room = limits.FALLBACK - 2
    for line in texts:  # whole lines, so that no escape or date is cut in two
        room -= len(line) + 1
        if room < 0:
            return "\n".join(kept) + "\n…" if kept else text.escape(limits.cut(message.summary, limits.FALLBACK // 5))
        kept.append(line)
    return "\n".join(kept) or "…"  # a summary of nothing but control characters


def weight(block: Json) -> int:
    """The characters of a block that count against a message's limit: of a table what its cells say, since a table of
    2,000 of them is allowed.
    """
    if block["type"] == "table":
        return sum(len(cell["text"]) for row in block["rows"] for cell in row)
    return len(_json(block))


def _block(block: Block) -> Iterator[Json]:
    match block:
        case Heading():
            yield from _heading(block)
        case Paragraph():
            yield from _paragraph(block)
        case Bullets():
            yield from _bullets(block)
        case Grid():
            for piece in text.pieces(grid_text(narrowed(block)), limits.TEXT):
                yield _rich({"type": "rich_text_preformatted", "elements": [{"type": "text", "text": piece or " "}]})
        case Actions():
            yield from _actions(block.buttons)
        case Section():
            yield from _section(block)
        case Picture():  # an upload would stay in the workspace after the person's data are erased; a table shows it
            pass


def _fits_table(grid: Grid) -> bool:
    size = sum(len(name) + sum(len(cell) or 1 for cell in cells) for name, cells in grid.rows)
    return (
        bool(grid.head)
        and len(grid.rows) < limits.TABLE_ROWS
        and len(grid.columns) < limits.TABLE_CELLS
        and size + len(grid.head) + sum(map(len, grid.columns)) <= limits.TABLE_TEXT
    )


def _table(grid: Grid) -> Iterator[Json]:
    lines = ((grid.head, grid.columns), *grid.rows)
    yield {
        "type": "table",
        "rows": [[_cell(each) for each in (name, *cells)] for name, cells in lines],
        "column_settings": [{"is_wrapped": True}, *({"align": "center"} for _ in grid.columns)],
    }
    if grid.legend:
        legend = " · ".join(f"{symbol} {meaning}" for symbol, meaning in grid.legend)
        yield from _paragraph(Paragraph((legend,), quiet=True))


def _cell(words: str) -> Json:
    return {"type": "raw_text", "text": " ".join(text.clean(words).split()) or " "}


def _heading(block: Heading) -> Iterator[Json]:
    line = " ".join(text.clean(block.text).split())
    if len(line) <= limits.HEADER:
        yield {"type": "header", "text": text.plain(line, limits.HEADER)}
        return
    for group in text.sections([line]):
        bold = [{**element, "style": {"bold": True}} for element in group]
        yield _rich({"type": "rich_text_section", "elements": bold})


def _paragraph(block: Paragraph) -> Iterator[Json]:
    if block.quiet and all(isinstance(span, str) for span in block.spans):
        words = text.clean("".join(span for span in block.spans if isinstance(span, str)))
        if words.strip() and len(words) <= limits.TEXT:
            yield {"type": "context", "elements": [text.lines(words)]}
            return
    for group in text.sections(block.spans):
        yield _rich({"type": "rich_text_section", "elements": group})


def _bullets(block: Bullets) -> Iterator[Json]:
    items: list[Json] = []
    room = limits.TEXT
    for item in block.items:
        for group in text.sections(item):
            size = sum(len(element.get("text", "")) for element in group)
            if items and (len(items) == limits.LIST or size > room):
                yield _rich({"type": "rich_text_list", "style": "bullet", "elements": items})
                items, room = [], limits.TEXT
            items.append({"type": "rich_text_section", "elements": group})
            room -= size
    if items:
        yield _rich({"type": "rich_text_list", "style": "bullet", "elements": items})


def _actions(buttons: Sequence[Button]) -> Iterator[Json]:
    for start in range(0, len(buttons), limits.BUTTONS):
        row = buttons[start : start + limits.BUTTONS]
        yield {"type": "actions", "elements": [_button(button, number) for number, button in enumerate(row)]}


def _section(block: Section) -> Iterator[Json]:
    """The button beside the text, or below it where the text is not fit for mrkdwn, of which a section is made."""
    words = text.emphasised(block.spans)
    if words and words.strip() and len(words) <= limits.TEXT:
        shown = {"type": "mrkdwn", "text": words, "verbatim": True}
        yield {"type": "section", "text": shown, "accessory": _button(block.button, 0)}
        return
    yield from _paragraph(Paragraph(block.spans))
    yield from _actions((block.button,))


def _button(button: Button, number: int) -> Json:
    action = f"{button.action}{ids.SEPARATOR}{number}" if number else button.action
    if len(action) > limits.ACTION:
        raise CannotRender(f"the action {button.action} is longer than {limits.ACTION} characters")
    shown: Json = {
        "type": "button",
        "text": text.plain(button.label, limits.BUTTON),
        "action_id": action,
        "value": ids.arguments(button.args),
    }
    if button.style != "plain":
        shown["style"] = button.style
    return shown


def _rich(element: Json) -> Json:
    return {"type": "rich_text", "elements": [element]}

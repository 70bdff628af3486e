"""Block Kit as Slack checks it: the limits of its reference, and the library's own models on top."""

import html
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from tests.pseudo_locale import english

Json = Mapping[str, Any]
KNOWN = {"header", "section", "context", "actions", "divider", "input", "rich_text", "image", "table", "markdown"}
_DATE = re.compile(r"<!date\^(\d+)\^([^|>]*)\|([^>]*)>")
_BOLD = re.compile(r"\*([^*\n]+)\*")
_LINK = re.compile(r"<(https?:[^|>]+|mailto:[^|>]+)(?:\|([^>]*))?>")


def block_problems(blocks: Sequence[Json], most: int) -> list[str]:
    """What Slack would refuse in a list of blocks."""
    found = [] if 0 < len(blocks) <= most else [f"{len(blocks)} blocks"]
    if sum(block.get("type") == "table" for block in blocks) > 1:
        found.append("only_one_table_allowed")
    ids = [block["block_id"] for block in blocks if block.get("block_id")]
    if len(ids) != len(set(ids)):
        found.append("block_id twice")
    for block in blocks:
        found += _block(block)
        parsed = Block.parse(dict(block))
        if parsed is None:
            found.append(f"not a block: {block.get('type')}")
        else:
            try:
                parsed.validate_json()
            except Exception as error:  # noqa: BLE001 - whatever the library finds
                found.append(f"{block['type']}: {error}")
    return found


def view_problems(view: Json) -> list[str]:
    """What Slack would refuse in a view."""
    found = block_problems(view.get("blocks", ()), 100)
    if any(block.get("type") == "table" for block in view.get("blocks", ())):
        found.append("a table in a view")
    if len(json.dumps(view)) > 250_000:
        found.append("a view of more than 250 KB")
    if len(view.get("private_metadata", "")) > 3000:
        found.append("private_metadata")
    if len(view.get("callback_id", "")) > 255:
        found.append("callback_id")
    if view.get("type") not in {"modal", "home"}:
        return [*found, "type"]
    if view["type"] == "modal":
        if not _text(view.get("title"), 24, plain=True):
            found.append("title")
        found += [key for key in ("submit", "close") if key in view and not _text(view[key], 24, plain=True)]
        if any(block["type"] == "input" for block in view["blocks"]) and "submit" not in view:
            found.append("an input without submit")
        try:
            View(**view).validate_json()
        except Exception as error:  # noqa: BLE001 - whatever the library finds
            found.append(str(error))
    return found


def _block(block: Json) -> list[str]:
    kind = block.get("type")
    found: list[str] = [] if kind in KNOWN else [f"unknown block {kind}"]
    if len(block.get("block_id", "")) > 255:
        found.append("block_id")
    match kind:
        case "header":
            found += [] if _text(block["text"], 150, plain=True) else ["header text"]
        case "section":
            found += [] if _text(block.get("text"), 3000) else ["section text"]
            found += _actions([block["accessory"]]) if "accessory" in block else []
        case "context":
            elements = block["elements"]
            if not 1 <= len(elements) <= 10 or not all(_text(each, 3000) for each in elements):
                found.append("context")
        case "actions":
            found += _actions(block["elements"])
        case "input":
            found += _input(block)
        case "rich_text":
            found += _rich(block["elements"])
        case "table":
            found += _table(block)
    return found


def _table(block: Json) -> list[str]:
    """The reference of the table block: 100 rows of 20 cells, of text or rich text, with 10,000 characters in all."""
    rows, settings = block["rows"], block.get("column_settings", ())
    found = [] if 1 <= len(rows) <= 100 else [f"{len(rows)} rows"]
    if not all(1 <= len(row) <= 20 for row in rows) or len({len(row) for row in rows}) > 1:
        found.append("cells of a row")
    size = 0
    for cell in (each for row in rows for each in row):
        match cell["type"]:
            case "raw_text":
                size += len(cell["text"])
                found += [] if cell["text"] and set(cell) == {"type", "text"} else ["cell"]
            case "rich_text":
                size += sum(map(len, _lines(cell)))
                found += _rich(cell["elements"])
            case other:
                found.append(f"cell {other}")
    if size > 10_000:
        found.append("characters in cells")
    known = all(set(each) <= {"align", "is_wrapped"} for each in settings)
    aligned = all(each.get("align", "left") in {"left", "center", "right"} for each in settings)
    return found if known and aligned and len(settings) <= 20 else [*found, "column_settings"]


def _actions(elements: Sequence[Json]) -> list[str]:
    found = [] if 1 <= len(elements) <= 25 else [f"{len(elements)} buttons"]
    ids = [each["action_id"] for each in elements]
    if len(ids) != len(set(ids)):
        found.append("action_id twice")
    for each in elements:
        if not _text(each["text"], 75, plain=True) or len(each.get("value", "")) > 2000 or len(each["action_id"]) > 255:
            found.append(f"button {each['action_id']}")
        if each.get("style", "primary") not in {"primary", "danger"}:
            found.append("button style")
    return found


def _input(block: Json) -> list[str]:
    found = [] if _text(block["label"], 2000, plain=True) else ["label"]
    if "hint" in block and not _text(block["hint"], 2000, plain=True):
        found.append("hint")
    element = block["element"]
    if element["type"] in {"checkboxes", "radio_buttons", "static_select"}:
        options = element["options"]
        most = 100 if element["type"] == "static_select" else 10
        if not 1 <= len(options) <= most:
            found.append(f"{len(options)} options")
        found += [
            f"option {each['value']}" for each in options if not _text(each["text"], 75) or len(each["value"]) > 150
        ]
        chosen = element.get("initial_options", [element["initial_option"]] if "initial_option" in element else [])
        if any(each not in options for each in chosen) or element.get("initial_options") == []:
            found.append("initial options")
    if element["type"] == "file_input":
        kinds = element.get("filetypes")
        if not 1 <= element.get("max_files", 10) <= 10 or kinds == [] or any("." in each for each in kinds or ()):
            found.append("file input")
    if element["type"] == "plain_text_input":
        most = element.get("max_length", 3000)
        if not 0 < most <= 3000 or len(element.get("initial_value", "")) > most:
            found.append("text input")
    return found


def _rich(elements: Sequence[Json]) -> list[str]:
    found = [] if elements else ["empty rich text"]
    for each in elements:
        match each["type"]:
            case "rich_text_list":
                found += _rich(each["elements"])
            case "rich_text_section" | "rich_text_preformatted" | "rich_text_quote":
                found += [] if each["elements"] else ["empty section"]
                for part in each["elements"]:
                    if part["type"] == "text" and not 1 <= len(part["text"]) <= 3000:
                        found.append("rich text")
                    if part["type"] not in {"text", "link", "user", "date", "emoji", "channel"}:
                        found.append(f"rich text {part['type']}")
            case other:
                found.append(f"rich text {other}")
    return found


def _text(value: Any, most: int, *, plain: bool = False) -> bool:
    if not isinstance(value, Mapping) or not 1 <= len(value.get("text", "")) <= most:
        return False
    return value["type"] == "plain_text" or (value["type"] == "mrkdwn" and not plain and "emoji" not in value)


def pressable(block: Json) -> list[Json]:
    """The buttons of a block."""
    beside = [block["accessory"]] if "accessory" in block else []
    return [*(block["elements"] if block["type"] == "actions" else ()), *beside]


def seen(blocks: Sequence[Json]) -> str:
    """What a person reads: a line for each piece."""
    return english("\n".join(line for block in blocks for line in _lines(block)))


def _lines(block: Json) -> list[str]:  # noqa: PLR0911 - one answer for each kind of block
    match block["type"]:
        case "header" | "section":
            beside = [f"[{block['accessory']['text']['text']}]"] if "accessory" in block else []
            return [_shown(block["text"]), *beside]
        case "context":
            return [_shown(each) for each in block["elements"]]
        case "actions":
            return ["  ".join(f"[{each['text']['text']}]" for each in block["elements"])]
        case "input":
            element = block["element"]
            options = [f"( ) {_shown(option['text'])}" for option in element.get("options", ())]
            return [_shown(block["label"]), *options]
        case "table":
            return [" ".join(_in_cell(cell) for cell in row) for row in block["rows"]]
        case "rich_text":
            return [line for element in block["elements"] for line in _rich_lines(element)]
    return []


def _in_cell(cell: Json) -> str:
    return str(cell["text"]) if cell["type"] == "raw_text" else " ".join(_lines(cell))


def _rich_lines(element: Json) -> list[str]:
    if element["type"] == "rich_text_list":
        return ["• " + line for item in element["elements"] for line in _rich_lines(item)]
    return ["".join(_piece(piece) for piece in element["elements"])]


def _piece(piece: Json) -> str:
    match piece["type"]:
        case "text":
            return str(piece["text"])
        case "link":
            return f"[{piece.get('text') or piece['url']}]({piece['url']})"
        case "channel":
            return f"#<{piece['channel_id']}>"
        case "user":
            return f"@<{piece['user_id']}>"
        case "date":
            return f"{{{piece['timestamp']}}}"
    return f"?{piece['type']}?"


def _shown(text: Json) -> str:
    """A text object as a person sees it; in mrkdwn only what is escaped is text."""
    if text["type"] == "plain_text":
        return str(text["text"])
    return mrkdwn_seen(_BOLD.sub(r"\1", str(text["text"])))


def mrkdwn_seen(said: str) -> str:
    """What a person reads of mrkdwn: dates and links as such, anything else in angle brackets does something."""
    said = _DATE.sub(lambda match: f"{{{match[1]}}}", said)
    said = _LINK.sub(lambda match: f"[{match[2] or match[1]}]({match[1]})", said)
    return html.unescape(re.sub(r"<([!@#][^>]*)>", r"⟨CALLS \1⟩", said))

"""What a part of a plan asks for: its bullets and lines as actions, its goal and its links."""

import re
from collections.abc import Iterator

from cohort_bot.app.words.guide_reading import Read, Refused, Why
from cohort_bot.programmes.importing.guide import Entry, Guide, Slot, shortened
from cohort_bot.programmes.importing.questions import ImportRefused
from cohort_bot.programmes.importing.tree import Block
from cohort_bot.programmes.models import GOAL_LIMIT, ITEM_LIMIT, TITLE_LIMIT

_WORDS = r"(?:goals?|focus|objectives?|aims?|outcomes?|ziele?|objetivos?|objectifs?|目标)"
_GOAL = re.compile(rf"\W*{_WORDS}\s*[:：]\s*(?P<goal>\S.*)", re.IGNORECASE)
_GOAL_HEADING = re.compile(rf"\W*{_WORDS}\s*[:：]?", re.IGNORECASE)
_JOINED_MOST = ITEM_LIMIT // 2
"""A bullet with those below it is one action up to so many characters."""


def fill(part: Block, slot: Slot, guide: Guide) -> None:
    """Read what stands in a part that has no parts of its own."""
    if part.line.cells:
        slot.title = part.text
    elif part.label is not None:
        slot.title = part.label.title
    slot.links += part.line.links
    bulleted = any(child.kind in {"item", "sub", "heading"} for child in part.children)
    for child in part.children:
        if child.kind == "text":
            _text(part, child, slot, guide, bulleted=bulleted)
        elif child.kind != "gate":
            slot.actions += _goal_or_entries(child, slot, guide)
    if not slot.title and part.unit == "week" and 0 < len(slot.goal) <= TITLE_LIMIT:
        slot.title = slot.goal
    slot.actions.sort(key=lambda entry: entry.line)
    others = [
        entry
        for entry in slot.actions
        if not (slot.goal and entry.text.endswith(slot.goal) and _GOAL.fullmatch(entry.text))
    ]
    slot.actions = others or slot.actions
    _with_an_action(part, slot, guide)
    for action in slot.actions:
        if len(action.text) > ITEM_LIMIT:
            raise ImportRefused(Refused.LONG_ACTION(size=len(action.text), most=ITEM_LIMIT), action.line)


def entries_of(block: Block, guide: Guide) -> Iterator[Entry]:
    """A bullet with those below it, or what is below a heading."""
    guide.placed.add(block.line.number)
    below: list[Entry] = []
    for child in block.children:
        if child.text:
            below += entries_of(child, guide)
        else:
            guide.placed.add(child.line.number)  # it goes on with the bullet
    if block.kind in {"item", "text"}:
        yield from _bullet(block, below)
        return
    head = block.text.strip().rstrip(" :：")
    if not below:
        yield Entry(head, block.line.number, block.line.links)
    for entry in below:
        yield Entry(f"{head}: {entry.text}" if head else entry.text, entry.line, entry.links)


def gate_of(block: Block, guide: Guide) -> Iterator[Entry]:
    """What passes: the lines below a checkpoint, or what stands beside it."""
    guide.placed.add(block.line.number)
    found = [entry for child in block.children for entry in entries_of(child, guide)]
    if not found:
        text = block.text.strip(" *:")
        beside = re.sub(r"^\W*(?:(?:phase|month|week)\s*\d*\s*)?[\w ]{3,30}[:–—-]\s*", "", text).strip(" *:")
        found = [Entry(beside or text, block.line.number, block.line.links)]
    yield from found


def _bullet(block: Block, below: list[Entry]) -> Iterator[Entry]:
    text = block.text.strip()
    if not below:
        if text:
            yield Entry(text, block.line.number, block.line.links)
        return
    joined = "; ".join(entry.text for entry in below)
    whole = f"{text} {joined}" if text.endswith((":", "：")) else f"{text}: {joined}"
    if len(whole) <= _JOINED_MOST:
        yield Entry(whole, block.line.number, (*block.line.links, *(link for entry in below for link in entry.links)))
        return
    yield Entry(text, block.line.number, block.line.links)
    yield from below


def _goal_or_entries(block: Block, slot: Slot, guide: Guide) -> list[Entry]:
    """The block's entries; the first goal among them becomes the slot's, and a heading "Goal" is nothing to do."""
    found = list(entries_of(block, guide))
    if slot.goal:
        return found
    if block.kind in {"sub", "heading"} and _GOAL_HEADING.fullmatch(block.text) and block.children:
        goal = "; ".join(entry.text.split(": ", 1)[-1] for entry in found)
        if len(goal) <= GOAL_LIMIT:
            slot.goal = goal
            slot.links += [link for entry in found for link in entry.links]
            return []
    goal_line = _GOAL.fullmatch(block.text)
    if goal_line and len(goal_line["goal"]) <= GOAL_LIMIT:
        slot.goal = goal_line["goal"]
        if block.kind in {"sub", "heading"}:  # "Goal: know lists" above bullets heads nothing
            return [entry for child in block.children for entry in entries_of(child, guide)]
    return found


def _text(part: Block, child: Block, slot: Slot, guide: Guide, *, bulleted: bool) -> None:
    """A line of text in a part: its goal, a link, something to do where there are no bullets, or none of it."""
    line = child.line
    goal = _GOAL.fullmatch(child.text)
    if goal and not slot.goal and len(goal["goal"]) <= GOAL_LIMIT:
        slot.goal = goal["goal"]
    elif _only_links(child):
        slot.links += line.links
    elif not bulleted and not (line.sentence and part.duration is None and part.label is None):
        slot.actions.append(Entry(child.text, line.number, line.links))
    elif part.label is not None and part.unit != "phase" and not slot.goal and 0 < len(child.text) <= GOAL_LIMIT:
        slot.goal = child.text
        slot.links += line.links
    elif child.text:
        guide.leave_out(line, Why.NO_ACTION())
        return
    guide.placed.add(line.number)


def _with_an_action(part: Block, slot: Slot, guide: Guide) -> None:
    """A part that says nothing but its title is to be done as its title says."""
    if slot.actions:
        return
    title = slot.title or part.text or (part.label.said if part.label else "")
    slot.actions = [Entry(title, part.line.number, tuple(slot.links))]
    if part.unit == "phase" or not slot.title:
        guide.remark(part.line.number, Read.NO_ACTIONS(title=shortened(title, 60)))


def _only_links(block: Block) -> bool:
    known = {link.url for link in block.line.links} | {link.title for link in block.line.links}
    return bool(known) and block.text.strip(" -–:") in known

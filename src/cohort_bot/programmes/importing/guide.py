"""A career guide read into its parts. Nothing is dropped without a remark that names the line."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from cohort_bot.app.words.guide_reading import Read, Why
from cohort_bot.chat.sentence import Sentence
from cohort_bot.programmes.importing.lines import Line, Link, bare
from cohort_bot.programmes.importing.outline import Role, Section
from cohort_bot.programmes.models import (
    ANSWER_LIMIT,
    ITEM_LIMIT,
    NAME_LIMIT,
    QUESTION_LIMIT,
    REALITY_LIMIT,
    SUMMARY_LIMIT,
)

_PRIORITY = re.compile(
    r"(?:(?:very )?(?:essential|important|critical|high|medium|low|optional|recommended|beneficial|core|nice to have)"
    r"(?: priority| importance)?|priority:? \w+|\d+ hours?)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to know about the import: what was left out, or how a line was read. Line 0 is the whole guide."""

    line: int
    text: Sentence


@dataclass(slots=True)
class Entry:
    """A text of the guide with the number of its line, and what it links to."""

    text: str
    line: int
    links: tuple[Link, ...] = ()


@dataclass(slots=True)
class Pair:
    """A name with its explanation, or a question with its answer."""

    name: str
    text: str
    line: int


@dataclass(slots=True)
class Slot:
    """Weeks in a row that the guide gives the same work: a week, a month, or all weeks of a phase."""

    weeks: int
    line: int
    title: str = ""
    goal: str = ""
    actions: list[Entry] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)


@dataclass(slots=True)
class Stage:
    title: str
    line: int
    slots: list[Slot] = field(default_factory=list)
    gate: list[Entry] = field(default_factory=list)

    @property
    def weeks(self) -> int:
        return sum(slot.weeks for slot in self.slots)

    @property
    def actions(self) -> list[Entry]:
        return [action for slot in self.slots for action in slot.actions]


@dataclass(slots=True)
class Guide:
    """All parts. `placed` holds the numbers of the lines that found a place; the others are in `remarks`."""

    title: str = ""
    summary: str = ""
    strengths: list[Pair] = field(default_factory=list)
    skills: list[Pair] = field(default_factory=list)
    stages: list[Stage] = field(default_factory=list)
    lists: dict[Role, list[Entry]] = field(default_factory=dict)
    faq: list[Pair] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    placed: set[int] = field(default_factory=set)

    def remark(self, line: int, text: Sentence) -> None:
        self.remarks.append(Remark(line, text))

    def leave_out(self, line: Line, why: Sentence) -> None:
        self.remark(line.number, Read.LEFT_OUT(why=why, text=shortened(line.body, 60)))


_LIMITS: dict[Role, int] = {
    "this_week": ITEM_LIMIT,
    "this_month": ITEM_LIMIT,
    "next_90_days": ITEM_LIMIT,
    "enjoy": REALITY_LIMIT,
    "miss": REALITY_LIMIT,
    "challenges": REALITY_LIMIT,
}


def read_sections(parts: Iterable[Section]) -> Guide:
    """All parts but the roadmap."""
    guide = Guide()
    seen: set[Role] = set()
    for part in parts:
        if part.heading:
            guide.placed.add(part.heading.number)
        if part.role in seen and part.lines and part.role not in {"roadmap", "other"}:
            guide.remark(part.lines[0].number, Read.SECOND())
        seen.add(part.role)
        _place(guide, part)
    return guide


def _place(guide: Guide, part: Section) -> None:
    if part.role in _LIMITS:
        guide.lists.setdefault(part.role, []).extend(_entries(guide, part.lines, _LIMITS[part.role]))
        return
    match part.role:
        case "top":
            _top(guide, part.lines)
        case "overview":
            _summary(guide, part.lines)
        case "strengths":
            guide.strengths += _pairs(guide, part.lines)
        case "skills":
            guide.skills += _pairs(guide, part.lines)
        case "faq":
            guide.faq += _questions(guide, part)
        case "roadmap":
            pass  # see plan.py
        case role:
            why = {"outro": Why.CLOSING, "other": Why.OTHER_SECTION}.get(role, Why.INTRODUCTION)
            heading = [part.heading] if role == "other" and part.heading else []
            for line in (*heading, *part.lines):
                guide.leave_out(line, why())


def shortened(text: str, limit: int) -> str:
    """The text in at most `limit` UTF-16 units, cut at a word and marked with … where it was longer."""
    text = " ".join(text.split())
    if _units(text) <= limit:
        return text
    while _units(text) > limit - 1:
        shorter = text.rsplit(" ", 1)[0]
        text = shorter if shorter != text and _units(shorter) > limit // 2 else text[:-1]
    return text.rstrip(" ,;:.-–—") + "…"


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", errors="replace")) // 2


def _top(guide: Guide, lines: Sequence[Line]) -> None:
    """The first line is the title; what follows it before the first heading belongs to the overview."""
    if not lines:
        return
    title = bare(lines[0].body)
    guide.placed.add(lines[0].number)
    guide.title = shortened(title, NAME_LIMIT)
    if guide.title != title:
        guide.remark(lines[0].number, Read.SHORTENED(most=NAME_LIMIT))
    _summary(guide, lines[1:])


def _summary(guide: Guide, lines: Iterable[Line]) -> None:
    for line in lines:
        longer = f"{guide.summary}\n{line.body}".strip()
        if len(longer) > SUMMARY_LIMIT:
            guide.leave_out(line, Why.SUMMARY_FULL(most=SUMMARY_LIMIT))
            continue
        guide.summary = longer
        guide.placed.add(line.number)


def _entries(guide: Guide, lines: Sequence[Line], limit: int) -> list[Entry]:
    """A list's entries. With bullets, a line without one continues the entry above or is none of the list."""
    bulleted = any(line.bullet for line in lines)
    found: list[Entry] = []
    outside = False
    for line in lines:
        if bulleted and line.plain:
            if found and not outside and (line.indent or line.body[:1].islower()):
                found[-1].text += f" {line.body}"
                guide.placed.add(line.number)
                continue
            outside = bool(found) and not line.sentence
            guide.leave_out(line, Why.NOT_IN_LIST())
        elif outside:
            guide.leave_out(line, Why.AFTER_UNKNOWN())
        elif not bulleted and not found and line.sentence and len(lines) > 1 and line.body.endswith(":"):
            guide.leave_out(line, Why.INTRODUCTION())
        else:
            found.append(Entry(line.body, line.number))
            guide.placed.add(line.number)
    for entry in [entry for entry in found if len(entry.text) > limit]:
        found.remove(entry)
        guide.placed.discard(entry.line)
        guide.remark(entry.line, Read.TOO_LONG(size=len(entry.text), most=limit))
    return found


def _pairs(guide: Guide, lines: Sequence[Line]) -> list[Pair]:
    """Names with explanations: on lines of their own, or both on one line."""
    found: list[Pair] = []
    for line in lines:
        name, text = _split_pair(line)
        if found and _PRIORITY.fullmatch(bare(line.body)):
            guide.leave_out(line, Why.PRIORITY())
        elif text or not line.sentence:
            found.append(Pair(bare(name), text, line.number))
            guide.placed.add(line.number)
        elif found:
            found[-1].text = f"{found[-1].text}\n{line.body}".strip()
            guide.placed.add(line.number)
        else:
            guide.leave_out(line, Why.INTRODUCTION())
    for pair in found:
        if not pair.text:
            pair.text = pair.name
            guide.remark(pair.line, Read.NO_EXPLANATION(name=pair.name))
    for pair in [pair for pair in found if len(pair.name) > NAME_LIMIT or len(pair.text) > ITEM_LIMIT]:
        found.remove(pair)
        guide.placed.discard(pair.line)
        guide.remark(pair.line, Read.TOO_LONG_PAIR(most=ITEM_LIMIT))
    return found


def _split_pair(line: Line) -> tuple[str, str]:
    """ "Teaching: Volunteer as …" as name and text; a line that is only a name has no text."""
    parts = re.split(r"\s*:\**\s+|\s+[-–—]\s+", line.body, maxsplit=1)
    if len(parts) == 2 and len(parts[0]) <= 60 and not parts[0].endswith("."):  # noqa: PLR2004
        starts = parts[1][:1]
        if line.bullet or parts[0].startswith("**") or (starts.isupper() and len(parts[0].split()) <= 6):  # noqa: PLR2004
            return parts[0], parts[1]
    return line.body, ""


def _questions(guide: Guide, part: Section) -> list[Pair]:
    """A line that ends with a question mark is a question; what follows is its answer."""
    found: list[Pair] = []
    for line in part.lines:
        body = re.sub(r"^(?:[QA]|Question|Answer)\s*\d*\s*[:.)]\s+", "", bare(line.body))
        if body.endswith("?") and len(body) <= QUESTION_LIMIT:
            found.append(Pair(body, "", line.number))
            guide.placed.add(line.number)
        elif found and len(found[-1].text) + len(body) < ANSWER_LIMIT:
            found[-1].text = f"{found[-1].text}\n{body}".strip()
            guide.placed.add(line.number)
        elif not found and part.heading and len(body) < ANSWER_LIMIT:
            found.append(Pair(bare(part.heading.body), body, line.number))
            guide.placed.add(line.number)
            guide.remark(line.number, Read.NO_QUESTION())
        else:
            guide.leave_out(line, Why.ANSWER_TOO_LONG())
    for pair in [pair for pair in found if not pair.text]:
        found.remove(pair)
        guide.placed.discard(pair.line)
        guide.remark(pair.line, Read.NO_ANSWER(question=pair.name))
    return found

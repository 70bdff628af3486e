"""The lines of a plan as a tree: phases, months and weeks with what belongs to them, however they are laid out."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from cohort_bot.app.words.guide_reading import Length, Refused
from cohort_bot.programmes.importing.durations import Duration, UnreadableDurationError, at_end, at_start, broken
from cohort_bot.programmes.importing.labels import RANK, Label, Unit, label_of, read_label
from cohort_bot.programmes.importing.lines import Line
from cohort_bot.programmes.importing.outline import means_duration
from cohort_bot.programmes.importing.questions import ImportRefused
from cohort_bot.programmes.importing.tables import Column, columns, says_nothing

TITLE_MOST = 80
_INTRODUCES = re.compile(r"\b(?:follow|following|here|these|below|this)\b", re.IGNORECASE)
_ORDINAL = re.compile(r"^(?:phase|stage|step|part|module)\s+(?:\d{1,2}|[ivx]+)\b\s*[:.)–—-]*\s*", re.IGNORECASE)
_GATE = re.compile(
    r"^\W*(?:(?:phase|month|week|final|end[- ]of[- ]\w+)\s*\d*\s*)?"
    r"(?:checkpoints?|exit criteria|must deliver|meilensteine?|entregables?)\b",
    re.IGNORECASE,
)
_KEYS = re.compile(
    r"(?:goals?|focus|objectives?|outcomes?|aims?|build|do|learn|read|watch|project|practice|deliverables?|resources?"
    r"|topics?|tasks?|homework|ziele?|projekt|objetivos?|proyecto|projeto|objectifs?|projet|目标|项目)\s*:?",
    re.IGNORECASE,
)

_TOTAL = re.compile(
    r"\W*(?:total(?: (?:duration|time|length))?|duration|time ?(?:line|frame)|length"
    r"|dauer|duración|duração|durée)\b\W*",
    re.IGNORECASE,
)
"""How long all of it takes, said above the first part."""

Kind = Literal["root", "heading", "part", "gate", "sub", "item", "text"]


@dataclass(slots=True)
class Block:
    """A line with what belongs to it. A "part" is a phase, month, week or day; a "sub" is a heading inside one."""

    kind: Kind
    line: Line
    text: str
    depth: tuple[float, ...] = ()
    unit: Unit = "phase"
    label: Label | None = None
    duration: Duration | None = None
    length_line: int = 0
    children: list["Block"] = field(default_factory=list)

    @property
    def parts(self) -> list["Block"]:
        return [child for child in self.children if child.kind == "part"]

    def walk(self) -> Iterator["Block"]:
        """Itself and all below it, in order of lines."""
        yield self
        for child in self.children:
            yield from child.walk()


def tree(sections: Sequence[tuple[Line | None, Sequence[Line]]]) -> Block:
    """The sections of a plan, each with its heading, as one tree. Raises ImportRefused for an impossible length."""
    reader = _Reader()
    for heading, lines in sections:
        try:
            reader.section(heading)
        except UnreadableDurationError as error:
            raise ImportRefused(Refused.BAD_LENGTH(why=error.why), heading.number if heading else 0) from error
        for index, line in enumerate(lines):
            following = lines[index + 1] if index + 1 < len(lines) else None
            try:
                reader.take(line, following)
            except UnreadableDurationError as error:
                raise ImportRefused(Refused.BAD_LENGTH(why=error.why), line.number) from error
    return reader.root


class _Reader:
    """Takes one line after the other; `open` is the way from the root to where the next line may belong."""

    def __init__(self) -> None:
        self.root = Block("root", Line(0, 0, "", ""), "")
        self.open = [self.root]
        self.header: list[Column] = []
        self.above: Block | None = None

    def section(self, heading: Line | None) -> None:
        self.above = None
        if heading is None:
            del self.open[1:]
            self._put(Block("heading", Line(0, 0, "", ""), "", (1, 0, -1)))
            return
        if heading.heading == 0:
            del self.open[1:]
        if self._part(heading, None):
            return
        if self._another_phase(heading) and heading.heading:
            self._put(Block("part", heading, heading.body.rstrip(" :："), self._depth(heading, 0)))
            return
        self._put(Block("heading", heading, heading.body, (1, heading.heading or 1, -1)))

    def take(self, line: Line, following: Line | None) -> None:
        above, self.above = self.above, None
        if line.cells:
            self._row(line)
            return
        if self._gate(line):
            return
        if self._length(line, above) or self._part(line, following):
            return
        if self._another_phase(line) and line.plain and (line.heading or self._heads(line, following)):
            self.above = self._put(Block("part", line, line.body.rstrip(" :："), self._depth(line, 0)))
        elif line.heading:
            self.above = self._put(Block(self._inside("sub", "heading"), line, line.body, (1, line.heading, -1)))
        elif line.bullet == "sign" or (line.bullet == "number" and not self._titles(line, following)):
            self._put(Block("item", line, line.body, (4, line.indent)))
        elif self._heads(line, following):
            self.above = self._put(Block(self._inside("sub", "heading"), line, line.body.rstrip(" :："), (3,)))
        else:
            self._text(line)

    def _gate(self, line: Line) -> bool:
        """Whether the line names what must be there at the end of a part."""
        label = read_label(line.body) if not line.bullet else None
        if not (label and label.gate) and not ((line.heading or line.strong) and _GATE.match(line.body)):
            return False
        if self._enclosing() is None:
            return False
        depth = (1, line.heading, 9) if line.heading else (2.5,)
        self._put(Block("gate", line, line.body, depth))
        return True

    def _length(self, line: Line, above: Block | None) -> bool:
        """Whether the line begins with the length of the part whose title is above, or of its own part."""
        titled = above is not None and above.kind in {"heading", "sub", "part"}
        if (line.bullet == "sign" and not titled) or (line.heading and above is None):
            return False
        ordinal = _ORDINAL.match(line.body)
        rest = line.body[ordinal.end() :] if ordinal else line.body
        label = read_label(line.body)
        found = at_start(rest) if label is None or label.first >= 1 else None
        waiting = above if above and not ordinal and above.duration is None else None
        if found is None:
            if waiting is not None and label is None and not line.bullet and (amount := broken(line.body)) is not None:
                raise ImportRefused(Refused.BAD_LENGTH(why=Length.NO_NUMBER(said=amount)), line.number)
            return False
        if label is not None and not self._is_length_of(waiting, line):
            return False
        if waiting is not None:
            self._give_length(waiting, line, *found)
            return True
        return self._opens_with_length(line, ordinal, *found)

    def _give_length(self, title: Block, line: Line, duration: Duration, rest: str) -> None:
        """The title above is a part of this length; what else its line says is the first thing to do."""
        if title.kind != "part":
            self._make_part(title)
        title.duration, title.length_line = duration, line.number
        if rest:
            # Whatever its own line is indented by, the bullets below it stand beside it.
            self._put(Block("item", replace(line, body=rest), rest, (4, math.inf)))

    def _opens_with_length(self, line: Line, ordinal: re.Match[str] | None, duration: Duration, rest: str) -> bool:
        """Whether a part begins with a line such as "16 weeks: Foundation"."""
        if line.bullet or self._week_is_open():
            return False
        if _TOTAL.match(line.body):
            self.open[-1].children.append(Block("text", line, line.body))
            return True
        title = rest or (ordinal[0].strip(" :.)–—-(") if ordinal else "")
        self._put(Block("part", line, title, (2, RANK["phase"]), "phase", None, duration, line.number))
        return True

    def _is_length_of(self, waiting: Block | None, line: Line) -> bool:
        """Whether "Weeks 1-10: …" is the length of the title above and no part of its own."""
        if waiting is None or waiting.label is not None or line.heading or line.bullet or line.strong:
            return False
        return waiting.line.heading == 0 and (self._enclosing() is None or self._enclosing() is waiting)

    def _part(self, line: Line, following: Line | None) -> bool:
        """Whether the line names a part: by its number, or by a title with a length."""
        label = read_label(line.body)
        if label is not None and self._may_be(label, line):
            depth = self._depth(line, RANK["phase"] if self._is_over(label, line) else RANK[label.unit])
            block = Block("part", line, _title(label), depth, label.unit, label, label.duration, line.number)
            self.above = self._put(block)
            return True
        deeper = following is not None and following.bullet == "sign" and following.indent > line.indent
        found = at_end(line.body) if line.bullet != "sign" or deeper else None
        if found is None or (label is None and _TOTAL.match(found[1])) or not self._may_end_with_length(line):
            return False
        depth = self._depth(line, RANK["phase"])
        self.above = self._put(Block("part", line, found[1], depth, "phase", None, found[0], line.number))
        return True

    def _may_end_with_length(self, line: Line) -> bool:
        """Whether a length at a line's end is a part's: "Read it (2 weeks)" below a heading is something to do."""
        if line.heading:
            return True
        if self._week_is_open() or (line.sentence and not line.body.rstrip().endswith((":", ")"))):
            return False
        phase = self._enclosing()
        return phase is None or phase.line.heading == 0 or line.strong

    def _is_over(self, label: Label, line: Line) -> bool:
        """Whether a week comes after the end of the phase above, which says how long it is: then it is none of it."""
        phase = self._enclosing()
        if phase is None or phase.duration is None or phase.line.heading != line.heading or label.unit != "week":
            return False
        if phase.unit != "phase" or phase.line.bullet != line.bullet:
            return False
        before = sum(part.duration.weeks for part in self._side_by_side(phase) if part.duration)
        return label.first > before

    def _side_by_side(self, part: Block) -> Sequence[Block]:
        """The part and those before it below the same heading."""
        parts = next(block.parts for block in self.open if any(each is part for each in block.parts))
        return parts[: next(number for number, each in enumerate(parts, start=1) if each is part)]

    def _may_be(self, label: Label, line: Line) -> bool:
        """Whether such a label can open a part here: "• Module 3: trees" in a week is something to do."""
        if line.bullet:
            return self._may_be_in_bullets(label, line)
        within = self._enclosing()
        if within is None or line.heading:
            return True
        if within.line.heading and RANK[label.unit] <= RANK[within.unit]:
            return within.unit == "phase" and within.label is None
        return label.unit != "day" or line.strong

    def _may_be_in_bullets(self, label: Label, line: Line) -> bool:
        for block in reversed(self.open):
            if block.kind == "part" and not (block.line.bullet and line.indent <= block.line.indent):
                return RANK[label.unit] > RANK[block.unit] and label.unit != "day"
        return True

    def _titles(self, line: Line, following: Line | None) -> bool:
        """Whether a numbered line is the title of a phase whose length is below it."""
        return following is not None and not line.sentence and means_duration(following) and following.bullet == ""

    def _heads(self, line: Line, following: Line | None) -> bool:
        """Whether a line without any mark is a heading of what follows."""
        if following is None:
            return False
        if line.bullet == "number" or (line.strong and _short(line) and not line.body.endswith(("!", "?"))):
            return True
        label = label_of(following.body) if following.plain else None
        if label is None and means_duration(following):
            return not line.sentence or (_short(line) and _INTRODUCES.search(line.body) is None)
        if line.sentence:
            return line.body.endswith((":", "：")) and following.bullet != ""
        if label is not None and (self._enclosing() is None or (at_start(following.body) and self._follows_an_item())):
            return True
        inside = self._enclosing() is not None
        goes_on = inside and self._follows_an_item() and (line.indent > 0 or line.body[:1].islower())
        return not goes_on and (following.bullet == "sign" or (inside and _KEYS.fullmatch(line.body) is not None))

    def _another_phase(self, line: Line) -> bool:
        """Whether a heading without a length is a phase like the one before it, which has one."""
        phase = self._enclosing()
        if phase is None or phase.label is not None or phase.line.bullet or phase.line.cells:
            return False
        return phase.line.heading == line.heading

    def _follows_an_item(self) -> bool:
        return self.open[-1].kind == "item"

    def _text(self, line: Line) -> None:
        """A line of text: it goes on with the bullet above, or stands by itself."""
        last = self.open[-1]
        if last.kind == "item" and (line.indent > last.line.indent or line.body[:1].islower()):
            last.text = f"{last.text} {line.body}"
            last.line = replace(last.line, links=last.line.links + line.links)
            last.children.append(Block("text", line, ""))
            return
        while self.open[-1].kind == "item" or self.open[-1].line.bullet == "sign":
            self.open.pop()
        self.open[-1].children.append(Block("text", line, line.body))

    def _row(self, line: Line) -> None:
        """A table's row: a part where a column says when, or how long; else something to do."""
        if line.header:
            self.header = columns(line.cells)
            self.open[-1].children.append(Block("text", line, ""))
            return
        cells = [
            (column, text) for column, text in zip(self.header, line.cells, strict=False) if not says_nothing(text)
        ]
        said = {column: text for column, text in reversed(cells) if column not in {"text", "hours", "link", "none"}}
        linked = {link.title for link in line.links} | {link.url for link in line.links}
        todo = [text for column, text in cells if column == "text" or (column == "link" and text not in linked)]
        unit: Unit | None = next((each for each in ("phase", "month", "week", "day") if each in said), None)
        label = None
        if unit is not None:
            digits = re.fullmatch(r"\W*(-?\d+)(?:\s*(?:-|–|—|−|to)\s*(\d+))?\W*", said[unit])
            words = (
                f"{unit} {digits[1]}-{digits[2]}" if digits and digits[2] else f"{unit} {digits[1]}" if digits else ""
            )
            label = read_label(words or said[unit])
        duration = None
        if "duration" in said and (found := at_start(said["duration"])) is not None:
            duration = found[0]
        title = said.get("title") or (label.title if label else "") or next(iter(todo), "")
        if title in todo:
            todo.remove(title)
        days = [said["day"]] if "day" in said and unit != "day" else []
        in_days = label is not None and label.unit == "day" and self._week_is_open()
        if (label is None or in_days) and duration is None:
            head = said.get("day") or said.get("week") or said.get("phase")
            text = "; ".join([*([title] if title else []), *todo])
            self._leaf(line, f"{head}: {text}" if head and text else text or head or line.body)
            return
        if label is None and unit == "phase" and said["phase"] != title:
            title = f"{said['phase']}: {title}" if title else said["phase"]
        kind = label.unit if label else "phase"
        block = self.open[-1]
        if block.line.cells and label is not None and block.label is not None and label.said == block.label.said:
            todo.insert(0, title)  # one more row of the same week
        else:
            block = self._put(Block("part", line, title, (5, RANK[kind]), kind, label, duration, line.number))
        for text in [*days, *todo] or [title]:
            block.children.append(Block("item", replace(line, body=text), text))

    def _leaf(self, line: Line, text: str) -> None:
        while self.open[-1].kind == "item" or self.open[-1].depth[:1] == (5,):
            self.open.pop()
        self.open[-1].children.append(Block("item", line, text))

    def _make_part(self, block: Block) -> None:
        """A title turns out to name a part, because its length is below it."""
        block.kind, block.unit = "part", "phase"
        if block.line.heading:
            return
        parent = next((each for each in self.open if any(child is block for child in each.children)), self.root)
        parent.children = [child for child in parent.children if child is not block]
        block.depth = (2, RANK["phase"])
        self._put(block)

    def _depth(self, line: Line, rank: int) -> tuple[float, ...]:
        if line.heading:
            return (1, line.heading, rank)
        return (4, line.indent) if line.bullet == "sign" else (2, rank)

    def _put(self, block: Block) -> Block:
        """Put it below the nearest open block that can hold it."""
        while len(self.open) > 1 and self.open[-1].depth >= block.depth:
            self.open.pop()
        self.open[-1].children.append(block)
        self.open.append(block)
        return block

    def _inside(self, inside: Kind, outside: Kind) -> Kind:
        return inside if self._enclosing() is not None else outside

    def _enclosing(self) -> Block | None:
        return next((block for block in reversed(self.open) if block.kind == "part"), None)

    def _week_is_open(self) -> bool:
        found = self._enclosing()
        return found is not None and RANK[found.unit] >= RANK["week"]


def _title(label: Label) -> str:
    """What a part is called: a phase by its number too, a week or month by its title."""
    if label.unit != "phase" or not label.title:
        return label.title or label.said
    return f"{label.said}: {label.title}".strip(" :–—-")


def _short(line: Line) -> bool:
    return len(line.body) <= TITLE_MOST and not line.body.endswith((".", ";", "…"))

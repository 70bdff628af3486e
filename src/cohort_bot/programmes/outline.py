"""A career guide's lines, and its sections recognised by their role whatever their headings say exactly."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from cohort_bot.programmes.durations import UnreadableDurationError, at_end, at_start, broken

Role = Literal[
    "top", "overview", "strengths", "skills", "roadmap", "reality", "enjoy", "miss", "challenges",
    "start", "this_week", "this_month", "next_90_days", "faq", "outro",
]  # fmt: skip

_YOUR = r"(?:your |the |my |an? )?"
# "Write a plan" and "12 weeks- Write a plan" are no headings.
_ADJECTIVES = r"(?!\d+ (?:weeks|months|years)\b)(?:(?!(?:an?|the|and|to|of|your)\b)[\w']+ ){0,5}"
_WILL = r"(?:'ll| will| might| may)?"
# Tried in this order on the heading in lower case without punctuation; any of the patterns must match all of it.
_ROLES: dict[Role, tuple[str, ...]] = {
    "outro": (
        r"ready to .*",
        r"conclusions?|wrapping up|take the next step.*",
        r"(?:final|closing) (?:thoughts|words)",
    ),
    "faq": (
        r"frequently asked questions.*|faqs?|common questions.*|your questions.*",
        r"q(?:uestions)? and a(?:nswers)?",
    ),
    "this_week": (
        r"(?:do |start |in |for )?(?:this|your first|the first|first) week|today|(?:first|next) (?:7|seven) days",
    ),
    "this_month": (
        r"(?:do |in |for )?(?:this|your first|the first|first) month",
        r"(?:in |within |over )?(?:the |your )?(?:first |next )?(?:30|thirty) days",
    ),
    "next_90_days": (
        r"(?:in |over |within )?(?:the |your )?(?:next |first |coming )?(?:90|ninety) days?(?: (?:action )?plan)?",
        r"(?:in |over |within )?(?:the |your )?(?:next |first |coming )?(?:three|3) months|(?:this|next) quarter",
    ),
    "enjoy": (
        rf"(?:what|things) you{_WILL} (?:love|enjoy|like|gain)\b.*",
        r"(?:the )?(?:pros|upsides?|rewards|benefits|joys|good parts|highlights)",
    ),
    "miss": (
        rf"(?:what|things) you{_WILL} (?:miss|lose|give up|leave behind)\b.*",
        r"(?:the )?(?:cons|downsides?|trade ?offs?|losses)",
    ),
    "challenges": (
        rf"(?:[\w']+ ){{0,3}}(?:challenges|hurdles|obstacles|difficulties)(?: ahead| to expect| you{_WILL} face)?",
        r"(?:the )?hard(?:est)? parts?|what(?:'s| is| will be) (?:hard|difficult)",
    ),
    "reality": (
        r"(?:[\w']+ ){0,2}reality check|what to expect|(?:an? |the )?(?:honest|realistic) look",
        r"pros and cons|the reality",
    ),
    "strengths": (
        r".*transferable skills.*|.*\bskills\b.*\b(?:already have|transfer|carry over|bring)\b.*",
        r".*\bexisting skills\b.*",
        rf"{_YOUR}(?:existing |current |key )?(?:strengths|advantages|head start|superpowers)",
        r"what (?:you (?:already )?(?:bring|have|know)|carries over|transfers)|how your \w+ transfers?",
    ),
    "skills": (
        r".*\bskills\b.*\b(?:need(?:ed)?|learn|develop|acquire|build|gain|master|required|missing)\b.*",
        rf"what (?:to|you{_WILL}(?: need to| have to)?) learn|{_YOUR}skills? gaps?|{_YOUR}new skills",
    ),
    # Wide, because only a heading with phases below it is kept.
    "roadmap": (
        rf"{_YOUR}{_ADJECTIVES}(?:roadmap|road map|timeline|milestones|curriculum)(?: .*)?",
        rf"{_YOUR}{_ADJECTIVES}(?:path|pathway|plan|journey)(?: (?:to|for|into) .*)?",
    ),
    "start": (
        r"start (?:your|the) .*|start (?:now|today)|get(?:ting)? started.*|take action.*|quick wins",
        r"(?:your )?(?:next|first|immediate) (?:steps|actions)|what to do (?:now|next|first)",
    ),
    "overview": (
        r"(?:[\w']+ ){0,2}overview|(?:an? |the )?(?:introduction|summary|background|big picture)",
        r"(?:about|why) this (?:transition|guide|career|role|path|move|change)",
    ),
}
_COMPILED = tuple((role, re.compile("|".join(patterns))) for role, patterns in _ROLES.items())
_START = re.compile("|".join((*_ROLES["start"], r"(?:your )?(?:immediate )?action (?:plan|steps)")))

_HORIZON_ROLES = {"this_week", "this_month", "next_90_days"}
_SIGN = re.compile(r"(?:(?:[•‣◦·▪■●○►▸✓✔☐➤→–—−]|\*(?!\*)|-(?!-)|\+|\[[ xX]?\])\s*)+(?=\S)")
_NUMBER = re.compile(r"(?:\(?\d{1,2}[.)]|[a-hA-H][.)])\s+(?=\S)")
_HEADING_LIMIT = 80
_TAIL_IS_TEXT = 40


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the guide that says something. `body` is it without its bullet; `number` counts from 1."""

    number: int
    indent: int
    bullet: Literal["", "sign", "number"]
    body: str

    @property
    def plain(self) -> bool:
        """Whether it has no bullet."""
        return not self.bullet

    @property
    def sentence(self) -> bool:
        """Whether it reads as running text and not as a title."""
        return len(self.body) > _HEADING_LIMIT or self.body.rstrip("\"'”’)*_").endswith((".", "!", "?", ":", ";", "…"))


@dataclass(slots=True)
class Section:
    """Lines that belong to one role; `heading` is None for what stands before the first heading."""

    role: Role
    heading: Line | None
    lines: list[Line]


def lines_of(text: str) -> list[Line]:
    """The lines that say something; rules such as ----- and blank lines do not."""
    return [
        _line(number, raw)
        for number, raw in enumerate(re.split(r"\r\n|\r|\n", text.lstrip("\ufeff")), start=1)
        if any(sign.isalnum() for sign in raw)
    ]


def _line(number: int, raw: str) -> Line:
    text = raw.strip()
    indent = len(raw) - len(raw.lstrip())
    if found := _SIGN.match(text):
        return Line(number, indent, "sign", text[found.end() :])
    if found := _NUMBER.match(text):
        return Line(number, indent, "number", text[found.end() :])
    return Line(number, indent, "", text)


def bare(text: str) -> str:
    """A heading or title without the marks of Markdown around it."""
    return re.sub(r"^#{1,6}\s+|\s+#+$", "", text).strip().strip("*_").strip()


def sections(lines: Sequence[Line]) -> tuple[list[Section], str]:
    """The guide in sections, and what to say if the roadmap was found without a heading that names it."""
    roles = [_role(line) for line in lines]
    _spare_phases(lines, roles)
    remark = _settle_roadmap(lines, roles)
    found = [Section("top", None, [])]
    for line, role in zip(lines, roles, strict=True):
        if role is None:
            found[-1].lines.append(line)
            continue
        found.append(Section(role, line, []))
        tail = _split_tail(line.body)[1]
        if len(tail) > _TAIL_IS_TEXT:  # "Overview: Your experience …"
            found[-1].lines.append(Line(line.number, line.indent, "", tail))
    return found, remark


def begins_with_duration(line: Line) -> bool:
    """Whether the line gives a phase's length first, readable or not."""
    try:
        return line.bullet != "number" and at_start(line.body) is not None
    except UnreadableDurationError:
        return True


def means_duration(line: Line) -> bool:
    """Whether the line stands where a phase's length does, even if there is no number in it."""
    return begins_with_duration(line) or (line.plain and broken(line.body) is not None)


def ends_with_duration(line: Line) -> bool:
    """Whether the line gives a phase's length after its title, readable or not."""
    try:
        return line.bullet != "sign" and at_end(line.body) is not None
    except UnreadableDurationError:
        return True


def _split_tail(text: str) -> tuple[str, str]:
    """A heading, and what follows it after a colon, a dash or in parentheses."""
    parts = re.split(r"\s*[:(]\s*|\s+[-–—]\s+", bare(text), maxsplit=1)
    return parts[0], parts[1] if len(parts) > 1 else ""


def _role(line: Line) -> Role | None:
    head, tail = _split_tail(line.body)
    if line.bullet == "sign" or len(head) > _HEADING_LIMIT or head.endswith((".", ",")):
        return None
    words = head.casefold().replace("’", "'").replace("&", " and ")
    words = " ".join(re.sub(r"[^\w' ]", " ", words).split()).replace("faq s", "faqs")
    for role, pattern in _COMPILED:
        if pattern.fullmatch(words) and not (len(tail) > _TAIL_IS_TEXT and role != "overview"):
            return role
    return None


def _spare_phases(lines: Sequence[Line], roles: list[Role | None]) -> None:
    """Inside a roadmap "Getting Started" with "4 weeks- …" below it is a phase, and so is "Study Plan (8 weeks)"."""
    inside = False
    for index, role in enumerate(roles):
        below = index + 1 < len(lines) and begins_with_duration(lines[index + 1])
        beside = role not in _HORIZON_ROLES and ends_with_duration(lines[index])
        if inside and (below or beside):
            roles[index] = None
        elif role:
            inside = role == "roadmap"


def _settle_roadmap(lines: Sequence[Line], roles: list[Role | None]) -> str:
    """Keep as roadmap only the heading with phases below it; find it by its phases when no heading says so."""
    best = None
    others = [index for index, role in enumerate(roles) if role not in {None, "roadmap"}]
    for begin, end in pairwise([-1, *others, len(lines)]):
        named = [index for index in range(begin + 1, end) if roles[index] == "roadmap"]
        phases = [index for index in range(begin + 1, end) if named and index > named[0] and _opens_phase(lines[index])]
        if best is None and phases:
            best = max(index for index in named if index < phases[0])
    if best is None:
        return _find_roadmap(lines, roles)
    for index, role in enumerate(roles):
        if role == "roadmap" and index != best:
            start = _START.fullmatch(_split_tail(lines[index].body)[0].casefold())
            roles[index] = "start" if start else None
    return ""


def _opens_phase(line: Line) -> bool:
    if line.bullet == "sign":
        return begins_with_duration(line)
    return means_duration(line) or ends_with_duration(line)


def _find_roadmap(lines: Sequence[Line], roles: list[Role | None]) -> str:
    first = next(
        (
            index
            for index in range(1, len(lines) - 1)
            if lines[index].plain and begins_with_duration(lines[index]) and not lines[index - 1].sentence
        ),
        None,
    )
    if first is None:
        return ""
    # The title of the first phase is above the duration; above that a heading, with or without an introduction.
    for index in (first - 2, first - 3):
        if index < 1 or lines[index].sentence:
            continue
        if roles[index] in {None, "roadmap"} and lines[index].plain:
            roles[index] = "roadmap"
            return f'"{lines[index].body}" is taken as the roadmap, because phases with durations follow it'
        return ""
    return ""

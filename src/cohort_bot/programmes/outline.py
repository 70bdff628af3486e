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
        r"(?:do |start |in |for )?(?:this|your first|the first|first) week|today",
        r"(?:in the |your )?(?:first|next) (?:7|seven) days",
    ),
    "this_month": (
        r"(?:do |in |for )?(?:this|your first|the first|first) month",
        r"(?:in the |your )?(?:first|next) (?:30|thirty) days",
    ),
    "next_90_days": (
        r"(?:in |over |within )?(?:the |your )?(?:next|first|coming|these) (?:90|ninety) days",
        r"(?:the |your )?(?:next|first|coming) (?:three|3) months|(?:this|next) quarter",
        r"(?:your )?90 days?(?: plan| goals| action plan)?",
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
        (
            rf"{_YOUR}(?:biggest |main |key |common |major |top |real |greatest )*"
            r"(?:challenges?|hurdles|obstacles|difficulties|hard(?:est)? parts?)"
            rf"(?: ahead| to expect| you{_WILL} face)?"
        ),
        r"what(?:'s| is| will be) (?:hard|difficult)",
    ),
    "reality": (
        rf"{_YOUR}(?:honest )?reality check|what to expect|{_YOUR}honest look",
        r"pros and cons|the reality",
    ),
    "strengths": (
        rf"{_YOUR}(?:existing |current |key |core )*(?:transferable skills|strengths|advantages|head start)",
        r"skills (?:you already have|you bring|you can transfer|that (?:transfer|carry over))",
        r"what you (?:already )?(?:bring|have|know)",
    ),
    "skills": (
        (
            rf"{_YOUR}(?:key |new |core |essential |top |required |priority |main )*skills "
            rf"(?:you{_WILL} need(?: to \w+)?|you (?:must|should|have to) \w+|to \w+|needed|required)"
        ),
        rf"what you{_WILL} (?:need|have) to learn|{_YOUR}skills? gaps?|{_YOUR}new skills",
    ),
    "roadmap": (
        (
            rf"{_YOUR}(?:detailed |suggested |complete |full |step by step |\d+ (?:year|month|week) )*"
            r"(?:learning |career |transition |study |action |development |training )*"
            r"(?:roadmap|road map|path|pathway|plan|journey|curriculum|timeline|milestones)(?: (?:to|for|into) .*)?"
        ),
    ),
    "start": (
        r"start (?:your|the) .*|start (?:now|today)|get(?:ting)? started.*|take action.*|quick wins",
        r"(?:your )?(?:next|first|immediate) steps|what to do (?:now|next|first)",
    ),
    "overview": (
        r"(?:an? |the |role |career |transition )*(?:overview|introduction|summary|background)",
        r"about (?:this|the) (?:transition|guide|career|role|path)",
    ),
}
_COMPILED = tuple((role, re.compile("|".join(patterns))) for role, patterns in _ROLES.items())
_START = re.compile("|".join((*_ROLES["start"], r"(?:your )?action (?:plan|steps)")))

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
    for index in range(len(lines) - 1):
        # "Getting Started" with "4 weeks- …" below it is a phase.
        if roles[index] not in {None, "roadmap"} and begins_with_duration(lines[index + 1]):
            roles[index] = None
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


def _settle_roadmap(lines: Sequence[Line], roles: list[Role | None]) -> str:
    """Keep as roadmap only the heading with phases below it; find it by its phases when no heading says so."""
    marks = [index for index, role in enumerate(roles) if role] + [len(lines)]
    best, most = None, 0
    for index, end in pairwise(marks):
        count = sum(map(_opens_phase, lines[index + 1 : end])) if roles[index] == "roadmap" else 0
        if count > most:
            best, most = index, count
    for index, role in enumerate(roles):
        if role == "roadmap" and index != best and most:
            start = _START.fullmatch(_split_tail(lines[index].body)[0].casefold())
            roles[index] = "start" if start else None
    if most:
        return ""
    return _find_roadmap(lines, roles)


def _opens_phase(line: Line) -> bool:
    if line.bullet == "sign":
        return begins_with_duration(line)
    return begins_with_duration(line) or ends_with_duration(line) or (line.plain and broken(line.body) is not None)


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

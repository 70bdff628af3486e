"""A guide's sections, recognised by their role whatever their headings say exactly."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from cohort_bot.app.words.guide_reading import Read
from cohort_bot.chat.sentence import Sentence
from cohort_bot.programmes.importing.durations import UnreadableDurationError, at_end, at_start, broken
from cohort_bot.programmes.importing.labels import label_of, read_label
from cohort_bot.programmes.importing.lines import HEADING_LIMIT, Line, bare
from cohort_bot.programmes.importing.tables import is_plan

Role = Literal[
    "top", "overview", "strengths", "skills", "roadmap", "reality", "enjoy", "miss", "challenges",
    "start", "this_week", "this_month", "next_90_days", "faq", "outro", "other",
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
        r"häufige fragen|preguntas frecuentes|perguntas frequentes|questions fréquentes|常见问题",
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
        r"(?:.* )?(?:lern|studien|lehr|zeit|wochen|ablauf)plan|fahrplan|lernpfad|lernweg",
        r"hoja de ruta|ruta de aprendizaje",
        r"plan de (?:estudios?|aprendizaje)|roteiro|plano de estudos?|trilha(?: de .*)?|feuille de route",
        r"plan d'apprentissage|programme|parcours|学习路线|学习计划|路线图|学习大纲",
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
_TAIL_IS_TEXT = 40


@dataclass(slots=True)
class Section:
    """Lines that belong to one role; `heading` is None for what stands before the first heading.

    What is no part that guides of this kind have is "other".
    """

    role: Role
    heading: Line | None
    lines: list[Line] = field(default_factory=list)

    @property
    def plans(self) -> bool:
        """Whether a part of a plan begins in it."""
        return any(opens_part(line) for line in self.lines) or (self.heading is not None and opens_part(self.heading))

    @property
    def numbered(self) -> bool:
        """Whether it names a part of a plan by its number, such as "Week 3"."""
        return any(labelled(line) for line in [*([self.heading] if self.heading else []), *self.lines])


def sections(lines: Sequence[Line]) -> tuple[list[Section], Sentence | None]:
    """The guide in sections, and what to say if the roadmap was found without a heading that names it."""
    roles = [_role(line) for line in lines]
    if roles and roles[0] == "roadmap":
        roles[0] = None  # the first line is the title, such as "2 Week Roadmap for 2027"
    untitled = len(lines) > 1 and _is_a_phase_like_others(lines)
    _spare_phases(lines, roles)
    found = [Section("top", None)]
    inside = 0  # the level of the heading of the plan's part that is being read
    for index, line in enumerate(lines):
        role, here = roles[index], found[-1]
        level = here.heading.heading if here.heading else 0
        if role and line.heading and 0 < inside < line.heading and here.role in {"roadmap", "other"}:
            role = None  # a heading inside a week, such as "Skills to learn"
        if role:
            found.append(Section(role, line))
            inside = 0
            tail = _split_tail(line.body)[1]
            if len(tail) > _TAIL_IS_TEXT:  # "Overview: Your experience …"
                found[-1].lines.append(Line(line.number, line.indent, "", tail))
        elif line.heading and (_begins_another(here, line, level) or (index == 0 and untitled)):
            found.append(Section("other", line))
        elif here.role not in {"roadmap", "other"} and _begins_plan(here, line):
            found.append(Section("other", None, [*_title_above(here, line), line]))
        else:
            here.lines.append(line)
        if line.heading and opens_part(line):
            inside = line.heading
    return _settled(found)


def _is_a_phase_like_others(lines: Sequence[Line]) -> bool:
    """Whether the first line is no title: others with a length stand beside it."""
    first = lines[0]
    if not first.heading or not ends_with_duration(first):
        return False
    return any(line.heading == first.heading and ends_with_duration(line) for line in lines[1:])


def _begins_another(here: Section, line: Line, level: int) -> bool:
    """Whether a heading that is not known ends the section before it."""
    if here.role == "top":
        return bool(here.lines) or labelled(line)
    return line.heading <= level


def _begins_plan(here: Section, line: Line) -> bool:
    """Whether the plan begins here although no heading says so."""
    if line.cells:
        return line.header and is_plan(line.cells)
    if labelled(line):
        label = label_of(line.body)
        # "Step 1: install it" is a first step and no phase.
        return here.role in {"top", "overview"} or (not line.bullet and label is not None and label.unit != "phase")
    return here.role in {"top", "overview"} and bool(here.lines) and line.plain and begins_with_duration(line)


def _title_above(here: Section, line: Line) -> list[Line]:
    """The title of the first phase above its length, and a heading above that: taken out of the section before."""
    if labelled(line) or line.cells or not here.lines or here.lines[-1].sentence:
        return []
    if here.role == "top" and len(here.lines) == 1:
        return []
    return [here.lines.pop()]


def _settled(found: list[Section]) -> tuple[list[Section], Sentence | None]:
    """Keep as roadmap only the sections with phases in them; the words of another heading belong to what is above."""
    empty = [section for section in found if section.role == "roadmap" and section.heading]
    settled = _without_empty(found)
    roadmap = any(section.role == "roadmap" for section in settled)
    remark = None
    for section in settled:
        if section.role == "other" and section.plans and (section.numbered or not roadmap):
            section.role = "roadmap"
            if not roadmap and not section.numbered and section.heading:
                remark = _taken(section.heading)
    if any(section.role == "roadmap" for section in settled):
        _between_phases(settled)
        return settled, remark
    unnamed = _find_roadmap(settled)
    if unnamed or not empty:
        return settled, unnamed
    for section in found:
        if section.role == "roadmap" and section is not empty[-1]:
            section.role = "other"
    return found, None  # the reader says what the roadmap lacks


def _between_phases(settled: list[Section]) -> None:
    """A section between two phases, below a heading like theirs, is a phase without a length."""
    phases = [
        place
        for place, section in enumerate(settled)
        if section.role == "roadmap"
        and section.heading
        and section.heading.heading
        and ends_with_duration(section.heading)
    ]
    if not phases:
        return
    level = settled[phases[0]].heading
    for section in settled[phases[0] : phases[-1]]:
        if section.role == "other" and section.heading and level and section.heading.heading == level.heading:
            section.role = "roadmap"


def _without_empty(found: Sequence[Section]) -> list[Section]:
    """A heading that could name a roadmap and has no phases below it is another one, or none."""
    settled: list[Section] = []
    for section in found:
        if section.role != "roadmap" or section.plans:
            settled.append(Section(section.role, section.heading, list(section.lines)))
        elif section.heading and _START.fullmatch(_split_tail(section.heading.body)[0].casefold()):
            settled.append(Section("start", section.heading, section.lines))
        elif section.heading and section.heading.heading:
            settled.append(Section("other", section.heading, section.lines))
        else:
            settled[-1].lines += [*([section.heading] if section.heading else []), *section.lines]
    return settled


def _taken(heading: Line) -> Sentence:
    return Read.ROADMAP(heading=heading.body)


def _find_roadmap(settled: list[Section]) -> Sentence | None:
    """Take the roadmap out of another section: a title, a length below it, and a heading above both."""
    for place, section in enumerate(settled):
        for index in range(1, len(section.lines) - 1):
            above, line = section.lines[index - 1], section.lines[index]
            if not line.plain or not begins_with_duration(line) or above.sentence:
                continue
            # Above the title a heading, with or without an introduction.
            heads = [each for each in (index - 2, index - 3) if each >= 0 and not section.lines[each].sentence]
            if not heads or not section.lines[heads[0]].plain:
                return None
            heading = section.lines[heads[0]]
            settled.insert(place + 1, Section("roadmap", heading, section.lines[heads[0] + 1 :]))
            del section.lines[heads[0] :]
            return _taken(heading)
    return None


def labelled(line: Line) -> bool:
    """Whether the line names a part of a plan by its number, readable or not."""
    if line.cells:
        return False
    try:
        return read_label(line.body) is not None
    except UnreadableDurationError:
        return True


def opens_part(line: Line) -> bool:
    """Whether a phase, a month or a week of a plan begins with the line."""
    if line.cells:
        return line.header and is_plan(line.cells)
    if line.bullet == "sign":
        return labelled(line) or begins_with_duration(line) or (line.body.endswith(")") and ends_with_duration(line))
    return labelled(line) or means_duration(line) or ends_with_duration(line)


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
        return at_end(line.body) is not None
    except UnreadableDurationError:
        return True


def _split_tail(text: str) -> tuple[str, str]:
    """A heading, and what follows it after a colon, a dash or in parentheses."""
    parts = re.split(r"\s*[:(]\s*|\s+[-–—]\s+", bare(text), maxsplit=1)
    return parts[0], parts[1] if len(parts) > 1 else ""


def _role(line: Line) -> Role | None:
    head, tail = _split_tail(line.body)
    if line.cells or line.code or _is_part(line):
        return None
    if line.bullet == "sign" or len(head) > HEADING_LIMIT or head.endswith((".", ",")):
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


def _is_part(line: Line) -> bool:
    """Whether it is "Month 1: Overview" rather than "First month"."""
    return labelled(line) and re.search(r"\d|第", line.body) is not None

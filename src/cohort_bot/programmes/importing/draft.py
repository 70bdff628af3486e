"""A first draft of a programme from a guide's parts: every week with tasks, every item covered."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from cohort_bot.app.words import programme_draft as words
from cohort_bot.app.words.guide_reading import Read
from cohort_bot.chat.catalogues import ENGLISH
from cohort_bot.programmes.importing.guide import Entry, Guide, Slot, Stage, shortened
from cohort_bot.programmes.importing.lines import Link
from cohort_bot.programmes.importing.outline import Role
from cohort_bot.programmes.models import (
    GOAL_LIMIT,
    ITEM_LIMIT,
    NAME_LIMIT,
    NOTE_LIMIT,
    SHORT_LIMIT,
    TASK_LIMIT,
    TASKS_LIMIT,
    TITLE_LIMIT,
)

HOURS, FEWEST_HOURS, MOST_HOURS = 8, 5, 12
GATE_LIMIT, RESOURCES_LIMIT, URL_LIMIT = 10, 10, 300
_COLOURS = ("#2A9387", "#4682C4", "#8C70CC", "#B37A22", "#C4627E", "#5B8C3A", "#3A8CA6", "#A65D3A")
_TIME = re.compile(r"\((?:about |approx\. |ca\. |~ ?)?(\d{1,3}) ?(min(?:ute)?s?|h(?:ours?|rs?)?)\.?\)", re.IGNORECASE)
# The horizons with the prefix of their ids and the weeks in which they are due.
_HORIZONS: tuple[tuple[Role, str, int, int], ...] = (
    ("this_week", "TW", 1, 1),
    ("this_month", "TM", 2, 4),
    ("next_90_days", "N", 5, 13),
)


@dataclass(slots=True)
class _Week:
    """A week in the making. `heads` are its actions with their part of the whole; title and goal are the guide's."""

    number: int
    title: str = ""
    goal: str = ""
    links: list[Link] = field(default_factory=list)
    heads: list[tuple[str, int, int]] = field(default_factory=list)
    covers: list[str] = field(default_factory=list)
    tasks: list[str] = field(default_factory=list)
    note: str = ""

    def room_for(self, texts: Sequence[str]) -> bool:
        return len(self.tasks) + len(texts) <= TASKS_LIMIT


def draft(guide: Guide, slug: str, language: str) -> dict[str, dict[str, Any]]:
    """The content of every file by its path in the folder, of a guide in that language, which is spoken here. Adds
    remarks on what had to be decided.
    """
    documents: dict[str, dict[str, Any]] = {}
    phases: list[dict[str, Any]] = []
    weeks: list[_Week] = []
    parts: list[tuple[str, str, list[_Week]]] = []
    for index, stage in enumerate(guide.stages, start=1):
        first = len(weeks) + 1
        mine = _spread(guide, stage, f"P{index}", first)
        weeks += mine
        path = f"phases/{index}-{_file_name(stage.title)}.yaml"
        parts.append((path, f"P{index}", mine))
        phases.append(
            {
                "id": f"P{index}",
                "title": stage.title,
                "weeks": len(mine),
                "file": path,
                "colour": _COLOURS[(index - 1) % len(_COLOURS)],
                "actions": _items(stage.actions, f"P{index}A"),
                **_gate(guide, stage),
            }
        )
    horizons = {name: _items(guide.lists.get(name, []), prefix) for name, prefix, _, _ in _HORIZONS}
    skills = [
        {"id": f"S{rank}", "rank": rank, "name": skill.name, "text": skill.text}
        for rank, skill in enumerate(guide.skills, start=1)
    ]
    _place_beside(guide, weeks)
    head: dict[str, Any] = {
        "slug": slug,
        "title": guide.title,
        "summary": guide.summary,
        "language": "" if language == ENGLISH else language,
        "hours": {"min": FEWEST_HOURS, "max": MOST_HOURS},
        "phases": phases,
        "horizons": horizons,
        "skills": skills,
        "strengths": [{"name": strength.name, "text": strength.text} for strength in guide.strengths],
        "reality_check": {
            name: [entry.text for entry in guide.lists.get(name, [])] for name in ("enjoy", "miss", "challenges")
        },
        "faq": [{"question": pair.name, "answer": pair.text} for pair in guide.faq],
    }
    documents["programme.yaml"] = {key: value for key, value in head.items() if value}
    titles: set[str] = set()
    for path, phase, mine in parts:
        documents[path] = {"phase": phase, "weeks": [_document(week, titles) for week in mine]}
    return documents


def _items(entries: Sequence[Entry], prefix: str) -> list[dict[str, str]]:
    return [{"id": f"{prefix}{number}", "text": entry.text} for number, entry in enumerate(entries, start=1)]


def shares(total: int, parts: int) -> list[int]:
    """`total` in whole parts as even as can be, the larger ones last."""
    base, more = divmod(total, parts)
    return [base] * (parts - more) + [base + 1] * more


def _gate(guide: Guide, stage: Stage) -> dict[str, Any]:
    if not stage.gate:
        return {}
    for entry in stage.gate[GATE_LIMIT:]:
        guide.remark(entry.line, Read.GATE_FULL(most=GATE_LIMIT))
    passes = [shortened(entry.text, ITEM_LIMIT) for entry in stage.gate[:GATE_LIMIT]]
    return {"gate": {"passes": passes, "if_missed": words.if_missed()}}


def _spread(guide: Guide, stage: Stage, phase: str, first: int) -> list[_Week]:
    """The phase's weeks with its actions, one slot after the other."""
    weeks: list[_Week] = []
    before = 0
    for slot in stage.slots:
        weeks += _fill(guide, slot, phase, before, first + len(weeks))
        before += len(slot.actions)
    return weeks


def _fill(guide: Guide, slot: Slot, phase: str, before: int, first: int) -> list[_Week]:
    """The slot's weeks with its actions: several weeks for an action, or several actions in a week."""
    length = slot.weeks
    weeks = [_Week(first + offset, slot.title, slot.goal, list(slot.links)) for offset in range(length)]
    ids = [f"{phase}A{before + number}" for number in range(1, len(slot.actions) + 1)]
    if len(slot.actions) <= length:
        places = [
            (action, part, of) for action, of in enumerate(shares(length, len(slot.actions))) for part in range(of)
        ]
        for week, (action, part, of) in zip(weeks, places, strict=True):
            _give(guide, week, slot.actions[action], ids[action], (part + 1, of))
    else:
        action = 0
        for week, count in zip(weeks, shares(len(slot.actions), length), strict=True):
            _give_many(guide, week, slot.actions[action : action + count], ids[action : action + count])
            action += count
    if length > 1:  # a title for all of them says less than what is to be done
        for week in weeks:
            week.title = ""
    return weeks


def _give_many(guide: Guide, week: _Week, entries: Sequence[Entry], ids: Sequence[str]) -> None:
    """Put several actions into a week: more than there is room for are told together, in their order."""
    texts = packed([entry.text for entry in entries], TASKS_LIMIT)
    if texts is None or len(entries) <= TASKS_LIMIT:
        for entry, item in zip(entries, ids, strict=True):
            _give(guide, week, entry, item, (1, 1))
        return
    week.heads += [(entry.text, 1, 1) for entry in entries]
    week.covers += ids
    week.tasks += texts
    week.links += [link for entry in entries for link in entry.links]


def packed(texts: Sequence[str], most: int) -> list[str] | None:
    """The texts in at most `most` tasks, neighbours joined; None when they do not fit."""
    if sum(len(text) + 2 for text in texts) > most * TASK_LIMIT:
        return None
    found: list[str] = []
    rest = list(texts)
    while rest:
        goal = max(1, -(-len(rest) // max(1, most - len(found))))
        piece = rest[0]
        taken = 1
        while taken < goal and len(piece) + 2 + len(rest[taken]) <= TASK_LIMIT:
            piece = f"{piece.rstrip('.;')}; {rest[taken]}"
            taken += 1
        if len(piece) > TASK_LIMIT or len(found) == most:
            return None
        found.append(piece)
        rest = rest[taken:]
    return found


def _give(guide: Guide, week: _Week, entry: Entry, item: str, part: tuple[int, int]) -> None:
    week.heads.append((entry.text, *part))
    week.links += entry.links
    _add(guide, week, item, entry.text, entry.line)


def _add(guide: Guide, week: _Week, item: str, text: str, line: int) -> None:
    """Cover the item in the week: as a task, else in the note, else by its id alone, with a remark."""
    week.covers.append(item)
    texts = list(_pieces(text))
    also = f"{week.note} {words.also(text)}".strip()
    if week.room_for(texts):
        week.tasks += texts
    elif len(also) <= NOTE_LIMIT:
        week.note = also
    else:
        guide.remark(line, Read.NO_ROOM(number=week.number, item=item))


def _pieces(text: str) -> Iterator[str]:
    """The text in pieces that fit a task, cut after a sentence or at least after a word."""
    while len(text) > TASK_LIMIT:
        cuts = [found.end() for found in re.finditer(r"[.;!?]\s+", text[:TASK_LIMIT])]
        cuts = cuts[-1:] or [found.end() for found in re.finditer(r"\s+", text[:TASK_LIMIT])][-1:] or [TASK_LIMIT]
        yield text[: cuts[0]].rstrip()
        text = text[cuts[0] :].lstrip()
    if text:
        yield text


def _place_beside(guide: Guide, weeks: list[_Week]) -> None:
    """Horizon items go where they are due, skills evenly over all weeks; each into the emptiest week there."""
    last = len(weeks)
    for name, prefix, begin, end in _HORIZONS:
        entries = guide.lists.get(name, [])
        window = weeks[min(begin, last) - 1 : min(end, last)]
        for number, entry in enumerate(entries, start=1):
            wanted = (number - 1) * len(window) // len(entries)
            _add(guide, _roomiest(window, wanted), f"{prefix}{number}", entry.text, entry.line)
    for rank, skill in enumerate(guide.skills, start=1):
        begin, end = ((rank - 1) * last // len(guide.skills), rank * last // len(guide.skills))
        window = weeks[begin : max(end, begin + 1)]
        text = skill.text if skill.text == skill.name else f"{skill.name}: {skill.text}"
        _add(guide, _roomiest(window, len(window) // 2), f"S{rank}", " ".join(text.split("\n")), skill.line)
    if guide.skills:
        guide.remark(0, Read.SKILLS())


def _roomiest(window: Sequence[_Week], wanted: int) -> _Week:
    """The week with the fewest tasks, among these the one nearest to the wanted place."""
    return min(enumerate(window), key=lambda pair: (len(pair[1].tasks), abs(pair[0] - wanted)))[1]


def _document(week: _Week, titles: set[str]) -> dict[str, Any]:
    text, part, of = (week.title, 1, 1) if week.title else week.heads[0]
    goal_part, goal_of = week.heads[0][1:]
    title = _title(text, lambda text: words.part_of(text, part, of) if of > 1 else text)
    if title.casefold() in titles:
        title = _title(text, lambda text: words.in_week(words.part_of(text, part, of) if of > 1 else text, week.number))
    titles.add(title.casefold())
    told = "; ".join(head[0] for head in week.heads)
    goal = week.goal or (words.part(goal_part, goal_of, week.heads[0][0]) if goal_of > 1 else told)
    minutes = _minutes(week)
    tasks = list(_tasks(week.tasks))
    for task, stated in zip(tasks, minutes, strict=False):
        task["minutes"] = stated
    document: dict[str, Any] = {
        "week": week.number,
        "title": title,
        "goal": shortened(goal, GOAL_LIMIT),
        "hours": round(sum(minutes) / 60) or HOURS,
        "tasks": tasks,
        "share": words.share(),
        "covers": week.covers,
    }
    if resources := _resources(week.links):
        document["resources"] = resources
    if week.note:
        document["note"] = week.note
    return document


def _title(text: str, whole: Callable[[str], str]) -> str:
    """The text as `whole` completes it, shortened so that both fit a title."""
    return whole(shortened(text, TITLE_LIMIT - len(whole(""))))


def _minutes(week: _Week) -> list[int]:
    """The times of the tasks where the guide states one for each, as in "Read chapter 2 (90 min)"; else nothing.

    A time that belongs to a longer stretch of weeks, or a sum that is no week's work, is left in the text alone.
    """
    found = [_TIME.findall(text) for text in week.tasks]
    if not found or any(len(times) != 1 for times in found) or any(of > 1 for _, _, of in week.heads):
        return []
    minutes = [int(amount) * (60 if unit[0] in "hH" else 1) for ((amount, unit),) in found]
    fits = FEWEST_HOURS <= round(sum(minutes) / 60) <= MOST_HOURS
    return minutes if fits and min(minutes) > 0 else []


def _resources(links: Sequence[Link]) -> list[dict[str, str]]:
    """The links of a week, each once, as far as a programme can hold them."""
    known: dict[str, str] = {}
    for link in links:
        if len(link.url) <= URL_LIMIT and re.fullmatch(r"https?://[^\s<>|\"]+\.[^\s<>|\"]+", link.url):
            known.setdefault(link.url, shortened(re.sub(r"^https?://(?:www\.)?", "", link.title), NAME_LIMIT))
    return [{"title": title, "url": url} for url, title in list(known.items())[:RESOURCES_LIMIT]]


def _tasks(texts: Sequence[str]) -> Iterator[dict[str, Any]]:
    shorts: set[str] = set()
    for number, text in enumerate(texts, start=1):
        short = shortened(text, SHORT_LIMIT)
        if short.casefold() in shorts:
            short = f"{shortened(text, SHORT_LIMIT - 4)} ({number})"
        shorts.add(short.casefold())
        yield {"text": text, "short": short}


def _file_name(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.casefold())[:40].strip("-") or "phase"

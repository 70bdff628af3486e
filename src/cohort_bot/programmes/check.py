"""The rules that hold between values and between files.

They look at the files as read, not at the models: a misspelt key in week 5 must not hide what is wrong
with week 70. Where a value is missing or of the wrong kind, the models have said so and these rules pass.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cohort_bot.app.words.counts import Count
from cohort_bot.app.words.programme_check import Shown, Wrong
from cohort_bot.chat.sentence import Sentence
from cohort_bot.programmes.card_size import CARD_BUDGET, size_of
from cohort_bot.programmes.models import SHORT_LIMIT, WEEKS_LIMIT
from cohort_bot.programmes.problems import Problem
from cohort_bot.programmes.source import Node, Source

HORIZONS = ("this_week", "this_month", "next_90_days")

HOURS_TOLERANCE = 0.1
"""How far a week's hours may be from the sum of its tasks' minutes."""


@dataclass(frozen=True, slots=True)
class PhaseSource:
    """A phase in programme.yaml with the file of its weeks, None when that could not be read."""

    node: Node
    weeks: Source | None
    first: int | None
    last: int | None

    @property
    def label(self) -> str:
        return self.node.text("id") or "?"


@dataclass(frozen=True, slots=True)
class Files:
    """All files of a programme; `slug` is the name of its folder."""

    slug: str
    programme: Source
    phases: tuple[PhaseSource, ...]
    papers: Source | None


@dataclass(frozen=True, slots=True)
class _Week:
    """A week with its file and its phase."""

    file: str
    node: Node
    phase: PhaseSource
    number: int | None


def phase_sources(root: Node, weeks: Iterable[Source | None]) -> tuple[PhaseSource, ...]:
    """The phases with their ranges of weeks; a range is None from the first length that is not known."""
    phases = []
    begin: int | None = 1
    for node, source in zip(root.each("phases"), weeks, strict=True):
        length = node.number("weeks")
        last = begin + length - 1 if begin is not None and length is not None and length > 0 else None
        phases.append(PhaseSource(node, source, begin, last))
        begin = last + 1 if last is not None else None
    return tuple(phases)


def check(files: Files) -> Iterator[Problem]:
    """All problems across the files."""
    root = files.programme.root
    if root is None:
        return
    weeks = [
        _Week(phase.weeks.name, node, phase, node.number("week"))
        for phase in files.phases
        if phase.weeks and phase.weeks.root
        for node in phase.weeks.root.each("weeks")
    ]
    yield from _head(files, root)
    yield from _ids(files, root)
    for phase in files.phases:
        yield from _numbers(phase)
    yield from _texts(weeks)
    yield from _hours(root, weeks)
    yield from _minutes(weeks)
    yield from _recall(weeks)
    yield from _coverage(files, root, weeks)
    if files.papers and files.papers.root:
        yield from _papers(files.papers.name, files.papers.root, files.phases)


def card_size(week: Node) -> int:
    """The characters of a week's opening card once escaped, in UTF-16 units to be safe."""
    own = [week.text(key) for key in ("title", "goal", "share", "note")]
    tasks = [task.text("text") for task in week.each("tasks")]
    resources = [resource.text(key) for resource in week.each("resources") for key in ("title", "url")]
    return size_of([*own, *resources], tasks)


def _head(files: Files, root: Node) -> Iterator[Problem]:
    name = files.programme.name
    slug = root.text("slug")
    if slug is not None and slug != files.slug:
        yield _problem(name, root.at("slug"), Wrong.SLUG(slug=slug, folder=files.slug))
    low, high = root.number("hours", "min"), root.number("hours", "max")
    if low is not None and high is not None and low > high:
        yield _problem(name, root.at("hours"), Wrong.HOURS_ORDER(least=low, most=high))
    last = files.phases[-1].last if files.phases else None
    if last is not None and last > WEEKS_LIMIT:
        yield _problem(name, root.at("phases"), Wrong.MANY_WEEKS(weeks=Count.WEEKS(n=last), most=WEEKS_LIMIT))
    ranks = [(skill, skill.number("rank")) for skill in root.each("skills")]
    for expected, (skill, rank) in enumerate(ranks, start=1):
        if rank is not None and rank != expected:
            yield _problem(name, skill.at("rank"), Wrong.RANK(rank=rank, expected=expected))


def guide_items(root: Node) -> Iterator[Node]:
    """Everything that weeks can cover: actions, horizon items, skills."""
    for phase in root.each("phases"):
        yield from phase.each("actions")
    for horizon in HORIZONS:
        yield from root.each("horizons", horizon)
    yield from root.each("skills")


def _ids(files: Files, root: Node) -> Iterator[Problem]:
    yield from _unique(files.programme.name, guide_items(root), "id")
    yield from _unique(files.programme.name, root.each("phases"), "id")
    if files.papers and files.papers.root:
        yield from _unique(files.papers.name, files.papers.root.each("papers"), "id")
        yield from _unique(files.papers.name, files.papers.root.each("papers"), "title")


def _unique(name: str, nodes: Iterable[Node], key: str) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for node in nodes:
        if (text := node.text(key)) is None:
            continue
        if (first := seen.setdefault(text.casefold(), node.at(key).line)) != node.at(key).line:
            yield _problem(name, node.at(key), Wrong.TAKEN(key=key, text=text, line=str(first)))


def _numbers(phase: PhaseSource) -> Iterator[Problem]:
    """Weeks run through the phase without gap or overlap."""
    source = phase.weeks
    if source is None or source.root is None:
        return
    named = source.root.text("phase")
    if named is not None and named != phase.label:
        yield _problem(source.name, source.root.at("phase"), Wrong.PHASE_NAME(name=named, phase=phase.label))
    numbered = [(node, node.number("week")) for node in source.root.each("weeks")]
    expected = phase.first
    for node, written in numbered:
        number = written
        if number is None or expected is None:
            expected = None  # not known from here on, until a number says so
        elif phase.first and phase.last and not phase.first <= number <= phase.last:
            what = Wrong.WEEK_OUTSIDE(
                number=number, phase=phase.label, first=phase.first, last=phase.last, expected=expected
            )
            yield _problem(source.name, node.at("week"), what)
            number = expected
        elif number < expected:
            yield _problem(source.name, node.at("week"), Wrong.EXPECTED_WEEK(number=number, expected=expected))
            continue
        elif number > expected:
            what = Wrong.WEEKS_MISSING(n=number - expected, first=expected, last=number - 1, number=number)
            yield _problem(source.name, node.at("week"), what)
        expected = number + 1 if number is not None else None
    if expected is not None and phase.last is not None and numbered and expected <= phase.last:
        missing = phase.last - expected + 1
        what = Wrong.LAST_WEEKS(n=missing, first=expected, last=phase.last, phase=phase.label)
        yield _problem(source.name, numbered[-1][0].at("week"), what)


def _texts(weeks: Iterable[_Week]) -> Iterator[Problem]:
    titles: dict[str, _Week] = {}
    for week in weeks:
        title = week.node.text("title")
        if title is not None and (first := titles.setdefault(title.casefold(), week)) is not week:
            line = str(first.node.at("title").line)
            what = Wrong.TITLE(number=str(first.number), file=first.file, line=line)
            yield _problem(week.file, week.node.at("title"), what)
        shorts: set[str] = set()
        for task in week.node.each("tasks"):
            short = task.text("short")
            if short is None:
                continue
            if short.casefold() in shorts:
                yield _problem(week.file, task.at("short"), Wrong.SAME_SHORT())
            shorts.add(short.casefold())
            if len(short) <= SHORT_LIMIT < (units := len(short.encode("utf-16-le")) // 2):
                yield _problem(week.file, task.at("short"), Wrong.LONG_SHORT(size=units, most=SHORT_LIMIT))
        if (size := card_size(week.node)) > CARD_BUDGET:
            yield _problem(week.file, week.node, Wrong.CARD_OF_WEEK(size=size, most=CARD_BUDGET))


def _hours(root: Node, weeks: Iterable[_Week]) -> Iterator[Problem]:
    low, high = root.number("hours", "min"), root.number("hours", "max")
    if low is None or high is None or low > high:
        return
    for week in weeks:
        hours = week.node.number("hours")
        if hours is not None and not low <= hours <= high:
            yield _problem(week.file, week.node.at("hours"), Wrong.HOURS(hours=hours, least=low, most=high))


def _minutes(weeks: Iterable[_Week]) -> Iterator[Problem]:
    """Where the tasks of a week have minutes, all of them do, and they add up to the week's hours."""
    for week in weeks:
        tasks = list(week.node.each("tasks"))
        timed = [minutes for task in tasks if (minutes := task.number("minutes")) is not None]
        unsaid = [task for task in tasks if task.get("minutes") is None]
        if not timed:
            continue
        for task in unsaid:
            yield _problem(week.file, task, Wrong.MINUTES())
        hours = week.node.number("hours")
        if hours is None or len(timed) < len(tasks):
            continue
        total = sum(timed)
        if abs(total - hours * 60) > hours * 60 * HOURS_TOLERANCE:
            spent = Shown.SPENT(hours=total // 60, minutes=f"{total % 60:02}")
            yield _problem(week.file, week.node.at("hours"), Wrong.MINUTES_SUM(hours=hours, spent=spent))


def _recall(weeks: Iterable[_Week]) -> Iterator[Problem]:
    """No question is asked for two weeks."""
    asked: dict[str, _Week] = {}
    for week in weeks:
        for entry in week.node.each("recall"):
            question = entry.text("question")
            if question is None:
                continue
            first = asked.get(question.casefold())
            if first is not None:
                what = Wrong.QUESTION(number=str(first.number), file=first.file)
                yield _problem(week.file, entry.at("question"), what)
            asked.setdefault(question.casefold(), week)


def _coverage(files: Files, root: Node, weeks: Iterable[_Week]) -> Iterator[Problem]:
    """Weeks cover only existing actions, items and skills, and each of these is covered by a week."""
    known = {item.text("id") for item in guide_items(root)}
    covered: set[tuple[str, str]] = set()
    for week in weeks:
        here: set[str] = set()
        for node in week.node.each("covers"):
            if (item := node.text()) is None:
                continue
            if item not in known:
                yield _problem(week.file, node, _unknown(item, known))
            elif item in here:
                yield _problem(week.file, node, Wrong.COVERS_TWICE(item=item))
            here.add(item)
            covered.add((week.phase.label, item))
    yield from _uncovered(files, root, covered)


def _uncovered(files: Files, root: Node, covered: set[tuple[str, str]]) -> Iterator[Problem]:
    # A file that could not be read may cover anything.
    unread = {phase.label for phase in files.phases if phase.weeks is None or phase.weeks.root is None}
    for phase in files.phases:
        for action in phase.node.each("actions"):
            item = action.text("id")
            if item is not None and (phase.label, item) not in covered and phase.label not in unread:
                what = Wrong.UNCOVERED_ACTION(phase=phase.label, item=item)
                yield _problem(files.programme.name, action.at("id"), what)
    anywhere = {item for _, item in covered}
    horizons = [(name, node) for name in HORIZONS for node in root.each("horizons", name)]
    for horizon, node in [*horizons, *(("", skill) for skill in root.each("skills"))]:
        item = node.text("id")
        if item is not None and item not in anywhere and not unread:
            horizon_or_skill = (
                Wrong.UNCOVERED_HORIZON(horizon=horizon, item=item) if horizon else Wrong.UNCOVERED_SKILL(item=item)
            )
            yield _problem(files.programme.name, node.at("id"), horizon_or_skill)


def _unknown(item: str, known: Iterable[str | None]) -> Sentence:
    names = [name for name in known if name]
    near = next((name for name in names if name.casefold() == item.casefold()), None)
    return Wrong.COVERS_NEAR(item=item, near=near) if near else Wrong.COVERS_UNKNOWN(item=item)


def _papers(name: str, root: Node, phases: tuple[PhaseSource, ...]) -> Iterator[Problem]:
    """Papers are in order, inside their phase; spares have no week and come last."""
    by_id = {phase.label: phase for phase in phases}
    before, spares = 0, False
    for paper in root.each("papers"):
        spare_node = paper.get("spare")
        spare = spare_node is not None and spare_node.scalar is True
        week = paper.number("week")
        phase = by_id.get(paper.text("phase") or "")
        if phase is None and (named := paper.text("phase")) is not None:
            yield _problem(name, paper.at("phase"), Wrong.PAPER_PHASE(phase=named, known=", ".join(by_id)))
        dated = (paper.at("week").scalar if paper.get("week") else None) is not None
        if spare and dated:
            yield _problem(name, paper.at("week"), Wrong.SPARE_WITH_WEEK())
        elif not spare and spares:
            yield _problem(name, paper.at("id"), Wrong.PAPER_AFTER_SPARES())
        elif not spare and not dated and paper.entries is not None:
            yield _problem(name, paper.at("id"), Wrong.PAPER_WITHOUT_WEEK())
        elif not spare and week is not None:
            if week <= before:
                yield _problem(name, paper.at("week"), Wrong.PAPER_ORDER(number=week, before=before))
            before = max(before, week)
            if phase and phase.first and phase.last and not phase.first <= week <= phase.last:
                what = Wrong.PAPER_OUTSIDE(number=week, phase=phase.label, first=phase.first, last=phase.last)
                yield _problem(name, paper.at("week"), what)
        spares = spares or spare
        texts = [paper.text(key) for key in ("title", "authors", "venue", "url", "why")]
        size = size_of([*texts, *(question.text() for question in paper.each("questions"))])
        if size > CARD_BUDGET:
            yield _problem(name, paper, Wrong.CARD_OF_PAPER(size=size, most=CARD_BUDGET))


def _problem(file: str, node: Node, what: Sentence) -> Problem:
    return Problem(file, node.line, node.column, what)

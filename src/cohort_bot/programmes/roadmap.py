"""The roadmap of a career guide: phases with their lengths and actions, however they are laid out."""

import re

from cohort_bot.programmes.durations import LONGEST, Duration, UnreadableDurationError, at_end, at_start, broken
from cohort_bot.programmes.guide import Entry, Guide, Remark, Stage, shortened
from cohort_bot.programmes.models import ITEM_LIMIT, NAME_LIMIT
from cohort_bot.programmes.outline import Line, bare, ends_with_duration, means_duration

# For a phase whose length the guide does not give; most guides of this kind come to about this.
WEEKS_PER_ACTION = 4
MOST_PHASES = 50
TITLE_MOST = 80
_INTRODUCES = re.compile(r"\b(?:follow|following|here|these|below|this)\b", re.IGNORECASE)
_ORDINAL = re.compile(r"^(?:phase|stage|step|part|module)\s+(?:\d{1,2}|[ivx]+)\b\s*[:.)–—-]*\s*", re.IGNORECASE)


class ImportRefused(Exception):
    """No programme can be made of the guide; the text says why, with the line where there is one."""

    def __init__(self, why: str, line: int = 0) -> None:
        super().__init__(f"line {line}: {why}" if line else why)
        self.line = line


def read_roadmap(guide: Guide, lines: list[Line]) -> None:
    """Add the phases to the guide. Raises ImportRefused where a phase makes no sense."""
    reader = _Reader(guide, lines)
    for index, line in enumerate(lines):
        try:
            reader.take(index, line)
        except UnreadableDurationError as error:
            raise ImportRefused(f"{error}; write a length such as 16 weeks", line.number) from error
    _settle(guide, lines[0].number if lines else 0)


def _is_title(line: Line) -> bool:
    """Whether a line above a length names the phase, "Foundation:" included, and does not introduce the roadmap."""
    short = len(line.body) <= TITLE_MOST and not line.body.endswith((".", ";", "…"))
    return not line.sentence or (short and _INTRODUCES.search(line.body) is None)


class _Reader:
    """Goes through the roadmap line by line; `stages` grows."""

    def __init__(self, guide: Guide, lines: list[Line]) -> None:
        self.guide = guide
        self.lines = lines
        self.stages = guide.stages

    def take(self, index: int, line: Line) -> None:
        """Place one line."""
        following = self.lines[index + 1] if index + 1 < len(self.lines) else None
        waiting = self.stages[-1] if self.stages else None
        if waiting is not None and (waiting.duration is not None or waiting.actions):
            waiting = None
        ordinal = _ORDINAL.match(bare(line.body))
        rest = bare(line.body)[ordinal.end() :] if ordinal else line.body
        starts = at_start(rest) if line.bullet != "sign" or waiting else None
        if starts is not None:
            self.length(line, starts, None if ordinal else waiting, ordinal)
        elif self.nested_title(line, following) or ends_with_duration(line):
            title, duration = self.title_with_length(line)
            self.open(title, line, duration)
        elif line.bullet == "sign":
            self.action(line)
        elif following is not None and _is_title(line) and means_duration(following):
            self.open(bare(line.body).rstrip(" :"), line)
        elif line.bullet == "number":
            self.action(line)
        elif waiting is not None and (amount := broken(line.body)) is not None:
            raise ImportRefused(f'"{amount}" is no number of weeks; write a length such as 16 weeks', line.number)
        else:
            self.plain(line, following)

    def plain(self, line: Line, following: Line | None) -> None:
        """A line without bullet that gives no length."""
        stage = self.stages[-1] if self.stages else None
        if stage and stage.actions and (line.indent or line.body[:1].islower()):
            stage.actions[-1].text += f" {line.body}"
            self.guide.placed.add(line.number)
        elif not line.sentence and following is not None and following.bullet == "sign":
            self.open(bare(line.body), line)
        elif stage is None or stage.bulleted or (line.sentence and stage.duration is None):
            self.guide.leave_out(line, "introduction" if stage is None else "it is no action of the phase")
        else:
            self.add(stage, line.body, line)

    def nested_title(self, line: Line, following: Line | None) -> bool:
        """Whether it is "• Foundation (16 weeks)" above bullets that are indented further."""
        deeper = following is not None and following.bullet == "sign" and following.indent > line.indent
        return line.bullet == "sign" and deeper and at_end(line.body) is not None

    def title_with_length(self, line: Line) -> tuple[str, Duration]:
        """Both parts of such a line."""
        found = at_end(line.body)
        if found is None:  # the callers have looked
            raise ImportRefused("a phase without a length", line.number)
        return bare(found[1]), found[0]

    def length(
        self, line: Line, starts: tuple[Duration, str], waiting: Stage | None, ordinal: re.Match[str] | None
    ) -> None:
        """A line that begins with a length: of the phase above, or of one that begins here."""
        duration, rest = starts
        if waiting is not None:
            waiting.duration, waiting.length_line = duration, line.number
            self.guide.placed.add(line.number)
            if rest:
                self.add(waiting, rest, line)
                waiting.bulleted = True
        else:
            self.open(bare(rest) or (ordinal[0].strip(" :.)–—-(") if ordinal else ""), line, duration)

    def open(self, title: str, line: Line, duration: Duration | None = None) -> None:
        """Begin a phase."""
        if not title:
            title = f"Phase {len(self.stages) + 1}"
            self.guide.remarks.append(Remark(line.number, f'the phase has no title, it is called "{title}"'))
        if len(title) > NAME_LIMIT:
            raise ImportRefused(f"a phase's title of {len(title)} characters; at most {NAME_LIMIT} fit", line.number)
        self.stages.append(Stage(title, line.number, duration, line.number))
        self.guide.placed.add(line.number)

    def action(self, line: Line) -> None:
        """A line with a bullet."""
        if not self.stages:
            self.guide.leave_out(line, "it is above the first phase")
            return
        self.stages[-1].bulleted = True
        self.add(self.stages[-1], line.body, line)

    def add(self, stage: Stage, text: str, line: Line) -> None:
        stage.actions.append(Entry(text, line.number))
        self.guide.placed.add(line.number)


def _settle(guide: Guide, line: int) -> None:
    """Fill what the guide leaves open, saying so, and refuse what makes no plan."""
    stages = guide.stages
    if not stages:
        raise ImportRefused("the roadmap has no phases: a title with a length such as 16 weeks and actions below", line)
    if all(stage.duration is None for stage in stages):
        raise ImportRefused("no phase of the roadmap has a length; write one such as 16 weeks below its title", line)
    if len(stages) > MOST_PHASES:
        raise ImportRefused(f"{len(stages)} phases; at most {MOST_PHASES} make a programme", stages[MOST_PHASES].line)
    begin = 1
    for stage in stages:
        begin += _settle_stage(guide, stage, begin)
    if begin - 1 > LONGEST:
        raise ImportRefused(f"the roadmap takes {begin - 1} weeks; at most {LONGEST} make a programme", line)


def _settle_stage(guide: Guide, stage: Stage, begin: int) -> int:
    """Complete one phase, which begins in week `begin`; returns its weeks."""
    title = shortened(stage.title, 60)
    if not stage.actions:
        stage.actions.append(Entry(stage.title, stage.line))
        guide.remarks.append(Remark(stage.line, f'"{title}" has no actions, its title stands in for one'))
    for action in stage.actions:
        if len(action.text) > ITEM_LIMIT:
            why = f"an action of {len(action.text):,} characters; split it, at most {ITEM_LIMIT:,} fit"
            raise ImportRefused(why, action.line)
    if stage.duration is None:
        weeks = WEEKS_PER_ACTION * len(stage.actions)
        stage.duration = Duration(weeks)
        said = f'"{title}" has no length: {weeks} weeks are assumed, {WEEKS_PER_ACTION} an action'
        guide.remarks.append(Remark(stage.line, said))
    if stage.duration.remark:
        guide.remarks.append(Remark(stage.length_line, stage.duration.remark))
    if stage.duration.first not in {None, begin}:
        said = f'"{title}" says week {stage.duration.first}, and begins in week {begin}'
        guide.remarks.append(Remark(stage.length_line, f"{said}: phases follow each other without gap or overlap"))
    return stage.duration.weeks

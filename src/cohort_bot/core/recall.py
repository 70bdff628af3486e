"""Which questions on earlier weeks a member is asked in a round: about 4, 13 and 26 weeks after the week.

A question that was known moves on to the next distance, one that was not begins again at the first (Leitner's boxes, on
distances at which recall was measured).
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cohort_bot.core.programme import Programme, Recall
from cohort_bot.core.rounds import Calendar

GAPS: Final = (4, 9, 13)
"""Weeks from the week to the first question, and from one answer to the next: 4, 13 and 26 weeks after the week."""

MOST: Final = 3
"""So many questions a round at most."""

DAYS_A_WEEK: Final = 7


@dataclass(frozen=True, slots=True)
class Answer:
    """In the round `round` the question with this text was asked, and known or not."""

    question: str
    round: int
    known: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on the programme's week `week`, due for the `stage`th time (from 0) in a row that it was known;
    `late` is for how many weeks it has been due.
    """

    recall: Recall
    week: int
    stage: int
    late: int

    @property
    def key(self) -> str:
        """A short name of the question, for a button."""
        return key_of(self.recall.key)


def key_of(question: str) -> str:
    """A short name of a question. A question that is worded anew is another one."""
    return hashlib.blake2b(question.encode(), digest_size=6).hexdigest()


def weeks_between(calendar: Calendar, earlier: int, later: int) -> int:
    """The weeks from one round's opening to another's, weeks off included."""
    return round((calendar.opens_on(later) - calendar.opens_on(earlier)).days / DAYS_A_WEEK)


def learnt(weeks: Mapping[int, int], number: int) -> dict[int, int]:
    """The programme's weeks that somebody checked in for up to round `number`, each with the last round that it was;
    `weeks` has the week of each round that they checked in for.
    """
    return {week: each for each, week in sorted(weeks.items()) if each <= number}


def asked(
    programme: Programme, calendar: Calendar, learnt: Mapping[int, int], answers: Sequence[Answer], number: int
) -> tuple[Asked, ...]:
    """The questions of round `number`, at most three: one of each distance where there is one, else the others.

    `learnt` maps the programme's weeks to the last round in which the member checked in for them. What became known in
    the round itself changes nothing, so that the questions stay the same all round. What has just come due comes
    before what has long been; where that is equal, what was not known the last time.
    """
    before: dict[str, list[Answer]] = {}
    for answer in answers:
        if answer.round < number:
            before.setdefault(answer.question, []).append(answer)
    found = [
        each
        for week, since in sorted(learnt.items())
        for recall in _questions(programme, week)
        if (each := _due(recall, week, since, before.get(recall.key, ()), calendar, number)) is not None
    ]
    found.sort(key=lambda each: (each.late, each.recall.key not in before, -each.stage))
    one_each = [next((each for each in found if each.stage == stage), None) for stage in range(len(GAPS))]
    first = [each for each in one_each if each is not None]
    chosen = [*first, *(each for each in found if each not in first)][:MOST]
    return tuple(sorted(chosen, key=lambda each: (each.stage, each.week)))


def card(
    programme: Programme, calendar: Calendar, weeks: Mapping[int, int], answers: Sequence[Answer], number: int
) -> tuple[tuple[Asked, ...], dict[str, bool]]:
    """The questions of round `number` to whoever checked in for these `weeks`, by round; and by key which were known,
    of those that have their answer.
    """
    questions = asked(programme, calendar, learnt(weeks, number), answers, number)
    known = {answer.question: answer.known for answer in answers if answer.round == number}
    return questions, {each.key: known[each.recall.key] for each in questions if each.recall.key in known}


def next_gap(answers: Iterable[Answer], question: str, number: int, *, known: bool) -> int | None:
    """In how many weeks a question comes again that was known or not in round `number`; None when it is done."""
    stage = _stage([answer for answer in answers if answer.round < number and answer.question == question])
    following = stage + 1 if known else 0
    return GAPS[following] if following < len(GAPS) else None


def _questions(programme: Programme, week: int) -> Sequence[Recall]:
    found = programme.week(week)
    return found.recall if found else ()


def _due(
    recall: Recall, week: int, since: int, answers: Sequence[Answer], calendar: Calendar, number: int
) -> Asked | None:
    """The question, if it is due in the round; `answers` are those to it."""
    stage = _stage(answers)
    if stage >= len(GAPS):
        return None
    start = max([since, *(answer.round for answer in answers)])
    late = weeks_between(calendar, start, number) - GAPS[stage]
    return Asked(recall, week, stage, late) if late >= 0 else None


def _stage(answers: Sequence[Answer]) -> int:
    """How often in a row, up to now, it was known."""
    stage = 0
    for answer in answers:
        stage = stage + 1 if answer.known else 0
    return stage

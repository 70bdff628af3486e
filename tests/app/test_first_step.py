"""Which task a reminder offers to begin with."""

import pytest

from cohort_bot.app.words.dates import duration
from cohort_bot.app.words.week import begin_with
from cohort_bot.core.programme import Task, Week


def week(*tasks: tuple[str, int | None]) -> Week:
    return Week(1, "P1", "A week", "A goal.", 3, tuple(Task(f"{s}.", s, m) for s, m in tasks), "It.", ())


@pytest.mark.parametrize(
    ("tasks", "done", "expected"),
    [
        ((("Read the whole book", 600), ("Tell the people you live with", 10)), (), "Tell the people you live with"),
        ((("Go", 600), ("Tell the people you live with", 10)), (), "Tell the people you live with"),
        ((("a", 20), ("b", 20)), (), "a"),
        ((("a", 20), ("b", 90), ("c", 300)), ("a",), "b"),
        ((("a long label", None), ("b", None)), (), "a long label"),
        ((("a long label", None), ("b", 5)), (), "a long label"),
        ((("a", None), ("b", 5)), ("a",), "b"),
        ((("a", 5), ("b", None)), ("a", "b"), None),
    ],
)
def test_the_shortest_open_task_or_without_estimates_the_first(
    tasks: tuple[tuple[str, int | None], ...], done: tuple[str, ...], expected: str | None
) -> None:
    step = week(*tasks).first_step(done)
    assert (step.short if step else None) == expected


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (None, "A place to start:"),
        (1, "Got 1 minute? Start here:"),
        (15, "Got 15 minutes? Start here:"),
        (20, "Got 20 minutes? Start here:"),
        (21, "The shortest open task takes about 21 min:"),
        (90, "The shortest open task takes about 1 h 30 min:"),
    ],
)
def test_the_words_promise_no_time_that_the_task_does_not_keep_to(minutes: int | None, words: str) -> None:
    assert begin_with(Task("Go.", "Go", minutes)) == words


def test_a_duration_reads_as_people_write_it() -> None:
    assert [duration(minutes) for minutes in (5, 60, 61, 150)] == ["5 min", "1 h", "1 h 1 min", "2 h 30 min"]

"""The words with which a reminder offers a task to begin with (which one: tests/core/test_programme.py)."""

import pytest

from cohort_bot.app.words.dates import duration
from cohort_bot.app.words.week import begin_with
from cohort_bot.core.programme import Task


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

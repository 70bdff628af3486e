"""A programme: what is found in it by a week's number, and in which language it is read."""

from dataclasses import replace

import pytest

from cohort_bot.core.programme import (
    UNKNOWN,
    Paper,
    Phase,
    Programme,
    Recall,
    Task,
    TranslatedRecall,
    TranslatedTask,
    Translation,
    Week,
    same_language,
)

PAPER = Paper("a", "A paper", "A. Author", 2020, "V", "https://x.org", 30, "W", (), "p1", 1)
WEEKS = tuple(Week(number, "p1", f"Week {number}", "A goal", 5, (), "It", ()) for number in range(1, 5))
PHASES = (
    Phase("p1", "First", 1, 2, "#336699", ()),
    Phase("p2", "Then", 3, 3, "#336699", ()),
    Phase("p3", "Last", 4, 4, "#336699", ()),
)
PROGRAMME = Programme("sample", "A sample", "For tests.", PHASES, WEEKS)


def test_weeks_are_counted_from_one_to_the_last() -> None:
    assert [PROGRAMME.week(number) for number in range(-1, 6)] == [None, None, *WEEKS, None]
    assert PROGRAMME.length == 4


def test_a_week_lies_in_the_phase_between_whose_ends_it_is() -> None:
    found = [PROGRAMME.phase_of(number) for number in range(6)]
    assert [phase and phase.id for phase in found] == [None, "p1", "p1", "p2", "p3", None]


def test_a_spare_paper_is_not_read_in_its_week_and_two_of_one_week_both_are() -> None:
    papers = [replace(PAPER, id=name, week=week) for name, week in (("a", 2), ("c", 2), ("e", 4), ("g", None))]
    spares = [replace(PAPER, id=name, week=week, spare=True) for name, week in (("b", 2), ("f", 3), ("d", None))]
    it = replace(PROGRAMME, papers=(spares[0], *papers, *spares[1:]))
    assert [[paper.id for paper in it.papers_of(number)] for number in range(1, 6)] == [[], ["a", "c"], [], ["e"], []]


def test_cards_are_kept_until_the_guide_changes() -> None:
    it = replace(PROGRAMME)
    it.cards["week 1"] = "a card"
    assert it.cards == {"week 1": "a card"}
    assert replace(it, title="Another").cards == {}


def test_which_weeks_serve_a_line_of_the_guide() -> None:
    weeks = tuple(
        replace(week, covers=covers) for week, covers in zip(WEEKS, (("a", "b"), (), ("a",), ("c",)), strict=True)
    )
    it = replace(PROGRAMME, weeks=weeks)
    assert [it.covering(item) for item in "abcd"] == [(1, 3), (1,), (4,), ()]


def test_one_week_with_a_question_is_enough_to_ask_again() -> None:
    asks = replace(WEEKS[2], recall=(Recall("Why?", "So.", "Week 3"),))
    assert not PROGRAMME.has_recall
    assert replace(PROGRAMME, weeks=(*WEEKS[:2], asks, WEEKS[3])).has_recall


@pytest.mark.parametrize(
    ("minutes", "done", "first"),
    [
        ((), "", None),
        ((30, 10, 20), "", "b"),
        ((30, 10, 20), "b", "c"),
        ((30, 10, 20), "abc", None),
        ((10, 10, 20), "", "a"),
        ((1, 0), "", "b"),
        ((30, None, 20), "", "a"),
        ((30, None, 20), "a", "b"),
        ((30, None, 20), "b", "c"),
        ((None, None), "a", "b"),
    ],
)
def test_a_week_is_begun_with_its_shortest_task_or_the_first_where_not_all_have_an_estimate(
    minutes: tuple[int | None, ...], done: str, first: str | None
) -> None:
    tasks = tuple(Task(short.upper(), short, each) for short, each in zip("abc", minutes, strict=False))
    found = replace(WEEKS[0], tasks=tasks).first_step(done)
    assert (found and found.short) == first


def test_a_task_and_a_question_keep_their_names_in_the_record_in_every_language() -> None:
    tasks = (Task("Read it.", "Read", 5), TranslatedTask("Lies es.", "Lesen", 5, original="Read"))
    assert [task.key for task in tasks] == ["Read", "Read"]
    asked = (Recall("Why?", "So.", "W"), TranslatedRecall("Warum?", "Darum.", "W", original="Why?"))
    assert [question.key for question in asked] == ["Why?", "Why?"]
    assert replace(WEEKS[0], tasks=tasks[1:]).first_step({"Read"}) is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("en", "en", True),
        ("en", "de", False),
        ("pt-BR", "pt", True),
        ("pt-BR", "pt-PT", True),
        ("de-AT", "en-AT", False),
        (UNKNOWN, "de", True),
        ("de", UNKNOWN, True),
        (UNKNOWN, UNKNOWN, True),
    ],
)
def test_who_reads_a_language_reads_it_of_every_country(one: str, other: str, *, same: bool) -> None:
    assert same_language(one, other) is same


def test_what_is_not_translated_is_read_as_it_was_written() -> None:
    translated = replace(PROGRAMME, translation=Translation("de", {"Read": "Lesen"}, frozenset({1, 3}), frozenset()))
    assert [translated.language_of(number) for number in range(1, 5)] == ["de", "en", "de", "en"]
    assert [translated.said(text) for text in ("Read", "Write")] == ["Lesen", "Write"]
    assert PROGRAMME.language_of(1) == "en"
    assert PROGRAMME.said("Read") == "Read"

"""What a new version of a programme changes for a cohort on its way through it: weeks that have opened stay."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohort_bot.core.programme import Programme, Recall, Resource, Task, Week
from cohort_bot.core.programme_changes import Changes, changes

WEEK = Week(1, "p1", "", "A goal", 5, (Task("Read", "Read"),), "It", ())


def programme(weeks: str) -> Programme:
    """Of each week a word, such as "Ax": its title, then what else is in it."""
    said = enumerate(weeks.split(), start=1)
    made = (replace(WEEK, number=number, title=word[0], goal=word[1:]) for number, word in said)
    return Programme("sample", "A sample", "For tests.", (), tuple(made))


@pytest.mark.parametrize(
    ("before", "after", "opened", "expected"),
    [
        ("A B C", "A B C", 0, Changes()),
        ("A B C", "A B C D", 1, Changes(new=(4,))),
        ("A B C", "A B", 1, Changes(dropped=(3,))),
        ("A B C D", "A B", 1, Changes(dropped=(3, 4))),
        ("A B C", "A Bx C", 1, Changes(rewritten=(2,))),
        ("A B C", "A Bx C", 2, Changes()),
        ("A B C", "A Bx Cx", 2, Changes(rewritten=(3,))),
        ("A B C", "A X C", 1, Changes(new=(2,), dropped=(2,))),
        ("A B C", "A C B", 1, Changes(moved=((3, 2), (2, 3)))),
        ("A B C", "A C B", 2, Changes(new=(3,), dropped=(3,))),
        ("A B C", "A X B C", 1, Changes(new=(2,), moved=((2, 3), (3, 4)))),
        ("A B C D", "A C D", 1, Changes(moved=((3, 2), (4, 3)), dropped=(2,))),
        ("A B B B", "A X B", 1, Changes(new=(2,), dropped=(2, 4))),
        ("A B C B", "A C X X", 1, Changes(new=(3, 4), moved=((3, 2),), dropped=(2, 4))),
        ("A B C", "A B B B", 1, Changes(new=(3, 4), dropped=(3,))),
        ("A B C", "A Bx B C", 1, Changes(new=(2,), moved=((2, 3), (3, 4)))),
        ("A Bx B", "A B By", 1, Changes(moved=((3, 2),), rewritten=(), new=(3,), dropped=(2,))),
        ("A B C D E", "A Bx Cx Dx Ex", 1, Changes(rewritten=(2, 3, 4, 5))),
    ],
)
def test_what_is_different_after_the_weeks_that_have_opened(
    before: str, after: str, opened: int, expected: Changes
) -> None:
    found = changes(programme(before), programme(after), opened)
    assert found == expected
    assert bool(found) is (expected != Changes())


OTHER_WORDS = [
    {"tasks": ()},
    {"share": "Another"},
    {"resources": (Resource("A book"),)},
    {"note": "A note"},
    {"recall": (Recall("Why?", "So.", "Week 1"),)},
]
SAME_WORDS = [{"hours": 6}, {"covers": ("phase-1/action-1",)}, {"phase": "p2"}]


@pytest.mark.parametrize("words", [*OTHER_WORDS, *SAME_WORDS])
def test_all_that_members_read_of_a_week_is_looked_at_and_nothing_else(words: dict[str, object]) -> None:
    before = programme("A")
    after = replace(before, weeks=(replace(before.weeks[0], **words),))  # type: ignore[arg-type]
    assert changes(before, after, 0) == (Changes(rewritten=(1,)) if words in OTHER_WORDS else Changes())


programmes = st.lists(st.sampled_from(["A", "Ax", "B", "Bx", "C"]), max_size=6).map(" ".join)


@given(programmes, programmes, st.integers(0, 6))
def test_every_week_that_has_not_opened_is_told_once(before: str, after: str, opened: int) -> None:
    old, new = programme(before), programme(after)
    found = changes(old, new, opened)
    words = [
        {week.number: (week.title, week.goal) for week in each.weeks if week.number > opened} for each in (old, new)
    ]
    same = {number for number, content in words[0].items() if words[1].get(number) == content}
    origins, places = [one for one, _ in found.moved], [to for _, to in found.moved]
    assert sorted([*same, *origins, *found.rewritten, *found.dropped]) == sorted(words[0])
    assert sorted([*same, *places, *found.rewritten, *found.new]) == sorted(words[1])
    assert all(words[0][one] == words[1][to] for one, to in found.moved)
    assert all(words[0][each][0] == words[1][each][0] for each in found.rewritten)
    assert not {words[0][each] for each in found.dropped} & {words[1][each] for each in found.new}

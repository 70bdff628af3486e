"""A rehearsal finds the weeks that were made wrong on purpose, and says the same for the same seed."""

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from cohort_bot.app.words.rehearsal import rehearsed
from cohort_bot.chat.message import plain
from cohort_bot.cli import main
from cohort_bot.core.programme import Paper, Phase, Programme, Task, Week
from cohort_bot.core.rehearsal import Assumptions, Finding, _band, minutes_of, rehearse
from cohort_bot.programmes.rehearsal_picture import picture


def week(number: int, minutes: int = 300, phase: str = "P1") -> Week:
    task = Task(f"Do part {number}", f"Part {number}", minutes)
    return Week(number, phase, f"Week {number}", "Do it", minutes // 60, (task,), f"Part {number}", ("A",))


def paper(name: str, number: int, phase: str = "P1") -> Paper:
    return Paper(name, name, "A", 2020, "V", "https://example.org", 60, "why", ("q",), phase, number)


PHASES = (Phase("P1", "One", 1, 6, "#000000", ()), Phase("P2", "Two", 7, 12, "#000000", ()))
PLAIN = Programme("x", "A plan", "", PHASES, tuple(week(n, phase="P1" if n < 7 else "P2") for n in range(1, 13)))


def changed(number: int, **values: object) -> Programme:
    weeks = list(PLAIN.weeks)
    weeks[number - 1] = replace(weeks[number - 1], **values)  # type: ignore[arg-type]
    return replace(PLAIN, weeks=tuple(weeks))


def test_a_sound_programme_has_no_findings() -> None:
    assert rehearse(PLAIN, 1).findings == ()


def with_task(minutes: int | None) -> Programme:
    return changed(5, tasks=(Task("Another", "Another", minutes),))


@pytest.mark.parametrize(
    ("programme", "findings"),
    [
        (with_task(421), [Finding.TOO_MUCH]),
        (with_task(420), []),  # as much as two fifths more than the median of 300
        (with_task(120), []),
        (with_task(119), [Finding.TOO_LITTLE]),
        (changed(5, tasks=PLAIN.weeks[3].tasks), [Finding.REPEATED]),
        (changed(5, share=PLAIN.weeks[3].share), [Finding.NOTHING_TO_SHOW]),
        (replace(PLAIN, papers=(paper("a", 5),)), []),
        (replace(PLAIN, papers=(paper("a", 5), paper("b", 5))), [Finding.TWO_PAPERS]),
        (replace(PLAIN, papers=(paper("a", 5, "P2"),)), [Finding.PAPER_OF_ANOTHER_PHASE]),
        (replace(with_task(900), papers=(paper("a", 5),)), [Finding.TOO_MUCH, Finding.PAPER_IN_A_FULL_WEEK]),
    ],
)
def test_a_planted_fault_is_found_in_its_week_and_nothing_else(programme: Programme, findings: list[Finding]) -> None:
    result = rehearse(programme, 1)
    assert result.findings == tuple((5, finding) for finding in findings)
    assert ("5." in plain(rehearsed(programme, result))) is bool(findings)


def test_a_week_takes_the_minutes_of_its_tasks_if_all_are_known_else_its_hours() -> None:
    known, unknown = Task("Read", "Read", 20), Task("Write", "Write")
    assert minutes_of(replace(PLAIN.weeks[0], tasks=(known, replace(unknown, minutes=30)))) == 50
    assert minutes_of(replace(PLAIN.weeks[0], tasks=(known, unknown))) == 300


EVEN = Assumptions(hours=(1.0, 1.0), spread=0, away=0, leave_first=0, leave_later=0)
"""All have exactly the programme's median time, and nobody leaves."""


@pytest.mark.parametrize(
    ("assumptions", "done"),
    [
        (EVEN, 1.0),
        (replace(EVEN, hours=(2.0, 2.0)), 1.0),
        (replace(EVEN, hours=(0.6, 0.6)), 0.6),
        (replace(EVEN, hours=(0.2, 0.2)), 0.2),
        (replace(EVEN, hours=(-1.0, -1.0)), 0.0),
        (replace(EVEN, away=1.0), 0.0),
    ],
)
def test_a_week_is_done_as_far_as_there_is_time_for_it(assumptions: Assumptions, done: float) -> None:
    result = rehearse(PLAIN, 1, members=2, runs=2, assumptions=assumptions)
    assert set(result.done) == {done}
    too_much = {number for number, finding in result.findings if finding is Finding.TOO_MUCH}
    assert too_much == (set(range(1, 13)) if done < 0.6 else set())


def test_a_week_without_any_work_is_done() -> None:
    empty = replace(PLAIN, weeks=tuple(replace(each, hours=0, tasks=()) for each in PLAIN.weeks))
    assert set(rehearse(empty, 1, members=2, runs=2, assumptions=EVEN).done) == {1.0}


def there(programme: Programme, assumptions: Assumptions) -> list[float]:
    """The share of the members who are there in each week, in the middle run."""
    return [middle for _, middle, _ in rehearse(programme, 1, members=40, runs=3, assumptions=assumptions).there]


def test_some_leave_in_the_first_four_weeks_and_others_later() -> None:
    assert there(PLAIN, replace(EVEN, leave_first=1)) == [1.0] + 11 * [0.0]
    assert there(PLAIN, replace(EVEN, leave_later=1)) == 5 * [1.0] + 7 * [0.0]
    gone = rehearse(PLAIN, 1, members=2, runs=2, assumptions=replace(EVEN, leave_first=1))
    assert gone.done == (1.0, *11 * [0.0])


def test_who_got_through_less_than_half_of_the_last_four_weeks_leaves_more_often() -> None:
    half = replace(EVEN, leave_first=0.5, behind=2.0)
    assert there(PLAIN, replace(half, hours=(0.49, 0.49))) == [1.0] + 11 * [0.0]
    assert 0 < there(PLAIN, replace(half, hours=(0.5, 0.5)))[1] < 1
    uneven = replace(half, hours=(0.6, 0.6), spread=0.5)  # 37 of 100 have less than half of the time in week 1
    assert rehearse(PLAIN, 1, members=1000, runs=1, assumptions=uneven).there[1][1] == pytest.approx(0.315, abs=0.03)
    heavy = tuple(week(number, 100 if number < 5 else 1200) for number in range(1, 11))
    seldom = replace(EVEN, hours=(0.25, 0.25), leave_first=1e-9, leave_later=1e-9, behind=1e9)
    # They do a fourth of week 5 and of those after it: 3.25 weeks of four, 2.5, 1.75.
    assert there(replace(PLAIN, weeks=heavy), seldom) == 7 * [1.0] + 3 * [0.0]


def test_members_stay_as_the_learners_did_of_whom_it_is_known() -> None:
    """80 of 100 in week 4 and 51 in week 26 (OULAD)."""
    year = replace(PLAIN, weeks=tuple(week(number) for number in range(1, 27)))
    result = rehearse(year, 1)
    assert (result.members, result.runs) == (30, 50)
    assert result.assumptions == Assumptions(
        hours=(0.6, 1.4), spread=0.3, away=0.06, leave_first=0.05, leave_later=0.015, behind=2.0
    )
    assert result.there[4][1] == pytest.approx(0.8, abs=0.05)
    assert result.there[25][1] == pytest.approx(0.51, abs=0.07)


def test_low_and_high_leave_out_the_tenth_of_the_runs_at_either_end() -> None:
    assert _band([7.0]) == (7.0, 7.0, 7.0)
    assert _band([float(each) for each in range(20, -1, -1)]) == (2.0, 10.0, 18.0)


def test_the_same_seed_gives_the_same_and_another_seed_another() -> None:
    assert rehearse(PLAIN, 3) == rehearse(PLAIN, 3)
    assert rehearse(PLAIN, 3).there != rehearse(PLAIN, 4).there


def test_without_reasons_to_leave_all_stay_and_the_curve_never_rises() -> None:
    stay = rehearse(PLAIN, 1, assumptions=Assumptions(leave_first=0, leave_later=0))
    assert set(stay.there) == {(1.0, 1.0, 1.0)}
    middle = [band[1] for band in rehearse(PLAIN, 1).there]
    assert middle == sorted(middle, reverse=True)
    assert middle[-1] < 1


def test_members_with_less_time_than_the_programme_asks_for_leave_sooner() -> None:
    busy = rehearse(PLAIN, 1, assumptions=Assumptions(hours=(0.1, 0.3)))
    assert busy.there[-1][1] < rehearse(PLAIN, 1).there[-1][1]


def test_the_result_says_that_it_is_a_simulation_in_words_and_in_the_picture(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["content", "rehearse", "--members", "10", "--svg", str(tmp_path / "a.svg")])
    assert result.exit_code == 0
    assert "Simulation: " in result.stdout
    assert "10 synthetic members" in result.stdout
    root = ET.parse(tmp_path / "a.svg").getroot()  # noqa: S314 - our own
    assert root.find("{*}title").text.startswith("Simulation: ")  # type: ignore[union-attr]
    assert len(root.findall(".//{*}rect[@class='done']")) == 116
    awkward = replace(PLAIN, title="<b>&")
    ET.fromstring(picture(awkward, rehearse(awkward, 1), "<&>"))  # noqa: S314 - our own
    failed = CliRunner().invoke(main, ["content", "rehearse", "--svg", str(tmp_path / "no" / "a.svg")])
    assert (failed.exit_code, failed.stderr.count("\n")) == (1, 1)

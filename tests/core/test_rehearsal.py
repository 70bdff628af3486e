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
from cohort_bot.core.rehearsal import Assumptions, Finding, rehearse
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


@pytest.mark.parametrize(
    ("programme", "finding"),
    [
        (changed(5, tasks=(Task("All of it", "All", 900),)), (5, Finding.TOO_MUCH)),
        (changed(5, tasks=(Task("Rest", "Rest", 30),)), (5, Finding.TOO_LITTLE)),
        (changed(5, tasks=PLAIN.weeks[3].tasks), (5, Finding.REPEATED)),
        (changed(5, share=PLAIN.weeks[3].share), (5, Finding.NOTHING_TO_SHOW)),
        (replace(PLAIN, papers=(paper("a", 5), paper("b", 5))), (5, Finding.TWO_PAPERS)),
        (replace(PLAIN, papers=(paper("a", 5, "P2"),)), (5, Finding.PAPER_OF_ANOTHER_PHASE)),
        (
            replace(changed(5, tasks=(Task("All", "All", 900),)), papers=(paper("a", 5),)),
            (5, Finding.PAPER_IN_A_FULL_WEEK),
        ),
    ],
)
def test_a_planted_fault_is_found_in_its_week_alone(programme: Programme, finding: tuple[int, Finding]) -> None:
    found = rehearse(programme, 1).findings
    assert finding in found
    assert {number for number, _ in found} == {5}
    assert "5." in plain(rehearsed(programme, rehearse(programme, 1)))


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

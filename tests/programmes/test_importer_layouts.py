"""Plans as people lay them out: each is read right, or its author is asked; none is read wrongly in silence."""

import itertools
import os
import random
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from cohort_bot.programmes.importing.importer import ImportAsks, ImportRefused, ImportReport, import_guide
from cohort_bot.programmes.load import check_folder


def phases(report: ImportReport) -> list[tuple[str, int]]:
    return [(phase.title, phase.last_week - phase.first_week + 1) for phase in report.programme.phases]


def actions(report: ImportReport) -> list[str]:
    return [action.text for phase in report.programme.phases for action in phase.actions]


LAYOUTS = yaml.safe_load((Path(__file__).parent / "layouts.yaml").read_text(encoding="utf-8"))
READ: list[dict[str, Any]] = LAYOUTS["read"]
ASKED: list[dict[str, Any]] = LAYOUTS["asked"]


def named(layout: dict[str, Any]) -> str:
    return str(layout["name"])


@pytest.mark.parametrize("layout", READ, ids=named)
def test_a_plan_is_read_as_it_is_laid_out(tmp_path: Path, layout: dict[str, Any]) -> None:
    report = import_guide(layout["text"], tmp_path / "plan")
    assert [weeks for _, weeks in phases(report)] == layout["weeks"], phases(report)
    said = "\n".join([*actions(report), *(title for title, _ in phases(report))])
    for text in layout.get("has", ()):
        assert text in said
    assert not re.search(r"\*\*|\]\(|`|[├└─│]", said)
    assert check_folder(tmp_path / "plan") == []


@pytest.mark.parametrize("layout", ASKED, ids=named)
def test_what_is_ambiguous_is_asked_and_read_with_the_answer(tmp_path: Path, layout: dict[str, Any]) -> None:
    with pytest.raises(ImportAsks, match=re.escape(layout["question"])) as caught:
        import_guide(layout["text"], tmp_path / "plan")
    assert list(tmp_path.iterdir()) == []
    assert import_guide(layout["text"], tmp_path / "plan", last_options(caught.value)).programme.length > 0
    assert check_folder(tmp_path / "plan") == []


def last_options(asks: ImportAsks) -> dict[str, int]:
    return {question.key: len(question.options) - 1 for question in asks.questions}


@pytest.mark.parametrize(
    ("title", "agrees"),
    [("2-Week Plan", True), ("X in 2 weeks", True), ("12-Week Plan", False), ("Learn it in 3 months", False),
     ("Three Months Roadmap", False), ("Your 2-Year Guide", True), ("The 12 weeks of Christmas", True)],
)  # fmt: skip
def test_a_title_that_says_another_length_is_asked_about(tmp_path: Path, title: str, *, agrees: bool) -> None:
    text = f"# {title}\n\n## Week 1: A\n- a\n## Week 2: B\n- b\n"
    if agrees:
        assert import_guide(text, tmp_path / "plan").programme.length == 2
    else:
        with pytest.raises(ImportAsks, match="The title says"):
            import_guide(text, tmp_path / "plan")


def test_which_path_is_wanted_decides_what_is_read(tmp_path: Path) -> None:
    text = next(layout["text"] for layout in ASKED if layout["name"] == "two paths")
    with pytest.raises(ImportAsks) as caught:
        import_guide(text, tmp_path / "plan")
    (question,) = caught.value.questions
    assert question.options == ("Path A: Web", "Path B: Data")
    report = import_guide(text, tmp_path / "plan", {question.key: 1})
    assert phases(report) == [("Phase 1: SQL", 3)]
    assert any("another plan" in str(remark.text) and remark.line == 4 for remark in report.remarks)


def test_a_checkpoint_becomes_the_gate_of_its_phase(tmp_path: Path) -> None:
    text = (
        "# X\n\n## Roadmap\n### **Month 1: Basics**\n**Goal:** know lists\n*   **Week 1: Lists**\n    *   Read\n"
        "*   **Week 2: Files**\n    *   Do\n\n**🔴 Month 1 Checkpoint (Must Deliver):**\nA repository.\n\n"
        "### **Month 2: Queries**\n*   **Week 3: Select**\n    *   Read on\n"
    )
    programme = import_guide(text, tmp_path / "plan").programme
    assert [(phase.title, phase.last_week) for phase in programme.phases] == [("Basics", 2), ("Queries", 3)]
    assert programme.phases[0].gate is not None
    assert programme.phases[0].gate.passes == ("A repository.",)
    assert programme.phases[1].gate is None


def test_a_week_keeps_its_title_goal_tasks_and_links(tmp_path: Path) -> None:
    text = (
        "# X\n\n## Week 1: Lists\n**Goal:** know lists\n- **Read** [the notes](https://example.org/n)\n"
        "- Use `len` and _sort_\n"
        "## Week 2\nhttps://example.org/b\n#### Build\n- A tool\n- A test\n"
    )
    first, second = import_guide(text, tmp_path / "plan").programme.weeks
    assert (first.title, first.goal) == ("Lists", "know lists")
    assert [task.text for task in first.tasks] == ["Read the notes", "Use len and sort"]
    assert [(each.title, each.url) for each in first.resources] == [("the notes", "https://example.org/n")]
    assert [task.text for task in second.tasks] == ["Build: A tool", "Build: A test"]
    assert [each.url for each in second.resources] == ["https://example.org/b"]


def test_a_week_of_many_tasks_tells_them_all(tmp_path: Path) -> None:
    many = "".join(f"- Task number {number}\n" for number in range(1, 12))
    week = import_guide(f"# X\n\n## Week 1: Big\n{many}## Week 2\n- Rest\n", tmp_path / "plan").programme.weeks[0]
    assert len(week.tasks) == 4
    assert re.findall(r"\d+", " ".join(task.text for task in week.tasks)) == [str(number) for number in range(1, 12)]


def as_headings(weeks: Sequence[int]) -> str:
    return "".join(f"## Week {week}: Topic {week}\n- Read chapter {week}\n- Do exercise {week}\n" for week in weeks)


def as_bullets(weeks: Sequence[int]) -> str:
    return "## Roadmap\n" + "".join(f"- **Week {week}:** Topic {week}\n  - Read chapter {week}\n" for week in weeks)


def as_rows(weeks: Sequence[int]) -> str:
    rows = "".join(f"| {week} | Topic {week} | Read chapter {week} |\n" for week in weeks)
    return f"## Roadmap\n| Week | Topic | Do |\n|---|---|---|\n{rows}"


def as_bold_lines(weeks: Sequence[int]) -> str:
    return "".join(f"**Week {week}: Topic {week}**\n\n- Read chapter {week}\n\n" for week in weeks)


@pytest.mark.parametrize("lay_out", [as_headings, as_bullets, as_rows, as_bold_lines])
def test_weeks_that_were_dropped_doubled_or_shuffled_are_never_read_as_a_plan_in_silence(
    tmp_path: Path, lay_out: Callable[[Sequence[int]], str]
) -> None:
    chance = random.Random(7)  # noqa: S311
    for number in range(60):
        weeks = list(range(1, chance.randint(3, 11)))
        changed = list(weeks)
        match chance.choice(["drop", "double", "swap", "none"]):
            case "drop":
                changed.remove(chance.choice(weeks))
            case "double":
                again = chance.choice(weeks)
                changed.insert(again, again)
            case "swap":
                place = chance.randrange(len(weeks) - 1)
                changed[place], changed[place + 1] = changed[place + 1], changed[place]
        text = lay_out(changed)
        if lay_out is as_rows:  # two rows of one week are a week with two topics
            changed = [week for week, _ in itertools.groupby(changed)]
        out = tmp_path / f"plan-{number}"
        try:
            report = import_guide(f"# A plan\n\n{text}", out)
        except ImportAsks:
            assert changed != list(range(changed[0], changed[-1] + 1)), "asked about a plan without a fault"
        else:
            assert changed == list(range(changed[0], changed[-1] + 1)), f"{changed} was read in silence"
            assert report.programme.length == len(changed)


GUIDES = [str(layout["text"]) for layout in (*READ, *ASKED)]
MUTATED = int(os.environ.get("FUZZ", "2000")) // 10
SEED = int(os.environ.get("SEED", "0"))
MARKS = ["**", "#", "- ", "|", "```", "(", "1. ", "[", "> ", "Week ", "Month 3", " weeks", "0", "–", "Phase", "\t", "│"]


def mutated(text: str, chance: random.Random) -> str:
    """The text with a few of its lines dropped, doubled, moved, or changed in a mark."""
    lines = text.split("\n")
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(lines))
        match chance.randrange(5):
            case 0 if len(lines) > 1:
                del lines[place]
            case 1:
                lines.insert(place, chance.choice(lines))
            case 2:
                lines.insert(chance.randrange(len(lines)), lines.pop(place))
            case 3:
                at = chance.randint(0, len(lines[place]))
                lines[place] = lines[place][:at] + chance.choice(MARKS) + lines[place][at:]
            case _:
                at = chance.randint(0, len(lines[place]))
                lines[place] = lines[place][:at] + lines[place][at + chance.randint(1, 3) :]
    return "\n".join(lines)


def test_mutated_guides_give_no_traceback(tmp_path: Path) -> None:
    chance = random.Random(SEED)  # noqa: S311
    for number in range(MUTATED):
        text = mutated(chance.choice(GUIDES), chance)
        out = tmp_path / f"plan-{number}"
        try:
            report = import_guide(text, out)
        except ImportRefused:
            assert not out.exists()
            continue
        assert check_folder(out) == [], f"SEED={SEED}: {text}"
        assert sum(weeks for _, weeks in phases(report)) == report.programme.length


def test_the_command_asks_at_a_terminal_and_refuses_elsewhere(tmp_path: Path) -> None:
    guide, command = tmp_path / "guide.md", Path(sys.executable).with_name("cohort-bot")
    guide.write_text(next(layout["text"] for layout in ASKED if layout["name"] == "two paths"), encoding="utf-8")
    words = [str(command), "content", "import", str(guide), "--out", str(tmp_path / "plan")]
    refused = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert "1: Path A: Web / 2: Path B: Data" in refused.stderr
    assert not (tmp_path / "plan").exists()
    spanish = {**os.environ, "LC_ALL": "es_ES.UTF-8"}
    refused = subprocess.run(
        words, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, env=spanish, encoding="utf-8"
    )
    assert f"{guide}: la guía se puede leer de varias maneras; responde en una terminal, sin --yes" in refused.stderr
    assert "línea 6: Hay varios planes: Path A: Web y Path B: Data. ¿Cuál quieres?" in refused.stderr

    ours, theirs = os.openpty()
    with subprocess.Popen(words, stdin=theirs, stdout=theirs, stderr=theirs) as asking:
        os.close(theirs)
        os.write(ours, b"2\n")
        assert asking.wait(timeout=60) == 0
    assert b"Which one" in os.read(ours, 4096)
    os.close(ours)
    assert "Phase 1: SQL" in (tmp_path / "plan" / "programme.yaml").read_text(encoding="utf-8")

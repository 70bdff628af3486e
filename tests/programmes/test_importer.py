"""A guide becomes a programme that passes its check; nothing of it disappears without a word."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cohort_bot.programmes.importing.draft import shares
from cohort_bot.programmes.importing.importer import ImportRefused, ImportReport, import_guide, read_guide
from cohort_bot.programmes.importing.lines import lines_of
from cohort_bot.programmes.importing.outline import Role, sections
from cohort_bot.programmes.load import check_folder

GUIDES = Path(__file__).parent / "guides"
GUIDE = (GUIDES / "nurse-to-data-analyst.txt").read_text(encoding="utf-8")
ACTIONS = [
    "Rebuild your ward's rota as a spreadsheet: formulas, no macros",
    "Learn SELECT, JOIN and GROUP BY on an open hospital data set",
    "Write down ten questions that your ward's data could answer",
    "Finish one course on biostatistics, exercises included",
    "Re-analyse the data of a published nursing study",
    "Explain a confidence interval to a colleague in five minutes",
    "Keep a notebook of every test you used, and why",
    "Build a dashboard on waiting times from open data",
    "Ask a quality officer for a small, anonymous data set",
    "Present your findings at a ward meeting",
    "Rewrite your CV around three projects",
    "Apply for analyst posts in hospitals and insurers",
    "Practise a take-home exercise with a time limit",
]


def lengths(report: ImportReport) -> list[int]:
    return [phase.last_week - phase.first_week + 1 for phase in report.programme.phases]


def actions(report: ImportReport) -> list[str]:
    return [action.text for phase in report.programme.phases for action in phase.actions]


def without(first: str, until: str) -> Callable[[str], str]:
    return lambda text: text[: text.index(first)] + text[text.index(until) :]


def test_the_guide_becomes_a_programme(tmp_path: Path) -> None:
    report = import_guide(GUIDE, tmp_path / "analyst")
    programme = report.programme
    assert programme.slug == "analyst"
    assert programme.title == "From Ward Nurse to Healthcare Data Analyst: Your 2-Year Transition Guide"
    assert programme.summary.startswith("Nights on a ward")
    assert programme.summary.endswith("beside a rota of shifts.")
    assert lengths(report) == [10, 18, 24, 12]
    assert [phase.title for phase in programme.phases] == [
        "Spreadsheets and First Queries", "Statistics for Health", "Portfolio", "Applications",
    ]  # fmt: skip
    assert actions(report) == ACTIONS
    assert programme.horizons is not None
    assert [len(items) for items in programme.horizons.values()] == [2, 2, 2]
    assert [skill.name for skill in programme.skills] == ["SQL", "Statistics", "Visualisation"]
    assert [strength.name for strength in programme.strengths] == [
        "Clinical Judgement", "Documentation", "Explaining to Families",
    ]  # fmt: skip
    assert len(programme.reality_check.challenges) == 2
    assert programme.faq[1].answer == "Yes. The plan counts on about eight hours a week."
    assert check_folder(tmp_path / "analyst") == []


def test_weeks_are_whole_and_the_remainder_goes_to_the_later_actions(tmp_path: Path) -> None:
    programme = import_guide(GUIDE, tmp_path / "analyst").programme
    assert [len(programme.covering(f"P1A{number}")) for number in (1, 2, 3)] == [3, 3, 4]
    assert [len(programme.covering(f"P2A{number}")) for number in (1, 2, 3, 4)] == [4, 4, 5, 5]
    assert programme.covering("TW1") == (1,)
    assert all(2 <= week <= 4 for item in ("TM1", "TM2") for week in programme.covering(item))
    assert all(5 <= week <= 13 for item in ("N1", "N2") for week in programme.covering(item))


def test_every_line_is_placed_or_reported(tmp_path: Path) -> None:
    report = import_guide(GUIDE, tmp_path / "analyst")
    written = "\n".join(path.read_text(encoding="utf-8") for path in (tmp_path / "analyst").rglob("*.yaml"))
    flat = " ".join(written.replace("''", "'").split())
    reported = {remark.line for remark in report.remarks}
    headings = {part.heading.number for part in sections(lines_of(GUIDE))[0] if part.heading}
    for number, line in enumerate(GUIDE.splitlines(), start=1):
        text = re.sub(r"^- |^\d+ weeks- ", "", line)
        assert number in reported | headings or text.replace('"', '\\"') in flat or text in flat, (number, line)
    assert [remark.line for remark in report.remarks] == [0, 0, 6, 14, 22, 41, 52, 68]


SAME: dict[str, Callable[[str], str]] = {
    "Windows line ends": lambda text: text.replace("\n", "\r\n"),
    "byte order mark": lambda text: "\ufeff" + text,
    "blank lines": lambda text: text.replace("\n", "\n\n \n"),
    "indented": lambda text: re.sub("^", "    ", text, flags=re.MULTILINE),
    "bullets": lambda text: re.sub(r"^- ", "• ", text, flags=re.MULTILINE),
    "bullets for dashes everywhere": lambda text: re.sub(r"( weeks)- |^- ", r"\1 • ", text, flags=re.MULTILINE),
    "en dashes": lambda text: re.sub(r"( weeks)- |^- ", r"\1– ", text, flags=re.MULTILINE),
    "em dashes": lambda text: re.sub(r"( weeks)- |^- ", r"\1 — ", text, flags=re.MULTILINE),
    "stars": lambda text: re.sub(r"( weeks)- |^- ", r"\1\n* ", text, flags=re.MULTILINE).replace("\n\n", "\n"),
    "bullets without a space": lambda text: re.sub(r"^- ", "•", text, flags=re.MULTILINE),
    "colon after the length": lambda text: re.sub(r"( weeks)- ", r"\1: ", text),
    "length on a line of its own": lambda text: re.sub(r"( weeks)- ", r"\1\n- ", text),
    "length in parentheses": lambda text: re.sub(r"\n(.+)\n(\d+ weeks)- ", r"\n\1 (\2)\n- ", text),
    "length in parentheses below": lambda text: re.sub(r"(\d+ weeks)- ", r"(\1)\n- ", text),
    "length before the title": lambda text: re.sub(r"\n(.+)\n(\d+ weeks)- ", r"\n\2: \1\n- ", text),
    "colon after the title": lambda text: re.sub(r"\n(.+)\n(\d+ weeks)- ", r"\n\1:\n\2- ", text),
    "length with a label": lambda text: re.sub(r"(\d+ weeks)- ", r"Duration: \1\n- ", text),
    "numbered actions": lambda text: re.sub(r"( weeks)- ", r"\1\n1. ", text).replace("\n- ", "\n2. "),
    "numbered titles": lambda text: re.sub(r"\n(.+)\n(\d+ weeks)- ", r"\n1. \1\n\2- ", text),
    "no bullets": lambda text: re.sub(r"( weeks)- ", r"\1\n", text).replace("\n- ", "\n"),
    "nested bullets": lambda text: re.sub(r"\n(.+)\n(\d+ weeks)- ", r"\n• \1 (\2)\n- ", text).replace("\n- ", "\n  - "),
    "weeks from and to": lambda text: text.replace("10 weeks-", "Weeks 1-10:")
    .replace("18 weeks-", "Weeks 11–28:")
    .replace("24 weeks-", "Weeks 29 to 52:").replace("12 weeks-", "Weeks 53 – 64:"),
    "headings in capitals": lambda text: text.replace("Your Learning Roadmap", "YOUR LEARNING ROADMAP")
    .replace("Overview", "OVERVIEW").replace("Reality Check", "REALITY CHECK").replace("This Week", "THIS WEEK"),
    "headings of Markdown": lambda text: re.sub(
        r"^(Overview|Your (?:Transf|Learn).*|Skills You.*|Reality Check|What You.*|Biggest.*|This .*|Next .*|Freq.*)$",
        r"## **\1**", text, flags=re.MULTILINE,
    ),
    "other headings": lambda text: text.replace("Your Learning Roadmap", "Learning Path:")
    .replace("Skills You'll Need to Learn", "Skills to Learn").replace("Your Transferable Skills", "What You Bring")
    .replace("What You'll Love", "The Upsides").replace("What You Might Miss", "What you will miss")
    .replace("Biggest Challenges", "Key challenges you'll face").replace("Next 90 Days", "In the next 90 days (goals)")
    .replace("Frequently Asked Questions", "FAQ"),
    "a roadmap by no known name": lambda text: text.replace("Your Learning Roadmap", "How to Get There"),
    "a phase called like a heading": lambda text: text.replace("Applications\n12", "Getting Started\n12"),
    "curly apostrophes in headings": lambda text: text.replace("You'll", "You’ll"),
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_layout_does_not_matter(tmp_path: Path, name: str) -> None:
    text = SAME[name](GUIDE)
    assert text != GUIDE
    report = import_guide(text, tmp_path / "analyst")
    programme = report.programme
    assert lengths(report) == [10, 18, 24, 12]
    assert actions(report) == ACTIONS
    assert programme.horizons is not None
    assert [len(items) for items in programme.horizons.values()] == [2, 2, 2]
    reality = programme.reality_check
    assert [len(reality.enjoy), len(reality.miss), len(reality.challenges)] == [2, 2, 2]
    assert (len(programme.skills), len(programme.strengths), len(programme.faq)) == (3, 3, 2)


@pytest.mark.parametrize(
    ("first", "until", "missing"),
    [
        ("Overview", "Your Transferable", "no overview"),
        ("Your Transferable", "Skills You'll", "transferable skills"),
        ("Skills You'll", "Your Learning", "skills to learn"),
        ("Reality Check", "Start Your", "challenges"),
        ("This Week", "Frequently", "this month"),
        ("Frequently", "Ready to", "questions with answers"),
        ("From Ward", "Overview", "no title"),
    ],
)
def test_missing_sections_are_reported(tmp_path: Path, first: str, until: str, missing: str) -> None:
    report = import_guide(without(first, until)(GUIDE), tmp_path / "analyst")
    assert actions(report) == ACTIONS
    assert any(missing in str(remark.text) for remark in report.remarks if not remark.line)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda text: text.replace("24 weeks", "6 months"), (33, "26 weeks (52 weeks are a year)")),
        (lambda text: text.replace("24 weeks", "20-24 weeks"), (33, '"20-24 weeks" is a range')),
        (lambda text: text.replace("18 weeks- ", "- "), (27, "has no length: 16 weeks are assumed")),
        (without("12 weeks- ", "Reality"), (36, 'not placed, it is no action of the phase: "Applications"')),
        (lambda text: text.replace("12 weeks- ", "12 weeks\nSoon\n12 weeks- "), (36, '"Applications" has no actions')),
        (lambda text: text.replace("Reality Check", "Salaries\nMore than now.\nReality Check"), (40, "not placed")),
        (lambda text: text.replace("Mostly not", "Mostly not" * 300), (64, "not placed, the answer is too long")),
        (lambda text: text.replace("Do I need a degree in statistics?\n", ""), (63, "an answer without its question")),
    ],
)  # fmt: skip
def test_what_was_read_or_left_out_is_said_with_the_line(
    tmp_path: Path, change: Callable[[str], str], expected: tuple[int, str]
) -> None:
    report = import_guide(change(GUIDE), tmp_path / "analyst")
    line, said = expected
    assert any(remark.line == line and said in str(remark.text) for remark in report.remarks), report.remarks


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (without("Your Learning", "Reality"), "the guide has no roadmap"),
        (without("Take one", "Reality"), "line 21: the roadmap is empty"),
        (lambda text: text.replace("18 weeks", "0 weeks"), 'line 28: "0 weeks" is no span of time'),
        (lambda text: text.replace("18 weeks", "1800 weeks"), 'line 28: "1800 weeks" is longer than 520 weeks'),
        (lambda text: text.replace("18 weeks", "some weeks"), 'line 28: "some" is no number of weeks'),
        (lambda text: text.replace("18 weeks", "l8 weeks"), 'line 28: "l8" is no number of weeks'),
        (lambda text: text.replace("18 weeks", "Weeks 28-11"), 'line 28: "Weeks 28-11" is no span of time'),
        (lambda text: re.sub(r"\d+ weeks- ", "- ", text), "line 22: no phase of the roadmap has a length"),
        (lambda text: text.replace("SELECT", "\x00"), "line 25: this is no text"),
        (lambda text: text.replace("SELECT", "\ud800"), "line 25: this is no text"),
        (lambda text: text.replace("SELECT", "S" * 1300), "line 25: an action of 1,3"),
        (lambda _: "", "the guide is empty"),
        (lambda _: "\ufeff\n \n-----\n", "the guide is empty"),
        (lambda _: "Hello.\nNothing here.\n", "the guide has no roadmap"),
        (lambda text: text * 300, "the guide has more than"),
    ],
)
def test_damaged_guides_are_refused_with_the_line(tmp_path: Path, change: Callable[[str], str], why: str) -> None:
    with pytest.raises(ImportRefused) as caught:
        import_guide(change(GUIDE), tmp_path / "analyst")
    assert why in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_more_actions_than_weeks_share_the_weeks(tmp_path: Path) -> None:
    report = import_guide(GUIDE.replace("18 weeks", "1 week").replace("10 weeks", "2 weeks"), tmp_path / "analyst")
    programme = report.programme
    assert actions(report) == ACTIONS
    assert [len(week.tasks) for week in programme.weeks[:3]] == [4, 4, 4] or len(programme.weeks[2].tasks) == 4
    assert programme.covering("P2A4") == (3,)


def test_a_guide_written_in_markdown_with_other_habits(tmp_path: Path) -> None:
    report = import_guide((GUIDES / "teacher-to-ux-designer.md").read_text(encoding="utf-8"), tmp_path / "ux")
    programme = report.programme
    assert programme.title == "From Teacher to UX Designer: Your 18-Month Transition Guide"
    assert [phase.title for phase in programme.phases] == ["Phase 1: Basics", "Phase 2: Practice", "Career Plan"]
    assert lengths(report) == [13, 26, 12]
    assert "Write a portfolio and publish it online" in actions(report)
    assert "2 weeks: rest" in actions(report)
    assert [skill.name for skill in programme.skills] == ["Figma", "User Research", "Roadmap Planning"]
    assert [strength.name for strength in programme.strengths] == ["Communication", "Curriculum Planning", "Empathy"]
    assert [question.question for question in programme.faq] == ["Is UX design hard?", "How much will I earn?"]
    assert programme.horizons is not None
    assert [item.text for item in programme.horizons["this_week"]] == ["1 hour: download Figma"]
    said = {remark.line: str(remark.text) for remark in report.remarks}
    assert '"Duration: 3 months" is taken as 13 weeks' in said[22]
    assert "not placed" in said[16]  # a priority
    assert "not placed" in said[39]  # a tip between two sections


def test_what_has_no_room_as_a_task_is_reported(tmp_path: Path) -> None:
    many = "".join(f"- Write the long report number {number}, {'with care, ' * 12}and send it\n" for number in range(9))
    text = GUIDE.replace("18 weeks- ", f"1 week\n{many}- ")
    report = import_guide(text, tmp_path / "analyst")
    assert sum("has no room for it as a task" in str(remark.text) for remark in report.remarks) > 0
    assert len(actions(report)) == len(ACTIONS) + 9


def test_a_long_action_becomes_several_tasks(tmp_path: Path) -> None:
    long = "Learn " + "one thing after the other. " * 20 + "Done"
    report = import_guide(GUIDE.replace("Learn SELECT", long), tmp_path / "analyst")
    week = report.programme.weeks[report.programme.covering("P1A2")[0] - 1]
    assert all(len(task.text) <= 300 for task in week.tasks)
    assert " ".join(task.text for task in week.tasks).startswith(long)
    assert actions(report)[1].startswith(long)


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    out = tmp_path / "analyst"
    out.mkdir()
    import_guide(GUIDE, out)
    with pytest.raises(ImportRefused, match="not empty"):
        import_guide(GUIDE, out)
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(ImportRefused, match="not empty"):
        import_guide(GUIDE, tmp_path / "file")
    with pytest.raises(ImportRefused, match="cannot name a programme"):
        import_guide(GUIDE, tmp_path / "a plan")
    with pytest.raises(ImportRefused, match="cannot be written"):
        import_guide(GUIDE, tmp_path / "file" / "below")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["analyst", "file"]


def test_a_file_is_read_in_the_usual_encodings(tmp_path: Path) -> None:
    path = tmp_path / "guide.txt"
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        path.write_bytes("Für dich\n".encode(encoding))
        assert [line.body for line in read_guide(path)] == ["Für dich"]
    path.write_bytes("eins\nFür".encode("latin-1"))
    with pytest.raises(ImportRefused, match=r"^line 2: .*UTF-8"):
        read_guide(path)
    with pytest.raises(ImportRefused, match="cannot be read"):
        read_guide(tmp_path / "nowhere")


# Without the marks of Markdown, which are dropped.
WORDS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0\n\r*_`[]<>~"), min_size=1, max_size=60
).map(lambda text: f"Do {text} x")
AWKWARD = st.sampled_from(
    ["yes", "null", "1.5", "2026-01-01", "# no comment", "a: b", "'quoted' \"twice\"", "{x} [y] & *z !t |u >v",
     "\\n stays", "😀 👩‍👩‍👧", "שלום עולם", "مرحبا", "tab\there", "bell\x07", "next\x85line", "para\u2029graph",
     "\ufeffbom", "-dash", "%w @q p"]
)  # fmt: skip


@given(st.lists(WORDS | AWKWARD.map(lambda text: f"Do {text} x"), min_size=1, max_size=6), st.integers(1, 30))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_action_survives_word_for_word(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], weeks: int
) -> None:
    body = "\n- ".join(texts)
    guide = f"From A to B\nYour Learning Roadmap\nThe Phase\n{weeks} weeks- {body}\nReality Check\n"
    report = import_guide(guide, tmp_path_factory.mktemp("guide") / "plan")
    assert actions(report) == texts
    head = yaml.safe_load((report.folder / "programme.yaml").read_text(encoding="utf-8"))
    assert [action["text"] for action in head["phases"][0]["actions"]] == texts
    assert lengths(report) == [weeks]


@given(st.integers(1, 200), st.integers(1, 40))
def test_shares_add_up_and_grow(total: int, parts: int) -> None:
    found = shares(total, parts)
    assert sum(found) == total
    assert found == sorted(found)
    assert max(found) - min(found) <= 1


@pytest.mark.parametrize(
    ("heading", "role"),
    [
        ("Your 2-Year Learning Roadmap", "roadmap"), ("Step-by-Step Learning Path", "roadmap"),
        ("Career Transition Plan", "roadmap"), ("🗺️ Roadmap", "roadmap"), ("SKILLS TO LEARN:", "skills"),
        ("Skills You Need to Develop", "skills"), ("What You'll Need to Learn", "skills"), ("Skill Gaps", "skills"),
        ("Transferable Skills You Already Have", "strengths"), ("What Carries Over", "strengths"),
        ("**Reality Check**", "reality"), ("An Honest Look", "reality"), ("What You’ll Enjoy", "enjoy"),
        ("Pros", "enjoy"), ("What You May Miss", "miss"), ("Trade-offs", "miss"),
        ("Main challenges ahead", "challenges"),
        ("1. Overview", "overview"), ("Introduction", "overview"), ("### This Week (2 hours)", "this_week"),
        ("This month:", "this_month"), ("In the next 30 days", "this_month"), ("Next Three Months", "next_90_days"),
        ("90-Day Plan", "next_90_days"), ("Getting Started", "start"), ("FAQs", "faq"), ("Ready to begin?", "outro"),
    ],
)  # fmt: skip
def test_headings_are_known_by_their_role(heading: str, role: Role) -> None:
    text = f"Title\n{heading}\nBasics\n2 weeks- Go\n" if role == "roadmap" else f"Title\n{heading}\n- x\n"
    assert [part.role for part in sections(lines_of(text))[0]] == ["top", role]


TIMED = """\
# From shop to data

## Roadmap

### Week 1: A start
- Read chapter 1 (90 min)
- Do the first lab (about 4 h)
- Write a note (20 minutes)

### Week 2: {second}
- Read chapter 2 {time}
- Do the second lab (5 hours)
"""


@pytest.mark.parametrize(
    ("time", "second"),
    [("(45 min)", [45, 300]), ("for a while", [None, None]), ("(90 h)", [None, None]), ("(0 min)", [None, None])],
)
def test_times_that_a_plan_states_for_every_task_of_a_week_become_its_minutes(
    tmp_path: Path, time: str, second: list[int | None]
) -> None:
    guide = TIMED.format(second="A second step", time=time)
    weeks = import_guide(guide, tmp_path / "timed").programme.weeks
    assert [task.minutes for task in weeks[0].tasks] == [90, 240, 20]
    assert weeks[0].tasks[0].text == "Read chapter 1 (90 min)"
    assert [task.minutes for task in weeks[1].tasks] == second
    assert [week.hours for week in weeks] == [6, 6 if second[0] else 8]
    assert check_folder(tmp_path / "timed") == []

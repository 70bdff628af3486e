"""Every mistake is named by file, line and column, all at once, and never as a traceback."""

import os
import re
from pathlib import Path

import pytest
from tests.pseudo_locale import PseudoLocale, english, instead_of_english

from cohort_bot.core.programme import Recall
from cohort_bot.programmes.load import check_folder, load
from cohort_bot.programmes.problems import ProgrammeErrors
from cohort_bot.programmes.show import as_json

P = "programme.yaml"
A = "phases/1-begin.yaml"
B = "phases/2-end.yaml"
S = "papers.yaml"

AGAIN = """
      - question: How many steps?
        answer: As many as it takes.
        source: The second step"""
RECALL = f"share: A word.\n    recall:{AGAIN}"


def edit(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def said(folder: Path) -> list[str]:
    return [str(problem).removeprefix(f"{folder}/") for problem in check_folder(folder)]


def test_the_sample_loads(sample: Path) -> None:
    programme = load(sample)
    assert (programme.slug, programme.length) == ("sample", 4)
    assert [(phase.first_week, phase.last_week) for phase in programme.phases] == [(1, 2), (3, 4)]
    assert programme.covering("P1A1") == (1, 2)
    assert [paper.id for paper in programme.papers_of(2)] == ["steps"]
    assert [paper.id for paper in programme.papers if paper.spare] == ["pauses"]
    assert programme.weeks[3].note == "You are there."


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        # the shape of one value
        (
            A,
            "    goal: Go on.",
            "    gaol: Go on.",
            f"{A}:19:5: the key `gaol` is not known here; did you mean `goal`?",
        ),
        (A, "    goal: Go on.\n", "", f"{A}:17:5: `goal` is missing; add `goal: …`"),
        (A, "title: The first step", "title: No", f"{A}:4:12: `title` is No (true or false) to YAML, not a text"),
        (A, "title: The first step", "title: 42", f"{A}:4:12: `title` is the number 42 to YAML, not a text"),
        (A, "title: The first step", "title: ''", f"{A}:4:12: `title` is blank"),
        (A, "title: The first step", "title:", f"{A}:4:11: `title` is empty, not a text"),
        (A, "title: The first step", f"title: {'x' * 61}", f"{A}:4:12: `title` has 61 characters; shorten it to 60"),
        (A, "short: One foot", f"short: {'x' * 76}", f"{A}:9:16: `short` has 76 characters; shorten it to 75"),
        (A, "week: 1", 'week: "1"', f'{A}:3:11: `week` is the text "1"; write a whole number'),
        (A, "week: 1", "week: 1.0", f"{A}:3:11: `week` is the number 1.0; write a whole number"),
        (A, "week: 1", "week: 001", f'{A}:3:11: `week` is the text "001"; write a whole number'),
        (A, "covers: [P1A1]", "covers: P1A1", f'{A}:25:13: `covers` is the text "P1A1", not a list'),
        (A, "covers: [P1A1]", "covers: [P1A1, [x]]", f"{A}:25:20: entry 2 of `covers` is a list, not a text"),
        (P, "hours: {min: 2, max: 6}", "hours: 3", f"{P}:4:8: `hours` is the number 3; write `key: value` lines"),
        (P, '"#2A9387"', "green", f'{P}:10:13: `colour` is the text "green"; write it in this form'),
        (P, '"#2A9387"', "#2A9387", f"{P}:10:12: `colour` is empty, not a text"),
        (S, "year: 2001", "year: 20001", f"{S}:5:11: `year` is the number 20001; write 2100 or less"),
        (S, "https://example.org/steps", "http://example.org/steps", f"{S}:7:10: `url` is the text"),
        (S, "spare: true", "spare: 'true'", f'{S}:25:12: `spare` is the text "true"; write true or false'),
        (S, "papers:\n", "paper:\n", f"{S}:1:1: the key `paper` is not known here; did you mean `papers`?"),
        # what YAML itself refuses
        (A, "    goal: Go on.", "\tgoal: Go on.", f"{A}:19:1: not YAML: while scanning a plain scalar found a tab"),
        (A, "goal: Go on.", "goal: Go: on.", f"{A}:19:13: not YAML: mapping values are not allowed"),
        (A, "goal: Go on.", 'goal: "Go on.', f"{A}:26:1: not YAML: while scanning a quoted scalar"),
        (A, "goal: Go on.", "goal: &x Go on.\n    note: *x", f"{A}:20:11: the alias *x"),
        (A, "goal: Go on.", "goal: !!python/name:os.system Go", f"{A}:19:11: the tag !!python/name:os.system"),
        (A, "goal: Go on.", "goal: Go on.\n    goal: Again.", f"{A}:20:5: `goal` is here twice, first in line 19"),
        (A, "goal: Go on.", "goal: Go\u2028on.", f"{A}:19:13: an invisible character U+2028"),
        (A, "goal: Go on.", "goal: Go\x07on.", f"{A}:19:13: an invisible character U+0007"),
        (A, "phase: P1", "phase: P1\n---\nphase: P1", f"{A}:2:1: a second document begins here"),
        (A, "phase: P1", "? [a]\n: b\nphase: P1", f"{A}:1:3: a key that is no word"),
        # weeks
        (A, "week: 2", "week: 3", f"{A}:17:11: week 3 is outside P1, which has weeks 1 to 2; expected here: week 2"),
        (A, "week: 2", "week: 1", f"{A}:17:11: week 1 again or out of order; expected here: week 2"),
        (B, "week: 3", "week: 4", f"{B}:3:11: week 3 is missing before week 4; write it"),
        (P, "weeks: 2", "weeks: 3", f"{A}:17:11: week 3 is missing after the last week of P1"),
        (B, "phase: P2", "phase: P3", f"{B}:1:8: `phase` is P3, {P} names this file for P2; write P2"),
        (B, "The last step", "the First step", f"{B}:13:12: the title is that of week 1"),
        (A, "short: Look around", "short: one foot", f"{A}:11:16: `short` is that of another task"),
        (A, "short: Look around", f"short: {'👣' * 40}", f"{A}:11:16: `short` counts as 80 characters"),
        (A, "hours: 3", "hours: 7", f"{A}:6:12: `hours` is 7; stay within 2 to 6"),
        # minutes and recall
        (A, "One foot", "One foot\n        minutes: 90", f"{A}:11:9: `minutes` is missing; write it, or leave it out"),
        (A, "Other foot", "Other foot\n        minutes: 161", f"{A}:20:12: `hours` is 3, the tasks take 2 h 41 min"),
        (A, "Other foot", "Other foot\n        minutes: 199", f"{A}:20:12: `hours` is 3, the tasks take 3 h 19 min"),
        (A, "Other foot", "Other foot\n        minutes: 162", None),
        (A, "Other foot", "Other foot\n        minutes: 198", None),
        (A, "Other foot", "Other foot\n        minutes: 0", f"{A}:24:18: `minutes` is the number 0; write 1"),
        (A, "Other foot", "Other foot\n        minutes: 3 h", f'{A}:24:18: `minutes` is the text "3 h"'),
        (B, "share: A word.", RECALL, None),
        (B, "share: A word.", RECALL + AGAIN, f"{B}:15:19: the question is asked in week 3"),
        (B, "share: A word.", RECALL.replace("answer", "reply"), f"{B}:13:9: the key `reply` is not known here"),
        (B, "share: A word.", RECALL[:64], f"{B}:12:9: `answer` is missing"),
        # coverage
        (A, "[P1A1, TW1]", "[P1A1, TW2]", f"{A}:13:20: `covers` names TW2, which does not exist"),
        (A, "[P1A1, TW1]", "[P1A1, tw1]", f"{A}:13:20: `covers` names tw1, which does not exist; did you mean TW1?"),
        (A, "[P1A1, TW1]", "[P1A1, P1A1, TW1]", f"{A}:13:20: `covers` names P1A1 twice"),
        (A, "[P1A1, TW1]", "[P1A1]", f"{P}:28:11: no week covers the `this_week` item TW1"),
        (B, "[P2A1, S1]", "[P2A1]", f"{P}:31:9: no week covers the skill S1"),
        (P, "id: P2A1", "id: P2A9", f"{P}:24:13: no week of P2 covers the action P2A9"),
        # the head
        (P, "slug: sample", "slug: other", f"{P}:1:7: `slug` is other, the folder is sample"),
        (P, "{min: 2, max: 6}", "{min: 6, max: 2}", f"{P}:4:8: `hours` go from 6 to 2"),
        (P, "id: TW1", "id: P1A1", f"{P}:28:11: `id` P1A1 is taken, by line 12"),
        (P, "id: P2\n", "id: P1\n", f"{P}:18:9: `id` P1 is taken, by line 6"),
        (P, "rank: 1", "rank: 2", f"{P}:32:11: `rank` is 2; write 1"),
        (P, "phases/2-end.yaml", "../2-end.yaml", f"{P}:21:11: `file` ../2-end.yaml is not inside"),
        (P, "phases/2-end.yaml", "/etc/end.yaml", f"{P}:21:11: `file` /etc/end.yaml is not inside"),
        (P, "phases/2-end.yaml", "phases/1-begin.yaml", f"{P}:21:11: `file` phases/1-begin.yaml is that of another"),
        (P, "phases/2-end.yaml", "phases/2-and.yaml", "phases/2-and.yaml:1:1: the file is missing"),
        (P, "phases/2-end.yaml", "phases/2-and.yaml", "phases/2-end.yaml:1:1: no phase names this file"),
        # papers
        (S, "week: 2", "week: 3", f"{S}:13:11: week 3 is outside its phase; P1 has weeks 1 to 2"),
        (S, "    week: 2\n", "", f"{S}:2:9: the paper has no week"),
        (S, "spare: true", "spare: true\n    week: 4", f"{S}:26:11: a spare has no week"),
        (S, "spare: true", "week: 1", f"{S}:25:11: week 1 after week 2; sort the papers by week"),
        (S, "phase: P2", "phase: P7", f"{S}:24:12: the phase P7 does not exist; use one of P1, P2"),
        (S, "    week: 2", "    spare: true", None),
        (S, "spare: true\n", "spare: true\n    week:\n", None),
    ],
)
def test_a_mistake_is_named_with_its_place_and_its_cure(
    sample: Path, file: str, old: str, new: str, expected: str | None
) -> None:
    edit(sample, file, old, new)
    problems = said(sample)
    if expected is None:
        assert problems == []
    else:
        assert any(problem.startswith(expected) for problem in problems), problems
    with instead_of_english(PseudoLocale()):
        left = [(problem, found) for problem in said(sample) if (found := untranslated(problem))]
    assert left == []


def untranslated(problem: str) -> list[str]:
    """The English words of a problem that goes through no translation; what YAML's reader says is quoted as it is."""
    _place, what = problem.split(": ", 1)
    what = re.sub(r"`[^`]*`|\"[^\"]*\"|\S+[./]\S+|\*x|!!\S+|other,|sample;", "", what)
    return [] if english(what).startswith("not YAML") else re.findall(r"\b[a-z]{3,}", what)


def test_everything_is_said_at_once(sample: Path) -> None:
    edit(sample, P, "title: Begin", "titel: Begin")
    edit(sample, A, "hours: 3", "hours: 99")
    edit(sample, B, "[P2A1, S1]", "[P2A1]")
    edit(sample, S, "minutes: 30", "minutes: soon")
    assert [problem.split(": ")[0] for problem in said(sample)] == [
        "papers.yaml:8:14",
        "phases/1-begin.yaml:6:12",
        "programme.yaml:6:5",
        "programme.yaml:7:5",
        "programme.yaml:31:9",
    ]


def test_a_file_that_cannot_be_read_does_not_accuse_the_others(sample: Path) -> None:
    edit(sample, B, "phase: P2", "phase: [P2")
    assert len(said(sample)) == 1


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "1:1: the file is empty"),
        (b"# only a comment\n", "1:1: the file is empty"),
        (b"- a\n- b\n", "1:1: the file is a list; write `key: value` lines here"),
        (b"just words", '1:1: the file is the text "just words"'),
        (b"phase: P2\nweeks: \xff", "2:8: byte 0xFF is not UTF-8"),
        ("phase: P2".encode("utf-16"), "1:1: the file is UTF-16"),
        (b"a: " + b"x" * 1_000_001, "1:1: the file is larger than 1,000,000 bytes"),
        (b"[" * 100_000, "1:22: nested too deep"),
        (b"a: &a [x]\nb: [*a, *a, *a]", "2:5: the alias *a"),
        (b"%YAML 9.9\n---\na: b", "1:1: not YAML"),
        (b"a: b\x00", "1:5: an invisible character U+0000"),
    ],
)
def test_a_damaged_file_is_refused_with_its_place(sample: Path, data: bytes, expected: str) -> None:
    (sample / B).write_bytes(data)
    assert any(problem.startswith(f"{B}:{expected}") for problem in said(sample)), said(sample)


def test_what_editors_on_windows_write_is_accepted(sample: Path) -> None:
    for path in sample.rglob("*.yaml"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert said(sample) == []


def test_optional_parts_may_be_missing(sample: Path) -> None:
    (sample / S).unlink()
    text = (sample / P).read_text(encoding="utf-8")
    (sample / P).write_text(text[: text.index("horizons:")], encoding="utf-8")
    edit(sample, A, "[P1A1, TW1]", "[P1A1]")
    edit(sample, B, "[P2A1, S1]", "[P2A1]")
    assert said(sample) == []
    assert load(sample).horizons is None


def test_minutes_and_recall_questions_are_loaded_and_may_be_missing(sample: Path) -> None:
    edit(sample, B, "short: Onward", "short: Onward\n        minutes: 180")
    edit(sample, B, "share: A word.", RECALL)
    programme = load(sample)
    assert [task.minutes for week in programme.weeks for task in week.tasks] == [None, None, None, 180, None]
    assert programme.weeks[2].recall == (Recall("How many steps?", "As many as it takes.", "The second step"),)
    assert [len(week.recall) for week in programme.weeks] == [0, 0, 1, 0]
    shown = as_json(programme)["week_plan"]
    assert shown[2]["tasks"] == [{"text": "Go on.", "short": "Onward", "minutes": 180}]
    assert shown[2]["recall"][0]["source"] == "The second step"
    assert shown[3]["recall"] == []


def test_a_missing_folder_or_a_folder_for_a_file_is_no_traceback(sample: Path, tmp_path: Path) -> None:
    assert said(tmp_path / "nowhere")[0].startswith("programme.yaml:1:1: the file is missing")
    (sample / S).unlink()
    (sample / S).mkdir()
    assert said(sample) == ["papers.yaml:1:1: this is a folder; a file is expected"]


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="needs symbolic links")
def test_a_link_that_leads_out_of_the_folder_is_refused(sample: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.yaml"
    (sample / B).rename(outside)
    (sample / B).symlink_to(outside)
    assert "is not inside the programme's folder" in said(sample)[0]


def test_a_card_that_no_platform_could_show_is_refused(sample: Path) -> None:
    pages = "".join(f"      - title: {'t' * 140}\n        url: https://example.org/{'u' * 200}\n" for _ in range(10))
    edit(sample, A, "    resources:\n", f"    resources:\n{pages}")
    edit(sample, A, "      - title: A page\n        url: https://example.org/page\n", "")
    assert any(problem.startswith(f"{A}:3:5: the card of this week would have 3,") for problem in said(sample))


def test_the_error_holds_all_problems_in_order(sample: Path) -> None:
    edit(sample, A, "hours: 3", "hours: 99")
    edit(sample, A, "goal: Begin.", "goal: ''")
    with pytest.raises(ProgrammeErrors) as caught:
        load(sample)
    assert [problem.line for problem in caught.value.problems] == [5, 6]
    assert str(caught.value).count("\n") == 1

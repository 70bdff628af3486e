"""The programme that is shipped, and what nobody may break by editing it."""

import random
import re
import shutil
import time
from pathlib import Path

import pytest
import yaml

from cohort_bot.core.programme import Programme
from cohort_bot.programmes.card_size import CARD_BUDGET
from cohort_bot.programmes.library import Library, shipped_folder
from cohort_bot.programmes.load import check_folder, load
from cohort_bot.programmes.schema import schemas, write_schemas
from cohort_bot.programmes.show import as_json, links

SLUG = "backend-developer-to-ai-professor"


@pytest.fixture(scope="module")
def programme() -> Programme:
    return load(shipped_folder() / SLUG)


def test_it_has_what_it_promises(programme: Programme) -> None:
    shown = as_json(programme)
    assert shown["weeks"] == 116
    lengths = [phase["last_week"] - phase["first_week"] + 1 for phase in shown["phases"]]
    assert lengths == [16, 20, 40, 24, 16]
    assert sum(len(phase["actions"]) for phase in shown["phases"]) == 20
    assert [len(items) for items in shown["horizons"].values()] == [3, 3, 3]
    assert [skill["rank"] for skill in shown["skills"]] == [1, 2, 3, 4, 5, 6]
    papers = [paper for paper in shown["papers"] if not paper["spare"]]
    assert len(papers) == 27
    assert [paper["week"] for paper in papers] == sorted({paper["week"] for paper in papers})
    assert len(shown["papers"]) - len(papers) >= 9


def test_every_item_is_covered_and_actions_inside_their_phase(programme: Programme) -> None:
    shown = as_json(programme)
    for phase in shown["phases"]:
        inside = set(range(phase["first_week"], phase["last_week"] + 1))
        assert all(inside & set(action["weeks"]) for action in phase["actions"])
    items = [item for group in shown["horizons"].values() for item in group]
    assert all(item["weeks"] for item in [*items, *shown["skills"]])


def test_show_has_the_shape_of_the_interface(programme: Programme) -> None:
    shown = as_json(programme)
    assert list(shown) == [
        "slug", "title", "language", "weeks", "phases", "horizons", "skills", "strengths", "reality_check", "faq",
        "week_plan", "papers",
    ]  # fmt: skip
    assert list(shown["phases"][0]) == ["id", "title", "first_week", "last_week", "actions"]
    assert list(shown["phases"][0]["actions"][0]) == ["id", "text", "weeks"]
    assert list(shown["horizons"]) == ["this_week", "this_month", "next_90_days"]
    assert list(shown["skills"][0]) == ["id", "rank", "name", "text", "weeks"]
    assert list(shown["reality_check"]) == ["enjoy", "miss", "challenges"]
    week = shown["week_plan"][0]
    assert list(week) == [
        "week", "phase", "title", "goal", "hours", "tasks", "share", "covers", "resources", "note", "recall",
    ]  # fmt: skip
    assert list(week["tasks"][0]) == ["text", "short", "minutes"]
    assert week["phase"] == shown["phases"][0]["id"]
    assert {tuple(resource) for one in shown["week_plan"] for resource in one["resources"]} == {("title", "url")}
    assert all((paper["week"] is None) == paper["spare"] for paper in shown["papers"])


def test_each_week_says_how_long_its_tasks_take_and_has_a_small_first_step(programme: Programme) -> None:
    """`content check` holds the sums; that each has minutes, and one at most twenty, holds for this programme."""
    for week in programme.weeks:
        assert all(task.minutes for task in week.tasks), week.number
        assert min(task.minutes or 0 for task in week.tasks) <= 20, week.number


def test_each_week_has_a_link_and_questions_to_ask_again(programme: Programme) -> None:
    assert [week.number for week in programme.weeks if not any(each.url for each in week.resources)] == []
    assert [week.number for week in programme.weeks if not 1 <= len(week.recall) <= 3] == []
    assert sum(len(week.recall) for week in programme.weeks) >= 230


def test_the_paper_of_a_week_is_among_its_tasks_with_its_time_and_its_link(programme: Programme) -> None:
    for paper in programme.papers:
        if week := programme.week(paper.week or 0):
            assert any((task.minutes or 0) >= paper.minutes for task in week.tasks), paper.id
            assert paper.url in {each.url for each in week.resources}, paper.id


def test_papers_of_the_last_years_are_among_the_27(programme: Programme) -> None:
    assert sum(paper.year >= 2022 for paper in programme.papers if not paper.spare) >= 6


# An editor's doubt helps nobody on a card, and members have not seen the guide behind the programme.
NOT_ON_A_CARD = re.compile(
    r"(could not confirm|could not be found|we found no|one source|last s(aw|een)|\bmend)", re.IGNORECASE
)
GUIDE = re.compile(r"\bthe guide(?:'s| (?:names|says|puts|wants|does|tells|expects|calls|warns|promises|speaks))")


def test_the_cards_carry_no_doubts_of_ours_and_name_no_guide_that_members_have_not_seen(programme: Programme) -> None:
    cards = [
        text
        for week in programme.weeks
        for text in (week.title, week.goal, week.share, week.note or "", *(task.text for task in week.tasks))
    ]
    gates = [line for phase in programme.phases if phase.gate for line in (*phase.gate.passes, phase.gate.if_missed)]
    said = [programme.summary, *cards, *gates, *(paper.why for paper in programme.papers)]
    said += [skill.text for skill in programme.skills] + [entry.answer for entry in programme.faq]
    assert [text for text in said if NOT_ON_A_CARD.search(text)] == []
    assert [text for text in said if GUIDE.search(text)] == []


def test_a_gate_says_in_a_line_each_what_passes_and_the_week_that_fills_it_asks_for_it(programme: Programme) -> None:
    for number, phase in enumerate(programme.phases, start=1):
        assert phase.gate is not None
        assert all(len(line) <= 80 for line in phase.gate.passes)
        last = programme.week(phase.last_week)
        assert last is not None
        assert any(task.text.startswith(f"Gate {number}: ") for task in last.tasks)


def test_its_links_can_be_listed(programme: Programme) -> None:
    found = links(programme)
    assert sum(where.startswith("paper ") for where, _, _ in found) == len(programme.papers)
    assert all(url.startswith("https://") for _, _, url in found)


@pytest.mark.timed
def test_it_loads_and_checks_in_less_than_a_third_of_a_second() -> None:
    def once() -> float:
        began = time.thread_time()
        assert check_folder(shipped_folder() / SLUG) == []
        return time.thread_time() - began

    assert min(once() for _ in range(3)) < 0.3


@pytest.mark.parametrize("batch", range(4))
def test_no_random_edit_gives_a_traceback(tmp_path: Path, batch: int) -> None:
    seed = random.SystemRandom().randrange(10**9)
    print(f"seed {seed}")  # noqa: T201 - shown when the test fails
    chance = random.Random(seed)  # noqa: S311 - no secret
    folder = tmp_path / SLUG
    shutil.copytree(shipped_folder() / SLUG, folder)
    files = sorted(folder.rglob("*.yaml"))
    # One phase file is enough for most edits: each check reads everything.
    for path in files:
        if path.parent.name == "phases" and path != files[0]:
            path.write_text("".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[:60]), encoding="utf-8")
    refused = 0
    for _ in range(50):
        path = chance.choice(files)
        before = path.read_bytes()
        path.write_bytes(damaged(before, chance))
        for problem in check_folder(folder):
            refused += 1
            assert problem.line >= 1
            assert problem.column >= 1
            assert "; " in str(problem)
        path.write_bytes(before)
    assert refused


def damaged(data: bytes, chance: random.Random) -> bytes:
    """The file after one edit as people, editors and bad disks make them."""
    at = chance.randrange(len(data))
    lines = data.splitlines(keepends=True)
    line = chance.randrange(len(lines))
    edits = [
        lambda: data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :],
        lambda: data[:at] + data[at + chance.randrange(1, 40) :],
        lambda: data[:at],
        lambda: (
            data[:at]
            + chance.choice([b":", b"- ", b"\t", b'"', b"'", b"{", b"[", b"&a ", b"*a", b"!x ", b"|"])
            + data[at:]
        ),
        lambda: b"".join(lines[:line] + lines[line + 1 :]),
        lambda: b"".join([*lines[:line], lines[line], *lines[line:]]),
        lambda: b"".join([*lines[:line], b"  " + lines[line], *lines[line + 1 :]]),
        lambda: b"".join([*lines[:line], lines[line].lstrip(), *lines[line + 1 :]]),
        lambda: b"".join(chance.sample(lines, len(lines))),
        lambda: data.replace(b": ", b":", chance.randrange(1, 5)),
    ]
    return chance.choice(edits)()


def test_no_random_value_gives_a_traceback(sample: Path) -> None:
    """The same for files that are sound YAML but hold anything anywhere."""
    chance = random.Random(3)  # noqa: S311 - no secret
    strange: list[object] = [
        None,
        True,
        -1,
        0,
        10**30,
        1.5,
        "",
        " ",
        [],
        {},
        [[]],
        {"a": 1},
        "P1",
        float("nan"),
        "\x07",
        "😀" * 80,
    ]
    files = sorted(sample.rglob("*.yaml"))

    def places(value: object) -> list[tuple[object, object]]:
        if isinstance(value, dict):
            return [(value, key) for key in value] + [spot for child in value.values() for spot in places(child)]
        if isinstance(value, list):
            return [(value, index) for index in range(len(value))] + [spot for child in value for spot in places(child)]
        return []

    for _ in range(150):
        path = chance.choice(files)
        before = path.read_text(encoding="utf-8")
        content = yaml.safe_load(before)
        holder, key = chance.choice(places(content))
        holder[key] = chance.choice(strange)  # type: ignore[index]
        path.write_text(yaml.safe_dump(content), encoding="utf-8")
        check_folder(sample)
        path.write_text(before, encoding="utf-8")


def test_the_schemas_are_current(tmp_path: Path) -> None:
    written = {path.name: path.read_text(encoding="utf-8") for path in write_schemas(tmp_path)}
    shipped = shipped_folder() / "schema"
    assert written == schemas()
    assert written == {path.name: path.read_text(encoding="utf-8") for path in shipped.iterdir()}, (
        "run cohort_bot.programmes.schema.write_schemas(Path('content/schema'))"
    )


def test_every_shipped_file_names_its_schema() -> None:
    for path in (shipped_folder() / SLUG).rglob("*.yaml"):
        first = path.read_text(encoding="utf-8").splitlines()[0]
        assert first.startswith("# yaml-language-server: $schema=")
        assert (path.parent / first.partition("=")[2]).is_file()


def test_every_card_leaves_room_on_discord() -> None:
    assert CARD_BUDGET <= 4000 * 3 / 4


def test_the_library_finds_what_is_shipped() -> None:
    library = Library([shipped_folder()])
    assert list(library.slugs()) == [SLUG]
    assert library.findings == ()
    assert library.get("nothing") is None


def test_the_library_parks_what_fails_and_runs_the_rest(sample: Path) -> None:
    shutil.copytree(sample, sample.parent / "broken")
    library = Library([sample.parent])
    assert list(library.slugs()) == ["sample"]
    assert library.get("broken") is None
    (finding,) = library.findings
    assert finding.problem.startswith("The programme broken does not pass its check: ")
    assert f"{sample.parent / 'broken' / 'programme.yaml'}:1:7" in finding.problem
    assert finding.cure == f"cohort-bot content check {sample.parent / 'broken'}"


def test_a_later_folder_takes_the_place_of_an_earlier_one(sample: Path, tmp_path: Path) -> None:
    copy = tmp_path / "more" / "sample"
    shutil.copytree(sample, copy)
    head = copy / "programme.yaml"
    head.write_text(head.read_text(encoding="utf-8").replace("From here", "From now"), encoding="utf-8")
    found = Library([sample, tmp_path / "more"]).get("sample")
    assert found is not None
    assert found.title == "From now to there"
    head.write_text("slug: [", encoding="utf-8")
    library = Library([sample, tmp_path / "more"])
    assert library.get("sample") is None
    assert len(library.findings) == 1


def test_a_folder_that_is_not_there_is_a_finding(tmp_path: Path) -> None:
    (finding,) = Library([tmp_path / "nowhere"]).findings
    assert "nowhere" in finding.problem
    assert "CONTENT_DIR" in finding.cure

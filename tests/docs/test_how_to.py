"""What the how-to pages show is run as it stands there."""

import gettext
import inspect
import re
import subprocess
import sys
import types
from pathlib import Path
from typing import cast

import pytest

from cohort_bot import runtime
from cohort_bot.app import words
from cohort_bot.app.delivery import kind, kinds, ledger, planner
from cohort_bot.app.table import TABLE
from cohort_bot.app.words import posts
from cohort_bot.cli import main
from tests.fakes.bot import OneGuide, running
from tests.properties.worlds import programme

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to"


def blocks(page: str, language: str) -> list[str]:
    text = (HOW_TO / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


async def test_the_command_of_the_page_works_as_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    says, handler, test = blocks("add-a-command.md", "python")
    said = types.ModuleType("cohort_bot.app.words.when")
    exec(compile(says, "<when.py>", "exec"), said.__dict__)  # noqa: S102 - the page's own code
    monkeypatch.setitem(sys.modules, said.__name__, said)
    monkeypatch.setattr(words, "when", said, raising=False)
    feature = types.ModuleType("when")
    exec(compile(handler, "<when.py>", "exec"), feature.__dict__)  # noqa: S102 - the page's own code
    table = TABLE.__class__((*TABLE.rows, *feature.ROWS), TABLE.completers)
    monkeypatch.setattr(runtime, "TABLE", table)
    written = types.ModuleType("test_when")
    exec(compile(test, "<test_when.py>", "exec"), written.__dict__)  # noqa: S102
    await written.test_it_tells_when_the_week_closes(tmp_path)


async def test_the_kind_of_post_of_the_page_comes_when_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    says, label, compose, row, line = blocks("add-a-kind-of-post.md", "python")
    exec(compile(says, "<half_way.py>", "exec"), names := dict(vars(kinds)))  # noqa: S102 - the page's own code
    exec(compile(label, "<posts.py>", "exec"), named := dict(vars(posts)))  # noqa: S102
    names["posts"] = types.SimpleNamespace(**named)
    exec(compile(compose, "<kinds.py>", "exec"), names)  # noqa: S102
    exec(compile(f"ROW = {{\n{row}}}", "<kinds.py>", "exec"), names)  # noqa: S102
    monkeypatch.setitem(cast("dict[str, kind.Kind]", kinds.KINDS), "half-way", names["ROW"]["half-way"])
    written = inspect.getsource(planner)
    before = "    if number == programme.length:\n"
    changed = types.ModuleType(planner.__name__)
    monkeypatch.setitem(sys.modules, planner.__name__, changed)
    exec(compile(written.replace(before, line + before), planner.__file__, "exec"), changed.__dict__)  # noqa: S102
    for name in ("Group", "due", "next_due"):
        monkeypatch.setattr(ledger, name, getattr(changed, name))
    async with running(tmp_path, programmes=OneGuide(programme(4))) as bot:
        await bot.create(options="timezone:Europe/Berlin programme:sample")
        await bot.days(18)
        assert [text for text in bot.chat.timeline() if text.startswith("Half of the way")]


def test_the_guide_of_the_page_imports_as_it_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (guide,) = blocks("import-a-guide.md", "text")
    (tmp_path / "guide.txt").write_text(guide, encoding="utf-8")
    out = tmp_path / "my-programme"
    main(["content", "import", str(tmp_path / "guide.txt"), "--out", str(out)], standalone_mode=False)
    said = capsys.readouterr()
    assert "26 weeks, 2 phases, 4 actions" in said.out
    assert "13 weeks" in said.out + said.err
    main(["content", "check", str(out)], standalone_mode=False)


def test_the_page_on_programmes_checks_and_previews_a_folder_as_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (guide,) = blocks("import-a-guide.md", "text")
    (tmp_path / "guide.txt").write_text(guide, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    lines = blocks("import-a-guide.md", "console") + blocks("write-a-programme.md", "console")[:2]
    for line in "".join(lines).splitlines():
        if " demo " not in line:  # tests/e2e has the demo
            main(line.split()[1:], standalone_mode=False)
    said = capsys.readouterr().out
    assert "nothing wrong" in said
    assert "== Slack" in said
    (tmp_path / "my-programme" / "programme.yaml").write_text("title: 3", encoding="utf-8")
    with pytest.raises(SystemExit):
        main(["content", "preview", "my-programme", "--week", "2"], standalone_mode=False)
    assert "content check my-programme" in capsys.readouterr().err


def test_the_week_of_the_page_is_a_week(tmp_path: Path) -> None:
    import yaml  # noqa: PLC0415

    from cohort_bot.programmes.models import WeekModel  # noqa: PLC0415

    (week,) = blocks("write-a-programme.md", "yaml")
    WeekModel.model_validate_json(__import__("json").dumps(yaml.safe_load(week)[0]))


ROOT = HOW_TO.parents[1]
PATHS = re.compile(
    r"`((?:src|tests|app|core|storage|platforms|web|migrations|content|locales|words|delivery)/[\w./-]*)`"
)


@pytest.mark.parametrize("page", [ROOT / "CONTRIBUTING.md", *sorted(HOW_TO.glob("*.md"))], ids=lambda page: page.name)
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    for name in PATHS.findall(page.read_text(encoding="utf-8")):
        package = ROOT / "src/cohort_bot"
        places = [ROOT / name, package / name, package / "app" / name]
        assert any(place.exists() for place in places), name


def test_a_translation_begins_as_the_page_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "locales").symlink_to(ROOT / "locales")
    monkeypatch.chdir(tmp_path)
    (lines,) = blocks("translate.md", "console")
    folder = tmp_path / "made"
    for line in lines.splitlines()[1:]:
        typed = line.replace("locales/fr/LC_MESSAGES", str(folder)).split()
        folder.mkdir(exist_ok=True)
        subprocess.run([Path(sys.executable).with_name("pybabel"), *typed[1:]], check=True, capture_output=True)
    with (folder / "cohort_bot.mo").open("rb") as made:
        assert gettext.GNUTranslations(made).gettext("Leave") == "Leave"

"""What is no ordinary file ends with one sentence: a pipe has no end, and neither has /dev/zero."""

import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from cohort_bot.cli import main
from cohort_bot.programmes.library import shipped_folder

pytestmark = pytest.mark.skipif(os.name == "nt", reason="pipes with a name and devices are POSIX's")


@pytest.fixture(params=["pipe", "device"])
def endless(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if request.param == "device":
        return Path("/dev/zero")
    os.mkfifo(tmp_path / "pipe")
    return tmp_path / "pipe"


@pytest.mark.timeout(10)
def test_a_guide(endless: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["content", "import", str(endless), "--out", str(tmp_path / "new")])
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert "no ordinary file; save the guide as a text file" in result.stderr
    assert not (tmp_path / "new").exists()


@pytest.mark.timeout(10)
@pytest.mark.parametrize("name", ["programme.yaml", "papers.yaml", "phases/1-foundation.yaml"])
def test_a_file_of_a_programme(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "mine"
    shutil.copytree(next(shipped_folder().glob("*/programme.yaml")).parent, folder)
    (folder / name).unlink()
    os.mkfifo(folder / name)
    result = CliRunner().invoke(main, ["content", "check", str(folder)])
    assert result.exit_code == 1
    assert f"{name}:1:1: this is no ordinary file; put an ordinary file in its place" in result.stdout


@pytest.mark.timeout(10)
def test_a_guide_that_is_too_long_is_not_read_to_its_end(tmp_path: Path) -> None:
    guide = tmp_path / "guide.txt"
    with guide.open("wb") as file:
        file.truncate(10**12)
    result = CliRunner().invoke(main, ["content", "import", str(guide), "--out", str(tmp_path / "new")])
    assert (result.exit_code, "more than 200,000 characters" in result.stderr) == (1, True)


@pytest.mark.timeout(10)
@pytest.mark.parametrize("command", ["backup", "restore"])
def test_a_backup(endless: Path, tmp_path: Path, command: str) -> None:
    url = f"sqlite:///{tmp_path / 'bot.db'}"
    assert CliRunner().invoke(main, ["db", "upgrade"], env={"DATABASE_URL": url}).exit_code == 0
    result = CliRunner().invoke(main, ["db", command, str(endless)], env={"DATABASE_URL": url})
    assert (result.exit_code, result.stderr) == (1, f"{endless} is no ordinary file; name one\n")

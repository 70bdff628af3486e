"""A programme to begin with: the folder `starter`, copied under a name of its own."""

import errno
import shutil
from pathlib import Path

from cohort_bot.app.words.programme_check import Folder
from cohort_bot.programmes.load import PROGRAMME_FILE, load
from cohort_bot.programmes.problems import ProgrammeErrors

STARTER = Path(__file__).with_name("starter")


def write_starter(folder: Path) -> None:
    """Write it to a new or empty folder, whose name becomes the programme's slug.

    Raises ProgrammeErrors where the name cannot be a slug, and OSError where the folder cannot be written or has
    something in it; then nothing is left behind.
    """
    folder = folder.resolve()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FileExistsError(errno.EEXIST, str(Folder.NOT_EMPTY()))
    new = not folder.exists()
    shutil.copytree(STARTER, folder, dirs_exist_ok=True)
    try:
        head = folder / PROGRAMME_FILE
        text = head.read_text(encoding="utf-8")
        head.write_text(text.replace("slug: my-programme ", f"slug: {folder.name} "), encoding="utf-8")
        load(folder)
    except ProgrammeErrors:
        for path in folder.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        if new:
            folder.rmdir()
        raise

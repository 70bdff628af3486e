"""The available programmes: those that are shipped, and those in folders from the settings."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import cohort_bot
from cohort_bot.app.ports.platform import Finding
from cohort_bot.core.programme import Programme
from cohort_bot.programmes import compiled
from cohort_bot.programmes.compiled import PROGRAMME_FILE
from cohort_bot.programmes.problems import ProgrammeErrors


def shipped_folder() -> Path:
    """`content/` of the installed package, or of the checkout."""
    package = Path(cohort_bot.__file__).parent
    inside = package / "content"
    return inside if inside.is_dir() else package.parents[1] / "content"


class Library:
    """Programmes read once from folders that hold programme folders, or that are one themselves.

    A programme in a later folder takes the place of one of the same name, also when it fails its check:
    whoever edits a copy wants that copy. `findings` says what did not load, and what cures it.
    """

    def __init__(self, folders: Iterable[Path]) -> None:
        self._programmes: dict[str, Programme] = {}
        self._findings: dict[str, Finding] = {}
        for folder in folders:
            self._read(folder)

    def get(self, slug: str) -> Programme | None:
        """The programme, None when it is missing or did not pass its check."""
        return self._programmes.get(slug)

    def slugs(self) -> Sequence[str]:
        """All that passed their check, in alphabetical order."""
        return sorted(self._programmes)

    @property
    def findings(self) -> Sequence[Finding]:
        """What could not be loaded."""
        return tuple(self._findings.values())

    def _read(self, folder: Path) -> None:
        if not folder.is_dir():
            self._findings[str(folder)] = Finding(f"There is no folder {folder}.", "Make it, or correct CONTENT_DIR.")
            return
        folders = list(_programme_folders(folder))
        if not folders:
            self._findings[str(folder)] = Finding(
                f"There is no programme in {folder}.",
                f"Name a folder with a {PROGRAMME_FILE}, or one that holds such folders.",
            )
        for path in folders:
            slug = path.resolve().name
            self._programmes.pop(slug, None)
            self._findings.pop(slug, None)
            try:
                self._programmes[slug] = compiled.read(path) or _checked(path)
            except ProgrammeErrors as errors:
                count = len(errors.problems)
                count_words = f"{count} problems, the first: " if count > 1 else ""
                self._findings[slug] = Finding(
                    f"The programme {slug} does not pass its check: {count_words}{errors.problems[0]}",
                    f"cohort-bot content check {path}",
                )


def _checked(folder: Path) -> Programme:
    from cohort_bot.programmes.load import load  # noqa: PLC0415 - only for what is not compiled, see `compiled`

    return load(folder)


def _programme_folders(folder: Path) -> Iterator[Path]:
    """The folder itself, or those in it that hold a programme or what is left of one."""
    if (folder / PROGRAMME_FILE).exists():
        yield folder
        return
    for path in sorted(folder.iterdir()):
        if path.is_dir() and ((path / PROGRAMME_FILE).exists() or (path / "phases").is_dir()):
            yield path

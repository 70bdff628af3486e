"""The available programmes: those that are shipped, and those in folders from the settings."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import cohort_bot
from cohort_bot.app.ports.platform import Finding
from cohort_bot.chat.catalogues import ENGLISH
from cohort_bot.chat.i18n import speaking
from cohort_bot.core.programme import Programme
from cohort_bot.programmes import compiled, languages
from cohort_bot.programmes.compiled import PROGRAMME_FILE
from cohort_bot.programmes.problems import ProgrammeErrors

log = logging.getLogger(__name__)


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
        self._programmes: dict[str, languages.InLanguages] = {}
        self._findings: dict[str, Callable[[], Finding]] = {}
        for folder in folders:
            self._read(folder)

    def get(self, slug: str) -> Programme | None:
        """The programme in the language that is spoken here, None when it is missing or did not pass its check."""
        programme = self._programmes.get(slug)
        return programme.get() if programme else None

    def slugs(self) -> Sequence[str]:
        """All that passed their check, in alphabetical order."""
        return sorted(self._programmes)

    @property
    def findings(self) -> Sequence[Finding]:
        """What could not be loaded, in the language that is spoken here."""
        return tuple(said() for said in self._findings.values())

    def _read(self, folder: Path) -> None:
        if not folder.is_dir():
            self._findings[str(folder)] = partial(_missing, folder)
            return
        folders = list(_programme_folders(folder))
        if not folders:
            self._findings[str(folder)] = partial(_empty, folder)
        for path in folders:
            slug = path.resolve().name
            self._programmes.pop(slug, None)
            self._findings.pop(slug, None)
            try:
                original = compiled.read(path) or _checked(path)
                texts = partial(_texts, path, original)
                self._programmes[slug] = languages.InLanguages(original, languages.files(path), texts)
            except ProgrammeErrors as errors:
                self._findings[slug] = partial(_failed, path, slug, errors)


def _missing(folder: Path) -> Finding:
    from cohort_bot.app.words.programme_check import Folder  # noqa: PLC0415 - most programmes have nothing wrong

    return Finding(str(Folder.MISSING(folder=str(folder))), str(Folder.MISSING_CURE()))


def _empty(folder: Path) -> Finding:
    from cohort_bot.app.words.programme_check import Folder  # noqa: PLC0415

    return Finding(str(Folder.NONE(folder=str(folder))), str(Folder.NONE_CURE()))


def _failed(folder: Path, slug: str, errors: ProgrammeErrors) -> Finding:
    from cohort_bot.app.words.programme_check import Folder  # noqa: PLC0415

    what = Folder.FAILS(n=len(errors.problems), name=slug, problem=str(errors.problems[0]))
    return Finding(str(what), f"cohort-bot content check {folder}")


def _checked(folder: Path) -> Programme:
    from cohort_bot.programmes.load import load  # noqa: PLC0415 - only for what is not compiled, see `compiled`

    return load(folder)


def _texts(folder: Path, programme: Programme, language: str) -> Mapping[str, str]:
    """What is translated. What cannot be used is in the log, and said by `content check`."""
    path = languages.files(folder)[language]
    if (texts := compiled.read_texts(folder, path)) is not None:
        return texts
    from cohort_bot.programmes import translations  # noqa: PLC0415 - as for `_checked`

    found = translations.read(path, str(path), programme)
    with speaking(ENGLISH):  # whoever reads the log is not the reader
        for problem in found.problems:
            log.warning("%s", problem)
    return found.texts


def _programme_folders(folder: Path) -> Iterator[Path]:
    """The folder itself, or those in it that hold a programme or what is left of one."""
    if (folder / PROGRAMME_FILE).exists():
        yield folder
        return
    for path in sorted(folder.iterdir()):
        if path.is_dir() and ((path / PROGRAMME_FILE).exists() or (path / "phases").is_dir()):
            yield path

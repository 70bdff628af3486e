"""From a folder of YAML to a `Programme`, or to the list of its problems."""

from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from pydantic import BaseModel, TypeAdapter

from cohort_bot.app.words.programme_check import Wrong
from cohort_bot.core.programme import Programme
from cohort_bot.programmes import compiled
from cohort_bot.programmes.check import Files, PhaseSource, check, phase_sources
from cohort_bot.programmes.languages import files
from cohort_bot.programmes.models import PapersFileModel, PhaseFileModel, ProgrammeModel
from cohort_bot.programmes.problems import Problem, ProgrammeErrors
from cohort_bot.programmes.source import Node, Source, read
from cohort_bot.programmes.translations import Translations
from cohort_bot.programmes.translations import read as read_translations
from cohort_bot.programmes.validate import validate

PROGRAMME_FILE = compiled.PROGRAMME_FILE
PAPERS_FILE = "papers.yaml"
PROGRAMME = TypeAdapter(Programme)
"""Makes core's types of what the models have checked."""


def load(folder: Path) -> Programme:
    """The programme in the folder. Raises ProgrammeErrors; its files are named beginning with `folder`."""
    problems: list[Problem] = []
    main = read(folder / PROGRAMME_FILE, str(folder / PROGRAMME_FILE))
    head, wrong = validate(main, ProgrammeModel)
    problems += wrong
    if main.root is None:
        raise ProgrammeErrors(problems)

    sources: list[Source | None] = []
    parts: list[BaseModel | None] = []
    taken: dict[Path, int] = {}
    for node in main.root.each("phases"):
        path = _phase_path(folder, main.name, node, taken, problems)
        source = read(folder / path, str(folder / path)) if path else None
        part, wrong = validate(source, PhaseFileModel) if source else (None, ())
        sources.append(source)
        parts.append(part)
        problems += wrong
    problems += _strays(folder, taken)

    papers_path = folder / PAPERS_FILE
    papers = read(papers_path, str(papers_path)) if papers_path.exists() else None
    listed, wrong = validate(papers, PapersFileModel) if papers else (None, ())
    problems += wrong

    phases = phase_sources(main.root, sources)
    problems += check(Files(folder.resolve().name, main, phases, papers))
    if problems or head is None:
        raise ProgrammeErrors(problems)
    return _programme(head, phases, filter(None, parts), listed.model_dump()["papers"] if listed else ())


def check_folder(folder: Path) -> list[Problem]:
    """All problems of a programme's folder and of its translations; empty when there are none."""
    try:
        programme = load(folder)
    except ProgrammeErrors as errors:
        return list(errors.problems)
    return [problem for found in translations_in(folder, programme) for problem in found.problems]


def translations_in(folder: Path, programme: Programme) -> list[Translations]:
    """The translations of the programme in the folder, each with what is wrong with it."""
    return [read_translations(path, str(path), programme) for path in files(folder).values()]


def _phase_path(folder: Path, name: str, node: Node, taken: dict[Path, int], problems: list[Problem]) -> Path | None:
    """The path of a phase's file inside the folder; None, with the problem noted, when it is not there."""
    written = node.text("file")
    if not written:
        return None
    where = node.at("file")
    path = Path(PurePosixPath(written))
    if path in taken:
        what = Wrong.FILE_TAKEN(name=written, line=str(taken[path]))
        problems.append(Problem(name, where.line, where.column, what))
        return None
    inside = not path.is_absolute() and ".." not in path.parts
    if inside:
        taken[path] = where.line
        try:
            inside = (folder / path).resolve().is_relative_to(folder.resolve())
        except (OSError, RuntimeError, ValueError):  # a loop of links, a NUL
            inside = False
    if not inside:
        problems.append(Problem(name, where.line, where.column, Wrong.FILE_OUTSIDE(name=written)))
        return None
    return path


def _strays(folder: Path, taken: dict[Path, int]) -> Iterator[Problem]:
    """Files beside the phases' that no phase names: weeks that nobody would ever see."""
    for parent in {path.parent for path in taken} - {Path()}:
        for path in sorted((folder / parent).glob("*.y*ml")):
            if path.relative_to(folder) not in taken:
                yield Problem(str(path), 1, 1, Wrong.NO_PHASE())


def _programme(head: BaseModel, phases: Iterable[PhaseSource], parts: Iterable[BaseModel], papers: object) -> Programme:
    """The files' content as core's types. A phase gets its weeks from those before it, a week its phase."""
    content = head.model_dump(exclude_none=True)
    for phase, source in zip(content["phases"], phases, strict=True):
        phase |= {"first_week": source.first, "last_week": source.last}
    content["weeks"] = [
        {**week, "number": week["week"], "phase": part["phase"]}
        for part in (part.model_dump(exclude_none=True) for part in parts)
        for week in part["weeks"]
    ]
    return PROGRAMME.validate_python({**content, "papers": papers})

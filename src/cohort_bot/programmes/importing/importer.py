"""`content import`: from a career guide's text to a programme folder that passes the check."""

import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from cohort_bot.app.words import programme_draft
from cohort_bot.app.words.counts import Count
from cohort_bot.app.words.guide_reading import Part, Read, Refused, Report, Why
from cohort_bot.chat.catalogues import ENGLISH
from cohort_bot.chat.i18n import speaking
from cohort_bot.core.programme import Programme
from cohort_bot.programmes.importing import documents
from cohort_bot.programmes.importing.draft import FEWEST_HOURS, HOURS, MOST_HOURS, draft
from cohort_bot.programmes.importing.guide import Guide, Remark, read_sections
from cohort_bot.programmes.importing.lines import Line, lines_of, lines_of_table
from cohort_bot.programmes.importing.outline import sections
from cohort_bot.programmes.importing.plan import read_plan
from cohort_bot.programmes.importing.questions import Answers, ImportAsks, ImportRefused
from cohort_bot.programmes.importing.tables import is_plan
from cohort_bot.programmes.load import load
from cohort_bot.programmes.problems import ProgrammeErrors

__all__ = ["ImportAsks", "ImportRefused", "ImportReport", "import_guide", "read_guide"]

# A guide of this kind has about 8,000.
MAX_CHARACTERS = 200_000
BYTES_MOST = 4 * MAX_CHARACTERS
_SLUG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,79}")
# What YAML would change or a reader would not see is written as an escape.
_ESCAPE = re.compile("[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of a guide. `remarks` are in order of line; those of line 0 concern the whole."""

    folder: Path
    programme: Programme
    remarks: tuple[Remark, ...]

    def lines(self, guide: str) -> Iterable[str]:
        """The report for people; `guide` is the name of the guide's file."""
        programme = self.programme
        actions = sum(len(phase.actions) for phase in programme.phases)
        items = sum(map(len, (programme.horizons or {}).values()))
        done = Report.DONE(
            title=programme.title,
            weeks=Count.WEEKS(n=programme.length),
            phases=Count.PHASES(n=len(programme.phases)),
            actions=Count.ACTIONS(n=actions),
            steps=Count.STEPS(n=items),
            skills=Count.SKILLS(n=len(programme.skills)),
            folder=str(self.folder),
        )
        yield str(done)
        for remark in self.remarks:
            yield f"{guide}:{remark.line}: {remark.text}" if remark.line else f"{guide}: {remark.text}"


def read_guide(path: Path) -> list[Line]:
    """The lines of a guide's file: text in UTF-8 or UTF-16, a table, or a document. Raises ImportRefused."""
    try:
        if path.exists() and not path.is_file():  # a pipe or a device may never end
            raise ImportRefused(Refused.NOT_ORDINARY())
        with path.open("rb") as file:
            data = file.read(documents.BYTES_MOST + 1)
    except OSError as error:
        raise ImportRefused(Refused.CANNOT_READ(path=str(path), reason=str(error.strerror))) from error
    return guide_lines(data, path.suffix)


def guide_lines(data: bytes, suffix: str = "") -> list[Line]:
    """The lines of a guide that came as bytes; `suffix` is its file name's, such as ".csv". Raises ImportRefused."""
    kind = documents.kind_of(data)
    if kind is not None and len(data) > documents.BYTES_MOST:
        raise ImportRefused(Refused.FILE_TOO_LARGE(size=documents.BYTES_MOST // 1_000_000))
    content = documents.read_document(data, kind) if kind else _decoded(data)
    if isinstance(content, str) and suffix.lower() in {".csv", ".tsv"}:
        content = documents.read_csv(content)
    if isinstance(content, documents.Table):
        return lines_of_table(content.rows, is_plan)
    return _lines(content)


def _decoded(data: bytes) -> str:
    if len(data) > BYTES_MOST:
        raise ImportRefused(Refused.TOO_LONG(most=MAX_CHARACTERS))
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ImportRefused(Refused.BAD_BYTE(encoding=encoding[:5].upper()), line) from error


def import_guide(
    text: str | Sequence[Line], out: Path, answers: Mapping[str, int] | None = None, language: str = ENGLISH
) -> ImportReport:
    """Write a programme folder made from the guide in that language; `out` must be new or empty, its name becomes the
    slug.

    `answers` has the index of the chosen option by the question's key. Raises ImportAsks when the guide can be read in
    several ways, and ImportRefused when no plan can be made of it; then nothing is written.
    """
    slug = out.resolve().name
    if not _SLUG.fullmatch(slug):
        raise ImportRefused(Refused.BAD_NAME(name=slug))
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ImportRefused(Refused.NOT_EMPTY(path=str(out)))
    with speaking(language):
        guide = _read(_lines(text) if isinstance(text, str) else text, Answers(answers or {}))
        files = draft(guide, slug, language)
    try:
        programme = _write(files, out)
    except OSError as error:
        raise ImportRefused(Refused.CANNOT_WRITE(path=str(out), reason=str(error.strerror))) from error
    return ImportReport(out, programme, tuple(sorted(dict.fromkeys(guide.remarks), key=lambda each: each.line)))


def _lines(text: str) -> list[Line]:
    if len(text) > MAX_CHARACTERS:
        raise ImportRefused(Refused.TOO_LONG(most=MAX_CHARACTERS))
    if bad := re.search("[\x00\ud800-\udfff]", text):
        number = len(re.findall(r"\r\n|\r|\n", text[: bad.start()])) + 1
        raise ImportRefused(Refused.NO_TEXT(), number)
    return lines_of(text)


def _read(lines: Sequence[Line], answers: Answers) -> Guide:
    """The guide's parts, with a remark for every line that found no place."""
    if not lines:
        raise ImportRefused(Refused.EMPTY())
    parts, remark = sections(lines)
    plans = [part for part in parts if part.role == "roadmap"]
    if not plans:
        raise ImportRefused(Refused.NO_ROADMAP())
    for part in plans:
        if part.heading and not part.lines and not part.plans:
            raise ImportRefused(Refused.EMPTY_ROADMAP(), part.heading.number)
    guide = read_sections(parts)
    if remark and plans[0].heading:
        guide.remark(plans[0].heading.number, remark)
    read_plan(guide, plans, answers)
    answers.settle()
    _complete(guide)
    told = guide.placed | {remark.line for remark in guide.remarks}
    for line in lines:
        if line.number not in told:
            guide.leave_out(line, Why.NOT_CLEAR())
    return guide


def _complete(guide: Guide) -> None:
    """Fill what every programme needs and the guide leaves open, saying so."""
    total = sum(stage.weeks for stage in guide.stages)
    if not guide.title:
        guide.title = programme_draft.title(total)
        guide.remark(0, Read.NO_TITLE(title=guide.title))
    if not guide.summary:
        guide.summary = programme_draft.summary(total, len(guide.stages))
        guide.remark(0, Read.NO_OVERVIEW())
    missing = tuple(
        name()
        for name, part in (
            (Part.STRENGTHS, guide.strengths),
            (Part.SKILLS, guide.skills),
            (Part.THIS_WEEK, guide.lists.get("this_week")),
            (Part.THIS_MONTH, guide.lists.get("this_month")),
            (Part.NEXT_90_DAYS, guide.lists.get("next_90_days")),
            (Part.ENJOY, guide.lists.get("enjoy")),
            (Part.MISS, guide.lists.get("miss")),
            (Part.CHALLENGES, guide.lists.get("challenges")),
            (Part.FAQ, guide.faq),
        )
        if not part
    )
    if missing:
        guide.remark(0, Read.MISSING(parts=missing))
    guide.remark(0, Read.HOURS(hours=Count.HOURS(n=HOURS), least=FEWEST_HOURS, most=MOST_HOURS))


def _write(documents: dict[str, dict[str, Any]], out: Path) -> Programme:
    """Write beside the place, check, then move there: what is in `out` is whole."""
    out = out.resolve()
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".import-", dir=out.parent) as aside:
        folder = Path(aside) / out.name
        (folder / "phases").mkdir(parents=True)
        header = "".join(f"# {line}\n" for line in str(Report.HEADER()).split("\n"))
        for name, content in documents.items():
            text = yaml.dump(content, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100)
            (folder / name).write_text(header + text, encoding="utf-8", newline="\n")
        try:
            programme = load(folder)
        except ProgrammeErrors as errors:
            said = "\n".join(str(problem).removeprefix(f"{folder}/") for problem in errors.problems)
            raise ImportRefused(Refused.FAILS_CHECK(problems=said)) from errors
        if out.exists():
            out.rmdir()
        shutil.move(folder, out)
    return programme


class _Dumper(yaml.SafeDumper):
    """Writes texts so that an author can read them and YAML gives them back unchanged."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = '"' if _ESCAPE.search(text) else "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)

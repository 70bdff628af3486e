"""`content import`: from a career guide's text to a programme folder that passes the check."""

import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from cohort_bot.app.words import counts
from cohort_bot.chat.catalogues import ENGLISH
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
_HEADER = """\
# A first draft, made from a career guide by `cohort-bot content import`. The guide's items are kept word for word;
# give each week a milestone of its own, then run `cohort-bot content check`. Once the tasks are yours, tell how long
# each takes (`minutes: 30`), and what to ask again later (`recall:`); docs/how-to/write-a-programme.md shows both.
"""
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
        yield (
            f"{programme.title}: {counts.weeks(programme.length)}, {counts.phases(len(programme.phases))}, "
            f"{counts.actions(actions)}, "
            f"{items} first steps, {len(programme.skills)} skills, in {self.folder}"
        )
        for remark in self.remarks:
            yield f"{guide}:{remark.line}: {remark.text}" if remark.line else f"{guide}: {remark.text}"


def read_guide(path: Path) -> list[Line]:
    """The lines of a guide's file: text in UTF-8 or UTF-16, a table, or a document. Raises ImportRefused."""
    try:
        if path.exists() and not path.is_file():  # a pipe or a device may never end
            raise ImportRefused("this is no ordinary file; save the guide as a text file")
        with path.open("rb") as file:
            data = file.read(documents.BYTES_MOST + 1)
    except OSError as error:
        raise ImportRefused(f"{path} cannot be read: {error.strerror}") from error
    return guide_lines(data, path.suffix)


def guide_lines(data: bytes, suffix: str = "") -> list[Line]:
    """The lines of a guide that came as bytes; `suffix` is its file name's, such as ".csv". Raises ImportRefused."""
    kind = documents.kind_of(data)
    if kind is not None and len(data) > documents.BYTES_MOST:
        raise ImportRefused(f"it is larger than {documents.BYTES_MOST // 1_000_000} MB; save only the plan, as text")
    content = documents.read_document(data, kind) if kind else _decoded(data)
    if isinstance(content, str) and suffix.lower() in {".csv", ".tsv"}:
        content = documents.read_csv(content)
    if isinstance(content, documents.Table):
        return lines_of_table(content.rows, is_plan)
    return _lines(content)


def _decoded(data: bytes) -> str:
    if len(data) > BYTES_MOST:
        raise ImportRefused(f"the guide has more than {MAX_CHARACTERS:,} characters")
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ImportRefused(f"a byte that is not {encoding[:5].upper()}; save the guide as UTF-8", line) from error


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
        raise ImportRefused(f'"{slug}" cannot name a programme: use letters, digits, - and _ for the folder')
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ImportRefused(f"{out} is there already and not empty; name a new folder")
    guide = _read(_lines(text) if isinstance(text, str) else text, Answers(answers or {}))
    try:
        programme = _write(draft(guide, slug, language), out)
    except OSError as error:
        raise ImportRefused(f"{out} cannot be written: {error.strerror}") from error
    return ImportReport(out, programme, tuple(sorted(set(guide.remarks))))


def _lines(text: str) -> list[Line]:
    if len(text) > MAX_CHARACTERS:
        raise ImportRefused(f"the guide has more than {MAX_CHARACTERS:,} characters")
    if bad := re.search("[\x00\ud800-\udfff]", text):
        number = len(re.findall(r"\r\n|\r|\n", text[: bad.start()])) + 1
        raise ImportRefused("this is no text (a NUL or half a character); save the guide as UTF-8 text", number)
    return lines_of(text)


def _read(lines: Sequence[Line], answers: Answers) -> Guide:
    """The guide's parts, with a remark for every line that found no place."""
    if not lines:
        raise ImportRefused("the guide is empty")
    parts, remark = sections(lines)
    plans = [part for part in parts if part.role == "roadmap"]
    if not plans:
        raise ImportRefused(
            "the guide has no roadmap: a section such as 'Your Learning Roadmap' with phases, their lengths and actions"
        )
    for part in plans:
        if part.heading and not part.lines and not part.plans:
            raise ImportRefused(
                "the roadmap is empty; phases with their lengths and actions belong here", part.heading.number
            )
    guide = read_sections(parts)
    if remark and plans[0].heading:
        guide.remarks.append(Remark(plans[0].heading.number, remark))
    read_plan(guide, plans, answers)
    answers.settle()
    _complete(guide)
    told = guide.placed | {remark.line for remark in guide.remarks}
    for line in lines:
        if line.number not in told:
            guide.leave_out(line, "its meaning is not clear")
    return guide


def _complete(guide: Guide) -> None:
    """Fill what every programme needs and the guide leaves open, saying so."""
    total = sum(stage.weeks for stage in guide.stages)
    if not guide.title:
        guide.title = f"A plan of {counts.weeks(total)}"
        guide.remarks.append(Remark(0, f'the guide has no title: "{guide.title}" stands in'))
    if not guide.summary:
        guide.summary = f"A plan of {counts.weeks(total)} in {counts.phases(len(guide.stages))}."
        guide.remarks.append(Remark(0, "the guide has no overview: the summary only says how long the plan is"))
    missing = [
        name
        for name, part in (
            ("transferable skills", guide.strengths),
            ("skills to learn", guide.skills),
            ("this week", guide.lists.get("this_week")),
            ("this month", guide.lists.get("this_month")),
            ("next 90 days", guide.lists.get("next_90_days")),
            ("what you will love", guide.lists.get("enjoy")),
            ("what you might miss", guide.lists.get("miss")),
            ("challenges", guide.lists.get("challenges")),
            ("questions with answers", guide.faq),
        )
        if not part
    ]
    if missing:
        guide.remarks.append(Remark(0, f"not found in the guide: {', '.join(missing)}"))
    said = f"a week has {HOURS} hours ({FEWEST_HOURS} to {MOST_HOURS} are allowed), unless all its tasks state a time"
    left = "add `minutes` to the other weeks, and `recall` questions, where you want them"
    guide.remarks.append(Remark(0, f"{said}; {left}"))


def _write(documents: dict[str, dict[str, Any]], out: Path) -> Programme:
    """Write beside the place, check, then move there: what is in `out` is whole."""
    out = out.resolve()
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".import-", dir=out.parent) as aside:
        folder = Path(aside) / out.name
        (folder / "phases").mkdir(parents=True)
        for name, content in documents.items():
            text = yaml.dump(content, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100)
            (folder / name).write_text(_HEADER + text, encoding="utf-8", newline="\n")
        try:
            programme = load(folder)
        except ProgrammeErrors as errors:
            said = "\n".join(str(problem).removeprefix(f"{folder}/") for problem in errors.problems)
            raise ImportRefused(f"what came of the guide does not pass the check:\n{said}") from errors
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

"""Guides that were sent in chat: read with limits, drafted in a scratch folder that does not outlive the call.

These take their time: call them in a thread.
"""

import io
import json
import re
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path, PurePosixPath

from pydantic import TypeAdapter

from cohort_bot.app.ports.guides import Drafted, GuideAsks, GuideQuestion, GuideRefused
from cohort_bot.app.words.guide_reading import Refused
from cohort_bot.chat.sentence import Sentence, whole
from cohort_bot.core.programme import Programme
from cohort_bot.programmes.importing.importer import ImportAsks, ImportRefused, guide_lines, import_guide
from cohort_bot.programmes.importing.lines import Line
from cohort_bot.programmes.importing.questions import MOST, at_line
from cohort_bot.programmes.load import PROGRAMME_FILE, load, translations_in
from cohort_bot.programmes.problems import ProgrammeErrors
from cohort_bot.programmes.shelf import content_of

FILES_MOST = 60
BYTES_MOST = 4_000_000
"""Of all files of a programme together."""

KINDS = (".yaml", ".po")
"""What a programme is made of; all else in a zip file is left alone."""

_LINES = TypeAdapter(list[Line])


def read(data: bytes, suffix: str) -> str:
    """`app.ports.guides.Guides.read`; `suffix` is the file name's, such as ".csv"."""
    try:
        if (documents := _programme_folder(data)) is not None:
            return json.dumps({"documents": documents}, ensure_ascii=False)
        lines = guide_lines(data, suffix)
    except ImportRefused as refused:
        raise GuideRefused(whole(str(refused))) from refused
    return json.dumps({"lines": [asdict(line) for line in lines]}, ensure_ascii=False)


def _programme_folder(data: bytes) -> dict[str, str] | None:
    """The files of a zipped programme by path, None when it is no such thing. Raises GuideRefused."""
    if not data.startswith(b"PK\x03\x04"):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            files = [each for each in archive.infolist() if each.filename.endswith(KINDS) and not each.is_dir()]
            heads = [
                PurePosixPath(each.filename) for each in files if PurePosixPath(each.filename).name == PROGRAMME_FILE
            ]
            if not heads:
                return None
            root = min(heads, key=lambda path: len(path.parts)).parent
            mine = [each for each in files if PurePosixPath(each.filename).is_relative_to(root)]
            if len(mine) > FILES_MOST or sum(each.file_size for each in mine) > BYTES_MOST:
                raise GuideRefused(str(Refused.TOO_MANY_FILES()))
            return {
                str(PurePosixPath(each.filename).relative_to(root)): archive.read(each).decode("utf-8") for each in mine
            }
    except (zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError) as error:
        raise GuideRefused(str(Refused.DAMAGED_ZIP())) from error


def draft(guide: str, name: str, answers: Mapping[str, int], language: str) -> Drafted:
    """`app.ports.guides.Guides.draft`."""
    kept = json.loads(guide)
    with tempfile.TemporaryDirectory(prefix="cohort-bot-") as scratch:
        folder = Path(scratch) / name
        try:
            remarks: tuple[Sentence, ...] = ()
            translated: dict[str, Mapping[str, str]] = {}
            if (documents := kept.get("documents")) is not None:
                programme = _written(folder, documents)
                translated = _translations(folder, programme)
            else:
                report = import_guide(_LINES.validate_python(kept["lines"]), folder, answers, language)
                programme = report.programme
                remarks = tuple(at_line(remark.line, remark.text) for remark in report.remarks)
                documents = {
                    path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
                    for path in sorted(folder.rglob("*.yaml"))
                }
        except ImportAsks as asks:
            if len(answers) + len(asks.questions) > MOST:
                raise GuideRefused(whole(asks.below(Refused.UNCLEAR()))) from asks
            raise GuideAsks(
                tuple(GuideQuestion(each.key, each.placed, each.options) for each in asks.questions)
            ) from asks
        except ImportRefused as refused:
            raise GuideRefused(whole(str(refused))) from refused
        except ProgrammeErrors as errors:
            details = "\n".join(str(problem).removeprefix(f"{folder}/") for problem in errors.problems[:5])
            raise GuideRefused(str(Refused.NOT_A_PROGRAMME(problems=details))) from errors
    return Drafted(programme, remarks, content_of(programme, translated), documents)


def _written(folder: Path, documents: Mapping[str, str]) -> Programme:
    """The programme of these files; paths that lead elsewhere are refused."""
    for name, text in documents.items():
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name:
            raise GuideRefused(str(Refused.BAD_PATH(name=name)))
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if path.name == PROGRAMME_FILE and path.parent == PurePosixPath():
            text = re.sub(r"(?m)^slug:[^\n#]*", f"slug: {folder.name} ", text, count=1)  # noqa: PLW2901 - its name here
        file.write_text(text, encoding="utf-8")
    return load(folder)


def _translations(folder: Path, programme: Programme) -> dict[str, Mapping[str, str]]:
    """The texts of each language. Raises ProgrammeErrors: whoever sends them can mend them now."""
    found = translations_in(folder, programme)
    if problems := [problem for each in found for problem in each.problems]:
        raise ProgrammeErrors(problems)
    return {each.language: each.texts for each in found}

"""A guide that is a document: the text of a Word or PDF file, and the rows of a table.

The bytes may come from anybody, so a library reads them in a process of its own, which has no more than `MEMORY` bytes
and `SECONDS` of processor time: a document that unpacks without end stops that process and nothing else.
"""

import csv
import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from cohort_bot.app.words.guide_reading import Refused
from cohort_bot.chat.sentence import Sentence, sentence
from cohort_bot.programmes.importing.questions import ImportRefused
from cohort_bot.programmes.importing.tables import is_plan

if TYPE_CHECKING:
    from docx.text.paragraph import Paragraph

Kind = Literal["docx", "pdf", "xlsx"]

BYTES_MOST = 10_000_000
UNPACKED_MOST = 50_000_000
"""Of all files in a document together, as its own list of contents says; zipfile unpacks no more than that."""
CELLS_MOST = 50_000
SECONDS = 20
MEMORY = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Table:
    """A table that has when in one of its columns: rows with the number that each has in its file, counted from 1."""

    rows: tuple[tuple[int, tuple[str, ...]], ...]


def kind_of(data: bytes) -> Kind | None:
    """What kind of document the bytes are, None for text. Raises ImportRefused for a kind that cannot be read."""
    if data.startswith(b"%PDF-"):
        return "pdf"
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise ImportRefused(Refused.OLD_OFFICE())
    if data.startswith(b"{\\rtf"):
        raise ImportRefused(Refused.RTF())
    if not data.startswith(b"PK\x03\x04"):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            contents = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise ImportRefused(Refused.DAMAGED()) from error
    if sum(each.file_size for each in contents) > UNPACKED_MOST:
        raise ImportRefused(Refused.UNPACKS_TOO_LARGE(size=UNPACKED_MOST // 1_000_000))
    names = {each.filename for each in contents}
    if "word/document.xml" in names:
        return "docx"
    if any(name.startswith("xl/") for name in names):
        return "xlsx"
    raise ImportRefused(Refused.OTHER_ZIP())


def read_document(data: bytes, kind: Kind) -> str | Table:
    """The document's text in Markdown, or its table. Raises ImportRefused with the cure."""
    command = [sys.executable, "-I", "-m", __name__, kind]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=3 * SECONDS, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise ImportRefused(Refused.DAMAGED()) from None
    if done.returncode != 0:
        raise ImportRefused(Refused.DAMAGED())
    answer: dict[str, Any] = json.loads(done.stdout)
    if isinstance(why := sentence(answer.get("refused")), Sentence):
        raise ImportRefused(why)
    if "rows" in answer:
        return Table(tuple((number, tuple(cells)) for number, cells in answer["rows"]))
    return str(answer["text"])


def read_csv(text: str) -> Table:
    """Rows that a sheet was exported to, separated by commas, semicolons or tabs. Raises ImportRefused."""
    first = text.lstrip("\ufeff").split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=separator)
    rows = []
    before = 0
    try:
        for row in reader:
            rows.append((before + 1, [" ".join(cell.split()) for cell in row]))
            before = reader.line_num
    except csv.Error as error:
        raise ImportRefused(Refused.NO_TABLE(reason=str(error)), before + 1) from error
    return _table(rows)


def _table(rows: Sequence[tuple[int, Sequence[str]]]) -> Table:
    """The rows that say something. Raises ImportRefused when no column says when."""
    if not any(is_plan(cells) for _, cells in rows):
        raise ImportRefused(Refused.NO_COLUMN())
    return Table(tuple((number, tuple(cells)) for number, cells in rows if any(cells)))


def _reject_document_types(data: bytes) -> None:
    """Office writes none, and they are how XML grows without end or names other files."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")) and b"<!DOCTYPE" in archive.read(name):
                raise ImportRefused(Refused.DAMAGED())


def _word(data: bytes) -> dict[str, object]:
    import docx  # noqa: PLC0415
    from docx.table import Table as WordTable  # noqa: PLC0415

    lines: list[str] = []
    for block in docx.Document(io.BytesIO(data)).iter_inner_content():
        if isinstance(block, WordTable):
            rows = [list(_cells(row.cells)) for row in block.rows]
            if rows:
                rows.insert(1, ["---"] * len(rows[0]))
            lines += ["", *("| " + " | ".join(cells) + " |" for cells in rows), ""]
        else:
            lines += _paragraph(block)
    return {"text": _some("\n".join(lines))}


def _cells(cells: Sequence[Any]) -> Iterator[str]:
    """A row's texts; a cell that goes over several columns is said once."""
    last = None
    for cell in cells:
        texts = (" ".join(_text_of(paragraph).split()) for paragraph in cell.paragraphs)
        yield "" if cell._tc is last else "; ".join(filter(None, texts)).replace("|", "\\|")  # noqa: SLF001
        last = cell._tc  # noqa: SLF001


def _paragraph(paragraph: "Paragraph") -> Iterator[str]:
    """A paragraph as lines of Markdown: headings, bullets and bold type keep what they mean."""
    text = _text_of(paragraph).strip()
    style = (paragraph.style.name if paragraph.style else None) or ""
    if not text:
        yield ""
    elif heading := re.fullmatch(r"Title|Heading (\d)", style):
        yield f"{'#' * min(int(heading[1] or 1), 6)} {' '.join(text.split())}"
    elif (level := _list_level(paragraph)) is not None or style.startswith("List"):
        first, *others = text.split("\n")
        indent = "    " * (level or 0)
        typed = re.match(r"[-*•–]\s", first) is not None  # the author typed a bullet, too
        yield f"{indent}{first}" if typed else f"{indent}- {first}"
        yield from (f"{indent}    {other}" for other in others if other.strip())
    elif all(run.bold for run in paragraph.runs if run.text.strip()) and "\n" not in text and paragraph.runs:
        yield f"**{text}**"
    else:
        yield from text.split("\n")


def _text_of(paragraph: "Paragraph") -> str:
    """The paragraph's text, with its links in Markdown."""
    texts = []
    for part in paragraph.iter_inner_content():
        url = getattr(part, "url", "")
        texts.append(f"[{part.text}]({url})" if url.startswith("http") and part.text.strip() else part.text)
    return "".join(texts)


def _list_level(paragraph: "Paragraph") -> int | None:
    """How deep the paragraph is in a list, from 0; None when it is in none."""
    style: Any = paragraph.style
    for properties in (paragraph._p.pPr, *((style.element.pPr,) if style is not None else ())):  # noqa: SLF001
        numbered = properties.numPr if properties is not None else None
        if numbered is not None:
            return numbered.ilvl.val if numbered.ilvl is not None else 0
    return None


def _pdf(data: bytes) -> dict[str, object]:
    import pypdf  # noqa: PLC0415

    reader = pypdf.PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise ImportRefused(Refused.PASSWORD())
    text = "\n".join(page.extract_text() for page in reader.pages)
    # Half a character comes of a font without a table of its letters.
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "")
    return {"text": _some(text)}


def _some(text: str) -> str:
    """The text. Raises ImportRefused when there is none."""
    if not text.strip():
        raise ImportRefused(Refused.NO_TEXT_IN_IT())
    return text


def _sheet(data: bytes) -> dict[str, object]:
    import openpyxl  # noqa: PLC0415

    plans: dict[str, list[tuple[int, list[str]]]] = {}
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    for sheet in book.worksheets:
        rows: list[tuple[int, list[str]]] = []
        left = CELLS_MOST
        for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
            left -= len(row)
            if left < 0:
                raise ImportRefused(Refused.SHEET_TOO_LARGE(most=CELLS_MOST))
            rows.append((number, [" ".join(_cell(value).split()) for value in row]))
        if any(is_plan(cells) for _, cells in rows):
            plans[sheet.title] = rows
    if len(plans) > 1:
        raise ImportRefused(Refused.SEVERAL_SHEETS(names=tuple(plans)))
    return {"rows": _table(next(iter(plans.values()), [])).rows}


def _cell(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def _main(kind: str) -> None:
    """Read a document from stdin, and write what is in it, or why it cannot be read, to stdout."""
    try:
        import resource  # noqa: PLC0415
    except ImportError:  # Windows has no such limits; the time limit of the caller holds
        pass
    else:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    data = sys.stdin.buffer.read()
    try:
        if kind != "pdf":
            _reject_document_types(data)
        answer = {"docx": _word, "pdf": _pdf, "xlsx": _sheet}[kind](data)
    except ModuleNotFoundError:
        answer = {"refused": asdict(Refused.NEEDS_LIBRARIES(kind=kind))}
    except ImportRefused as refused:
        answer = {"refused": asdict(refused.why)}
    except Exception:  # noqa: BLE001 - each library has errors of its own for each kind of damage
        answer = {"refused": asdict(Refused.DAMAGED())}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    _main(sys.argv[1])

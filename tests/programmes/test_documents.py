"""Guides that are documents: what Word, PDF and sheets say becomes the same plan as their text; the rest is refused."""

import io
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import openpyxl
import pypdf
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from cohort_bot.programmes.importing import documents
from cohort_bot.programmes.importing.importer import ImportRefused, ImportReport, guide_lines, import_guide


def imported(data: bytes, tmp_path: Path, suffix: str = "") -> ImportReport:
    return import_guide(guide_lines(data, suffix), tmp_path / "plan")


def weeks(report: ImportReport) -> list[tuple[str, int]]:
    return [(phase.title, phase.last_week - phase.first_week + 1) for phase in report.programme.phases]


def tasks(report: ImportReport) -> list[str]:
    return [action.text for phase in report.programme.phases for action in phase.actions]


def saved(document: "docx.document.Document") -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def word() -> "docx.document.Document":
    document = docx.Document()
    document.add_heading("From Tester to Developer", 0)
    for number, title in enumerate(["Basics", "Project"], start=1):
        document.add_heading(f"Phase {number}: {title} (2 weeks)", 1)
        for week in (1, 2):
            document.add_heading(f"Week {2 * number - 2 + week}", 2)
            document.add_paragraph(f"Read chapter {week} of {title}", style="List Bullet")
            document.add_paragraph("Write it down", style="List Bullet")
    return document


def test_a_word_document_keeps_its_headings_and_bullets(tmp_path: Path) -> None:
    report = imported(saved(word()), tmp_path)
    assert report.programme.title == "From Tester to Developer"
    assert weeks(report) == [("Phase 1: Basics", 2), ("Phase 2: Project", 2)]
    assert "Read chapter 2 of Project" in tasks(report)


def test_a_word_table_is_read_by_its_columns_and_a_link_is_kept(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("A plan", 0)
    table = document.add_table(rows=3, cols=3)
    for row, cells in zip(
        table.rows, [("Week", "Topic", "To do"), ("1", "Lists | sets", "Read"), ("2", "Trees", "")], strict=True
    ):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    paragraph = table.rows[2].cells[2].paragraphs[0]
    link = OxmlElement("w:hyperlink")
    address = "https://example.org/trees"
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
    link.set(qn("r:id"), document.part.relate_to(address, kind, is_external=True))
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "Walk a tree"
    run.append(text)
    link.append(run)
    paragraph._p.append(link)
    report = imported(saved(document), tmp_path)
    assert [length for _, length in weeks(report)] == [1, 1]
    assert "Walk a tree" in " ".join(tasks(report))
    assert any(address in path.read_text(encoding="utf-8") for path in (tmp_path / "plan/phases").iterdir())


def pdf(*pages: str) -> bytes:
    """Pages of text, each line at its place, as a typesetter writes them."""
    writer = pypdf.PdfWriter()
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    for text in pages:
        page = writer.add_blank_page(600, 800)
        shown = "".join(f"1 0 0 1 50 {760 - 20 * n} Tm ({line}) Tj " for n, line in enumerate(text.splitlines()))
        content = DecodedStreamObject()
        content.set_data(f"BT /F1 12 Tf {shown}ET".encode())
        page[NameObject("/Contents")] = writer._add_object(content)
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F1"): writer._add_object(font)})}
        )
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def protected(data: bytes) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(data))
    writer.encrypt("secret")
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


PLAN = "A plan of four weeks\nPhase 1: Basics - 2 weeks\n- Read a book\nPhase 2: More - 2 weeks\n- Write one"


def test_a_pdf_gives_the_plan_that_its_text_gives(tmp_path: Path) -> None:
    first, second = PLAN.split("\nPhase 2")
    report = imported(pdf(first, f"Phase 2{second}"), tmp_path)
    assert [length for _, length in weeks(report)] == [2, 2]
    assert tasks(report) == tasks(import_guide(PLAN, tmp_path / "text"))


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_an_exported_sheet_is_read_by_its_columns(tmp_path: Path, separator: str) -> None:
    rows = [["Week", "Topic", "Tasks"], ["1", "Lists", '"Read, twice;\nthen write"'], ["2", "Sets", "Draw\tone"]]
    rows[2][2] = '"Draw one"'
    data = "\n".join(separator.join(row) for row in rows).encode()
    report = imported(data, tmp_path, ".csv")
    assert [length for _, length in weeks(report)] == [1, 1]
    assert "Read, twice; then write" in " ".join(tasks(report))


def workbook(*sheets: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for number, rows in enumerate(sheets):
        sheet = book.create_sheet(f"Sheet{number}")
        for row in rows:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


SHEET: list[list[object]] = [["My plan"], [], ["Week", "Topic"], [1, "Lists"], [2.0, "Sets"], [3, "Trees"]]


def test_a_workbook_is_read_by_the_sheet_that_is_a_plan(tmp_path: Path) -> None:
    report = imported(workbook([["a note"]], SHEET), tmp_path)
    assert report.programme.title == "My plan"
    assert sum(length for _, length in weeks(report)) == 3


def packed(names: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in names.items():
            archive.writestr(name, data)
    return file.getvalue()


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {each: archive.read(each) for each in archive.namelist()}
    return packed(parts | {name: content})


ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b']><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r>'
    b"<w:t>&j;</w:t></w:r></w:p></w:body></w:document>"
)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    ("make", "why"),
    [
        pytest.param(lambda: b"", "empty", id="empty"),
        pytest.param(lambda: b"%PDF-1.7\n" + b"x" * 10_000_000, "larger than 10 MB", id="large"),
        pytest.param(lambda: b"%PDF-1.7\nnothing", "damaged", id="half a PDF"),
        pytest.param(lambda: protected(pdf(PLAN)), "protected with a password", id="PDF with a password"),
        pytest.param(lambda: pdf("", ""), "no text in it", id="scan"),
        pytest.param(lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "password", id="Office with a password"),
        pytest.param(lambda: b"{\\rtf1 Week 1}", "RTF", id="RTF"),
        pytest.param(lambda: b"\x89PNG\r\n\x1a\n\0\0", "save the guide as UTF-8", id="picture"),
        pytest.param(lambda: packed({"a.txt": b"Week 1"}), "this is a zip file", id="zip"),
        pytest.param(lambda: b"PK\x03\x04 and no more", "damaged", id="half a zip"),
        pytest.param(lambda: packed({"word/document.xml": b"x"}), "damaged", id="no Word document inside"),
        pytest.param(
            lambda: with_part(saved(word()), "word/media/1.png", bytes(60_000_000)), "unpacks to more", id="zip bomb"
        ),
        pytest.param(lambda: with_part(saved(word()), "word/document.xml", ENTITIES), "damaged", id="entities"),
        pytest.param(lambda: saved(docx.Document()), "no text in it", id="Word without text"),
        pytest.param(lambda: workbook([["a"]]), "no column says when", id="sheet without a plan"),
        pytest.param(lambda: workbook(SHEET, SHEET), "several of its sheets", id="two plans"),
    ],
)
@pytest.mark.timed
def test_what_cannot_be_read_is_refused_with_one_sentence(tmp_path: Path, make: Callable[[], bytes], why: str) -> None:
    data = make()
    began = time.process_time()
    with pytest.raises(ImportRefused, match=why) as caught:
        imported(data, tmp_path)
    assert "\n" not in str(caught.value)
    assert time.process_time() - began < 1


def test_without_the_libraries_the_cure_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def missing(_data: bytes) -> dict[str, object]:
        raise ModuleNotFoundError(name="docx")

    monkeypatch.setattr(documents, "_word", missing)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(packed({}))))
    monkeypatch.setattr("resource.setrlimit", lambda *_: None)
    documents._main("docx")
    assert "pip install 'cohort-bot[documents]'" in capsys.readouterr().out

"""What the importer says is said in the language of whoever reads it; what it writes is in the guide's."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from tests.pseudo_locale import PseudoLocale, english, instead_of_english

from cohort_bot.chat.i18n import speaking
from cohort_bot.programmes.importing.importer import ImportAsks, ImportRefused, guide_lines, import_guide

HERE = Path(__file__).parent
ASKED = yaml.safe_load((HERE / "layouts.yaml").read_text(encoding="utf-8"))["asked"]
GUIDES = sorted(path.read_text(encoding="utf-8") for path in (HERE / "guides").glob("*.md"))
WEEKS = "".join(f"## Week {number}\n- Read chapter {number}\n" for number in range(1, 15))


def english_in(said: str) -> list[str]:
    """The words that go through no translation; those of the guide are in quotes, "and" is Babel's to translate."""
    return re.findall(r"\b(?!UTF|and\b)[A-Za-z]{3,}\b", re.sub(r'"[^"]*"|`[^`]*`', "", said))


@pytest.mark.parametrize("text", [*GUIDES, WEEKS, "# Days\n## Day 1: Read\n- a\n## Day 2: Rest\n- b\n"])
def test_what_was_read_is_said_by_a_catalogue(tmp_path: Path, text: str) -> None:
    remarks = import_guide(text, tmp_path / "plan").remarks
    assert remarks
    with instead_of_english(PseudoLocale()):
        assert [said for remark in remarks if english_in(said := str(remark.text))] == []


@pytest.mark.parametrize("layout", ASKED, ids=lambda layout: str(layout["name"]))
def test_what_is_asked_is_said_by_a_catalogue(tmp_path: Path, layout: dict[str, str]) -> None:
    with pytest.raises(ImportAsks) as caught:
        import_guide(layout["text"], tmp_path / "plan")
    names = {name for question in caught.value.questions for name in question.options if isinstance(name, str)}
    with instead_of_english(PseudoLocale()):
        for question in caught.value.questions:
            said = str(question.placed)
            for name in names:
                said = said.replace(name, "")
            assert english_in(said) == []
            assert [str(each) for each in question.options if each not in names and english_in(str(each))] == []


@pytest.mark.parametrize(
    ("read", "german"),
    [
        (lambda out: import_guide("", out), "der Leitfaden ist leer"),
        (lambda out: import_guide("# A\n## Roadmap\n### B\n0 weeks- c\n", out), "Zeile 4: „0 weeks“ ist kein Zeitraum"),
        (lambda out: import_guide("x" * 200_001, out), "der Leitfaden hat mehr als 200.000 Zeichen"),
        (lambda _: guide_lines(b"%PDF-1.7\nnothing"), "die Datei ist beschädigt oder nicht das, was ihr Name sagt"),
        (lambda _: guide_lines("F\xfcr".encode("latin-1")), "Zeile 1: ein Byte, das in UTF-8 nicht vorkommt"),
    ],
)
def test_a_refusal_is_said_in_the_language_of_whoever_reads_it(
    tmp_path: Path, read: Callable[[Path], object], german: str
) -> None:
    """Also what a process of its own has found in a document."""
    with pytest.raises(ImportRefused) as caught:
        read(tmp_path / "plan")
    with speaking("de"):
        assert str(caught.value).startswith(german)
    with instead_of_english(PseudoLocale()):
        assert english_in(english(str(caught.value)))
        assert english_in(str(caught.value)) == []


def test_what_is_written_is_in_the_language_of_the_guide(tmp_path: Path) -> None:
    """Whoever imports it reads what was done in their own."""
    with speaking("es"):
        report = import_guide(WEEKS, tmp_path / "plan", language="de")
        remarks = {str(remark.text) for remark in report.remarks}
    programme = report.programme
    assert (programme.title, programme.summary) == ("Ein Plan für 14 Wochen", "Ein Plan für 14 Wochen in 4 Phasen.")
    assert [phase.title for phase in programme.phases] == ["Wochen 1–4", "Wochen 5–8", "Wochen 9–12", "Wochen 13–14"]
    assert "el plan tiene semanas, pero no fases: cada cuatro semanas forman una fase" in remarks
    assert (tmp_path / "plan" / "programme.yaml").read_text(encoding="utf-8").startswith("# Un primer borrador")

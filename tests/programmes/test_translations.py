"""A programme in other languages: what is translated is shown, all else stays as it was written."""

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.programmes.test_load import A, P, edit, said

from cohort_bot.chat.i18n import speaking
from cohort_bot.cli import main
from cohort_bot.core.programme import Programme
from cohort_bot.core.progress import completion
from cohort_bot.core.recall import key_of
from cohort_bot.programmes import languages, translations
from cohort_bot.programmes.languages import matching, texts_of
from cohort_bot.programmes.library import Library, shipped_folder
from cohort_bot.programmes.load import check_folder, load, translations_in
from cohort_bot.programmes.translations import coverage

GERMAN = {
    "From here to there": "Von hier nach dort",
    "The first step": "Der erste Schritt",
    "Begin.": "Fang an.",
    "Put one foot forward.": "Setz einen Fuß nach vorn.",
    "One foot": "Ein Fuß",
    "Look around you.": "Sieh dich um.",
    "Look around": "Umsehen",
    "A picture of your foot.": "Ein Bild von deinem Fuß.",
    "A page": "Eine Seite",
    "It is about steps.": "Es geht um Schritte.",
    "How many?": "Wie viele?",
}
PO = "translations/de.po"


def write(folder: Path, texts: dict[str, str], *, header: str = "", more: str = "", name: str = PO) -> None:
    entries = [f'msgid "{before}"\nmsgstr "{after}"\n' for before, after in texts.items()]
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    head = f'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n{header}'
    path.write_text("\n".join([head, *entries, more]), encoding="utf-8")


@pytest.fixture
def translation(sample: Path) -> Path:
    write(sample, GERMAN)
    return sample


def read(folder: Path, language: str) -> Programme:
    with speaking(language):
        programme = Library([folder]).get(folder.name)
    assert programme is not None
    return programme


def test_each_text_is_in_the_language_that_is_spoken_or_as_it_was_written(translation: Path) -> None:
    english, german, spanish = (read(translation, language) for language in ("en", "de", "es"))
    assert (german.title, german.weeks[0].title, german.weeks[0].tasks[0].short) == (
        "Von hier nach dort",
        "Der erste Schritt",
        "Ein Fuß",
    )
    assert german.weeks[0].resources[0].title == "Eine Seite"
    assert (german.papers[0].why, german.papers[0].questions) == ("Es geht um Schritte.", ("Wie viele?",))
    assert german.papers[0].title == english.papers[0].title  # as published
    assert german.weeks[1] == english.weeks[1]
    assert [german.language_of(week) for week in (1, 2)] == ["de", "en"]
    assert (english.translation, spanish.translation) == (None, None)


def test_what_is_recorded_is_the_same_in_every_language(translation: Path) -> None:
    edit(
        translation,
        A,
        "    share: A picture of your foot.",
        "    recall:\n      - {question: How?, answer: So., source: Here.}\n    share: A picture of your foot.",
    )
    write(translation, GERMAN | {"How?": "Wie?"})
    english, german = read(translation, "en"), read(translation, "de")
    mine, theirs = english.weeks[0], german.weeks[0]
    assert [task.key for task in theirs.tasks] == [task.key for task in mine.tasks] == ["One foot", "Look around"]
    assert theirs.recall[0].question == "Wie?"
    assert key_of(theirs.recall[0].key) == key_of(mine.recall[0].question)
    assert theirs.first_step({"One foot"}) == theirs.tasks[1]
    assert german.said("One foot") == "Ein Fuß"
    assert german.said("what somebody else wrote") == "what somebody else wrote"


def test_a_changed_original_is_shown_as_it_is_and_reported(translation: Path) -> None:
    edit(translation, A, "goal: Begin.", "goal: Begin today.")
    german = read(translation, "de")
    assert (german.weeks[0].goal, german.language_of(1)) == ("Begin today.", "en")
    result = CliRunner().invoke(main, ["content", "check", str(translation)])
    assert result.exit_code == 0
    line = (translation / PO).read_text(encoding="utf-8").splitlines().index('msgid "Begin."') + 1
    assert f"{PO}:{line}:1: the original of “Begin.” has changed; run cohort-bot content translate" in result.output
    assert "sample/translations/de.po: translated weeks 0/4, papers 1/2, texts 10/38" in result.output


def test_the_translator_gets_what_is_new_and_sees_what_it_was(translation: Path) -> None:
    edit(translation, A, "text: Put one foot forward.", "text: Put one foot forward now.")
    result = CliRunner().invoke(main, ["content", "translate", str(translation), "de"])
    assert (result.exit_code, result.output) == (
        0,
        f"{translation}/{PO}: translated weeks 0/4, papers 1/2, texts 10/38\n",
    )
    text = (translation / PO).read_text(encoding="utf-8")
    changed = text.index('msgid "Put one foot forward now."')
    assert text[:changed].endswith("#, fuzzy\n")
    assert "# before: Put one foot forward.\n" in text[:changed]
    assert text.count("fuzzy") == 1
    assert text[changed:].startswith('msgid "Put one foot forward now."\nmsgstr "Setz einen Fuß nach vorn."')
    assert "#. week 1, task 1, short, at most 75 characters\n" in text
    assert read(translation, "de").weeks[0].tasks[0].text == "Put one foot forward now."  # fuzzy: nobody has seen it
    assert CliRunner().invoke(main, ["content", "translate", str(translation), "de"]).exit_code == 0
    assert (translation / PO).read_text(encoding="utf-8") == text
    edit(translation, PO, "#, fuzzy\n", "")
    edit(translation, A, "goal: Begin.", "goal: Something else that is new.")
    assert CliRunner().invoke(main, ["content", "translate", str(translation), "de"]).exit_code == 0
    text = (translation / PO).read_text(encoding="utf-8")
    assert "before:" not in text
    assert '#~ msgid "Begin."\n#~ msgstr "Fang an."' in text  # kept, should it be wanted again
    assert read(translation, "de").weeks[0].tasks[0].text == "Setz einen Fuß nach vorn."


def test_one_may_begin_with_the_first_weeks(sample: Path) -> None:
    assert CliRunner().invoke(main, ["content", "translate", str(sample), "pt-BR", "--weeks", "1"]).exit_code == 0
    text = (sample / "translations" / "pt-BR.po").read_text(encoding="utf-8")
    assert 'msgid "The first step"' in text
    assert 'msgid "From here to there"' in text
    assert 'msgid "The second step"' not in text
    assert 'msgid "It is about steps."' not in text


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ({"One foot": "x" * 76}, "the translation of “One foot” has 76 characters; shorten it to 75 at most"),
        ({"One foot": "👣" * 38}, "the translation of “One foot” has 76 characters"),
        ({"One foot": "  "}, "the translation of “One foot” is blank"),
        ({"One foot": "Ein\\nFuß"}, "the translation of “One foot” has several lines"),
        ({"One foot": "Ein\u2028Fuß"}, "an invisible character U+2028"),
        ({"One foot": "Umsehen"}, "two tasks of week 1 have the same `short`; make the two differ"),
    ],
)
def test_what_no_platform_could_show_is_named_and_stays_as_it_was_written(
    translation: Path, texts: dict[str, str], expected: str
) -> None:
    write(translation, GERMAN | texts)
    found = said(translation)
    german = read(translation, "de")
    assert len(found) == 1
    assert found[0].startswith(f"{PO}:")
    assert expected in found[0]
    assert german.weeks[0].tasks[0].short == "One foot"
    assert german.language_of(1) == "en"
    assert CliRunner().invoke(main, ["content", "check", str(translation)]).exit_code == 1


def test_a_card_without_room_is_named_and_stays_as_it_was_written(
    translation: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(translation, GERMAN | {"Begin.": "*" * 100, "It is about steps.": "*" * 100})
    for module in (languages, translations):
        monkeypatch.setattr(module, "CARD_BUDGET", 250)
    assert [each.split(": ", 1)[1] for each in said(translation)] == [
        "the card of week 1 would have 345 characters; shorten its texts to 250 in all",
        "the card of the paper steps would have 268 characters; shorten its texts to 250 in all",
    ]
    german = read(translation, "de")
    assert (german.weeks[0], german.papers[0]) == (load(translation).weeks[0], load(translation).papers[0])
    assert german.translation is not None
    assert (german.translation.weeks, german.translation.papers) == (frozenset(), frozenset())


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\xff\xfe", "is not UTF-8"),
        (b'msgid "One foot"\nnonsense\nmsgstr "x"\n', "save it again in an editor for PO files"),
        (b'msgid "One foot"\nmsgid_plural "Two feet"\nmsgstr[0] "x"\nmsgstr[1] "y"\n', "an entry with plural forms"),
    ],
)
def test_a_broken_file_is_named_and_the_programme_stays(sample: Path, data: bytes, expected: str) -> None:
    (sample / "translations").mkdir()
    (sample / PO).write_bytes(data)
    (found,) = said(sample)
    assert found.startswith(f"{PO}:")
    assert expected in found
    assert read(sample, "de").weeks == load(sample).weeks


def test_a_file_says_one_language_and_not_the_programmes_own(sample: Path) -> None:
    write(sample, GERMAN, header='"Language: fr\\n"\n')
    write(sample, GERMAN, name="translations/en.po")
    write(sample, GERMAN, name="translations/german.po")
    assert [each.split(": ", 1)[1] for each in said(sample)] == [
        "its header says the language fr; call it fr.po, or correct the header",
        "en is the programme's own language; correct `language`, or delete the file",
        "german is no language; call the file de.po, es.po or pt-BR.po",
    ]


def test_a_programme_says_its_language(sample: Path) -> None:
    edit(sample, P, "hours:", "language: de\nhours:")
    write(sample, GERMAN)
    assert load(sample).language == "de"
    assert "de is the programme's own language" in said(sample)[0]
    for wrong in ("German", "deutsch", "DE", "de_DE", "no"):
        (sample / P).write_text(
            "\n".join(
                f"language: {wrong}" if line.startswith("language:") else line
                for line in (sample / P).read_text(encoding="utf-8").splitlines()
            ),
            encoding="utf-8",
        )
        assert said(sample)[0].startswith(f"{P}:4:11: `language` is "), wrong


def test_a_language_stands_for_its_countries() -> None:
    assert matching("de", ["de", "es"]) == "de"
    assert matching("pt-PT", ["es", "pt-BR"]) == "pt-BR"
    assert matching("fr", ["es", "pt-BR"]) is None


@pytest.mark.parametrize("language", ["de", "es"])
def test_the_first_four_weeks_and_papers_are_shipped_in_each_language(language: str) -> None:
    folder = shipped_folder() / "backend-developer-to-ai-professor"
    original, shown = load(folder), read(folder, language)
    assert check_folder(folder) == []
    found = next(each for each in translations_in(folder, original) if each.language == language)
    assert (found.problems, found.outdated) == ((), ())
    assert shown.translation is not None
    assert shown.translation.weeks == {1, 2, 3, 4}
    assert shown.translation.papers == {paper.id for week in range(1, 5) for paper in original.papers_of(week)}
    untranslated = {text.original for text in texts_of(replace(original, weeks=(), papers=()))} - found.texts.keys()
    assert untranslated == set()
    assert "weeks 4/116, papers 2/43" in str(coverage(original, found))
    assert completion(shown, []) == completion(original, [])

"""A sentence that is said later: in its reader's language, however often it is kept and read again before."""

import json
from dataclasses import asdict

from cohort_bot.chat.i18n import N_, NN_, speaking
from cohort_bot.chat.sentence import LocalizedError, Sentences, sentence, whole


class Found(Sentences):
    """Sentences that the catalogues have."""

    LINE = N_("line {line}: {what}")
    MISSING = N_("not found in the guide: {parts}")
    CHALLENGES = N_("challenges")
    THIS_WEEK = N_("this week")
    TOO_LONG = N_("the guide has more than {most} characters")
    WEEKS = NN_("{n} week", "{n} weeks")


MISSING = Found.LINE(line="1200", what=Found.MISSING(parts=(Found.THIS_WEEK(), Found.CHALLENGES(), "{x}")))


def test_it_is_said_in_the_language_in_which_it_is_read() -> None:
    said = {}
    for language in ("en", "de", "es"):
        with speaking(language):
            said[language] = str(MISSING)
    assert said == {
        "en": "line 1200: not found in the guide: this week, challenges and {x}",
        "de": "Zeile 1200: im Leitfaden nicht gefunden: diese Woche, Herausforderungen und {x}",
        "es": "línea 1200: no está en la guía: esta semana, retos y {x}",
    }


def test_amounts_are_written_as_the_language_does() -> None:
    assert str(Found.TOO_LONG(most=200_000)) == "the guide has more than 200,000 characters"
    assert [str(Found.WEEKS(n=n)) for n in (1, 2)] == ["1 week", "2 weeks"]
    with speaking("de"):
        assert str(Found.TOO_LONG(most=200_000)) == "der Leitfaden hat mehr als 200.000 Zeichen"
        assert [str(Found.WEEKS(n=n)) for n in (1, 2)] == ["1 Woche", "2 Wochen"]


def test_it_may_be_kept_as_json() -> None:
    kept = json.dumps([asdict(MISSING), asdict(Found.WEEKS(n=3)), "a plan's own title"])
    assert sentence(json.loads(kept)) == (MISSING, Found.WEEKS(n=3), "a plan's own title")


def test_read_by_itself_it_begins_and_ends_as_a_sentence_does() -> None:
    assert whole(Found.CHALLENGES()) == "Challenges."
    assert [whole(text) for text in ("Which one?", "not placed: “Rest.”")] == ["Which one?", "Not placed: “Rest.”"]


def test_an_error_is_said_where_it_is_shown_and_a_text_of_others_as_it_is() -> None:
    wrong = LocalizedError(N_("{file} is no ordinary file; name one"), file="{a}")
    assert (str(wrong), wrong.parts()) == ("{a} is no ordinary file; name one", ("{a} is no ordinary file", "Name one"))
    with speaking("de"):
        assert str(LocalizedError(wrong)) == "{a} ist keine gewöhnliche Datei; nenn eine"
    assert str(LocalizedError("pg_dump: {line}")) == "pg_dump: {line}"

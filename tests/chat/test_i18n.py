"""Sentences with their placeholders, in English and through a catalogue that is right, incomplete or broken."""

import asyncio
import gettext

import pytest

from cohort_bot.chat import i18n
from cohort_bot.chat.catalogues import CATALOGUES
from cohort_bot.chat.i18n import N_, _, language, ngettext, nspans, spans, speaking
from cohort_bot.chat.message import Mention, Strong
from tests.pseudo_locale import instead_of_english

GERMAN = {
    "Leave {cohort}?": "{cohort} verlassen?",
    "{n} week": "{n} Woche",
    "{n} weeks": "{n} Wochen",
    "{who} has joined {cohort}.": "Bei {cohort} ist jetzt {who} dabei.",
    "Round {number} is open.": "Runde {nummer} ist offen.",
}


class German(gettext.NullTranslations):
    """A catalogue of a few sentences, one of them broken."""

    def gettext(self, message: str) -> str:
        return GERMAN.get(message, message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return GERMAN.get(msgid1 if n == 1 else msgid2, msgid2)


def test_values_are_filled_in_as_they_are() -> None:
    assert _("Leave {cohort}?", cohort="{who} & {{co}}") == "Leave {who} & {{co}}?"


@pytest.mark.parametrize(("number", "said"), [(0, "0 weeks"), (1, "1 week"), (2, "2 weeks"), (1200, "1,200 weeks")])
def test_a_count_and_its_noun_agree(number: int, said: str) -> None:
    assert ngettext("{n} week", "{n} weeks", number) == said


def test_a_placeholder_may_be_a_span_or_several() -> None:
    found = spans("{who} has joined {cohort}.", who=(Mention("U1"), " (again)"), cohort=Strong("AI 2027"))
    assert found == (Mention("U1"), " (again) has joined ", Strong("AI 2027"), ".")


def test_text_beside_text_is_one_span() -> None:
    assert nspans("{n} of {all} is here", "{n} of {all} are here", 2, all=3) == ("2 of 3 are here",)


def test_a_translation_may_move_its_placeholders() -> None:
    with instead_of_english(German()):
        assert _("Leave {cohort}?", cohort="AI 2027") == "AI 2027 verlassen?"
        assert ngettext("{n} week", "{n} weeks", 3) == "3 Wochen"
        found = spans("{who} has joined {cohort}.", who=Mention("U1"), cohort="AI 2027")
        assert found == ("Bei AI 2027 ist jetzt ", Mention("U1"), " dabei.")
        assert _(N_("Not translated")) == "Not translated"
    assert _("Leave {cohort}?", cohort="AI 2027") == "Leave AI 2027?"


def test_a_translation_that_does_not_fit_is_said_in_english() -> None:
    with instead_of_english(German()):
        assert _("Round {number} is open.", number=3) == "Round 3 is open."
        assert spans("Round {number} is open.", number=3) == ("Round 3 is open.",)


def test_a_value_that_the_english_sentence_lacks_is_a_fault_of_ours() -> None:
    with pytest.raises(KeyError):
        _("Round {number} is open.")


async def test_each_task_speaks_its_own_language(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two people are answered at the same time, also by code in a thread."""
    monkeypatch.setitem(CATALOGUES, "de", German())
    monkeypatch.setattr(i18n, "on_board", lambda language: language)
    both_speak = asyncio.Barrier(2)

    async def said(spoken: str) -> list[str]:
        with speaking(spoken):
            await both_speak.wait()
            return [language(), await asyncio.to_thread(_, "Leave {cohort}?", cohort="A")]

    assert list(await asyncio.gather(said("de"), said("en"))) == [["de", "A verlassen?"], ["en", "Leave A?"]]
    assert language() == "en"

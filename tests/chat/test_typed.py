"""Commands and options in a sentence are what its reader can type."""

import pytest

from cohort_bot.chat import catalogues
from cohort_bot.chat.catalogues import CATALOGUES, languages
from cohort_bot.chat.i18n import _, go_on_in, speaking
from cohort_bot.chat.typed import in_words, typed, word


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("/join", "/mitmachen"),
        ("Type /cohort edit channel: to move it.", "Type /cohort bearbeiten kanal: to move it."),
        ("/cohort edit moderators_channel:.", "/cohort bearbeiten moderationskanal:."),
        ("/checkin round:3, /cohort checkin", "/checkin runde:3, /cohort checkin"),
        ("/cohort pick week:6 title:“…” link:https://…", "/cohort paperwahl woche:6 titel:“…” link:https://…"),
        ("/profile reminders:on", "/profil erinnerungen:an"),
        ("/profile calendar:file.", "/profil kalender:datei."),
        ("See https://a.example/join or a/join", "See https://a.example/join or a/join"),
        ("{option}:{example}, name:value", "{option}:{example}, name:value"),
        ("/nothing of ours", "/nothing of ours"),
    ],
)
def test_in_german(english: str, german: str) -> None:
    assert in_words(english) == english
    with speaking("de"):
        assert in_words(english) == german


@pytest.mark.parametrize("language", languages())
def test_slack_has_two_commands_in_every_language(language: str) -> None:
    with speaking(language):
        assert typed("cohort join", "slack").split()[0] == typed("join", "slack").split()[0] == "/cohort"
        assert typed("checkin", "slack") == typed("checkin", "discord") == "/checkin"
        assert typed("join", "slack").split()[1] == typed("join", "local")[1:] == word("join")


def test_a_sentence_names_the_command_of_its_reader() -> None:
    with speaking("de"):
        said = _("You're signed out. Type /cohort board, or press its button in chat, for a new link.")
    assert "/cohort board" not in said
    assert "/cohort übersicht" in said


def test_where_the_client_decides_commands_are_those_that_it_shows() -> None:
    """On Discord: a client in English, and somebody who has chosen German."""
    with speaking("en", client=True):
        go_on_in("de")
        assert _("Join") == "Mitmachen"
        assert typed("join", "discord") == "/join"
        assert word("timezone") == "timezone"
        with speaking("de"):  # what a room reads
            assert typed("join", "discord") == "/mitmachen"
    with speaking("de", client=True):
        go_on_in("en")
        assert in_words(_("Join")) == "Join"
        assert typed("join", "discord") == "/mitmachen"


def test_what_cannot_be_typed_stays_english(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def pgettext(self, _context: str, english: str) -> str:
            return {"join": "mach mit", "leave": "Gehen", "help": "", "plan": "x" * 33}.get(english, "gut")

    monkeypatch.setitem(CATALOGUES, "tlh", Broken())
    monkeypatch.setattr(catalogues, "languages", lambda: ("en", "tlh"))
    with speaking("tlh"):
        assert [word(each) for each in ("join", "leave", "help", "plan")] == ["join", "leave", "help", "plan"]
        assert word("edit") == "gut"

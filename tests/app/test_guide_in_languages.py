"""Members read the guide in their language, and what they record is the same whatever they read."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cohort_bot.app.words.week import opening, plan
from cohort_bot.chat.form import ChoiceField, Form
from cohort_bot.chat.i18n import _, speaking
from cohort_bot.chat.message import plain
from tests.fakes.bot import MONDAY, BotUnderTest, running, shipped
from tests.pseudo_locale import MARK, PseudoLocale, instead_of_english


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[BotUnderTest]:
    async with running(tmp_path) as started:
        await started.create()
        await started.join("member-1")
        yield started


def labels(form: Form) -> list[str]:
    return [option.label for field in form.fields if isinstance(field, ChoiceField) for option in field.options]


async def reads(bot: BotUnderTest, language: str) -> None:
    await bot.message("member-1", f"/profile language:{language}")


async def test_a_task_ticked_in_one_language_is_ticked_in_every_other(bot: BotUnderTest) -> None:
    await bot.until(MONDAY)
    await reads(bot, "de")
    assert "Anmelden, Repository anlegen, zwei Stimmen wählen" in await bot.say("member-1", "/plan")
    form = await bot.form("member-1", "/checkin")
    assert labels(form)[0] == "Lernzeiten für vier Wochen in den Kalender eintragen"
    filed = await bot.check_in("member-1", tasks=("1",), share=("thread",))
    assert "✓ Lernzeiten für vier Wochen in den Kalender eintragen" in filed
    await bot.settle()
    assert "✓ Put the study hours of four weeks into your calendar" in plain(bot.chat.sent[-1].message)
    await reads(bot, "es")
    form = await bot.form("member-1", "/checkin")
    tasks = next(field for field in form.fields if isinstance(field, ChoiceField))
    assert (tasks.options[0].label, tasks.value) == (
        "Apuntar en el calendario las horas de cuatro semanas",
        frozenset("1"),
    )
    await reads(bot, "en")
    assert "15 minutes" in await bot.say("member-1", "/progress")


async def test_a_question_answered_in_one_language_is_answered_in_every_other(bot: BotUnderTest) -> None:
    await bot.until(MONDAY)
    await bot.check_in("member-1")
    await bot.days(28)
    await reads(bot, "de")
    card = await bot.message("member-1", "/questions")
    assert "Was macht der Gradientenabstieg in einem Schritt?" in plain(card)
    with speaking("de"):
        show, knew = _("Show"), _("Knew it")
    await bot.press("member-1", await bot.press("member-1", card, show), knew)
    await reads(bot, "en")
    assert "What does gradient descent do in one step? You knew it." in await bot.say("member-1", "/questions")


async def test_a_week_that_is_not_translated_says_in_which_language_it_is(bot: BotUnderTest) -> None:
    english = "Diese Woche ist auf Englisch; sie ist noch nicht übersetzt."
    assert "translated" not in await bot.say("member-1", "/plan week:5")
    await reads(bot, "de")
    assert english not in await bot.say("member-1", "/plan week:4")
    for week in (5, 6):
        assert english in await bot.say("member-1", f"/plan week:{week}")
    cohort, programmes = await bot.read(lambda store: store.cohorts.get(1)), bot.runtime.services.programmes
    assert cohort is not None
    for language, foreign in (("en", []), ("de", [5]), ("es", [5])):
        with speaking(language):
            guide = programmes.get(cohort.programme)
            assert guide is not None
            cards = {n: plain(opening(cohort, guide, n, "local", late=None, missed=())) for n in (1, 4, 5, 6)}
        assert [n for n, card in cards.items() if re.search("auf Englisch;|en inglés;", card)] == foreign


async def test_whoever_starts_a_cohort_hears_that_its_guide_is_in_another_language(bot: BotUnderTest) -> None:
    line = '/cohort create name:"{}" language:{} channel:study-hall'
    assert "The guide is written in English. 4 of 116 weeks are translated." in await bot.say(
        "moderator", line.format("Gruppe", "de")
    )
    assert "The guide is written in" not in await bot.say("moderator", line.format("Group", "en"))


async def test_a_room_reads_the_guide_in_its_cohorts_language(bot: BotUnderTest) -> None:
    edit = await bot.message("moderator", "/cohort edit language:es")
    await bot.press("moderator", edit, "Change it")
    await bot.until(MONDAY)
    assert "Inscríbete, abre un repositorio, elige dos voces" in bot.chat.timeline()[-1]


def test_what_is_kept_of_a_week_is_kept_for_the_catalogue_it_was_made_with() -> None:
    programme = shipped()
    before = plain(plan(programme, 1))
    with instead_of_english(PseudoLocale()):
        other = plain(plan(programme, 1))
        assert other != before
        assert MARK in other
    assert plain(plan(programme, 1)) == before

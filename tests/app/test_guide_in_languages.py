"""Members read the guide in their language, and what they record is the same whatever they read."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cohort_bot.app.words.week import opening
from cohort_bot.chat.form import ChoiceField, Form
from cohort_bot.chat.i18n import _, speaking
from cohort_bot.chat.message import plain
from tests.fakes.bot import MONDAY, BotUnderTest, running


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[BotUnderTest]:
    async with running(tmp_path) as started:
        await started.create()
        await started.join("member-1")
        yield started


def labels(form: Form) -> list[str]:
    return [option.label for field in form.fields if isinstance(field, ChoiceField) for option in field.options]


async def test_a_task_ticked_in_one_language_is_ticked_in_every_other(bot: BotUnderTest) -> None:
    await bot.until(MONDAY)
    with speaking("de"):
        assert "Anmelden, Repository anlegen, zwei Stimmen wählen" in await bot.say("member-1", "/plan")
        form = await bot.form("member-1", "/checkin")
        assert labels(form)[0] == "Lernzeiten für vier Wochen in den Kalender eintragen"
        filed = await bot.check_in("member-1", tasks=("1",), share=("thread",))
        assert "✓ Lernzeiten für vier Wochen in den Kalender eintragen" in filed
    await bot.settle()
    assert "✓ Put the study hours of four weeks into your calendar" in plain(bot.chat.sent[-1].message)
    with speaking("es"):
        form = await bot.form("member-1", "/checkin")
        tasks = next(field for field in form.fields if isinstance(field, ChoiceField))
        assert (tasks.options[0].label, tasks.value) == (
            "Apuntar en el calendario las horas de cuatro semanas",
            frozenset("1"),
        )
    assert "15 minutes" in await bot.say("member-1", "/progress")


async def test_a_question_answered_in_one_language_is_answered_in_every_other(bot: BotUnderTest) -> None:
    await bot.until(MONDAY)
    await bot.check_in("member-1")
    await bot.days(28)
    with speaking("de"):
        card = await bot.message("member-1", "/questions")
        assert "Was macht der Gradientenabstieg in einem Schritt?" in await bot.say("member-1", "/questions")
        shown = await bot.press("member-1", card, _("Show"))
        await bot.press("member-1", shown, _("Knew it"))
    assert "What does gradient descent do in one step? You knew it." in await bot.say("member-1", "/questions")


async def test_a_week_that_is_not_translated_says_in_which_language_it_is(bot: BotUnderTest) -> None:
    english = "Diese Woche ist auf Englisch; sie ist noch nicht übersetzt."
    with speaking("de"):
        assert english not in await bot.say("member-1", "/plan week:4")
        for week in (5, 6):
            assert english in await bot.say("member-1", f"/plan week:{week}")
    assert "translated" not in await bot.say("member-1", "/plan week:5")
    cohort, programme = await bot.read(lambda store: store.cohorts.get(1)), bot.runtime.services.programmes
    assert cohort is not None
    for language, said in (("en", ()), ("de", (5,)), ("es", (5,))):
        with speaking(language):
            guide = programme.get(cohort.programme)
            assert guide is not None
            cards = {n: plain(opening(cohort, guide, n, "local", late=None, missed=())) for n in (1, 4, 5, 6)}
        assert (
            tuple(
                n for n, card in cards.items() if {"auf Englisch;", "en inglés;"} & set(re.findall(r"\w+ \w+;", card))
            )
            == said
        )

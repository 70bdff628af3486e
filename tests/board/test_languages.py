"""The board and the calendar are in the language of whoever looks at them; before that, in the browser's."""

import html as entities
import re

from cohort_bot.app import own_calendar
from cohort_bot.app.ports.store import Store
from cohort_bot.core.membership import Account
from tests.app.test_languages import speak
from tests.board.conftest import BoardUnderTest
from tests.languages import languages_of


async def test_each_page_and_each_act_is_in_the_visitors_language(board: BoardUnderTest) -> None:
    speak(board.bot, "member-1", "es-MX")
    await board.bot.type("member-1", "/plan")
    await board.bot.type("moderator", "/profile language:de")
    for person, language in (("moderator", "de"), ("member-1", "es")):
        browser = board.signed_in(person)  # the session is of before, and knows no language
        pages = ["mine"] if person == "member-1" else ["today", "cohort", "calendar", "programme"]
        for page in pages:
            html = (await browser.get(f"/board/1/{page}")).text
            assert f'<html lang="{language}">' in html
            assert languages_of(_read(html)) == {language}, page
    browser = board.signed_in("moderator")
    html = (await browser.get("/board/1/do/cohort.holiday", headers={"accept-language": "en"})).text
    assert '<html lang="de">' in html


async def test_who_is_not_signed_in_reads_the_first_language_that_their_browser_asks_for(board: BoardUnderTest) -> None:
    for wanted, language in (("fr-FR,es;q=0.8,de;q=0.5", "es"), ("*", "en"), ("", "en"), ("x" * 9000, "en")):
        answer = await board.browser().get("/board/1/today", headers={"accept-language": wanted})
        assert answer.status_code == 401
        assert f'<html lang="{language}">' in answer.text
        assert languages_of(_read(answer.text)) == {language}


async def test_a_calendar_is_in_its_members_language_and_another_calendar_in_another(board: BoardUnderTest) -> None:
    speak(board.bot, "member-1", "de-CH")
    await board.bot.type("member-1", "/profile calendar:address")
    account = (await board.bot.member(1)).account

    async def calendar() -> own_calendar.OwnCalendar:
        programmes = board.bot.runtime.services.programmes
        return await board.bot.read(lambda store: own_calendar.read(store, programmes, account_now(store)))

    def account_now(store: Store) -> Account:
        found = store.people.get(account.id)
        assert found is not None
        return found

    german = await calendar()
    assert any(event.title.startswith("Woche 1") for _uid, event in german.events)
    await board.bot.type("member-1", "/profile language:es")
    spanish = await calendar()
    assert any(event.title.startswith("Semana 1") for _uid, event in spanish.events)
    assert [uid for uid, _event in spanish.events] == [uid for uid, _event in german.events], "the dates are the same"
    assert spanish.fingerprint != german.fingerprint


def _read(html: str) -> str:
    """What is read of a page."""
    return entities.unescape(re.sub(r"<(style|script)[^>]*>.*?</\1>|<[^>]+>", "\n", html, flags=re.DOTALL))

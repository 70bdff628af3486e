"""Which language is said to whom, in the cases that no story shows: a changed mind, a restart, words that are kept."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from cohort_bot.app.commands import Param
from cohort_bot.app.ports.store import Store
from cohort_bot.app.table import TABLE
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Message, plain
from cohort_bot.cli import main
from tests.fakes.bot import MONDAY, BotUnderTest, begun, running
from tests.languages import languages_of

pytestmark = pytest.mark.both_databases


async def german(bot: BotUnderTest) -> None:
    """A German cohort with an English moderator, a Spanish member, and one about whom no client says anything."""
    speak(bot, "member-1", "es-ES")
    speak(bot, "member-2", "")
    await bot.create(options="timezone:Europe/Berlin language:de")
    for person in ("member-1", "member-2"):
        await bot.type(person, "/join timezone:Europe/Berlin")
    await bot.settle()


def speak(bot: BotUnderTest, person: str, locale: str) -> None:
    bot.chat.people[person] = replace(bot.chat.people[person], language=locale)


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[BotUnderTest]:
    async with begun(tmp_path, german) as bot:
        yield bot


def inbox(bot: BotUnderTest, person: str) -> list[set[str]]:
    return [languages_of(plain(sent.message)) for sent in bot.chat.inbox(person)]


async def test_who_has_never_said_a_locale_is_written_to_in_the_language_of_their_cohort(bot: BotUnderTest) -> None:
    await bot.until(MONDAY + timedelta(days=6))
    assert inbox(bot, "member-1") == [{"es"}, {"es"}]
    assert inbox(bot, "member-2") == [{"de"}, {"de"}]


async def test_a_message_that_was_refused_comes_in_the_language_that_is_chosen_meanwhile(bot: BotUnderTest) -> None:
    bot.chat.closed |= {"member-1", "member-2"}
    await bot.until(MONDAY + timedelta(days=3, hours=9))  # after the reminders of Thursday, 18:00
    assert languages_of(await bot.say("member-1", "/profile language:en")) == {"en"}
    bot.chat.closed.clear()
    await bot.write(tried_again)
    await bot.settle()
    assert inbox(bot, "member-1") == [{"en"}]
    assert inbox(bot, "member-2") == [{"de"}]


def tried_again(store: Store) -> None:
    for member in store.members.in_cohort(1):
        (key,) = store.deliveries.keys_of("nudge", member.id)
        row = store.deliveries.by_key(key)
        assert row is not None
        assert row.payload, "it was composed for the first try"
        store.deliveries.rearm_one(row, row.what.due)


async def test_what_is_chosen_counts_for_every_answer_also_after_a_restart(bot: BotUnderTest, tmp_path: Path) -> None:
    await bot.type("member-1", "/profile language:de")
    content, chat, clock = bot.folder, bot.chat, bot.clock
    await bot.runtime.stop()
    async with running(content, chat=chat, clock=clock) as again:
        so_far = Invocation("1", "profile", "command", again.chat.actor("member-1"), None, again.clock.now())
        labels = {each.value: each.label for each in await again.runtime.dispatcher.complete(so_far, "calendar", "")}
        assert labels["file"] == "eine Datei"
        assert languages_of(await again.say("member-1", "/plan week:9999")) == {"de"}
        answers = [await again.chat.type("member-1", "/help") for _ in range(5)]
        answer = answers[-1]
        assert isinstance(answer, Message)
        assert languages_of(plain(answer)) == {"de"}, "a moment, please"


async def test_a_locale_is_written_down_when_it_changes_and_only_then(bot: BotUnderTest) -> None:
    async def kept() -> tuple[str, str]:
        account = (await bot.member(1)).account
        return account.locale, account.language

    assert await kept() == ("es-ES", "")
    await bot.type("member-1", "/plan")
    speak(bot, "member-1", "en-GB")
    assert languages_of(await bot.say("member-1", "/profile")) == {"en"}
    assert await kept() == ("en-GB", "")
    speak(bot, "member-1", "")  # a message does not say it
    assert languages_of(await bot.say("member-1", "/profile")) == {"en"}
    assert await kept() == ("en-GB", "")


async def test_what_the_room_will_read_is_previewed_in_its_language(bot: BotUnderTest) -> None:
    assert languages_of(await bot.say("moderator", '/cohort announce text:"Hallo"')) == {"en", "de"}
    assert languages_of(await bot.say("moderator", "/cohort holiday rounds:1")) == {"en", "de"}


async def test_an_edit_of_the_language_rewrites_the_open_weeks_card_and_names_the_guides_own(bot: BotUnderTest) -> None:
    await bot.days(8)
    assert any("Woche 1 ·" in plain(sent.message) for sent in bot.chat.posts())
    asked = await bot.message("moderator", "/cohort edit language:es")
    assert "The guide is written in English." in plain(asked)
    await bot.press("moderator", asked, "Change it")
    await bot.settle()
    shown = [plain(sent.message) for sent in bot.chat.posts()]
    assert any("Semana 1 ·" in each for each in shown)
    assert not any("Woche 1 ·" in each for each in shown)
    again = await bot.message("moderator", "/cohort edit language:en")
    assert "The guide is written" not in plain(again)


async def test_who_is_erased_is_a_former_member_in_the_language_of_each_cohort(bot: BotUnderTest) -> None:
    asked = await bot.message("member-1", "/profile")
    asked = await bot.press("member-1", asked, "Borra")
    await bot.press("member-1", asked, "")
    member = await bot.member(1)
    assert (member.name, member.account.locale, member.account.language) == ("Ehemaliges Mitglied", "", "")


async def test_a_language_is_understood_by_its_own_name_and_in_a_regional_form(bot: BotUnderTest) -> None:
    for typed, spoken in (("Español", "es"), ("de-AT", "de"), ("ENGLISH", "en"), ("app", "")):
        await bot.type("member-1", f"/profile language:{typed}")
        assert (await bot.member(1)).account.language == spoken
    refused = await bot.say("member-1", "/profile language:Klingon")
    assert "Klingon" in refused
    assert "de, es, app" in refused


@pytest.mark.parametrize(
    ("environment", "spoken"),
    [
        ({"LANG": "de_DE.UTF-8"}, "de"),
        ({"LC_ALL": "es_MX.UTF-8", "LANG": "de_DE.UTF-8"}, "es"),
        ({"LC_ALL": "C.UTF-8", "LANG": "de_DE.UTF-8"}, "en"),
    ],
)
def test_a_terminal_shows_in_its_language_what_people_will_read(environment: dict[str, str], spoken: str) -> None:
    unset = dict.fromkeys(("LC_ALL", "LC_MESSAGES", "LANG"))
    done = CliRunner().invoke(main, ["content", "rehearse", "--members", "1"], env={**unset, **environment})
    assert (done.exit_code, languages_of(done.output)) == (0, {spoken}), done.output


def test_the_choices_are_the_languages_on_board() -> None:
    def choices(action: str) -> list[str]:
        row = TABLE.get(action)
        assert row is not None
        (param,) = (each for each in row.params if each.name == "language")
        assert isinstance(param, Param)
        return [each.value for each in param.choices]

    assert choices("cohort.create") == choices("cohort.edit") == ["en", "de", "es"]
    assert choices("profile") == ["en", "de", "es", "app"]

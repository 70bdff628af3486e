"""A day or a time is understood as people write it, asked about, or the sign in the way is named."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from cohort_bot.app.words import options as options_words
from cohort_bot.chat.form import FieldErrors
from cohort_bot.chat.i18n import speaking
from cohort_bot.chat.message import Bullets, Message, Paragraph, Span, When, plain
from tests.fakes.bot import BotUnderTest


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        ("starts:2027–01–04", "Mon 04 Jan 2027 08:00"),
        ("starts:２０２７－０１－０４", "Mon 04 Jan 2027 08:00"),
        ("starts:tomorrow", "Sat 02 Jan 2027 08:00"),
        ('starts:"next monday"', "Mon 04 Jan 2027 08:00"),
        ('starts:"4 January"', "Mon 04 Jan 2027 08:00"),
        ("starts:13/1", "Wed 13 Jan 2027 08:00"),
        ("starts:2027-01-04 time:18：00", "Mon 04 Jan 2027 17:00"),
        ("starts:2027-01-04 time:18h", "Mon 04 Jan 2027 17:00"),
        ('starts:2027-01-04 time:"6:30 pm"', "Mon 04 Jan 2027 17:30"),
        ("starts:2027-01-04 time:18.30", "Mon 04 Jan 2027 17:30"),
        ("starts:2027-01-04 time:noon", "Mon 04 Jan 2027 11:00"),
        ("starts:2027-01-04 day:Mondays", "Mon 04 Jan 2027 08:00"),
    ],
)
async def test_a_cohort_starts_when_it_was_meant_to(bot: BotUnderTest, options: str, shown: str) -> None:
    assert f"Week 1: {shown}" in await bot.say("moderator", f'/cohort create name:"AI" timezone:Berlin {options}')


async def test_a_date_that_reads_two_ways_is_asked_about(bot: BotUnderTest) -> None:
    asked = await bot.message("moderator", '/cohort create name:"AI" timezone:Berlin time:6 starts:3/4/2027')
    assert "“6” could be more than one time of day" in plain(asked)
    asked = await bot.press("moderator", asked, "18:00")
    assert "“3/4/2027” could be more than one day" in plain(asked)
    preview = await bot.press("moderator", asked, "Saturday, 3 April 2027")
    assert "Week 1: Sat 03 Apr 2027 16:00" in plain(preview)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("starts:2027~01~04", "The “~” is in the way"),
        ("starts:2027⁓01⁓04", "The “⁓” (swung dash) is in the way"),
        ("starts:soon", "year-month-day, such as 2027-01-04"),
        ("time:18_00", "The “_” is in the way"),
        ("time:24:00", "hours:minutes, such as 09:00"),
    ],
)
async def test_what_is_not_understood_names_the_sign_and_the_form_that_works(
    bot: BotUnderTest, options: str, words: str
) -> None:
    said = await bot.say("moderator", f'/cohort create name:"AI" timezone:Berlin {options}')
    assert words in said
    assert options.partition(":")[2] in said


def test_a_sign_is_named_in_english_and_numbered_in_other_languages() -> None:
    assert "“–” (en dash)" in str(options_words.no_time("9–30", "time", "–"))
    with speaking("de"):
        assert "„–“ (U+2013)" in str(options_words.no_time("9–30", "time", "–"))
        assert "„~“ stört" in str(options_words.no_time("9~30", "time", "~"))


async def test_a_break_in_words(bot: BotUnderTest) -> None:
    await bot.create()
    await bot.join("member-1")
    assert "2 January 2027" in await bot.say("member-1", "/break from:tomorrow until:10.1.")
    asked = await bot.message("member-1", "/break until:5/2")
    assert "could be more than one day" in plain(asked)
    taken = await bot.press("member-1", asked, "Friday, 5 February 2027")
    assert "5 February 2027" in plain(taken)


async def test_a_break_in_words_in_the_form(bot: BotUnderTest) -> None:
    await bot.create()
    await bot.join("member-1")
    form = await bot.form("member-1", "/break")
    taken = await bot.chat.submit("member-1", form, **{"from": "tomorrow", "until": "in 2 weeks"})
    assert "15 January 2027" in plain(taken) if isinstance(taken, Message) else False
    wrong = await bot.chat.submit("member-1", form, **{"from": "soon", "until": "5/2"})
    assert isinstance(wrong, FieldErrors)
    assert set(wrong.errors) == {"from", "until"}
    asked = await bot.chat.submit("member-1", form, **{"from": "1 Feb", "until": "5/2"})
    assert isinstance(asked, Message)
    taken = await bot.press("member-1", asked, "Friday, 5 February 2027")
    assert "1 February 2027" in plain(taken)


async def test_a_holiday_from_a_day_in_words(bot: BotUnderTest) -> None:
    await bot.create(options="timezone:Berlin starts:2027-01-04")
    assert "Week" in await bot.say("moderator", '/cohort holiday rounds:1 from:"next monday"')
    assert "“~”" in await bot.say("moderator", "/cohort holiday rounds:１ from:2027~01~11")


def spans_of(message: Message) -> Iterator[Span]:
    for block in message.blocks:
        if isinstance(block, Paragraph):
            yield from block.spans
        if isinstance(block, Bullets):
            yield from (span for item in block.items for span in item)


@pytest.mark.parametrize(
    ("language", "line", "shown"),
    [
        ("de", 'starten zeitzone:Berlin beginn:"4. Januar" uhrzeit:"18:30 Uhr"', "04 Jan 2027 17:30"),
        ("de", 'starten zeitzone:Berlin beginn:übermorgen uhrzeit:"8 Uhr abends"', "03 Jan 2027 19:00"),
        ("de", 'create zeitzone:"ich wohne in Wien" starts:"4 January" tag:montags time:noon', "04 Jan 2027 11:00"),
        ("es", 'crear zona:Madrid inicio:"lunes, 4 de enero de 2027" hora:"6 de la tarde"', "04 Jan 2027 17:00"),
        ("es", 'crear zona:Bogotá inicio:"pasado mañana" hora:18h', "03 Jan 2027 23:00"),
        ("en", 'starten zeitzone:Berlin beginn:"4 January" uhrzeit:"6:30 pm"', "04 Jan 2027 17:30"),
    ],
)
async def test_a_cohort_starts_when_it_was_meant_to_in_each_language(
    bot: BotUnderTest, language: str, line: str, shown: str
) -> None:
    bot.chat.people["moderator"] = replace(bot.chat.people["moderator"], language=language)
    preview = await bot.message("moderator", f'/cohort {line} name:"KI 2027"')
    assert any(shown in f"{span.at:%d %b %Y %H:%M}" for span in spans_of(preview) if isinstance(span, When))


@pytest.mark.parametrize(
    ("language", "line", "words"),
    [
        ("de", "beginn:3/4/2027", ["Donnerstag, 4. März 2027", "Samstag, 3. April 2027"]),
        ("es", "inicio:3/4/2027", ["jueves, 4 de marzo de 2027", "sábado, 3 de abril de 2027"]),
        ("de", "uhrzeit:6", ["06:00", "18:00"]),
        ("es", 'hora:"a las 6"', ["06:00", "18:00"]),
        ("de", "beginn:bald", ["beginn", "2027-01-04"]),
        ("es", "día:lines", ["día", "lunes"]),
        ("de", "sprache:klingonisch", ["sprache"]),
    ],
)
async def test_what_is_unclear_is_asked_in_the_language_and_names_what_can_be_typed(
    bot: BotUnderTest, language: str, line: str, words: list[str]
) -> None:
    bot.chat.people["moderator"] = replace(bot.chat.people["moderator"], language=language)
    said = plain(await bot.message("moderator", f"/cohort create name:KI timezone:Berlin {line}"))
    assert [word for word in words if word not in said] == []

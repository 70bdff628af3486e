"""One's own calendar: the file that a second library reads, and the address that calendar apps subscribe to."""

import contextlib
import logging
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx2
import pytest
from ical.calendar_stream import IcsCalendarStream

from cohort_bot.app import own_calendar
from cohort_bot.app.words.errors import no_programme
from cohort_bot.bootstrap import calendar_feed
from cohort_bot.chat.message import Message, buttons
from cohort_bot.core.membership import Cohort
from cohort_bot.core.programme import Programme
from cohort_bot.web import calendar_feed as web
from tests.fakes.bot import MONDAY, BotUnderTest, running
from tests.pseudo_locale import english

URL = "https://bot.example.org"
WEEK = timedelta(weeks=1)
BERLIN = ZoneInfo("Europe/Berlin")


@contextlib.asynccontextmanager
async def group(folder: Path) -> AsyncIterator[tuple[BotUnderTest, httpx2.AsyncClient]]:
    """A cohort in its first week with two members, and a calendar app."""
    async with running(folder, board_url=f"{URL}/board") as bot:
        await bot.create()
        await bot.join("member-1", "member-2")
        await bot.until(MONDAY)
        transport = httpx2.ASGITransport(app=calendar_feed(bot.runtime))
        async with httpx2.AsyncClient(transport=transport, base_url=URL) as app:
            yield bot, app


@dataclass(frozen=True)
class Entry:
    """A date as another library understands it; whole days are dates, everything else is in UTC."""

    uid: str
    starts: date
    ends: date
    text: str
    url: str
    sequence: int
    stamp: datetime
    free: bool

    @property
    def local(self) -> str:
        assert isinstance(self.starts, datetime)
        assert self.starts.utcoffset() == timedelta(0)
        return f"{self.starts.astimezone(BERLIN):%a %H:%M}"


def parsed(text: str) -> Mapping[str, Entry]:
    """The dates by their titles, of a week that comes twice the last time, as another library reads them: it refuses
    what RFC 5545 does not allow.
    """
    assert text.endswith("\r\n")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n")), "long lines are folded"
    assert "\n" not in text.replace("\r\n", ""), "no bare line breaks"
    events = IcsCalendarStream.calendar_from_ics(text).events
    assert len({event.uid for event in events}) == len(events)
    found = {}
    for event in events:
        assert event.dtstart
        assert event.dtend
        assert isinstance(event.dtstamp, datetime)
        found[english(str(event.summary))] = Entry(
            event.uid or "",
            event.dtstart,
            event.dtend,
            english(event.description or ""),
            str(event.url or ""),
            event.sequence or 0,
            event.dtstamp,
            event.transparency == "TRANSPARENT",
        )
    return found


async def file(bot: BotUnderTest) -> Mapping[str, Entry]:
    answer = await bot.message("member-1", "/profile calendar")
    (sent,) = answer.files
    assert sent.name == "calendar-AI-2027.ics"
    return parsed(sent.content.decode())


def path_of(answer: Message) -> str:
    found = re.search(rf"{URL}/calendar(/[\w-]+\.ics)", repr(answer))
    assert found, answer
    return found[1]


async def address(bot: BotUnderTest) -> str:
    return path_of(await bot.press("member-1", await bot.message("member-1", "/profile calendar"), "Get an address"))


async def fetched(app: httpx2.AsyncClient, path: str) -> Mapping[str, Entry]:
    answer = await app.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    return parsed(answer.text)


async def test_the_file_has_ones_weeks_and_papers_at_their_instants(tmp_path: Path) -> None:
    async with group(tmp_path) as (bot, _):
        events = await file(bot)
    weeks = [event for title, event in events.items() if title.startswith("Week ")]
    papers = [event for title, event in events.items() if title.startswith("Paper: ")]
    assert (len(weeks), len(papers), len(events)) == (116, 27, 143)
    assert {event.local for event in weeks} == {"Mon 09:00"}, "by the clock, in summer and in winter"
    assert {event.local for event in papers} == {"Wed 18:00"}
    assert [event.starts for event in weeks[1:]] == [event.ends for event in weeks[:-1]]
    assert weeks[0].starts == MONDAY
    assert weeks[0].text.startswith("AI 2027\n\nStart the first course")
    assert all(event.free for event in events.values()), "nobody's calendar is full because of it"
    assert all(event.url.startswith("https://") for event in papers)


@pytest.mark.both_databases
async def test_breaks_slips_and_weeks_off_move_what_is_in_it_and_its_dates_keep_their_ids(tmp_path: Path) -> None:
    second = "Week 2: Many features, a GPU request, a way to read"
    async with group(tmp_path) as (bot, app):
        path = await address(bot)
        before = await fetched(app, path)
        await bot.say("member-1", "/slip weeks:1")
        slipped = await fetched(app, path)
        again = slipped["Week 1: Enrol, open a repository, choose two voices"]
        assert (again.uid, again.starts) == (before[second].uid, MONDAY + WEEK), "the same round"
        assert (before[second].sequence, again.sequence) == (0, 1)
        assert slipped[second].starts == MONDAY + 2 * WEEK
        off = await bot.message("moderator", "/cohort holiday rounds:2")
        await bot.press("moderator", off, "Give")
        moved = await fetched(app, path)
        assert (moved["2 weeks off"].starts, moved["2 weeks off"].ends) == (MONDAY + WEEK, MONDAY + 3 * WEEK)
        assert moved[second].starts == MONDAY + 4 * WEEK
        assert moved[second].uid == slipped[second].uid
        await bot.say("member-1", "/break from:2027-02-01 until:2027-02-10")
        paused = await fetched(app, path)
        assert (paused["Your break"].starts, paused["Your break"].ends) == (date(2027, 2, 1), date(2027, 2, 11))
        assert second not in paused, "a round that is a break is none"
        assert paused["Your break"].sequence == 3
        assert await file(bot) == paused, "a file says the same"


async def test_an_app_that_asks_again_gets_nothing_new_until_something_is(tmp_path: Path) -> None:
    async with group(tmp_path) as (bot, app):
        path = await address(bot)
        first = await app.get(path)
        await bot.days(1)
        again = await app.get(path)
        assert (again.content, again.headers["etag"]) == (first.content, first.headers["etag"]), "byte for byte"
        for headers in (
            {"If-None-Match": first.headers["etag"]},
            {"If-None-Match": f'"other", W/{first.headers["etag"]}'},
            {"If-None-Match": "*"},
            {"If-Modified-Since": first.headers["last-modified"]},
        ):
            known = await app.get(path, headers=headers)
            assert (known.status_code, known.content) == (304, b""), headers
            assert known.headers["etag"] == first.headers["etag"]
        assert (await app.head(path)).headers["etag"] == first.headers["etag"]
        other = {"If-None-Match": '"other"', "If-Modified-Since": first.headers["last-modified"]}
        assert (await app.get(path, headers=other)).status_code == 200, "a tag counts before a date"
        await bot.say("member-1", "/slip weeks:1")
        changed = await app.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert changed.status_code == 200
        assert {(event.stamp, event.sequence) for event in parsed(changed.text).values()} == {(bot.clock.now(), 1)}


@pytest.mark.both_databases
async def test_an_address_that_was_stopped_is_as_if_it_had_never_been(tmp_path: Path) -> None:
    async with group(tmp_path) as (bot, app):
        old = await address(bot)
        assert "no longer works" in await bot.say("member-1", "/profile calendar:address")
        stopped = await app.get(old)
        new = path_of(await bot.press("member-1", await bot.message("member-1", "/profile calendar"), "Make a new"))
        assert (await app.get(new)).status_code == 200
        assert "no longer works" in await bot.say("member-1", "/profile calendar:off")
        assert "nothing to stop" in await bot.say("member-1", "/profile calendar:off")
        never = await app.get(f"/{'x' * 43}.ics")
        assert never.status_code == 404
        for answer in (stopped, await app.get(new), await app.get("/x.ics"), await app.get("/"), await app.get("/a/b")):
            assert (answer.status_code, answer.text, answer.headers) == (404, never.text, never.headers)


async def test_neither_the_database_nor_the_log_has_the_address_and_nobody_else_is_in_the_calendar(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    async with group(tmp_path) as (bot, app):
        path = await address(bot)
        secret = path.strip("/").removesuffix(".ics")
        text = (await app.get(path)).text
        assert not [name for name in ("Sample Member", "member-", "moderator", "Moderator") if name in english(text)]
        monkeypatch.setattr(own_calendar, "read", broken)
        assert (await app.get(path)).status_code == 503
    assert not [each for each in stored(tmp_path) if secret.encode() in each]
    logged = [record.getMessage() for record in caplog.records if record.name != "httpx2"]
    assert "a calendar cannot be read: ZeroDivisionError" in logged
    assert not [line for line in logged if secret in line]


def broken(*_: object) -> None:
    raise ZeroDivisionError


def stored(folder: Path) -> list[bytes]:
    """The database and its journal."""
    return [each.read_bytes() for each in folder.iterdir() if each.is_file()]


async def test_too_many_requests_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "UNKNOWN", 2)
    async with group(tmp_path) as (bot, app):
        path = await address(bot)
        answers = [(await app.get(path, headers={"If-None-Match": "*"})).status_code for _ in range(web.ANSWERS + 1)]
        assert answers == [304] * web.ANSWERS + [429]
        guesses = [(await app.get(f"/{number:040}.ics")).status_code for number in range(3)]
        assert guesses == [404, 404, 429]
        bot.clock.skip(web.WITHIN)
        assert (await app.get(path)).status_code == 200


@pytest.mark.both_databases
async def test_who_has_left_has_an_empty_calendar_and_who_is_erased_none(tmp_path: Path) -> None:
    async with group(tmp_path) as (bot, app):
        path = await address(bot)
        await bot.press("member-1", await bot.message("member-1", "/leave"), "Leave")
        assert await fetched(app, path) == {}
        assert "not in a cohort" in await bot.say("member-1", "/profile calendar")
        erasing = await bot.press("member-1", await bot.message("member-1", "/profile"), "Erase my data")
        await bot.press("member-1", erasing, "Erase everything")
        assert (await app.get(path)).status_code == 404
        assert await bot.read(lambda store: store.calendars.of_account(1)) is None


async def test_a_programme_that_cannot_be_read_leaves_the_apps_what_they_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with group(tmp_path) as (bot, app):
        path = await address(bot)
        monkeypatch.setattr(own_calendar, "read_programme", gone)
        assert (await app.get(path)).status_code == 503
        assert "programme" in await bot.say("member-1", "/profile calendar")


def gone(_programmes: object, _store: object, cohort: Cohort) -> Programme:
    raise no_programme(cohort)


async def test_without_a_web_address_there_is_the_file(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        await bot.create()
        await bot.join("member-1")
        answer = await bot.message("member-1", "/profile calendar:file")
        assert (len(answer.files), buttons(answer)) == (1, [])
        assert "PUBLIC_URL" in await bot.say("member-1", "/profile calendar:address")
        assert "keep nothing about you" in await bot.say("member-3", "/profile calendar")

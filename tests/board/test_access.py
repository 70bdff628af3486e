"""Who gets into the board, and how: one-time links, sessions, rights that are asked again, other pages and hosts.

The addresses are those of the router: a new one is tried with the others.
"""

import asyncio
import contextlib
import html
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextvars import ContextVar
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
from starlette.routing import Route

from cohort_bot.app.ports.platform import Unknown
from cohort_bot.app.ports.store import Store
from cohort_bot.board.sessions import COOKIE, Sessions, key_of
from cohort_bot.core.membership import Moderator
from tests.board.conftest import HOST, BoardUnderTest, button, hidden, serving
from tests.fakes.bot import MONDAY, running
from tests.harness.statements import watched
from tests.pseudo_locale import english

NOT_SIGNED_IN = ("/enter", "/{rest:path}")
"""What is answered without a session: the way in, and that there is no such page."""

SECRETS = re.compile(r'(name="_(?:csrf|id|back)" value=)"[^"]*"')


def addresses(board: BoardUnderTest, cohort: int = 1) -> list[tuple[str, str]]:
    """Method and address of every page and act that needs a session, of a cohort."""
    given = {"{cohort:int}": str(cohort), "{member:int}": "1", "{action}": "cohort.holiday"}
    found = []
    for route in board.routes:
        if isinstance(route, Route) and route.path not in NOT_SIGNED_IN:
            path = route.path
            for name, value in given.items():
                path = path.replace(name, value)
            assert "{" not in path, f"say what {route.path} is tried with"
            found += [(method, f"/board{path}") for method in route.methods or () if method != "HEAD"]
    return found


def seen(answer: httpx2.Response) -> tuple[int, str]:
    """What an answer tells, but for what is another each time."""
    return answer.status_code, SECRETS.sub(r"\1", answer.text)


_asked: ContextVar[list[str] | None] = ContextVar("asked", default=None)


@contextlib.contextmanager
def statements() -> Iterator[list[str]]:
    """What the database is asked by this task meanwhile, and not by what the bot does beside it."""

    def note(statement: str, _values: object) -> None:
        if (mine := _asked.get()) is not None:
            mine.append(statement)

    asked: list[str] = []
    before = _asked.set(asked)
    try:
        with watched(note):
            yield asked
    finally:
        _asked.reset(before)


@pytest.mark.both_databases
async def test_a_link_works_once_and_only_after_its_button(board: BoardUnderTest) -> None:
    url = await board.link("moderator")
    browser = board.browser()
    for _ in range(2):  # a preview of the link, then the person
        assert (await browser.get(url)).status_code == 200
    token = {"t": url.partition("t=")[2]}
    at_once = await asyncio.gather(*(board.browser().post("/board/enter", data=token) for _ in range(3)))
    (answer,) = (each for each in at_once if each.status_code == 303)
    assert answer.headers["location"] == "/board/1/today"
    cookie = answer.headers["set-cookie"].lower()
    assert all(word in cookie for word in ("httponly", "samesite=lax", "secure", "path=/board", "max-age=43200"))
    again = await board.browser().post("/board/enter", data=token)
    assert again.status_code == 410
    assert "used or is too old" in english(again.text)
    late = await board.link("moderator")
    preview = await board.bot.message("moderator", "/cohort holiday rounds:1")
    draft = re.search(r"'draft': '([\w-]+)'", repr(preview))
    assert draft, "a preview keeps a draft"
    board.bot.clock.move_to(board.bot.clock.now() + timedelta(minutes=9))
    assert (await board.browser().get(late)).status_code == 200
    board.bot.clock.move_to(board.bot.clock.now() + timedelta(minutes=2))
    for wrong in (late.partition("t=")[2], "forged", "", "\N{NULL}", "é" * 999, draft[1]):
        for again in (
            await board.browser().get("/board/enter", params={"t": wrong}),
            await board.browser().post("/board/enter", data={"t": wrong}),
        ):
            assert again.status_code == 410, wrong
            assert "set-cookie" not in again.headers


async def test_no_address_is_open_without_a_session(board: BoardUnderTest) -> None:
    """Without one, with one that was forged, made with another key, spoilt, or is over: one answer."""
    mine = board.signed_in("moderator")
    cookie = mine.cookies[COOKIE]
    session = board.sessions.read(cookie)
    assert session
    other = Sessions(key_of("another key, just as long as that"), board.bot.clock.now).begin(session.visitor)
    answers = set()
    for wrong in ("", "gAAAAABforged", "x" * 4000, other, cookie[:-4] + "AAAA", "over"):
        browser = board.browser()
        if wrong:
            browser.cookies.set(COOKIE, cookie if wrong == "over" else wrong, domain=HOST, path="/board")
        if wrong == "over":
            board.bot.clock.move_to(board.bot.clock.now() + timedelta(hours=12, minutes=1))
        for method, path in addresses(board):
            answers.add(
                seen(await browser.request(method, path, data={"_csrf": session.csrf} if method == "POST" else None))
            )
    ((status, said),) = answers
    assert status == 401
    assert "signed out" in english(said)


async def test_who_signs_out_is_out(board: BoardUnderTest) -> None:
    browser = await board.enter("moderator")
    page = (await browser.get("/board/1/today")).text
    out = await browser.post("/board/out", data={"_csrf": hidden(page)["_csrf"]})
    assert out.status_code == 200
    assert (await browser.get("/board/1/today")).status_code == 401


async def test_nothing_is_done_for_a_page_or_a_name_that_is_not_ours(board: BoardUnderTest) -> None:
    browser = board.signed_in("moderator")
    csrf = hidden((await browser.get("/board/1/today")).text)["_csrf"]
    theirs = board.sessions.read(board.signed_in("member-1").cookies[COOKIE])
    assert theirs
    data = {"_csrf": csrf, "_button": "0 cohort.archive.yes?id=1", "_id": "x"}
    data |= {"_action": "cohort.archive.yes", "_args": json.dumps({"id": "1"})}
    for method, path in addresses(board):
        for host in ("evil.example", f"{HOST}:8000", f"{HOST}.evil.example", ""):
            answer = await browser.request(
                method, path, headers={"host": host}, data=data if method == "POST" else None
            )
            assert answer.status_code == 400, (path, host)
        if method != "POST":
            continue
        for elsewhere in (
            {"origin": "https://evil.example"},
            {"origin": "null"},
            {"origin": f"https://{HOST}.evil.example"},
            {"sec-fetch-site": "cross-site"},
            {"sec-fetch-site": "same-site"},
        ):
            assert (await browser.post(path, data=data, headers=elsewhere)).status_code == 403, (path, elsewhere)
        for wrong in ("x", "ü", "", theirs.csrf):
            assert (await browser.post(path, data={**data, "_csrf": wrong})).status_code == 401, (path, wrong)
        assert (await browser.post(path, data={**data, "x": "y" * 300_000})).status_code == 413
    assert (await board.bot.read(lambda store: store.cohorts.get(1))).archived_at is None  # type: ignore[union-attr]


@pytest.mark.both_databases
async def test_characters_that_postgresql_keeps_nowhere_are_left_out_on_the_board_and_in_chat(
    board: BoardUnderTest,
) -> None:
    browser = board.signed_in("moderator")
    csrf = hidden((await browser.get("/board/1/today")).text)["_csrf"]
    for path, data in (
        ("press", {"_button": "0 cohort.holiday.yes?draft=%00x"}),
        ("press", {"_button": "0 cohort.person?member=1\0"}),
        ("submit", {"_action": "cohort.holiday.yes", "_args": json.dumps({"draft": "\0"})}),
        ("submit", {"_action": "/cohort.announce", "_args": "{}", "text": "Hello\0"}),
    ):
        answer = await browser.post(f"/board/1/{path}", data={**data, "_csrf": csrf, "_id": f"\0{path}"})
        assert answer.status_code in {200, 422}, (data, answer.status_code)
    await board.bot.until(MONDAY)
    assert "Checked in" in await board.bot.check_in("member-1", done="Read\0 it")
    (made,) = await board.bot.read(lambda store: store.checkins.of_member(1))
    assert made.done == "Read it"


@pytest.fixture
async def several(tmp_path: Path) -> AsyncIterator[BoardUnderTest]:
    """Cohort 1, which member-1 is in and member-2 has left; 2 in another channel, 3 in a private one, 4 elsewhere."""
    async with serving(tmp_path) as board:
        bot = board.bot
        await bot.create()
        await bot.join("member-1", "member-2")
        await bot.until(MONDAY)
        await bot.press("member-2", await bot.message("member-2", "/leave"), "Leave")

        def others(store: Store) -> None:
            first = store.cohorts.get(1)
            assert first
            for name, workspace in (("Other", "playground"), ("Hidden", "playground"), ("Far", "elsewhere")):
                cohort = store.cohorts.add(
                    platform="local",
                    workspace=workspace,
                    name=name,
                    programme=first.programme,
                    calendar=first.calendar,
                    at=bot.clock.now(),
                    creator="somebody-else",
                )
                store.cohorts.add_room(cohort.id, "local", workspace, name, private=name == "Hidden")
            store.moderators.add(2, Moderator("local", "playground", "person", "friend"))

        await bot.write(others)
        yield board


WHO: tuple[tuple[str, str, set[int], set[int]], ...] = (
    ("moderator", "playground", {1, 2, 3}, set()),
    ("friend", "playground", {2}, set()),
    ("member-1", "playground", set(), {1}),
    ("member-2", "playground", set(), {1}),
    ("somebody", "playground", set(), set()),
    ("moderator", "elsewhere", set(), set()),
)
"""Person, workspace, the cohorts that they moderate, and those in which they are or were."""


async def test_nothing_tells_what_is_not_there_from_what_is_not_yours(several: BoardUnderTest) -> None:
    """Neither the status nor the bytes, nor what the database is asked, and so how long it takes."""
    told = set()
    for person, workspace, moderates, belongs in WHO:
        browser = several.signed_in(person, workspace)
        session = several.sessions.read(browser.cookies[COOKIE])
        assert session
        data = {"_csrf": session.csrf, "_button": "0 cohort.export?", "_action": "cohort.export", "_args": "{}"}
        asked_of: dict[str, set[tuple[str, ...]]] = {}
        await browser.get("/board/99/today")  # who somebody is, is remembered
        # Theirs last: the first act makes an account.
        for cohort in sorted((99, 1, 2, 3, 4, 10**12), key=(moderates | belongs).__contains__):
            for method, path in addresses(several, cohort):
                if f"/{cohort}/" not in path:
                    continue
                several.bot.clock.skip(10)
                with statements() as asked:
                    answer = await browser.request(method, path, data=data if method == "POST" else None)
                kind = path.rpartition(f"/{cohort}/")[2]
                theirs = belongs if kind.startswith("mine") else moderates | belongs if method == "POST" else moderates
                if cohort in theirs and kind == "member/1" and cohort != 1:
                    told.add(seen(answer))  # a cohort of theirs, and somebody who is in another one
                    continue
                if cohort in theirs:
                    assert answer.status_code == 200, (person, path)
                    continue
                told.add(seen(answer))
                assert asked, "it is heard what the database is asked"
                asked_of.setdefault(kind, set()).add(tuple(asked))
        assert {kind: asked for kind, asked in asked_of.items() if len(asked) > 1} == {}, person
    ((status, said),) = told
    assert status == 404
    assert "isn't for you" in english(html.unescape(said))


async def test_a_right_that_is_lost_is_lost_at_the_next_look(several: BoardUnderTest) -> None:
    bot, people = several.bot, several.bot.chat.people
    by_role = {
        "admin": several.signed_in("moderator"),
        "creator": several.signed_in("member-1"),
        "named": several.signed_in("friend"),
        "gone": several.signed_in("member-3"),
    }
    people["member-3"] = replace(people["member-3"], admin=True)

    def creator(store: Store) -> None:
        store.connection.exec_driver_sql("UPDATE cohorts SET creator = 'member-1' WHERE id = 2")  # type: ignore[attr-defined]

    await bot.write(creator)
    pages = [path for method, path in addresses(several, 2) if method == "GET" and "/member/" not in path]
    pages = [path for path in pages if "/mine" not in path]
    for who, browser in by_role.items():
        assert {(await browser.get(path)).status_code for path in pages} == {200}, who
    people["moderator"] = replace(people["moderator"], admin=False)
    bot.chat.left.add("member-3")

    def others(store: Store) -> None:
        store.connection.exec_driver_sql("UPDATE cohorts SET creator = 'somebody' WHERE id = 2")  # type: ignore[attr-defined]
        store.moderators.replace(2, "local", "playground", ())

    await bot.write(others)
    for who in ("creator", "named"):  # what the bot itself knows
        assert {(await by_role[who].get(path)).status_code for path in pages} == {404}, who
    bot.clock.skip(31)
    for who, browser in by_role.items():
        assert {(await browser.get(path)).status_code for path in pages} == {404}, who
        session = several.sessions.read(browser.cookies[COOKIE])
        assert session
        data = {"_csrf": session.csrf, "_id": who, "_button": "0 cohort.archive.yes?id=2"}
        assert (await browser.post("/board/2/press", data=data)).status_code == 404, who
    bot.clock.skip(31)
    bot.chat.unsure = Unknown("down")
    assert {(await by_role["admin"].get(path)).status_code for path in pages} == {503}


async def test_a_button_does_what_it_does_in_chat(board: BoardUnderTest) -> None:
    browser = board.signed_in("moderator")
    page = english((await browser.get("/board/1/member/1")).text)
    answer = await browser.post("/board/1/press", data={**hidden(page), "_button": button(page, "Write to them")})
    assert answer.status_code == 200
    assert "<textarea" in answer.text


async def test_the_moderators_digest_has_a_button_that_answers_with_a_link(board: BoardUnderTest) -> None:
    bot = board.bot
    await bot.until(MONDAY + timedelta(days=9))
    digest = next(sent for sent in bot.chat.inbox("moderator") if ", round 1: " in sent.text)
    said = await bot.press("moderator", digest, "Open the board")
    browser = board.browser()
    token = str(said.blocks).partition("/enter?t=")[2].partition("'")[0]
    assert (await browser.post("/board/enter", data={"t": token})).status_code == 303
    assert (await browser.get("/board/1/today")).status_code == 200


async def test_without_an_address_the_command_says_what_to_set(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        await bot.create()
        assert "PUBLIC_URL" in await bot.say("moderator", "/cohort board")
        await bot.join("member-1")
        await bot.until(MONDAY + timedelta(days=9))
        (digest,) = (sent.text for sent in bot.chat.inbox("moderator") if ", round 1: " in sent.text)
        assert "[Open the board]" not in digest

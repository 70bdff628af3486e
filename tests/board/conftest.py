"""The board, served over HTTP from a bot with the in-memory platform; `enter` signs somebody in as a browser does."""

import contextlib
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from starlette.types import Receive, Scope, Send

from cohort_bot.app.board_links import Visitor
from cohort_bot.board.app import Board
from cohort_bot.board.sessions import COOKIE, Sessions, key_of
from cohort_bot.chat.place import Actor
from tests.fakes.bot import BotUnderTest, running

HOST = "board.example.org"
URL = f"https://{HOST}/board"


async def _held_to_the_rules(answer: httpx2.Response) -> None:
    """What every answer tells browsers: not to be framed, kept, guessed at, nor filled from elsewhere."""
    policy = answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "same-origin"


class BoardUnderTest:
    """A bot, its board, and browsers that look at it."""

    def __init__(self, bot: BotUnderTest, url: str = URL) -> None:
        self.bot = bot
        self.url = url
        runtime = bot.runtime
        self.sessions = Sessions(key_of("a key of the tests, long enough"), bot.clock.now)
        board = Board(url, self.sessions, runtime.services, runtime.database, runtime.dispatcher, bot.clock)
        self.app = board.app
        self.routes = board.routes

    def browser(self) -> httpx2.AsyncClient:
        """A browser without a session."""
        # The board is mounted at /board in the server.
        transport = httpx2.ASGITransport(app=self._mounted)
        hooks = {"response": [_held_to_the_rules]}
        return httpx2.AsyncClient(transport=transport, base_url=f"https://{HOST}", event_hooks=hooks)

    async def _mounted(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = str(scope["path"])
        assert path.startswith("/board"), path
        await self.app({**scope, "root_path": "/board"}, receive, send)

    async def link(self, person: str, line: str = "/cohort board") -> str:
        """The address of a one-time link."""
        said = await self.bot.message(person, line)
        found = re.search(rf"{re.escape(self.url)}/enter\?t=[\w-]+", repr(said))
        assert found, said
        return found[0]

    async def own_link(self, person: str) -> str:
        record = await self.bot.message(person, "/progress")
        said = await self.bot.press(person, record, "See it as a page")
        found = re.search(rf"{re.escape(self.url)}/enter\?t=[\w-]+", repr(said))
        assert found, said
        return found[0]

    def signed_in(self, person: str, workspace: str = "playground") -> httpx2.AsyncClient:
        """A browser with a session of the person, as a link in that workspace begins it."""
        browser = self.browser()
        known = self.bot.chat.people.get(person)
        actor = Actor("local", workspace, person, known.name if known else person, admin=person == "moderator")
        cookie = self.sessions.begin(Visitor(actor, workspace))
        browser.cookies.set(COOKIE, cookie, domain=HOST, path="/board")
        return browser

    async def enter(self, person: str, *, own: bool = False) -> httpx2.AsyncClient:
        """A browser in which the person is signed in."""
        browser = self.browser()
        url = await (self.own_link(person) if own else self.link(person))
        token = url.partition("t=")[2]
        assert (await browser.get(url)).status_code == 200
        answer = await browser.post("/board/enter", data={"t": token})
        assert answer.status_code == 303, answer.text
        return browser


def hidden(html: str) -> dict[str, str]:
    """The hidden inputs of the page's form for buttons."""
    form = html.partition('id="presses"')[2]
    return dict(re.findall(r'name="(_\w+)" value="([^"]*)"', form))


def button(html: str, label: str) -> str:
    """The value of the button with the label."""
    import html as entities  # noqa: PLC0415

    found = re.search(rf'name="_button" value="([^"]*)"[^>]*>{re.escape(label)}', html)
    assert found, f"no button {label}"
    return entities.unescape(found[1])


@contextlib.asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[BoardUnderTest]:
    """A board with a cohort in its first weeks."""
    async with running(folder, board_url=URL) as bot:
        yield BoardUnderTest(bot)


@pytest.fixture
async def board(tmp_path: Path) -> AsyncIterator[BoardUnderTest]:
    async with serving(tmp_path) as started:
        await started.bot.create()
        await started.bot.join("member-1", "member-2")
        yield started

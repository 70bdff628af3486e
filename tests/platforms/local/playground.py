"""The playground with the toy bot on a port, and Chromium."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

from cohort_bot.chat.message import text
from cohort_bot.chat.place import Place, Ref
from cohort_bot.platforms.local.chat import Chat
from cohort_bot.web.server import serve
from tests.e2e.page import ARGUMENTS, CHROMIUM
from tests.fakes.toy import TABLE, Toy
from tests.platforms.local.visitor import Visitors


@dataclass
class Playground:
    """The toy bot on a port, and a browser."""

    visitors: Visitors
    toy: Toy
    browser: Browser
    url: str
    errors: list[str] = field(default_factory=list)
    room: Place = field(init=False)

    def __post_init__(self) -> None:
        self.room = self.visitors.room()

    @contextlib.asynccontextmanager
    async def page(
        self, person: str = "member-1", channel: str = "general", width: int = 1280, height: int = 740, **context: Any
    ) -> AsyncIterator[Page]:
        """A page of one's own. Whatever it complains of is noted."""
        own = await self.browser.new_context(viewport={"width": width, "height": height}, **context)
        page = await own.new_page()
        page.set_default_timeout(5000)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda said: self.errors.append(said.text) if said.type in ("error", "warning") else None)
        await page.goto(f"{self.url}/?_as={person}&_in={channel}")
        yield page
        await own.close()

    async def send(self, words: str) -> Ref:
        """The bot posts something."""
        return await self.visitors.platform.send(self.room, text(words), words)

    async def say(self, page: Page, line: str) -> None:
        """Type a command and send it."""
        await page.get_by_test_id("command-box").fill(line)
        await page.get_by_test_id("send").click()


@contextlib.asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A browser without any page."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()


@contextlib.asynccontextmanager
async def playing(chat: Chat, toy: Toy, browser: Browser) -> AsyncIterator[Playground]:
    """The running playground, ended afterwards."""
    visitors = Visitors(chat)
    bot = visitors.platform
    await bot.start(TABLE, toy.dispatch, toy.complete)
    server = await serve(bot.asgi(), "127.0.0.1", 0)
    yield Playground(visitors, toy, browser, f"http://127.0.0.1:{server.port}")
    await bot.stop(0)
    await server.stop()
    await visitors.client.aclose()

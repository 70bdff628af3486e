"""The board in Chromium: axe-core finds nothing, a window of 320 px is enough, and so is a keyboard."""

import contextlib
import socket
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright

from cohort_bot.board.app import Board
from cohort_bot.board.sessions import Sessions, key_of
from cohort_bot.web.server import WebServer, build
from tests.board.conftest import BoardUnderTest
from tests.e2e import axe
from tests.e2e.page import ARGUMENTS, CHROMIUM, needs_chromium
from tests.fakes.bot import MONDAY, running

pytestmark = [pytest.mark.browser, needs_chromium]

PAGES = ("today", "cohort", "calendar", "programme", "member/1", "do/cohort.holiday")


@contextlib.asynccontextmanager
async def open_board(folder: Path, person: str, *, own: bool = False) -> AsyncIterator[Page]:
    """A cohort in its fourth week, its board on a port, and a browser in which the person has entered."""
    bound = socket.create_server(("127.0.0.1", 0))
    bound.setblocking(False)
    url = f"http://127.0.0.1:{bound.getsockname()[1]}/board"
    async with running(folder, board_url=url) as bot:
        await bot.create()
        await bot.join("member-1", "member-2")
        await bot.until(MONDAY + timedelta(days=1))
        await bot.check_in("member-1", tasks=("1",), done="https://example.org/mine")
        await bot.days(22)
        runtime = bot.runtime
        sessions = Sessions(key_of("a key of the tests, long enough"), bot.clock.now)
        board = Board(url, sessions, runtime.services, runtime.database, runtime.dispatcher, bot.clock)

        async def nothing() -> list[object]:
            return []

        async def no_metrics() -> str:
            return ""

        web = WebServer(build(ready=nothing, metrics=no_metrics, mounts={"/board": board.app}), bound)  # type: ignore[arg-type]
        await web.start()
        under_test = BoardUnderTest(bot, url)
        link = await (under_test.own_link(person) if own else under_test.link(person))
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
            page = await browser.new_page(reduced_motion="reduce")
            await page.goto(link)
            await page.get_by_role("button", name="Open the board").click()
            await page.wait_for_url("**/today" if not own else "**/mine")
            yield page
            await browser.close()
        await web.stop()


@axe.needs_axe
async def test_axe_finds_nothing_and_nothing_is_cut_off(tmp_path: Path) -> None:
    found, wide = {}, {}
    async with open_board(tmp_path, "moderator") as page:
        base = page.url.removesuffix("today")
        for name in PAGES:
            for width, scheme in ((1280, "light"), (320, "dark")):
                await page.set_viewport_size({"width": width, "height": 700})
                await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                await page.goto(base + name)
                await page.evaluate(axe.source())
                found[name, scheme] = await page.evaluate(axe.RUN, None)
                wide[name, width] = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert {key: faults for key, faults in found.items() if faults} == {}
    assert {key: pixels for key, pixels in wide.items() if pixels > 0} == {}


@axe.needs_axe
async def test_a_members_own_page(tmp_path: Path) -> None:
    async with open_board(tmp_path, "member-1", own=True) as page:
        await page.evaluate(axe.source())
        assert await page.evaluate(axe.RUN, None) == []
        assert await page.locator("svg.squares g").count() == 116


async def test_from_the_board_to_a_message_by_keyboard_alone(tmp_path: Path) -> None:
    async with open_board(tmp_path, "moderator") as page:
        write = page.get_by_role("button", name="Write to Sample Member 2")
        for _ in range(40):
            await page.keyboard.press("Tab")
            if await write.evaluate("each => each === document.activeElement"):
                break
        await page.keyboard.press("Enter")
        await page.get_by_role("textbox").first.wait_for()
        await page.locator("form.sheet button.primary").press("Enter")
        await page.get_by_role("link", name="Back").wait_for()
        assert "Sample Member 2" in await page.locator("main").inner_text()
        await page.get_by_role("link", name="Back").press("Enter")
        await page.wait_for_url("**/today")

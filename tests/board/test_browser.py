"""The board in Chromium: axe-core finds nothing, a window of 320 px is enough, and so is a keyboard."""

import contextlib
import socket
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright

from cohort_bot.board.sessions import COOKIE
from cohort_bot.web.server import WebServer, build
from tests.board.conftest import BoardUnderTest
from tests.e2e import axe
from tests.e2e.page import ARGUMENTS, CHROMIUM, needs_chromium
from tests.fakes.bot import MONDAY, running

pytestmark = [pytest.mark.browser, needs_chromium]

PAGES = ("today", "cohort", "calendar", "programme", "member/1", "do/cohort.holiday")


@contextlib.asynccontextmanager
async def served(folder: Path, *, script: bool = True) -> AsyncIterator[tuple[BoardUnderTest, Page]]:
    """A cohort in its fourth week, its board on a port, and an empty page of a browser."""
    bound = socket.create_server(("127.0.0.1", 0))
    bound.setblocking(False)
    url = f"http://127.0.0.1:{bound.getsockname()[1]}/board"
    async with running(folder, board_url=url) as bot:
        await bot.create()
        await bot.join("member-1", "member-2")
        await bot.until(MONDAY + timedelta(days=1))
        await bot.check_in("member-1", tasks=("1",), done="https://example.org/mine")
        await bot.days(22)
        board = BoardUnderTest(bot, url)

        async def nothing() -> list[object]:
            return []

        async def no_metrics() -> str:
            return ""

        web = WebServer(build(ready=nothing, metrics=no_metrics, mounts={"/board": board.app}), bound)  # type: ignore[arg-type]
        await web.start()
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
            context = await browser.new_context(reduced_motion="reduce", java_script_enabled=script)
            await context.grant_permissions(["clipboard-read", "clipboard-write"])
            try:
                yield board, await context.new_page()
            finally:
                await browser.close()
                await web.stop()


@contextlib.asynccontextmanager
async def open_board(folder: Path, person: str, *, own: bool = False) -> AsyncIterator[Page]:
    """A page in which the person has entered."""
    async with served(folder) as (board, page):
        await page.goto(await (board.own_link(person) if own else board.link(person)))
        await page.get_by_role("button", name="Open the board").click()
        await page.wait_for_url("**/today" if not own else "**/mine")
        yield page


PICTURES = Path("test-results")
STATES = {"wide": (1280, "light"), "phone": (375, "light"), "400 %": (320, "dark")}
"""A window of 1,280 px at 400 % is 320 px wide."""

CUT = """() => ["html", ".scroll", ".numbers", ".heat", ".grid"].flatMap((name) => [...document.querySelectorAll(name)]
  .filter((each) => each.scrollWidth > each.clientWidth + 1).map((each) => name))"""
"""What has to be scrolled sideways."""

HIDDEN_IN_PRINT = "header nav, header form, .filter, .actions, button, .skip"


@axe.needs_axe
async def test_axe_finds_nothing_and_nothing_is_cut_off(tmp_path: Path) -> None:
    """On a wide window, a phone, at 400 %, and on paper; also with a hundred rounds; pictures of all are kept."""
    found: dict[tuple[str, str], object] = {}
    cut: dict[tuple[str, str], list[str]] = {}

    async def look(page: Page, name: str) -> None:
        for state, (width, scheme) in STATES.items():
            await page.set_viewport_size({"width": width, "height": 256 if state == "400 %" else 800})
            await page.emulate_media(color_scheme=scheme, media="screen")  # type: ignore[arg-type]
            if state != "phone":  # the layout of 320 px
                found[name, state] = await page.evaluate(axe.RUN, None)
            cut[name, state] = await page.evaluate(CUT)
            picture = PICTURES / f"board-{name.replace('/', '-')}-{width}.png"
            await page.screenshot(path=picture, full_page=True, animations="disabled")
        await page.set_viewport_size({"width": 718, "height": 1000})  # A4 and its margins
        await page.emulate_media(media="print")
        cut[name, "print"] = await page.evaluate(CUT)
        assert not await page.locator(HIDDEN_IN_PRINT).locator("visible=true").count(), name
        assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        await page.emulate_media(media="screen")

    async with served(tmp_path) as (board, page):
        await sign_in(board, page)
        base = f"{board.url}/1/"
        for name in PAGES:
            await page.goto(base + name)
            await page.evaluate(axe.source())
            await look(page, name)
        await page.goto(base + "today")
        await page.get_by_role("button", name="Send", exact=True).click()
        await page.locator(".answer").wait_for()
        await page.evaluate(axe.source())
        await look(page, "answer")
        board.bot.clock.move_to(MONDAY + timedelta(weeks=103, days=2))
        await sign_in(board, page)
        await page.goto(base + "cohort")
        await page.evaluate(axe.source())
        await look(page, "cohort-104")
        assert len(await page.pdf(format="A4")) < 1_000_000, "shapes are lines, and no pictures"
    assert {key: faults for key, faults in found.items() if faults} == {}
    assert {key: names for key, names in cut.items() if names} == {}


async def sign_in(board: BoardUnderTest, page: Page) -> None:
    """The moderator's cookie, as of now."""
    cookie = board.signed_in("moderator").cookies[COOKIE]
    await page.context.add_cookies([{"name": COOKIE, "value": cookie, "url": board.url}])


async def test_members_are_found_by_keyboard_alone_and_without_a_script(tmp_path: Path) -> None:
    async with served(tmp_path, script=False) as (board, page):
        await sign_in(board, page)
        await page.goto(f"{board.url}/1/cohort")
        assert await page.locator(".heat tbody tr").count() == 2
        await page.get_by_label("Name contains").focus()
        await page.keyboard.type("member 2")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**name=member+2*")
        assert await page.locator(".heat tbody tr").count() == 1
        await page.get_by_label("Name contains").focus()
        for _ in range(2):  # the button, then the member
            await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/member/2")


@axe.needs_axe
async def test_a_members_own_page_and_the_portfolio_that_they_keep(tmp_path: Path) -> None:
    found: dict[tuple[str, str], object] = {}
    wide: dict[tuple[str, int], int] = {}
    async with open_board(tmp_path, "member-1", own=True) as page:
        own = page.url
        async with page.expect_download() as download:
            await page.get_by_role("link", name="Keep your portfolio").click()
        file = tmp_path / "portfolio.html"
        await (await download.value).save_as(file)
        requests: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        for name, url in (("mine", own), ("portfolio", file.as_uri())):
            for width, scheme in ((1280, "light"), (320, "dark")):
                await page.set_viewport_size({"width": width, "height": 700})
                await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                await page.goto(url)
                await page.evaluate(axe.source())
                found[name, scheme] = await page.evaluate(axe.RUN, None)
                wide[name, width] = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
                assert await page.locator("svg.squares[role=img] g").count() == 116
        assert {url for url in requests if url.startswith("file:")} == {file.as_uri()}, "it needs nothing but itself"
        assert await page.evaluate("getComputedStyle(document.querySelector('.figures')).display") == "flex"
        await page.emulate_media(media="print")
        assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert {key: faults for key, faults in found.items() if faults} == {}
    assert {key: pixels for key, pixels in wide.items() if pixels > 0} == {}


async def test_from_the_board_to_a_message_by_keyboard_alone(tmp_path: Path) -> None:
    async with open_board(tmp_path, "moderator") as page:
        first, second = await page.locator(".need h3").all_inner_texts()

        async def go_to(label: str, name: str) -> None:
            wanted = page.locator(".need", has_text=f"Write to {name}").get_by_text(label, exact=True)
            for _ in range(40):
                await page.keyboard.press("Tab")
                if await wanted.evaluate("each => each === document.activeElement"):
                    return
            raise AssertionError(label)

        await go_to("Copy", first)
        await page.keyboard.press("Enter")
        await page.get_by_text("Copied", exact=True).first.wait_for()
        assert f"Hi {first}," in await page.evaluate("navigator.clipboard.readText()")
        await go_to("Send", first)
        await page.keyboard.press("Enter")
        await page.locator(".answer").wait_for()
        await page.locator(".answer:focus").wait_for()  # read first
        assert first in await page.locator(".answer").inner_text()
        assert (await page.locator(".need h3").all_inner_texts())[0] == second


async def test_a_new_moderator_gets_from_the_digest_to_a_message_in_five_clicks_without_a_script(
    tmp_path: Path,
) -> None:
    async with served(tmp_path, script=False) as (board, page):
        bot = board.bot
        digest = next(sent for sent in bot.chat.inbox("moderator") if ", round 3: " in sent.text)
        answer = await bot.press("moderator", digest, "Open the board")  # 1
        await page.goto(str(answer.blocks).partition("url='")[2].partition("'")[0])  # 2
        await page.get_by_role("button", name="Open the board").click()  # 3
        person = page.locator(".need").nth(1)
        name = await person.locator("h3").inner_text()
        await person.get_by_text(f"Write to {name}").click()  # 4
        text = await person.get_by_label("Your message").input_value()
        assert text.startswith(f"Hi {name},"), "it can be selected and copied"
        assert not await person.get_by_text("Copy", exact=True).is_visible()
        await person.get_by_role("button", name="Send", exact=True).click()  # 5
        assert name in await page.locator(".answer").inner_text()
        await bot.settle()
        (member,) = (each.account.user for each in await bot.members() if each.name == name)
        assert text.partition("\n")[0] in bot.chat.inbox(member)[-1].text

"""The page for people who see little, hear it, enlarge it or use the keyboard alone."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, expect

from cohort_bot.chat.message import Grid, Message, text
from tests.e2e import axe
from tests.e2e.page import needs_chromium
from tests.fakes.toy import card
from tests.platforms.local.playground import Playground

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module"), needs_chromium]


async def _states(playground: Playground, page: Page) -> AsyncIterator[str]:
    """The page in one state after the other, by name."""
    bot = playground.visitors.platform
    yield "empty"
    root = await bot.send(playground.room, card(), "root")
    await bot.send(await bot.thread(root, "Week 3: check-ins"), text("Sample Member 2 checked in."), "reply")
    await bot.send(await bot.dm("playground", "member-1"), card(), "dm")
    await bot.send(playground.room, card(), "another grid")
    await expect(page.locator("#timeline article .card")).to_have_count(3)
    yield "room"
    await page.locator("details.thread summary").click()
    await playground.say(page, "/card")
    await expect(page.locator("article.private")).to_have_count(1)
    yield "thread and private answer"
    await playground.say(page, "/ecko")
    await expect(page.get_by_role("alert")).to_be_visible()
    await page.get_by_test_id("command-box").fill("/")
    await expect(page.get_by_role("option").first).to_be_visible()
    await page.keyboard.press("ArrowDown")
    yield "alert and suggestions"
    await page.keyboard.press("Escape")
    for name, menu in (("people", ".people"), ("date", "#to-date")):
        await page.locator(f"{menu} summary").click()
        yield name
        await page.keyboard.press("Escape")
    await playground.say(page, "/ask")
    dialog = page.get_by_test_id("form-dialog")
    await expect(dialog).to_be_visible()
    await page.evaluate("Promise.all(document.getAnimations({ subtree: true }).map((each) => each.finished))")
    yield "form"
    await dialog.get_by_role("button", name="Check in").click()
    await expect(dialog.locator(".error")).to_be_visible()
    yield "form to fix"
    await page.keyboard.press("Escape")
    await page.locator("[data-channel=inbox]").click()
    await expect(page.locator("article")).to_have_count(1)
    await page.evaluate(axe.source())
    yield "inbox"


@axe.needs_axe
@pytest.mark.parametrize("width", [1280, 375, 320])
async def test_axe_finds_nothing_in_any_state(playground: Playground, width: int) -> None:
    # Without motion no colour is on its way to another one.
    async with playground.page(width=width, reduced_motion="reduce") as page:
        await page.evaluate(axe.source())
        found = {}
        async for state in _states(playground, page):
            # A menu that is open lies over what it belongs to.
            rules = [rule for rule in axe.BY_LAYOUT if rule != "target-size" or state not in ("people", "date")]
            found[state] = await page.evaluate(axe.RUN, rules if width == 375 else None)
            await page.emulate_media(color_scheme="dark")
            found[f"{state}, dark"] = await page.evaluate(axe.RUN, rules)
            await page.emulate_media(color_scheme="light", forced_colors="active")
            found[f"{state}, forced colours"] = await page.evaluate(axe.RUN, rules)
            await page.emulate_media(forced_colors="none")
        assert len(found) == 27
        assert {state: faults for state, faults in found.items() if faults} == {}


SEEN = """(selector) => {
  const box = document.querySelector(selector).getBoundingClientRect();
  return Math.min(box.bottom, innerHeight) - Math.max(box.top, 0);
}"""
"""How many pixels of an element are in the window, from top to bottom."""


@pytest.mark.parametrize(
    ("width", "height", "least"), [(320, 256, 160), (667, 375, 270), (320, 640, 370), (375, 667, 390)]
)
async def test_most_of_a_small_window_is_for_reading(
    playground: Playground, width: int, height: int, least: int
) -> None:
    """320 × 256 is a window of 1280 × 1024 at 400 %."""
    await playground.visitors.platform.send(playground.room, card(), "card")
    async with playground.page(width=width, height=height) as page:
        await page.evaluate("document.fonts.ready")
        assert await page.evaluate(SEEN, ".scroll") >= least
        await expect(page.get_by_test_id("command-box")).to_be_in_viewport(ratio=1)
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        await page.get_by_test_id("person-switch").locator("summary").focus()
        await expect(page.get_by_test_id("person-switch")).to_be_in_viewport(ratio=0.9)


async def test_wider_text_is_not_cut(playground: Playground) -> None:
    """The spacing of WCAG 1.4.12."""
    await playground.visitors.platform.send(playground.room, card(), "card")
    async with playground.page(width=320) as page:
        spacing = "line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important;"
        await page.evaluate("(rule) => document.styleSheets[0].insertRule(rule)", f"* {{ {spacing} }}")
        cut = """() => [...document.querySelectorAll("header, nav, #clock, .composer, .tips, .card")]
            .flatMap((part) => [...part.querySelectorAll("*")])
            .filter((each) => each.checkVisibility() && !each.matches("input")
                && !each.closest(".sr, .grid, h1 span, #to-date form"))
            .filter((each) => each.getBoundingClientRect().right > innerWidth + 0.5
                || (getComputedStyle(each).display !== "inline" && each.scrollWidth > each.clientWidth + 1))
            .map((each) => each.outerHTML.slice(0, 120))"""
        assert await page.evaluate(cut) == []


async def test_the_newest_message_is_one_skip_away(playground: Playground) -> None:
    for number in range(3):
        await playground.visitors.platform.send(playground.room, card(), str(number))
    async with playground.page() as page:
        await playground.visitors.platform.send(playground.room, card(), "newest")
        await expect(page.locator("article")).to_have_count(4)
        skip = page.get_by_role("link", name="Skip to the newest message")
        await skip.focus()
        await expect(skip).to_be_in_viewport(ratio=1)
        await page.keyboard.press("Enter")
        await expect(page.locator("article").last).to_be_focused()
        await page.keyboard.press("Tab")
        await expect(page.locator("article").last.get_by_role("link", name="the notes")).to_be_focused()


async def test_a_grid_says_what_its_signs_mean(playground: Playground) -> None:
    await playground.visitors.platform.send(playground.room, card(), "card")
    async with playground.page() as page:
        await expect(page.get_by_role("group", name="Week 3: Vectors and matrices")).to_be_visible()
        missed = page.get_by_role("row", name="Sample Member 1").get_by_role("cell", name="missed")
        await expect(missed).to_have_count(2)
        await expect(page.get_by_role("heading", name="Week 3: Vectors and matrices", level=2)).to_be_visible()


@pytest.mark.parametrize("width", [375, 320])
async def test_the_members_by_rounds_stay_a_table_on_a_phone(playground: Playground, width: int) -> None:
    """Whole names, numbers of three digits that do not touch, nothing to scroll for."""
    names = [f"Sample Member With A Long Name {number}" for number in range(1, 4)]
    rounds = tuple(str(number) for number in range(109, 117))
    grid = Grid(rounds, tuple((name, tuple("●○●○●○●○")) for name in names), (("●", "on time"),), "Member")
    async with playground.page(width=width) as page:
        await playground.visitors.platform.send(playground.room, Message("AI 2027", (grid,)), "grid")
        await expect(page.locator(".grid tbody th")).to_have_text(names)
        heads = page.locator(".grid thead th")
        assert await heads.all_inner_texts() == ["Member", *rounds]
        apart, cut, scrolls = await page.evaluate(
            """() => {
                const text = (cell) => {
                    const range = document.createRange();
                    range.selectNodeContents(cell);
                    return range.getBoundingClientRect();
                };
                const heads = [...document.querySelectorAll(".grid thead th")].slice(1).map(text);
                const names = [...document.querySelectorAll(".grid tbody th")];
                const box = document.querySelector(".grid");
                return [
                    Math.min(...heads.slice(1).map((each, index) => each.left - heads[index].right)),
                    names.filter((each) => each.scrollWidth > each.clientWidth + 1).length,
                    box.scrollWidth - box.clientWidth,
                ];
            }"""
        )
        assert (cut, apart >= 3) == (0, True)
    assert scrolls <= (0 if width == 375 else 60)

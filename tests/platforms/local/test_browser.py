"""The page in Chromium with the toy bot: what only a browser can tell."""

import pytest
from playwright.async_api import Page, expect

from cohort_bot.chat.message import text
from tests.e2e.page import PICTURES, needs_chromium
from tests.fakes.toy import START, card
from tests.platforms.local.playground import Playground

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module"), needs_chromium]

# Every text against what is painted behind it, as WCAG 2 reckons contrast: [ratio, colours, text] of the poor ones.
CONTRAST = """() => {
  const rgba = (colour) => {
    const [r, g, b, a = 1] = colour.match(/[\\d.]+/g).map(Number);
    return { r, g, b, a };
  };
  const over = (top, under) => {
    const mix = (x, y) => x * top.a + y * (1 - top.a);
    return { r: mix(top.r, under.r), g: mix(top.g, under.g), b: mix(top.b, under.b), a: 1 };
  };
  const light = ({ r, g, b }) => {
    const linear = (c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    const [x, y, z] = [r, g, b].map((c) => linear(c / 255));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) layers.unshift(rgba(getComputedStyle(at).backgroundColor));
    return layers.reduce((under, top) => over(top, under), { r: 255, g: 255, b: 255, a: 1 });
  };
  const poor = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility({ visibilityProperty: true })) continue;
    const back = behind(element);
    const style = getComputedStyle(element);
    const front = over(rgba(style.color), back);
    const [a, b] = [light(front), light(back)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    const large = parseFloat(style.fontSize) >= 24;
    if (ratio < (large ? 3 : 4.5)) poor.push([ratio.toFixed(2), style.color, walker.currentNode.data.trim()]);
  }
  return poor;
}"""


async def _say(page: Page, line: str) -> None:
    await page.get_by_test_id("command-box").fill(line)
    await page.get_by_test_id("send").click()


async def test_everything_can_be_done_with_the_keyboard(playground: Playground) -> None:
    async with playground.page() as page:
        press, box = page.keyboard.press, page.get_by_test_id("command-box")
        await expect(box).to_be_focused()
        skip = page.locator("a, button, input, summary").first
        await skip.focus()
        await expect(skip).to_have_text("Skip to the command box")
        await expect(skip).to_be_in_viewport(ratio=1)
        await press("Enter")
        await expect(box).to_be_focused()

        await page.keyboard.type("/ec")
        options = page.get_by_role("option")
        await expect(options).to_have_count(1)
        await expect(box).to_have_attribute("aria-expanded", "true")
        await press("ArrowDown")
        await expect(box).to_have_attribute("aria-activedescendant", "s-0")
        await press("Enter")
        await expect(box).to_have_value("/echo ")
        await expect(options).to_have_count(2)
        await press("ArrowUp")
        await expect(options.nth(1)).to_have_attribute("aria-selected", "true")
        await press("Tab")
        await page.keyboard.type("b")
        await expect(options).to_have_text(["blood orange Blood Orange"])
        await press("ArrowDown")
        await press("Enter")
        await expect(box).to_have_value('/echo fruit:"blood orange" ')
        await page.keyboard.type("words:hello")
        await press("Escape")
        await expect(box).to_have_attribute("aria-expanded", "false")
        await press("Enter")
        answer = page.locator("article.private")
        await expect(answer).to_contain_text("hello")
        await expect(box).to_have_value("")
        assert dict(playground.toy.seen[0].args) == {"fruit": "blood orange", "words": "hello"}

        await page.keyboard.type("/ask")
        await press("Enter")
        dialog = page.get_by_test_id("form-dialog")
        await expect(dialog.get_by_label("Read chapter one")).to_be_focused()
        await press("Space")
        for _ in range(20):  # round and round, and never out of it
            await press("Tab")
            assert await page.evaluate(
                "document.activeElement === document.body || document.activeElement.closest('dialog') !== null"
            )
        await dialog.get_by_role("button", name="Check in").focus()
        await press("Enter")
        await expect(dialog.get_by_label("What did you do?")).to_be_focused()
        await expect(dialog.get_by_label("Read chapter one")).to_be_checked()
        await page.keyboard.type("All of it")
        await dialog.get_by_role("button", name="Check in").focus()
        await press("Enter")
        await expect(dialog).to_be_hidden()
        await expect(page.locator("article.private").last).to_contain_text("Round 3: All of it")
        await expect(box).to_be_focused()

        dismiss = answer.first.get_by_role("button", name="Dismiss")
        await dismiss.focus()
        await press("Enter")
        await expect(answer).to_have_count(1)

        switch = page.get_by_test_id("person-switch")
        await switch.locator("summary").focus()
        await press("Enter")
        await expect(switch.get_by_role("link")).to_have_count(4)
        await press("Escape")
        await expect(switch.get_by_role("link").first).to_be_hidden()
        await expect(switch.locator("summary")).to_be_focused()
        await page.get_by_test_id("clock-next").focus()
        await press("Enter")
        await expect(page.get_by_test_id("clock-now")).to_have_text("Mon 4 Jan 2027, 09:00")
        await expect(page.get_by_test_id("clock-next")).to_be_focused()
    assert playground.errors == []


async def test_what_is_posted_appears_by_itself_and_disturbs_nobody(playground: Playground) -> None:
    bot = playground.visitors.platform
    root = await bot.send(playground.room, card(), "root")
    thread = await bot.thread(root, "Week 3")
    async with playground.page() as page, playground.page("member-2", "study-hall") as other:
        await page.locator("details.thread summary").click()
        button = page.get_by_role("button", name="Say hello")
        await button.focus()
        await page.get_by_test_id("command-box").evaluate("(box) => (box.value = 'half a line')")
        await bot.send(thread, text("A reply"), "reply")
        ref = await playground.send("A second post")
        await expect(page.locator("details.thread")).to_contain_text("A reply")
        await expect(page.locator("details.thread")).to_have_attribute("open", "")
        await expect(button).to_be_focused()
        await expect(page.get_by_test_id("command-box")).to_have_value("half a line")
        await bot.edit(ref, text("A second post, mended"))
        await expect(page.locator("article").last).to_contain_text("A second post, mended")
        await expect(other.locator("[data-channel=general] .unread")).to_have_text("3 new")
    assert playground.errors == []


async def test_the_newest_message_stays_in_view(playground: Playground) -> None:
    for number in range(30):
        await playground.send(f"number {number}")
    async with playground.page() as page:
        await expect(page.get_by_test_id("timeline").get_by_text("number 29", exact=True)).to_be_in_viewport()
        await playground.send("number 30")
        await expect(page.get_by_test_id("timeline").get_by_text("number 30", exact=True)).to_be_in_viewport()
        await expect(page.get_by_role("status")).to_have_text("number 30")


async def test_pressed_twice_it_happens_once(playground: Playground) -> None:
    await playground.visitors.platform.send(playground.room, card(), "card")
    async with playground.page() as page:
        await page.get_by_role("button", name="Say hello").dblclick()
        await expect(page.locator("article.private")).to_have_count(1)
        await page.get_by_role("button", name="Say hello").click()
        await expect(page.locator("article.private")).to_have_count(2)
    assert len({seen.id for seen in playground.toy.seen}) == len(playground.toy.seen) == 2


async def test_what_was_mistyped_stays_and_the_answer_is_beside_it(playground: Playground) -> None:
    async with playground.page() as page:
        await _say(page, "/ecko words:x")
        await expect(page.get_by_role("alert")).to_have_text("There's no command /ecko words:x. Did you mean /echo?")
        await expect(page.get_by_test_id("command-box")).to_have_value("/ecko words:x")
        await _say(page, "/echo words:x")
        await expect(page.locator("#alert")).to_be_hidden()


async def test_an_outage_is_told_and_so_is_its_end(playground: Playground) -> None:
    async with playground.page() as page:
        await page.route("**/type", lambda route: route.abort())
        await _say(page, "/echo words:x")
        await expect(page.get_by_role("alert")).to_contain_text("nothing is done twice")
        await expect(page.get_by_test_id("command-box")).to_have_value("/echo words:x")
        first = await page.locator("#composer [name=_id]").input_value()
        await page.unroute("**/type")
        await page.get_by_test_id("send").click()
        await expect(page.locator("article.private")).to_have_count(1)
        assert [seen.id for seen in playground.toy.seen] == [first], "trying again is the same act"
        await page.route("**/live*", lambda route: route.abort())
        await playground.send("during the outage")
        await expect(page.get_by_role("alert")).to_contain_text("This page keeps trying")
        await page.unroute("**/live*")
        await playground.send("after it")
        await expect(page.get_by_test_id("timeline").get_by_text("during the outage")).to_be_visible()
        await expect(page.locator("#alert")).to_be_hidden()


async def test_it_works_without_the_script(playground: Playground) -> None:
    await playground.visitors.platform.send(playground.room, card(), "card")
    async with playground.page(java_script_enabled=False) as page:
        await _say(page, "/echo words:hello")
        await expect(page.locator("article.private")).to_contain_text("hello")
        await page.locator("article").first.get_by_role("button", name="Check in").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_label("Write it down").check()
        await dialog.get_by_role("button", name="Check in").click()
        await expect(dialog.get_by_label("Write it down")).to_be_checked()
        await dialog.get_by_label("What did you do?").fill("All of it")
        await dialog.get_by_role("button", name="Check in").click()
        await expect(page.locator("article.private").last).to_contain_text("Round 3: All of it")
        await page.get_by_test_id("clock-week").click()
        await expect(page.get_by_test_id("clock-now")).to_have_text("Mon 11 Jan 2027, 08:30")
    assert playground.visitors.time.now() > START


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 375, 1280])
async def test_it_fits_and_can_be_read(playground: Playground, width: int, scheme: str) -> None:
    bot = playground.visitors.platform
    root = await bot.send(playground.room, card(), "root")
    await bot.send(await bot.thread(root, "Week 3: check-ins"), text("Sample Member 2 checked in."), "reply")
    await bot.send(await bot.dm("playground", "member-1"), text("Psst"), "dm")
    await playground.send("x" * 400 + " https://example.org/" + "y" * 300)

    async with playground.page(width=width, color_scheme=scheme) as page:

        async def looks_right(name: str) -> None:
            await page.screenshot(path=PICTURES / f"playground-{width}-{scheme}-{name}.png")
            assert await page.evaluate(CONTRAST) == []
            assert await page.evaluate("document.documentElement.scrollWidth") <= width
            tall = await page.evaluate("document.documentElement.scrollHeight - innerHeight")
            assert tall <= 0, "only the posts scroll"
            wide = """() => [...document.querySelectorAll("header *, nav *, #clock *, .composer *, dialog *")]
                .filter((each) => each.checkVisibility() && !each.closest(".sr") && each.getClientRects().length
                    && each.getBoundingClientRect().right > innerWidth + 0.5)
                .map((each) => each.outerHTML.slice(0, 80))"""
            assert await page.evaluate(wide) == []

        await page.locator("details.thread summary").click()
        await _say(page, "/card")
        await expect(page.locator("article.private")).to_have_count(1)
        await looks_right("timeline")
        await _say(page, "/ecko")
        await expect(page.get_by_role("alert")).to_be_visible()
        await page.get_by_test_id("command-box").fill("/")
        await expect(page.get_by_role("option").first).to_be_visible()
        await page.keyboard.press("ArrowDown")
        await looks_right("completion")
        await page.keyboard.press("Escape")
        await page.get_by_test_id("person-switch").locator("summary").click()
        await looks_right("people")
        await page.keyboard.press("Escape")
        await page.locator("#to-date summary").click()
        await looks_right("clock")
        await page.keyboard.press("Escape")
        await _say(page, "/ask")
        await page.get_by_test_id("form-dialog").get_by_role("button", name="Check in").click()
        await expect(page.locator("dialog .error")).to_be_visible()
        await page.evaluate("Promise.all(document.getAnimations({ subtree: true }).map((each) => each.finished))")
        await looks_right("form")

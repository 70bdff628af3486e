"""What an act brings about is seen, in Chromium, wherever it is posted; and nothing that was typed is lost."""

import asyncio
from dataclasses import replace

import pytest
from playwright.async_api import Locator, Page, expect

from cohort_bot.chat.form import Form, Reply
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Actions, Button, Message, text
from tests.e2e.page import needs_chromium
from tests.fakes.toy import TABLE, card
from tests.platforms.local.playground import Playground

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module"), needs_chromium]

TALL = text("Welcome to the group", *(f"line {number}" for number in range(60)))


async def _long_room(playground: Playground) -> None:
    for number in range(12):
        await playground.visitors.platform.send(playground.room, card(), str(number))


async def _answering(playground: Playground, reply: Reply) -> None:
    """The bot answers every command with this from now on."""

    async def dispatch(_invocation: Invocation) -> Reply:
        return reply

    await playground.visitors.platform.start(TABLE, dispatch, playground.toy.complete)


async def _top_is_seen(page: Page, article: Locator) -> None:
    await expect(article).to_be_in_viewport()
    inside = """(article) => new Promise((seen) => {
      const look = () => {
        const top = article.getBoundingClientRect().top;
        const room = document.querySelector(".scroll").getBoundingClientRect().top;
        if (top >= room && top >= 0 && top < innerHeight - 60) seen();
        else requestAnimationFrame(look);
      };
      look();
    })"""  # not wait_for_function: the page forbids to evaluate texts, as that does whenever it has to look twice
    async with asyncio.timeout(10):
        await article.evaluate(inside)


async def _scrolled_up(page: Page) -> None:
    await page.locator(".scroll").evaluate("(it) => it.scrollTo(0, -800)")
    assert await page.locator(".scroll").evaluate("(it) => it.scrollTop") == -800


@pytest.mark.parametrize(("width", "height"), [(1280, 740), (375, 667), (320, 256)])
async def test_the_top_of_a_tall_answer_is_seen_and_its_title_is_said(
    playground: Playground, width: int, height: int
) -> None:
    await _long_room(playground)
    await _answering(playground, TALL)
    async with playground.page(width=width, height=height) as page:
        await _scrolled_up(page)
        await playground.say(page, "/echo words:x")
        answer = page.locator("article.private")
        await _top_is_seen(page, answer)
        await expect(page.get_by_role("status")).to_have_text("Welcome to the group")
        await page.locator(".scroll").evaluate("(it) => it.scrollTo(0, 0)")
        await playground.say(page, "/echo words:x")
        await expect(answer).to_have_count(2)  # until then the last one is the first
        await _top_is_seen(page, answer.last)
    assert playground.errors == []


async def test_the_answer_to_a_button_takes_the_focus_and_the_command_box_keeps_it(playground: Playground) -> None:
    await _long_room(playground)
    async with playground.page() as page:
        await page.locator("article").nth(3).get_by_role("button", name="Say hello").click()
        answer = page.locator("article.private")
        await _top_is_seen(page, answer)
        await expect(answer).to_be_focused()
        await page.keyboard.press("Tab")
        await expect(answer.get_by_role("button", name="Dismiss")).to_be_focused()
        await page.locator("article").nth(2).get_by_role("button", name="Check in").click()
        dialog = page.get_by_test_id("form-dialog")
        await dialog.get_by_label("What did you do?").fill("All of it")
        await dialog.get_by_role("button", name="Check in").click()
        await expect(page.locator("article.private").last).to_be_focused()
        await _top_is_seen(page, page.locator("article.private").last)
        await page.get_by_test_id("command-box").fill("/echo words:x")
        await page.keyboard.press("Enter")
        await expect(page.locator("article.private")).to_have_count(3)
        await expect(page.get_by_role("status")).to_have_text("x")
        await expect(page.get_by_test_id("command-box")).to_be_focused()


async def test_what_others_caused_takes_nobody_away_from_what_they_read(playground: Playground) -> None:
    await _long_room(playground)
    async with playground.page() as page:
        unseen = page.get_by_role("button", name="New message")
        await playground.send("while at the end")
        await expect(page.get_by_role("status")).to_have_text("while at the end")
        await expect(unseen).to_be_hidden()
        await _scrolled_up(page)
        await playground.visitors.platform.send(playground.room, TALL, "tall")
        await expect(unseen).to_be_visible()
        tall = page.locator("article", has_text="line 59")
        await expect(tall).not_to_be_in_viewport()
        await playground.send("one more")
        await expect(page.get_by_role("status")).to_have_text("one more")
        await unseen.click()
        await _top_is_seen(page, tall)
        await expect(tall).to_be_focused()
        await expect(unseen).to_be_hidden()
        await page.locator(".scroll").evaluate("(it) => it.scrollTo(0, 0)")
        await playground.visitors.platform.send(playground.room, TALL, "tall again")
        await expect(page.locator("article")).to_have_count(16)
        await _top_is_seen(page, page.locator("article").last)


async def test_what_was_shared_is_opened_and_linked(playground: Playground) -> None:
    bot, time = playground.visitors.platform, playground.visitors.time
    root = await bot.send(playground.room, card(), "root")
    await _long_room(playground)
    thread = await bot.thread(root, "Week 3: check-ins")
    async with playground.page() as page:
        time.posts.append(bot.send(thread, text("Sample Member 1 checked in."), "shared"))
        await playground.say(page, "/echo words:x")
        await expect(page.locator("details.thread")).to_have_attribute("open", "")
        await _top_is_seen(page, page.locator("article.private"))
        await expect(page.get_by_role("status")).to_have_text("1 new reply in “Week 3: check-ins”")
        await page.get_by_role("link", name="1 new reply in “Week 3: check-ins”").click()
        await _top_is_seen(page, page.locator("details.thread article"))
    async with playground.page(channel="study-hall") as page:
        time.posts.append(bot.send(thread, text("Sample Member 1 changed it."), "changed"))
        time.posts.append(bot.send(await bot.dm("playground", "member-2"), text("Psst"), "dm"))
        await playground.say(page, "/echo words:x")
        await expect(page.get_by_test_id("news").get_by_role("link")).to_have_text(
            ["1 new post in #general", "1 new message for Sample Member 2"]
        )
        await page.get_by_role("link", name="#general").last.click()
        await _top_is_seen(page, page.locator("details.thread article").last)
        await expect(page.get_by_test_id("news").get_by_role("link")).to_have_count(0)
    assert playground.errors == []


async def test_in_a_low_window_what_is_new_elsewhere_comes_into_view(playground: Playground) -> None:
    bot, time = playground.visitors.platform, playground.visitors.time
    async with playground.page(width=320, height=256) as page:
        time.posts.append(bot.send(playground.visitors.room("study-hall"), text("Over here"), "room"))
        await page.get_by_test_id("clock-week").click()
        await expect(page.get_by_role("link", name="1 new post in #study-hall")).to_be_in_viewport(ratio=1)


async def test_what_went_to_many_places_is_named_with_the_rooms_first(playground: Playground) -> None:
    bot, time = playground.visitors.platform, playground.visitors.time
    async with playground.page() as page:
        for person in ("member-2", "member-3", "moderator"):
            time.posts.append(bot.send(await bot.dm("playground", person), text("Psst"), person))
        time.posts.append(bot.send(playground.visitors.room("study-hall"), text("Over here"), "room"))
        await page.get_by_test_id("clock-week").click()
        await expect(page.get_by_test_id("news").get_by_role("listitem")).to_have_text(
            [
                "1 new post in #study-hall",
                "1 new message for Sample Member 2",
                "1 new message for Sample Member 3",
                "and in 1 more place",
            ]
        )
        await expect(page.get_by_role("status")).to_contain_text("and in 1 more place")


async def test_the_next_press_is_taken_while_posts_are_on_their_way(playground: Playground) -> None:
    bot, time = playground.visitors.platform, playground.visitors.time
    await bot.send(playground.room, card(), "card")
    arrives = asyncio.Event()
    async with playground.page() as page:
        time.posts.append(arrives.wait())
        time.posts.append(bot.send(playground.room, TALL, "caused"))
        await page.get_by_role("button", name="Say hello").click()
        await expect(page.locator("article.private")).to_be_focused()
        await page.get_by_role("button", name="Check in").click()
        await expect(page.get_by_test_id("form-dialog")).to_be_visible()
        await page.keyboard.press("Escape")
        arrives.set()
        await expect(page.locator("article")).to_have_count(3)
        await _top_is_seen(page, page.locator("article.private"))
        await expect(page.get_by_role("button", name="New message")).to_be_hidden()


async def test_next_post_shows_what_it_made(playground: Playground) -> None:
    bot, time = playground.visitors.platform, playground.visitors.time
    await _long_room(playground)
    async with playground.page() as page:
        said = page.get_by_role("status")
        await _scrolled_up(page)
        time.posts.append(bot.send(playground.room, TALL, "next"))
        await page.get_by_test_id("clock-next").click()
        await _top_is_seen(page, page.locator("article").last)
        await expect(said).to_have_text("Mon 4 Jan 2027, 09:00 Europe/Berlin. Welcome to the group")
        time.posts.append(bot.send(playground.visitors.room("study-hall"), text("Over here"), "elsewhere"))
        await page.get_by_test_id("clock-day").click()
        await expect(said).to_have_text("Tue 5 Jan 2027, 09:00 Europe/Berlin. 1 new post in #study-hall")
        await page.get_by_test_id("news").get_by_role("link").click()
        await expect(page.locator("article", has_text="Over here")).to_be_in_viewport()
        await page.get_by_test_id("person-switch").locator("summary").click()
        await page.get_by_test_id("person-switch").get_by_role("link", name="Sample Member 2").click()
        time.posts.append(bot.send(await bot.dm("playground", "member-1"), text("A reminder"), "reminder"))
        await page.get_by_test_id("clock-week").click()
        await page.get_by_role("link", name="1 new message for Sample Member 1").click()
        await expect(page.locator("article", has_text="A reminder")).to_be_in_viewport()
        await expect(page.get_by_test_id("person-switch").locator("summary")).to_contain_text("Sample Member 1")


async def test_without_the_script_the_answer_is_seen_too(playground: Playground) -> None:
    bot, time = playground.visitors.platform, playground.visitors.time
    await _long_room(playground)
    async with playground.page(java_script_enabled=False, width=375, height=667) as page:
        time.posts.append(bot.send(playground.visitors.room("study-hall"), text("Over here"), "elsewhere"))
        await playground.say(page, "/echo words:x")
        await expect(page.locator("article.private")).to_be_in_viewport()
        await page.get_by_role("link", name="1 new post in #study-hall").click()
        await expect(page.locator("article", has_text="Over here")).to_be_in_viewport()
        await playground.say(page, "/fail")
        await expect(page.get_by_test_id("command-box")).to_have_value("/fail")


async def test_an_answer_is_seen_from_a_page_of_earlier_messages(playground: Playground) -> None:
    for number in range(101):
        await playground.send(f"number {number}")
    async with playground.page() as page:
        await page.get_by_role("link", name="Earlier messages").click()
        await expect(page.locator("article")).to_have_count(1)
        await playground.say(page, "/echo words:hello")
        await expect(page.locator("article.private")).to_contain_text("hello")
        await expect(page.locator("article.private")).to_be_in_viewport()


@pytest.mark.parametrize("how", ["Escape", "a click beside it", "a reload"])
async def test_what_was_typed_into_a_form_is_there_when_it_is_opened_again(playground: Playground, how: str) -> None:
    async with playground.page() as page:
        dialog = page.get_by_test_id("form-dialog")
        done, box = dialog.get_by_label("What did you do?"), dialog.get_by_label("Write it down")
        await playground.say(page, "/ask")
        await done.fill("Half a\nthought")
        await box.check()
        if how == "Escape":
            await page.keyboard.press("Escape")
        elif how == "a click beside it":
            await page.mouse.click(5, 5)
        else:
            await page.reload()
        await expect(dialog).to_be_hidden()
        await playground.say(page, "/ask")
        await expect(done).to_have_value("Half a\nthought")
        await expect(box).to_be_checked()
        await expect(dialog.get_by_role("status")).to_contain_text("what you typed before")
        await dialog.get_by_role("button", name="Check in").click()
        await expect(dialog).to_be_hidden()
        await playground.say(page, "/ask")
        await expect(done).to_have_value("")
        await expect(box).not_to_be_checked()
        await done.fill("Never mind")
        await dialog.get_by_role("link", name="Cancel").click()
        await playground.say(page, "/ask")
        await expect(done).to_have_value("")
        await expect(dialog.get_by_role("status")).to_have_text("")
    assert playground.errors == []


async def test_a_draft_belongs_to_one_form_of_one_person(playground: Playground) -> None:
    forms = Message("Two", (Actions((Button("Three", "ask", {"round": "3"}), Button("Four", "ask", {"round": "4"}))),))
    await playground.visitors.platform.send(playground.room, forms, "forms")

    async def dispatch(invocation: Invocation) -> Reply:
        reply = await playground.toy.dispatch(invocation)
        return replace(reply, args=invocation.args) if isinstance(reply, Form) else reply

    await playground.visitors.platform.start(TABLE, dispatch, playground.toy.complete)
    async with playground.page() as page:
        dialog = page.get_by_test_id("form-dialog")
        done = dialog.get_by_label("What did you do?")
        await page.get_by_role("button", name="Three").click()
        await done.fill("Of round three")
        await page.keyboard.press("Escape")
        await page.get_by_role("button", name="Four").click()
        await expect(done).to_have_value("")
        await page.keyboard.press("Escape")
        await page.get_by_test_id("person-switch").locator("summary").click()
        await page.get_by_test_id("person-switch").get_by_role("link", name="Sample Member 2").click()
        await page.get_by_role("button", name="Three").click()
        await expect(done).to_have_value("")
        await page.go_back()
        await page.get_by_role("button", name="Three").click()
        await expect(done).to_have_value("Of round three")


async def test_a_refused_command_stays_and_earlier_lines_come_back(playground: Playground) -> None:
    async with playground.page() as page:
        box = page.get_by_test_id("command-box")
        for line in ("/echo words:one", "/echo words:two"):
            await playground.say(page, line)
            await expect(page.get_by_role("status")).to_have_text(line[-3:])
            await expect(box).to_have_value("")
        await box.fill("/fail")
        await page.keyboard.press("Escape")
        await page.keyboard.press("Enter")
        await expect(page.locator("article.private").last).to_contain_text("cannot be done today")
        await expect(box).to_have_value("/fail")
        await page.keyboard.type("half")  # it was selected, so typing replaces it
        await expect(box).to_have_value("half")
        press = page.keyboard.press
        for key, value in (
            ("ArrowUp", "/fail"),
            ("ArrowUp", "/echo words:two"),
            ("ArrowUp", "/echo words:one"),
            ("ArrowUp", "/echo words:one"),
            ("ArrowDown", "/echo words:two"),
            ("ArrowDown", "/fail"),
            ("ArrowDown", "half"),
            ("ArrowDown", "half"),
        ):
            await press(key)
            await expect(box).to_have_value(value)
        await page.reload()
        await box.focus()
        await press("ArrowUp")
        await expect(box).to_have_value("/fail")


async def test_a_command_without_what_it_needs_opens_a_form(playground: Playground) -> None:
    async with playground.page() as page:
        dialog, box = page.get_by_test_id("form-dialog"), page.get_by_test_id("command-box")
        await playground.say(page, '/echo fruit:"blood orange"')
        await expect(dialog.get_by_role("heading")).to_have_text("Say it again")
        await expect(dialog.get_by_label("fruit: a fruit")).to_have_value("blood orange")
        await expect(box).to_have_value("")
        await dialog.get_by_role("button", name="Continue").click()
        await expect(dialog).to_be_visible()  # the browser asks for what is needed
        await dialog.get_by_label("words: what to say").fill('hello "you" \\ there')
        await dialog.get_by_role("button", name="Continue").click()
        await expect(page.locator("article.private")).to_contain_text('hello "you" \\ there')
        assert dict(playground.toy.seen[-1].args) == {"words": 'hello "you" \\ there', "fruit": "blood orange"}
        assert playground.toy.seen[-1].kind == "command"
    async with playground.page("member-2", java_script_enabled=False) as page:
        await playground.say(page, "/echo")
        await page.get_by_label("words: what to say").fill("hello")
        await page.get_by_role("button", name="Continue").click()
        await expect(page.locator("article.private")).to_contain_text("hello")

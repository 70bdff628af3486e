"""The first minute of the demo in a real browser: what it is, who needs somebody and why, and the three ways on."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.page import Demo, Person, browser, demo, needs_chromium

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.timeout(180), needs_chromium]

SIZES = [(1280, 900), (375, 740)]


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with demo(tmp_path_factory.mktemp("first-minute"), empty=False) as running:
        yield running


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_first_screen_says_what_it_is_and_who_needs_somebody(bot: Demo, width: int, height: int) -> None:
    with browser(bot.url, width, height) as page:
        welcome = page.locator("#welcome")
        expect(welcome.locator("p").first).to_contain_text(
            "This is cohort-bot with a sample cohort: 12 people in week 9"
        )
        expect(welcome.locator("h2")).to_have_text("3 people need you today")
        reasons = ["Hana missed 3 of the last 5", "Dana wrote a blocker in rounds 7 and 8", "Chidi missed the last 3"]
        for item, reason in zip(welcome.locator("li").all(), reasons, strict=True):
            expect(item).to_contain_text(reason)
            expect(item).to_be_in_viewport()
        expect(page.get_by_test_id("see-why")).to_be_in_viewport(ratio=1)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        high = page.evaluate("document.documentElement.scrollHeight - document.documentElement.clientHeight")
        assert (wide, high) == (0, 0)
        Person(page, bot.url, "moderator").picture(f"first-screen-{width}")


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_one_click_shows_why(bot: Demo, width: int, height: int) -> None:
    with browser(bot.url, width, height) as page:
        page.get_by_test_id("see-why").click()
        answer = page.locator("article.private").last
        expect(answer).to_contain_text("Sample Chidi: missed the last 3 rounds (6 to 8)")
        expect(answer).to_contain_text("Nobody has written to them yet.")
        assert "_as=moderator" in page.url
        expect(marks(page).nth(0)).to_have_attribute("aria-label", "Done")


def test_the_tour_ticks_itself_off(bot: Demo) -> None:
    with browser(bot.url, 375, 740) as page:
        expect(page.locator("#tour-steps")).to_be_hidden()
        ana = Person(page, bot.url, "member-1")
        page.locator("#be-member").click()
        ana.posts(re.compile("Week 9 ·")).get_by_role("button", name="Check in").click()
        ana.dialog().locator("[name=done]").fill("One box ticked")
        ana.submit()
        expect(page.locator("#tour-count")).to_have_text(re.compile("^2"))
        page.locator("#tour summary").click()
        page.locator("#tour-steps .chip", has_text=re.compile("^/progress")).click()
        expect(page.locator("#tour-steps")).to_be_hidden()
        page.get_by_test_id("send").click()
        expect(ana.answers().last).to_contain_text("Your progress in Sample cohort")
        expect(page.locator("#tour-count")).to_have_text(re.compile("^3"))


def test_an_empty_room_is_one_click_away(bot: Demo) -> None:
    with browser(bot.url) as page:
        page.locator("#start-empty").click()
        expect(page.locator("#timeline")).to_contain_text("Nothing has been posted here yet.")
        page.locator("#timeline .chip").click()
        page.get_by_test_id("send").click()
        preview = page.locator("article.private").last
        preview.get_by_role("button", name=re.compile("^Create")).click()
        expect(Person(page, bot.url, "moderator").posts("AI 2027: From backend developer")).to_have_count(1)


def marks(page: Page) -> Locator:
    return page.locator("#tour-steps .mark")

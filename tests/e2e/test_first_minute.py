"""The first minute of the demo in a real browser: what it is, who needs somebody and why, and the three ways on."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from cohort_bot.sample_cohort import ROOM
from tests.e2e import axe
from tests.e2e.page import Demo, Person, browser, demo, needs_chromium

pytestmark = [
    pytest.mark.browser,
    pytest.mark.usefixtures("chromium"),
    pytest.mark.process,
    pytest.mark.timeout(180),
    needs_chromium,
]

ROOT = Path(__file__).parents[2]
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
        reasons = [r"Hana .*4, 6 and 8", r"Dana .*blocker.* 7 and 8", r"Chidi .*6 to 8"]
        for item, reason in zip(welcome.locator("li").all(), reasons, strict=True):
            expect(item).to_contain_text(re.compile(reason))
            expect(item).to_be_in_viewport()
        expect(page.get_by_test_id("see-why")).to_be_in_viewport(ratio=1)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        high = page.evaluate("document.documentElement.scrollHeight - document.documentElement.clientHeight")
        assert (wide, high) == (0, 0)
        page.evaluate("document.querySelector('#welcome p').append(' In another language this is longer.'.repeat(8))")
        expect(page.get_by_test_id("see-why")).to_be_in_viewport(ratio=1 if width < height else 0.5)
        page.get_by_test_id("see-why").click(trial=True)
        page.reload()
        Person(page, bot.url, "moderator").picture(f"first-screen-{width}")


@axe.needs_axe
@pytest.mark.parametrize("width", [1280, 375, 320])
def test_axe_finds_nothing_on_the_first_screen_and_in_its_menus(bot: Demo, width: int) -> None:
    with browser(bot.url, width, 740) as page:
        page.evaluate(axe.source())
        found = {"first screen": page.evaluate(axe.RUN, None)}
        for menu in ("#tour", ".language", ".people"):
            page.evaluate("(menu) => { document.querySelector(menu).open = true; }", menu)
            found[menu] = page.evaluate(axe.RUN, ["color-contrast", "scrollable-region-focusable", "aria-allowed-attr"])
        page.goto(f"{bot.url}?_as=newcomer&_in=general")
        page.evaluate(axe.source())
        found["empty room"] = page.evaluate(axe.RUN, None)
        assert {state: faults for state, faults in found.items() if faults} == {}


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_one_click_shows_why(bot: Demo, width: int, height: int) -> None:
    with browser(bot.url, width, height) as page:
        page.get_by_test_id("see-why").click()
        answer = page.locator("article.private").last
        expect(answer).to_contain_text(re.compile(r"Sample Chidi: .*6 to 8"))
        assert "_as=moderator" in page.url
        Person(page, bot.url, "moderator").picture(f"see-why-{width}")
        expect(marks(page).nth(0)).to_have_attribute("aria-label", "Done")


class Clicks:
    """Somebody who follows the README. What is pressed is looked up there, and counted."""

    def __init__(self, page: Page, part: str) -> None:
        self.page, self.part, self.number = page, part, 0

    def on(self, found: Locator, words: str) -> None:
        assert f"*{words}*" in self.part, f"the README does not name {words!r}"
        found.click()
        self.number += 1


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_path_of_the_readme(tmp_path: Path, width: int, height: int) -> None:
    """Somebody at risk, with the reasons, after at most six clicks; and each step does what it says."""
    text = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    part = text[text.index("make demo") : text.index("## What it does")]
    with demo(tmp_path, empty=False) as bot, browser(bot.url, width, height) as page:
        steps = Clicks(page, part)
        steps.on(page.get_by_role("button", name="See why"), "See why")
        card = page.locator("article.private").last
        at_risk = card.locator(".section", has_text="Sample Hana").locator("p")
        expect(at_risk).to_contain_text("4, 6 and 8")
        at_risk.scroll_into_view_if_needed()
        expect(at_risk).to_be_in_viewport()
        assert steps.number <= 6
        steps.on(card.get_by_role("button", name="Write to Sample Hana"), "Write to Sample Hana")
        ana = Person(page, bot.url, "member-1")
        expect(ana.dialog().locator("textarea").first).to_have_value(re.compile("Hi .*Hana"))
        ana.submit()
        page.get_by_test_id("person-switch").locator("summary").click()
        steps.on(page.get_by_role("link", name="Sample Ana"), "Sample Ana")
        steps.on(ana.posts(re.compile("Week 9 ·")).get_by_role("button", name="Check in"), "Check in")
        ana.submit()
        expect(ana.answers().last).to_contain_text("week 9")
        before = page.get_by_test_id("clock-now").inner_text()
        offered = page.get_by_test_id("clock-next").inner_text()
        assert "for Sample" in offered, offered
        steps.on(page.get_by_test_id("clock-next"), "Next post")
        expect(page.get_by_test_id("clock-now")).not_to_have_text(before)
        steps.on(page.get_by_test_id("clock-week"), "+1 week")
        expect(page.get_by_test_id("clock-now")).to_contain_text("10:00", timeout=15_000)
        expect(page.get_by_test_id("clock-now")).to_contain_text("Tue")
        expect(ana.posts(re.compile("Week 10 ·"))).to_have_count(1)
        page.goto(bot.url)
        expect(page.locator("#welcome p").first).to_contain_text("week 10 of 116")


def test_what_is_new_takes_no_button_from_under_the_finger(bot: Demo) -> None:
    """A page that changes between press and release would swallow the click."""
    with browser(f"{bot.url}?_as=member-1&_in=general", 1280, 900) as page:
        before = page.get_by_test_id("clock-now").inner_text()
        page.get_by_test_id("clock-day").hover()
        page.mouse.down()
        with page.expect_response(re.compile("/live")) as live:
            page.evaluate(
                """async () => {
                    const now = new Date(document.querySelector("#clock time").dateTime).getTime();
                    const to = new Date(now + 600_000).toISOString();
                    const form = new URLSearchParams({ _as: "member-2", _in: "general", _to: to });
                    await fetch("/clock", { method: "POST", headers: { "X-Playground": "1" }, body: form });
                }"""
            )
        live.value.finished()
        page.evaluate("new Promise((resolve) => setTimeout(resolve))")
        expect(page.get_by_test_id("clock-now")).to_have_text(before)
        with page.expect_request(lambda request: request.url.endswith("/clock")) as sent:
            page.mouse.up()
        answer = sent.value.response()
        assert answer
        assert answer.status == 204
        expect(page.get_by_test_id("clock-now")).not_to_have_text(before)


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


def test_a_member_answers_a_question_and_subscribes_to_their_calendar(bot: Demo) -> None:
    with browser(bot.url, 375, 740) as page:
        ana = Person(page, bot.url, "member-1").go(ROOM)
        ana.type("/questions")
        ana.answers().last.get_by_role("button", name="Show").first.click()
        ana.answers().last.get_by_role("button", name="Knew it").click()
        expect(ana.answers().last).to_contain_text("comes again in about 9 weeks")
        ana.type("/profile calendar")
        answer = ana.answers().last
        expect(answer.get_by_role("link", name="calendar-Sample-cohort.ics")).to_be_visible()
        answer.get_by_role("button", name="Get an address").click()
        expect(ana.answers().last).to_contain_text("add a calendar by its address")
        link = ana.answers().last.get_by_role("link")
        fetched = page.request.get(link.get_attribute("href") or "")
        assert fetched.text().startswith("BEGIN:VCALENDAR\r\n")
        assert fetched.headers["content-type"] == "text/calendar; charset=utf-8"
        known = page.request.get(fetched.url, headers={"If-None-Match": fetched.headers["etag"]})
        assert known.status == 304


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


def test_the_sample_cohort_is_seen_in_each_language(bot: Demo) -> None:
    with browser(bot.url, 1280, 900) as page:
        page.goto(f"{bot.url}?_as=member-1&_in={ROOM}")
        edited = page.locator(".edited").count()
        for language, week, title, task in (
            ("de", "Woche", "Anmelden, Repository anlegen", "Lernzeiten für vier Wochen"),
            ("es", "Semana", "Inscríbete, abre un repositorio", "Apuntar en el calendario"),
        ):
            page.get_by_test_id("language-switch").locator("summary").click()
            page.locator(f".language button[value={language}]").click()
            expect(page.locator("html")).to_have_attribute("lang", language)
            cards = page.locator("#timeline > li > article")
            expect(cards.filter(has=page.get_by_role("heading", name=f"{week} 1 · {title}"))).to_have_count(1)
            expect(cards.filter(has=page.get_by_role("heading", name=re.compile("Week")))).to_have_count(0)
            expect(page.locator(".thread .title").first).to_contain_text(f"{week} 1: {title}")
            assert page.locator(".edited").count() == edited, "what is said in another language is not edited"
            page.goto(f"{bot.url}?_as=member-1&_in=inbox")
            expect(page.locator("#timeline > li > article").filter(has_text=task)).to_have_count(1)
            expect(page.locator("#timeline > li > article[lang]").filter(has_text="Got")).to_have_count(0)
            page.goto(f"{bot.url}?_as=member-1&_in={ROOM}")
    with browser(bot.url, 375, 740) as page:
        expect(page.get_by_test_id("language-switch")).to_be_hidden()
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide == 0
        page.get_by_test_id("person-switch").locator("summary").click()
        page.locator(".narrow button[value=en]").click()
        expect(page.locator("html")).to_have_attribute("lang", "en")

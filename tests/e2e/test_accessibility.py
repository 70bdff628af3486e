"""axe-core on the sample cohort: what people really see, in both widths and colours."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import axe
from tests.e2e.page import Person, browser, demo, needs_chromium

pytestmark = [
    pytest.mark.browser,
    pytest.mark.usefixtures("chromium"),
    pytest.mark.process,
    pytest.mark.timeout(180),
    needs_chromium,
    axe.needs_axe,
]


def _faults(page: Page) -> list[str]:
    page.evaluate(axe.source())
    found: list[str] = []
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 740})
        page.emulate_media(color_scheme="light" if width == 320 else "dark", reduced_motion="reduce")
        rules = [rule for rule in axe.BY_LAYOUT if rule != "target-size"] if width == 320 else None
        found += [f"{width}: {fault}" for fault in page.evaluate(axe.RUN, rules)]
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        found += [f"{width}: {over} px too wide"] * (over > 0)
    return found


def test_axe_finds_nothing_in_the_sample_cohort(tmp_path: Path) -> None:
    with demo(tmp_path, empty=False) as bot, browser(bot.url) as page:
        found = {"first screen": _faults(page)}
        page.set_viewport_size({"width": 375, "height": 740})
        page.locator("#tour summary").click()
        found["tour"] = _faults(page)
        room = "study-hall"
        for who, line in (
            ("moderator", "/cohort progress"),
            ("member-1", "/progress"),
        ):
            person = Person(page, bot.url, who).go(room)
            person.type(line)
            expect(page.get_by_role("status")).not_to_be_empty()
            found[line] = _faults(page)
        member = Person(page, bot.url, "member-1")
        member.type("/checkin")
        expect(member.dialog()).to_be_visible()
        found["check-in form"] = _faults(page)
        member.go("inbox")
        found["inbox"] = _faults(page)
        assert {state: faults for state, faults in found.items() if faults} == {}

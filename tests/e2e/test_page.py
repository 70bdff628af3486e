"""Four weeks of a cohort through the page, in a real browser, with the process ended and killed in the middle."""

import re
import resource
import signal
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import expect

from cohort_bot.clocks import SystemClock
from tests.e2e.page import Demo, Person, browser, demo, free_port, move_to, needs_chromium
from tests.fakes.command_line import cohort_bot

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.timeout(180)]


def monday() -> date:
    """The first Monday that is at least a week away."""
    today = SystemClock().now().date()
    return today + timedelta(days=14 - today.weekday())


def wall(week: int, days: int, hour: int) -> str:
    """A wall time in Berlin: days after the opening of a week."""
    return f"{monday() + timedelta(weeks=week - 1, days=days)}T{hour:02}:00"


@pytest.mark.usefixtures("chromium")
@needs_chromium
def test_four_weeks_through_the_page(tmp_path: Path) -> None:
    with demo(tmp_path) as bot, browser(bot.url) as page:
        moderator = Person(page, bot.url, "moderator").go()
        moderator.picture("1-first-sight")
        moderator.type(f'/cohort create name:"AI 2027" starts:{monday()} timezone:Berlin')
        expect(moderator.answers().last).to_contain_text("Week 12:")
        moderator.picture("2-preview")
        moderator.answers().last.get_by_role("button", name=re.compile("^Create")).click()
        expect(moderator.posts("AI 2027: From backend developer")).to_have_count(1)

        for name in ("member-1", "member-2", "member-3"):
            person = Person(page, bot.url, name).go()
            person.posts("AI 2027: From backend developer").get_by_role("button", name="Join").click()
            expect(person.dialog()).to_be_visible()
            if name == "member-1":
                person.dialog().locator("[name=timezone]").fill("Atlantis")
                person.dialog().locator("button.primary").click()
                expect(person.dialog().locator(".error")).to_contain_text("Atlantis")
            person.dialog().locator("[name=timezone]").fill("Berlin")
            person.picture("3-join-form")
            person.submit()
            expect(person.answers().last).to_contain_text("Welcome to AI 2027")

        member = Person(page, bot.url, "member-1").go()
        move_to(page, wall(1, 0, 10))
        card = member.posts(re.compile(r"Week 1 ·"))
        expect(card).to_have_count(1)
        card.get_by_role("button", name="Check in").click()
        boxes = member.dialog().locator("[name=tasks]")
        boxes.nth(0).check()
        member.dialog().locator("[name=done]").fill("Quiz passed & notes written <3 https://example.org/notebook")
        member.dialog().locator("[name=share][value=thread]").check()
        member.picture("4-check-in-form")
        member.submit()
        expect(member.answers().last).to_contain_text("Checked in for week 1, on time")
        thread = card.locator("details.thread[open]")  # opened by what was shared
        expect(thread).to_contain_text("Quiz passed & notes written <3")
        expect(thread.get_by_role("link", name="https://example.org/notebook")).to_be_visible()
        member.picture("5-thread")

        # The process is asked to end, and another one takes over the file.
        assert bot.end(signal.SIGTERM) == 0
        bot.start()
        member.go()
        expect(member.posts(re.compile(r"Week 1 ·"))).to_have_count(1)

        # The grace of week 1, in week 2.
        late = Person(page, bot.url, "member-2").go()
        move_to(page, wall(2, 0, 20))
        expect(late.posts(re.compile(r"Week 2 ·"))).to_have_count(1)
        late.type("/checkin")
        expect(late.dialog()).to_contain_text("week 1")
        late.submit()
        expect(late.answers().last).to_contain_text("on time")

        # The process is killed, and nothing is lost or doubled.
        bot.end(signal.SIGKILL)
        bot.start()
        late.go()
        move_to(page, wall(4, 1, 12))
        expect(late.posts(re.compile(r"Week \d ·"))).to_have_count(4)
        papers = page.locator("#timeline article", has=page.locator("h2", has_text="Paper of the month"))
        expect(papers).to_have_count(1)
        expect(papers).to_contain_text("How to Read a Paper")
        late.type("/checkin round:2")
        late.submit()
        expect(late.answers().last).to_contain_text("late, and it counts")
        late.type("/progress")
        expect(late.answers().last).to_contain_text("Your progress in AI 2027")
        expect(late.answers().last.locator("table")).to_be_visible()

        missing = Person(page, bot.url, "member-3").go("inbox")
        # Two reminders in each of two rounds, then one message that takes their place.
        expect(missing.page.locator("#timeline article")).to_have_count(5)
        expect(missing.page.locator("#timeline article").last).to_contain_text("Slip a week")
        missing.picture("6-inbox")

        moderator.go()
        moderator.type("/cohort progress")
        expect(moderator.answers().last).to_contain_text("Sample Member 3: missed the last 3 rounds")
        moderator.picture("7-cohort-progress")
        assert bot.end(signal.SIGINT) == 0


@pytest.mark.usefixtures("chromium")
@needs_chromium
@pytest.mark.parametrize(("width", "dark"), [(375, False), (375, True), (1280, True)])
def test_the_page_fits_and_works_by_keyboard_alone(tmp_path: Path, width: int, dark: bool) -> None:
    with demo(tmp_path) as bot, browser(bot.url, width, 740, dark=dark) as page:
        moderator = Person(page, bot.url, "moderator").go()
        page.get_by_test_id("command-box").focus()
        page.keyboard.type(f'/cohort create name:"AI 2027" starts:{monday()} timezone:Berlin')
        page.keyboard.press("Escape")
        page.keyboard.press("Enter")
        expect(moderator.answers().last).to_contain_text("Week 12:")
        create = moderator.answers().last.get_by_role("button", name=re.compile("^Create"))
        create.focus()
        page.keyboard.press("Enter")
        # The answer takes the focus when it comes, which may be after the post.
        expect(moderator.answers().last).to_contain_text("AI 2027 is ready")
        expect(moderator.answers().last).to_be_focused()
        expect(moderator.posts("AI 2027: From backend developer")).to_have_count(1)
        join = moderator.posts("AI 2027: From backend developer").get_by_role("button", name="Join")
        join.focus()
        page.keyboard.press("Space")
        expect(moderator.dialog()).to_be_visible()
        assert page.evaluate("document.querySelector('dialog').contains(document.activeElement)")
        moderator.picture(f"form-{width}{'-dark' if dark else ''}")
        page.keyboard.press("Escape")
        expect(moderator.dialog()).to_be_hidden()
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, f"{over} px too wide"
        move_to(page, wall(1, 0, 10))
        moderator.picture(f"week-{width}{'-dark' if dark else ''}")


def test_the_sample_cohort_is_there_soon_and_still_there_after_a_restart(tmp_path: Path) -> None:
    spent = []
    for empty in (True, False):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        (folder := tmp_path / str(empty)).mkdir()
        with demo(folder, empty=empty) as bot:
            assert "Sample Ana" in room(bot) or empty
            assert bot.end() == 0
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert spent[1] - spent[0] < 2, "seconds of a processor, which a busy machine does not change much"
    with demo(tmp_path / "False", empty=True) as again:  # a database that was used before goes on all the same
        assert room(again).count("Week 9 ·") == 1


def room(bot: Demo) -> str:
    """The page of the sample cohort's room."""
    return httpx2.get(f"{bot.url}live?_as=member-1&_in=study-hall", trust_env=False).text


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.7", "example.org"])
def test_the_demo_refuses_a_host_that_others_can_reach(tmp_path: Path, host: str) -> None:
    done = cohort_bot("demo", "--host", host, cwd=tmp_path)
    assert done.returncode == 2
    assert "127.0.0.1" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_taken_port_gives_a_line_and_the_next_free_one(tmp_path: Path) -> None:
    with demo(tmp_path) as first:
        command = [sys.executable, "-u", "-m", "cohort_bot", "demo"]
        environment = {"PORT": str(first.port), "PATH": ""}
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=tmp_path) as second:
            assert second.stdout
            assert f"Port {first.port} is taken" in second.stdout.readline()
            assert "http://127.0.0.1:" in second.stdout.readline()
            second.send_signal(signal.SIGTERM)
            assert second.wait(15) == 0


def test_a_second_process_on_the_same_file_is_refused(tmp_path: Path) -> None:
    with demo(tmp_path) as first:
        environment = {"PORT": str(free_port()), "PATH": ""}
        done = cohort_bot("demo", "--database", str(first.database), cwd=tmp_path, env=environment)
        assert done.returncode == 2
        assert "another cohort-bot is running" in done.stderr


def test_an_export_works_while_the_bot_runs_and_refuses_an_unknown_name(tmp_path: Path) -> None:
    with demo(tmp_path) as bot:
        assert isinstance(bot, Demo)
        environment = {"DATABASE_URL": f"sqlite+aiosqlite:///{bot.database}", "PATH": ""}
        command = ("export", "--format", "json", "--cohort")
        good = cohort_bot(*command, "Sample cohort", cwd=tmp_path, env=environment)
        assert (good.returncode, good.stdout.strip()) == (0, "[]")
        bad = cohort_bot(*command, "Nobody", cwd=tmp_path, env=environment)
        assert bad.returncode == 1
        assert "Nobody" in bad.stderr

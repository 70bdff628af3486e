"""`cohort-bot demo` as a process of its own, and its page in Chromium."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

CHROMIUM = shutil.which("chromium")
REQUIRED = "chromium" in os.environ.get("COHORT_BOT_REQUIRE", "")
needs_chromium = pytest.mark.skipif(
    CHROMIUM is None and not REQUIRED, reason="needs Chromium: Debian's package chromium"
)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PICTURES = Path("test-results")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Demo:
    """The process. `start` returns when it has printed its address. `empty`: with a cohort that nobody has joined."""

    def __init__(self, database: Path, port: int, *, empty: bool = True) -> None:
        self.database, self.port, self.empty = database, port, empty
        self.url = f"http://127.0.0.1:{port}/"
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        environment = {key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")}
        environment |= {"PORT": str(self.port), "PYTHONUNBUFFERED": "1", "LOG_LEVEL": "WARNING"}
        command = [sys.executable, "-m", "cohort_bot", "demo", "--database", str(self.database)]
        command += ["--empty"] if self.empty else []
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, env=environment, cwd=self.database.parent
        )
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert self.url in line, f"not started: {line!r}"

    def end(self, how: int = signal.SIGTERM) -> int:
        assert self._process
        self._process.send_signal(how)
        code = self._process.wait(15)
        assert self._process.stdout
        self._process.stdout.close()
        return code


@contextlib.contextmanager
def demo(folder: Path, *, empty: bool = True) -> Iterator[Demo]:
    """A running demo that is ended afterwards."""
    it = Demo(folder / "demo.db", free_port(), empty=empty)
    it.start()
    try:
        yield it
    finally:
        with contextlib.suppress(ProcessLookupError):
            it.end(signal.SIGKILL)


_started: list[Browser] = []
"""The module's Chromium."""


@contextlib.contextmanager
def chromium() -> Iterator[None]:
    """One Chromium for all pages of a module whose tests are not asynchronous."""
    with sync_playwright() as playwright:
        _started.append(playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS))
        yield
        _started.pop().close()


@contextlib.contextmanager
def browser(url: str, width: int = 1280, height: int = 900, *, dark: bool = False) -> Iterator[Page]:
    """A page with storage of its own in the module's Chromium; what its console says is an error."""
    context = _started[-1].new_context(
        viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light", locale="en-GB"
    )
    page = context.new_page()
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    try:
        page.goto(url)
        yield page
    finally:
        context.close()
    assert said == []


class Person:
    """Somebody at the page."""

    def __init__(self, page: Page, url: str, name: str) -> None:
        self.page, self.url, self.name = page, url, name

    def go(self, channel: str = "general") -> "Person":
        self.page.goto(f"{self.url}?_as={self.name}&_in={channel}")
        return self

    def type(self, line: str) -> None:
        box = self.page.get_by_test_id("command-box")
        box.fill(line)
        box.press("Escape")
        self.page.get_by_test_id("send").click()

    def answers(self) -> Locator:
        return self.page.locator("article.private")

    def posts(self, text: str | re.Pattern[str]) -> Locator:
        return self.page.locator("#timeline > li > article:not(.private)").filter(has_text=text)

    def dialog(self) -> Locator:
        return self.page.get_by_test_id("form-dialog")

    def submit(self) -> None:
        """Send the open form, and wait until it is gone."""
        self.dialog().locator("button.primary").click()
        expect(self.dialog()).to_be_hidden()

    def picture(self, name: str) -> None:
        PICTURES.mkdir(exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{name}.png", animations="disabled")


def next_post(page: Page) -> None:
    """Move the clock to what goes out next, and wait until it has."""
    before = page.get_by_test_id("clock-now").inner_text()
    page.get_by_test_id("clock-next").click()
    expect(page.get_by_test_id("clock-now")).not_to_have_text(before)


def move_to(page: Page, wall: str) -> None:
    """Move the clock to a wall time, YYYY-MM-DDTHH:MM, of the person who looks."""
    before = page.get_by_test_id("clock-now").inner_text()
    page.locator("#to-date summary").click()
    page.get_by_test_id("clock-date").fill(wall)
    page.get_by_test_id("clock-go").click()
    expect(page.get_by_test_id("clock-now")).not_to_have_text(before, timeout=15_000)

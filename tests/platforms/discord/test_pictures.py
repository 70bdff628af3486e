"""Pictures of the bot on Discord, drawn from what it sent in a cohort's first weeks; `make pictures` keeps them."""

import base64
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import async_playwright

from tests.e2e.page import ARGUMENTS, CHROMIUM, PICTURES, needs_chromium
from tests.fakes.discord_server import Answer, Posted
from tests.platforms.discord import drawn
from tests.platforms.discord.cohort import Cohort, running

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
MONDAY = datetime(2027, 1, 4, 8, 0, tzinfo=UTC)
MEMBERS = ("Sample Member 1", "Sample Member 2", "Sample Member 3")


def shown(bot: Cohort, what: Answer | Posted) -> str:
    """An answer or a post as Discord shows it."""
    if isinstance(what, Answer) and what.modal is not None:
        return drawn.modal(what.modal)
    message = what.message if isinstance(what, Answer) else what
    assert message is not None
    page = drawn.message(message.components, bot.clock.now(), private=isinstance(what, Answer))
    for name, content in message.body.get("raw", {}).items():
        data = f"data:image/png;base64,{base64.b64encode(content).decode()}"
        page = page.replace(f"attachment://{name}", data)
    return page


async def story(folder: Path) -> dict[str, str]:
    """Name of a picture -> its page."""
    found: dict[str, str] = {}
    async with running(folder) as bot:
        server = bot.server
        for name in MEMBERS:
            server.world.add_person(name)
        await bot.create()
        room = server.channel("general")
        found["join"] = shown(bot, room.messages[0])
        await bot.join(*MEMBERS)
        await bot.until(MONDAY)
        for week in (1, 2, 3):
            if week == 1:
                found["week"] = shown(bot, bot.card(1))
            await bot.days(1)
            for person in MEMBERS[: 4 - week]:
                bot.clock.skip(20)
                form = await server.press(person, bot.card(week), "Check in")
                found.setdefault("check-in", shown(bot, form))
                answer = await server.submit(
                    person, form, tasks=["1", "2"], done="Solved five exercises", next="Tuesday", share=["thread"]
                )
                found.setdefault("summary", shown(bot, answer))
            await bot.runtime.settle()
            await bot.days(7 if week < 3 else 8)
        bot.clock.skip(20)
        found["progress"] = shown(bot, await server.slash("moderator", "general", "cohort progress"))
        found["own-progress"] = shown(bot, await server.slash(MEMBERS[1], "general", "progress"))
        everything = [message for channel in server.world.channels.values() for message in channel.messages]
        found["digest"] = shown(bot, next(message for message in everything if "2 of 3 checked in" in message.text))
        bot.clock.skip(20)
        found["paper"] = shown(bot, await server.slash(MEMBERS[0], "general", "paper"))
    return found


@needs_chromium
async def test_pictures_of_discord(tmp_path: Path) -> None:
    pages = await story(tmp_path)
    assert set(pages) == {"join", "week", "check-in", "summary", "progress", "own-progress", "digest", "paper"}
    PICTURES.mkdir(exist_ok=True)
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        view = await browser.new_page(viewport={"width": 640, "height": 200}, device_scale_factor=2)
        for name, body in pages.items():
            await view.set_content(drawn.page(body))
            path = PICTURES / f"discord-{name}.png"
            await view.locator("main").screenshot(path=path)
            assert path.stat().st_size > 5000
        await browser.close()

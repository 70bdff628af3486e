"""Pictures of progress on Discord: an image with its words, drawn by a process of its own."""

import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cohort_bot.platforms.common import pictures
from cohort_bot.platforms.discord import answers
from tests.e2e.page import PICTURES
from tests.fakes.discord_server import Answer
from tests.fakes.discord_world import ATTACH, GALLERY, walk
from tests.platforms.discord.cohort import Cohort, running
from tests.pseudo_locale import english

MONDAY = datetime(2027, 1, 4, 8, 0, tzinfo=UTC)


async def cohort_of_two(bot: Cohort) -> None:
    """In its third week; Łukasz has not checked in at all."""
    await bot.create()
    for name in ("Ana <b>", "Łukasz"):
        bot.server.world.add_person(name)
    await bot.join("Ana <b>", "Łukasz")
    await bot.until(MONDAY + timedelta(hours=1))
    form = await bot.server.press("Ana <b>", bot.card(1), "Check in")
    await bot.server.submit("Ana <b>", form, tasks=["1"])
    await bot.days(15)


async def ask(bot: Cohort, who: str = "Ana <b>", command: str = "progress") -> Answer:
    bot.clock.skip(60)
    return await bot.server.slash(who, "general", command)


def gallery(answer: Answer) -> Mapping[str, Any] | None:
    """The picture in an answer, None without one."""
    assert answer.message is not None
    return next((item for item in walk(answer.message.components) if item["type"] == GALLERY), None)


def picture(answer: Answer, name: str) -> str:
    """The alternative text of the answer's picture; the picture itself is kept to be looked at."""
    shown = gallery(answer)
    assert shown is not None
    assert answer.message is not None
    assert answer.private
    (item,) = shown["items"]
    (sent,) = answer.message.body["attachments"]
    ((file, png),) = answer.message.body["raw"].items()
    assert item["media"]["url"] == f"attachment://{file}"
    assert sent["filename"] == file
    assert sent["description"] == item["description"], "in the multipart request, and where it is shown"
    PICTURES.mkdir(exist_ok=True)
    (PICTURES / f"drawn-{name}.png").write_bytes(png)
    return english(item["description"])


async def test_progress_is_an_image_and_its_alternative_text_and_the_same_words_as_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    draw = pictures.draw

    def noted(svg: str) -> bytes | None:
        drawn.append(svg)
        return draw(svg)

    monkeypatch.setattr(pictures, "draw", noted)
    async with running(tmp_path) as bot:
        await cohort_of_two(bot)
        own = await ask(bot)
        alt = picture(own, "own-progress")
        assert alt.startswith("Your 116 weeks as squares in the colours of their phases. ")
        assert "1 of 16 weeks checked in; " in alt
        assert alt.endswith("Streak: 1 round. You can still miss one more in these eight weeks and keep it.")
        assert "●" in own.text, "the words stay"

        card = await ask(bot, "moderator", "cohort progress")
        assert picture(card, "cohort-progress") == (
            "Members by rounds, 1 to 3. Łukasz: open 3; otherwise missed, forgiven. "
            "Ana <b>: missed, forgiven 2; open 3; otherwise on time."
        )
        assert "Łukasz" in card.text

        monkeypatch.setattr(answers, "DEFER_AFTER", 0.0)
        late = await ask(bot)
        assert late.deferred
        assert picture(late, "own-progress") == alt
        assert len(drawn) == 2, "the same picture is drawn once"
        assert pictures.LIBRARY not in sys.modules, "and by another process"


async def test_where_a_picture_cannot_be_there_are_the_words_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def words_alone(why: str, who: str = "Ana <b>", command: str = "progress", *, tried: int = 0) -> None:
        bot.server.http.calls.clear()
        answer = await ask(bot, who, command)
        sent = [call for call in bot.server.http.calls if "raw" in (call.body or ())]
        assert len(sent) == tried, why
        assert gallery(answer) is None, why
        assert answer.message is not None
        assert "raw" not in answer.message.body, why
        assert "○" in answer.text, why

    async with running(tmp_path) as bot:
        await cohort_of_two(bot)
        with monkeypatch.context() as patched:
            patched.setattr(pictures, "LIBRARY", "no_such_library")
            await words_alone("the library is not installed")
        with monkeypatch.context() as patched:
            patched.setattr(pictures, "_DRAW", "raise SystemExit(3)")
            await words_alone("the library fails")
        with monkeypatch.context() as patched:
            patched.setattr(pictures, "SECONDS", 0.0)
            await words_alone("there is no time")
        bot.server.refuses_files = True
        await words_alone("Discord refuses it after all", tried=1)
        bot.server.refuses_files = False
        bot.server.world.person("Łukasz").attaches = False
        await words_alone("the member may not attach files", "Łukasz")
        assert gallery(await ask(bot)) is not None
        await bot.server.deny("general", ATTACH)
        await words_alone("the bot may not in this room")
        await words_alone("nor for moderators", "moderator", "cohort progress")
        assert not bot.server.errors

"""Who gets into the board, and how: one-time links, sessions, rights that are asked again, other pages and hosts."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from cohort_bot.app.ports.platform import Unknown
from cohort_bot.board.sessions import COOKIE
from tests.board.conftest import HOST, BoardUnderTest, button, hidden
from tests.fakes.bot import MONDAY, running
from tests.pseudo_locale import english


async def test_a_link_works_once_and_only_after_its_button(board: BoardUnderTest) -> None:
    url = await board.link("moderator")
    browser = board.browser()
    for _ in range(2):  # a preview of the link, then the person
        assert (await browser.get(url)).status_code == 200
    token = url.partition("t=")[2]
    answer = await browser.post("/board/enter", data={"t": token})
    assert (answer.status_code, answer.headers["location"]) == (303, "/board/1/today")
    cookie = answer.headers["set-cookie"].lower()
    assert all(word in cookie for word in ("httponly", "samesite=lax", "secure", "path=/board", "max-age=43200"))
    again = await board.browser().post("/board/enter", data={"t": token})
    assert again.status_code == 410
    assert "used or is too old" in english(again.text)


async def test_a_link_is_good_for_ten_minutes(board: BoardUnderTest) -> None:
    url = await board.link("moderator")
    board.bot.clock.move_to(board.bot.clock.now() + timedelta(minutes=11))
    assert (await board.browser().get(url)).status_code == 410
    assert (await board.browser().get("/board/enter?t=forged")).status_code == 410


async def test_a_session_ends_after_twelve_hours_and_a_forged_one_is_none(board: BoardUnderTest) -> None:
    browser = await board.enter("moderator")
    assert (await browser.get("/board/1/today")).status_code == 200
    forged = board.browser()
    forged.cookies.set(COOKIE, "gAAAAABforged", domain=HOST, path="/board")
    assert (await forged.get("/board/1/today")).status_code == 401
    board.bot.clock.move_to(board.bot.clock.now() + timedelta(hours=12, minutes=1))
    assert (await browser.get("/board/1/today")).status_code == 401


async def test_who_signs_out_is_out(board: BoardUnderTest) -> None:
    browser = await board.enter("moderator")
    page = (await browser.get("/board/1/today")).text
    out = await browser.post("/board/out", data={"_csrf": hidden(page)["_csrf"]})
    assert out.status_code == 200
    assert (await browser.get("/board/1/today")).status_code == 401


@pytest.mark.parametrize("path", ["today", "member/1", "cohort", "calendar", "programme"])
async def test_a_member_sees_none_of_the_moderators_pages(board: BoardUnderTest, path: str) -> None:
    browser = await board.enter("member-1", own=True)
    missing = await browser.get("/board/7/today")
    there = await browser.get(f"/board/1/{path}")
    assert (there.status_code, there.text) == (missing.status_code, missing.text) == (404, missing.text)
    assert (await browser.get("/board/1/mine")).status_code == 200


async def test_a_right_that_is_lost_is_lost_at_the_next_look(board: BoardUnderTest) -> None:
    browser = await board.enter("moderator")
    assert (await browser.get("/board/1/today")).status_code == 200
    people = board.bot.chat.people
    people["moderator"] = replace(people["moderator"], admin=False)
    await board.bot.write(lambda store: store.connection.exec_driver_sql("UPDATE cohorts SET creator = 'somebody'"))  # type: ignore[attr-defined]
    board.bot.clock.skip(31)
    assert (await browser.get("/board/1/today")).status_code == 404


async def test_a_platform_that_says_nothing_keeps_the_page_shut(board: BoardUnderTest) -> None:
    browser = await board.enter("moderator")
    board.bot.chat.unsure = Unknown("down")
    assert (await browser.get("/board/1/today")).status_code == 503


async def test_a_post_from_elsewhere_changes_nothing(board: BoardUnderTest) -> None:
    browser = await board.enter("moderator")
    page = (await browser.get("/board/1/today")).text
    data = {**hidden(page), "_button": "0 cohort.archive?"}
    elsewhere = await browser.post("/board/1/press", data=data, headers={"origin": "https://evil.example"})
    assert elsewhere.status_code == 403
    no_token = await browser.post("/board/1/press", data={**data, "_csrf": "x"})
    assert no_token.status_code == 401
    not_ascii = await browser.post("/board/1/press", data={**data, "_csrf": "ü"})
    assert not_ascii.status_code == 401
    other_host = await browser.get("/board/1/today", headers={"host": "evil.example"})
    assert other_host.status_code == 400
    large = await browser.post("/board/1/press", data={**data, "x": "y" * 300_000})
    assert large.status_code == 413


async def test_every_answer_says_that_it_may_not_be_framed_or_kept(board: BoardUnderTest) -> None:
    browser = await board.enter("moderator")
    for path in ("/board/1/today", "/board/nothing", "/board/static/board.css"):
        headers = (await browser.get(path)).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


async def test_a_button_does_what_it_does_in_chat(board: BoardUnderTest) -> None:
    browser = board.signed_in("moderator")
    page = english((await browser.get("/board/1/member/1")).text)
    answer = await browser.post("/board/1/press", data={**hidden(page), "_button": button(page, "Write to them")})
    assert answer.status_code == 200
    assert "<textarea" in answer.text


async def test_the_moderators_digest_has_a_button_that_answers_with_a_link(board: BoardUnderTest) -> None:
    bot = board.bot
    await bot.until(MONDAY + timedelta(days=9))
    digest = next(sent for sent in bot.chat.inbox("moderator") if ", round 1: " in sent.text)
    said = await bot.press("moderator", digest, "Open the board")
    browser = board.browser()
    token = str(said.blocks).partition("/enter?t=")[2].partition("'")[0]
    assert (await browser.post("/board/enter", data={"t": token})).status_code == 303
    assert (await browser.get("/board/1/today")).status_code == 200


async def test_without_an_address_the_command_says_what_to_set(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        await bot.create()
        assert "PUBLIC_URL" in await bot.say("moderator", "/cohort board")
        await bot.join("member-1")
        await bot.until(MONDAY + timedelta(days=9))
        (digest,) = (sent.text for sent in bot.chat.inbox("moderator") if ", round 1: " in sent.text)
        assert "[Open the board]" not in digest

"""The pages of one member: their own with the portfolio to keep, and what moderators see of them."""

import re
from datetime import timedelta

from cohort_bot.app.ports.outreach import OutreachResult
from tests.board.conftest import BoardUnderTest, button, hidden
from tests.board.test_pages import form_fields
from tests.fakes.bot import MONDAY
from tests.pseudo_locale import english

LINK = "https://example.org/mine"


async def two_rounds(board: BoardUnderTest) -> None:
    """The first member checks in twice with all there is to say, the second says something about the first."""
    bot = board.bot
    await bot.until(MONDAY + timedelta(days=1))
    await bot.check_in(
        "member-1", tasks=("1", "2"), done=f"Done <b> & {LINK}.", blockers="No GPU", next="Tuesday 19:00"
    )
    await bot.check_in("member-2", tasks=("1",), done="Helped Sample Member 1")
    await bot.days(7)
    await bot.check_in("member-1", tasks=("1",))
    await bot.press("member-1", await bot.message("member-1", "/paper"), "I've read it")


async def test_a_members_own_page_has_all_that_they_did(board: BoardUnderTest) -> None:
    await two_rounds(board)
    browser = await board.enter("member-1", own=True)
    html = english((await browser.get("/board/1/mine")).text)
    own = await board.bot.say("member-1", "/progress")
    for line in ("Streak: 2 rounds. You can still miss two of any eight weeks and keep it.", "2 of 116 weeks, "):
        assert line in html
        assert line in own
    assert html.count('class="made"') == 2 + 1, "and in the legend"
    assert len(re.findall(r'<svg class="shields" role="img" aria-label="2 of 2 skips left".*?</svg>', html)) == 1
    assert html.count('class="left"') == 2
    assert "0 of the guide" in html
    assert "1 paper read." in html
    assert re.search(r'Week 2: <a href="https://[^"]*"', html)
    assert f'Done &lt;b&gt; &amp; <a href="{LINK}"' in html
    assert "No GPU" not in html, "finished work, and not what was in its way"
    assert "Sample Member 2" not in html
    assert "<nav" not in html


async def test_a_portfolio_is_one_file_with_nothing_of_others(board: BoardUnderTest) -> None:
    await two_rounds(board)
    by, words = ("moderator", "Sample Moderator"), "What a moderator wrote"
    await board.bot.write(
        lambda store: store.outreach.add(1, 1, board.bot.clock.now(), by, words, OutreachResult.WAITING, None)
    )
    browser = await board.enter("member-1", own=True)
    answer = await browser.get("/board/1/mine/portfolio")
    assert answer.headers["content-disposition"] == 'attachment; filename="portfolio-AI-2027.html"'
    html = english(answer.text)
    assert "<title>From backend developer to AI professor · Sample Member 1</title>" in html
    assert f'Done &lt;b&gt; &amp; <a href="{LINK}"' in html
    assert html.count('<li class="done"') == 3, "ticked tasks alone"
    for private in ("Sample Member 2", "Sample Moderator", words, "No GPU", "Tuesday 19:00", "/board/"):
        assert private not in html, private
    outside = re.findall(r'(?:src|srcset|poster|data|<link[^>]*href|@import|url)\s*[=(]\s*"?([^">)]*)', html)
    assert outside == [], "no resource but itself"
    assert "<script" not in html


async def test_moderators_see_check_ins_tasks_outreach_and_changes_and_can_act(board: BoardUnderTest) -> None:
    await two_rounds(board)
    browser = await board.enter("moderator")
    html = english((await browser.get("/board/1/member/1")).text)
    assert "2 check-ins" in html
    assert "3 of " in html
    assert f'<strong>Done:</strong> Done &lt;b&gt; &amp; <a href="{LINK}"' in html
    assert "<strong>Blocker:</strong> No GPU" in html
    assert "<strong>Next step:</strong> Tuesday 19:00" in html
    assert html.count('<li class="done"') == 3
    assert html.count('<li class="open"') > 0
    assert 'aria-label="always on time"' in html
    assert "Nobody has written to them yet." in html
    assert "Nothing so far." in html

    other = english((await browser.get("/board/1/member/2")).text)
    press = {**hidden(other), "_button": button(other, "Excuse")}
    form = english((await browser.post("/board/1/press", data=press)).text)
    fields = form_fields(form) | {"rounds": "2", "reason": "Moved house"}
    done = await browser.post("/board/1/submit", data=fields)
    assert done.status_code == 200, done.text
    press = {**hidden(other), "_id": "another", "_button": button(other, "Write to them")}
    form = (await browser.post("/board/1/press", data=press)).text
    fields = form_fields(form) | {"text": "Welcome back <i>", "how": "bot", "follow": ""}
    done = await browser.post("/board/1/submit", data=fields)
    assert done.status_code == 200, english(done.text)
    html = english((await browser.get("/board/1/member/2")).text)
    assert "excused them for round 2: Moved house" in html
    assert "“Welcome back &lt;i&gt;”" in html
    assert 'aria-label="excused 2; otherwise on time"' in html
    for label in ("Record a check-in", "Remove", "Log outreach"):
        button(html, label)
    assert (await browser.get("/board/1/member/99")).status_code == 404

"""Who may see and do what on the board: every address for every role and workspace, and one answer for all others."""

import json
import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from cohort_bot.app.ports.store import Store
from cohort_bot.app.table import TABLE
from cohort_bot.board.sessions import COOKIE
from cohort_bot.core.membership import Moderator
from cohort_bot.storage.store import SqlStore
from cohort_bot.storage.tables import cohorts, deliveries, metadata
from tests.board.conftest import BoardUnderTest, serving
from tests.fakes.bot import MONDAY

BOOKKEEPING = {"invocations", "drafts", "payloads"}
PLANNED = {"planned_until", "next_due"}
MODERATORS = ("today", "cohort", "calendar", "programme", "member/1", "do/cohort.holiday", "do/cohort.edit")
MEMBERS = ("mine", "mine/portfolio")
ROLES = {
    "an admin": ("moderator", "playground", {1, 2}, set()),
    "the other cohort's moderator": ("friend", "playground", {2}, set()),
    "a member": ("member-1", "playground", set(), {1}),
    "who has left": ("member-3", "playground", set(), {1}),
    "a stranger": ("somebody", "playground", set(), set()),
    "an admin of another workspace": ("moderator", "elsewhere", set(), set()),
}
"""Person, workspace, the cohorts that they moderate, and those in which they are or were."""


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[BoardUnderTest]:
    """Two cohorts, one in each room; friend is named as moderator of the second."""
    async with serving(tmp_path) as board:
        bot = board.bot
        await bot.create()
        await bot.join("member-1", "member-2", "member-3")
        await bot.until(MONDAY)
        await bot.press("member-3", await bot.message("member-3", "/leave"), "Leave")
        other = '/cohort create name:"Other" channel:study-hall timezone:Berlin'
        await bot.press("moderator", await bot.message("moderator", other), "Create")
        await bot.write(lambda store: store.moderators.add(2, Moderator("local", "playground", "person", "friend")))
        yield board


async def test_every_address_for_every_role(two: BoardUnderTest) -> None:
    for role in ROLES:
        await _addresses(two, role)


async def _addresses(two: BoardUnderTest, role: str) -> None:
    person, workspace, moderates, belongs = ROLES[role]
    opened = two.signed_in(person, workspace)
    missing = await opened.get("/board/99/today")
    assert missing.status_code in {404, 503}
    seen = {}
    for cohort in (1, 2):
        for path in (*MODERATORS, *MEMBERS):
            answer = await opened.get(f"/board/{cohort}/{path}")
            allowed = cohort in (belongs if path in MEMBERS else moderates)
            allowed = allowed and (path, cohort) != ("member/1", 2)  # who is a member of the other cohort
            seen[cohort, path] = answer.status_code == 200
            assert seen[cohort, path] == allowed, (role, cohort, path, answer.status_code)
            if not allowed:
                assert answer.text == missing.text, "nothing tells that it is there"


async def test_no_act_of_a_moderator_for_others(two: BoardUnderTest) -> None:
    for role in ROLES:
        if role != "an admin":
            await _acts(two, role)


async def _acts(two: BoardUnderTest, role: str) -> None:
    person, workspace, moderates, _ = ROLES[role]
    opened = two.signed_in(person, workspace)
    session = two.sessions.read(opened.cookies[COOKIE])
    assert session is not None
    two.bot.clock.skip(100)
    before = await two.bot.read(rows)
    args = {"id": "1", "member": "1", "draft": "x", "for": "write"}
    message = {"text": "Hello", "how": "bot", "follow": "", "when": "2027-01-04", "outcome": "answered", "note": "x"}
    for number, row in enumerate(row for row in TABLE.rows if row.action.startswith("cohort.")):
        for kind in ("press", "submit"):
            two.bot.clock.skip(10)
            page = {"_csrf": session.csrf, "_back": "/board/1/today", "_id": f"{role}{kind}{number}"}
            form = {"_action": row.action, "_args": json.dumps(args)} | message
            data = page | (form if kind == "submit" else {"_button": f"0 {row.action}?{urlencode(args)}"})
            answer = await opened.post(f"/board/1/{kind}", data=data)
            assert answer.status_code in {200, 404}, (role, row.action, answer.status_code)
            assert 'class="lead"' not in answer.text, "the page to go back to is shown to nobody else"
            assert "Sample Member 2" not in answer.text, (role, row.action, kind)
    assert await two.bot.read(rows) == before, role
    assert moderates <= {2}


async def test_a_moderator_can_do_what_the_pages_offer(two: BoardUnderTest) -> None:
    """So that the test above refuses what would be done otherwise."""
    await two.bot.days(22)
    opened = two.signed_in("moderator")
    before = await two.bot.read(rows)
    page = (await opened.get("/board/1/today")).text
    form = page.partition("/board/1/submit")[2].partition("</form>")[0]
    fields = {key: unescape(value) for key, value in re.findall(r'name="(\w+)" value="([^"]*)"', form)}
    done = await opened.post("/board/1/submit", data=fields | {"text": "Hello", "how": "bot", "follow": ""})
    assert 'class="lead"' in done.text
    after = await two.bot.read(rows)
    assert len(after["outreach"]) == len(before["outreach"]) + 1
    assert [key for (key,) in set(after["deliveries"]) - set(before["deliveries"]) if str(key).startswith("outreach:")]


def rows(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """Everything that people can change; of what goes out by itself only that it is there."""
    assert isinstance(store, SqlStore)
    kept = {table.name: select(table) for table in metadata.sorted_tables if table.name not in BOOKKEEPING}
    kept |= {
        "deliveries": select(deliveries.c.key),
        "cohorts": select(*(c for c in cohorts.c if c.name not in PLANNED)),
    }
    return {name: [tuple(row) for row in store.connection.execute(query)] for name, query in kept.items()}

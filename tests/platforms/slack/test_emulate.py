"""A second opinion: the contract and a cohort's first week on emulate, a Slack that this project did not write.

Where emulate differs from Slack's documentation is in docs/independent-servers.md.
"""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from cohort_bot.chat.place import Place
from tests.fakes.bot import StillClock
from tests.fakes.slack_checks import seen
from tests.fakes.toy import TABLE, Toy
from tests.platforms.contract import Harness, PlatformContract
from tests.platforms.slack.cohort import running
from tests.platforms.slack.conftest import connected
from tests.platforms.slack.emulated import NAMES, TEAM, EmulatedSlack, Process, emulate, needs_emulate
from tests.platforms.slack.test_contract import OnSlack
from tests.pseudo_locale import english

pytestmark = needs_emulate


@pytest.fixture(scope="module")
def process() -> Iterator[Process]:
    with emulate() as running:
        yield running


@pytest.fixture
async def emulated(process: Process, clock: StillClock) -> AsyncIterator[EmulatedSlack]:
    async with EmulatedSlack(process, clock.now) as slack:
        yield slack


class TestEmulate(PlatformContract):
    @pytest.fixture
    async def harness(self, toy: Toy, emulated: EmulatedSlack, clock: StillClock) -> AsyncIterator[Harness]:
        platform = connected(emulated, clock, "http")
        await platform.start(TABLE, toy.dispatch, toy.complete)
        here = OnSlack(platform, emulated, clock)
        here.team, here.users, here.channels = TEAM, emulated.users, emulated.rooms
        yield here
        await platform.stop(1)


CANNOT_START = "Only moderators can start a cohort."
REFUSED = "Only moderators can do that."
NOT_IN = "You're not in “AI 2027” yet."
MAY: Mapping[str, Sequence[str]] = {
    '/cohort create name:"Another"': ("It meets in #", CANNOT_START, CANNOT_START),
    "/cohort progress": ("Round 1: 1 of 1 checked in.", "Your progress in AI 2027", NOT_IN),
    "/cohort export": ("The record of AI 2027", REFUSED, REFUSED),
    "/cohort post": ("Nothing is due for AI 2027 right now.", REFUSED, REFUSED),
    "/checkin": (NOT_IN, "Check in: week 1", NOT_IN),
    "/cohort pause": (NOT_IN, "Take a break", NOT_IN),
}
"""A sample of what a moderator who is no member, a member, and somebody else are answered."""


async def test_a_first_week_with_an_answer_lost(tmp_path: Path, emulated: EmulatedSlack, clock: StillClock) -> None:
    """Slack has no nonce, so that only looking for the mark keeps the repeated post from appearing twice."""
    moderator, member, other = (emulated.users[name] for name in NAMES)
    room = emulated.rooms["study-hall"]

    def titles(thread: str | None = None) -> list[str]:
        return [english(post.said).split("\n")[0] for post in emulated.world.posts(room, thread)]

    async with running(tmp_path, "oauth", slack=emulated, clock=clock) as bot:
        await bot.install(TEAM)
        preview = await bot.type(moderator, '/cohort create name:"AI 2027" timezone:Europe/Berlin', room)
        emulated.world.lose_answer("chat.postMessage")
        created = await emulated.press(moderator, preview, "Create it and invite the room")
        assert "AI 2027 is ready." in created.text
        await bot.settle()
        assert titles() == ["AI 2027: From backend developer to AI professor"], "the invitation came twice"
        assert "Welcome to AI 2027." in (await bot.type(member, "/cohort join timezone:Europe/Berlin", room)).text
        await bot.days(8)
        opening = emulated.world.posts(room)[-1]
        assert titles()[1:] == ["member-1 just joined AI 2027. Say hello!", titles()[-1]]
        assert titles()[-1].startswith("Week 1 ")

        emulated.world.lose_answer("chat.postMessage")
        form = await bot.type(member, "/checkin", room)
        done = await emulated.submit(member, form, tasks=["1"], done="Chapter one <!channel>", share=["thread"])
        assert "Checked in for week 1, on time." in done.text
        await bot.settle()
        assert titles(opening.ts) == ["member-1 checked in for week 1, 1 of 4 tasks."], "the line came twice"
        assert "Chapter one <!channel>" in emulated.world.posts(room, opening.ts)[0].said

        for line, answers in MAY.items():
            for person, answer in zip((moderator, member, other), answers, strict=True):
                assert answer in (await bot.type(person, line, room)).text, (line, person)
        (exported,) = (await emulated.asked("files.list"))["files"]
        assert exported["name"].endswith(".csv")
        assert exported["size"] > 0
        assert "You've checked in." in english(seen((await emulated.open_home(member))["blocks"]))
        assert bot.platform.findings() == []
        assert await bot.platform.check(Place("slack", TEAM, room)) == []

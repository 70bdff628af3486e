"""`cohort-bot live-check` on the loopback services: one that works, one that does not, and a check that ends early."""

import asyncio
import inspect
import json
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import pytest

from cohort_bot import live_steps
from cohort_bot.clocks import SystemClock
from cohort_bot.live_check import LiveCheck, Occupied, Report
from cohort_bot.live_steps import Options
from cohort_bot.platforms import installed
from cohort_bot.platforms.common.live_check import SAYS
from cohort_bot.settings import from_environment
from tests.fakes import slack_world
from tests.fakes.discord_http import Fault
from tests.fakes.discord_server import DiscordServer
from tests.fakes.discord_world import MANAGE_THREADS, Posted
from tests.fakes.process import environment
from tests.fakes.slack_server import SlackServer
from tests.platforms.recordings import on_emulate, on_simcord
from tests.platforms.slack.emulated import emulate, needs_emulate

PLATFORMS = ("discord", "slack")


def system_now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the check runs on the machine's clock, also in a process of its own


class World(Protocol):
    """A loopback service with a room and people in it."""

    name: str
    room: str
    person: str
    settings: Mapping[str, str]

    def there(self) -> list[str]:
        """Everything that the bot has posted anywhere, and threads."""

    async def act(self, asked: str) -> None:
        """Do what a person is asked to do."""

    async def write(self, words: str) -> None:
        """Somebody else writes in the room."""

    def fail(self) -> None:
        """The next edit is refused."""

    async def until(self, true: Callable[[], object]) -> None:
        """Return when it is true."""


class OnDiscord:
    name = "discord"

    def __init__(self, server: DiscordServer) -> None:
        self.server = server
        self.room = str(server.channel("general").id)
        self.person = str(server.world.person("member-1").id)
        addresses = {"DISCORD_API_URL": server.api_url, "DISCORD_GATEWAY_URL": server.gateway_url}
        self.settings: Mapping[str, str] = {"DISCORD_TOKEN": server.token, **addresses}

    def there(self) -> list[str]:
        posts = [
            post for channel in self.server.world.channels.values() for post in channel.messages if post.by is None
        ]
        return [*(post.text for post in posts), *(thread.name for thread in self.server.world.threads())]

    def _card(self) -> Posted:
        posts = self.server.channel("general").messages
        return next(post for post in reversed(posts) if "Open the form" in post.buttons)

    async def act(self, asked: str) -> None:
        server, who = self.server, "member-1"
        if "Press me" in asked:
            await server.press(who, self._card(), "Press me")
        elif "Open the form" in asked:
            await server.submit(who, await server.press(who, self._card(), "Open the form"), words="Something private")
        elif "late" in asked:
            await server.press(who, self._card(), "Answer late")
        elif "command" in asked:
            await server.slash(who, "general", "help")
        elif "direct" in asked:
            await server.answered(await server.write(who, "Something private"))

    async def write(self, words: str) -> None:
        await self.server.write("member-2", words, where=self.server.channel("general"))

    def fail(self) -> None:
        self.server.fail(Fault("error", "PATCH", "/messages/", 403, {"code": 50013, "message": "Missing Permissions"}))

    async def until(self, true: Callable[[], object]) -> None:
        await self.server.until(true, within=30)


class OnSlack:
    name, room, person = "slack", "C1", "U2"

    def __init__(self, slack: SlackServer) -> None:
        self.slack = slack
        tokens = {"SLACK_BOT_TOKEN": slack.world.bot_token, "SLACK_APP_TOKEN": slack.world.app_token}
        self.settings: Mapping[str, str] = {**tokens, "SLACK_API_URL": slack.api_url}

    def there(self) -> list[str]:
        world = self.slack.world
        posts = [post for channel in world.channels.values() for post in channel.messages if post.by == world.bot_user]
        return [post.said or str(post.files) for post in posts]

    async def act(self, asked: str) -> None:
        slack, who = self.slack, "U2"
        if "command" in asked:
            await slack.command(who, "/cohort help")
            return
        if "direct" in asked:
            await slack.answered(await slack.write(who, "Something private"))
            return
        card = next(post for post in reversed(slack.world.posts("C1")) if "Open the form" in post.said)
        if "Press me" in asked:
            await slack.press(who, card, "Press me")
        elif "Open the form" in asked:
            await slack.submit(who, await slack.press(who, card, "Open the form"), words="Something private")
        elif "late" in asked:
            await slack.press(who, card, "Answer late")

    async def write(self, words: str) -> None:
        world = self.slack.world
        world.channels["C1"].messages.append(slack_world.Posted(world.ts(), "C1", words, (), by="U3"))

    def fail(self) -> None:
        self.slack.world.fail("chat.update", "cant_update_message")

    async def until(self, true: Callable[[], object]) -> None:
        await self.slack.world.until(true, 30)


@pytest.fixture(params=PLATFORMS)
async def world(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    if request.param == "discord":
        async with DiscordServer(system_now) as server:
            yield OnDiscord(server)
    else:
        async with SlackServer(system_now) as slack:
            yield OnSlack(slack)


async def checked(
    world: World, act: Callable[[str], Awaitable[None]] | None = None, record: Path | None = None, **more: object
) -> Report:
    """A check in this process. With `act` somebody does what is asked; `record` is a folder for a cassette."""
    acts: list[asyncio.Task[None]] = []
    options = Options(world.room, wait=5.0 if act else 0.0, late=0.2, **more)  # type: ignore[arg-type]
    clock = SystemClock()
    service = installed.platforms()[world.name].check_live(from_environment(world.settings), clock)

    def ask(asked: str) -> None:
        if act is not None:
            acts.append(asyncio.create_task(act(asked)))  # type: ignore[arg-type]

    report = await LiveCheck(service, clock, options, lambda _: None, ask).run()
    await asyncio.gather(*acts)
    if record is not None:
        service.recorder.save(record, "the loopback server", "1")
    return report


def states(report: Report, state: str) -> dict[str, str]:
    return {step.name: step.says for step in report.steps if step.state == state}


async def test_a_service_that_works_passes_every_step_and_nothing_stays(world: World) -> None:
    if isinstance(world, OnDiscord):
        world.server.world.more = MANAGE_THREADS
    report = await checked(world, world.act)
    assert states(report, "failed") == {}
    assert set(states(report, "skipped")) <= {"post the same again", "make, move and cancel an event"}
    assert len(states(report, "ok")) > 33
    assert report.ok
    assert world.there() == report.left == []


async def test_with_nobody_there_the_steps_of_a_person_are_skipped_with_the_reason(world: World) -> None:
    report = await checked(world, person=world.person)
    skipped = states(report, "skipped")
    assert skipped.keys() > {"a person presses a button", "a person sends a form", "a person writes directly"}
    assert all(skipped.values())
    assert "post directly" in states(report, "ok")
    if isinstance(world, OnDiscord):  # the bot does not ask for the permission to delete threads
        (left,) = report.left
        assert "thread" in left
        (thread,) = world.server.world.threads()
        assert thread.archived
        assert world.there() == [thread.name]


async def test_what_fails_is_told_the_rest_goes_on_and_nothing_stays(world: World) -> None:
    world.fail()
    report = await checked(world)
    assert set(states(report, "failed")) == {"edit"}
    assert not report.ok
    assert not any("post" in each for each in world.there())


async def test_a_room_that_others_use_is_left_alone(world: World) -> None:
    await world.write("Something private")
    with pytest.raises(Occupied):
        await checked(world)
    assert not world.there()
    report = await checked(world, anyway=True)
    assert report.ok
    assert "private" not in repr(report)


async def test_a_check_that_is_stopped_removes_what_it_made(world: World) -> None:
    running = asyncio.create_task(checked(world))
    await world.until(lambda: len(world.there()) > 5)
    running.cancel()
    report = await running
    assert report.stopped
    assert not report.ok
    assert not any("post" in each for each in world.there())


async def process(world: World, folder: Path, *more: str) -> asyncio.subprocess.Process:
    line = ("live-check", world.name, "--room", world.room, "--person", world.person, "--wait", "0", *more)
    command = Path(sys.executable).with_name("cohort-bot")
    pipe, settings = asyncio.subprocess.PIPE, environment(folder, **world.settings)
    return await asyncio.create_subprocess_exec(
        command, *line, env=settings, cwd=folder, stdout=pipe, stderr=pipe, preexec_fn=listening
    )


def listening() -> None:
    """Where a shell runs the tests in the background, they ignore SIGINT, and their children would, too."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.process
@pytest.mark.parametrize("world", ["discord"], indirect=True)
async def test_what_a_crash_leaves_is_removed_by_the_next_run(world: World, tmp_path: Path) -> None:
    running = await process(world, tmp_path)
    await world.until(lambda: len(world.there()) > 5)
    running.kill()
    await running.communicate()
    left = len(world.there())
    assert left > 5
    report = await checked(world)
    assert report.ok
    assert report.earlier == left
    assert not any("post" in each for each in world.there())


@pytest.mark.process
@pytest.mark.parametrize("world", ["slack"], indirect=True)
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
async def test_a_process_that_is_told_to_end_clears_up(world: World, tmp_path: Path, how: signal.Signals) -> None:
    running = await process(world, tmp_path, "--json", "--record", "cassettes")
    await world.until(lambda: len(world.there()) > 5)
    running.send_signal(how)
    said, progress = await running.communicate()
    assert running.returncode == 1
    report = json.loads(said)
    assert not report["ok"]
    assert report["steps"][4] == {"name": "post", "state": "ok", "says": "", "seconds": report["steps"][4]["seconds"]}
    assert "find it by its mark" in progress.decode()
    assert world.there() == []
    written = (tmp_path / report["cassette"]).read_text(encoding="utf-8")
    assert not any(secret in written for secret in (*world.settings.values(), "cohort-bot live-check", "a first post"))


async def test_simcord_passes_all_but_what_it_lacks() -> None:
    report, service = await on_simcord()
    assert set(states(report, "failed")) == {"the service tells its time", "post the same again"}
    assert states(report, "skipped") == {}
    assert len(states(report, "ok")) > 33
    assert service.member.name not in "".join(service.recorder.lines("", ""))


@needs_emulate
async def test_emulate_passes_all_but_what_it_lacks() -> None:
    with emulate() as process:
        report, service = await on_emulate(process)
    assert set(states(report, "failed")) == {"more than a message holds is refused"}
    assert set(states(report, "skipped")) == {"post the same again", "make, move and cancel an event"}
    assert len(states(report, "ok")) > 32
    assert report.left == []
    assert "Something private" not in "".join(service.recorder.lines("", ""))


def test_the_words_of_the_check_are_in_each_of_its_posts() -> None:
    """By them a later run finds what an earlier one left behind."""
    source = inspect.getsource(live_steps)
    assert source.count('text(f"{SAYS}') == source.count("text(f") > 5
    assert SAYS

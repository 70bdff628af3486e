"""Bolt for JavaScript on the loopback Slack: another client finds what Python's does not ask for, or forgives."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator

from tests.fakes.slack_server import SlackServer
from tests.fakes.slack_world import Fault
from tests.node_packages import FOLDER, NODE, needs

pytestmark = needs("@slack/bolt")


class App:
    """The app's process."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    def call(self) -> None:
        """Let it make the calls that nobody asks it for."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"\n")

    async def came_of(self, last: str) -> dict[str, object]:
        """What came of the steps up to the one of this name."""
        assert self._process.stdout is not None
        found: dict[str, object] = {}
        async with asyncio.timeout(20):
            while last not in found:
                name, result = json.loads(await self._process.stdout.readline())
                found[name] = result
        return found


@contextlib.asynccontextmanager
async def bolt_js(slack: SlackServer) -> AsyncIterator[App]:
    """The app, connected by Socket Mode."""
    line = [NODE, "bolt.mjs", slack.api_url, slack.world.bot_token, slack.world.app_token]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*line, cwd=FOLDER, stdin=pipe, stdout=pipe)
    app = App(process)
    assert await app.came_of("connect") == {"connect": "done"}
    yield app
    assert process.stdin is not None
    process.stdin.close()
    await process.wait()


async def test_what_an_app_does(slack: SlackServer) -> None:
    world = slack.world
    async with bolt_js(slack) as app:
        answer = await slack.command("U2", "/answer")
        assert answer.text == "an answer\n[Go]"
        can = {"an answer at once": True}
        assert await app.came_of("answer") == {"acknowledge": "done", "answer": "done", **can}
        assert (await slack.press("U2", answer, "Go")).text == "pressed"
        assert await app.came_of("pressed") == {"pressed": "done"}
        assert (await slack.command("U2", "/plain")).text == "at once"
        assert world.private("U2") == ["an answer\n[Go]", "pressed", "at once"]
        await app.came_of("answer at once")

        form = await slack.command("U2", "/form")
        again = "slack_webapi_platform_error: An API error occurred: exchanged_trigger_id"
        assert await app.came_of("the trigger again") == {"form": "done", "the trigger again": again}
        refused = await slack.submit("U2", form, done="wrong")
        assert refused.errors == {"done": "mend it"}
        assert (await slack.submit("U2", refused, done="Chapter one")).text == "A form\nChapter one"
        await app.came_of("change the form")
        assert (await slack.open_home("U2"))["blocks"][0]["text"]["text"] == "home"
        await app.came_of("home")

        # What it calls by itself; the fifth post comes too early.
        answered = len(world.private("U2"))
        limited = Fault("error", "ratelimited", 429, 1.0)
        calls = iter([*[world.none()] * 4, limited])
        world.luck = lambda method: next(calls, None) if method == "chat.postMessage" else None
        app.call()
        assert await app.came_of("delete again") == {
            "who am I": "T1",
            "post": "done",
            "post words alone": "done",
            "post in the thread": True,
            "thread": 2,
            "history": "1 m 2",
            "a part of the history": "words alone+hi words alone words alone+hi hi hi hi false",
            "a link": True,
            "edit": "done",
            "privately": "done",
            "zone": "Europe/Berlin",
            "direct message": "done",
            "upload": True,
            "too often": "done",
            "delete": "done",
            "no link": "slack_webapi_platform_error: An API error occurred: message_not_found",
            "delete again": "slack_webapi_platform_error: An API error occurred: message_not_found",
        }
        assert [method for method, _ in world.calls].count("chat.postMessage") == 6, "one of five again"
        assert world.timeline() == ["words alone", "after a while"]
        assert world.inbox("U2") == ["psst"]
        assert world.private("U2")[answered:] == ["for you"]
        (upload,) = world.uploads.values()
        assert (upload.name, upload.text, upload.channel) == ("a.csv", "a,b\n1,ü", world.dm_of("U2").id)

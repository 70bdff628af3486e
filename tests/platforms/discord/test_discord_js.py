"""discord.js on the loopback Discord: another client finds what discord.py does not ask for, or forgives."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator

from tests.fakes.discord_gateway import BEAT_EVERY
from tests.fakes.discord_server import DiscordServer
from tests.node_packages import FOLDER, NODE, needs

pytestmark = needs("discord.js")


@contextlib.asynccontextmanager
async def discord_js(server: DiscordServer, *intents: str) -> AsyncIterator[asyncio.StreamReader]:
    """The bot, connected or about to be."""
    pipe = asyncio.subprocess.PIPE
    line = [NODE, "discord_js.mjs", server.api_url.removesuffix("/v10"), server.token, *intents]
    process = await asyncio.create_subprocess_exec(*line, cwd=FOLDER, stdin=pipe, stdout=pipe)
    assert process.stdin is not None
    assert process.stdout is not None
    yield process.stdout
    process.stdin.close()
    await process.wait()


async def came_of(said: asyncio.StreamReader, last: str) -> dict[str, object]:
    """What came of the steps up to the one of this name."""
    found: dict[str, object] = {}
    async with asyncio.timeout(20):
        while last not in found:
            name, result = json.loads(await said.readline())
            found[name] = result
    return found


async def test_what_a_bot_does() -> None:
    async with DiscordServer() as server, discord_js(server) as said:
        assert await came_of(said, "registered") == {
            "log in": "done",
            "register": 4,
            "register one": "answer",
            "registered": 4,
        }
        general = server.channel("general")

        assert await server.suggest("member-1", "general", "answer", "q", "o") == ["o1"]
        direct = await server.slash("member-1", server.inbox("member-1"), "answer")
        assert (direct.text, direct.private) == ("an answer", True)
        there = "where, and a number"
        assert await came_of(said, there) == {
            "suggest": "done",
            "answer": "done",
            "read it": 2,
            there: "1 false object",
        }
        answer = await server.slash("member-1", "general", "answer", n=3)
        assert await came_of(said, there) == {"answer": "done", "read it": 2, there: "0 true number"}
        pressed = await server.press("member-1", answer, "Go")
        assert await came_of(said, "follow a press") == {"change in place": "done", "follow a press": "done"}
        assert answer.text == pressed.text == "pressed"
        assert [each.text for each in server.private["member-1"]] == ["an answer", "pressed", "and more"]

        late = await server.slash("member-2", "general", "late")
        assert late.deferred
        assert await came_of(said, "delete it again") == {
            "defer": "done",
            "edit the answer": "done",
            "follow up": "done",
            "edit what followed": True,
            "delete what followed": "done",
            "delete the answer": "done",
            "delete it again": "DiscordAPIError[10008]: Unknown Message",
        }
        assert server.private["member-2"] == []

        form = await server.slash("member-1", "general", "form")
        assert form.title == "A form"
        assert (await server.submit("member-1", form, done="Chapter one")).text == "Chapter one"
        await came_of(said, "submitted")

        await server.slash("member-1", "general", "post")
        assert await came_of(said, "delete again") == {
            "answer": "done",
            "post": "done",
            "the same nonce twice": True,
            "the same nonce, not enforced": True,
            "reply": True,
            "edit": True,
            "history": "3,true,true",
            "thread": True,
            "post in the thread": "done",
            "direct message": "done",
            "delete": "done",
            "delete again": "DiscordAPIError[10008]: Unknown Message",
        }
        assert [each.text for each in general.messages] == ["once", "reply"]
        (thread,) = server.world.threads()
        assert [each.text for each in thread.messages] == ["inside"]
        assert [each.text for each in server.inbox("member-1").messages] == ["psst"]

        await server.gateway.reconnect()
        await server.until(lambda: server.gateway.resumed == 1)
        assert (await server.slash("member-3", "general", "answer")).text == "an answer"
        assert server.gateway.identified == 1
        assert server.errors == []


async def test_its_heartbeats_and_its_intents() -> None:
    async with DiscordServer() as server:
        # It gives a connection up itself when a heartbeat has no answer by the next one, as on a busy machine.
        server.gateway.beat_every, server.gateway.tolerance = 1500, 10.0
        async with discord_js(server, "GuildMessages") as said:
            await came_of(said, "registered")
            await server.until(lambda: server.gateway.beats >= 2)
            assert (server.gateway.identified, server.gateway.resumed) == (1, 0), "it is not cut off"
            await server.write("member-1", "for people", where=server.channel("general"))
            assert await came_of(said, "heard") == {"heard": ""}
            server.gateway.acknowledges = False
            await server.until(lambda: server.gateway.resumed, within=10)
        server.gateway.acknowledges, server.gateway.beat_every = True, BEAT_EVERY
        async with discord_js(server, "MessageContent") as said:
            assert await came_of(said, "log in") == {"log in": "Error: Used disallowed intents"}

"""The live check on services that others wrote, and the cassettes of it: `python -m tests.platforms.recordings` writes
them anew into `tests/cassettes/`.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import discord
from simcord.http.client import FakeHTTPClient, FakeWebhookAdapter

from cohort_bot.app.commands import Table
from cohort_bot.app.ports.platform import Complete, Dispatch
from cohort_bot.chat.place import Place
from cohort_bot.live_check import LiveCheck, Report
from cohort_bot.live_steps import Options
from cohort_bot.platforms.common.cassette import Recorder
from cohort_bot.platforms.discord import recorded as discord_recorded
from cohort_bot.platforms.discord.live_check import DiscordService
from cohort_bot.platforms.slack.adapter import SlackPlatform
from cohort_bot.platforms.slack.live_check import SlackService
from tests.fakes.bot import StillClock
from tests.fakes.slack_server import SlackServer
from tests.node_packages import FOLDER as NODE_PACKAGES
from tests.platforms.discord.simulated import SimulatedDiscord
from tests.platforms.slack.emulated import BOT, EmulatedSlack, Process, emulate

FOLDER = Path(__file__).parents[1] / "cassettes"
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
"""Where simcord's calendar begins, and stands."""


class Acting:
    """A person who does what the check asks for, one thing after the other."""

    def __init__(self, act: Callable[[str], Awaitable[object]]) -> None:
        self._act = act
        self._acts: list[asyncio.Task[object]] = []
        self._one = asyncio.Lock()

    def asked(self, words: str) -> None:
        async def act() -> None:
            async with self._one:
                await self._act(words)

        self._acts.append(asyncio.create_task(act()))

    async def end(self) -> None:
        await asyncio.gather(*self._acts)


class OnSimcord(DiscordService):
    """The check's Discord, without a socket: what discord.py asks for is noted where simcord answers it."""

    def __init__(self, clock: StillClock) -> None:
        super().__init__("simulated.token.only", clock, "", "")
        self.where = f"simcord {version('simcord')}"
        self.recorder = Recorder("discord", discord_recorded.KNOWN, clock.now())
        self.platform = SimulatedDiscord(clock)
        self.platform.page = self.page
        self.acting = Acting(self.act)

    async def open(self, room: str, table: Table, dispatch: Dispatch, complete: Complete) -> Place:
        await self.platform.start(table, dispatch, complete)
        self._note_acts()
        env = self.platform.env  # type: ignore[attr-defined]
        guild = env.create_guild()
        self.room, self.member = guild.create_text_channel("live-check"), guild.add_member(env.create_user("member-1"))
        found = await self._request("GET", "/channels/{channel_id}", channel_id=str(self.room.id))
        return Place("discord", str(found["guild_id"]), str(self.room.id))

    async def close(self) -> None:
        """simcord wants nobody to be acting when it ends."""
        await self.acting.end()
        await super().close()

    async def act(self, asked: str) -> None:
        """What the person does."""
        if "command" in asked:
            await self.member.slash(self.room, "help")
        elif "directly" in asked or "direct conversation" in asked:
            await self.member.send_dm("Something private")
        elif "Send the form" not in asked:
            label = next(each for each in ("Press me", "Open the form", "Answer late") if each in asked)
            newest = [each async for each in self._newest()]
            done = await self.member.click(newest[0], label=label)
            if label == "Open the form":
                await self.member.submit_modal(done, {"words": "Something private"})

    async def _newest(self) -> AsyncIterator[discord.Message]:
        room = self.platform.client.get_partial_messageable(self.room.id)
        async for message in room.history():
            if "Open the form" in str([each.to_dict() for each in message.components]):
                yield message


@contextlib.contextmanager
def noted(recorder: Recorder) -> Iterator[None]:
    """What discord.py asks simcord for is noted. How simcord words success in a status is not known."""

    def noting(original: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def request(self: Any, route: Any, *given: Any, **more: Any) -> Any:
            params = {name: str(value) for name, value in (more.get("params") or {}).items()}
            url = f"{route.url.partition('?')[0]}?{urlencode(params)}" if params else route.url
            body = more.get("json") or more.get("payload")
            sent = json.dumps(body).encode() if body is not None else _form(more.get("form") or more.get("multipart"))
            try:
                found = await original(self, route, *given, **more)
            except discord.HTTPException as error:
                answer = recorder.note(route.method, url, sent, error.status, {})
                recorder.answered(answer, json.dumps({"code": error.code, "message": error.text}).encode())
                raise
            answer = recorder.note(route.method, url, sent, None, {})
            recorder.answered(answer, json.dumps(found).encode() if isinstance(found, dict | list) else b"")
            return found

        return request

    with contextlib.ExitStack() as stack:
        for kind in (FakeHTTPClient, FakeWebhookAdapter):
            original = kind.request
            stack.callback(setattr, kind, "request", original)
            kind.request = noting(original)  # type: ignore[method-assign, assignment]
        yield


def _form(form: Any) -> bytes:
    """As it would be sent, without the files."""
    payload = next((part["value"] for part in form or () if part["name"] == "payload_json"), "")
    return (
        f'--x\r\nContent-Disposition: form-data; name="payload_json"\r\n\r\n{payload}\r\n--x--'.encode()
        if payload
        else b""
    )


async def on_simcord() -> tuple[Report, OnSimcord]:
    service = OnSimcord(StillClock(BEGAN))
    options = Options("", wait=5, late=0.2)
    with noted(service.recorder):
        report = await LiveCheck(service, StillClock(BEGAN), options, lambda _: None, service.acting.asked).run()
    return report, service


async def on_emulate(process: Process) -> tuple[Report, SlackService]:
    """People's acts come from the loopback server by signed requests: emulate has no clients."""
    clock = StillClock()
    async with EmulatedSlack(process, clock.now) as slack:
        service = SlackService(BOT, "", clock, slack.api_url)
        service.where, service.listens = f"emulate {_pinned('emulate')}", ""
        secret = SlackServer(clock.now).world.signing_secret
        service.platform = SlackPlatform(
            clock, bot_token=BOT, signing_secret=secret, api_url=slack.api_url, observe=service.recorder.observe
        )
        slack.serve_http(service.platform.asgi())
        who, room = slack.users["member-1"], slack.rooms["study-hall"]

        async def act(asked: str) -> None:
            if "command" in asked:
                await slack.command(who, "/cohort help", room)
            elif "direct conversation" in asked:
                await slack.write(who, "Something private")
            elif "Send the form" not in asked:
                label = next(each for each in ("Press me", "Open the form", "Answer late") if each in asked)
                card = next(post for post in reversed(slack.world.posts(room)) if "Open the form" in post.said)
                answer = await slack.press(who, card, label)
                if label == "Open the form":
                    await slack.submit(who, answer, words="Something private")

        acting = Acting(act)
        report = await LiveCheck(service, clock, Options(room, wait=5, late=0.2), lambda _: None, acting.asked).run()
        await acting.end()
    return report, service


def _pinned(package: str) -> str:
    lock = json.loads((NODE_PACKAGES / "package-lock.json").read_text(encoding="utf-8"))
    return str(lock["packages"][f"node_modules/{package}"]["version"])


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with emulate() as process:
        for name, (report, service) in {
            "discord-simcord": asyncio.run(on_simcord()),
            "slack-emulate": asyncio.run(on_emulate(process)),
        }.items():
            lines = service.recorder.lines(service.where, version("cohort-bot"))
            (FOLDER / f"{name}.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
            print(name, [(step.name, step.says) for step in report.steps if step.state != "ok"], report.left)  # noqa: T201


if __name__ == "__main__":
    main()

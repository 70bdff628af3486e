"""Everything that is sent, held against the schema that Discord publishes (the npm package discord-api-spec).

It misses what `tests/fakes/discord_checks.py` holds: the total of all text, duplicate ids, V2 beside content.
"""

import asyncio
import json
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cohort_bot.app.ports.platform import ScheduledEvent
from cohort_bot.app.table import TABLE as REAL
from cohort_bot.chat.message import text
from cohort_bot.chat.place import Place
from cohort_bot.platforms.discord import answers
from cohort_bot.platforms.discord.adapter import DiscordPlatform
from tests.fakes.discord_http import Call
from tests.fakes.discord_server import DiscordServer
from tests.fakes.toy import Toy, card
from tests.node_packages import FOLDER, NODE, needs
from tests.platforms.discord.cohort import running

pytestmark = needs("discord-api-spec")


def _as_text(body: Any) -> Any:
    """The body as JSON. The library writes two ids as numbers; Discord takes them, though its schema says otherwise."""
    if isinstance(body, dict):
        body = {key: value for key, value in body.items() if key != "raw"}
    match body:
        case {"recipient_id": number}:
            return {"recipient_id": str(number)}
        case {"data": {"attachments": files}}:
            return body | {"data": body["data"] | {"attachments": [each | {"id": str(each["id"])} for each in files]}}
        case {"attachments": files}:
            return body | {"attachments": [each | {"id": str(each["id"])} for each in files]}
    return body


def checked(calls: list[Call]) -> dict[str, int]:
    """How many requests of each kind there were. Fails with what the schema refuses."""
    sent = [call for call in calls if call.method not in {"GET", "DELETE"}]
    lines = "\n".join(json.dumps({"method": c.method, "path": c.path, "body": _as_text(c.body)}) for c in sent)
    done = subprocess.run(
        [NODE, "discord_schema.mjs"], cwd=FOLDER, input=lines, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    counts: dict[str, int] = json.loads(done.stdout)
    assert sum(counts.values()) == len(sent)
    return counts


async def test_every_kind_of_request(
    server: DiscordServer, platform: DiscordPlatform, toy: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place("discord", str(server.world.guild), str(server.channel("general").id))
    ref = await platform.send(place, card(), "m" * 25)
    await platform.thread(ref, "Week 3")
    await platform.edit(ref, card())
    for days in (1, 2):
        starts = server.world.now() + timedelta(days=days)
        event = ScheduledEvent("Paper club: “Attention”", "Come along.", starts, starts + timedelta(hours=1))
        await platform.schedule(ref, event, ())
    await platform.dm("", str(server.world.people["member-1"].id))
    form = await server.press("member-1", server.channel("general").messages[0], "Check in")
    wrong = await server.submit("member-1", form, tasks=["1"])
    await server.press("member-1", wrong, "Fix it")
    option = next(each for each in server.http.commands[0]["options"] if each["name"] == "fruit")
    option["autocomplete"] = True
    await server.suggest("member-1", "general", "echo", "fruit", "a")
    await platform.send(place, text("x" * 5000), "long")
    monkeypatch.setattr(answers, "DEFER_AFTER", 0.01)
    waiting = asyncio.create_task(server.slash("member-1", "general", "wait"))
    await server.until(lambda: server.callbacks[-1]["type"] == 5)
    toy.go_on.set()
    await waiting
    assert len(checked(server.http.calls)) == 12


async def test_a_month_of_a_cohort(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        server = bot.server
        await bot.create()
        form = await server.press("member-1", server.channel("general").messages[0], "Join")
        await server.submit("member-1", form, timezone="Atlantis")
        await server.submit("member-1", form, timezone="Berlin")
        await bot.join("member-2")
        await bot.until(datetime(2027, 2, 1, 12, tzinfo=UTC))
        form = await server.slash("member-1", "general", "checkin")
        await server.submit("member-1", form, tasks=["1"], done="x" * 1500, share=["thread"])
        await bot.runtime.settle()
        for name, row in REAL.commands("discord"):
            if not any(param.required for param in row.params):
                bot.clock.skip(20)
                await server.slash("moderator", "general", name)
        assert "POST \\/channels\\/\\d+\\/messages$" in checked(server.http.calls)

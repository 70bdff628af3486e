"""Floors: a bare discord.py bot that makes the same calls as ours for a check-in, with constant bodies of their size.

It stores nothing; with BARE_DATABASE it makes one durable write of the same rows before it answers. No bot that keeps
its promise can do less. BARE_LIBRARIES are imported and not used, for what they take alone.
"""

import asyncio
import contextlib
import importlib
import os
import queue
import sqlite3
import threading

import discord
import yarl
from discord import ui

SHARED = "**Sample Member** checked in for week 1: 1 of 4 tasks. Read chapter one, solved five exercises: https://example.org/n"
SUMMARY = (
    "**Checked in for week 1, on time.**\n1 of 4 tasks done.\n"
    "✓ Read the first chapter, and note three questions that it leaves open\n"
    "☐ Solve five exercises of the second kind, with pencil and paper\n"
    "☐ Write a page about what surprised you, and keep it where you find it\n"
    "☐ Pick the evening and the place for next week\n"
    "Streak: 1 week. You can miss two of any eight weeks.\nPhase 1 of 5: worked in 1 of 24 weeks.\n"
    "-# It's posted in this week's thread; edits appear there too. You can change it until <t:1800000000:f>."
)
ROWS = (
    ("invocations", ("discord:123456789012345678", "1800000000000")),
    (
        "checkins",
        ("1", "1", "1", "1800000000000", '[["Read chapter one", true], ["Solve", false]]', SHARED, "", ""),
    ),
    ("deliveries", ("shared:1:r1:1", "shared", "discord", "1", "1", "1", "1800000000000", "room:discord:1:1", "ready")),
)
"""What a shared check-in writes, by table."""


class Durable:
    """One writer thread; all who wait share a commit."""

    def __init__(self, path: str) -> None:
        self._jobs: queue.Queue[asyncio.Future[None]] = queue.Queue()
        self._loop = asyncio.get_running_loop()
        self._path = path
        threading.Thread(target=self._run, daemon=True).start()

    async def write(self) -> None:
        """Returns when the rows are on disk."""
        done: asyncio.Future[None] = self._loop.create_future()
        self._jobs.put(done)
        await done

    def _run(self) -> None:
        connection = sqlite3.connect(self._path, isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        for table, values in ROWS:
            connection.execute(f"CREATE TABLE {table} ({', '.join(f'c{n}' for n in range(len(values)))})")
        while True:
            group = [self._jobs.get()]
            with contextlib.suppress(queue.Empty):
                while len(group) < 64:
                    group.append(self._jobs.get_nowait())
            connection.execute("BEGIN IMMEDIATE")
            for _ in group:
                for table, values in ROWS:
                    connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(values))})", values)  # noqa: S608
            connection.execute("COMMIT")
            self._loop.call_soon_threadsafe(_settle, group)


def _settle(group: list[asyncio.Future[None]]) -> None:
    for each in group:
        each.set_result(None)


def view(text: str) -> ui.LayoutView:
    """One container with the text, not kept by the library."""
    found = ui.LayoutView(timeout=None)
    container: ui.Container[ui.LayoutView] = ui.Container(accent_colour=0x4F46E5)
    for line in text.split("\n"):
        container.add_item(ui.TextDisplay(line))
    button: ui.Button[ui.LayoutView] = ui.Button(label="Edit", custom_id="checkin|1|1")
    if text is SUMMARY:
        container.add_item(ui.ActionRow(button))
    found.add_item(container)
    found.stop()
    return found


class Bare(discord.AutoShardedClient):
    """Answers each form, and posts for each that is shared."""

    async def setup_hook(self) -> None:
        """Use the gateway that is set."""
        self.shard_count = (await self.http.get_bot_gateway())[0]
        self.sharing: set[asyncio.Task[object]] = set()
        path = os.environ.get("BARE_DATABASE")
        self.durable = Durable(path) if path else None

    async def on_interaction(self, interaction: "discord.Interaction[Bare]") -> None:
        """The same two calls as ours."""
        if self.durable is not None:
            await self.durable.write()
        await interaction.response.send_message(view=view(SUMMARY), ephemeral=True)
        if "thread" in str(interaction.data) and interaction.channel_id is not None:
            room = self.get_partial_messageable(interaction.channel_id)
            task = asyncio.create_task(room.send(view=view(SHARED)))
            self.sharing.add(task)
            task.add_done_callback(self.sharing.discard)


def main() -> None:
    """Run it on the addresses in the environment."""
    for name in filter(None, os.environ.get("BARE_LIBRARIES", "").split()):
        importlib.import_module(name)
    discord.http.Route.BASE = os.environ["DISCORD_API_URL"]
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["DISCORD_GATEWAY_URL"])
    client = Bare(
        intents=discord.Intents(guilds=True),
        max_messages=None,
        chunk_guilds_at_startup=False,
        allowed_mentions=discord.AllowedMentions.none(),
    )
    client.run(os.environ["DISCORD_TOKEN"], log_handler=None)


if __name__ == "__main__":
    main()

"""A bare discord.py bot that makes the same calls as ours for a check-in, with constant bodies, and stores nothing."""

import asyncio
import os

import discord
import yarl
from discord import ui

SHARED = "Sample Member checked in for week 1: read chapter one, solved five exercises, wrote it down."
SUMMARY = "### Checked in for week 1, on time\n- read chapter one\n- solved five exercises\nNext: chapter two."


def view(text: str) -> ui.LayoutView:
    """One container with the text, not kept by the library."""
    found = ui.LayoutView(timeout=None)
    container: ui.Container[ui.LayoutView] = ui.Container(accent_colour=0x4F46E5)
    container.add_item(ui.TextDisplay(text))
    found.add_item(container)
    found.stop()
    return found


class Bare(discord.AutoShardedClient):
    """Answers each form, and posts for each that is shared."""

    async def setup_hook(self) -> None:
        """Use the gateway that is set."""
        self.shard_count = (await self.http.get_bot_gateway())[0]
        self.sharing: set[asyncio.Task[object]] = set()

    async def on_interaction(self, interaction: "discord.Interaction[Bare]") -> None:
        """The same two calls as ours."""
        await interaction.response.send_message(view=view(SUMMARY), ephemeral=True)
        if "thread" in str(interaction.data) and interaction.channel_id is not None:
            room = self.get_partial_messageable(interaction.channel_id)
            task = asyncio.create_task(room.send(view=view(SHARED)))
            self.sharing.add(task)
            task.add_done_callback(self.sharing.discard)


def main() -> None:
    """Run it on the addresses in the environment."""
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

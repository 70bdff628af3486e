"""Memory does not grow with messages: the library keeps none of the views and forms that it sends."""

import gc

import discord

from cohort_bot.chat.place import Place
from cohort_bot.platforms.discord.adapter import DiscordPlatform
from tests.fakes.discord_server import DiscordServer
from tests.fakes.toy import card

OPENED = 300
ONE = 15
"""Components in one form or card."""


def kept() -> int:
    """Every view, form and component that is alive."""
    gc.collect()
    return sum(
        isinstance(thing, discord.ui.Modal | discord.ui.LayoutView | discord.ui.Item) for thing in gc.get_objects()
    )


async def test_hundreds_of_opened_forms_leave_nothing(server: DiscordServer, platform: DiscordPlatform) -> None:
    place = Place("discord", str(server.world.guild), str(server.channel("general").id))
    await platform.send(place, card(), "card")
    message = server.channel("general").messages[0]
    before = kept()
    for number in range(OPENED):
        form = await server.press("member-1", message, "Check in")
        if number % 100 == 0:
            await server.submit("member-1", form, done="x")
            await platform.send(place, card(), f"card {number}")
    assert kept() < before + ONE, "at most the one that is just being sent"
    assert not platform.client.persistent_views

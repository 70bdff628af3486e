"""Commands, buttons, forms and completions, on the real client."""

from cohort_bot.platforms.discord.adapter import DiscordPlatform
from tests.fakes.discord_server import DiscordServer
from tests.fakes.toy import Toy


async def test_a_command_is_answered_privately(server: DiscordServer, platform: DiscordPlatform, toy: Toy) -> None:
    answer = await server.slash("member-1", "general", "echo", words="hello *you*")
    assert answer.text == "hello \\*you\\*"
    assert answer.private
    seen = toy.seen[0]
    assert (seen.action, seen.kind, dict(seen.args)) == ("echo", "command", {"words": "hello *you*"})
    assert seen.actor.workspace is None
    assert seen.actor.user == str(server.world.people["member-1"].id)
    assert seen.place is not None
    assert seen.place.workspace == str(server.world.guild)
    assert not seen.actor.admin
    assert not server.channel("general").messages

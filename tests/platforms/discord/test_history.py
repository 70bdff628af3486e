"""Looking for a post whose answer was lost in a busy channel of Discord, with Discord's own clock."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cohort_bot.app.ports.platform import Reason, Refused, Search, Unknown
from cohort_bot.chat.message import text
from cohort_bot.chat.place import Place
from cohort_bot.platforms.discord.adapter import DiscordPlatform
from tests.fakes.bot import StillClock
from tests.fakes.discord_server import DiscordServer, Fault
from tests.fakes.discord_world import HISTORY, Posted
from tests.fakes.toy import LATELY
from tests.platforms.discord.cohort import running

V2 = 1 << 15
"""The flag of what is made of components."""

MONDAY = datetime(2027, 1, 4, 8, 0, tzinfo=UTC)


class Forgetful(dict[tuple[int, str], Posted]):
    """Nonces of long ago: only the history tells."""

    def __setitem__(self, key: tuple[int, str], value: Posted) -> None:
        """Remember nothing."""


def chatter(server: DiscordServer, number: int) -> None:
    """So many people write something in #general."""
    for each in range(number):
        server.http.add(server.channel("general"), {"content": f"people talk {each}"})


def pages(server: DiscordServer) -> int:
    return sum(call.method == "GET" and call.path.endswith("/messages") for call in server.http.calls)


def cards(server: DiscordServer) -> int:
    return sum(message.text.startswith("### Week 1 ") for message in server.channel("general").messages)


async def test_a_failure_on_the_way_does_not_begin_anew(server: DiscordServer, platform: DiscordPlatform) -> None:
    place = Place("discord", str(server.world.guild), str(server.channel("general").id))
    ref = await platform.send(place, text("once"), "m" * 24)
    chatter(server, 450)
    search = Search("m" * 24, LATELY)
    for number in (1, 2, 3):
        going = iter((None, Fault("error", "GET", "/messages$", 503)))
        server.http.luck = lambda _request, going=going: next(going)  # type: ignore[misc]
        with pytest.raises(Unknown):
            await platform.find(place, search)
        assert search.pages == number
    server.http.luck = lambda _request: None
    assert await platform.find(place, search) == ref
    assert pages(server) == 5 + 3, "each of the five pages once, and three refusals"


async def test_eight_thousand_messages_since_the_day_before(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        await bot.create()
        await bot.until(MONDAY - timedelta(hours=1))
        chatter(bot.server, 8000)
        bot.server.fail(Fault("drop", "POST", "/messages$"))
        await bot.until(MONDAY)
        assert cards(bot.server) == 1
        assert pages(bot.server) == 2, "the newest messages, and a post that is known to be there"


@pytest.mark.parametrize("hours", [-26, 26])
async def test_discords_own_clock_counts(hours: int, tmp_path: Path) -> None:
    clock = StillClock()
    async with (
        DiscordServer(lambda: clock.now() - timedelta(hours=hours)) as server,
        running(tmp_path, server=server, clock=clock) as bot,
    ):
        await bot.create()
        server.http._nonces = Forgetful()
        server.fail(Fault("lose", "POST", f"/{server.channel('general').id}/messages$", times=1))
        for _ in range(4):
            server.fail(Fault("drop", "POST", f"/{server.channel('general').id}/messages$"))
        await bot.until(MONDAY)
        assert cards(server) == 1


async def test_a_post_of_ours_without_a_mark_may_be_the_one(server: DiscordServer, platform: DiscordPlatform) -> None:
    place = Place("discord", str(server.world.guild), str(server.channel("general").id))
    chatter(server, 3)
    assert await platform.find(place, Search("m" * 24, LATELY)) is None
    server.http.add(server.channel("general"), {"flags": V2, "components": []})
    with pytest.raises(Refused) as refused:
        await platform.find(place, Search("m" * 24, LATELY))
    assert refused.value.reason is Reason.NOT_ALLOWED
    assert "check whether it's there" in refused.value.cure


@pytest.mark.parametrize("how", ["renumbered", "unreadable"])
async def test_marks_that_cannot_be_recognised_hold_the_post(tmp_path: Path, how: str) -> None:
    """Discord gives components other ids than before; or it shows an empty history, because the permission is gone and
    this process, which only posts, does not know it.
    """
    async with running(tmp_path) as bot:
        await bot.create()
        bot.server.http._nonces = Forgetful()
        if how == "renumbered":
            bot.server.http.renumbers = True
        else:
            bot.server.channel("general").denied = HISTORY
        bot.server.fail(Fault("lose", "POST", f"/{bot.server.channel('general').id}/messages$"))
        await bot.until(MONDAY)
        assert cards(bot.server) == 1, "not twice"
        moderator = bot.server.inbox("moderator")
        assert ["can't recognise my own posts" in post.text for post in moderator.messages] == [True]
        bot.server.http.renumbers, bot.server.channel("general").denied = False, 0
        await bot.server.press("moderator", moderator.messages[0], "Try again")
        await bot.runtime.settle()
        assert cards(bot.server) == 1
        await bot.days(7)
        assert any(message.text.startswith("### Week 2 ") for message in bot.server.channel("general").messages)


async def test_a_message_that_is_gone_is_told_from_one_that_is_not_seen(
    server: DiscordServer, platform: DiscordPlatform
) -> None:
    place = Place("discord", str(server.world.guild), str(server.channel("general").id))
    ref = await platform.send(place, text("once"), "m" * 24)
    server.http.renumbers = True
    assert await platform.find(place, Search("m" * 24, LATELY)) is None
    assert not await platform.deleted(ref)
    server.channel("general").messages.clear()
    assert await platform.deleted(ref)
    await server.delete_channel("general")
    with pytest.raises(Refused):
        await platform.deleted(ref)

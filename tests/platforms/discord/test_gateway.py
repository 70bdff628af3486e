"""What can happen to the connection, on the real client."""

import logging

import discord
import pytest

from cohort_bot.app.ports.platform import Reason, Refused, Search
from cohort_bot.chat.message import text
from cohort_bot.chat.place import Place
from cohort_bot.clocks import SystemClock
from cohort_bot.platforms.common.errors import CannotConnect, Denied, WrongToken
from cohort_bot.platforms.discord.adapter import DiscordPlatform
from cohort_bot.process_role import ProcessRole, Shards
from tests.fakes import published
from tests.fakes.bot import StillClock
from tests.fakes.discord_server import DiscordServer
from tests.fakes.toy import LATELY, TABLE, Toy
from tests.platforms.discord.conftest import started


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No five seconds before a new session, which Discord wants and a test does not."""

    async def hook(_client: object, _shard: int, *, initial: bool = False) -> None:
        return

    monkeypatch.setattr(discord.Client, "before_identify_hook", hook)
    monkeypatch.setattr(DiscordPlatform, "reconnect_after", 0.01)


async def until(server: DiscordServer, identified: int, resumed: int) -> None:
    await server.until(lambda: (server.gateway.identified, server.gateway.resumed) == (identified, resumed))


async def echo(server: DiscordServer) -> str:
    return (await server.slash("member-1", "general", "echo", words="still here")).text


async def test_the_least_that_is_needed(server: DiscordServer, platform: DiscordPlatform) -> None:
    assert server.gateway.intents == discord.Intents(guilds=True, dm_messages=True).value
    privileged = discord.Intents(members=True, presences=True, message_content=True).value
    assert not (server.gateway.intents or 0) & privileged
    client = platform.client
    assert client.allowed_mentions is not None
    assert dict(client.allowed_mentions.to_dict()) == {"parse": []}
    assert not client.cached_messages
    assert [member.id for member in client.guilds[0].members] == [server.world.bot.id]


async def test_op_7_resumes(server: DiscordServer, platform: DiscordPlatform) -> None:
    await server.gateway.reconnect()
    await until(server, 1, 1)
    assert await echo(server) == "still here"


async def test_close_4000_resumes(server: DiscordServer, platform: DiscordPlatform) -> None:
    await server.gateway.close(4000)
    await until(server, 1, 1)
    assert await echo(server) == "still here"


async def test_a_cut_line_resumes_and_what_was_missed_is_answered(
    server: DiscordServer, platform: DiscordPlatform, toy: Toy
) -> None:
    server.gateway.abort()
    # Typed while there is no connection.
    assert await echo(server) == "still here"
    await until(server, 1, 1)
    assert len(toy.seen) == 1


async def test_op_9_identifies_anew(server: DiscordServer, platform: DiscordPlatform) -> None:
    await server.gateway.invalidate()
    await until(server, 2, 0)
    assert await echo(server) == "still here"
    assert server.http.registrations == 1


async def test_an_event_that_the_library_cannot_read_is_not_the_end(
    server: DiscordServer, platform: DiscordPlatform, caplog: pytest.LogCaptureFixture
) -> None:
    with published.unchecked():
        await server.gateway.emit("GUILD_CREATE", {"nonsense": True})
    await until(server, 2, 0)
    assert await echo(server) == "still here"
    assert "connecting again" in caplog.text


async def test_4004_is_the_end_with_its_cure(
    server: DiscordServer, platform: DiscordPlatform, caplog: pytest.LogCaptureFixture
) -> None:
    await server.gateway.close(4004)
    await server.until(platform.findings)
    place = Place("discord", str(server.world.guild), str(server.channel("general").id))
    with pytest.raises(Refused) as refused:
        await platform.send(place, text("x"), "mark")
    assert refused.value.reason is Reason.REVOKED
    assert "Reset Token" in str(refused.value)
    assert [record.levelno for record in caplog.records if "DISCORD_TOKEN" in record.message] == [logging.CRITICAL]


async def test_4014_is_the_end_with_its_reason(
    server: DiscordServer, platform: DiscordPlatform, caplog: pytest.LogCaptureFixture
) -> None:
    await server.gateway.close(4014)
    await server.until(platform.findings)
    (finding,) = platform.findings()
    assert "intents" in finding.problem
    assert [record.levelno for record in caplog.records if "4014" in record.message] == [logging.CRITICAL]


@pytest.mark.parametrize("token", ["", "  ", "nonsense", "MTIz.abc.def"])
async def test_a_wrong_token_is_one_line_with_the_cure(server: DiscordServer, toy: Toy, token: str) -> None:
    platform = DiscordPlatform(token, SystemClock(), server.api_url, server.gateway_url)
    with pytest.raises(WrongToken) as wrong:
        await platform.start(TABLE, toy.dispatch, toy.complete)
    assert "DISCORD_TOKEN" in str(wrong.value)
    assert "Reset Token" in str(wrong.value)
    assert "\n" not in str(wrong.value)
    await platform.stop(0)


@pytest.mark.parametrize(("code", "kind"), [(4004, WrongToken), (4014, Denied), (4013, Denied)])
async def test_refused_at_the_start(server: DiscordServer, toy: Toy, code: int, kind: type[Exception]) -> None:
    server.gateway.refuse = code
    platform = DiscordPlatform(server.token, SystemClock(), server.api_url, server.gateway_url)
    with pytest.raises(kind) as refused:
        await platform.start(TABLE, toy.dispatch, toy.complete)
    assert "\n" not in str(refused.value)


async def test_discord_cannot_be_reached(toy: Toy, unused: int) -> None:
    platform = DiscordPlatform("MTIz.a.b", SystemClock(), f"http://127.0.0.1:{unused}/api/v10")
    with pytest.raises(CannotConnect, match="check the network"):
        await platform.start(TABLE, toy.dispatch, toy.complete)


@pytest.fixture
def unused(unused_tcp_port: int) -> int:
    return unused_tcp_port


async def test_start_stop_start(server: DiscordServer, platform: DiscordPlatform, toy: Toy) -> None:
    await platform.stop(1)
    await platform.start(TABLE, toy.dispatch, toy.complete)
    assert await echo(server) == "still here"
    assert server.gateway.identified == 2


async def test_a_courier_posts_without_a_connection_of_its_own(server: DiscordServer, toy: Toy) -> None:
    async with started(server, toy, process=ProcessRole("courier")) as bot:
        channel = next(each for each in server.world.channels.values() if each.name == "general")
        place = Place("discord", str(server.world.guild), str(channel.id))
        ref = await bot.send(place, text("Hello."), "A" * 24)
        assert await bot.find(place, Search("A" * 24, LATELY)) == ref
        assert server.gateway.identified == 0
        assert bot.findings() == []


async def test_a_gateway_takes_the_shards_that_it_was_given(server: DiscordServer, toy: Toy) -> None:
    async with started(server, toy, process=ProcessRole("gateway", Shards(2, 3, 4))) as bot:
        assert sorted(bot.client.shards) == [2, 3]
        assert bot.client.shard_count == 4


async def test_a_connection_that_stays_away_for_a_minute_is_a_finding_until_it_is_back(
    server: DiscordServer, toy: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discord.backoff.ExponentialBackoff, "delay", lambda _self: 0.01)
    clock = StillClock()
    async with started(server, toy, clock=clock) as bot:
        server.gateway.unreachable = True
        server.gateway.abort()
        await server.until(lambda: bot._connections._lost)
        assert bot.findings() == [], "the library mends most breaks in a moment"
        clock.skip(61)
        (finding,) = bot.findings()
        assert "connection to Discord has been lost for 6" in finding.problem
        assert "network" in finding.cure
        server.gateway.unreachable = False
        await server.until(lambda: not bot.findings())
        assert await echo(server)


async def test_a_message_from_while_the_connection_was_down_is_answered_once(
    server: DiscordServer, platform: DiscordPlatform, toy: Toy
) -> None:
    first = await server.write("member-1", "before")
    await server.answered(first)
    server.gateway.abort()
    message = await server.write("member-1", "meanwhile")
    assert (await server.answered(message)).text == "You wrote: meanwhile"
    await until(server, 1, 1)
    await server.answered(await server.write("member-1", "after"))
    assert [seen.field("text") for seen in toy.seen] == ["before", "meanwhile", "after"]

"""Posting, looking up, threads, edits and the check of a channel, on the real client."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from cohort_bot.app.ports.platform import Identity, Reason, Refused, Search, Unknown
from cohort_bot.chat.message import File, Mention, Message, paragraph, text
from cohort_bot.chat.place import Place, Ref
from cohort_bot.platforms.discord import failures
from cohort_bot.platforms.discord.adapter import DiscordPlatform
from tests.fakes.discord_server import DiscordServer, Fault
from tests.fakes.discord_world import CREATE_THREADS, HISTORY, SEND, SEND_IN_THREADS, VIEW
from tests.fakes.toy import LATELY, card

MARK = "m" * 24
POST = "/messages$"


def room(server: DiscordServer, name: str = "general", thread: str | None = None) -> Place:
    return Place("discord", str(server.world.guild), str(server.channel(name).id), thread)


async def test_a_post_is_found_again_by_its_mark(server: DiscordServer, platform: DiscordPlatform) -> None:
    place = room(server)
    assert await platform.find(place, Search(MARK, LATELY)) is None
    refs = [await platform.send(place, card(), f"mark-{number}") for number in range(3)]
    assert [await platform.find(place, Search(f"mark-{number}", LATELY)) for number in range(3)] == refs
    assert await platform.find(room(server, "study-hall"), Search("mark-1", LATELY)) is None
    assert await platform.find(place, Search("mark-1", timedelta(hours=-1))) is None


async def test_a_post_is_found_beyond_a_hundred_others(server: DiscordServer, platform: DiscordPlatform) -> None:
    first = await platform.send(room(server), text("first"), "first")
    channel = server.channel("general")
    for number in range(150):
        server.http.add(channel, {"content": str(number)})
    last = await platform.send(room(server), text("last"), "last")
    assert await platform.find(room(server), Search("last", LATELY)) == last
    assert await platform.find(room(server), Search("first", LATELY)) == first


async def test_the_same_mark_within_minutes_is_one_post(server: DiscordServer, platform: DiscordPlatform) -> None:
    refs = {(await platform.send(room(server), card(), MARK)).message_id for _ in range(3)}
    assert len(refs) == 1
    assert len(server.channel("general").messages) == 1
    assert server.posted()[0]["nonce"] == MARK
    assert server.posted()[0]["enforce_nonce"]


async def test_nobody_is_notified_but_those_who_are_meant(server: DiscordServer, platform: DiscordPlatform) -> None:
    member, other = (server.world.people[name].id for name in ("member-1", "member-2"))
    words = f"@everyone @here <@&{server.world.guild}> <@{other}> [x](http://y)"
    await platform.send(room(server), Message("s", (paragraph(Mention(str(member)), words),)), "one")
    await platform.send(room(server), text(words), "two")
    assert [message.pings for message in server.channel("general").messages] == [(str(member),), ()]


async def test_a_mark_that_is_too_long_is_a_mistake(server: DiscordServer, platform: DiscordPlatform) -> None:
    await platform.send(room(server), card(), "m" * 25)
    with pytest.raises(Refused) as refused:
        await platform.send(room(server), card(), "m" * 26)
    assert refused.value.reason is Reason.INVALID


async def test_a_thread_is_opened_once(server: DiscordServer, platform: DiscordPlatform) -> None:
    root = await platform.send(room(server), card(), MARK)
    place = await platform.thread(root, "Week 3 " + "x" * 100)
    assert place == room(server, thread=root.message_id)
    assert len(server.world.threads()[0].name) == 100
    assert await platform.thread(root, "Again") == place, "160004: it is there"
    ref = await platform.send(place, text("inside"), "inside")
    assert server.world.threads()[0].texts == ["inside"]
    assert await platform.find(place, Search("inside", LATELY)) == ref
    assert await platform.thread(ref, "In a thread") == place
    with pytest.raises(Refused) as refused:
        await platform.thread(Ref(room(server), "1"), "No message")
    assert refused.value.reason is Reason.INVALID


async def test_an_edit(server: DiscordServer, platform: DiscordPlatform) -> None:
    ref = await platform.send(room(server), card(), MARK)
    await platform.edit(ref, text("Something else"))
    assert server.channel("general").texts == ["Something else"]
    assert len(server.channel("general").messages) == 1
    with pytest.raises(Refused) as refused:
        await platform.edit(Ref(ref.place, "1"), text("gone"))
    assert refused.value.reason is Reason.INVALID


async def test_direct_messages(server: DiscordServer, platform: DiscordPlatform) -> None:
    person = server.world.people["member-1"]
    place = await platform.dm("", str(person.id))
    assert place.workspace == ""
    ref = await platform.send(place, card(), MARK)
    assert len(server.inbox("member-1").messages) == 1
    assert await platform.find(place, Search(MARK, LATELY)) == ref
    assert await platform.check(place) == []
    person.closed = True
    with pytest.raises(Refused) as refused:
        await platform.send(await platform.dm("", str(person.id)), card(), "other")
    assert refused.value.reason is Reason.DIRECT_CLOSED
    for gone in ("42", "nobody"):
        with pytest.raises(Refused) as refused:
            await platform.dm("", gone)
        assert refused.value.reason is Reason.PERSON_GONE


@pytest.mark.parametrize(
    ("bit", "title"),
    [
        (VIEW, "View Channel"),
        (SEND, "Send Messages"),
        (CREATE_THREADS, "Create Public Threads"),
        (SEND_IN_THREADS, "Send Messages in Threads"),
        (HISTORY, "Read Message History"),
    ],
)
async def test_each_missing_permission_is_named_with_its_cure(
    server: DiscordServer, platform: DiscordPlatform, bit: int, title: str
) -> None:
    assert await platform.check(room(server)) == []
    await server.deny("general", bit)
    await settled(server, platform)
    findings = await platform.check(room(server))
    # The library knows that a channel that cannot be viewed cannot be written to either.
    assert any(title in finding.problem and title in finding.cure for finding in findings)
    assert len(findings) == 1 or bit in {VIEW, SEND}
    await server.deny("general", 0)
    await settled(server, platform)
    assert await platform.check(room(server)) == []


async def settled(server: DiscordServer, platform: DiscordPlatform) -> None:
    """Everything that the gateway sent has arrived: an interaction behind it has."""
    await server.slash("member-1", "study-hall", "echo", words="x")


async def test_check_knows_a_place_that_is_not_there(server: DiscordServer, platform: DiscordPlatform) -> None:
    guild = str(server.world.guild)
    server.world.add_channel("voice", 2)
    await server.kick()
    await settled(server, platform)
    assert "not in this server" in (await platform.check(room(server)))[0].problem
    await server.invite()
    await settled(server, platform)
    assert await platform.check(room(server)) == []
    for channel in ("1", "general"):
        assert "see a channel" in (await platform.check(Place("discord", guild, channel)))[0].problem
    voice = next(channel for channel in server.world.channels.values() if channel.name == "voice")
    assert "isn't a text channel" in (await platform.check(Place("discord", guild, str(voice.id))))[0].problem


async def test_a_history_that_cannot_be_read_is_not_an_empty_one(
    server: DiscordServer, platform: DiscordPlatform
) -> None:
    await platform.send(room(server), card(), MARK)
    await server.deny("general", HISTORY)
    await settled(server, platform)
    with pytest.raises(Refused) as refused:
        await platform.find(room(server), Search(MARK, LATELY))
    assert refused.value.reason is Reason.NOT_ALLOWED
    with pytest.raises(Refused) as refused:
        await platform.last_written(room(server), server.world.now())
    assert refused.value.reason is Reason.NOT_ALLOWED, "nor a silence"


@pytest.mark.parametrize(
    ("status", "body", "headers", "reason"),
    [
        (403, {"code": 50001}, {}, Reason.NOT_ALLOWED),
        (403, {"code": 50013}, {}, Reason.NOT_ALLOWED),
        (404, {"code": 10003}, {}, Reason.ROOM_GONE),
        (404, {"code": 10004}, {}, Reason.ROOM_GONE),
        (404, {"code": 10008}, {}, Reason.INVALID),
        (404, {"code": 10013}, {}, Reason.PERSON_GONE),
        (403, {"code": 50007}, {}, Reason.DIRECT_CLOSED),
        (403, {"code": 50278}, {}, Reason.PERSON_GONE),
        (400, {"code": 50035}, {}, Reason.INVALID),
        (401, {"code": 0}, {}, Reason.REVOKED),
        (429, {"retry_after": 7.5}, {}, Reason.BUSY),
        (429, {"retry_after": 99.0}, {"Via": "1.1 google"}, Reason.BUSY),
    ],
)
async def test_refusals(
    server: DiscordServer,
    platform: DiscordPlatform,
    status: int,
    body: dict[str, Any],
    headers: dict[str, str],
    reason: Reason,
) -> None:
    server.fail(Fault("error", "POST", POST, status, body, headers))
    with pytest.raises(Refused) as refused:
        await platform.send(room(server), card(), MARK)
    assert refused.value.reason is reason
    if status == 429:
        assert refused.value.retry_after == {7.5: 8, 99.0: 99}[body["retry_after"]], "the header has whole seconds"
    assert not server.channel("general").messages


async def test_a_short_wait_with_via_is_the_library_s(server: DiscordServer, platform: DiscordPlatform) -> None:
    server.fail(Fault("error", "POST", POST, 429, {"retry_after": 0.05}, {"Via": "1.1 google"}))
    await platform.send(room(server), card(), MARK)
    assert len(server.channel("general").messages) == 1


@pytest.mark.parametrize(("kind", "posted"), [("lose", 1), ("drop", 0), ("hang", 1), ("error", 0)])
async def test_when_nobody_knows(
    server: DiscordServer, platform: DiscordPlatform, monkeypatch: pytest.MonkeyPatch, kind: str, posted: int
) -> None:
    monkeypatch.setattr(failures, "CALL", 0.3)
    server.fail(Fault(kind, "POST", POST, 503))  # type: ignore[arg-type]
    with pytest.raises(Unknown):
        await platform.send(room(server), card(), MARK)
    server.http.released.set()
    assert len(server.channel("general").messages) == posted
    found = await platform.find(room(server), Search(MARK, LATELY))
    assert (found is not None) == bool(posted)
    # Repeating it is harmless while the nonce is known.
    await platform.send(room(server), card(), MARK)
    assert len(server.channel("general").messages) == 1


async def test_a_bucket_is_kept_without_a_single_429(server: DiscordServer, platform: DiscordPlatform) -> None:
    server.http.bucket = (5, 0.3)
    await asyncio.gather(*(platform.send(room(server), text(str(n)), f"m{n}") for n in range(12)))
    assert len(server.channel("general").messages) == 12
    assert server.http.too_many == 0


async def test_gone_places(server: DiscordServer, platform: DiscordPlatform) -> None:
    place = room(server)
    await server.delete_channel("general")
    with pytest.raises(Refused) as refused:
        await platform.send(place, card(), MARK)
    assert refused.value.reason is Reason.ROOM_GONE
    with pytest.raises(Refused) as refused:
        await platform.find(place, Search(MARK, LATELY))
    assert refused.value.reason is Reason.ROOM_GONE
    study = room(server, "study-hall")
    await server.kick()
    await settled(server, platform)
    for call in (platform.send(study, card(), MARK), platform.find(study, Search(MARK, LATELY))):
        with pytest.raises(Refused) as refused:
            await call
        assert refused.value.reason is Reason.REVOKED
    await server.invite()
    await platform.send(study, card(), MARK)


async def test_before_the_start_and_after_the_stop(server: DiscordServer, platform: DiscordPlatform) -> None:
    await platform.stop(0)
    with pytest.raises(Refused) as refused:
        await platform.send(room(server), card(), MARK)
    assert refused.value.reason is Reason.BUSY


async def test_who_is_in_the_server_is_told_for_one_person(server: DiscordServer, platform: DiscordPlatform) -> None:
    guild, person = str(server.world.guild), server.world.people["member-1"]
    assert await platform.identity(guild, str(person.id)) == Identity("member-1", "member-1")
    person.left = True
    assert await platform.identity(guild, str(person.id)) is None
    assert await platform.identity(guild, "404") is None
    server.world.member = False
    with pytest.raises(Refused) as refused:
        await platform.identity(guild, str(person.id))
    assert refused.value.reason is Reason.NOT_ALLOWED


@pytest.mark.parametrize(("status", "code"), [(404, 10007), (404, 10013)])
async def test_nobody_is_missing_from_a_server_in_which_the_bot_is_missing_too(
    server: DiscordServer, platform: DiscordPlatform, status: int, code: int
) -> None:
    server.fail(Fault("error", "GET", "/members/", status, {"code": code, "message": "Unknown"}, times=2))
    with pytest.raises(Refused) as refused:
        await platform.identity(str(server.world.guild), str(server.world.people["member-1"].id))
    assert refused.value.reason is Reason.REVOKED


async def test_files_come_with_their_message_once_and_it_is_found_by_its_mark(
    server: DiscordServer, platform: DiscordPlatform
) -> None:
    files = (File("portfolio.md", "# é"), File("portfolio.json", "{}"))
    refs = {
        (await platform.send(room(server), Message("s", (paragraph("Two files"),), files=files), MARK)).message_id
        for _ in range(2)
    }
    assert len(refs) == 1
    assert server.channel("general").messages[0].body["files"] == {"portfolio.md": "# é", "portfolio.json": "{}"}
    server.http.forget_nonces()
    found = await platform.find(room(server), Search(MARK, LATELY))
    assert found is not None
    assert {found.message_id} == refs


async def test_what_somebody_may_do_is_asked_at_any_time(server: DiscordServer, platform: DiscordPlatform) -> None:
    guild, moderator, member = (
        str(server.world.guild),
        server.world.person("moderator"),
        server.world.person("member-1"),
    )
    found = await platform.person(guild, str(moderator.id))
    assert found is not None
    assert found.admin
    plain = await platform.person(guild, str(member.id))
    assert plain is not None
    assert not plain.admin
    member.left = True
    assert await platform.person(guild, str(member.id)) is None

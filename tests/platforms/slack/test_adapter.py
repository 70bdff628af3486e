"""The port on the loopback server: posting once, finding again, editing, and what a refusal says."""

import asyncio
from datetime import timedelta

import pytest

from cohort_bot.app.ports.platform import ChatPlatform, Identity, Reason, Refused, Search, Unknown
from cohort_bot.app.words import platforms
from cohort_bot.chat.message import File, Message, paragraph, text
from cohort_bot.chat.place import Place
from cohort_bot.platforms.common.errors import CannotConnect, WrongToken
from cohort_bot.platforms.slack import api, history
from cohort_bot.platforms.slack.adapter import SlackPlatform
from tests.fakes.bot import StillClock
from tests.fakes.slack_server import SlackServer
from tests.fakes.toy import LATELY
from tests.platforms.slack.conftest import TABLE, Toy, connected, started

C1 = Place("slack", "T1", "C1")
LONG = Message("A long one", tuple(paragraph(f"line {number}") for number in range(120)))


def test_it_is_a_platform(platform: SlackPlatform) -> None:
    port: ChatPlatform = platform
    assert port.name == "slack"


async def test_a_message_is_posted_found_and_edited(
    slack: SlackServer, platform: SlackPlatform, clock: StillClock
) -> None:
    assert await platform.find(C1, Search("m1", LATELY)) is None
    ref = await platform.send(C1, text("Hello <!channel>"), "m1")
    await platform.send(C1, text("Another"), "m2")
    post = slack.world.posts()[0]
    assert (ref.place, ref.message_id) == (C1, post.ts)
    assert post.said == "Hello <!channel>"
    assert post.text == "Hello &lt;!channel&gt;"
    assert post.metadata == {"event_type": history.EVENT, "event_payload": {"mark": "m1"}}
    assert await platform.find(C1, Search("m1", LATELY)) == ref
    assert await platform.find(C1, Search("m1", timedelta(hours=-1))) is None
    await platform.edit(ref, text("Changed"))
    assert slack.world.timeline() == ["Changed", "Another"]
    assert await platform.find(C1, Search("m1", LATELY)) == ref


async def test_a_thread(slack: SlackServer, platform: SlackPlatform, clock: StillClock) -> None:
    root = await platform.send(C1, text("Root"), "root")
    thread = await platform.thread(root, "A title")
    assert thread == Place("slack", "T1", "C1", root.message_id)
    inside = await platform.send(thread, text("Inside"), "m")
    assert await platform.thread(inside, "again") == thread
    assert slack.world.timeline(thread=root.message_id) == ["Inside"]
    assert await platform.find(thread, Search("m", LATELY)) == inside
    assert await platform.find(C1, Search("m", LATELY)) is None
    slack.world.channels["C1"].messages.clear()
    late = await platform.send(thread, text("Too late"), "n")
    assert late.place == C1, "where Slack has posted it, without a word"
    assert await platform.find(C1, Search("n", LATELY)) == late
    with pytest.raises(Refused) as refused:
        await platform.find(thread, Search("n", LATELY))
    assert refused.value.reason is Reason.ROOM_GONE, "the sender looks into the room then"


async def test_a_direct_conversation(slack: SlackServer, platform: SlackPlatform, clock: StillClock) -> None:
    place = await platform.dm("T1", "U2")
    assert place == await platform.dm("T1", "U2") == Place("slack", "T1", "DU2")
    ref = await platform.send(place, text("Psst"), "m")
    assert slack.world.inbox("U2") == ["Psst"]
    assert await platform.find(place, Search("m", LATELY)) == ref
    assert [method for method, _ in slack.world.calls].count("conversations.open") == 1
    slack.world.people["U3"].deleted = True
    for user, reason in (("U9", Reason.PERSON_GONE), ("UBOT", Reason.DIRECT_CLOSED), ("U3", Reason.PERSON_GONE)):
        with pytest.raises(Refused) as refused:
            await platform.dm("T1", user)
        assert refused.value.reason is reason


async def test_another_workspace_is_none_of_ours(platform: SlackPlatform) -> None:
    with pytest.raises(Refused) as refused:
        await platform.send(Place("slack", "T2", "C1"), text("x"), "m")
    assert refused.value.reason is Reason.REVOKED


@pytest.mark.parametrize(
    ("kind", "unknown", "landed"), [("lose_answer", True, 1), ("drop", True, 0), ("break_down", True, 0)]
)
async def test_a_doubtful_post_is_looked_up(
    slack: SlackServer, platform: SlackPlatform, clock: StillClock, kind: str, unknown: bool, landed: int
) -> None:
    getattr(slack.world, kind)("chat.postMessage")
    with pytest.raises(Unknown):
        await platform.send(C1, text("once"), "m")
    assert len(slack.world.posts()) == landed
    found = await platform.find(C1, Search("m", LATELY))
    assert (found is not None) == bool(landed)
    assert [method for method, _ in slack.world.calls].count("chat.postMessage") == 1, "the library repeats nothing"


async def test_a_rate_limit_says_when_to_come_back(slack: SlackServer, platform: SlackPlatform) -> None:
    slack.world.fail("chat.postMessage", "ratelimited", retry_after=30)
    with pytest.raises(Refused) as refused:
        await platform.send(C1, text("x"), "m")
    assert (refused.value.reason, refused.value.retry_after) == (Reason.BUSY, 30.0)
    assert not slack.world.posts()


async def test_a_long_message_is_posted_in_parts_each_once(
    slack: SlackServer, platform: SlackPlatform, clock: StillClock
) -> None:
    ref = await platform.send(C1, LONG, "long")
    assert len(slack.world.posts()) == 3
    assert "\n".join(slack.world.timeline()) == "\n".join(f"line {number}" for number in range(120))
    assert ref.message_id == slack.world.posts()[0].ts
    assert await platform.find(C1, Search("long", LATELY)) == ref


@pytest.mark.parametrize("kind", ["lose_answer", "drop"])
@pytest.mark.parametrize("number", [1, 2, 3])
async def test_a_long_message_goes_on_where_it_broke(
    slack: SlackServer, platform: SlackPlatform, clock: StillClock, kind: str, number: int
) -> None:
    if number > 1:
        slack.world._add("chat.postMessage", slack.world.none(), number - 1)
    getattr(slack.world, kind)("chat.postMessage")
    with pytest.raises(Unknown):
        await platform.send(C1, LONG, "long")
    search = Search("long", LATELY)
    ref = await platform.find(C1, search)
    assert (ref is not None) == (kind == "lose_answer" and number == 3)
    if ref is None:
        slack.world.calls.clear()
        ref = await platform.send(C1, LONG, "long", search)
        assert {method for method, _ in slack.world.calls} == {"chat.postMessage"}, "what the look-up saw is known"
    assert "\n".join(slack.world.timeline()) == "\n".join(f"line {number}" for number in range(120))
    assert await platform.find(C1, Search("long", LATELY)) == ref


async def test_an_edit_that_is_too_long_says_so(slack: SlackServer, platform: SlackPlatform) -> None:
    ref = await platform.send(C1, text("x"), "m")
    await platform.edit(ref, LONG)
    assert slack.world.timeline()[0].endswith(platforms.cut())


async def test_looking_back_through_many_pages(
    slack: SlackServer, platform: SlackPlatform, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = await platform.send(C1, text("first"), "m")
    for number in range(5):
        await platform.send(C1, text("later"), f"n{number}")
    monkeypatch.setattr(history, "CAPPED", 2)
    monkeypatch.setattr(history, "PAGE", 3)
    assert await platform.find(C1, Search("m", LATELY)) == ref


async def test_a_public_channel_is_joined_for_reading(
    slack: SlackServer, platform: SlackPlatform, clock: StillClock
) -> None:
    place = Place("slack", "T1", "C2")
    ref = await platform.send(place, text("x"), "m")
    assert not slack.world.channels["C2"].member
    assert await platform.find(place, Search("m", LATELY)) == ref
    assert slack.world.channels["C2"].member


@pytest.mark.parametrize("policy", ["hold", "repost"])
async def test_history_that_cannot_be_read(slack: SlackServer, clock: StillClock, toy: Toy, policy: str) -> None:
    slack.world.scopes.remove("channels:history")
    async with started(connected(slack, clock, history=policy), toy) as platform:
        if policy == "repost":
            assert await platform.find(C1, Search("m", LATELY)) is None
            return
        with pytest.raises(Refused) as refused:
            await platform.find(C1, Search("m", LATELY))
        assert refused.value.reason is Reason.NOT_ALLOWED
        assert "needed: channels:history" in refused.value.detail
        assert "cohort-bot slack manifest" in refused.value.detail


async def test_what_keeps_it_from_working(slack: SlackServer, platform: SlackPlatform) -> None:
    assert await platform.check(C1) == []
    assert await platform.check(Place("slack", "T1", "C2")) == []
    (private,) = await platform.check(Place("slack", "T1", "G1"))
    assert "/invite @cohort-bot" in private.cure
    slack.world.channels["C2"].archived = True
    slack.world.channels["C2"].member = False
    (archived,) = await platform.check(Place("slack", "T1", "C2"))
    assert "/invite" in archived.cure
    slack.world.break_down("conversations.history")
    (silent,) = await platform.check(C1)
    assert "didn't answer" in silent.problem


async def test_scopes_that_are_missing_are_named(slack: SlackServer, clock: StillClock, toy: Toy) -> None:
    slack.world.scopes.remove("im:write")
    async with started(connected(slack, clock), toy) as platform:
        (finding,) = await platform.check(C1)
    assert finding.problem == "The app lacks the scopes im:write."
    assert "reinstall" in finding.cure


@pytest.mark.parametrize(
    ("method", "code", "expected"),
    [
        ("auth.test", "invalid_auth", WrongToken),
        ("auth.test", "account_inactive", WrongToken),
        ("auth.test", "ratelimited", CannotConnect),
        ("apps.connections.open", "invalid_auth", WrongToken),
        ("apps.connections.open", "not_allowed_token_type", WrongToken),
        ("apps.connections.open", "internal_error", CannotConnect),
    ],
)
async def test_a_wrong_token_is_found_at_the_start(
    slack: SlackServer,
    clock: StillClock,
    toy: Toy,
    method: str,
    code: str,
    expected: type[Exception],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(api, "AGAIN", (0.0, 0.0))
    slack.world.fail(method, code, times=3)
    with pytest.raises(expected) as error:
        await connected(slack, clock).start(TABLE, toy.dispatch, toy.complete)
    assert "\n" not in str(error.value)
    if expected is WrongToken:
        assert ("SLACK_BOT_TOKEN" if method == "auth.test" else "SLACK_APP_TOKEN") in str(error.value)


async def test_a_start_outlives_what_passes(slack: SlackServer, clock: StillClock, toy: Toy) -> None:
    slack.world.break_down("auth.test")
    slack.world.fail("apps.connections.open", "ratelimited", retry_after=0.01)
    async with started(connected(slack, clock), toy):
        assert (await slack.command("U2", "/checkin")).text.startswith("checkin")


async def test_slack_that_is_not_there(slack: SlackServer, clock: StillClock, toy: Toy) -> None:
    platform = SlackPlatform(clock, bot_token="xoxb-1", signing_secret="x", api_url="http://127.0.0.1:1/api")
    with pytest.raises(CannotConnect, match="SLACK_API_URL"):
        await platform.start(TABLE, toy.dispatch, toy.complete)


async def test_a_revoked_token(slack: SlackServer, platform: SlackPlatform) -> None:
    slack.world.revoked = True
    with pytest.raises(Refused) as refused:
        await platform.send(C1, text("x"), "m")
    assert refused.value.reason is Reason.REVOKED


async def test_many_at_once(slack: SlackServer, platform: SlackPlatform) -> None:
    await asyncio.gather(*(platform.send(C1, text(f"m{n}"), f"m{n}") for n in range(50)))
    assert len({post.ts for post in slack.world.posts()}) == 50


async def test_a_post_that_hangs_is_given_up_and_looked_up(
    slack: SlackServer, platform: SlackPlatform, clock: StillClock
) -> None:
    slack.world.hang("chat.postMessage")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):  # the courier's lease
            await platform.send(C1, text("x"), "m")
    assert await platform.find(C1, Search("m", LATELY)) is None
    assert (await platform.send(C1, text("x"), "m")).place == C1


async def test_who_is_in_the_workspace_is_told_for_one_person(slack: SlackServer, platform: SlackPlatform) -> None:
    known = Identity("Sample Member 1", "sample.member.1", frozenset({"U2"}), "en-US")
    assert await platform.identity("T1", "U2") == known
    slack.world.people["U2"].deleted = True
    assert await platform.identity("T1", "U2") is None
    assert await platform.identity("T1", "U404") is None
    with pytest.raises(Refused):
        await platform.identity("T404", "U2")


async def test_files_are_posted_as_text_once_under_the_messages_mark(
    slack: SlackServer, platform: SlackPlatform, clock: StillClock
) -> None:
    long = "\n".join(f"line {number} of many words" for number in range(900))
    message = Message("Yours", (paragraph("Two files"),), files=(File("a.md", long), File("a.json", "{}")))
    platform._part_gap = 0
    ref = await platform.send(C1, message, "m1")
    said = "\n".join(post.said for post in slack.world.posts())
    assert "line 0 of many" in said
    assert "line 899 of many" in said
    count = len(slack.world.posts())
    assert count > 1
    await platform.send(C1, message, "m1", Search("m1", LATELY))
    assert len(slack.world.posts()) == count, "a repeat posts no part twice"
    assert await platform.find(C1, Search("m1", LATELY)) == ref

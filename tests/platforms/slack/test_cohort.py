"""A cohort lives on Slack, in Socket Mode and over HTTP; every post arrives once whatever breaks."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cohort_bot.platforms.slack import answers, api
from tests.fakes.bot import StillClock
from tests.fakes.slack_checks import mrkdwn_seen, pressable, seen
from tests.fakes.slack_server import SlackServer
from tests.platforms.slack.cohort import running
from tests.pseudo_locale import english

pytestmark = pytest.mark.both_languages

MONDAY = datetime(2027, 1, 4, 8, 0, tzinfo=UTC)
TRICK = "<!channel> <@U1> &lt; *bold* https://example.org/a_b_c `x` \x07"
READ = "<!channel> <@U1> &lt; *bold* https://example.org/a_b_c `x`"


async def test_two_weeks_of_a_cohort_of_three(tmp_path: Path, mode: str) -> None:
    clock = StillClock()
    async with SlackServer(clock.now) as slack:
        await first_week(tmp_path, mode, slack, clock)
        await second_week(tmp_path, mode, slack, clock)


async def first_week(folder: Path, mode: str, slack: SlackServer, clock: StillClock) -> None:
    async with running(folder, mode, slack=slack, clock=clock) as bot:
        world = slack.world
        form = await bot.type("U1", "/cohort create")
        assert form.text.startswith("/cohort create")
        preview = await bot.slack.submit("U1", form, name="AI 2027", starts="2027-01-04", timezone="Berlin")
        created = await bot.slack.press("U1", preview, "Create it")
        assert "AI 2027 is ready" in created.text
        await bot.settle()
        assert "AI 2027" in world.timeline()[0]

        form = await bot.slack.press("U2", world.posts()[0], "Join")
        refused = await bot.slack.submit("U2", form, timezone="Atlantis")
        assert "“Atlantis”" in refused.errors["timezone"]
        joined = await bot.slack.submit("U2", refused, timezone="Berlin", hours="8", why=TRICK)
        assert "Europe/Berlin" in joined.text
        await bot.join("U3", "U4")
        assert sum("just joined" in line for line in world.timeline()) == 1, "the others are greeted together"

        await bot.until(MONDAY)
        opening = bot.card(1)
        assert english(opening.text).startswith("Week 1: ")

        # By command, by the card's button, and one who does not.
        form = await bot.type("U2", "/checkin")
        assert form.view is not None
        assert {block["block_id"] for block in form.view["blocks"]} >= {"tasks", "done", "blockers", "next", "share"}
        done = await bot.slack.submit("U2", form, tasks=["1", "2"], done=TRICK, share=["thread"])
        assert "on time" in done.text
        form = await bot.slack.press("U3", opening, "Check in")
        assert "Checked in" in (await bot.slack.submit("U3", form, next="Chapter 1, Tuesday")).text
        await bot.settle()
        (line,) = world.posts(thread=opening.ts)
        assert READ in line.said
        assert "CALLS" not in mrkdwn_seen(line.text)
        assert not {"link", "user", "broadcast"} & set(re.findall(r'"type": "(\w+)"', json.dumps(line.blocks)))

        # Two reminders for the one who is missing; the button that stops them.
        await bot.until(datetime(2027, 1, 10, 23, 0, tzinfo=UTC))
        assert len(world.inbox("U4")) == 2
        assert not world.inbox("U2")
        stop = await bot.slack.press("U4", world.dm_of("U4").messages[0], "Stop reminders")
        assert "No more reminders" in stop.text

        own = await bot.type("U2", "/cohort progress")
        assert "Streak: 1" in own.text
        shown = [block for message in own.messages for block in message.blocks if block["type"] in {"table", "image"}]
        assert [english(row[0]["text"]) for row in shown[0]["rows"]] == ["Rounds", "1"], "a table in place of a picture"
        assert len(shown) == 1
        assert not world.uploads, "nothing stays in the workspace's files"
        (state,) = (await bot.type("U1", "/cohort progress")).messages
        assert "2 of 3 checked in" in state.said
        assert "● on time" in state.said
        (table,) = (block for block in state.blocks if block["type"] == "table")
        assert [len(row) for row in table["rows"]] == [2] * 4, "the heading and three members, by one round"
        home = seen((await bot.slack.open_home("U2"))["blocks"])
        assert "Week 1: " in home
        assert "Streak: 1" in home


async def second_week(folder: Path, mode: str, slack: SlackServer, clock: StillClock) -> None:
    """After a restart."""
    async with running(folder, mode, slack=slack, clock=clock) as bot:
        world = slack.world
        opening = bot.card(1)
        before = len(world.calls)
        await bot.settle()
        assert not [method for method, _ in world.calls[before:] if method == "chat.postMessage"], "nothing is doubled"
        await bot.until(datetime(2027, 1, 11, 20, 0, tzinfo=UTC))
        assert bot.card(2).blocks
        assert len([post for post in world.posts() if re.match(r"Week \d", post.said)]) == 2
        form = await bot.slack.press("U4", opening, "Check in")
        assert "on time" in (await bot.slack.submit("U4", form)).text
        await bot.days(2)
        digests = world.timeline(thread=opening.ts)
        assert any("Week 1: 3 of 3 checked in" in digest for digest in digests)


async def test_a_moderator_writes_to_somebody_from_their_line(tmp_path: Path) -> None:
    """From the card, and from the digest that came to them: both with the prepared message of that person."""
    async with running(tmp_path, "socket") as bot:
        await bot.create()
        await bot.join("U2", "U3")
        await bot.until(MONDAY + timedelta(weeks=2, days=2))
        card = await bot.type("U1", "/cohort progress")
        name = bot.slack.world.people["U3"].name
        digest = bot.slack.world.dm_of("U1").messages[-1]
        forms = [await bot.slack.press("U1", where, f"Write to {name}") for where in (card, digest)]
        for form in forms:
            assert form.view is not None
            drafts = [block["element"].get("initial_value", "") for block in form.view["blocks"] if "element" in block]
            assert any(english(draft).startswith(f"Hi {name}, ") for draft in drafts)
        await bot.slack.submit("U1", forms[-1], text="How are you?")
        await bot.settle()
        assert "How are you?" in bot.slack.world.inbox("U3")[-1]
        assert "How are you?" not in str(bot.slack.world.inbox("U2"))


async def test_a_moderator_writes_to_one_after_the_other_and_is_asked_a_week_later(tmp_path: Path) -> None:
    async with running(tmp_path, "socket") as bot:
        slack = bot.slack
        await bot.create()
        await bot.join("U2", "U3")
        await bot.until(MONDAY + timedelta(weeks=2, days=2))
        card = await slack.press("U1", slack.world.dm_of("U1").messages[-1], "Write to them one by one")
        assert "1 of 2" in card.text
        form = await slack.press("U1", card, "Edit")
        card = await slack.submit("U1", form, text="Come for a walk?")
        assert "2 of 2" in card.text
        assert "In a week I'll ask you what came of it." in (await slack.press("U1", card, "Not now")).text
        await bot.settle()
        assert sum("Come for a walk?" in str(slack.world.inbox(each)) for each in ("U2", "U3")) == 1
        await bot.until(MONDAY + timedelta(weeks=3, days=2, hours=1))
        asked = next(each for each in slack.world.dm_of("U1").messages if "what came of it?" in english(each.said))
        assert "they're coming back" in (await slack.press("U1", asked, "Coming back")).text
        form = await bot.type("U1", "/cohort features")
        assert "all of these are off" in (await slack.submit("U1", form, on=[])).text
        assert "is off in AI 2027" in (await bot.type("U1", "/cohort outreach")).text


async def test_leaving_a_removal_and_an_announcement_are_undone(tmp_path: Path) -> None:
    async with running(tmp_path, "socket") as bot:
        await bot.create()
        await bot.join("U2", "U3")
        left = await bot.slack.press("U2", await bot.type("U2", "/cohort leave"), "Leave")
        assert "You're back in AI 2027" in (await bot.slack.press("U2", left, "Undo")).text
        removed = await bot.slack.press("U1", await bot.type("U1", "/cohort remove member:<@U3>"), "Remove")
        assert "is back in AI 2027" in (await bot.slack.press("U1", removed, "Undo")).text
        preview = await bot.type("U1", '/cohort announce text:"Pizza!"')
        done = await bot.slack.press("U1", preview, "Post it")
        await bot.settle()
        before = bot.slack.world.posts()[-1]
        assert "Pizza!" in before.said
        assert "Undone" in (await bot.slack.press("U1", done, "Undo")).text
        await bot.settle()
        after = bot.slack.world.posts()[-1]
        assert (after.ts, english(after.said)) == (before.ts, "A moderator withdrew an announcement.")
        assert "already withdrawn" in (await bot.slack.press("U1", done, "Undo")).text


async def test_the_home_tab_shows_each_of_several_cohorts(tmp_path: Path) -> None:
    async with running(tmp_path, "socket", board_url="https://board.example.org/board") as bot:
        await bot.create()
        await bot.join("U2")
        preview = await bot.type(
            "U1", '/cohort create name:"Second" timezone:Europe/Berlin starts:2027-01-04 channel:<#C2|study-hall>'
        )
        await bot.slack.press("U1", preview, "Create it")
        assert "Welcome" in (await bot.type("U2", "/cohort join cohort:Second timezone:Europe/Berlin")).text
        await bot.until(MONDAY)
        view = await bot.slack.open_home("U2")
        home = seen(view["blocks"])
        assert home.index("AI 2027") < home.index("Second")
        assert home.count("Week 1: ") == 2
        assert home.count("No streak yet") == 2
        buttons = [each for block in view["blocks"] for each in pressable(block)]
        asked = [json.loads(each["value"]) for each in buttons if each["action_id"].startswith("checkin")]
        assert len({each.get("id") for each in asked}) == len(asked) == 2, "one for each cohort"
        view = await bot.slack.open_home("U1")
        moderators = seen(view["blocks"])
        assert moderators.index("AI 2027") < moderators.index("Second")
        assert moderators.count("Nobody needs you right now.") == 2
        assert (moderators.count("[Open the board]"), home.count("[Open the board]")) == (2, 0)
        link = await bot.slack.press("U1", view, "Open the board")
        assert "https://board.example.org/board/enter?t=" in json.dumps(link.view)
        assert "You're not in a cohort yet" in seen((await bot.slack.open_home("U4"))["blocks"])


async def test_the_home_tab_is_where_one_checks_in_and_sees_it(tmp_path: Path, mode: str) -> None:
    """Once a form that was opened there is done, the tab shows what is so now."""
    async with running(tmp_path, mode) as bot:
        world = bot.slack.world
        assert "Pick one to join" not in seen((await bot.slack.open_home("U2"))["blocks"])
        await bot.create()
        home = await bot.slack.open_home("U2")
        assert "Pick one to join" in seen(home["blocks"])
        refused = await bot.slack.submit("U2", await bot.slack.press("U2", home, "Join"), timezone="Atlantis")
        assert "“Atlantis”" in refused.errors["timezone"]
        assert world.homes["U2"] is home, "nothing has changed"
        joined = await bot.slack.submit("U2", refused, timezone="Berlin")
        assert "Welcome" in joined.text
        await world.until(lambda: world.homes["U2"] is not home)
        assert "Your first week opens" in seen(world.homes["U2"]["blocks"])

        await bot.until(MONDAY)
        home = await bot.slack.open_home("U2")
        assert "Check in by" in seen(home["blocks"])
        done = await bot.slack.submit("U2", await bot.slack.press("U2", home, "Check in"), tasks=["1"])
        assert "on time" in done.text
        await world.until(lambda: "You've checked in." in seen(world.homes["U2"]["blocks"]))
        assert "☑" in seen(world.homes["U2"]["blocks"])

        card = bot.card(1)
        before = world.homes["U2"]
        await bot.slack.submit("U2", await bot.slack.press("U2", card, "Check in"), tasks=[])
        await bot.settle()
        assert world.homes["U2"] is before, "from elsewhere it costs no call: Slack asks again when the tab is opened"
        assert "☑" not in seen((await bot.slack.open_home("U2"))["blocks"])


async def test_what_is_typed_into_commands_arrives_as_text(tmp_path: Path) -> None:
    """A cohort's name, an announcement and why somebody joined, as Slack sends them: with its three escapes."""
    async with running(tmp_path, "socket") as bot:
        escaped = TRICK.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        name = READ.partition(" https")[0]
        typed = escaped.partition(" https")[0]
        preview = await bot.type("U1", f'/cohort create name:"{typed}" timezone:Berlin starts:2027-01-04')
        assert name in preview.text
        await bot.slack.press("U1", preview, "Create it")
        await bot.settle()
        form = await bot.slack.press("U2", bot.slack.world.posts()[0], "Join")
        assert "Welcome" in (await bot.slack.submit("U2", form, timezone="Berlin", why=TRICK)).text
        shown = await bot.type("U1", f'/cohort announce text:"{escaped}"')
        await bot.slack.press("U1", shown, "Post it")
        await bot.settle()
        posts = bot.slack.world.posts()
        assert name in posts[0].said
        assert READ in posts[-1].said
        for post in [*posts, *bot.slack.world.ephemerals]:
            rooms = int(post == bot.slack.world.ephemerals[0])  # the preview names the room, once
            assert mrkdwn_seen(post.text).count("CALLS") == rooms
            kinds = re.findall(r'"type": "(\w+)"', json.dumps(post.blocks))
            assert kinds.count("channel") == rooms
            assert not {"user", "usergroup", "broadcast", "emoji"} & set(kinds)


@pytest.mark.parametrize("fault", ["lose_answer", "drop", "break_down"])
async def test_a_post_arrives_once_whatever_breaks(tmp_path: Path, fault: str, mode: str) -> None:
    async with running(tmp_path, mode) as bot:
        await bot.create()
        await bot.join("U2")
        getattr(bot.slack.world, fault)("chat.postMessage", times=3)
        await bot.until(MONDAY)
        cards = [post for post in bot.slack.world.posts() if post.said.startswith("Week 1 ")]
        assert len(cards) == 1


async def test_a_rate_limit_delays_and_loses_nothing(tmp_path: Path) -> None:
    async with running(tmp_path, "socket") as bot:
        await bot.create()
        for error in ("ratelimited", "rate_limited"):
            bot.slack.world.fail("chat.postMessage", error, retry_after=0.05)
        await bot.until(MONDAY)
        assert bot.card(1).blocks


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("is_archived", "the channel is archived"),
        ("channel_not_found", "it's private and I'm not in it, or it's gone"),
        ("not_in_channel", "I may not post there"),
        ("missing_scope", "I may not post there"),
        ("account_inactive", "my access was revoked"),
        ("token_revoked", "my access was revoked"),
        ("invalid_blocks", "the platform refused the message"),
    ],
)
async def test_an_ending_tells_a_moderator_and_has_a_way_back(tmp_path: Path, error: str, words: str) -> None:
    async with running(tmp_path, "socket") as bot:
        await bot.create()
        bot.slack.world.fail("chat.postMessage", error)
        await bot.until(MONDAY)
        assert not [post for post in bot.slack.world.posts() if post.said.startswith("Week 1 ")]
        (alert,) = [line for line in bot.slack.world.inbox("U1") if "I can't post" in line]
        assert words in alert
        post = next(post for post in bot.slack.world.dm_of("U1").messages if "I can't post" in post.said)
        assert "trying 1 message" in (await bot.slack.press("U1", post, "Try again")).text
        await bot.settle()
        assert bot.card(1).blocks


@pytest.mark.parametrize("why", ["user_disabled", "cannot_dm_bot"])
async def test_a_member_who_cannot_be_written_to(tmp_path: Path, why: str) -> None:
    async with running(tmp_path, "socket") as bot:
        await bot.create()
        await bot.join("U2", "U3")
        person = bot.slack.world.people["U2"]
        person.deleted, person.bot = why == "user_disabled", why == "cannot_dm_bot"
        await bot.until(datetime(2027, 1, 10, 23, 0, tzinfo=UTC))
        assert len(bot.slack.world.inbox("U3")) == 2, "the others get theirs"


async def test_outage_of_the_answer_and_of_the_history(tmp_path: Path) -> None:
    async with running(tmp_path, "socket") as bot:
        await bot.create()
        bot.slack.world.lose_answer("chat.postMessage")
        bot.slack.world.break_down("conversations.history", times=2)
        await bot.until(MONDAY)
        assert len([post for post in bot.slack.world.posts() if post.said.startswith("Week 1 ")]) == 1


async def test_a_private_channel_without_the_bot_is_told_with_its_cure(tmp_path: Path) -> None:
    async with running(tmp_path, "socket") as bot:
        world = bot.slack.world
        line = "/cohort create name:Secret timezone:Berlin starts:2027-01-04"
        preview = await bot.type("U1", line, channel="G1")
        assert "/invite @cohort-bot" in preview.text
        await bot.slack.press("U1", preview, "Create it")
        await bot.settle()
        progress = await bot.type("U1", "/cohort progress", channel="G1")
        for said in (world.inbox("U1")[-1], progress.text):
            assert "Type /invite @cohort-bot in the channel" in said
            assert "Then press Try again" in said
        world.channels["G1"].member = True
        await bot.slack.press("U1", progress, "Try again")
        await bot.settle()
        assert "Secret" in world.timeline("G1")[0]


async def test_an_archived_channel_is_told_with_its_cure(tmp_path: Path) -> None:
    async with running(tmp_path, "socket") as bot:
        await bot.create()
        bot.slack.world.channels["C1"].archived = True
        await bot.until(MONDAY)
        assert "the channel is archived" in bot.slack.world.inbox("U1")[-1]
        assert "Unarchive the channel" in bot.slack.world.inbox("U1")[-1]
        assert "Unarchive the channel" in (await bot.type("U1", "/cohort progress")).text


async def test_a_channel_that_was_typed_and_not_picked_is_no_room(tmp_path: Path) -> None:
    async with running(tmp_path, "socket") as bot:
        preview = await bot.type("U1", "/cohort create name:Typed channel:#general starts:2027-01-04")
        assert "I don't know a channel “#general”" in preview.text
        assert "Pick a channel from the list" in preview.text
        assert "Create it" not in preview.text


async def test_a_cohort_in_a_private_channel_is_there_for_who_is_in_it(tmp_path: Path) -> None:
    async with running(tmp_path, "socket") as bot:
        bot.slack.world.channels["G1"].member = True
        line = "/cohort create name:Secret timezone:Berlin starts:2027-01-04"
        preview = await bot.type("U1", line, channel="G1")
        assert "The channel is private, so only people in it" in preview.text
        await bot.slack.press("U1", preview, "Create it")
        await bot.settle()
        for channel in ("C1", bot.slack.world.dm_of("U3").id):
            for words in ("join timezone:Berlin", "join cohort:Secret", "plan", "paper", "progress"):
                said = (await bot.type("U3", f"/cohort {words}", channel)).text
                assert "Secret" not in said.replace("“Secret”", ""), "nothing but what they typed"
                assert "Welcome" not in said
        form = await bot.slack.press("U2", bot.slack.world.posts("G1")[0], "Join")
        assert "Welcome to Secret" in (await bot.slack.submit("U2", form, timezone="Berlin")).text
        assert "Week 1" in (await bot.type("U2", "/cohort plan", "C1")).text, "who has joined is a member everywhere"
        assert "Secret" in (await bot.type("U1", "/cohort members", "C1")).text
        bot.slack.world.channels["C2"].member = False
        moved = await bot.type("U1", "/cohort edit channel:C2", "C1")
        await bot.slack.press("U1", moved, "Change it")
        assert "Welcome to Secret" in (await bot.type("U3", "/cohort join timezone:Berlin", "C1")).text


async def test_a_channel_that_becomes_private_is_noticed(tmp_path: Path) -> None:
    async with running(tmp_path, "socket") as bot:
        channel = bot.slack.world.channels["C1"]
        await bot.create()

        async def a_day_later() -> str:
            bot.clock.move_to(bot.clock.now() + timedelta(days=1))
            await bot.runtime.room_privacy.look()
            return (await bot.type("U3", "/cohort join timezone:Berlin", "C2")).text

        channel.private = True
        assert "no cohort here" in await a_day_later()
        channel.private, channel.archived = False, True
        assert "no cohort here" in await a_day_later(), "what Slack does not tell stays as it was"
        channel.archived = False
        assert "Welcome to" in await a_day_later()


@pytest.mark.parametrize("kind", ["command", "view"])
async def test_an_answer_that_never_arrived_is_told_at_the_next_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """A response_url that fails, or a view that cannot be updated and no direct message in its place."""
    monkeypatch.setattr(api, "AGAIN", (0.0, 0.0))
    monkeypatch.setattr(api, "LONGER", ())
    async with running(tmp_path, "socket") as bot:
        world = bot.slack.world
        await bot.create()
        await bot.join("U3")
        await bot.until(MONDAY)
        if kind == "command":
            world.break_down("response_url", times=9)
            line = "/cohort join timezone:Berlin"
            await bot.slack.deliver("slash_commands", bot.slack.command_payload("U2", line))
            command = "/cohort join"
        else:
            await bot.join("U2")
            form = await bot.type("U2", "/checkin")
            monkeypatch.setattr(answers, "DEFER", 0.0)
            world.fail("views.update", "not_found", times=9)
            world.fail("chat.postMessage", "messages_tab_disabled", times=9)
            await bot.slack.deliver("interactive", bot.slack.submit_payload("U2", form, tasks=["1"], done="x"))
            command = "/checkin"
        await bot.settle()
        await bot.platform._running.drain(5)
        world._faults.clear()
        monkeypatch.setattr(answers, "DEFER", 1.5)
        told = f"My last answer didn't reach you, but what you did with {command} is saved."
        assert told not in (await bot.type("U3", "/cohort plan")).text
        assert told in (await bot.type("U2", "/cohort plan")).text
        assert told not in (await bot.type("U2", "/cohort plan")).text

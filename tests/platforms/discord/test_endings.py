"""What cannot be delivered ends with one message to a moderator, and a way back."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.app.words.alerts import why
from tests.fakes.discord_server import Fault
from tests.fakes.discord_world import HISTORY, SEND
from tests.platforms.discord.cohort import Cohort, running

MONDAY = datetime(2027, 1, 4, 8, 0, tzinfo=UTC)


def told(bot: Cohort) -> list[str]:
    """What the moderator was sent."""
    return bot.server.inbox("moderator").texts


async def parked(bot: Cohort) -> list[str]:
    """The reasons of the posts to rooms that wait for a person."""
    rows = await bot.runtime.database.read(lambda store: store.deliveries.parked(1))
    return [why(row.reason or DeliveryReason.OTHER, row.detail) for row in rows if row.what.room_id is not None]


async def test_a_permission_is_taken_and_given_back(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        await bot.create()
        await bot.server.deny("general", SEND)
        await bot.until(MONDAY)
        assert len(told(bot)) == 1
        assert "I may not post there" in told(bot)[0]
        await bot.server.deny("general", 0)
        state = await bot.server.slash("moderator", "general", "cohort progress")
        assert "trying 1 message" in (await bot.server.press("moderator", state, "Try again")).text
        await bot.runtime.settle()
        assert sum(text.startswith("### Week 1 ") for text in bot.server.channel("general").texts) == 1


@pytest.mark.parametrize(
    ("bits", "named", "others"),
    [(SEND, ["Send Messages"], ["View Channel"]), (SEND | HISTORY, ["Send Messages", "Read Message History"], [])],
)
async def test_the_alert_names_the_permission_that_is_missing(
    tmp_path: Path, bits: int, named: list[str], others: list[str]
) -> None:
    async with running(tmp_path) as bot:
        await bot.create()
        await bot.server.deny("general", bits)
        await bot.server.slash("moderator", "general", "help")  # what the gateway sent before has arrived with it
        await bot.until(MONDAY)
        (alert,) = told(bot)
        assert all(f"“{title}”" in alert for title in named)
        assert not any(title in alert for title in others)
        assert "Then press Try again" in alert


async def test_the_way_back_is_under_the_alert(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        await bot.create()
        await bot.server.deny("general", SEND)
        await bot.until(MONDAY)
        await bot.server.deny("general", 0)
        again = await bot.server.press("moderator", bot.server.inbox("moderator").messages[0], "Try again")
        assert "trying 1 message" in again.text


async def test_kicked_and_invited_again(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        await bot.create()
        await bot.server.kick()
        await bot.until(MONDAY)
        assert not any("Week 1" in text for text in bot.server.channel("general").texts)
        state = await parked(bot)
        assert state == ["my access was revoked"]
        await bot.server.invite()
        await bot.server.until(lambda: any("Week 1" in text for text in bot.server.channel("general").texts))
        assert await parked(bot) == []
        await bot.runtime.settle()
        assert sum(text.startswith("### Week 1 ") for text in bot.server.channel("general").texts) == 1


async def test_the_channel_is_deleted(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        await bot.create()
        await bot.server.delete_channel("general")
        await bot.until(MONDAY)
        assert len(told(bot)) == 1
        assert "the room is gone" in told(bot)[0]


async def test_closed_direct_messages_disturb_nobody_else(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        await bot.create()
        await bot.join("member-1", "member-2")
        bot.server.world.people["member-1"].closed = True
        await bot.until(MONDAY)
        await bot.days(6.9)
        assert len(bot.server.inbox("member-1").messages) == 0
        assert len(bot.server.inbox("member-2").messages) == 2


async def test_a_member_who_left_the_server_is_counted_no_more_until_they_are_back(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        await bot.create()
        await bot.join("member-1", "member-2")
        left = bot.server.world.people["member-1"]
        left.left = True
        await bot.until(MONDAY)
        await bot.days(6.9)
        account = await bot.runtime.database.read(lambda store: store.people.account("discord", "", str(left.id)))
        assert account is not None
        assert account.gone_at is not None
        assert bot.server.inbox("member-1").messages == []
        assert len(bot.server.inbox("member-2").messages) == 2
        assert told(bot) == [], "somebody who left is no alarm"
        left.left = False
        await bot.server.slash("member-1", "general", "progress")
        account = await bot.runtime.database.read(lambda store: store.people.account("discord", "", str(left.id)))
        assert account is not None
        assert account.gone_at is None


async def test_a_moderators_role_that_is_deleted_takes_the_right_along(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        await bot.create()
        world, gateway = bot.server.world, bot.server.gateway
        role = world.add_role("Helpers", "member-1")
        await gateway.emit("GUILD_ROLE_CREATE", world.role_json(role))
        preview = await bot.server.slash("moderator", "general", "cohort edit", moderators=f"<@&{role}>")
        await bot.server.press("moderator", preview, "Change it")
        assert "Only moderators" not in (await bot.server.slash("member-1", "general", "cohort members")).text
        world.drop_role(role)
        await gateway.emit("GUILD_ROLE_DELETE", {"guild_id": str(world.guild), "role_id": str(role)})
        assert "Only moderators" in (await bot.server.slash("member-1", "general", "cohort members")).text
        # Who manages the server still does, sees the cohort and names others.
        assert "Only moderators" not in (await bot.server.slash("moderator", "general", "cohort progress")).text
        preview = await bot.server.slash("moderator", "general", "cohort edit", moderators="nobody")
        await bot.server.press("moderator", preview, "Change it")
        assert await bot.runtime.database.read(lambda store: list(store.moderators.of(1))) == []


async def test_reminders_are_stopped_from_the_reminder(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        await bot.create()
        await bot.join("member-1")
        await bot.until(MONDAY)
        await bot.days(4)
        reminder = bot.server.inbox("member-1").messages[0]
        form = await bot.server.press("member-1", reminder, "Check in")
        assert form.title == "Check in: week 1"
        assert "No more reminders" in (await bot.server.press("member-1", reminder, "Stop reminders")).text
        await bot.days(10)
        assert len(bot.server.inbox("member-1").messages) == 1


@pytest.mark.parametrize(
    ("status", "code", "problem", "cure"),
    [
        (403, 160005, "the week's thread is locked", "Unlock the thread"),
        (400, 50083, "the week's thread is archived", "unarchive it"),
        (400, 50008, "it isn't a text channel", "/cohort edit channel:"),
        (403, 160006, "limit of active threads", "Close or archive threads"),
        (400, 200000, "AutoMod blocked the message", "Server Settings > AutoMod"),
    ],
)
async def test_the_cure_that_is_told_is_the_one_for_this_refusal(
    tmp_path: Path, status: int, code: int, problem: str, cure: str
) -> None:
    async with running(tmp_path) as bot:
        await bot.create()
        await bot.join("member-1")
        await bot.until(MONDAY)
        thread = bot.server.world.thread(bot.card(1))
        bot.server.fail(Fault("error", "POST", f"/channels/{thread.id}/messages$", status, {"code": code}))
        form = await bot.server.slash("member-1", "general", "checkin")
        await bot.server.submit("member-1", form, tasks=["1"], done="x", share=["thread"])
        await bot.runtime.settle()
        state = await bot.server.slash("moderator", "general", "cohort progress")
        for said in (told(bot)[0], state.text):
            assert problem in said
            assert cure in said
            assert "Then press Try again" in said


@pytest.mark.parametrize(("kind", "name"), [(15, "forum"), (2, "voice"), (13, "stage"), (4, "category")])
async def test_a_channel_in_which_no_week_can_open_is_refused_before_anything_is_made(
    tmp_path: Path, kind: int, name: str
) -> None:
    async with running(tmp_path) as bot:
        channel = bot.server.world.add_channel(name, kind)
        await bot.server.gateway.emit("CHANNEL_CREATE", bot.server.world.channel_json(channel))
        preview = await bot.server.slash(
            "moderator", channel, "cohort create", name="Odd", timezone="Berlin", starts="2027-01-04"
        )
        assert f"#{name} isn't a text channel" in preview.text
        assert "Choose a text channel" in preview.text
        assert preview.buttons == {}


async def test_a_nickname_in_the_server_is_the_name_that_is_shown(tmp_path: Path) -> None:
    """The one that an account has in a direct message is not seen by the others, and replaces none."""

    async def name() -> str:
        return (await bot.runtime.database.read(lambda store: store.members.in_cohort(1)))[0].account.name

    async with running(tmp_path) as bot:
        await bot.create()
        await bot.join("member-1")
        bot.server.world.people["member-1"].nick = "Nickname"
        await bot.server.slash("member-1", "general", "plan")
        assert await name() == "Nickname"
        await bot.server.slash("member-1", bot.server.inbox("member-1"), "plan")
        assert await name() == "Nickname"
        bot.server.world.people["member-1"].nick = "Another"
        await bot.days(2)
        assert await name() == "Another"
        bot.server.world.people["member-1"].nick = None
        await bot.days(2)
        assert await name() == "member-1"

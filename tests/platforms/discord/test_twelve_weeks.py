"""A cohort of 25 lives through twelve weeks on Discord, with a new session in the middle and nobody pinged."""

import itertools
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import discord
import pytest

from tests.fakes.discord_server import Posted
from tests.platforms.discord import markdown
from tests.platforms.discord.cohort import Cohort, running

MEMBERS = 25
MONDAY = datetime(2027, 1, 4, 8, 0, tzinfo=UTC)
NAME = "AI @everyone [x](http://evil.example) #"
HOSTILE = (
    "@everyone @here <@&{guild}> <@{other}> [x](http://evil.example) [https://good.example](http://evil.example) # x"
)


def weeks(messages: list[Posted]) -> list[int]:
    return [int(found[1]) for message in messages if (found := re.match(r"### Week (\d+) ·", message.text))]


async def check_in(bot: Cohort, person: str, week: int, how: int) -> None:
    """By command, by the card's button, or by the button of the reminder in the direct conversation."""
    server = bot.server
    bot.clock.skip(20)
    reminders = [message for message in server.inbox(person).messages if "Check in" in message.buttons]
    if how == 0:
        form = await server.slash(person, "general", "checkin")
    elif how == 1 or not reminders:
        form = await server.press(person, bot.card(week), "Check in")
    else:
        form = await server.press(person, reminders[-1], "Check in")
    words = HOSTILE.format(guild=server.world.guild, other=server.world.people["moderator"].id)
    shared = ["thread", "blocker"] if how == 0 else []
    answer = await server.submit(person, form, tasks=["1"], done=words, blockers=words, next=words, share=shared)
    assert f"week {week}, on time" in answer.text, answer.text
    assert answer.private


@pytest.mark.parametrize("length", [6, pytest.param(12, marks=pytest.mark.long)])
async def test_weeks_of_a_cohort_of_25(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, length: int) -> None:
    async def at_once(_client: object, _shard: int, *, initial: bool = False) -> None:
        return

    monkeypatch.setattr(discord.Client, "before_identify_hook", at_once)
    people = [f"person-{number} @everyone" for number in range(MEMBERS)]
    async with running(tmp_path) as bot:
        server = bot.server
        for person in people:
            server.world.add_person(person)
        await bot.create(NAME)
        words = HOSTILE.format(guild=server.world.guild, other=server.world.people["moderator"].id)
        form = await server.press(people[0], server.channel("general").messages[0], "Join")
        assert "Welcome" in (await server.submit(people[0], form, timezone="Berlin", why=words)).text
        await bot.join(*people[1:])
        preview = await server.slash("moderator", "general", "cohort announce", text=words)
        await server.press("moderator", preview, "Post it")
        for week in range(1, length + 1):
            await bot.until(MONDAY + timedelta(weeks=week - 1))
            if week == length // 2:
                await server.gateway.invalidate()
                await server.until(lambda: server.gateway.identified == 2)
            # After the reminder of the third day.
            await bot.days(4)
            for number, person in enumerate(people[: MEMBERS - 1]):
                await check_in(bot, person, week, (number + week) % 3)
            await bot.runtime.settle()
        await bot.days(5)

        general = server.channel("general").messages
        assert weeks(general) == list(range(1, length + 2)), "every week once, in order"
        for week in range(1, length + 1):
            thread = server.world.thread(bot.card(week))
            shared = [message for message in thread.messages if "checked in for week" in message.text]
            assert len(shared) == sum((number + week) % 3 == 0 for number in range(MEMBERS - 1))
            assert all(f"checked in for week {week}" in message.text for message in shared)
            assert sum(f"Week {week}: 24 of 25 checked in" in text for text in thread.texts) == 1
        everything = [message for channel in server.world.channels.values() for message in channel.messages]
        assert not any(message.pings for message in everything)
        shown = itertools.chain(everything, *server.private.values())
        hostile = {line for message in shown for line in message.text.split("\n") if "evil.example" in line}
        assert hostile
        assert not set().union(*(markdown.read(line)[0] for line in hostile)) & {"everyone", "role", "mention"}
        assert not any("](http" in line.replace("\\](", "") for line in hostile), "a masked link that a person typed"
        marks = [message.nonce for message in everything]
        assert len(set(marks)) == len(marks)
        assert server.errors == []
        # The one who never checked in is left in peace after a while.
        assert len(server.inbox(people[-1]).messages) <= 6

"""A cohort of 25 lives through twelve weeks on Slack, with refreshed connections and nobody pinged."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.fakes.slack_checks import mrkdwn_seen
from tests.fakes.slack_world import Person
from tests.platforms.slack.cohort import Cohort, running

MEMBERS = 25
MONDAY = datetime(2027, 1, 4, 8, 0, tzinfo=UTC)
HOSTILE = "<!channel> <!here> <@U1> <#C1> *x* &lt;!channel&gt; <https://evil.example|good.example> `x`"


async def check_in(bot: Cohort, user: str, week: int, how: int) -> None:
    """By command, by the card's button, or by the button of the reminder in the direct conversation."""
    bot.clock.skip(20)
    reminders = [post for post in bot.slack.world.dm_of(user).messages if "[Check in]" in post.said]
    if how == 0:
        form = await bot.slack.command(user, "/checkin")
    elif how == 1 or not reminders:
        form = await bot.slack.press(user, bot.card(week), "Check in")
    else:
        form = await bot.slack.press(user, reminders[-1], "Check in")
    if form.view is None:  # on a busy machine it took more than a second and a half
        form = await bot.slack.press(user, form, "Open the form")
    shared = ["thread", "blocker"] if how == 0 else []
    answer = await bot.slack.submit(user, form, tasks=["1"], done=HOSTILE, blockers=HOSTILE, next=HOSTILE, share=shared)
    assert f"week {week}, on time" in answer.text, answer.text


@pytest.mark.parametrize(
    ("mode", "weeks"), [("socket", 3), ("http", 3), ("oauth", 3), pytest.param("socket", 12, marks=pytest.mark.long)]
)
async def test_weeks_of_a_cohort_of_25(tmp_path: Path, mode: str, weeks: int) -> None:
    """By OAuth in two workspaces at once, where people and channels have the same ids and cohorts the same name."""
    people = [f"UM{number}" for number in range(MEMBERS)]
    async with running(tmp_path, mode) as bot:
        cohorts = [bot.at(team) for team in bot.slack.worlds]
        for cohort in cohorts:
            for number, user in enumerate(people):
                name = f"Person {number} <!here> of {cohort.slack.world.team}"
                cohort.slack.world.people[user] = Person(user, name)
            await cohort.create()
            await cohort.join(*people)
        for week in range(1, weeks + 1):
            await bot.until(MONDAY + timedelta(weeks=week - 1))
            if mode == "socket" and week in {4, 8}:
                await bot.slack.socket.refresh()
            await bot.days(4)  # after the reminder of the third day
            for cohort in cohorts:
                for number, user in enumerate(people[: MEMBERS - 1]):
                    await check_in(cohort, user, week, (number + week) % 3)
            await bot.settle()
        await bot.days(5)
        for cohort in cohorts:
            went_well(cohort, people, weeks)


def went_well(bot: Cohort, people: list[str], weeks: int) -> None:
    """Everything came once and in order, nobody was pinged, and nothing is there of another workspace."""
    world = bot.slack.world
    general = [int(found[1]) for post in world.posts() if (found := re.match(r"Week (\d+) ·", post.said))]
    assert general == list(range(1, weeks + 2)), "every week once, in order"
    for week in range(1, weeks + 1):
        thread = world.timeline(thread=bot.card(week).ts)
        shared = [line for line in thread if f"checked in for week {week}" in line]
        assert len(shared) == sum((number + week) % 3 == 0 for number in range(MEMBERS - 1))
        assert all(HOSTILE in line for line in shared)
        assert sum(f"Week {week}: 24 of 25 checked in" in line for line in thread) == 1
    everything = [post for channel in world.channels.values() for post in channel.messages]
    assert not any("CALLS" in mrkdwn_seen(post.text) for post in everything)
    marks = [post.metadata["event_payload"]["mark"] for post in everything]
    assert len(set(marks)) == len(marks)
    assert len(world.inbox(people[-1])) <= 6, "who never checks in is left in peace after a while"
    for other in bot.slack.worlds.keys() - {world.team}:
        assert f"of {other}" not in "\n".join(post.said for post in [*everything, *world.ephemerals])

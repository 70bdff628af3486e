"""A server's scheduled events: one leads to the post that announces it, and is found again by that."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import discord
from discord.http import HTTPClient

from cohort_bot.app.ports.platform import ScheduledEvent
from cohort_bot.chat import characters
from cohort_bot.platforms.discord import limits

if TYPE_CHECKING:
    from discord.types.scheduled_event import GuildScheduledEvent

GUILD_ONLY: Final = 2
ELSEWHERE: Final = 3
"""Discord's number for an event that is in none of its voice channels."""
TO_COME: Final = 1


async def schedule(
    http: HTTPClient, guild: int, me: int, event: ScheduledEvent | None, link: str, earlier: Collection[str]
) -> None:
    """Leave one event that leads to one of these posts, as it should be; none without an `event`.

    It is looked up first: Discord makes a second one of the same request. One that has begun stays as it is.
    """
    links = {link, *earlier}
    listed = await http.get_scheduled_events(guild, with_user_count=False)
    mine = [each for each in listed if each["status"] == TO_COME and str(each.get("creator_id")) == str(me)]
    known = [each for each in mine if _location(each) in links]
    for each in known if event is None else known[1:]:
        await _delete(http, guild, each)
    if event is None:
        return
    wanted = _payload(event, link)
    if not known:
        await http.create_guild_scheduled_event(guild, privacy_level=GUILD_ONLY, entity_type=ELSEWHERE, **wanted)
    elif _shown(known[0]) != _shown(wanted):
        await http.edit_scheduled_event(guild, int(known[0]["id"]), **wanted)


def _payload(event: ScheduledEvent, link: str) -> dict[str, Any]:
    return {
        "name": limits.cut(event.name, limits.EVENT_NAME),
        "description": characters.cut(event.text, limits.EVENT_TEXT, limits.size),
        "scheduled_start_time": _instant(event.starts),
        "scheduled_end_time": _instant(event.ends),
        "entity_metadata": {"location": link},
    }


def _instant(at: datetime) -> str:
    """As Discord's published schema wants it; its answers have an offset instead of the Z."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _shown(event: Any) -> tuple[Any, ...]:
    """What people see of it, apart from where it leads."""
    times = (discord.utils.parse_time(event[f"scheduled_{end}_time"]) for end in ("start", "end"))
    return (event["name"], event.get("description"), *times)


def _location(event: "GuildScheduledEvent") -> str:
    metadata = event["entity_metadata"]
    return metadata.get("location", "") if metadata else ""


async def _delete(http: HTTPClient, guild: int, event: "GuildScheduledEvent") -> None:
    try:
        await http.delete_scheduled_event(guild, int(event["id"]))
    except discord.NotFound:  # somebody has cancelled it in the server
        return

"""The scheduled events of a loopback Discord, as its documentation describes them; those in voice channels left out.

https://docs.discord.com/developers/resources/guild-scheduled-event
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.fakes import discord_checks as checks
from tests.fakes.discord_world import CREATE_EVENTS, MANAGE_EVENTS, ApiError, World

TO_COME, ACTIVE, COMPLETED = 1, 2, 3
MOST = 100


@dataclass
class ScheduledEvents:
    """The events of the server."""

    world: World
    known: dict[int, dict[str, Any]] = field(default_factory=dict)
    changes: list[str] = field(default_factory=list)
    """What was done, in order: "create", "modify", "delete"."""

    @property
    def shown(self) -> list[dict[str, Any]]:
        """What people see: those to come, and those that go on."""
        for each in self.known.values():
            starts, ends = (datetime.fromisoformat(each[f"scheduled_{end}_time"]) for end in ("start", "end"))
            now = self.world.now()
            each["status"] = TO_COME if now < starts else ACTIVE if now < ends else COMPLETED
        return [each for each in self.known.values() if each["status"] in {TO_COME, ACTIVE}]

    def by_somebody(self, **values: Any) -> dict[str, Any]:
        """An event that is not the bot's."""
        person = next(iter(self.world.people.values()))
        return self._add({**values, "creator_id": str(person.id), "creator": person.user()})

    def create(self, body: dict[str, Any]) -> dict[str, Any]:
        if not self.world.server_may & CREATE_EVENTS:
            raise ApiError(50013)
        if len(self.shown) >= MOST:
            raise ApiError(30038)
        checks.scheduled_event(body, self.world.now())
        self.changes.append("create")
        return self._add({**body, "creator_id": str(self.world.bot.id), "creator": self.world.bot.user()})

    def _add(self, body: dict[str, Any]) -> dict[str, Any]:
        made = {
            "description": None,
            "status": TO_COME,
            "entity_id": None,
            "image": None,
            "recurrence_rule": None,
            "guild_scheduled_event_exceptions": [],
            **body,
            "id": str(self.world.new_id()),
            "guild_id": str(self.world.guild),
            "channel_id": None,
        }
        self.known[int(made["id"])] = made
        return made

    def _own(self, number: int) -> dict[str, Any]:
        """An event that the bot may change."""
        event = self.known.get(number)
        if event is None:
            raise ApiError(10070)
        mine = event["creator_id"] == str(self.world.bot.id)
        if not self.world.server_may & (CREATE_EVENTS | MANAGE_EVENTS if mine else MANAGE_EVENTS):
            raise ApiError(50013)
        return event

    def modify(self, number: int, body: dict[str, Any]) -> dict[str, Any]:
        event = self._own(number)
        if event not in self.shown:
            raise ApiError(180000)
        checks.scheduled_event({**event, **body}, self.world.now())
        self.changes.append("modify")
        event.update(body)
        return event

    def delete(self, number: int) -> None:
        self._own(number)
        self.changes.append("delete")
        del self.known[number]

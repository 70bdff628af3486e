"""What a loopback Discord consists of: people, a server with channels and threads, messages. Plain state."""

import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.pseudo_locale import english

EPOCH = 1_420_070_400_000
"""Milliseconds at the first instant of 2015, from which Discord's ids count."""

VIEW, SEND, HISTORY, MANAGE_GUILD = 1 << 10, 1 << 11, 1 << 16, 1 << 5
CREATE_THREADS, CREATE_PRIVATE, SEND_IN_THREADS, ATTACH = 1 << 35, 1 << 36, 1 << 38, 1 << 15
MANAGE_EVENTS, CREATE_EVENTS, MANAGE_THREADS = 1 << 33, 1 << 44, 1 << 34
BOT_MAY = VIEW | SEND | HISTORY | CREATE_THREADS | CREATE_PRIVATE | SEND_IN_THREADS | ATTACH | CREATE_EVENTS
MEMBERS_MAY = VIEW | SEND | HISTORY | SEND_IN_THREADS | ATTACH

TEXT, DIRECT, VOICE, GROUP, CATEGORY, THREAD, PRIVATE, STAGE, FORUM = 0, 1, 2, 3, 4, 11, 12, 13, 15
EPHEMERAL, COMPONENTS_V2 = 1 << 6, 1 << 15
MESSAGE_CONTENT = 1 << 15
"""The intent for what people write in servers."""
CONTENT = ("content", "embeds", "attachments", "components", "poll")
"""The fields of a message that are empty without it."""
ROW, BUTTON, SELECT, INPUT, TEXT_DISPLAY, SEPARATOR, CONTAINER = 1, 2, 3, 4, 10, 14, 17
SECTION, GALLERY, FILE, LABEL, FILE_UPLOAD, RADIOS, CHECKBOXES = 9, 12, 13, 18, 19, 21, 22


ERRORS = {
    0: (404, "404: Not Found"),
    10003: (404, "Unknown Channel"),
    10004: (404, "Unknown Guild"),
    10007: (404, "Unknown Member"),
    10008: (404, "Unknown Message"),
    10013: (404, "Unknown User"),
    10015: (404, "Unknown Webhook"),
    10062: (404, "Unknown interaction"),
    10070: (404, "Unknown Guild Scheduled Event"),
    30038: (400, "Maximum number of uncompleted guild scheduled events reached (100)"),
    40060: (400, "Interaction has already been acknowledged."),
    50001: (403, "Missing Access"),
    50005: (403, "Cannot edit a message authored by another user"),
    50007: (403, "Cannot send messages to this user"),
    50013: (403, "Missing Permissions"),
    50024: (400, "Cannot execute action on this channel type"),
    50033: (400, "Invalid Recipient(s)"),
    50035: (400, "Invalid Form Body"),
    50083: (400, "Thread is archived"),
    160002: (400, "Cannot reply without permission to read message history"),
    160004: (400, "A thread has already been created for this message"),
    180000: (400, "Cannot update a finished event"),
}
"""https://docs.discord.com/developers/topics/opcodes-and-status-codes#json"""


class ApiError(Exception):
    """An answer with one of Discord's error codes."""

    def __init__(self, code: int) -> None:
        self.status, message = ERRORS[code]
        super().__init__(message)
        self.body = {"message": message, "code": code}


@dataclass(slots=True)
class Person:
    """Somebody with an account. `manages` is the permission Manage Server, `attaches` Attach Files; `closed` are direct
    messages, `left` the server, `nick` is what they are called there. `locale` is that of their client.
    """

    id: int
    name: str
    manages: bool = False
    roles: set[int] = field(default_factory=set)
    closed: bool = False
    left: bool = False
    attaches: bool = True
    handle: str = ""
    nick: str | None = None
    locale: str = "en-US"
    bot: bool = False

    def user(self) -> dict[str, Any]:
        return {
            "id": str(self.id),
            "username": self.handle or self.name,
            "discriminator": "0",
            "global_name": self.name,
            "avatar": None,
            "avatar_decoration_data": None,
            "collectibles": None,
            "primary_guild": None,
            "banner": None,
            "accent_color": None,
            "flags": 0,
            "public_flags": 0,
            **({"bot": True} if self.bot else {}),
        }


@dataclass(slots=True)
class Posted:
    """A message. `body` is what the bot sent; `private` the one person who sees it."""

    id: int
    channel: "Channel" = field(repr=False)
    body: dict[str, Any]
    at: datetime
    nonce: str | None = None
    private: int | None = None
    edited: datetime | None = None
    pings: tuple[str, ...] = ()
    by: "Person | None" = None
    """The person who wrote it; the others are the bot's, or of nobody in particular."""

    @property
    def components(self) -> Sequence[Mapping[str, Any]]:
        found: Sequence[Mapping[str, Any]] = self.body.get("components", ())
        return found

    @property
    def text(self) -> str:
        """All its text, as Markdown."""
        if self.by is not None or not self.components:
            return str(self.body.get("content") or "")
        return english("\n".join(item["content"] for item in walk(self.components) if item["type"] == TEXT_DISPLAY))

    @property
    def buttons(self) -> dict[str, str]:
        """Label -> custom_id."""
        return {english(item["label"]): item["custom_id"] for item in walk(self.components) if item["type"] == BUTTON}


@dataclass(slots=True)
class Channel:
    """A channel, a thread in it, or a direct conversation."""

    id: int
    name: str
    type: int = TEXT
    parent: int | None = None
    person: int | None = None
    denied: int = 0
    hidden: bool = False
    """Whether only chosen people, the bot among them, see it."""
    messages: list[Posted] = field(default_factory=list)
    members: set[int] = field(default_factory=set)
    """Who was added to a thread."""
    archived: bool = False
    sent: int = 0
    """How many messages were sent to it, those included that were deleted."""

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.messages]

    def get(self, message_id: int) -> Posted | None:
        return next((message for message in self.messages if message.id == message_id), None)


def walk(components: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Every component, the nested ones too."""
    for item in components:
        yield item
        yield from walk(item.get("components", ()))
        for name in ("component", "accessory"):
            if name in item:
                yield from walk((item[name],))


class World:
    """One server with the bot in it. `now` is Discord's clock: ids are made from it."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.locale = "en-US"
        self.now = now
        self._count = itertools.count(1)
        self._last = 0
        self.bot = Person(self.new_id(), "cohort-bot", bot=True)
        self.application = self.new_id()
        self.guild = self.new_id()
        self.bot_role, self.managers = self.new_id(), self.new_id()
        self.roles: dict[int, str] = {}
        self.people: dict[str, Person] = {}
        self.channels: dict[int, Channel] = {}
        self.member = True
        """Whether the bot is in the server."""
        self.more = 0
        """Permissions of the bot's role that it does not ask for."""
        self.withheld = 0
        """Permissions that the bot's role does not have in this server."""
        self.available = True
        """Whether Discord has no outage of the server."""
        self.enabled_intents = 0
        """The privileged intents that are enabled for the application."""

    def new_id(self) -> int:
        """A snowflake: made from the time, and always greater than the one before."""
        stamp = int(self.now().timestamp() * 1000) - EPOCH
        self._last = max(self._last + 1, stamp << 22)
        return self._last

    @property
    def here(self) -> bool:
        """Whether the bot can do anything in the server."""
        return self.member and self.available

    # Building it

    def add_person(self, name: str, *, manages: bool = False) -> Person:
        self.people[name] = Person(self.new_id(), name, manages, handle=name)
        return self.people[name]

    def add_channel(self, name: str, kind: int = TEXT) -> Channel:
        channel = Channel(self.new_id(), name, kind)
        self.channels[channel.id] = channel
        return channel

    def add_role(self, name: str, *holders: str) -> int:
        """A role of the server, and who has it."""
        role = self.new_id()
        self.roles[role] = name
        for holder in holders:
            self.people[holder].roles.add(role)
        return role

    def drop_role(self, role: int) -> None:
        """Take it from the server and from everybody who has it."""
        del self.roles[role]
        for person in self.people.values():
            person.roles.discard(role)

    def direct(self, person: int) -> Channel:
        """The direct conversation of a person with the bot."""
        for channel in self.channels.values():
            if channel.type == DIRECT and channel.person == person:
                return channel
        channel = Channel(self.new_id(), "", DIRECT, person=person)
        self.channels[channel.id] = channel
        return channel

    # Asking it

    def person(self, who: "str | Person") -> Person:
        return self.people[who] if isinstance(who, str) else who

    def by_id(self, user: int) -> Person | None:
        return next((person for person in self.people.values() if person.id == user), None)

    def channel(self, which: "str | Channel") -> Channel:
        if isinstance(which, Channel):
            return which
        return next(channel for channel in self.channels.values() if channel.name == which and channel.type == TEXT)

    def thread(self, root: Posted) -> Channel:
        """The thread under a message."""
        return self.channels[root.id]

    def threads(self) -> list[Channel]:
        return [channel for channel in self.channels.values() if channel.type in {THREAD, PRIVATE}]

    def group(self, *people: str) -> Channel:
        """The private thread of just these people."""
        wanted = {self.people[name].id for name in people}
        return next(thread for thread in self.threads() if thread.type == PRIVATE and thread.members == wanted)

    def may(self, channel: Channel) -> int:
        """The bot's permissions there."""
        if channel.type == DIRECT:
            return BOT_MAY
        if not self.here:
            return 0
        parent = self.channels.get(channel.parent or 0)
        denied = channel.denied | (parent.denied if parent else 0)
        return self.server_may & ~denied

    @property
    def server_may(self) -> int:
        """The bot's permissions in the server."""
        return (BOT_MAY | self.more) & ~self.withheld

    # As JSON

    def me(self) -> dict[str, Any]:
        """The bot, as it is told of itself."""
        return {**self.bot.user(), "verified": True, "mfa_enabled": False, "locale": "en-US", "email": None}

    def guild_json(self) -> dict[str, Any]:
        """The server, as HTTP and the gateway both know it."""
        return {
            "id": str(self.guild),
            "name": "Study group",
            "icon": None,
            "description": None,
            "splash": None,
            "discovery_splash": None,
            "banner": None,
            "features": [],
            "owner_id": str(self.bot.id + 1),
            "application_id": None,
            "region": "deprecated",
            "afk_channel_id": None,
            "afk_timeout": 300,
            "system_channel_id": None,
            "system_channel_flags": 0,
            "widget_enabled": False,
            "widget_channel_id": None,
            "verification_level": 0,
            "default_message_notifications": 0,
            "explicit_content_filter": 0,
            "mfa_level": 0,
            "max_presences": None,
            "max_members": 500_000,
            "max_stage_video_channel_users": 50,
            "max_video_channel_users": 25,
            "vanity_url_code": None,
            "premium_tier": 0,
            "premium_subscription_count": 0,
            "premium_progress_bar_enabled": False,
            "preferred_locale": self.locale,
            "rules_channel_id": None,
            "safety_alerts_channel_id": None,
            "public_updates_channel_id": None,
            "nsfw_level": 0,
            "incidents_data": None,
            "emojis": [],
            "stickers": [],
            "roles": [
                self._role(self.guild, "@everyone", MEMBERS_MAY),
                self._role(self.bot_role, "cohort-bot", self.server_may),
                self._role(self.managers, "Managers", MANAGE_GUILD),
                *(self._role(role, name, 0) for role, name in self.roles.items()),
            ],
        }

    def guild_created(self) -> dict[str, Any]:
        """The same with what only the gateway tells."""
        return {
            **self.guild_json(),
            "hub_type": None,
            "joined_at": self.now().isoformat(),
            "large": False,
            "unavailable": False,
            "member_count": len(self.people) + 1,
            "members": [self.bot_member()],
            "channels": [
                self.channel_json(c) for c in self.channels.values() if c.type not in {DIRECT, THREAD, PRIVATE}
            ],
            "threads": [self.channel_json(thread) for thread in self.threads() if not thread.archived],
            "presences": [],
            "voice_states": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        }

    def role_json(self, role: int) -> dict[str, Any]:
        """As the gateway tells of a role."""
        return {"guild_id": str(self.guild), "role": self._role(role, self.roles[role], 0)}

    @staticmethod
    def _role(role: int, name: str, bits: int) -> dict[str, Any]:
        return {
            "id": str(role),
            "name": name,
            "permissions": str(bits),
            "position": 0,
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "managed": False,
            "mentionable": False,
            "icon": None,
            "unicode_emoji": None,
            "flags": 0,
        }

    def bot_member(self) -> dict[str, Any]:
        return {**self.member_json(self.bot), "roles": [str(self.bot_role)]}

    def member_json(self, person: Person) -> dict[str, Any]:
        return {
            "user": person.user(),
            "nick": person.nick,
            "avatar": None,
            "avatar_decoration_data": None,
            "collectibles": None,
            "banner": None,
            "roles": [str(role) for role in sorted(person.roles | ({self.managers} if person.manages else set()))],
            "joined_at": self.now().isoformat(),
            "premium_since": None,
            "communication_disabled_until": None,
            "pending": False,
            "deaf": False,
            "mute": False,
            "flags": 0,
        }

    @staticmethod
    def permissions(person: Person) -> str:
        """What a person may do in a channel, as an interaction says it."""
        attaches = 0 if person.attaches else ATTACH
        return str(MEMBERS_MAY & ~attaches | (MANAGE_GUILD if person.manages else 0))

    def channel_json(self, channel: Channel) -> dict[str, Any]:
        last = str(channel.messages[-1].id) if channel.messages else None
        found: dict[str, Any] = {"id": str(channel.id), "type": channel.type, "flags": 0, "last_message_id": last}
        if channel.type == DIRECT:
            person = self.by_id(channel.person or 0)
            return {**found, "recipients": [person.user()] if person else []}
        found |= {"name": channel.name, "guild_id": str(self.guild), "rate_limit_per_user": 0}
        if channel.type in {THREAD, PRIVATE}:
            meta = {
                "archived": channel.archived,
                "auto_archive_duration": 10080,
                "archive_timestamp": self.now().isoformat(),
                "create_timestamp": self.now().isoformat(),
                "locked": False,
            }
            return {
                **found,
                "parent_id": str(channel.parent),
                "owner_id": str(self.bot.id),
                "message_count": len(channel.messages),
                "total_message_sent": max(channel.sent, len(channel.messages)),
                "member_count": 1,
                "thread_metadata": meta | ({"invitable": True} if channel.type == PRIVATE else {}),
            }
        found |= {"position": 0, "nsfw": False, "parent_id": None}
        if channel.type == CATEGORY:
            del found["last_message_id"], found["rate_limit_per_user"], found["nsfw"]
        elif channel.type in {VOICE, STAGE}:
            found |= {"bitrate": 64000, "user_limit": 0, "rtc_region": None}
        else:
            found["topic"] = None
        if channel.type == FORUM:
            found |= {"available_tags": [], "default_reaction_emoji": None, "default_sort_order": None}
            found["default_forum_layout"] = 0
        mine = {"id": str(self.bot.id), "type": 1, "allow": str(VIEW if channel.hidden else 0)}
        overwrites = [{**mine, "deny": str(channel.denied)}] if channel.denied or channel.hidden else []
        if channel.hidden:
            overwrites.append({"id": str(self.guild), "type": 0, "allow": "0", "deny": str(VIEW)})
        return {**found, "permission_overwrites": overwrites}

    def author(self, message: Posted) -> Person:
        """Who wrote what is no post of the bot's, which always have components, is the first of the people."""
        return message.by or (self.bot if "components" in message.body else next(iter(self.people.values())))

    def _withheld(self, message: Posted) -> bool:
        """Whether the bot may not read what it says, without the intent for the content of messages: what people wrote
        in a server without mentioning the bot.
        """
        own = message.by is self.bot or (message.by is None and "components" in message.body)
        direct = message.channel.type in {DIRECT, GROUP}
        mentioned = str(self.bot.id) in _MENTIONED.findall(str(message.body.get("content") or ""))
        return not (own or direct or mentioned or self.enabled_intents & MESSAGE_CONTENT)

    def message_json(self, message: Posted) -> dict[str, Any]:
        """As the API answers; the history does not know the nonce any more."""
        withheld = CONTENT if self._withheld(message) else ()
        body = {key: value for key, value in message.body.items() if key not in withheld}
        answered, raw = body.get("message_reference"), body.get("raw", {})
        people = (self.by_id(int(ping)) for ping in message.pings if ping.isdigit())
        return {
            "id": str(message.id),
            "channel_id": str(message.channel.id),
            "author": self.author(message).user(),
            "content": body.get("content") or "",
            "timestamp": message.at.astimezone(UTC).isoformat(),
            "edited_timestamp": message.edited.astimezone(UTC).isoformat() if message.edited else None,
            "tts": False,
            "mention_everyone": bool({"everyone", "here"} & set(message.pings)),
            "mentions": [person.user() for person in people if person is not None],
            "mention_roles": [ping[1:] for ping in message.pings if ping.startswith("&")],
            "attachments": [attachment(each, raw) for each in body.get("attachments", ()) if _loose(each, body)],
            "embeds": [],
            "pinned": False,
            "type": 19 if answered else 0,
            **(self._reference(answered, message.channel.id) if answered else {}),
            "flags": int(body.get("flags") or 0),
            "components": [component(each, raw) for each in body.get("components", ())],
        }

    def _reference(self, given: Mapping[str, Any], there: int) -> dict[str, Any]:
        """What a message answers; it may be gone."""
        channel = self.channels[int(given.get("channel_id") or there)]
        found = channel.get(int(given["message_id"]))
        server = {"guild_id": str(self.guild)} if channel.type != DIRECT else {}
        return {
            "message_reference": {
                "type": 0,
                "message_id": given["message_id"],
                "channel_id": str(channel.id),
                **server,
            },
            "referenced_message": found and _without_reference(self.message_json(found)),
        }


def _without_reference(message: dict[str, Any]) -> dict[str, Any]:
    """A message within another, of which it is not said what it answers itself."""
    return {key: value for key, value in message.items() if key != "referenced_message"}


def attachment(given: Mapping[str, Any], raw: Mapping[str, bytes]) -> dict[str, Any]:
    """A file of a message, with what Discord adds to what it was sent."""
    address = f"https://cdn.example/{given['filename']}"
    size = len(raw.get(given["filename"], b"x"))
    known = {"id": str(given["id"]), "size": size, "url": address, "proxy_url": address}
    return {**known, **{key: value for key, value in given.items() if key != "id"}}


def _loose(file: Mapping[str, Any], body: Mapping[str, Any]) -> bool:
    """Whether an attachment is in no component, where it would be shown instead."""
    return not any(
        media["url"] == f"attachment://{file['filename']}"
        for item in walk(body.get("components", ()))
        for media in (item.get("file"), *(each["media"] for each in item.get("items", ())))
        if media
    )


def component(given: Mapping[str, Any], raw: Mapping[str, bytes]) -> dict[str, Any]:
    """A component of a message, with the defaults of what it was sent without."""
    added: dict[str, Any] = dict(_DEFAULTS.get(given["type"], {}))
    if given["type"] == FILE:
        name = given["file"]["url"].removeprefix("attachment://")
        added |= {"name": name, "size": len(raw.get(name, b""))}
    found = added | {key: value for key, value in given.items() if value is not None or key in added}
    for name in ("file", "media"):
        if name in found:
            found[name] = _media(found[name]["url"])
    if "components" in found:
        found["components"] = [component(each, raw) for each in found["components"]]
    if "accessory" in found:
        found["accessory"] = component(found["accessory"], raw)
    if "items" in found:
        found["items"] = [
            {"description": None, "spoiler": False, **each, "media": _media(each["media"]["url"])}
            for each in found["items"]
        ]
    return found


def _media(url: str) -> dict[str, Any]:
    address = url.replace("attachment://", "https://cdn.example/")
    return {"url": address, "proxy_url": address}


_DEFAULTS: Mapping[int, Mapping[str, Any]] = {
    CONTAINER: {"accent_color": None, "spoiler": False},
    SEPARATOR: {"divider": True, "spacing": 1},
    BUTTON: {"disabled": False},
    FILE: {"spoiler": False},
}

_MENTIONED = re.compile(r"<@!?(\d+)>")
_ROLES = re.compile(r"<@&(\d+)>")
_ALL = re.compile(r"@(everyone|here)")


def pinged(text: str, allowed: Mapping[str, Any] | None) -> tuple[str, ...]:
    """Who is notified by a text. Without `allowed_mentions` everybody whom it names, backslashes or not."""
    users, roles, everybody = _MENTIONED.findall(text), _ROLES.findall(text), _ALL.findall(text)
    if allowed is not None:
        parse = set(allowed.get("parse", ()))
        users = users if "users" in parse else [user for user in users if user in map(str, allowed.get("users", ()))]
        roles = roles if "roles" in parse else [role for role in roles if role in map(str, allowed.get("roles", ()))]
        everybody = everybody if "everyone" in parse else []
    return (*dict.fromkeys(users), *(f"&{role}" for role in roles), *everybody)

"""What Slack keeps: a workspace with people, channels and messages, and the faults that a test asks for."""

import asyncio
import itertools
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.fakes.slack_checks import seen
from tests.pseudo_locale import english

Json = dict[str, Any]
TRIGGER_LIVES = 3.0
WINTER = datetime(2027, 1, 1)  # noqa: DTZ001 - at whatever offset the zone has then


@dataclass
class Person:
    id: str
    name: str
    zone: str = "Europe/Berlin"
    admin: bool = False
    deleted: bool = False
    bot: bool = False
    locale: str = "en-US"

    def record(self, team: str, *, locale: bool = False) -> Json:
        """As users.info gives it, with the locale if that is asked for."""
        return {
            **({"locale": self.locale} if locale else {}),
            "id": self.id,
            "team_id": team,
            "name": self.name.lower().replace(" ", "."),
            "deleted": self.deleted,
            "color": "9f69e7",
            "real_name": self.name,
            "tz": self.zone,
            "tz_label": "some time",
            "tz_offset": int((ZoneInfo(self.zone).utcoffset(WINTER) or timedelta()).total_seconds()),
            "profile": {
                "title": "",
                "phone": "",
                "skype": "",
                "first_name": self.name,
                "last_name": "",
                "real_name": self.name,
                "real_name_normalized": self.name,
                "display_name": self.name,
                "display_name_normalized": self.name,
                "status_text": "",
                "status_text_canonical": "",
                "status_emoji": "",
                "status_emoji_display_info": [],
                "status_expiration": 0,
                "avatar_hash": "ge3b51ca72de",
                **{f"image_{size}": f"https://avatar.example/{size}.png" for size in (24, 32, 48, 72, 192, 512)},
                "team": team,
            },
            "is_admin": self.admin,
            "is_owner": False,
            "is_primary_owner": False,
            "is_restricted": False,
            "is_ultra_restricted": False,
            "is_bot": self.bot,
            "is_app_user": False,
            "is_email_confirmed": True,
            "updated": 1800000000,
            "who_can_share_contact_card": "EVERYONE",
        }


@dataclass
class Posted:
    """A message in a channel. `private` names the one person who sees it; `by` who wrote it, the bot or a person."""

    ts: str
    channel: str
    text: str
    blocks: Sequence[Json]
    thread: str | None = None
    metadata: Json = field(default_factory=dict)
    private: str | None = None
    edited: str = ""
    """When, as a time stamp."""
    by: str = "U4"
    subtype: str = ""
    files: Sequence[Json] = ()
    request: str = ""
    """The trigger of what it answers; no part of what Slack says."""

    @property
    def said(self) -> str:
        """What a person reads."""
        return seen(self.blocks) or english(self.text)

    def record(self, *, metadata: bool) -> Json:
        """As conversations.history gives it."""
        body: Json = {
            "type": "message",
            "ts": self.ts,
            "text": self.text,
            "blocks": numbered(self.blocks),
            "user": self.by,
        }
        if self.by == World.bot_user:
            body |= {"bot_id": "B1", "app_id": "A1"}
        if self.edited:
            body["edited"] = {"user": self.by, "ts": self.edited}
        if self.subtype:
            body["subtype"] = self.subtype
        if self.files:
            body["files"] = list(self.files)
            del body["blocks"]
        if self.thread:
            body["thread_ts"] = self.thread
        if metadata and self.metadata:
            body["metadata"] = self.metadata
        return body


def numbered(blocks: Sequence[Json]) -> list[Json]:
    """The blocks with an id each, as Slack names those that come without."""
    return [{**block, "block_id": block.get("block_id") or f"x{number}"} for number, block in enumerate(blocks)]


@dataclass
class Upload:
    """A file that was announced with its length in bytes; its text when it came, its channel when it was shared."""

    name: str
    length: int
    text: str | None = None
    channel: str | None = None


@dataclass
class Channel:
    id: str
    name: str
    private: bool = False
    member: bool = True
    archived: bool = False
    with_user: str | None = None
    group: frozenset[str] = frozenset()
    """The people of a direct conversation of several."""
    messages: list[Posted] = field(default_factory=list)


@dataclass
class HistoryLimit:
    """So many messages a page, and one request of a method in so many seconds; what came of it."""

    messages: int = 15
    seconds: float = 60.0
    refused: int = 0
    asked: list[int] = field(default_factory=list)
    """The `limit` of each request that was answered."""


@dataclass
class PostLimit:
    """One message to a channel in so many seconds: Slack promises no more than one a second; how many came too soon."""

    seconds: float = 1.0
    refused: int = 0


@dataclass
class Fault:
    """What happens to the next call of a method: an error code, a status, or the connection breaks or hangs."""

    kind: str
    error: str = ""
    status: int = 200
    retry_after: float | None = None


class World:
    """A workspace with its bot, people U1… and channels C1…, which are called the same in every workspace."""

    bot_user = "UBOT"
    app_token = "xapp-loopback"
    signing_secret = "loopback-secret"

    def __init__(self, now: Callable[[], datetime], team: str = "T1") -> None:
        self._now = now
        self.team = team
        self.bot_token = "xoxb-loopback" if team == "T1" else f"xoxb-loopback-{team}"
        self.uploads: dict[str, Upload] = {}
        self.people = {
            "U1": Person("U1", "Sample Moderator", admin=True),
            "U2": Person("U2", "Sample Member 1"),
            "U3": Person("U3", "Sample Member 2", "America/Los_Angeles"),
            "U4": Person("U4", "Sample Member 3", "Asia/Kolkata"),
            self.bot_user: Person(self.bot_user, "cohort-bot", bot=True),
        }
        self.channels = {
            "C1": Channel("C1", "general"),
            "C2": Channel("C2", "study-hall", member=False),
            "G1": Channel("G1", "secret", private=True, member=False),
        }
        self.scopes = {
            "commands",
            "chat:write",
            "chat:write.public",
            "users:read",
            "im:write",
            "channels:history",
            "groups:history",
            "im:history",
            "metadata.message:read",
            "channels:join",
            "files:read",
            "files:write",
            "mpim:history",
            "mpim:write",
        }
        self.views: dict[str, Json] = {}
        self.homes: dict[str, Json] = {}
        self.ephemerals: list[Posted] = []
        self.calls: list[tuple[str, Json]] = []
        self.revoked = False
        self.history_limit: HistoryLimit | None = None
        """For commercially distributed apps outside the Marketplace, since 2025-05-29."""
        self.post_limit: PostLimit | None = None
        self.metadata_withheld = False
        """Whether messages come without their metadata, as where metadata.message:read is missing."""
        self.metadata_renamed = False
        """Whether metadata comes back under another event type than it was sent with."""
        self.changed = asyncio.Condition()
        self.luck: Callable[[str], Fault | None] = lambda _: None  # what happens to calls without a fault
        self._faults: dict[str, list[Fault]] = {}
        self._triggers: dict[str, tuple[float, str]] = {}
        self._opened: dict[str, str] = {}
        self._numbers = itertools.count(1)
        self._last_ts = 0

    # Faults

    def fail(self, method: str, error: str, times: int = 1, retry_after: float | None = None) -> None:
        """The next calls of the method are refused with the error code."""
        if error == "ratelimited" and retry_after is None:
            retry_after = 0.01
        status = 429 if retry_after is not None else 200
        self._add(method, Fault("error", error, status, retry_after), times)

    def break_down(self, method: str, status: int = 503, times: int = 1) -> None:
        """The next calls get an HTTP error without Slack's JSON."""
        self._add(method, Fault("status", status=status), times)

    def lose_answer(self, method: str, times: int = 1) -> None:
        """The next calls do their work, but the connection breaks before the answer."""
        self._add(method, Fault("lose"), times)

    def drop(self, method: str, times: int = 1) -> None:
        """The next calls do nothing and the connection breaks."""
        self._add(method, Fault("drop"), times)

    def hang(self, method: str, times: int = 1) -> None:
        """The next calls are never answered."""
        self._add(method, Fault("hang"), times)

    @staticmethod
    def none() -> Fault:
        """A call in the queue that goes well."""
        return Fault("none")

    def _add(self, method: str, fault: Fault, times: int) -> None:
        self._faults.setdefault(method, []).extend([fault] * times)

    def fault(self, method: str) -> Fault | None:
        waiting = self._faults.get(method)
        return waiting.pop(0) if waiting else self.luck(method)

    # Installing

    def installed(self, token: str, scopes: Sequence[str]) -> None:
        """The app was let in: this is its token now."""
        self.bot_token, self.scopes, self.revoked = token, set(scopes), False

    # Numbers

    def number(self) -> int:
        return next(self._numbers)

    def ts(self) -> str:
        """A time stamp that is later than any before, as Slack's are."""
        self._last_ts = max(self._last_ts + 1, int(self._now().timestamp() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def trigger(self) -> str:
        name = f"{self.number()}.{self.team}.trigger"
        self._triggers[name] = (time.monotonic() + TRIGGER_LIVES, name)  # noqa: TID251 - a trigger lives in real time
        return name

    def use(self, trigger: str) -> str | None:
        """Why the trigger cannot be used, None when it can."""
        known = self._triggers.get(trigger)
        if known is None:
            return "invalid_trigger_id"
        if trigger in self._opened:
            return "exchanged_trigger_id"
        return "expired_trigger_id" if time.monotonic() > known[0] else None  # noqa: TID251 - the same

    def expire(self, trigger: str) -> None:
        self._triggers[trigger] = (0.0, trigger)

    def opened(self, trigger: str) -> Json | None:
        """The view that was opened with the trigger, as it is now."""
        return self.views.get(self._opened.get(trigger, ""))

    def keep_view(self, view: Mapping[str, Any], trigger: str | None = None, view_id: str | None = None) -> Json:
        identity = view_id or f"V{self.number()}"
        kept = {
            "callback_id": "",
            "private_metadata": "",
            "external_id": "",
            "submit": None,
            "close": None,
            "clear_on_close": False,
            "notify_on_close": False,
            **({"title": None} if view["type"] == "home" else {}),
            **view,
            "id": identity,
            "hash": f"h{self.number()}",
            "blocks": numbered(view["blocks"]),
            "state": {"values": {}},
            "team_id": self.team,
            "app_installed_team_id": self.team,
            "app_id": "A1",
            "bot_id": "B1",
            "root_view_id": identity,
            "previous_view_id": None,
        }
        self.views[identity] = kept
        if trigger:
            self._opened[trigger] = identity
        return kept

    # What people see

    def posts(self, channel: str = "C1", thread: str | None = None) -> Sequence[Posted]:
        """What everybody sees in a channel, or in a thread of it."""
        return [post for post in self.channels[channel].messages if post.thread == thread]

    def timeline(self, channel: str = "C1", thread: str | None = None) -> Sequence[str]:
        """The same as a person reads it."""
        return [post.said for post in self.posts(channel, thread)]

    def dm_of(self, user: str) -> Channel:
        """The direct conversation of a person with the bot, made if there is none."""
        found = next((each for each in self.channels.values() if each.with_user == user), None)
        if found is None:
            found = Channel(f"D{user}", "directmessage", with_user=user)
            self.channels[found.id] = found
        return found

    def group_of(self, users: Iterable[str]) -> Channel:
        """The direct conversation of these people with the bot, made if there is none."""
        people = frozenset(users)
        found = next((each for each in self.channels.values() if each.group == people), None)
        if found is None:
            found = Channel(f"G{self.number():04}", "mpdm-" + "--".join(sorted(people)), private=True, group=people)
            self.channels[found.id] = found
        return found

    def inbox(self, user: str) -> Sequence[str]:
        """What a person was sent directly, apart from files."""
        return [post.said for post in self.dm_of(user).messages if not post.files]

    def private(self, user: str) -> Sequence[str]:
        """The private answers that a person got."""
        return [post.said for post in self.ephemerals if post.private == user]

    def forget(self) -> None:
        """Drop what is recorded of calls, private answers and views; for those who stay long."""
        for recorded in (self.calls, self.ephemerals, self.views, self.homes, self._triggers, self._opened):
            recorded.clear()

    async def notify(self) -> None:
        """Something has changed."""
        async with self.changed:
            self.changed.notify_all()

    async def until(self, ready: Callable[[], Any], seconds: float = 10.0) -> Any:
        """Wait until `ready` gives something, and return it."""
        async with asyncio.timeout(seconds), self.changed:
            await self.changed.wait_for(ready)
        return ready()

"""Slack's payloads -> Invocation. Pure: no HTTP, no database, no clock."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from cohort_bot.app.commands import Table
from cohort_bot.app.errors import PersonError
from cohort_bot.app.words import platforms as platforms_words
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.place import Actor, Place
from cohort_bot.platforms.common.files import SentFile
from cohort_bot.platforms.common.origin import Origin
from cohort_bot.platforms.common.payloads import reject_malformed
from cohort_bot.platforms.slack import commands, ids, text
from cohort_bot.platforms.slack.commands import PLATFORM
from cohort_bot.platforms.slack.forms import Asked

HOME: Final = "cohort_bot_home"
"""The key under which a payload records the workspace that is meant, once that is found."""

Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Who:
    """The person who did it, as far as the payload says. `name` is used if Slack reports no better one."""

    team: str
    user: str
    name: str
    guest: bool = False
    """Whether they belong to another workspace and act through a shared channel."""


def who(body: Payload) -> Who:
    """The person behind a command, an interaction or an event; in the workspace that was found to be meant."""
    event, user = _mapping(body.get("event")), body.get("user")
    profile = _mapping(user)
    person = body.get("user_id") or (profile.get("id") if profile else user) or _user_of(event)
    team = str(body[HOME]) if HOME in body else next(iter(teams(body)), "")
    name = body.get("user_name") or profile.get("name") or profile.get("username") or ""
    guest = bool(profile.get("team_id")) and profile.get("team_id") != team
    return Who(team, str(person or ""), str(name or person or ""), guest)


def teams(body: Payload) -> list[str]:
    """The workspaces that may be meant, the likeliest first. In a channel that workspaces share (Slack Connect) a
    payload names the person's own as well as the one in which the app is: a view says it, a message who posted it.
    """
    view, message = _mapping(body.get("view")), _mapping(body.get("message"))
    authorizations = body.get("authorizations") or [{}]
    named = (
        view.get("app_installed_team_id"),
        _mapping(authorizations[0]).get("team_id"),
        _mapping(message.get("bot_profile")).get("team_id"),
        message.get("team"),
        body.get("team_id"),
        _mapping(body.get("team")).get("id"),
        view.get("team_id"),
        _mapping(body.get("user")).get("team_id"),
    )
    return list(dict.fromkeys(str(team) for team in named if team))


def changes_home(body: Payload) -> bool:
    """Whether it was done in a modal that began on the home tab."""
    try:
        return _mapping(body.get("view")).get("type") == "modal" and origin_of(body).home
    except PersonError:
        return False


def channel_of(body: Payload) -> str:
    """The channel in which it was done, empty where the payload names none."""
    try:
        return origin_of(body).channel or ""
    except PersonError:
        return ""


@reject_malformed
def command(body: Payload, table: Table, actor: Actor, at: datetime) -> Invocation | Asked:
    """A slash command; one whose required options are missing is asked about. Raises PersonError."""
    parsed = commands.typed(str(body.get("command", "")), str(body.get("text") or ""), table)
    if parsed.missing:
        return Asked(parsed.spec, parsed.given)
    return _origin(body, origin_of(body), actor, at).invocation("command", parsed.spec.action, parsed.given)


@reject_malformed
def pressed(body: Payload, actor: Actor, at: datetime) -> Invocation:
    """A pressed button. Raises PersonError for one that is not ours."""
    button = (body.get("actions") or [{}])[0]
    try:
        args = json.loads(button.get("value") or "{}")
        if not isinstance(args, dict):
            raise ValueError  # noqa: TRY004 - the same answer as for broken JSON
    except (ValueError, RecursionError):
        raise platforms_words.unknown_button() from None
    action = str(button.get("action_id", "")).partition(ids.SEPARATOR)[0]
    given = {str(key): str(value) for key, value in args.items()}
    return _origin(body, origin_of(body), actor, at).invocation("button", action, given)


@reject_malformed
def submitted(body: Payload, actor: Actor, at: datetime) -> Invocation:
    """A sent form, or the options of a command that were asked for. Raises PersonError."""
    state = origin_of(body)
    fields = dict(_fields(body.get("view") or {}))
    if not state.action:
        raise platforms_words.incomplete_form()
    origin = _origin(body, state, actor, at)
    if not state.command:
        return origin.invocation("form", state.action, state.args, fields)
    given = {key: values[0] for key, values in fields.items() if values and values[0].strip()}
    return origin.invocation("command", state.action, {**state.args, **given})


@reject_malformed
def shortcut(body: Payload, action: str, args: Mapping[str, str], actor: Actor, at: datetime) -> Invocation:
    """A global or message shortcut."""
    return _origin(body, origin_of(body), actor, at).invocation("command", action, args)


@dataclass(frozen=True, slots=True)
class Said:
    """A message that a person wrote to the bot directly, as it is now. `thread` is the message that it answers."""

    channel: str
    ts: str
    user: str
    text: str
    files: int = 0
    thread: str | None = None


def said(body: Payload) -> Said | None:
    """The message of an event; None for everything else: another conversation, a bot's own words, a message that was
    deleted, or one that was changed without other words, such as by the preview of a link.
    """
    event = _mapping(body.get("event"))
    message = _mapping(event.get("message")) if event.get("subtype") == "message_changed" else event
    channel, user, ts = (str(each or "") for each in (event.get("channel"), message.get("user"), message.get("ts")))
    direct = event.get("channel_type", "im" if channel.startswith("D") else "") == "im"
    if not (direct and user and ts) or message.get("bot_id") or message.get("subtype") not in _WRITTEN:
        return None
    if message is not event and message.get("text") == _mapping(event.get("previous_message")).get("text"):
        return None
    thread = message.get("thread_ts")
    answered = str(thread) if thread and thread != ts else None
    files = message.get("files")
    count = len(files) if isinstance(files, list) else 0
    return Said(channel, ts, user, text.read(str(message.get("text") or "")), count, answered)


_WRITTEN: Final = (None, "file_share", "me_message", "thread_broadcast")
"""The subtypes of messages that people write; others report what happened, or are other apps' posts."""


def written(body: Payload, what: Said, actor: Actor, at: datetime) -> Invocation:
    """A message to the bot."""
    place = Place(PLATFORM, actor.workspace or "", what.channel, what.thread)
    origin = Origin(identity(body), actor, place, at, direct=True)
    return origin.message(what.text, what.ts, what.thread or "", what.files)


def origin_of(body: Payload) -> ids.State:
    """Where it was done, and for a view what it carries. Raises PersonError for a view that is not ours."""
    if view := body.get("view"):
        try:
            state = ids.loads(str(view.get("private_metadata") or ""))
        except ValueError:
            raise platforms_words.incomplete_form() from None
        return replace(state, home=True) if view.get("type") == "home" else state
    container = body.get("container") or {}
    message = body.get("message") or {}
    channel = body.get("channel_id") or (body.get("channel") or {}).get("id") or container.get("channel_id")
    name = body.get("channel_name") or (body.get("channel") or {}).get("name")
    return ids.State(
        channel=channel,
        thread=message.get("thread_ts") or container.get("thread_ts"),
        direct=str(channel or "").startswith("D") or name == "directmessage",
    )


def _origin(body: Payload, state: ids.State, actor: Actor, at: datetime) -> Origin:
    """Slack gives no place for the home tab and for global shortcuts."""
    place = Place(PLATFORM, actor.workspace or "", state.channel, state.thread) if state.channel else None
    return Origin(identity(body), actor, place, at, state.direct)


def identity(body: Payload) -> str:
    """An id that is the same when Slack delivers twice: the trigger, else the event's id, else made from the
    content.
    """
    if trigger := body.get("trigger_id"):
        return str(trigger)
    if event := body.get("event_id"):
        return str(event)
    encoded = json.dumps(body, sort_keys=True, default=str)
    return hashlib.sha256(encoded.encode("utf-8", "replace")).hexdigest()


def _mapping(value: object) -> Payload:
    return value if isinstance(value, dict) else {}


def _user_of(event: Payload) -> str:
    user = event.get("user")
    return str(user.get("id", "") if isinstance(user, dict) else user or "")


def _fields(view: Payload) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each field's values by its block_id."""
    for key, elements in ((view.get("state") or {}).get("values") or {}).items():
        for element in elements.values():
            yield str(key), _values(element)


def _values(element: Payload) -> tuple[str, ...]:
    if element.get("type") == "file_input":
        return tuple(
            SentFile(str(file["name"]), str(file["url_private_download"]), int(file.get("size") or 0)).value()
            for file in element.get("files") or ()
        )
    if "selected_options" in element:
        return tuple(str(option["value"]) for option in element["selected_options"] or ())
    if option := element.get("selected_option"):
        return (str(option["value"]),)
    for name in ("value", "selected_date", "selected_channel", "selected_conversation", "selected_user"):
        if value := element.get(name):
            return (str(value).replace("\r\n", "\n"),)
    return ()

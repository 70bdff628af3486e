"""The app's manifest as YAML, made from the command table: pasting it at api.slack.com/apps is the whole set-up.

What the adapter uses is declared here once: scopes, events, shortcuts, the home tab.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from cohort_bot.app.commands import Table
from cohort_bot.chat.characters import cut
from cohort_bot.chat.i18n import N_, _
from cohort_bot.chat.message import Button
from cohort_bot.platforms.slack.http import PATH, REDIRECT
from cohort_bot.platforms.slack.options import verbs_of
from cohort_bot.platforms.slack.translate import PLATFORM

SCOPES: Final[Mapping[str, Sequence[str]]] = {
    "channels:history": ("conversations.history", "conversations.replies"),
    "channels:join": ("conversations.join",),
    "chat:write": ("chat.postMessage", "chat.update"),
    "chat:write.public": ("chat.postMessage",),
    "commands": (),
    "files:write": ("files.getUploadURLExternal", "files.completeUploadExternal"),
    "groups:history": ("conversations.history", "conversations.replies"),
    "im:history": ("conversations.history", "conversations.replies"),
    "im:write": ("conversations.open",),
    "metadata.message:read": ("conversations.history", "conversations.replies"),
    "users:read": ("users.info",),
}
"""Each scope with the methods that need it; `commands` is for slash commands and shortcuts."""

NEEDED: Final = tuple(scope for scope in SCOPES if scope not in {"files:write", "metadata.message:read"})
"""Scopes without which a cohort cannot run. Without the others its moderators get no export, or a post whose answer was
lost waits for them; they hear why.
"""

FREE: Final = ("auth.test", "chat.getPermalink", "views.open", "views.publish", "views.update")
"""Methods that need no scope."""

EVENTS: Final = ("app_home_opened", "app_uninstalled", "tokens_revoked", "user_change")

RESERVED: Final = frozenset(
    (
        "archive",
        "call",
        "collapse",
        "dm",
        "expand",
        "feed",
        "invite",
        "join",
        "kick",
        "leave",
        "me",
        "msg",
        "mute",
        "open",
        "part",
        "pref",
        "remind",
        "remove",
        "rename",
        "search",
        "shortcuts",
        "shrug",
        "star",
        "status",
        "topic",
        "who",
    )
)
"""Slack's own commands; one of them makes the whole manifest fail."""

COMMANDS_MOST: Final = 50
COMMAND_MOST: Final = 32
SUMMARY_MOST: Final = 2000
HINT_MOST: Final = 1000
SHORTCUT_MOST: Final = 24
DESCRIPTION_MOST: Final = 140
SHORTCUT_SUMMARY_MOST: Final = 150

SHORTCUTS: Final = (
    ("checkin", N_("Check in"), "global", N_("Check in for this week")),
    ("checkin.evidence", N_("Share as evidence"), "message", N_("Put this message's link into your check-in")),
)
"""(action, name, type, summary); one whose action has no row is left out."""

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")
_YAML_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


class CannotList(Exception):
    """The command table holds something that Slack would refuse."""


def manifest(table: Table, *, socket_mode: bool, url: str = "", name: str = "cohort-bot") -> str:
    """The manifest. `url` is the https address at which the bot is reached: needed without Socket Mode, and with it
    when many workspaces are to install the app. Raises CannotList.
    """
    if (url or not socket_mode) and not url.startswith("https://"):
        raise CannotList("Slack needs an address that begins with https://, such as https://bot.example.org")
    endpoint = "" if socket_mode else url.rstrip("/") + PATH
    redirect = {"redirect_urls": [url.rstrip("/") + REDIRECT]} if url else {}
    request_url = {"request_url": endpoint} if endpoint else {}
    body = {
        "display_information": {
            "name": name,
            "description": cut(_("Keeps a group of career changers together for a whole guide"), DESCRIPTION_MOST),
            "background_color": "#2c3e50",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": True,
            },
            "bot_user": {"display_name": name, "always_online": True},
            "shortcuts": [
                {
                    "name": cut(_(label), SHORTCUT_MOST),
                    "type": kind,
                    "callback_id": action,
                    "description": cut(_(summary), SHORTCUT_SUMMARY_MOST),
                }
                for action, label, kind, summary in SHORTCUTS
                if table.get(action)
            ],
            "slash_commands": [{**command, **({"url": endpoint} if endpoint else {})} for command in commands(table)],
        },
        "oauth_config": {**redirect, "scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {**request_url, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **request_url},
            "org_deploy_enabled": False,
            "socket_mode_enabled": socket_mode,
            "token_rotation_enabled": False,
        },
    }
    return "".join(f"{line}\n" for line in _yaml(body, ""))


def commands(table: Table) -> Sequence[Mapping[str, Any]]:
    """The slash commands: the first words of the table's names, each once. Raises CannotList."""
    names = dict(table.commands(PLATFORM))
    verbs = {head: verbs_of(head, names) for head in dict.fromkeys(words.split(" ")[0] for words in names)}
    summaries = {words: _(row.summary) for words, row in names.items() if " " not in words}
    if len(verbs) > COMMANDS_MOST:
        raise CannotList(f"{len(verbs)} commands, Slack takes {COMMANDS_MOST}")
    return [_command(head, verbs[head], summaries.get(head), table) for head in verbs]


def home_actions(table: Table) -> Sequence[str]:
    """What the home tab shows, in order."""
    if table.get("home"):
        return ("home",)
    return [action for action in ("plan", "progress.either") if table.get(action)]


def home_buttons(table: Table) -> Sequence[Button]:
    """The buttons of the home tab."""
    known = (("checkin", _("Check in")), ("join", _("Join")), ("plan", _("Plan")))
    return [
        Button(label, action, {}, "primary" if action == "checkin" else "plain")
        for action, label in known
        if table.get(action)
    ]


def _command(head: str, verbs: Sequence[str], summary: str | None, table: Table) -> Mapping[str, Any]:
    command = f"/{head}"
    if head in RESERVED or len(command) > COMMAND_MOST:
        raise CannotList(f"{command} is Slack's own, or longer than {COMMAND_MOST} characters")
    if verbs:
        described = f"{', '.join(verb.capitalize() if not n else verb for n, verb in enumerate(verbs))}"
        hint = "[verb] [name:value …]"
        summary = summary or described
    else:
        row = next(row for words, row in table.commands(PLATFORM) if words == head)
        hint = " ".join(f"[{param.name}:…]" for param in row.params)
        summary = summary or _(row.summary)
    shown: dict[str, Any] = {"command": command, "description": cut(summary, SUMMARY_MOST), "should_escape": True}
    if hint:
        shown["usage_hint"] = hint[:HINT_MOST]
    return shown


def _yaml(value: Any, indent: str) -> Iterator[str]:
    """YAML without a library: mappings, lists and scalars are all that a manifest holds."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            if isinstance(each, Mapping | list) and each:
                yield f"{indent}{key}:"
                yield from _yaml(each, f"{indent}  ")
            else:
                yield f"{indent}{key}: {_scalar(each)}"
        return
    for each in value:
        first, *rest = list(_yaml(each, f"{indent}  ")) if isinstance(each, Mapping) else [f"{indent}  {_scalar(each)}"]
        yield f"{indent}- {first.lstrip()}"
        yield from rest


def _scalar(value: Any) -> str:
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _YAML_WORDS:
        return value
    return json.dumps(value, ensure_ascii=False)

"""The app's manifest as YAML, made from the command table: pasting it at api.slack.com/apps is the whole set-up.

What the adapter uses is declared here once: scopes, events, shortcuts, the home tab.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from cohort_bot.app.commands import Table
from cohort_bot.chat.i18n import N_, _
from cohort_bot.chat.message import Button
from cohort_bot.platforms.slack import limits
from cohort_bot.platforms.slack.commands import payload
from cohort_bot.settings import WrongSetting

PATH: Final = "/slack/events"
INSTALL: Final = "/slack/install"
REDIRECT: Final = "/slack/oauth_redirect"
"""The addresses that a bot with HTTP has."""

SCOPES: Final[Mapping[str, Sequence[str]]] = {
    "channels:history": ("conversations.history", "conversations.replies"),
    "channels:join": ("conversations.join",),
    "chat:write": ("chat.postMessage", "chat.update", "chat.delete"),
    "chat:write.public": ("chat.postMessage",),
    "commands": (),
    "files:read": (),
    "files:write": ("files.getUploadURLExternal", "files.completeUploadExternal", "files.delete"),
    "groups:history": ("conversations.history", "conversations.replies"),
    "im:history": ("conversations.history", "conversations.replies"),
    "im:write": ("conversations.open",),
    "metadata.message:read": ("conversations.history", "conversations.replies"),
    "mpim:history": ("conversations.history", "conversations.replies"),
    "mpim:write": ("conversations.open",),
    "users:read": ("users.info",),
}
"""Each scope with the methods that need it; `commands` is for slash commands and shortcuts, `files:read` for forms with
a file.
"""

_WELCOME: Final = {"files:read", "files:write", "metadata.message:read", "mpim:history", "mpim:write"}

FOR_GROUPS: Final = tuple(scope for scope in SCOPES if scope.startswith("mpim:"))
"""Scopes for the conversations of small groups."""

NEEDED: Final = tuple(scope for scope in SCOPES if scope not in _WELCOME)
"""Scopes without which a cohort cannot run. Without the others moderators cannot send a guide as a file, get no export,
or have to act when the answer to a post is lost, of which they are informed; small groups get a thread in the room.
"""

FREE: Final = ("auth.test", "chat.getPermalink", "views.open", "views.publish", "views.update")
"""Methods that need no scope."""

EVENTS: Final = ("app_home_opened", "app_uninstalled", "message.im", "tokens_revoked", "user_change")
"""`message.im` needs the scope im:history, and a messages tab in which people may write."""

SHORTCUTS: Final = (
    ("checkin", N_("Check in"), "global", N_("Check in for this week")),
    ("checkin.evidence", N_("Share as evidence"), "message", N_("Put this message's link into your check-in")),
)
"""(action, name, type, summary); one whose action has no row is left out."""


def manifest(table: Table, *, socket_mode: bool, url: str = "", name: str = "cohort-bot") -> str:
    """The manifest. `url` is the https address at which the bot is reached: needed without Socket Mode, and with it
    when many workspaces are to install the app. Raises WrongSetting.
    """
    if (url or not socket_mode) and not url.startswith("https://"):
        raise WrongSetting(N_("Slack needs an address that begins with https://, such as https://bot.example.org"))
    endpoint = "" if socket_mode else url.rstrip("/") + PATH
    redirect = {"redirect_urls": [url.rstrip("/") + REDIRECT]} if url else {}
    request_url = {"request_url": endpoint} if endpoint else {}
    about = _("Keeps a group of career changers together through a whole guide")
    body = {
        "display_information": {
            "name": name,
            "description": limits.cut(about, limits.DESCRIPTION),
            "background_color": "#2c3e50",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": name, "always_online": True},
            "shortcuts": [
                {
                    "name": limits.cut(_(label), limits.SHORTCUT),
                    "type": kind,
                    "callback_id": action,
                    "description": limits.cut(_(summary), limits.SHORTCUT_SUMMARY),
                }
                for action, label, kind, summary in SHORTCUTS
                if table.get(action)
            ],
            "slash_commands": [{**command, **({"url": endpoint} if endpoint else {})} for command in payload(table)],
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
    import yaml  # noqa: PLC0415 - only for whoever sets the app up

    return yaml.safe_dump(body, sort_keys=False, allow_unicode=True, width=float("inf"))


def home_actions(table: Table) -> Sequence[str]:
    """The actions of the home tab, in order."""
    if table.get("home"):
        return ("home",)
    return [action for action in ("plan", "progress.either") if table.get(action)]


def home_buttons(table: Table) -> Sequence[Button]:
    """The buttons of a home tab that is made of several replies; the page of the row `home` has its own."""
    if table.get("home"):
        return ()
    known = (("checkin", _("Check in")), ("join", _("Join")), ("plan", _("Plan")))
    return [
        Button(label, action, {}, "primary" if action == "checkin" else "plain")
        for action, label in known
        if table.get(action)
    ]

"""Slack, on slack-bolt: commands, buttons, forms, the home tab, posts and threads; in one workspace or many.

Read it in this order: `translate.py` (payload -> Invocation), `text.py`, `render.py` and `forms.py` (Message and Form
-> Block Kit), `answers.py` and `reply_channels.py` (one request, answered in time or late), `adapter.py` (the port),
`workspaces.py` and `oauth.py` (one workspace, or many).
"""

import logging
from typing import TYPE_CHECKING, Any, Final

from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.database import Database
from cohort_bot.app.ports.platform import ChatPlatform
from cohort_bot.chat.i18n import N_
from cohort_bot.chat.message import Message
from cohort_bot.chat.sentence import Sentence, later
from cohort_bot.chat.traits import Traits, register
from cohort_bot.settings import Setting, Settings, WrongSetting, check_address

if TYPE_CHECKING:
    import click

    from cohort_bot.platforms.common.live_check import Service

log = logging.getLogger(__name__)

register("slack", Traits("Slack", grouped=True, typed_options=True, reads_direct=True))

SETTINGS: Final = (
    Setting("SLACK_BOT_TOKEN", "Slack: *OAuth & Permissions*, `xoxb-…`.", secret=True),
    Setting(
        "SLACK_APP_TOKEN",
        "Slack: *Basic Information*, app-level token `xapp-…`; Socket Mode when it is set, HTTP otherwise.",
        secret=True,
    ),
    Setting("SLACK_SIGNING_SECRET", "Slack over HTTP: *Basic Information*.", secret=True),
    Setting("SLACK_CLIENT_ID", "Slack for many workspaces: *Basic Information*."),
    Setting("SLACK_CLIENT_SECRET", "Slack for many workspaces: *Basic Information*.", secret=True),
    Setting("SLACK_API_URL", "An API proxy or government cloud for Slack; ends in `/api/`."),
)


def connect(settings: Settings, clock: Clock, _database: Database) -> ChatPlatform | None:
    """The platform, not started yet; None without any of its settings. Raises WrongSetting, also for incomplete
    settings.
    """
    bot_token, app_token, signing_secret, client_id, client_secret, api_url = (
        settings.given(each.name) for each in SETTINGS
    )
    check_address("SLACK_API_URL", api_url, "https://…/api/", "http", "https")
    if app_token and not app_token.startswith("xapp-"):
        raise WrongSetting(
            N_(
                "SLACK_APP_TOKEN does not begin with xapp-; copy the app-level token from Basic "
                "Information, or leave it out to use HTTP"
            )
        )
    many = bool(client_id or client_secret)
    if not (bot_token or many):
        return None
    if many and (missing := _missing(settings)):
        raise WrongSetting(
            N_(
                "SLACK_CLIENT_ID or SLACK_CLIENT_SECRET is set, so many workspaces can install me; set "
                "{names} too, or remove them and set SLACK_BOT_TOKEN for one workspace"
            ),
            names=missing,
        )
    if settings.process.role != "courier" and not app_token and not (signing_secret and settings.port):
        raise WrongSetting(
            N_("SLACK_BOT_TOKEN is set; set SLACK_APP_TOKEN too (Socket Mode), or SLACK_SIGNING_SECRET and PORT (HTTP)")
        )
    from cohort_bot.platforms.slack.adapter import SlackPlatform  # noqa: PLC0415 - the libraries cost a third of a second

    oauth = None
    if many:
        from cohort_bot.platforms.slack.oauth import OAuth  # noqa: PLC0415
        from cohort_bot.platforms.slack.token_cipher import TokenCipher  # noqa: PLC0415

        oauth = OAuth(client_id, client_secret, TokenCipher(settings.secret_key))
        if bot_token:
            log.warning("SLACK_BOT_TOKEN is not used: each workspace installs me at /slack/install, also that one.")
    return SlackPlatform(
        clock,
        bot_token="" if oauth else bot_token,
        oauth=oauth,
        app_token=app_token,
        signing_secret=signing_secret,
        api_url=api_url,
        connects=settings.process.connects,
        posts_only=settings.process.role == "courier",
    )


def preview(message: Message) -> Any:
    """The blocks that Slack would show a message with, as JSON; a list of them when it takes several messages."""
    from cohort_bot.platforms.slack import render  # noqa: PLC0415 - as above

    parts = [part.blocks for part in render.parts(message)]
    return parts[0] if len(parts) == 1 else parts


def check_live(settings: Settings, clock: Clock) -> "Service":
    """What `cohort-bot live-check slack` uses. Raises WrongSetting."""
    from cohort_bot.platforms.slack.live_check import SlackService  # noqa: PLC0415 - as above

    bot_token, app_token = settings.given("SLACK_BOT_TOKEN"), settings.given("SLACK_APP_TOKEN")
    if not bot_token:
        raise WrongSetting(
            N_("SLACK_BOT_TOKEN is not set; copy it from OAuth & Permissions at api.slack.com/apps (xoxb-…)")
        )
    return SlackService(bot_token, app_token, clock, settings.given("SLACK_API_URL"))


def command_line() -> "click.Command":
    """`cohort-bot slack`."""
    from cohort_bot.platforms.slack.cli import slack  # noqa: PLC0415 - as above

    return slack


def _missing(settings: Settings) -> tuple[Sentence, ...]:
    """The settings that many workspaces need and that are missing, each with where to find it."""
    signed = settings.given("SLACK_SIGNING_SECRET") or settings.given("SLACK_APP_TOKEN")
    told = N_("{name} (from Basic Information)")
    needed = {
        later(told, name="SLACK_CLIENT_ID"): settings.given("SLACK_CLIENT_ID"),
        later(told, name="SLACK_CLIENT_SECRET"): settings.given("SLACK_CLIENT_SECRET"),
        later(told, name="SLACK_SIGNING_SECRET"): signed,
        later(N_("PORT (people install over HTTP)")): settings.port,
        later(N_("SECRET_KEY (32 random characters, which encrypt the tokens)")): settings.secret_key,
    }
    return tuple(name for name, value in needed.items() if not value)

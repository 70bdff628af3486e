"""Slack. Read it in this order: `translate.py` (payload -> Invocation), `render.py` and `views.py` (Message and Form ->
Block Kit), `adapter.py` (the port), `listeners.py` and `answers.py` (how a reply reaches a person in time or late),
`workspaces.py` and `oauth.py` (one workspace, or many).
"""

import logging

from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.database import Database
from cohort_bot.app.ports.platform import ChatPlatform
from cohort_bot.settings import Settings, WrongSetting

log = logging.getLogger(__name__)


def connect(settings: Settings, clock: Clock, database: Database) -> ChatPlatform | None:  # noqa: ARG001 - the same for all
    """The platform, not started yet; None when nothing of it is set. Raises WrongSetting for half a set-up."""
    if not (settings.slack_bot_token or settings.slack_client_id or settings.slack_client_secret):
        return None
    many = bool(settings.slack_client_id or settings.slack_client_secret)
    if many and (missing := _missing(settings)):
        raise WrongSetting(
            "SLACK_CLIENT_ID or SLACK_CLIENT_SECRET is set, so many workspaces can install me; set "
            f"{', '.join(missing)} too, or remove them and set SLACK_BOT_TOKEN for one workspace"
        )
    if (
        settings.process.role != "courier"
        and not settings.slack_app_token
        and not (settings.slack_signing_secret and settings.port)
    ):
        raise WrongSetting(
            "SLACK_BOT_TOKEN is set; set SLACK_APP_TOKEN too (Socket Mode), or SLACK_SIGNING_SECRET and PORT (HTTP)"
        )
    from cohort_bot.platforms.slack.adapter import SlackPlatform  # noqa: PLC0415
    from cohort_bot.platforms.slack.oauth import OAuth  # noqa: PLC0415
    from cohort_bot.platforms.slack.token_cipher import TokenCipher, WeakKey  # noqa: PLC0415

    oauth = None
    if many:
        try:
            oauth = OAuth(settings.slack_client_id, settings.slack_client_secret, TokenCipher(settings.secret_key))
        except WeakKey as weak:
            raise WrongSetting(str(weak)) from None
        if settings.slack_bot_token:
            log.warning("SLACK_BOT_TOKEN is not used: each workspace installs me at /slack/install, also that one.")
    return SlackPlatform(
        clock,
        bot_token="" if oauth else settings.slack_bot_token,
        oauth=oauth,
        app_token=settings.slack_app_token,
        signing_secret=settings.slack_signing_secret,
        api_url=settings.slack_api_url,
        connects=settings.process.connects,
        posts_only=settings.process.role == "courier",
    )


def _missing(settings: Settings) -> list[str]:
    """What many workspaces need and is not set, each with where it comes from."""
    needed = {
        "SLACK_CLIENT_ID (from Basic Information)": settings.slack_client_id,
        "SLACK_CLIENT_SECRET (from Basic Information)": settings.slack_client_secret,
        "SLACK_SIGNING_SECRET (from Basic Information)": settings.slack_signing_secret or settings.slack_app_token,
        "PORT (people install over HTTP)": settings.port,
        "SECRET_KEY (32 random characters, which encrypt the tokens)": settings.secret_key,
    }
    return [name for name, value in needed.items() if not value]

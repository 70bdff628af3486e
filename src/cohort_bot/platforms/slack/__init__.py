"""Slack. Read it in this order: `translate.py` (payload -> Invocation), `render.py` and `views.py` (Message and Form ->
Block Kit), `adapter.py` (the port), `listeners.py` and `answers.py` (how a reply reaches a person in time or late).
"""

from cohort_bot.app.ports import ChatPlatform, Clock, Database
from cohort_bot.settings import Settings, WrongSetting


def connect(settings: Settings, clock: Clock, database: Database) -> ChatPlatform | None:  # noqa: ARG001 - the same for all
    """The platform, not started yet; None when no token is set. Raises WrongSetting for half a set-up."""
    if not settings.slack_bot_token:
        return None
    if not settings.slack_app_token and not (settings.slack_signing_secret and settings.port):
        raise WrongSetting(
            "SLACK_BOT_TOKEN is set; set SLACK_APP_TOKEN too (Socket Mode), or SLACK_SIGNING_SECRET and PORT (HTTP)"
        )
    from cohort_bot.platforms.slack.adapter import SlackPlatform  # noqa: PLC0415

    return SlackPlatform(
        clock,
        bot_token=settings.slack_bot_token,
        app_token=settings.slack_app_token,
        signing_secret=settings.slack_signing_secret,
        api_url=settings.slack_api_url,
    )

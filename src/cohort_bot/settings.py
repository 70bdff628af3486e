"""Settings from the environment: read once, checked at once, passed in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class WrongSetting(Exception):
    """One line with the setting's name and the cure."""


def _setting(about: str, *, default: Any = None, secret: bool = False) -> Any:
    """A setting with what the reference says of it. A secret never shows in `repr`."""
    return field(default=default, repr=not secret, metadata={"about": about, "secret": secret})


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator can set. Secrets never show in `repr`."""

    database_url: str = _setting(
        "Where everything is kept: `sqlite+aiosqlite:///FILE`.", default="sqlite+aiosqlite:///cohort-bot.db"
    )
    host: str = _setting("Where HTTP listens. Only this machine reaches the default.", default="127.0.0.1")
    port: int | None = _setting("The port for health, metrics and Slack over HTTP; without it there is no HTTP.")
    log_level: str = _setting("`DEBUG`, `INFO`, `WARNING` or `ERROR`.", default="INFO")
    log_format: Literal["text", "json"] = _setting("`text` for people, `json` for programs.", default="text")
    content_dir: Path | None = _setting("A folder with programmes of your own, beside the one on board.")
    discord_token: str = _setting("Discord: your application's page, *Bot*, *Token*.", default="", secret=True)
    discord_api_url: str = _setting("An API proxy for Discord; with `/api/v10`.", default="")
    discord_gateway_url: str = _setting("A gateway proxy for Discord.", default="")
    slack_bot_token: str = _setting("Slack: *OAuth & Permissions*, `xoxb-…`.", default="", secret=True)
    slack_app_token: str = _setting(
        "Slack: *Basic Information*, app-level token `xapp-…`; Socket Mode when it is set, HTTP otherwise.",
        default="",
        secret=True,
    )
    slack_signing_secret: str = _setting("Slack over HTTP: *Basic Information*.", default="", secret=True)
    slack_client_id: str = _setting("Slack for many workspaces: *Basic Information*.", default="")
    slack_client_secret: str = _setting("Slack for many workspaces: *Basic Information*.", default="", secret=True)
    slack_api_url: str = _setting("An API proxy or government cloud for Slack; ends in `/api/`.", default="")
    secret_key: str = _setting("Encrypts the tokens of workspaces in the database.", default="", secret=True)

    @property
    def sqlite_path(self) -> Path:
        """The database file."""
        return sqlite_path(self.database_url)


def from_environment(environment: Mapping[str, str]) -> Settings:
    """The settings, or WrongSetting for the first one that cannot be used."""
    given = {name: environment[name.upper()].strip() for name in _TEXTS if environment.get(name.upper(), "").strip()}
    level = environment.get("LOG_LEVEL", "INFO").strip().upper() or "INFO"
    if level not in LEVELS:
        raise WrongSetting(f"LOG_LEVEL is {level!r}; set it to one of {', '.join(LEVELS)}")
    shape = environment.get("LOG_FORMAT", "text").strip().lower() or "text"
    if shape not in {"text", "json"}:
        raise WrongSetting(f"LOG_FORMAT is {shape!r}; set it to text or json")
    content = environment.get("CONTENT_DIR", "").strip()
    if content and not Path(content).is_dir():
        raise WrongSetting(f"CONTENT_DIR is {content!r}, which is not a folder; give the folder that holds programmes")
    settings = Settings(
        port=_port(environment.get("PORT", "").strip()),
        log_level=level,
        log_format="json" if shape == "json" else "text",
        content_dir=Path(content) if content else None,
        **given,
    )
    sqlite_path(settings.database_url)
    return settings


def sqlite_path(url: str) -> Path:
    """The file of a SQLite address. Raises WrongSetting for any other kind of address."""
    for prefix in ("sqlite+aiosqlite:///", "sqlite:///"):
        if url.startswith(prefix) and len(url) > len(prefix):
            return Path(url.removeprefix(prefix))
    raise WrongSetting(f"DATABASE_URL is {_without_password(url)!r}; set it to sqlite+aiosqlite:///FILE")


def _port(said: str) -> int | None:
    if not said:
        return None
    if not (said.isascii() and said.isdigit() and 1 <= int(said[:6]) <= 65535):  # noqa: PLR2004 - the largest port
        raise WrongSetting(f"PORT is {said!r}; set it to a whole number from 1 to 65535")
    return int(said)


def _without_password(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    return scheme + separator + rest.rpartition("@")[2] if separator else "…"


_TEXTS = (
    "database_url",
    "host",
    "discord_token",
    "discord_api_url",
    "discord_gateway_url",
    "slack_bot_token",
    "slack_app_token",
    "slack_signing_secret",
    "slack_client_id",
    "slack_client_secret",
    "slack_api_url",
    "secret_key",
)

"""Settings from the environment: read once, checked at once, passed in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class WrongSetting(Exception):
    """One line with the setting's name and the cure."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator can set. Secrets never show in `repr`."""

    database_url: str = "sqlite+aiosqlite:///cohort-bot.db"
    host: str = "127.0.0.1"
    port: int | None = None
    log_level: str = "INFO"
    log_format: Literal["text", "json"] = "text"
    content_dir: Path | None = None
    discord_token: str = field(default="", repr=False)
    discord_api_url: str = ""
    discord_gateway_url: str = ""
    slack_bot_token: str = field(default="", repr=False)
    slack_app_token: str = field(default="", repr=False)
    slack_signing_secret: str = field(default="", repr=False)
    slack_client_id: str = ""
    slack_client_secret: str = field(default="", repr=False)
    slack_api_url: str = ""
    secret_key: str = field(default="", repr=False)

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

"""Settings from the environment: read once, checked at once, passed in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, Literal, get_type_hints
from urllib.parse import urlsplit

from cohort_bot.chat.i18n import N_
from cohort_bot.chat.sentence import LocalizedError
from cohort_bot.process_role import ALL, ProcessRole

Parse = Callable[[str, str], object]
"""(name of the setting, its text, stripped and not empty) -> the value. Raises WrongSetting."""


class WrongSetting(LocalizedError):
    """One line with the setting's name and the cure."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting of one platform, as its package declares it: `about` is for the reference (Markdown)."""

    name: str
    about: str
    secret: bool = False


def _number(most: int) -> Parse:
    def parse(name: str, value: str) -> int:
        if not (value.isascii() and value.isdigit() and 1 <= int(value[:6]) <= most):
            raise WrongSetting(
                N_("{name} is {value!r}; set it to a whole number from 1 to {most}"),
                name=name,
                value=value,
                most=most,
            )
        return int(value)

    return parse


def _yes(name: str, value: str) -> bool:
    if value.lower() not in {"0", "1", "false", "true", "no", "yes"}:
        raise WrongSetting(N_("{name} is {value!r}; set it to 1, or leave it out"), name=name, value=value.lower())
    return value.lower() in {"1", "true", "yes"}


def _level(name: str, value: str) -> str:
    levels = ("DEBUG", "INFO", "WARNING", "ERROR")
    if value.upper() not in levels:
        raise WrongSetting(
            N_("{name} is {value!r}; set it to one of {names}"),
            name=name,
            value=value.upper(),
            names=", ".join(levels),
        )
    return value.upper()


def _format(name: str, value: str) -> str:
    if value.lower() not in {"auto", "text", "json"}:
        raise WrongSetting(N_("{name} is {value!r}; set it to text or json"), name=name, value=value.lower())
    return value.lower()


def _folder(name: str, value: str) -> Path:
    if not Path(value).is_dir():
        raise WrongSetting(
            N_("{name} is {value!r}, which is not a folder; give the folder that holds programmes"),
            name=name,
            value=value,
        )
    return Path(value)


def _folder_to_be(name: str, value: str) -> Path:
    if not (Path(value).is_dir() or (not Path(value).exists() and Path(value).parent.is_dir())):
        raise WrongSetting(
            N_("{name} is {value!r}, where no folder can be made; name a folder, or leave it out"),
            name=name,
            value=value,
        )
    return Path(value)


def _database(name: str, value: str) -> str:
    if not is_postgres(value, name):
        sqlite_path(value)
    return value


def _server(name: str, value: str) -> str:
    if not is_postgres(value, name):
        raise _no_postgres(value, name)
    return value


class NoPlatform(WrongSetting):
    """No platform is set up."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator can set: what the reference says of it, and how it is read unless it is any text.

    Secrets never show in `repr`.
    """

    database_url: Annotated[
        str,
        "Where everything is stored: `sqlite+aiosqlite:///FILE`, or `postgresql://USER:PASSWORD@HOST:PORT/NAME`.",
        _database,
    ] = field(default="sqlite+aiosqlite:///cohort-bot.db", repr=False)
    database_direct_url: Annotated[
        str,
        "The PostgreSQL server's own address, if `DATABASE_URL` points to a pooler that shares connections (such "
        "as PgBouncer with `pool_mode=transaction`); for locks, notifications, migrations and backups.",
        _server,
    ] = field(default="", repr=False)
    host: Annotated[str, "The address HTTP listens on. By default only this machine can reach it."] = "127.0.0.1"
    port: Annotated[
        int | None,
        "The port for health checks, metrics and platforms that need HTTP; without it there is no HTTP.",
        _number(65535),
    ] = None
    public_url: Annotated[
        str,
        "The https address at which `PORT` is reached from outside, for the board and calendars; else there are none.",
    ] = ""
    log_level: Annotated[str, "`DEBUG`, `INFO`, `WARNING` or `ERROR`.", _level] = "INFO"
    log_format: Annotated[
        Literal["auto", "text", "json"],
        "`text` for people, `json` for programs; if unset, `text` on a terminal and `json` elsewhere.",
        _format,
    ] = "auto"
    content_dir: Annotated[
        Path | None, "A folder with your own programmes, in addition to the one on board.", _folder
    ] = None
    backup_dir: Annotated[
        Path | None,
        "A folder for backups, which the bot makes while it runs; without it there are none.",
        _folder_to_be,
    ] = None
    backup_every: Annotated[int, "Hours between two backups, at least 1.", _number(9999)] = 24
    backup_keep: Annotated[int, "How many backups to keep; older ones are deleted.", _number(9999)] = 14
    secret_key: Annotated[str, "Encrypts the tokens of workspaces in the database."] = field(default="", repr=False)

    dyno: Annotated[str, "Set by hosts like Heroku, which wipe their disk every day; do not set it yourself."] = ""
    allow_ephemeral_disk: Annotated[bool, "`1` allows SQLite on such a host.", _yes] = False
    allow_network_disk: Annotated[
        bool, "`1` allows SQLite on a network file system or FUSE, where it can lose data it has confirmed.", _yes
    ] = False
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    """All of it: each platform reads its own settings."""

    process: ProcessRole = ALL
    """What this process does: set by an option of `run`, not by the environment."""

    def given(self, name: str) -> str:
        """A platform's own setting, such as DISCORD_TOKEN; empty when it is not set."""
        return self.environment.get(name, "").strip()

    @property
    def secrets(self) -> frozenset[str]:
        """What must show up nowhere, for the log to strike out; it knows a database's password by itself. Those of
        platforms are not among them (`platforms.installed.secrets`).
        """
        hidden = (getattr(self, each.name) for each in fields(self) if not each.repr and each.name != "environment")
        return frozenset(hidden) - {"", self.database_url, self.database_direct_url}

    def check_disk(self) -> None:
        """Raises WrongSetting for a database file on a disk that is wiped."""
        if self.dyno and not self.allow_ephemeral_disk and self.database_url.startswith("sqlite"):
            raise WrongSetting(
                N_(
                    "DATABASE_URL is a file, and this host wipes its disk daily (DYNO is set); add its "
                    "PostgreSQL, which sets DATABASE_URL, or set ALLOW_EPHEMERAL_DISK=1 to lose everything "
                    "daily"
                )
            )

    @property
    def sqlite_path(self) -> Path:
        """The database file. Raises WrongSetting when it is a server."""
        return sqlite_path(self.database_url)

    @property
    def server_url(self) -> str:
        """The PostgreSQL server's own address, for what does not work through a pooler."""
        return self.database_direct_url or self.database_url

    @property
    def on_postgres(self) -> bool:
        """Whether the database is a PostgreSQL server, which many processes may use."""
        return is_postgres(self.database_url)


def from_environment(environment: Mapping[str, str]) -> Settings:
    """The settings. Raises WrongSetting for the first one that cannot be used."""
    given: dict[str, Any] = {}
    for name, kind in get_type_hints(Settings, include_extras=True).items():
        value = environment.get(name.upper(), "").strip()
        if value and (about := getattr(kind, "__metadata__", ())):
            given[name] = about[1](name.upper(), value) if about[1:] else value
    return Settings(environment=environment, **given)


def check_address(name: str, value: str, shape: str, *schemes: str) -> None:
    """Raises WrongSetting unless the address is empty, or has one of the schemes, a host, and the ending of `shape`."""
    if not value:
        return
    try:
        parts = urlsplit(value)
        ends = parts.path.endswith(shape.partition("…")[2])
        whole = bool(parts.scheme in schemes and parts.hostname and parts.port != 0 and ends)
    except ValueError:
        whole = False
    if not whole:
        raise WrongSetting(
            N_("{name} is {address!r}; set it to {shape} or leave it out"),
            name=name,
            address=_without_password(value),
            shape=shape,
        )


def is_postgres(url: str, name: str = "DATABASE_URL") -> bool:
    """Whether it is the address of a PostgreSQL database. Raises WrongSetting for an incomplete one, and where the
    packages for PostgreSQL are not installed.
    """
    if url.partition("://")[0] not in {"postgres", "postgresql", "postgresql+psycopg"}:
        return False
    try:
        parts = urlsplit(url)
        whole = parts.path.strip("/") and (parts.port or True)
    except ValueError:
        whole = False
    if not whole:
        raise _no_postgres(url, name)
    if not all(map(find_spec, ("psycopg", "procrastinate"))):
        raise WrongSetting(
            N_("{name} names PostgreSQL, which needs more packages: pip install 'cohort-bot[postgresql]'"), name=name
        )
    return True


def _no_postgres(url: str, name: str) -> WrongSetting:
    return WrongSetting(
        N_("{name} is {address!r}; set it to postgresql://USER:PASSWORD@HOST:PORT/NAME"),
        name=name,
        address=_without_password(url),
    )


def sqlite_path(url: str) -> Path:
    """The file of a SQLite address. Raises WrongSetting for any other kind of address."""
    for prefix in ("sqlite+aiosqlite:///", "sqlite:///"):
        if url.startswith(prefix) and len(url) > len(prefix):
            return Path(url.removeprefix(prefix))
    raise WrongSetting(
        N_(
            "DATABASE_URL is {address!r}; set it to sqlite+aiosqlite:///FILE or to "
            "postgresql://USER:PASSWORD@HOST:PORT/NAME"
        ),
        address=_without_password(url),
    )


def _without_password(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    return scheme + separator + rest.rpartition("@")[2].partition("?")[0] if separator else "…"

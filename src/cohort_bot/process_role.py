"""Which part of the bot a process is, where several share one database."""

import re
from dataclasses import dataclass
from typing import Final

from cohort_bot.chat.i18n import N_
from cohort_bot.chat.sentence import LocalizedError

ROLES: Final = ("all", "gateway", "courier", "web")
MOST_SHARDS: Final = 10_000


class WrongRole(LocalizedError):
    """One line: the option, and what would be right."""


@dataclass(frozen=True, slots=True)
class Shards:
    """Discord's servers come in `of` shards, of which this process takes `first` to `last`."""

    first: int
    last: int
    of: int

    @property
    def ids(self) -> list[int]:
        return list(range(self.first, self.last + 1))

    def __str__(self) -> str:
        return f"{self.first}-{self.last}/{self.of}"


@dataclass(frozen=True, slots=True)
class ProcessRole:
    """The parts of the bot that this process runs: `gateway` receives events over a connection of its own, `web` over
    HTTP, `courier` plans and posts. All three answer by the platforms' HTTP.
    """

    role: str = "all"
    shards: Shards | None = None

    @property
    def connects(self) -> bool:
        """Whether platforms send their events to this process by connections that it opens."""
        return self.role in {"all", "gateway"}

    @property
    def serves(self) -> bool:
        """Whether platforms may call this process over HTTP."""
        return self.role in {"all", "web"}

    @property
    def carries(self) -> bool:
        """Whether it plans and posts."""
        return self.role in {"all", "courier"}


ALL: Final = ProcessRole()


def read_role(role: str, shards: str | None, *, on_postgres: bool) -> ProcessRole:
    """The role from `--role` and `--shards`. Raises WrongRole."""
    if role != "all" and not on_postgres:
        raise WrongRole(
            N_(
                "--role {role} needs a database that several processes can use; set DATABASE_URL to "
                "postgresql://…, or leave --role out and let one process do all"
            ),
            role=role,
        )
    found = None if shards is None else _shards(shards)
    if found and not on_postgres and found.ids != list(range(found.of)):
        raise WrongRole(
            N_("--shards {shards} leaves some to other processes, which need DATABASE_URL to be postgresql://…"),
            shards=shards,
        )
    if found and role in {"courier", "web"}:
        raise WrongRole(N_("--shards is for gateways; leave it out with --role {role}"), role=role)
    return ProcessRole(role, found)


def _shards(said: str) -> Shards:
    match = re.fullmatch(r"(\d{1,5})(?:-(\d{1,5}))?/(\d{1,5})", said, re.ASCII)
    if match:
        first, of = int(match[1]), int(match[3])
        last = int(match[2] or first)
        if first <= last < of <= MOST_SHARDS:
            return Shards(first, last, of)
    raise WrongRole(
        N_("--shards is {said!r}; give the first, the last and how many there are, such as 0-3/16"), said=said
    )

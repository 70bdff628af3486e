"""Bringing a database to the newest schema. Alembic is imported when there is something to do: it is slow to import."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine, inspect, text

import cohort_bot
from cohort_bot.app.ports.startup import CannotStart
from cohort_bot.chat.i18n import N_

if TYPE_CHECKING:
    from alembic.config import Config

_REVISION = re.compile(r'^(revision|down_revision) = "(\w+)"$', re.MULTILINE)


def migrations_folder() -> Path:
    """`migrations/` inside the installed package, or at the root of a checkout."""
    package = Path(cohort_bot.__file__).parent
    shipped = package / "migrations"
    return shipped if shipped.is_dir() else package.parents[1] / "migrations"


def _config() -> "Config":
    from alembic.config import Config  # noqa: PLC0415 - see the module's docstring

    config = Config()
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Run what is missing, in one transaction: a migration that fails leaves the old schema working.

    Raises CannotStart for a schema that this release does not know.
    """
    if revision == "head":
        now = current(engine)
        if now == newest():
            return
        if now is not None and now not in revisions():
            raise CannotStart(
                N_(
                    "the database has the schema {now} of a newer cohort-bot; install that one, or restore an "
                    "older backup"
                ),
                now=now,
            )
    from alembic import command  # noqa: PLC0415 - see the module's docstring

    config = _config()
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def downgrade(engine: Engine, revision: str) -> None:
    from alembic import command  # noqa: PLC0415 - see the module's docstring

    config = _config()
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


def revisions() -> frozenset[str]:
    """Every schema that this release knows."""
    return frozenset(revision for kind, revision in _named() if kind == "revision")


def current(engine: Engine) -> str | None:
    """The revision of the database, None when it is empty."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        number: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
        return number


def newest() -> str | None:
    """The revision that this version of cohort-bot needs: the one that no other follows."""
    named = _named()
    followed = {revision for kind, revision in named if kind == "down_revision"}
    return next((revision for kind, revision in named if kind == "revision" and revision not in followed), None)


def _named() -> list[tuple[str, str]]:
    files = (path.read_text(encoding="utf-8") for path in (migrations_folder() / "versions").glob("*.py"))
    return [found for file in files for found in _REVISION.findall(file)]

"""`cohort-bot export`: every check-in of a cohort on stdout."""

import asyncio
import contextlib
import json
import os
import stat
import textwrap
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import click

from cohort_bot.app.errors import UnknownName
from cohort_bot.chat.i18n import _
from cohort_bot.cli.output import fail, settings

if TYPE_CHECKING:
    from cohort_bot.app.features.export import Rows


@click.command()
@click.option("--cohort", required=True, help="A cohort's name, or workspace/name.")
@click.option("--format", "form", type=click.Choice(["csv", "json"]), default="csv")
def export(cohort: str, form: str) -> None:
    """Print every check-in of a cohort, even while the bot runs. If it goes to a file, only you can read that file."""
    from cohort_bot import bootstrap  # noqa: PLC0415
    from cohort_bot.app.ports.startup import CannotStart  # noqa: PLC0415

    bootstrap.same_time_zones_everywhere()
    config = settings()
    if not config.on_postgres and not config.sqlite_path.exists():
        fail(_("There's no database {sqlite_path}; set DATABASE_URL", sqlite_path=config.sqlite_path), 1)
    _keep_to_its_owner()
    try:
        asyncio.run(_write(bootstrap.export(config, cohort), form))
    except UnknownName as unknown:
        fail(str(unknown), 1)
    except CannotStart as wrong:
        fail(str(wrong), 1)


def _keep_to_its_owner() -> None:
    """Make the file that stdout goes to readable by its owner only: a shell creates it for everyone to read."""
    if os.name == "posix" and stat.S_ISREG(os.fstat(1).st_mode):
        with contextlib.suppress(PermissionError):
            os.fchmod(1, 0o600)


async def _write(pages: AsyncIterator["Rows"], form: str) -> None:
    """Write each page as it is read: a record of a million check-ins is never in memory as a whole."""
    from cohort_bot.app.features.export import csv_text  # noqa: PLC0415

    first = True
    async for rows in pages:
        if form == "csv":
            click.echo(csv_text(rows, header=first), nl=False)
        else:
            each = ",\n".join(json.dumps(row, ensure_ascii=False, indent=2) for row in rows)
            click.echo(("[\n" if first else ",\n") + textwrap.indent(each, "  "), nl=False)
        first = False
    if form == "json":
        click.echo("[]" if first else "\n]")

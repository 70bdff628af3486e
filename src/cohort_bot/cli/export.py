"""`cohort-bot export`: every check-in of a cohort on stdout."""

import asyncio
import contextlib
import json
import os
import stat
from typing import Any

import click

from cohort_bot.cli.output import fail, settings


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
        fail(f"There's no database {config.sqlite_path}; set DATABASE_URL", 1)
    try:
        rows = asyncio.run(bootstrap.export(config, cohort))
    except LookupError as unknown:
        fail(str(unknown.args[0]), 1)
    except CannotStart as wrong:
        fail(str(wrong), 1)
    _keep_to_its_owner()
    _write(rows, form)


def _keep_to_its_owner() -> None:
    """Make the file that stdout goes to readable by its owner only: a shell creates it for everyone to read."""
    if os.name == "posix" and stat.S_ISREG(os.fstat(1).st_mode):
        with contextlib.suppress(PermissionError):
            os.fchmod(1, 0o600)


def _write(rows: list[dict[str, Any]], form: str) -> None:
    if form == "json":
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    from cohort_bot.app.features.export import csv_text  # noqa: PLC0415

    click.echo(csv_text(rows), nl=False)

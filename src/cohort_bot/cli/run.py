"""`cohort-bot run`: connects every platform whose tokens are set."""

import gc
from dataclasses import replace
from functools import partial

import click

from cohort_bot.cli.output import WRONG, fail, run_bot, settings
from cohort_bot.process_role import ROLES, WrongRole, read_role
from cohort_bot.settings import WrongSetting


@click.command()
@click.option(
    "--role",
    type=click.Choice(ROLES),
    default="all",
    help="What this process does. With PostgreSQL several processes can share the work.",
)
@click.option(
    "--shards", default=None, help="The share of Discord's servers that this gateway handles, such as 0-3/16."
)
def run(role: str, shards: str | None) -> None:
    """Run the bot on every platform whose tokens are set."""
    # A fifth of the start would go into looking for garbage among modules that stay: `bootstrap.run` sets it going.
    gc.disable()
    from cohort_bot import bootstrap  # noqa: PLC0415 - `--help` is quick without it
    from cohort_bot.app.ports.startup import CannotStart  # noqa: PLC0415

    config = settings()
    bootstrap.same_time_zones_everywhere()
    try:
        bootstrap.check_disk(config)
        config = replace(config, process=read_role(role, shards, on_postgres=config.on_postgres))
        with bootstrap.only_one(None if config.on_postgres else config.sqlite_path, make=True):
            run_bot(partial(bootstrap.run, config))
    except (WrongSetting, WrongRole, CannotStart, bootstrap.AlreadyRunning) as wrong:
        fail(str(wrong), WRONG)
    except bootstrap.TakenOver as over:
        fail(str(over), 1)

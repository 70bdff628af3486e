"""`cohort-bot db`: upgrading, backing up and restoring the database."""

from pathlib import Path

import click

from cohort_bot.chat.i18n import _, ngettext
from cohort_bot.cli.output import WRONG, fail, settings
from cohort_bot.settings import WrongSetting

FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def db() -> None:
    """Upgrade, back up and restore the database."""


@db.command()
def upgrade() -> None:
    """Upgrade the database to the latest schema."""
    from cohort_bot import bootstrap  # noqa: PLC0415
    from cohort_bot.app.ports.startup import CannotStart, Unreachable  # noqa: PLC0415 - `--help` is quick without it
    from cohort_bot.storage import open as opening  # noqa: PLC0415

    config = settings()
    try:
        bootstrap.check_disk(config)
        opening.database(config.database_url, config.database_direct_url).upgrade()
    except Unreachable as away:
        fail(str(away), 1)
    except (WrongSetting, CannotStart) as wrong:
        fail(str(wrong), WRONG)
    click.echo(_("The database is up to date."))


@db.command()
@click.argument("file", type=FILE)
def backup(file: Path) -> None:
    """Back up the database to FILE, even while the bot runs."""
    from cohort_bot import backups  # noqa: PLC0415

    try:
        backups.back_up(settings(), file)
    except backups.Unusable as wrong:
        fail(str(wrong), 1)
    click.echo(_("The database is backed up to {file}.", file=file))


@db.command()
@click.argument("file", type=FILE)
def restore(file: Path) -> None:
    """Restore the database from FILE. Stop the bot first; the previous database is kept."""
    from cohort_bot import backups, bootstrap  # noqa: PLC0415
    from cohort_bot.app.ports.startup import CannotStart  # noqa: PLC0415
    from cohort_bot.clocks import SystemClock  # noqa: PLC0415

    config = settings()
    bootstrap.same_time_zones_everywhere()
    try:
        done = backups.restore(config, file, bootstrap.library(config), SystemClock())
    except (backups.Unusable, bootstrap.AlreadyRunning, CannotStart, WrongSetting) as wrong:
        fail(str(wrong), 1)
    restored = _("The database is restored from {file}.", file=file)
    click.echo(" ".join([restored, *([_("The previous one is {kept}.", kept=done.kept)] if done.kept else [])]))
    click.echo(
        ngettext(
            "{n} message may have been posted since then; the bot looks for it before posting again.",
            "{n} messages may have been posted since then; the bot looks for them before posting again.",
            done.doubted,
        )
    )

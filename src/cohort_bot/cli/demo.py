"""`cohort-bot demo`: the whole bot in the browser."""

import gc
import tempfile
from pathlib import Path

import click

from cohort_bot.chat.i18n import _
from cohort_bot.cli.output import WRONG, fail, run_bot, settings
from cohort_bot.settings import WrongSetting

DEMO_PORT = 8000


@click.command()
@click.option(
    "--programme", type=click.Path(exists=True, file_okay=False, path_type=Path), help="A programme's folder."
)
@click.option("--database", type=click.Path(dir_okay=False, path_type=Path), help="Keep what happens in this file.")
@click.option("--empty", is_flag=True, help="Begin with a cohort that nobody has joined yet.")
@click.option("--host", default=None, help="Only loopback addresses are allowed.")
def demo(programme: Path | None, database: Path | None, host: str | None, *, empty: bool) -> None:
    """Try the whole bot in a browser, with a clock you can move; no token needed.

    It opens on a sample cohort in its ninth week. With --empty, and on a programme of your own, the cohort is new. A
    database that was used before goes on where it stood.
    """
    gc.disable()  # until everything is loaded
    from cohort_bot import bootstrap, playground  # noqa: PLC0415
    from cohort_bot.app.ports.startup import CannotStart  # noqa: PLC0415
    from cohort_bot.web.server import bind_next_free, is_loopback  # noqa: PLC0415

    config = settings()
    address = host or config.host
    if not is_loopback(address):
        fail(
            _("HOST is {address!r}, but the demo lets anybody be anybody; set HOST to 127.0.0.1", address=address),
            WRONG,
        )
    bootstrap.same_time_zones_everywhere()
    try:
        library = playground.library_of(programme)
        bound = bind_next_free(address, config.port or DEMO_PORT, click.echo)
        with tempfile.TemporaryDirectory(prefix="cohort-bot-", ignore_cleanup_errors=True) as scratch:
            path = database or Path(scratch) / "demo.db"
            with bootstrap.only_one(path, make=True):
                new = empty or programme is not None  # nobody has written check-ins for a programme of one's own
                run_bot(lambda say: playground.run_demo(path, library, bound, say, empty=new))
    except (WrongSetting, CannotStart, bootstrap.AlreadyRunning) as wrong:
        fail(str(wrong), WRONG)

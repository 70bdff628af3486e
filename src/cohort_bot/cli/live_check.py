"""`cohort-bot live-check`: whether the real service does what the bot believes of it."""

import asyncio
import contextlib
import json
import signal
from collections.abc import Callable, Coroutine
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

import click

from cohort_bot.chat.i18n import N_, _
from cohort_bot.cli.output import WRONG, fail
from cohort_bot.settings import Settings, WrongSetting

T = TypeVar("T")


@click.command("live-check")
@click.argument("platform")
@click.option("--room", required=True, help="The id of a room for tests, which the bot can see.")
@click.option("--person", default="", help="The id of somebody for direct messages; else whoever acts first.")
@click.option(
    "--wait", default=60.0, show_default=True, help="Seconds for each thing that you're asked to do; 0: none."
)
@click.option("--yes", is_flag=True, help="Also in a room where other people have written in the last week.")
@click.option(
    "--record", type=click.Path(path_type=Path, file_okay=False), help="A folder for a cassette of the answers."
)
@click.option("--json", "as_json", is_flag=True, help="For scripts: the steps with name, state, says, seconds.")
@click.pass_obj
def live_check(
    settings: Callable[[], Settings],
    platform: str,
    room: str,
    person: str,
    wait: float,
    yes: bool,
    record: Path | None,
    as_json: bool,
) -> None:
    """Try on the real service, in a room for tests, all that the bot does; exit 1 if something goes wrong.

    Stop the bot first, or use an application of its own. Everything that the check makes is removed again.
    """
    from cohort_bot import live_check as check  # noqa: PLC0415 - `--help` is quick without it
    from cohort_bot import logs  # noqa: PLC0415
    from cohort_bot.clocks import SystemClock  # noqa: PLC0415
    from cohort_bot.live_steps import Options  # noqa: PLC0415
    from cohort_bot.platforms import installed  # noqa: PLC0415

    platforms = {name: each for name, each in installed.platforms().items() if hasattr(each, "check_live")}
    if platform not in platforms:
        wrong = N_("“{platform}” can't be checked; name one of {names}")
        raise WrongSetting(wrong, platform=platform, names=", ".join(sorted(platforms)))
    clock, loaded = SystemClock(), settings()
    logs.configure("ERROR", loaded.log_format, loaded.secrets | installed.secrets(loaded.environment))
    service = platforms[platform].check_live(loaded, clock)

    def told(step: check.Step) -> None:
        sign = {"ok": "✓", "skipped": "–", "failed": "✗"}[step.state]
        click.echo(f"{sign} {_(step.name)}{f': {step.says}' if step.says else ''}", err=as_json)

    run = check.LiveCheck(
        service,
        clock,
        Options(room, person, wait, yes),
        told,
        lambda asked: click.echo(f"→ {asked}", err=as_json),
    )
    try:
        report = asyncio.run(_stoppable(run.run()))
    except check.Occupied:
        fail(_("Other people have written in this room in the last week; name a room for tests, or add --yes"), WRONG)
    cassette = record and service.recorder.save(record, service.where, version("cohort-bot"))
    if as_json:
        written = {**check.as_json(platform, report), "cassette": cassette and str(cassette)}
        click.echo(json.dumps(written, ensure_ascii=False, indent=2))
    else:
        click.echo(check.summary(report))
        if cassette:
            says = _(
                "The answers are in {file}: no tokens, names, ids or texts; please read it before you send it.",
                file=cassette,
            )
            click.echo(says)
    raise SystemExit(int(not report.ok))


async def _stoppable(check: Coroutine[None, None, T]) -> T:
    """The check, which removes what it made when it is told to end, too."""
    task = asyncio.current_task()
    if task is not None:
        with contextlib.suppress(NotImplementedError):  # Windows
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await check

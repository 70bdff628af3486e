"""`cohort-bot doctor`: finds what is wrong, and how to fix it."""

import asyncio
import dataclasses
import json
import sys

import click

from cohort_bot.chat.i18n import _
from cohort_bot.cli.output import environment


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For scripts: checks with name, state, says, cure.")
@click.option("--rehearse", is_flag=True, help="Play the coming months on a copy of the database, without a network.")
@click.option("--months", type=click.IntRange(1, 36), default=12, show_default=True, help="How many, with --rehearse.")
def doctor(as_json: bool, rehearse: bool, months: int) -> None:
    """Say what's wrong and how to fix it, even while the bot runs; exit 1 if something must be fixed.

    With --rehearse it says what would be posted in the coming months, and what would go wrong.
    """
    from cohort_bot import bootstrap, doctor, logs  # noqa: PLC0415
    from cohort_bot.checks import report  # noqa: PLC0415
    from cohort_bot.clocks import SystemClock  # noqa: PLC0415

    logs.configure("CRITICAL" if rehearse else "ERROR")
    bootstrap.same_time_zones_everywhere()
    more: dict[str, object] = {}
    ahead = ""
    if rehearse:
        from cohort_bot import year_ahead, year_ahead_findings  # noqa: PLC0415

        with click.progressbar(length=months, label=_("Months"), file=sys.stderr) as bar:
            checks, result = asyncio.run(
                year_ahead.examine(environment(), SystemClock(), months, lambda _month: bar.update(1))
            )
        if result is not None:
            more, ahead = {"rehearsal": year_ahead_findings.as_json(result)}, f"{year_ahead_findings.report(result)}\n"
    else:

        async def everything() -> list[doctor.Check]:
            return [check async for check in doctor.examine(environment(), SystemClock())]

        checks = asyncio.run(everything())
    broken = any(check.state == "fix" for check in checks)
    if as_json:
        written = {"ok": not broken, "checks": [dataclasses.asdict(check) for check in checks], **more}
        click.echo(json.dumps(written, ensure_ascii=False, indent=2))
    else:
        click.echo(f"{ahead}{report(checks)}")
    raise SystemExit(int(broken))

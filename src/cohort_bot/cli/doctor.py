"""`cohort-bot doctor`: finds what is wrong, and how to fix it."""

import asyncio
import dataclasses
import json

import click

from cohort_bot.cli.output import environment


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For scripts: checks with name, state, says, cure.")
def doctor(as_json: bool) -> None:
    """Say what's wrong and how to fix it, even while the bot runs; exit 1 if something must be fixed."""
    from cohort_bot import bootstrap, doctor, logs  # noqa: PLC0415
    from cohort_bot.clocks import SystemClock  # noqa: PLC0415

    logs.configure("ERROR")
    bootstrap.same_time_zones_everywhere()

    async def everything() -> list[doctor.Check]:
        return [check async for check in doctor.examine(environment(), SystemClock())]

    checks = asyncio.run(everything())
    broken = any(check.state == "fix" for check in checks)
    if as_json:
        result = {"ok": not broken, "checks": [dataclasses.asdict(check) for check in checks]}
        click.echo(json.dumps(result, ensure_ascii=False, indent=2))
    else:
        click.echo(doctor.report(checks))
    raise SystemExit(int(broken))

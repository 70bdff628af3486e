"""What every command needs: the settings, and an end in one line."""

import os
from typing import NoReturn

import click
from dotenv import dotenv_values

from cohort_bot.settings import Settings, WrongSetting, from_environment

WRONG = 2
"""The exit code for a wrong setting or a wrong call."""


def environment() -> dict[str, str]:
    """The environment, on top of a `.env` file."""
    return {**{name: value for name, value in dotenv_values(".env").items() if value is not None}, **os.environ}


def settings() -> Settings:
    """From the environment; ends with one line and exit code 2 when something is wrong."""
    try:
        loaded = from_environment(environment())
    except WrongSetting as wrong:
        fail(str(wrong), WRONG)
    from cohort_bot import logs  # noqa: PLC0415 - `--help` is quick without it
    from cohort_bot.platforms import installed  # noqa: PLC0415

    logs.configure(loaded.log_level, loaded.log_format, loaded.secrets | installed.secrets(loaded.environment))
    return loaded


def fail(message: str, code: int) -> NoReturn:
    """Say what is wrong on stderr and end."""
    click.echo(message, err=True)
    raise SystemExit(code)

"""What every command needs: the settings, and a way to end with one line."""

import os
from collections.abc import Callable
from functools import wraps
from typing import NoReturn, ParamSpec

import click
from dotenv import dotenv_values

from cohort_bot.chat.catalogues import closest
from cohort_bot.chat.i18n import speaking
from cohort_bot.settings import Settings, WrongSetting, from_environment

WRONG = 2
"""The exit code for a wrong setting or a wrong call."""


def environment() -> dict[str, str]:
    """The environment variables, which override those of a `.env` file."""
    return {**{name: value for name, value in dotenv_values(".env").items() if value is not None}, **os.environ}


def settings() -> Settings:
    """The settings from the environment. If one is wrong, ends with one line and exit code 2."""
    try:
        loaded = from_environment(environment())
    except WrongSetting as wrong:
        fail(str(wrong), WRONG)
    from cohort_bot import logs  # noqa: PLC0415 - `--help` is quick without it
    from cohort_bot.platforms import installed  # noqa: PLC0415

    logs.configure(loaded.log_level, loaded.log_format, loaded.secrets | installed.secrets(loaded.environment))
    return loaded


P = ParamSpec("P")


def in_your_language(command: Callable[P, None]) -> Callable[P, None]:
    """For a command that shows what people will read: it is said in the language of the terminal."""

    @wraps(command)
    def said(*args: P.args, **options: P.kwargs) -> None:
        names = ("LC_ALL", "LC_MESSAGES", "LANG")  # the first that is set counts, as everywhere
        with speaking(closest(next(filter(None, map(os.environ.get, names)), ""))):
            command(*args, **options)

    return said


def fail(message: str, code: int) -> NoReturn:
    """Print the message on stderr and end with the exit code."""
    click.echo(message, err=True)
    raise SystemExit(code)

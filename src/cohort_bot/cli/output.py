"""What every command needs: the settings, and a way to end with one line."""

import asyncio
import os
from collections.abc import Callable, Coroutine
from contextvars import Context, copy_context
from typing import TYPE_CHECKING, Any, NoReturn

import click
from dotenv import dotenv_values

from cohort_bot.settings import Settings, WrongSetting, from_environment

if TYPE_CHECKING:
    from cohort_bot.bootstrap import Say

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


def run_bot(bot: "Callable[[Say], Coroutine[Any, Any, None]]") -> None:
    """Run the bot, which speaks English in its log; only what it says here is in the language of the terminal."""
    here = copy_context()
    Context().run(asyncio.run, bot(lambda said: here.run(lambda: click.echo(said()))))


def fail(message: str, code: int) -> NoReturn:
    """Print the message on stderr and end with the exit code."""
    click.echo(message, err=True)
    raise SystemExit(code)

"""The command line in the language of the terminal: what commands are for, and click's own words.

Both are looked up in the bot's catalogues: click asks Python's gettext, whose domain is ours while a command runs. For
English nothing is done.
"""

import copy
import gettext
import inspect
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

import click

from cohort_bot.chat.catalogues import DOMAIN, ENGLISH, folder, language, of_terminal
from cohort_bot.chat.i18n import _, speaking

CLICK = (
    "Usage:",
    "Options",
    "Commands",
    "[OPTIONS]",
    "COMMAND [ARGS]...",
    "default: {default}",
    "required",
    "Show the version and exit.",
    "Show this message and exit.",
    "Try '{command} {option}' for help.",
    "Error: {message}",
    "Invalid value: {message}",
    "Invalid value for {param_hint}: {message}",
    "Missing command.",
    "Missing argument",
    "Missing option",
    "Choose from:\n\t{choices}",
    "No such option {name!r}.",
    "No such command {name!r}.",
    "Option {name!r} does not take a value.",
    "{value!r} is not a valid {number_type}.",
    "{value} is not in the range {range}.",
    "{name} {filename!r} does not exist.",
    "{name} {filename!r} is a file.",
    "{name} {filename!r} is a directory.",
    "{name} {filename!r} is not readable.",
    "file",
    "directory",
    "path",
    "text",
    "integer",
    "integer range",
    "Aborted!",
)
"""What click says by itself."""

COUNTED = (
    ("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)"),
    ("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})"),
    ("Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments."),
    ("{value!r} is not {choice}.", "{value!r} is not one of {choices}."),
)

C = TypeVar("C", bound=click.Command)


@contextmanager
def in_your_language() -> Iterator[None]:
    """Speak the language that the terminal asks for while a command runs."""
    spoken = of_terminal(os.environ)
    if spoken == ENGLISH:
        yield
        return
    domain, wished = gettext.textdomain(), os.environ.get("LANGUAGE")
    gettext.bindtextdomain(DOMAIN, str(folder()))
    gettext.textdomain(DOMAIN)
    os.environ["LANGUAGE"] = spoken  # so that click speaks the same, whatever it would make of the locale
    try:
        with speaking(spoken):
            yield
    finally:
        gettext.textdomain(domain)
        os.environ.pop("LANGUAGE")
        os.environ |= {} if wished is None else {"LANGUAGE": wished}


def translated(command: C) -> C:
    """The command, with what its help says in the language that is spoken; the same object for English."""
    if language() == ENGLISH:
        return command
    twin = copy.copy(command)
    twin.help = _(about(command))
    twin.options_metavar = command.options_metavar and _(command.options_metavar)
    twin.params = [_option(param) for param in command.params]
    if isinstance(twin, click.Group):
        twin.subcommand_metavar = _(twin.subcommand_metavar)
        twin.commands = {name: translated(each) for name, each in twin.commands.items()}
    return twin


def _option(param: click.Parameter) -> click.Parameter:
    twin = copy.copy(param)
    twin.type = copy.copy(param.type)
    twin.type.name = _(param.type.name)
    if isinstance(twin, click.Option) and twin.help:
        twin.help = _(twin.help)
    return twin


def about(command: click.Command) -> str:
    """What a command is for: its paragraphs, each on one line."""
    paragraphs = inspect.cleandoc(command.help or "").split("\n\n")
    return "\n\n".join(" ".join(each.split()) for each in paragraphs)

"""The command line: one file for each command group. Each command imports what it needs, so that `--help` is quick."""

from collections.abc import Iterator
from typing import Any

import click

from cohort_bot.app.ports.startup import CannotStart
from cohort_bot.cli.content import content
from cohort_bot.cli.db import db
from cohort_bot.cli.demo import demo
from cohort_bot.cli.doctor import doctor
from cohort_bot.cli.export import export
from cohort_bot.cli.live_check import live_check
from cohort_bot.cli.output import WRONG, fail, settings
from cohort_bot.cli.run import run
from cohort_bot.cli.translated import CLICK, COUNTED, about, in_your_language, translated
from cohort_bot.settings import WrongSetting


class CommandLine(click.Group):
    """Our own commands, and those for setting up a platform, which come with the platform, under its name."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Read the words of the command line and do what they say, in the language of the terminal."""
        with in_your_language():
            return click.Group.main(translated(self), *args, **kwargs)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands. A platform that cannot be loaded has none; the doctor says why."""
        try:
            return sorted([*super().list_commands(ctx), *_of_platforms()])
        except WrongSetting:
            return super().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One of our commands or a platform's. Raises WrongSetting."""
        return super().get_command(ctx, cmd_name) or _of_platforms().get(cmd_name)

    def invoke(self, ctx: click.Context) -> Any:
        """Run it. A wrong setting ends it with one line and exit code 2."""
        try:
            return super().invoke(ctx)
        except (WrongSetting, CannotStart) as wrong:
            fail(str(wrong), WRONG)


def _of_platforms() -> dict[str, click.Command]:
    from cohort_bot.platforms import installed  # noqa: PLC0415 - most commands need none

    factories = ((name, getattr(module, "command_line", None)) for name, module in installed.platforms().items())
    return {name: translated(make()) for name, make in factories if make is not None}


@click.group(cls=CommandLine, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="cohort-bot")
@click.pass_context
def main(context: click.Context) -> None:
    """Keeps a group of career changers together through a whole guide."""
    context.obj = settings


for command in (run, demo, doctor, live_check, content, db, export):
    main.add_command(command)


def subcommands(command: click.Command, *words: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """This command and all below it, each with the words that are typed for it."""
    yield words, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            if (each := command.get_command(context, name)) is not None:
                yield from subcommands(each, *words, name)


def extract(*_babel: Any, **_options: Any) -> Iterator[tuple[int, str, str | tuple[str, str], list[str]]]:
    """For `make locales` (`locales/babel.cfg`): click's words, and what the help of every command says."""
    yield from ((1, "_", word, []) for word in CLICK)
    yield from ((1, "ngettext", pair, []) for pair in COUNTED)
    for _words, command in subcommands(main):
        helps = (param.help for param in command.params if isinstance(param, click.Option))
        yield from ((1, "_", said, []) for said in (about(command), *helps) if said)

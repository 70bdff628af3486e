"""The command line, one file a command group. What a command needs is imported by it: `--help` is quick."""

import click

from cohort_bot.cli.content import content
from cohort_bot.cli.db import db
from cohort_bot.cli.demo import demo
from cohort_bot.cli.doctor import doctor
from cohort_bot.cli.export import export
from cohort_bot.cli.platforms import discord, slack
from cohort_bot.cli.run import run


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="cohort-bot")
def main() -> None:
    """Keeps a group of career changers together for a whole guide."""


for command in (run, demo, doctor, content, db, export, discord, slack):
    main.add_command(command)

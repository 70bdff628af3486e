"""`cohort-bot discord`: setting up Discord."""

from collections.abc import Callable

import click

from cohort_bot.chat.i18n import N_
from cohort_bot.settings import Settings, WrongSetting


@click.group()
def discord() -> None:
    """Setting up Discord."""


@discord.command()
@click.pass_obj
def invite(settings: Callable[[], Settings]) -> None:
    """Print the link that adds the bot to a server, with just the permissions it needs."""
    from cohort_bot.platforms.discord.invite import client_id_of, invite_url  # noqa: PLC0415 - `--help` is quick

    token = settings().given("DISCORD_TOKEN")
    if not token:
        raise WrongSetting(N_("DISCORD_TOKEN is not set; copy it from your application's page, under Bot"))
    click.echo(invite_url(client_id_of(token)))

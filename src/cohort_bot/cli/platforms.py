"""`cohort-bot discord` and `cohort-bot slack`: setting up a platform."""

import click

from cohort_bot.cli.output import WRONG, fail, settings


@click.group()
def discord() -> None:
    """Setting up Discord."""


@discord.command("invite")
def discord_invite() -> None:
    """The link that puts the bot into a server, with just the permissions that it needs."""
    from cohort_bot.app.ports.startup import CannotStart  # noqa: PLC0415
    from cohort_bot.platforms.discord.invite import client_id_of, invite_url  # noqa: PLC0415

    token = settings().discord_token
    if not token:
        fail("DISCORD_TOKEN is not set; copy it from your application's page, under Bot", WRONG)
    try:
        click.echo(invite_url(client_id_of(token)))
    except CannotStart as wrong:
        fail(str(wrong), WRONG)


@click.group()
def slack() -> None:
    """Setting up Slack."""


@slack.command("manifest")
@click.option("--url", default="", help="Your public https:// address: HTTP in place of Socket Mode, and installing.")
@click.option("--socket-mode", is_flag=True, help="Socket Mode also with --url, which is then for installing alone.")
def slack_manifest(url: str, *, socket_mode: bool) -> None:
    """The YAML to paste where Slack asks for an app's manifest."""
    from cohort_bot.app.table import TABLE  # noqa: PLC0415
    from cohort_bot.platforms.slack.manifest import CannotList, manifest  # noqa: PLC0415

    try:
        click.echo(manifest(TABLE, socket_mode=socket_mode or not url, url=url), nl=False)
    except CannotList as wrong:
        fail(str(wrong), WRONG)

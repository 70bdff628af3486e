"""`cohort-bot slack`: setting up Slack."""

import click


@click.group()
def slack() -> None:
    """Setting up Slack."""


@slack.command()
@click.option(
    "--url", default="", help="Your public https:// address, for HTTP instead of Socket Mode and for installing."
)
@click.option("--socket-mode", is_flag=True, help="Use Socket Mode even with --url, which is then only for installing.")
def manifest(url: str, *, socket_mode: bool) -> None:
    """Print the YAML to paste where Slack asks for an app manifest.

    Slack shows the descriptions in it to everybody: they are in the language of the terminal (LANG).
    """
    from cohort_bot.app.table import TABLE  # noqa: PLC0415 - `--help` is quick
    from cohort_bot.platforms.slack import manifest  # noqa: PLC0415

    click.echo(manifest.manifest(TABLE, socket_mode=socket_mode or not url, url=url), nl=False)

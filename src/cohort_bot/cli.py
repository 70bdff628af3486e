"""The command line. Platforms and libraries are imported by the command that needs them: `--help` is quick."""

import asyncio
import contextlib
import gc
import json
import os
import stat
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cohort_bot.app.views.counts import counted
from cohort_bot.operating import db, doctor
from cohort_bot.process_role import ROLES, WrongRole, read_role
from cohort_bot.settings import WrongSetting
from cohort_bot.terminal import WRONG, fail, settings

if TYPE_CHECKING:
    from cohort_bot.programmes.importing.questions import Question
    from cohort_bot.programmes.library import Library

DEMO_PORT = 8000


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="cohort-bot")
def main() -> None:
    """Keeps a group of career changers together for a whole guide."""


main.add_command(db)
main.add_command(doctor)


@main.command()
@click.option(
    "--role", type=click.Choice(ROLES), default="all", help="What this process does; PostgreSQL lets many share."
)
@click.option("--shards", default=None, help="The part of Discord's servers that a gateway takes, such as 0-3/16.")
def run(role: str, shards: str | None) -> None:
    """Connect every platform whose tokens are set."""
    # A fifth of the start would go into looking for garbage among modules that stay: `bootstrap.run` sets it going.
    gc.disable()
    from cohort_bot import bootstrap  # noqa: PLC0415 - see the module's docstring
    from cohort_bot.app.ports.startup import CannotStart  # noqa: PLC0415
    from cohort_bot.web.server import CannotListen  # noqa: PLC0415

    found = settings()
    bootstrap.same_time_zones_everywhere()
    try:
        bootstrap.check_disk(found)
        found = replace(found, process=read_role(role, shards, on_postgres=found.on_postgres))
        with bootstrap.only_one(None if found.on_postgres else found.sqlite_path, make=True):
            asyncio.run(bootstrap.run(found, click.echo))
    except (WrongSetting, WrongRole, CannotStart, CannotListen, bootstrap.AlreadyRunning) as wrong:
        fail(str(wrong), WRONG)
    except bootstrap.TakenOver as over:
        fail(str(over), 1)


@main.command()
@click.option(
    "--programme", type=click.Path(exists=True, file_okay=False, path_type=Path), help="A programme's folder."
)
@click.option("--database", type=click.Path(dir_okay=False, path_type=Path), help="Keep everything in this file.")
@click.option("--host", default=None, help="Only loopback addresses are taken.")
def demo(programme: Path | None, database: Path | None, host: str | None) -> None:
    """The whole bot in a browser page, without any token, with a clock that can be moved."""
    from cohort_bot import bootstrap, playground  # noqa: PLC0415
    from cohort_bot.app.ports.startup import CannotStart  # noqa: PLC0415
    from cohort_bot.web.server import CannotListen, bind_next_free, is_loopback  # noqa: PLC0415

    found = settings()
    address = host or found.host
    if not is_loopback(address):
        fail(f"HOST is {address!r}, but the demo lets anybody be anybody; set HOST to 127.0.0.1", WRONG)
    bootstrap.same_time_zones_everywhere()
    try:
        bound = bind_next_free(address, found.port or DEMO_PORT, click.echo)
        with tempfile.TemporaryDirectory(prefix="cohort-bot-", ignore_cleanup_errors=True) as scratch:
            path = database or Path(scratch) / "demo.db"
            with bootstrap.only_one(path, make=True):
                asyncio.run(playground.run_demo(path, programme, bound, click.echo))
    except (WrongSetting, CannotStart, CannotListen, bootstrap.AlreadyRunning) as wrong:
        fail(str(wrong), WRONG)


@main.group()
def content() -> None:
    """Check, show and import programmes."""


def _folders(folder: Path | None) -> list[Path]:
    from cohort_bot.programmes.library import shipped_folder  # noqa: PLC0415

    root = folder or settings().content_dir or shipped_folder()
    return (
        [root] if (root / "programme.yaml").exists() else sorted(path.parent for path in root.glob("*/programme.yaml"))
    )


def _library() -> "Library":
    from cohort_bot.programmes.library import Library, shipped_folder  # noqa: PLC0415

    folder = settings().content_dir
    return Library([shipped_folder(), *([folder] if folder else [])])


def _chosen(programme: str | None) -> tuple["Library", str | None]:
    """Where to look, and for which name: a programme may be named by its folder too, as for `check` and `demo`."""
    from cohort_bot.programmes.library import Library  # noqa: PLC0415

    if programme is None or not (Path(programme) / "programme.yaml").exists():
        return _library(), programme
    library = Library([Path(programme)])
    if not library.slugs():
        fail(f"{programme} has mistakes; cohort-bot content check {programme} names each", 1)
    return library, library.slugs()[0]


@content.command()
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--links", is_flag=True, help="List the outside links, for a person to try.")
def check(folder: Path | None, links: bool) -> None:
    """Say what is wrong with a programme: file:line:column, what would be right."""
    from cohort_bot.programmes.load import check_folder, load  # noqa: PLC0415
    from cohort_bot.programmes.show import links as links_of  # noqa: PLC0415

    folders = _folders(folder)
    if not folders:
        fail(f"{folder}: there is no programme.yaml in it; name a programme's folder", 1)
    problems = [problem for each in folders for problem in check_folder(each)]
    for problem in problems:
        click.echo(str(problem))
    if problems:
        raise SystemExit(1)
    if links:
        for each in folders:
            for where, title, url in links_of(load(each)):
                click.echo(f"{where}\t{url}\t{title}")
        return
    click.echo(f"{len(folders)} programme{'s' if len(folders) > 1 else ''}, nothing wrong")


@content.command()
@click.argument("programme", required=False)
@click.option("--json", "as_json", is_flag=True, help="The whole programme, for scripts.")
def show(programme: str | None, as_json: bool) -> None:
    """Show a programme."""
    from cohort_bot.programmes import show as shown  # noqa: PLC0415

    library, name = _chosen(programme)
    slug = name or next(iter(library.slugs()), "")
    chosen = library.get(slug)
    if chosen is None:
        fail(f"There is no programme {slug!r}; there is: {', '.join(library.slugs()) or 'none'}", 1)
    if as_json:
        click.echo(json.dumps(shown.as_json(chosen), ensure_ascii=False, indent=2))
        return
    papers = sum(not paper.spare for paper in chosen.papers)
    click.echo(f"{chosen.title}: {counted(chosen.length, 'week')}, {counted(papers, 'paper')}")
    for phase in chosen.phases:
        click.echo(f"  {phase.first_week:>3}–{phase.last_week:<3} {phase.title}")


@content.command("import")
@click.argument("guide", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="A new folder for it.")
@click.option("--yes", is_flag=True, help="Ask nothing: a guide that can be read in several ways is refused.")
def import_(guide: Path, out: Path, *, yes: bool) -> None:
    """Make the first draft of a programme from a plan in text or Markdown; say what found no place."""
    from cohort_bot.programmes.importing.importer import ImportRefused, import_guide, read_guide  # noqa: PLC0415
    from cohort_bot.programmes.importing.questions import MOST, ImportAsks  # noqa: PLC0415

    may_ask = not yes and sys.stdin.isatty() and sys.stdout.isatty()
    answers: dict[str, int] = {}
    report = None
    try:
        text = read_guide(guide)
        while report is None:
            try:
                report = import_guide(text, out, answers)
            except ImportAsks as asks:
                if not may_ask or len(answers) + len(asks.questions) > MOST:
                    raise
                answers |= {question.key: _answer(question) for question in asks.questions}
    except ImportRefused as refused:
        fail(f"{guide}: {refused}", 1)
    for line in report.lines(str(guide)):
        click.echo(line)


def _answer(question: "Question") -> int:
    """What whoever sits at the terminal says: the option's index."""
    click.echo(f"line {question.line}: {question.text}" if question.line else question.text)
    for number, option in enumerate(question.options, start=1):
        click.echo(f"  {number}  {option}")
    if len(question.options) == 1:
        click.confirm("Go on like this?", abort=True)
        return 0
    chosen: int = click.prompt("Which one", type=click.IntRange(1, len(question.options)))
    return chosen - 1


@content.command()
@click.argument("programme", required=False)
@click.option("--week", required=True, type=int)
def preview(programme: str | None, week: int) -> None:
    """Show a week's card as text, as Discord and as Slack would show it."""
    from cohort_bot import bootstrap  # noqa: PLC0415

    bootstrap.same_time_zones_everywhere()
    library, name = _chosen(programme)
    try:
        click.echo(bootstrap.preview(library, name, week))
    except LookupError as unknown:
        fail(str(unknown.args[0]), 1)


@main.group()
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


@main.group()
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


@main.command()
@click.option("--cohort", required=True, help="A cohort's name, or workspace/name.")
@click.option("--format", "form", type=click.Choice(["csv", "json"]), default="csv")
def export(cohort: str, form: str) -> None:
    """Every check-in of a cohort, on stdout; also while the bot runs. A file that it goes to is for its owner alone."""
    from cohort_bot import bootstrap  # noqa: PLC0415
    from cohort_bot.app.ports.startup import CannotStart  # noqa: PLC0415

    bootstrap.same_time_zones_everywhere()
    found = settings()
    if not found.on_postgres and not found.sqlite_path.exists():
        fail(f"There is no database {found.sqlite_path}; set DATABASE_URL", 1)
    try:
        rows = asyncio.run(bootstrap.export(found, cohort))
    except LookupError as unknown:
        fail(str(unknown.args[0]), 1)
    except CannotStart as wrong:
        fail(str(wrong), 1)
    _keep_to_its_owner()
    _write(rows, form)


def _keep_to_its_owner() -> None:
    """A shell makes the file of `> FILE` readable by everybody, and what members wrote in confidence goes into it."""
    if os.name == "posix" and stat.S_ISREG(os.fstat(1).st_mode):
        with contextlib.suppress(PermissionError):
            os.fchmod(1, 0o600)


def _write(rows: list[dict[str, Any]], form: str) -> None:
    if form == "json":
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    from cohort_bot.app.export import csv_text  # noqa: PLC0415

    click.echo(csv_text(rows), nl=False)

"""`cohort-bot content`: check, show and import programmes."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cohort_bot.app.errors import UnknownName
from cohort_bot.app.words import counts
from cohort_bot.chat.i18n import _
from cohort_bot.cli.output import fail, settings

if TYPE_CHECKING:
    from cohort_bot.core.programme import Programme
    from cohort_bot.programmes.importing.questions import Question
    from cohort_bot.programmes.library import Library


@click.group()
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
    """The library to search and the name to look for. A programme may be given as a folder, as for `check`."""
    from cohort_bot.programmes.library import Library  # noqa: PLC0415

    if programme is None or not (Path(programme) / "programme.yaml").exists():
        return _library(), programme
    library = Library([Path(programme)])
    if not library.slugs():
        fail(
            _("{programme} has mistakes; run cohort-bot content check {programme} to see them", programme=programme), 1
        )
    return library, library.slugs()[0]


def _programme(programme: str | None) -> "Programme":
    """The programme with that name, or the first one. If there is no such programme, ends with the names that exist."""
    library, name = _chosen(programme)
    slug = name or next(iter(library.slugs()), "")
    chosen = library.get(slug)
    if chosen is None:
        fail(
            _(
                "There's no programme {slug!r}; choose from: {names}",
                slug=slug,
                names=", ".join(library.slugs()) or _("none"),
            ),
            1,
        )
    return chosen


@content.command()
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--links", is_flag=True, help="List the external links, so that someone can try them.")
def check(folder: Path | None, links: bool) -> None:
    """Check a programme: for each mistake the file, line, column and what would be right."""
    from cohort_bot.programmes.load import check_folder, load, translations_in  # noqa: PLC0415
    from cohort_bot.programmes.show import links as links_of  # noqa: PLC0415
    from cohort_bot.programmes.translations import coverage  # noqa: PLC0415

    folders = _folders(folder)
    if not folders:
        fail(_("{folder} has no programme.yaml; give the folder of a programme", folder=folder or ""), 1)
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
    for each in folders:
        programme = load(each)
        for found in translations_in(each, programme):
            for problem in found.outdated:
                click.echo(str(problem))
            click.echo(coverage(programme, found))
    click.echo(_("{programmes}, nothing wrong", programmes=counts.programmes(len(folders))))


@content.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("language")
@click.option("--weeks", type=click.IntRange(1), help="Only the texts up to this week, to begin with.")
def translate(folder: Path, language: str, weeks: int | None) -> None:
    """Write a programme's texts to FOLDER/translations/LANGUAGE.po, to be translated; keeps what is there."""
    from cohort_bot.programmes.languages import FOLDER  # noqa: PLC0415
    from cohort_bot.programmes.load import load  # noqa: PLC0415
    from cohort_bot.programmes.problems import ProgrammeErrors  # noqa: PLC0415
    from cohort_bot.programmes.translations import coverage, merged, read  # noqa: PLC0415

    path = folder / FOLDER / f"{language}.po"
    try:
        programme = load(folder)
        text = merged(programme, language, path, weeks or programme.length)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text)
    except ProgrammeErrors as errors:
        fail(str(errors.problems[0]), 1)
    except ValueError as error:
        fail(str(error), 1)
    except OSError as error:
        fail(_("can't write to {path}: {error}", path=path, error=str(error.strerror)), 1)
    click.echo(coverage(programme, read(path, str(path), programme)))


@content.command()
@click.argument("programme", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the whole programme as JSON, for scripts.")
def show(programme: str | None, as_json: bool) -> None:
    """Show a programme."""
    from cohort_bot.programmes import show as shown  # noqa: PLC0415

    chosen = _programme(programme)
    if as_json:
        click.echo(json.dumps(shown.as_json(chosen), ensure_ascii=False, indent=2))
        return
    papers = sum(not paper.spare for paper in chosen.papers)
    click.echo(f"{chosen.title}: {counts.weeks(chosen.length)}, {counts.papers(papers)}")
    for phase in chosen.phases:
        click.echo(f"  {phase.first_week:>3}–{phase.last_week:<3} {phase.title}")


@content.command("compile")
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
def compile_(folder: Path | None) -> None:
    """Keep a checked programme beside its files, so that the bot starts sooner. Do it again after each change."""
    from cohort_bot.programmes import compiled  # noqa: PLC0415
    from cohort_bot.programmes.load import load, translations_in  # noqa: PLC0415
    from cohort_bot.programmes.problems import ProgrammeErrors  # noqa: PLC0415

    for each in _folders(folder):
        try:
            programme = load(each)
            click.echo(_("{file} is written", file=compiled.write(each, programme)))
            for found in translations_in(each, programme):
                click.echo(_("{file} is written", file=compiled.write_texts(each, Path(found.name), found.texts)))
        except ProgrammeErrors as errors:
            fail(str(errors.problems[0]), 1)
        except OSError as error:
            fail(_("can't write to {path}: {error}", path=each, error=str(error.strerror)), 1)


@content.command()
@click.argument("folder", type=click.Path(path_type=Path))
def new(folder: Path) -> None:
    """Start a programme: two commented weeks for you to change and extend."""
    from cohort_bot.programmes.problems import ProgrammeErrors  # noqa: PLC0415
    from cohort_bot.programmes.starter import write_starter  # noqa: PLC0415

    try:
        write_starter(folder)
    except ProgrammeErrors as errors:
        fail(str(errors.problems[0]), 1)
    except OSError as error:
        fail(_("can't write to {path}: {error}", path=folder, error=str(error.strerror)), 1)
    click.echo(
        _(
            "{folder} has a two-week programme. Edit it; cohort-bot content watch {folder} checks it as you go.",
            folder=folder,
        )
    )


@content.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def watch(folder: Path) -> None:
    """Check a programme each time you save, and show the week you changed; Ctrl-C stops it."""
    from cohort_bot import bootstrap  # noqa: PLC0415
    from cohort_bot.programmes.watch import changes  # noqa: PLC0415

    bootstrap.same_time_zones_everywhere()
    for change in changes(folder):
        click.echo(f"\n{'-' * 72}")
        for problem in change.problems:
            click.echo(str(problem))
        if change.programme is not None:
            click.echo(bootstrap.card_as_text(change.programme, change.week))
            click.echo("\n" + _("Nothing wrong."))


@content.command("import")
@click.argument("guide", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="A new folder for it.")
@click.option("--language", default="en", show_default=True, help="The guide's language, such as de or pt-BR.")
@click.option("--yes", is_flag=True, help="Don't ask anything: refuse a guide that can be read in several ways.")
def import_(guide: Path, out: Path, language: str, *, yes: bool) -> None:
    """Draft a programme from a plan: text, Markdown, .docx, .pdf, .csv or .xlsx."""
    from cohort_bot.programmes.importing.importer import ImportRefused, import_guide, read_guide  # noqa: PLC0415
    from cohort_bot.programmes.importing.questions import MOST, ImportAsks  # noqa: PLC0415

    may_ask = not yes and sys.stdin.isatty() and sys.stdout.isatty()
    answers: dict[str, int] = {}
    report = None
    try:
        text = read_guide(guide)
        while report is None:
            try:
                report = import_guide(text, out, answers, language)
            except ImportAsks as asks:
                if not may_ask or len(answers) + len(asks.questions) > MOST:
                    raise
                answers |= {question.key: _answer(question) for question in asks.questions}
    except ImportRefused as refused:
        fail(f"{guide}: {refused}", 1)
    for line in report.lines(str(guide)):
        click.echo(line)


def _answer(question: "Question") -> int:
    """Ask at the terminal; returns the index of the chosen option."""
    text = str(question.text)
    click.echo(_("line {number}: {text}", number=question.line, text=text) if question.line else text)
    for number, option in enumerate(question.options, start=1):
        click.echo(f"  {number}  {option}")
    if len(question.options) == 1:
        click.confirm(_("Continue?"), abort=True)
        return 0
    chosen: int = click.prompt(_("Which one"), type=click.IntRange(1, len(question.options)))
    return chosen - 1


@content.command()
@click.argument("programme", required=False)
@click.option("--members", default=30, show_default=True, type=click.IntRange(1, 1000))
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same result.")
@click.option("--svg", type=click.Path(dir_okay=False, path_type=Path), help="Draw the curve and the weeks, too.")
def rehearse(programme: str | None, members: int, seed: int, svg: Path | None) -> None:
    """Simulate a cohort's way through a programme: where it asks too much, and who stays."""
    from cohort_bot.app.words.rehearsal import assumptions, rehearsed  # noqa: PLC0415
    from cohort_bot.chat.message import plain  # noqa: PLC0415
    from cohort_bot.core.rehearsal import rehearse as rehearsal_of  # noqa: PLC0415
    from cohort_bot.programmes.rehearsal_picture import picture  # noqa: PLC0415

    chosen = _programme(programme)
    result = rehearsal_of(chosen, seed, members=members)
    if svg is not None:
        try:
            svg.write_text(picture(chosen, result, assumptions(result)), encoding="utf-8")
        except OSError as error:
            fail(_("{svg} cannot be written: {error}", svg=svg, error=str(error.strerror)), 1)
    click.echo(plain(rehearsed(chosen, result)))


@content.command()
@click.argument("programme", required=False)
@click.option("--week", required=True, type=int)
def preview(programme: str | None, week: int) -> None:
    """Show a week's card as text, and as Discord and Slack would show it."""
    from cohort_bot import bootstrap  # noqa: PLC0415

    bootstrap.same_time_zones_everywhere()
    library, name = _chosen(programme)
    try:
        click.echo(bootstrap.preview(library, name, week))
    except UnknownName as unknown:
        fail(str(unknown), 1)

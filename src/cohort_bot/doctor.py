"""Diagnoses an installation, with a cure for each problem. Changes nothing; works whether the bot runs or not."""

import asyncio
import contextlib
import difflib
import importlib.metadata
import json
import shutil
import sqlite3
import zoneinfo
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import aiohttp

from cohort_bot import bootstrap, maintenance
from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.health import DatabaseStats, Examination, Meeting, Parked, Waiting
from cohort_bot.app.ports.installations import Installation
from cohort_bot.app.ports.job_runs import JobRun
from cohort_bot.app.ports.platform import ChatPlatform, Examinable, InManyWorkspaces
from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.app.ports.startup import CannotStart
from cohort_bot.app.ports.store import Store
from cohort_bot.app.words import counts, marks
from cohort_bot.app.words.alerts import why
from cohort_bot.app.words.lists import listed
from cohort_bot.app.words.stalled import SHOWN, place, said
from cohort_bot.chat import formats
from cohort_bot.chat.i18n import N_, _, ngettext
from cohort_bot.chat.sentence import sentence
from cohort_bot.chat.traits import traits_of
from cohort_bot.checks import Check as Check  # noqa: PLC0414 - part of what a diagnosis is
from cohort_bot.checks import State, cure_of, unknown_zones
from cohort_bot.platforms import installed
from cohort_bot.platforms.common import pictures
from cohort_bot.programmes.library import Library
from cohort_bot.programmes.shelf import ProgrammeShelf
from cohort_bot.settings import NoPlatform, Settings, WrongSetting, from_environment
from cohort_bot.storage import migrate, sqlite_file
from cohort_bot.storage.database import SqliteDatabase, integrity
from cohort_bot.storage.open import database

if TYPE_CHECKING:
    from cohort_bot.storage.postgres import PostgresDatabase

SKEW: Final = timedelta(seconds=30)
"""With a clock that is further off posts are late or early; Slack refuses signatures at five minutes."""

OVERDUE: Final = timedelta(minutes=5)
MOST: Final = 1000
DISK_LEAST: Final = 100 * 2**20
DISK_LOW: Final = 2**30

NAMES: Final = (
    *(N_("settings"), N_("database"), N_("migration"), N_("content"), N_("deliveries"), N_("jobs"), N_("disk")),
    *(N_("board"), N_("pictures"), N_("clock"), N_("time zones"), N_("posts"), N_("rates"), N_("calendar")),
    *(N_("papers"), N_("people")),
)
"""What checks are about. JSON has these names as they are; the report has them in the reader's language."""


async def examine(environment: Mapping[str, str], clock: Clock) -> AsyncIterator[Check]:
    """Run all checks in order, as far as the earlier results allow."""
    try:
        settings = from_environment(environment)
        disk = bootstrap.check_disk(settings)
    except WrongSetting as error:
        yield wrong_setting(error)
        return
    if disk is not None:
        yield Check("disk", "look", disk.problem.rstrip("."), disk.cure)
    used, wrong = of_platforms(settings, clock)
    for check in of_settings(settings, environment, wrong):
        yield check
    meetings: Sequence[Meeting] = ()
    programmes = bootstrap.library(settings)
    async for check, found in of_database(settings, clock, programmes):
        meetings = found or meetings
        yield check
    folder = Path.cwd() if settings.on_postgres else settings.sqlite_path.resolve().parent
    async for check in _board(settings):
        yield check
    async for check in of_workspaces(settings, used, meetings):
        yield check
    for check in (
        *not_set_up(used, meetings),
        *of_content(programmes),
        _zones(),
        *of_disk(folder),
        *of_copies(settings, clock),
    ):
        yield check
    if any(traits_of(name).pictures for name in used):
        yield await asyncio.to_thread(_pictures)
    async for check in _platforms(used, clock, meetings):
        yield check


def _pictures() -> Check:
    """Whether progress is shown as a picture, too."""
    letters = pictures.can_write()
    if letters is None:
        says = _(
            "progress is shown in words alone, because the library that draws pictures is missing or does not work"
        )
        return Check("pictures", "look", says, _("If you want pictures: pip install 'cohort-bot[pictures]'."))
    if not letters:
        says = _("pictures of progress have no names, because this machine has no fonts")
        return Check("pictures", "look", says, _("Install one, such as Debian's fonts-dejavu-core."))
    return Check("pictures", "ok", _("progress is shown as a picture, too"))


def wrong_setting(wrong: WrongSetting | CannotStart, name: str = "settings") -> Check:
    """The error as a check."""
    problem, cure = wrong.parts()
    return Check(name, "fix", problem, cure)


def of_platforms(settings: Settings, clock: Clock) -> tuple[Mapping[str, ChatPlatform], WrongSetting | None]:
    """The platforms that are set up, or what is wrong with their settings."""
    try:
        stored = database(settings.database_url, settings.database_direct_url)
        return bootstrap.platforms(settings, clock, stored), None
    except WrongSetting as error:
        return {}, error


def not_set_up(used: Mapping[str, ChatPlatform], meetings: Sequence[Meeting]) -> Iterator[Check]:
    """Platforms on which cohorts have rooms and that are not set up, though another one is, or not installed."""
    missing = {each.platform for each in meetings} - (used or installed.platforms()).keys()
    for name in sorted(missing):
        cohorts = list(dict.fromkeys(each.cohort for each in meetings if each.platform == name))
        module = installed.platforms().get(name)
        declared = getattr(module, "SETTINGS", ())
        cure = _("Set {setting}.", setting=declared[0].name) if declared else _("Install its package again.")
        says = _(
            "{platform} isn't set up, so nothing is posted there for {cohorts}",
            platform=traits_of(name).title,
            cohorts=listed(cohorts),
        )
        yield Check("settings", "fix", says, cure)


def _installed(store: Store, platform: str) -> Sequence[Installation]:
    return store.installations.of_platform(platform)


async def of_workspaces(
    settings: Settings, used: Mapping[str, ChatPlatform], meetings: Sequence[Meeting]
) -> AsyncIterator[Check]:
    """Workspaces in which cohorts have rooms and of which there is no token."""
    for name, platform in used.items():
        workspaces = {each.workspace for each in meetings if each.platform == name}
        if isinstance(platform, InManyWorkspaces) and workspaces:
            stored = database(settings.database_url, settings.database_direct_url)
            try:
                installed_in = await stored.read(partial(_installed, platform=name))
            finally:
                await stored.dispose()
            for finding in platform.lacking(installed_in, workspaces):
                yield Check("settings", "fix", finding.problem.rstrip("."), finding.cure)


def of_settings(settings: Settings, environment: Mapping[str, str], wrong: WrongSetting | None) -> Iterator[Check]:
    """Names that look mistyped, and the problem in `wrong` that keeps a platform from being used."""
    known = {each.name.upper() for each in fields(Settings)}
    with contextlib.suppress(WrongSetting):
        known |= {each.name for each in installed.settings()}
    near = {
        name: close[0]
        for name in environment
        if name not in known and (close := difflib.get_close_matches(name, known, 1, 0.85))
    }
    for name, meant in sorted(near.items()):
        yield Check(
            "settings",
            "look",
            _("{name} isn't a setting", name=name),
            _("If you mean {meant}, rename it.", meant=meant),
        )
    if isinstance(wrong, NoPlatform) and not near and _untouched(settings):
        says = _("no platform is set up, and cohort-bot demo needs none")
        yield Check("settings", "look", says, _("For cohort-bot run set what a platform needs; the README says what."))
    elif wrong is not None:
        yield wrong_setting(wrong)
    elif not near:
        yield Check("settings", "ok", _("all usable"))


def _untouched(settings: Settings) -> bool:
    """Whether nobody has begun to install the bot here: then only the demo is wanted."""
    declared = {each.name for each in installed.settings()} | {"DATABASE_URL", "SECRET_KEY", "BACKUP_DIR", "DYNO"}
    return not any(settings.given(name) for name in declared) and not settings.sqlite_path.exists()


async def of_database(
    settings: Settings, clock: Clock, programmes: Library
) -> AsyncIterator[tuple[Check, Sequence[Meeting]]]:
    """The checks of the database, and the rooms if it could be read."""
    if settings.on_postgres:
        async for each in _on_server(settings, clock, programmes):
            yield each
        return
    path = settings.sqlite_path
    try:
        sqlite_file.check(path)
    except CannotStart as wrong:
        yield wrong_setting(wrong, "database"), ()
        return
    if not path.exists():
        if not path.resolve().parent.is_dir():
            yield (
                Check(
                    "database", "fix", _("{path} is in a folder that doesn't exist", path=path), _("Create the folder.")
                ),
                (),
            )
            return
        yield (
            Check("database", "look", _("there's no {path} yet", path=path), _("The first cohort-bot run creates it.")),
            (),
        )
        return
    try:
        found = integrity(path)
    except sqlite3.DatabaseError as error:
        found = str(error)
    if found != "ok":
        cure = _("Stop the bot, then run cohort-bot db restore with the latest backup.")
        yield Check("database", "fix", _("{path} is damaged: {found}", path=path, found=found), cure), ()
        return
    yield Check("database", "ok", _("{path} is intact; {running}", path=path, running=_running(path))), ()
    async for each in _kept(SqliteDatabase(path), str(path), clock, programmes):
        yield each


async def _on_server(
    settings: Settings, clock: Clock, programmes: Library
) -> AsyncIterator[tuple[Check, Sequence[Meeting]]]:
    """Check a database on a PostgreSQL server, unless a pooler in front of it cannot be used."""
    server = database(settings.database_url, settings.database_direct_url)
    try:
        if not isinstance(server, SqliteDatabase):
            await asyncio.to_thread(server.check_pooler)
    except CannotStart as wrong:
        yield wrong_setting(wrong, "database"), ()
        return
    async for each in _kept(server, _("the server"), clock, programmes):
        yield each


async def _kept(
    kept: "SqliteDatabase | PostgresDatabase", name: str, clock: Clock, programmes: Library
) -> AsyncIterator[tuple[Check, Sequence[Meeting]]]:
    """Check a database that can be opened."""
    late = clock.now() - OVERDUE
    read = None
    try:
        check = _schema(await kept.read(lambda store: store.health.schema()))
        if check.state != "fix":
            read = await kept.read(
                lambda store: (
                    store.health.standing(),
                    store.health.meetings(),
                    store.health.parked(),
                    store.health.waiting(late, MOST),
                    store.cohorts.active(),
                    store.job_runs.last(),
                    store.health.reach(),
                )
            )
    except Exception as error:  # noqa: BLE001 - any error is the finding
        says = _("{name} can't be read ({kind})", name=name, kind=type(error).__name__)
        check = Check("database", "fix", says, _("Check its permissions and DATABASE_URL."))
    finally:  # before anything is yielded: who reads the checks may stop at any of them
        await kept.dispose()
    yield check, ()
    if read is None:
        return
    standing, meetings, parked, overdue, cohorts, runs, reach = read
    shelf = ProgrammeShelf(programmes, kept.shelf)
    for cohort in cohorts:
        if shelf.get(cohort.programme) is None:
            cure = _("Set CONTENT_DIR to the folder that has it; cohort-bot content check lists its mistakes.")
            yield (
                Check(
                    "content",
                    "fix",
                    _("{name} follows {programme}, which can't be read", name=cohort.name, programme=cohort.programme),
                    cure,
                ),
                (),
            )
    late_rows = _deliveries(standing, parked, overdue, clock)
    for check in (*unknown_zones(cohorts, reach), *late_rows, *_jobs(runs, clock)):
        yield check, meetings


def _jobs(runs: Mapping[str, JobRun], clock: Clock) -> Iterator[Check]:
    """The results of the regular jobs' last runs."""
    for run in runs.values():
        says = _told(run.says) if run.says else _("under way")
        when = _("{job}, {time} ago", job=run.name, time=_words(clock.now() - run.at))
        if run.well is False:
            yield Check("jobs", "fix", f"{when}: {says}", _("Fix the cause; the job runs again every hour."))
        else:
            yield Check("jobs", "ok", f"{when}: {says}")


def _told(stored: str) -> str:
    """What a job has said of itself; an earlier release stored it as text."""
    try:
        return str(sentence(json.loads(stored)))
    except ValueError:
        return stored


def of_copies(settings: Settings, clock: Clock) -> Iterator[Check]:
    """Whether the newest scheduled backup is as new as it should be."""
    if settings.backup_dir is None:
        return
    late = clock.now() - timedelta(hours=2 * settings.backup_every)
    if (maintenance.newest_copy(settings.backup_dir) or late) <= late:
        cure = _("Is the bot running? It makes a backup soon after it starts.")
        yield Check("jobs", "look", _("there is no recent backup in {folder}", folder=settings.backup_dir), cure)


def _running(path: Path) -> str:
    try:
        with bootstrap.only_one(path):
            return _("the bot is stopped")
    except bootstrap.AlreadyRunning:
        return _("the bot is running")
    except (OSError, sqlite3.Error, CannotStart):
        return _("can't tell whether the bot is running")


def _schema(schema: str | None) -> Check:
    if schema is not None and schema == migrate.newest():
        return Check("migration", "ok", _("the schema is {schema}, the newest", schema=schema))
    if schema is None or schema in migrate.revisions():
        says = _("the schema is {schema}", schema=schema) if schema else _("the schema is empty")
        return Check("migration", "fix", says, _("Run cohort-bot db upgrade."))
    cure = _("Install that release again, or restore an earlier backup.")
    return Check("migration", "fix", _("the schema {schema} is from a newer cohort-bot", schema=schema), cure)


def _deliveries(
    standing: DatabaseStats, parked: Sequence[Parked], overdue: Sequence[Waiting], clock: Clock
) -> Iterator[Check]:
    for each in parked:
        says = ngettext(
            "{n} message for {cohort} can't be delivered: {why}",
            "{n} messages for {cohort} can't be delivered: {why}",
            each.how_many,
            cohort=each.cohort,
            why=why(each.reason or DeliveryReason.OTHER, each.detail),
        )
        yield Check("deliveries", "fix", says, cure_of(each.reason))
    cure = _("Is the bot running? Its log and /readyz give the reason.")
    for lane in overdue[:SHOWN]:
        says = _(
            "a message for {place} has been due for {time}: {why}",
            place=place(lane),
            time=_words(clock.now() - lane.due),
            why=said(lane),
        )
        yield Check("deliveries", "fix", says, cure)
    if len(overdue) > SHOWN:
        more = str(len(overdue) - SHOWN)
        more = _("{number} or more", number=more) if len(overdue) == MOST else more
        yield Check("deliveries", "fix", _("messages for more places are overdue: {more}", more=more), cure)
    for finding in marks.findings(standing.unseen):
        yield Check("deliveries", "fix", finding.problem.rstrip("."), finding.cure)
    if not parked and not overdue:
        yield Check(
            "deliveries",
            "ok",
            _("nothing is overdue; {check_ins} on record", check_ins=counts.check_ins(standing.checkins)),
        )


def _words(span: timedelta) -> str:
    minutes = int(span.total_seconds()) // 60
    hours, days = minutes // 60, minutes // 1440
    return counts.days(days) if days > 1 else counts.hours(hours) if hours > 1 else counts.minutes(minutes)


async def _board(settings: Settings) -> AsyncIterator[Check]:
    """Whether the board's address leads here."""
    if not settings.public_url:
        return
    try:
        address = bootstrap.board_url(settings).removesuffix("/board")
    except WrongSetting as error:
        yield wrong_setting(error, "board")
        return
    if not settings.port:
        yield Check(
            "board", "fix", _("PUBLIC_URL is set, and nothing is served there"), _("Set PORT, or remove PUBLIC_URL.")
        )
        return
    if not address.startswith("https:"):
        cure = _("Put a proxy with a certificate before it, and set PUBLIC_URL to its https address.")
        yield Check("board", "fix", _("PUBLIC_URL begins with http://, so sessions could be read on the way"), cure)
        return
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session,
            session.get(f"{address}/healthz") as response,
        ):
            here = response.status == 200 and (await response.text()).strip() == "ok"  # noqa: PLR2004 - OK
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        cure = _("Start the bot, and check that the proxy passes PUBLIC_URL on to PORT.")
        yield Check(
            "board", "look", _("{address} doesn't answer: {kind}", address=address, kind=type(error).__name__), cure
        )
        return
    if here:
        yield Check("board", "ok", _("{address} leads to the bot", address=address))
    else:
        cure = _("Check that the proxy passes it on to PORT.")
        yield Check("board", "fix", _("{address} leads to something else", address=address), cure)


def of_content(programmes: Library) -> Iterator[Check]:
    """The programmes that are in files."""
    for finding in programmes.findings:
        yield Check("content", "fix", finding.problem, finding.cure)
    if not programmes.slugs():
        yield Check("content", "fix", _("there's no programme"), _("Reinstall cohort-bot, or set CONTENT_DIR."))
    elif not programmes.findings:
        yield Check(
            "content",
            "ok",
            f"{counts.programmes(len(programmes.slugs()))}: {', '.join(programmes.slugs())}",
        )


def _zones() -> Check:
    version = importlib.metadata.version("tzdata")
    if zoneinfo.TZPATH:
        cure = _("This is a bug in cohort-bot: please report it.")
        return Check(
            "time zones",
            "fix",
            _("taken from the machine ({folder}), not the package", folder=zoneinfo.TZPATH[0]),
            cure,
        )
    zoneinfo.ZoneInfo("Europe/Berlin")
    return Check("time zones", "ok", _("from the package tzdata {version}, as on every machine", version=version))


def of_disk(folder: Path) -> Iterator[Check]:
    """Whether there is space for what people write."""
    if not folder.is_dir():
        return
    free = shutil.disk_usage(folder).free
    says = _("{free} MiB free in {folder}", free=formats.number(free // 2**20), folder=folder)
    cure = _("Free some space: a full disk means that check-ins can't be saved.")
    state: State = "fix" if free < DISK_LEAST else "look" if free < DISK_LOW else "ok"
    yield Check("disk", state, says, "" if state == "ok" else cure)


async def _platforms(
    used: Mapping[str, ChatPlatform], clock: Clock, meetings: Sequence[Meeting]
) -> AsyncIterator[Check]:
    for name, platform in used.items():
        here = [meeting for meeting in meetings if meeting.platform == name]
        if isinstance(platform, Examinable) and (found := await platform.examine(here)) is not None:
            for check in _examined(name, found, clock, len(here)):
                yield check


def _examined(name: str, found: Examination, clock: Clock, rooms: int) -> Iterator[Check]:
    for finding in found.findings:
        yield Check(name, "look" if finding.bearable else "fix", finding.problem.rstrip("."), finding.cure)
    if all(finding.bearable for finding in found.findings):
        fine = ngettext("{n} room fine", "{n} rooms fine", rooms)
        yield Check(name, "ok", "; ".join([*found.well, fine]))
    if found.date is None:
        return
    off = clock.now() - found.date
    if abs(off) > SKEW:
        seconds = f"{abs(off.total_seconds()):.0f}"
        says = (
            _("this machine is {seconds} s ahead of {platform}'s clock", seconds=seconds, platform=name)
            if off > timedelta()
            else _("this machine is {seconds} s behind {platform}'s clock", seconds=seconds, platform=name)
        )
        yield Check("clock", "fix", says, _("Turn on time synchronisation: timedatectl set-ntp true."))
    else:
        yield Check("clock", "ok", _("within {seconds} s of {platform}'s", seconds=SKEW.seconds, platform=name))

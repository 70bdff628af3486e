"""Regular jobs, on APScheduler: they may be missed or run twice, so people never depend on one.

Each last run and its result are in the database: an overdue job runs soon after a restart. Nothing else outlives the
process.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.database import Database
from cohort_bot.app.ports.job_runs import JobRun
from cohort_bot.chat.i18n import N_
from cohort_bot.chat.sentence import LocalizedError, Sentence, later

log = logging.getLogger(__name__)

SOON: Final = 20.0
"""Elapsed seconds after the start until overdue jobs run: people come first."""

ARM: Final = 60.0
"""Elapsed seconds after which the jobs are scheduled again, so that no jump of the calendar delays them for longer."""

AGAIN: Final = 3600.0
"""Elapsed seconds after which a job that failed is tried again, if its turn does not come earlier."""


class JobFailed(LocalizedError):
    """A job could not do its work: one line with the cure."""


@dataclass(frozen=True, slots=True)
class Job:
    """Runs `every` so many seconds of elapsed time. `do` returns a short summary; it may raise JobFailed."""

    name: str
    every: float
    do: Callable[[], Awaitable[Sentence]]


class Elapsed(BaseTrigger):  # type: ignore[misc] # the library has no types
    """A trigger by elapsed time since the last run. APScheduler uses the calendar, so each time that it asks, the
    trigger converts the remaining seconds to the present calendar: missed runs become a single one, however many there
    were.
    """

    def __init__(self, first: float, every: float, elapsed: Callable[[], float]) -> None:
        self._every = every
        self._elapsed = elapsed
        self._due = elapsed() + first

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """Called by APScheduler: without a previous time it expects the same answer again."""
        if previous_fire_time is not None:
            self._due = self._elapsed() + self._every
        return now + timedelta(seconds=max(0.0, self._due - self._elapsed()))

    def put_off(self, seconds: float) -> None:
        """Run next in this many seconds, or earlier if it is due earlier."""
        self._due = min(self._due, self._elapsed() + seconds)


class Scheduler:
    def __init__(self, jobs: Sequence[Job], database: Database, clock: Clock) -> None:
        self._jobs = jobs
        self._database = database
        self._clock = clock
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._arming: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Run overdue jobs soon, and every job when it is due."""
        runs = await self._database.read(lambda store: store.job_runs.last())
        for job in self._jobs:
            trigger = Elapsed(self._first(job, runs), job.every, self._clock.elapsed)
            self._scheduler.add_job(
                *(self._run, trigger),
                args=(job, trigger),
                id=job.name,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
            )
        self._scheduler.start()
        self._arming = asyncio.create_task(self._arm())

    async def stop(self) -> None:
        """Start no more jobs; one that runs in a thread ends by itself."""
        if self._arming is not None:
            self._arming.cancel()
            await asyncio.gather(self._arming, return_exceptions=True)
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def _first(self, job: Job, runs: Mapping[str, JobRun]) -> float:
        """Elapsed seconds until its first time: after a successful run the rest of its interval, else soon."""
        last = runs.get(job.name)
        if last is None or not last.well:
            return SOON
        since = (self._clock.now() - last.at).total_seconds()
        return max(SOON, job.every - since) if since >= 0 else SOON

    async def _arm(self) -> None:
        while True:
            await asyncio.sleep(ARM)
            self.arm()

    def arm(self) -> None:
        """Let APScheduler ask again when each job is due."""
        for job in self._scheduler.get_jobs():
            job.reschedule(job.trigger)

    async def _run(self, job: Job, trigger: Elapsed) -> None:
        at, every = self._clock.now(), timedelta(seconds=job.every)
        try:
            if not await self._database.write(lambda store: store.job_runs.begin(job.name, at, every)):
                return
            try:
                well, says = True, await job.do()
            except JobFailed as failed:
                well, says = False, failed.sentence
                log.error("%s: %s", job.name, says)  # noqa: TRY400 - the line says it all
            except Exception as error:
                well, says = (
                    False,
                    later(N_("an unforeseen error ({kind}); the log has the details"), kind=type(error).__name__),
                )
                log.exception("%s failed", job.name)
            await self._database.write(
                lambda store: store.job_runs.ended(job.name, well=well, says=json.dumps(asdict(says)))
            )
        except Exception:
            log.exception("the result of %s cannot be recorded", job.name)
            well = False
        if not well:
            trigger.put_off(AGAIN)
            self.arm()

"""The last run of each regular job, in SQL."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import insert, select, update

from cohort_bot.app.ports.job_runs import JobRun
from cohort_bot.storage.repository import Repository
from cohort_bot.storage.tables import job_runs


class SqlJobRuns(Repository):
    """Implements `app.ports.job_runs.JobRuns`."""

    def last(self) -> Mapping[str, JobRun]:
        rows = self._connection.execute(select(job_runs))
        return {
            row.name: JobRun(row.name, row.at, None if row.well is None else bool(row.well), row.says) for row in rows
        }

    def begin(self, name: str, at: datetime, every: timedelta) -> bool:
        before = self.last().get(name)
        if before is None:
            self._connection.execute(insert(job_runs).values(name=name, at=at, well=None, says=""))
            return True
        if before.well is not False and at - every / 2 < before.at <= at:
            return False
        self._connection.execute(update(job_runs).where(job_runs.c.name == name).values(at=at, well=None, says=""))
        return True

    def ended(self, name: str, *, well: bool, says: str) -> None:
        self._connection.execute(update(job_runs).where(job_runs.c.name == name).values(well=int(well), says=says))

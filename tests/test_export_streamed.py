"""A record is exported as it is read: however long it is, memory holds some rows of it."""

import tracemalloc
from pathlib import Path

from benchmarks.progress import fill

from cohort_bot import bootstrap
from cohort_bot.app.features.export import csv_text
from cohort_bot.settings import from_environment

MEMBERS = 40


async def exported(path: Path, rounds: int) -> tuple[int, int]:
    """The rows of the CSV, and the most bytes in use while it was made."""
    fill(path, 1, rounds, MEMBERS)
    settings = from_environment({"DATABASE_URL": f"sqlite:///{path}"})
    rows = 0
    tracemalloc.start()
    async for page in bootstrap.export(settings, "Cohort 0"):
        rows += csv_text(page, header=False).count("Cohort 0")
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return rows, most


async def test_ten_times_the_check_ins_take_no_more_memory(tmp_path: Path) -> None:
    await exported(tmp_path / "warm.db", 1)
    small, little = await exported(tmp_path / "small.db", 10)
    large, most = await exported(tmp_path / "large.db", 100)
    assert small > 9 * MEMBERS
    assert large > 9.5 * small
    assert most < 1.5 * little

"""What the figures share: many cohorts in a database, a server that only counts, and how a figure is told."""

import asyncio
import multiprocessing
import multiprocessing.connection
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Self

from aiohttp import web
from sqlalchemy import insert

from cohort_bot.storage.database import SqliteDatabase, writer_engine
from cohort_bot.storage.tables import cohorts, rooms

CREATED = datetime(2027, 1, 1, 12, 0, tzinfo=UTC)
OPENING = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
PROGRAMME = "backend-developer-to-ai-professor"


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. `target` is what it should reach, in words; `bound` what limits it."""

    name: str
    value: float
    unit: str
    target: str = ""
    bound: str = ""


def median(values: Sequence[float]) -> float:
    """The middle one."""
    return statistics.median(values)


def fill(path: Path, number: int) -> None:
    """So many cohorts in a database, all of which open their first round at OPENING, each in a room of its own."""
    SqliteDatabase(path).upgrade()
    engine = writer_engine(path)
    start = {"start": date(2027, 1, 4).isoformat(), "at": time(9).isoformat("minutes"), "zone": "UTC"}
    with engine.begin() as connection:
        connection.execute(
            insert(cohorts),
            [
                {
                    "id": index,
                    "platform": "bench",
                    "workspace": f"w{index}",
                    "name": f"Cohort {index}",
                    "name_key": f"cohort {index}",
                    "programme": PROGRAMME,
                    "creator": "sample",
                    "created_at": CREATED,
                    "planned_until": CREATED,
                    "next_due": OPENING,
                    **start,
                }
                for index in range(1, number + 1)
            ],
        )
        connection.execute(
            insert(rooms),
            [
                {"id": index, "cohort_id": index, "platform": "bench", "workspace": f"w{index}", "channel": f"c{index}"}
                for index in range(1, number + 1)
            ],
        )
    engine.dispose()


class Counter:
    """A server in a process of its own that takes a post, counts it and answers with its number."""

    def __enter__(self) -> Self:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        self.url = f"http://127.0.0.1:{ours.recv()}/post"
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.join()


def _serve(pipe: multiprocessing.connection.Connection) -> None:
    count = 0

    async def post(request: web.Request) -> web.Response:
        nonlocal count
        await request.read()
        count += 1
        return web.json_response({"id": str(count)})

    app = web.Application()
    app.router.add_post("/post", post)

    async def main() -> None:
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        pipe.send(runner.addresses[0][1])
        await asyncio.Event().wait()

    asyncio.run(main())

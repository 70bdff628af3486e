"""Check-ins through the real bolt, in Socket Mode, on the loopback Slack: how long people wait for "Saved".

Two processes: this one is Slack and the people, the other is the bot (`cohort-bot run`), or a bare AsyncApp that
answers each submission with a constant view of the same size and stores nothing; with BARE_DATABASE it makes one
durable write of the same rows before it answers.
"""

import asyncio
import contextlib
import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from datetime import time as wall
from pathlib import Path

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from tests.fakes.slack_delivery import NotAcknowledged
from tests.fakes.slack_server import Answer, SlackServer
from tests.fakes.slack_world import Person

from benchmarks.bare import SUMMARY, Durable
from benchmarks.world import PROGRAMME, Figure
from cohort_bot.app.ports.store import Store
from cohort_bot.clocks import SystemClock
from cohort_bot.core.rounds import Calendar
from cohort_bot.storage.database import SqliteDatabase

PEOPLE = 300
RATE = 50.0
SECONDS = 60.0
IN_FLIGHT = 200
CLOSED_SECONDS = 15.0
REFRESHES = 10
REFRESH_SECONDS = 12.0
HANDLERS = 2
EDIT = {"type": "button", "text": {"type": "plain_text", "text": "Edit"}, "action_id": "checkin|1|1", "value": "1"}
SAVED = {
    "type": "modal",
    "callback_id": "message",
    "title": {"type": "plain_text", "text": "cohort-bot"},
    "close": {"type": "plain_text", "text": "Close"},
    "blocks": [
        *({"type": "section", "text": {"type": "mrkdwn", "text": line}} for line in SUMMARY.split("\n")),
        {"type": "actions", "elements": [EDIT]},
    ],
}

Submit = Callable[[int], Awaitable[None]]


def users() -> list[str]:
    """The members' ids at Slack."""
    return [f"UM{number}" for number in range(PEOPLE)]


async def fill(path: Path) -> None:
    """A cohort whose first week is open, with its members."""
    now = SystemClock().now()
    monday = (now - timedelta(days=now.weekday())).date()

    def write(store: Store) -> None:
        calendar = Calendar(monday, wall(0), "UTC")
        cohort = store.cohorts.add(
            platform="slack", workspace="T1", name="AI", programme=PROGRAMME, calendar=calendar, at=now, creator="U1"
        )
        store.cohorts.add_room(cohort.id, "slack", "T1", "C1")
        for user in users():
            account = store.people.add("slack", "T1", user, user, "UTC")
            store.members.add(cohort.id, account, now - timedelta(days=7), 1, None, "")

    database = SqliteDatabase(path)
    database.upgrade()
    database.open()
    await database.write(write)
    await database.close()


async def written(path: Path) -> dict[str, str]:
    """What each member's check-in says now, by the id at Slack."""
    database = SqliteDatabase(path)

    def read(store: Store) -> dict[str, str]:
        found = {}
        for user in users():
            account = store.people.account("slack", "T1", user)
            assert account
            (member,) = store.members.of_person(account.person_id)
            record = store.checkins.get(member.id, 1)
            found[user] = record.done if record else ""
        return found

    try:
        return await database.read(read)
    finally:
        await database.dispose()


@contextlib.asynccontextmanager
async def slack_with(
    command: Sequence[str], settings: dict[str, str]
) -> AsyncIterator[tuple[SlackServer, asyncio.subprocess.Process]]:
    """Slack, and a process that is connected to it."""
    async with SlackServer(lambda: datetime.now(UTC)) as slack:  # noqa: TID251 - another process cannot be lent a clock
        for user in users():
            slack.world.people[user] = Person(user, user)
        kept = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
        tokens = {"SLACK_BOT_TOKEN": slack.world.bot_token, "SLACK_APP_TOKEN": slack.world.app_token}
        environment = {**kept, **tokens, "SLACK_API_URL": slack.api_url, **settings}
        process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=subprocess.DEVNULL)
        try:
            await slack.socket.until_connected(HANDLERS, 30)
            yield slack, process
        finally:
            process.terminate()
            await process.wait()


class People:
    """Members with their form open; `submit` sends one of them and waits for the answer."""

    def __init__(self, slack: SlackServer, form: Answer) -> None:
        self.slack = slack
        self.form = form
        self.lost = 0
        self._views = itertools.count()
        self.said: dict[str, str] = {}

    async def submit(self, number: int) -> None:
        """One submission; a later one of the same person edits the check-in."""
        user, words = f"UM{number % PEOPLE}", f"number {number}"
        payload = self.slack.submit_payload(user, self.form, tasks=["1"], done=words)
        payload["view"]["id"] = f"V-{next(self._views)}"
        try:
            answer = await self.slack.send_form(payload)  # waits through “Saving…”
        except (NotAcknowledged, TimeoutError):
            self.lost += 1
            return
        if answer.errors or "went wrong" in answer.text:
            self.lost += 1
            return
        self.said[user] = words


async def open_loop(submit: Submit, seconds: float) -> list[float]:
    """Milliseconds from the instant at which each was to be sent, however late it was sent."""
    times: list[float] = []
    begin = time.perf_counter()

    async def one(number: int) -> None:
        due = begin + number / RATE
        await asyncio.sleep(due - time.perf_counter())
        await submit(number)
        times.append((time.perf_counter() - due) * 1000)

    await asyncio.gather(*(one(number) for number in range(int(RATE * seconds))))
    return sorted(times)


async def closed_loop(submit: Submit, seconds: float = CLOSED_SECONDS) -> tuple[float, list[float]]:
    """Answers a second with so many in flight, and their milliseconds."""
    times: list[float] = []
    begin = time.perf_counter()

    async def worker(first: int) -> None:
        number = first
        while (now := time.perf_counter()) - begin < seconds:
            await submit(number)
            times.append((time.perf_counter() - now) * 1000)
            number += IN_FLIGHT

    await asyncio.gather(*(worker(first) for first in range(IN_FLIGHT)))
    return len(times) / (time.perf_counter() - begin), sorted(times)


async def refreshing(slack: SlackServer) -> None:
    """Ask for all the refreshes, spread over the load, each when the one before is over."""
    for _ in range(REFRESHES):
        await asyncio.sleep(REFRESH_SECONDS / (REFRESHES + 1))
        await slack.socket.until_connected(HANDLERS)
        await slack.socket.refresh()
        await slack.socket.until_connected(HANDLERS)


def share(times: Sequence[float], part: float) -> float:
    """The value that so large a part of them stays below."""
    return times[min(len(times) - 1, int(len(times) * part))]


def our_bot(path: Path) -> tuple[Sequence[str], dict[str, str]]:
    """The command and the settings of the bot on this database."""
    command = [str(Path(sys.executable).with_name("cohort-bot")), "run"]
    return command, {"DATABASE_URL": f"sqlite+aiosqlite:///{path}", "LOG_LEVEL": "ERROR"}


def bare_bot(path: Path | None = None) -> tuple[Sequence[str], dict[str, str]]:
    """The same of the bare app; with a durable write to the database."""
    return [sys.executable, "-m", "benchmarks.slack"], {"BARE_DATABASE": str(path)} if path else {}


async def known_people(slack: SlackServer, *, bare: bool = False) -> People:
    """Members who have all submitted once, so that their names and zones are known."""
    shown = {"type": "modal", "id": "V1", "callback_id": "message", "blocks": _inputs()}
    people = People(slack, Answer("", view=shown) if bare else await slack.command("UM0", "/checkin"))
    await asyncio.gather(*(people.submit(number) for number in range(PEOPLE)))
    return people


async def ours(folder: Path) -> list[Figure]:
    """The bot."""
    path = folder / "bench.db"
    await fill(path)
    async with slack_with(*our_bot(path)) as (slack, _process):
        people = await known_people(slack)
        times = await open_loop(people.submit, SECONDS)
        late, people.lost = people.lost, 0
        rate, closed = await closed_loop(people.submit)
        closed_lost, people.lost = people.lost, 0
        refreshes = asyncio.create_task(refreshing(slack))
        number = len(await open_loop(people.submit, REFRESH_SECONDS))
        await refreshes
    kept = await written(path)
    differing = sum(kept[user] != words for user, words in people.said.items())
    return [
        Figure("Slack, 50 check-ins a second for 60 s, durable: p50", share(times, 0.5), "ms"),
        Figure("the same: p99", share(times, 0.99), "ms", "below 250"),
        Figure("the same: slowest", times[-1], "ms", "at most 3,000"),
        Figure("the same: not acknowledged", late, "", "0"),
        Figure("Slack, 200 check-ins in flight", rate, "/s"),
        Figure("the same: p99", share(closed, 0.99), "ms"),
        Figure("the same: not acknowledged", closed_lost, "", "0"),
        Figure(f"lost of {number} check-ins during {REFRESHES} refreshes", people.lost, "", "0"),
        Figure("members whose last acknowledged check-in is not in the database", differing, "", "0"),
    ]


async def bare() -> list[Figure]:
    """A bolt app that answers with a constant view and stores nothing."""
    async with slack_with(*bare_bot()) as (slack, _process):
        people = await known_people(slack, bare=True)
        rate, times = await closed_loop(people.submit)
    return [
        Figure("a bare AsyncApp that stores nothing, 200 in flight", rate, "/s"),
        Figure("the same: p99", share(times, 0.99), "ms"),
    ]


def _inputs() -> list[dict[str, object]]:
    """The fields of a check-in that are filled in here."""
    options = [{"text": {"type": "plain_text", "text": "Task 1"}, "value": "1"}]
    tasks = {"type": "checkboxes", "action_id": "tasks", "options": options}
    done = {"type": "plain_text_input", "action_id": "done"}
    return [{"type": "input", "block_id": each["action_id"], "element": each} for each in (tasks, done)]


async def bare_app() -> None:
    """The other process of `bare`; two connections, as the bot has."""
    client = AsyncWebClient(base_url=os.environ["SLACK_API_URL"], token=os.environ.pop("SLACK_BOT_TOKEN"))
    app = AsyncApp(client=client)
    durable = Durable(os.environ["BARE_DATABASE"]) if "BARE_DATABASE" in os.environ else None

    @app.view_submission("message")
    async def submitted(ack: Callable[..., Awaitable[None]]) -> None:
        if durable is not None:
            await durable.write()
        await ack(response_action="update", view=SAVED)

    for _ in range(HANDLERS):
        await AsyncSocketModeHandler(app, os.environ["SLACK_APP_TOKEN"]).connect_async()  # type: ignore[no-untyped-call]
    await asyncio.Event().wait()


async def both() -> list[Figure]:
    """One run."""
    with tempfile.TemporaryDirectory() as folder:
        return [*await ours(Path(folder)), *await bare()]


def run() -> list[Figure]:
    """Ours, then the bare app, in the same run."""
    figures = asyncio.run(both())
    ours_rate, bare_rate = figures[4].value, figures[-2].value
    return [*figures, Figure("share of the bare app's rate", ours_rate / bare_rate * 100, "%")]


if __name__ == "__main__":
    asyncio.run(bare_app())

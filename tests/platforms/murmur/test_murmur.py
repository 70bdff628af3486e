"""A third platform: it passes the contract and lives through a cohort's week, with one line outside its folder."""

import re
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cohort_bot import bootstrap
from cohort_bot.app.typed_command import quoted
from cohort_bot.chat.place import Place
from cohort_bot.runtime import Bot, DemoTime
from cohort_bot.settings import from_environment
from cohort_bot.storage.database import SqliteDatabase
from tests.fakes.bot import LIBRARY, QUICK, StillClock
from tests.fakes.murmur import MurmurServer
from tests.fakes.toy import TABLE, Toy
from tests.platforms.contract import Asked, Harness, PlatformContract
from tests.platforms.murmur.adapter import MurmurPlatform
from tests.platforms.murmur.translate import NAME, WORKSPACE


class People:
    """How people use Murmur."""

    whole = 100_000

    def __init__(self, server: MurmurServer, platform: MurmurPlatform) -> None:
        self.server = server
        self.platform = platform

    def room(self, name: str = "general") -> Place:
        return Place(NAME, WORKSPACE, name)

    def nowhere(self) -> Place:
        return self.room("attic")

    async def direct(self, person: str) -> Place:
        return await self.platform.dm(WORKSPACE, person)

    def now(self) -> datetime:
        return self.server.now

    async def type(self, person: str, command: str, **options: str) -> None:
        line = " ".join([f"/{command}", *(f"{name}:{quoted(value)}" for name, value in options.items())])
        await self.server.say(person, line)

    async def press(self, person: str, label: str) -> None:
        newest = [each for each in self.server.said if each.room == "general" and each.only is None][-1]
        await self.server.say(person, label, answers=newest.id)

    async def submit(self, person: str, **answers: str | Sequence[str]) -> None:
        form = self._form(person)
        assert form is not None
        lines = [f"{key}: {value if isinstance(value, str) else ', '.join(value)}" for key, value in answers.items()]
        await self.server.say(person, "\n".join(lines), answers=form)

    async def asked(self, person: str) -> Asked | None:
        form = self._form(person)
        if form is None:
            return None
        title, *lines = next(each.text for each in self.server.said if each.id == form).split("\n")
        fields = [found for line in lines if (found := re.match(r"(\w+): (.*?)(?: \[(.*)\])?$", line))]
        filled = {found[1]: tuple((found[3] or "").split(", ")) for found in fields}
        return Asked(title, [found[2] for found in fields], "\n".join(x for x in lines if x.startswith("!")), filled)

    async def private(self, person: str) -> Sequence[str]:
        return [
            m.text for m in self.server.said if m.only == person and m.text != "(answered)" and not _is_form(m.extra)
        ]

    async def shown(self, place: Place) -> Sequence[str]:
        return [
            m.text for m in self.server.said if (m.room, m.thread) == (place.channel, place.thread) and m.only is None
        ]

    async def everything(self, person: str) -> Sequence[str]:
        return [each.text for each in self.server.seen(person)]

    def _form(self, person: str) -> str | None:
        forms = [each.id for each in self.server.said if each.only == person and _is_form(each.extra)]
        return forms[-1] if forms else None


def _is_form(extra: object) -> bool:
    return isinstance(extra, dict) and "form" in extra


@pytest.fixture
async def server() -> AsyncIterator[MurmurServer]:
    async with MurmurServer() as it:
        yield it


class TestMurmur(PlatformContract):
    @pytest.fixture
    async def harness(self, toy: Toy, server: MurmurServer) -> AsyncIterator[Harness]:
        people = People(server, MurmurPlatform(server.address, StillClock()))
        await people.platform.start(TABLE, toy.dispatch, toy.complete)
        yield people
        await people.platform.stop(1)


async def test_one_line_outside_its_folder_makes_it_run(
    tmp_path: Path, server: MurmurServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "PLATFORMS", (*bootstrap.PLATFORMS, "tests.platforms.murmur"))
    clock = StillClock()
    database = SqliteDatabase(tmp_path / "bot.db")
    used = bootstrap.platforms(from_environment({"MURMUR_ADDRESS": server.address}), clock, database)
    assert list(used) == [NAME]
    platform = used[NAME]
    assert isinstance(platform, MurmurPlatform)
    people = People(server, platform)
    async with Bot(database, LIBRARY, used, clock, QUICK) as bot:
        time = DemoTime(clock, clock.move_to)
        time.bot = bot
        await people.type("moderator", "cohort create", name="AI 2027", timezone="Europe/Berlin")
        preview = [each for each in server.said if each.only == "moderator"][-1]
        create = next(button["label"] for button in preview.extra["buttons"] if button["label"].startswith("Create"))
        await server.say("moderator", create, answers=preview.id)
        await people.type("member-1", "join", timezone="Europe/Berlin")
        await time.advance(datetime(2027, 1, 5, 12, tzinfo=UTC))
        (opening,) = [each for each in server.said if each.text.startswith("Week 1") and each.room == "general"]
        await server.say("member-1", "Check in", answers=opening.id)
        await people.submit("member-1", tasks="1", done="Read chapter one", share="thread")
        await bot.settle()
        assert any("Checked in" in each for each in await people.private("member-1"))
        assert any(
            "Read chapter one" in each for each in await people.shown(Place(NAME, WORKSPACE, "general", opening.id))
        )

"""A third platform, from a package of its own: it passes the contract and lives through a cohort's week."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cohort_bot import bootstrap, reference
from cohort_bot.app.ports.platform import ChatPlatform
from cohort_bot.app.typed_command import quoted
from cohort_bot.app.words.platforms import titled
from cohort_bot.chat.place import Place
from cohort_bot.platforms import installed
from cohort_bot.runtime import Bot, DemoTime
from cohort_bot.settings import WrongSetting, from_environment
from cohort_bot.storage.database import SqliteDatabase
from tests.fakes.bot import LIBRARY, QUICK, StillClock
from tests.fakes.toy import TABLE, Toy
from tests.platforms.contract import Asked, Harness, PlatformContract
from tests.platforms.murmur.server import MurmurServer
from tests.pseudo_locale import english

NAME, WORKSPACE = "murmur", "hall"


def found(server: MurmurServer, database: SqliteDatabase, clock: StillClock) -> ChatPlatform:
    """The platform, as the bot finds it."""
    used = bootstrap.platforms(from_environment({"MURMUR_ADDRESS": server.address}), clock, database)
    assert list(used) == [NAME]
    return used[NAME]


class People:
    """How people use Murmur."""

    whole = 100_000

    def __init__(self, server: MurmurServer, platform: ChatPlatform) -> None:
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

    async def write(self, person: str, words: str) -> None:
        await self.server.say(person, words, f"@{person}")

    async def press(self, person: str, label: str) -> None:
        newest = [each for each in self.server.said if each.room == "general" and each.only is None][-1]
        shown = next(each["label"] for each in newest.extra["buttons"] if english(each["label"]) == label)
        await self.server.say(person, shown, answers=newest.id)

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


@pytest.mark.usefixtures("plugged_in")
class TestMurmur(PlatformContract):
    @pytest.fixture
    async def harness(self, toy: Toy, server: MurmurServer, plugged_in: None, tmp_path: Path) -> AsyncIterator[Harness]:
        people = People(server, found(server, SqliteDatabase(tmp_path / "bot.db"), StillClock()))
        await people.platform.start(TABLE, toy.dispatch, toy.complete)
        yield people
        await people.platform.stop(1)


async def test_a_cohort_lives_through_a_week_on_it(tmp_path: Path, server: MurmurServer, plugged_in: None) -> None:
    clock = StillClock()
    database = SqliteDatabase(tmp_path / "bot.db")
    platform = found(server, database, clock)
    used = {NAME: platform}
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


@pytest.mark.process
async def test_the_bot_runs_on_it_by_its_entry_point_alone(tmp_path: Path, server: MurmurServer, site: Path) -> None:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("DISCORD_", "SLACK_"))},
        "PYTHONPATH": str(site),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'bot.db'}",
        "MURMUR_ADDRESS": server.address,
    }
    process = await asyncio.create_subprocess_exec(
        Path(sys.executable).with_name("cohort-bot"),
        "run",
        env=environment,
        cwd=tmp_path,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        assert await process.stdout.readline() == b"cohort-bot is connected to murmur\n"
        await server.say("moderator", "/help")
        assert [each.only for each in server.said if each.text.startswith("What I can do")] == ["moderator"]
    finally:
        process.terminate()
        await process.communicate()
    assert process.returncode == 0


@pytest.mark.usefixtures("plugged_in")
def test_what_it_declares_is_known_everywhere(tmp_path: Path) -> None:
    assert "| `MURMUR_ADDRESS` |" in reference.page("settings.md")
    assert "On Slack and Murmur options are written" in reference.page("commands.md")
    assert titled(NAME) == "Murmur"


def test_nothing_outside_of_its_folder_names_it() -> None:
    root = Path(__file__).parents[3]
    files = [root / "pyproject.toml", *(root / "src").rglob("*.py"), *(root / "tests").rglob("*.py")]
    outside = [path for path in files if not path.is_relative_to(Path(__file__).parent)]
    assert [str(path) for path in outside if NAME in path.read_text("utf-8").lower()] == []


@pytest.mark.usefixtures("plugged_in")
def test_a_second_platform_of_the_same_name_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "other-1.0.dist-info"
    other.mkdir()
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: other\nVersion: 1.0\n")
    (other / "entry_points.txt").write_text("[cohort_bot.platforms]\nmurmur = elsewhere\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(WrongSetting, match="Two platforms are called murmur"):
        installed.platforms()


def test_a_platform_that_cannot_be_imported_is_one_line_with_its_cure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "broken-1.0.dist-info"
    broken.mkdir()
    (broken / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1.0\n")
    (broken / "entry_points.txt").write_text("[cohort_bot.platforms]\nbroken = not_there\n")
    monkeypatch.syspath_prepend(tmp_path)
    installed.platforms.cache_clear()
    with pytest.raises(WrongSetting, match=r"The platform broken cannot be loaded .*; fix or uninstall it"):
        installed.platforms()


def test_the_how_to_page_shows_what_is_here() -> None:
    here = Path(__file__).parent
    page = (here.parents[2] / "docs/how-to/add-a-platform.md").read_text("utf-8")
    shown = re.findall(r"^```(?:python|toml)\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    files = "".join(path.read_text("utf-8") for path in [*here.rglob("*.py"), here / "pyproject.toml"])
    lines = [line for block in shown for line in block.splitlines() if not line.startswith("class Test")]
    there = {line.partition("  # ")[0] for line in files.splitlines()}
    assert [line for line in lines if line not in there] == []

"""The contract on the platforms that need no network: the one in memory and the playground."""

import contextlib
from collections.abc import AsyncIterator, Sequence
from datetime import datetime

import pytest

from cohort_bot.app.typed_command import quoted
from cohort_bot.chat.form import ChoiceField, FieldErrors, Form, Reply
from cohort_bot.chat.place import Place
from cohort_bot.platforms.local.chat import DM, Chat, dm_channel
from tests.fakes.memory import WORKSPACE, MemoryPlatform
from tests.fakes.toy import START, TABLE, Toy
from tests.platforms.contract import Asked, Harness, PlatformContract
from tests.platforms.local.visitor import Visitors


class Memory:
    """People on the platform in memory."""

    whole = 100_000

    def __init__(self) -> None:
        self.platform = MemoryPlatform(self.now)
        self.forms: dict[str, Form | FieldErrors] = {}

    def room(self, name: str = "general") -> Place:
        return Place("local", WORKSPACE, name)

    def nowhere(self) -> Place:
        return self.room("attic")

    async def direct(self, person: str) -> Place:
        return await self.platform.dm(WORKSPACE, person)

    def now(self) -> datetime:
        return START

    async def type(self, person: str, command: str, **options: str) -> None:
        line = " ".join([f"/{command}", *(f"{name}:{quoted(value)}" for name, value in options.items())])
        try:
            self._answered(person, await self.platform.type(person, line))
        except AssertionError as stopped:
            if "start the platform first" not in str(stopped):
                raise

    async def write(self, person: str, words: str) -> None:
        await self.platform.write(person, words)

    async def press(self, person: str, label: str) -> None:
        self._answered(person, await self.platform.press(person, self.platform.posts()[-1], label))

    async def submit(self, person: str, **answers: str | Sequence[str]) -> None:
        self._answered(person, await self.platform.submit(person, self.forms.pop(person), "general", **answers))

    async def asked(self, person: str) -> Asked | None:
        shown = self.forms.get(person)
        if shown is None:
            return None
        form, errors = (shown.form, shown.errors) if isinstance(shown, FieldErrors) else (shown, {})
        filled = {
            field.key: tuple(sorted(field.value)) if isinstance(field, ChoiceField) else (field.value,)
            for field in form.fields
        }
        return Asked(form.title, [field.label for field in form.fields], " ".join(errors.values()), filled)

    async def private(self, person: str) -> Sequence[str]:
        return self.platform.private(person)

    async def shown(self, place: Place) -> Sequence[str]:
        return self.platform.timeline(place.channel, place.thread)

    async def everything(self, person: str) -> Sequence[str]:
        return [
            each.text
            for each in self.platform.sent
            if each.private in (None, person)
            and (not each.ref.place.channel.startswith(DM) or each.ref.place.channel == dm_channel(person))
        ]

    def _answered(self, person: str, reply: Reply) -> None:
        if isinstance(reply, Form | FieldErrors):
            self.forms[person] = reply


class TestMemory(PlatformContract):
    @pytest.fixture
    async def harness(self, toy: Toy) -> AsyncIterator[Harness]:
        people = Memory()
        await people.platform.start(TABLE, toy.dispatch, toy.complete)
        yield people
        await people.platform.stop(1)


class TestLocal(PlatformContract):
    @pytest.fixture
    async def harness(self, toy: Toy) -> AsyncIterator[Harness]:
        with contextlib.closing(Chat(":memory:")) as chat:
            people = Visitors(chat)
            await people.platform.start(TABLE, toy.dispatch, toy.complete)
            async with people.client:
                yield people
            await people.platform.stop(1)

"""The playground with the toy bot, and people who use its pages as a browser does."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from urllib.parse import urlencode

import httpx2

from cohort_bot.app.typed_command import quoted
from cohort_bot.chat.place import Place
from cohort_bot.platforms.local import pages
from cohort_bot.platforms.local.adapter import WORKSPACE, LocalPlatform
from cohort_bot.platforms.local.chat import CHANNELS, Chat, dm_channel
from cohort_bot.platforms.local.pages import INBOX
from tests.fakes.toy import MovedClock
from tests.platforms.contract import Asked
from tests.platforms.local.reader import Element, read, said, values
from tests.pseudo_locale import english

HOST = "http://127.0.0.1:8000"


class Visitors:
    """People at the page. Fulfils the contract's Harness."""

    whole = 100_000

    def __init__(self, chat: Chat) -> None:
        self.time = MovedClock()
        self.platform = LocalPlatform(chat, self.time, pages.build)
        self.client = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(self.platform.asgi()), base_url=HOST, headers={"Origin": HOST}
        )
        self.forms: dict[str, Element] = {}

    # The contract's harness

    def room(self, name: str = "general") -> Place:
        return Place("local", WORKSPACE, name)

    def nowhere(self) -> Place:
        return self.room("attic")

    async def direct(self, person: str) -> Place:
        return await self.platform.dm(WORKSPACE, person)

    def now(self) -> datetime:
        return self.time.now()

    async def type(self, person: str, command: str, **options: str) -> None:
        line = " ".join([f"/{command}", *(f"{name}:{quoted(value)}" for name, value in options.items())])
        await self._act(person, "/type", [("_line", line)])

    async def write(self, person: str, words: str) -> None:
        await self._act(person, "/type", [("_line", words), ("_in", INBOX)])

    async def press(self, person: str, label: str) -> None:
        newest = (await self.look(person)).all("article")[-1]
        button = next(each for each in newest.all("button", form="presses") if english(each.text) == label)
        await self._act(person, "/press", [("_button", button.attributes["value"])])

    async def submit(self, person: str, **answers: str | Sequence[str]) -> None:
        kept = [(name, value) for name, value in values(self.forms.pop(person)) if name not in answers]
        for name, value in answers.items():
            kept += [(name, each) for each in ((value,) if isinstance(value, str) else value)]
        await self._act(person, "/submit", kept)

    async def asked(self, person: str) -> Asked | None:
        form = self.forms.get(person)
        if form is None:
            return None
        labels = [field.all("label" if field.tag == "div" else "legend")[0].text for field in form.all(kind="field")]
        filled: dict[str, tuple[str, ...]] = {}
        for name, value in values(form):
            filled[name] = (*filled.get(name, ()), value)
        return Asked(form.one("h2").text, labels, " ".join(each.text for each in form.all(kind="error")), filled)

    async def private(self, person: str) -> Sequence[str]:
        return [text for channel in CHANNELS for text in _cards(await self.look(person, channel), private=True)]

    async def shown(self, place: Place) -> Sequence[str]:
        for person in self.platform.people:
            channel = INBOX if place.channel == dm_channel(person) else place.channel
            page = await self.look(person, channel)
            if page.one("a", **{"aria-current": "page"}).attributes["data-channel"] == channel:
                return _cards(page, thread=place.thread)
        raise AssertionError(f"nobody can look into {place}")

    async def everything(self, person: str) -> Sequence[str]:
        rooms = [*CHANNELS, INBOX, *(dm_channel(each) for each in self.platform.people)]
        pages = [await self.look(person, room) for room in rooms]
        return [said(card) for page in pages for card in page.all(kind="card")]

    # What a browser does

    async def look(self, person: str, channel: str = CHANNELS[0], **more: str) -> Element:
        answer = await self.client.get("/live", params={"_as": person, "_in": channel, **more})
        assert answer.status_code == 200
        return read(answer.text)

    async def post(
        self, path: str, posted: Mapping[str, str] | Sequence[tuple[str, str]], *, script: bool = False
    ) -> httpx2.Response:
        pairs = posted.items() if isinstance(posted, Mapping) else posted
        sent = [(name, value.replace("\n", "\r\n")) for name, value in pairs]  # as browsers do
        return await self.client.post(
            path,
            content=urlencode(sent),
            headers={"Content-Type": "application/x-www-form-urlencoded", **({"X-Playground": "1"} if script else {})},
        )

    async def _act(self, person: str, path: str, pairs: list[tuple[str, str]]) -> None:
        own = [(name, value) for name, value in (("_as", person), ("_in", CHANNELS[0])) if name not in dict(pairs)]
        answer = await self.post(path, [*own, *pairs], script=True)
        assert answer.status_code in (200, 204, 503), answer.text
        if answer.status_code == 200:
            self.forms[person] = read(answer.text).one("form")


def _cards(page: Element, *, private: bool = False, thread: str | None = None) -> list[str]:
    found = page.one(id="timeline").all("li", **{"data-key": f"m-{thread}"})[0] if thread else page.one(id="timeline")
    inside = {id(each) for item in found.all(kind="thread") for each in item.all("article")}
    articles = [each for each in found.all("article") if (id(each) in inside) == (thread is not None)]
    return [said(each.all(kind="card")[0]) for each in articles if ("private" in each.classes) == private]

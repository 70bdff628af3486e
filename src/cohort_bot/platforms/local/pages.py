"""The playground's HTTP: every page works as plain forms; the script asks for fragments of the same pages instead.

Who one is and where one looks is in the address (`_as`, `_in`), so two windows can be two people.
"""

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from markupsafe import Markup
from starlette.applications import Starlette
from starlette.datastructures import FormData, UploadFile
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from cohort_bot.app.errors import PersonError
from cohort_bot.app.ports.guides import FILE_MOST
from cohort_bot.app.words import playground as playground_words
from cohort_bot.chat.catalogues import ENGLISH, closest
from cohort_bot.chat.form import FieldErrors, Form
from cohort_bot.chat.i18n import _
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Message, Refusal
from cohort_bot.platforms.common import language
from cohort_bot.platforms.common.origin import Origin
from cohort_bot.platforms.local import forms, render, text, translate
from cohort_bot.platforms.local.adapter import LocalPlatform
from cohort_bot.platforms.local.answers import Stopping
from cohort_bot.platforms.local.chat import CHANNELS, DM, Person, Posted, dm_channel, people_of
from cohort_bot.platforms.local.faces import face
from cohort_bot.platforms.local.guard import Guard
from cohort_bot.platforms.local.guide import CLOCK, LONG, Attention

INBOX = "inbox"
"""What the page calls one's own direct conversation with the bot."""

FRAGMENT = "X-Playground"
"""The header with which the script asks for a piece of a page instead of a redirect. In an answer, REFUSED says that
nothing was done.
"""

REFUSED = "refused"

FURTHEST = timedelta(days=3 * 366)
"""How far the clock moves at once: past the end of the longest guide, and no mistyped year is for ever."""

MOST_LINKS = 3
"""So many links to what is new fit over the command box of a phone."""

_MOST_ID = 2**62

Outcome = Markup | Message | None
"""What came of an act: a form to show, an answer that is posted, or neither."""


def new_id() -> str:
    """A one-time id for what a person is about to do."""
    return uuid.uuid4().hex


@dataclass(frozen=True, slots=True)
class Visit:
    """Who looks at which channel. `before` pages back to earlier messages, `since` is the newest message before an act
    of theirs. `first`: they have not chosen yet.
    """

    person: Person
    channel: str
    before: int | None = None
    since: int | None = None
    first: bool = False

    @property
    def real_channel(self) -> str:
        """The channel as the chat service calls it."""
        return dm_channel(self.person.id) if self.channel == INBOX else self.channel

    @property
    def address(self) -> str:
        """The page's address."""
        return "/?" + urlencode({"_as": self.person.id, "_in": self.channel})


def build(platform: LocalPlatform) -> Starlette:
    """The pages as an ASGI app."""
    return _Pages(platform).app


class _Pages:
    def __init__(self, platform: LocalPlatform) -> None:
        self._platform = platform
        self.app = Starlette(
            routes=[
                Route("/", self.show),
                Route("/live", self.live),
                Route("/events", self.events),
                Route("/complete", self.complete),
                Route("/type", self._posting(self.type), methods=["POST"]),
                Route("/press", self._posting(self.press), methods=["POST"]),
                Route("/submit", self._posting(self.submit), methods=["POST"]),
                Route("/dismiss", self._posting(self.dismiss), methods=["POST"]),
                Route("/clock", self._posting(self.clock), methods=["POST"]),
                Route("/language", self._posting(self.language), methods=["POST"]),
                Route("/faces/{person}.svg", self.face),
                Mount("/static", StaticFiles(directory=Path(__file__).parent / "static")),
            ],
            middleware=[Middleware(Guard)],
        )

    # Looking

    async def show(self, request: Request) -> Response:
        """The whole page."""
        visit = self._visit(request.query_params)
        async with self._speaking(visit):
            return await self._page(visit, line=request.query_params.get("_line", ""))

    async def live(self, request: Request) -> Response:
        """What changes by itself: channels, clock and timeline. With `_settle`, once an act's posts are there."""
        if "_settle" in request.query_params:
            await self._platform.settle()
        visit = self._visit(request.query_params)
        async with self._speaking(visit):
            return HTMLResponse(render.page("live.html", **await self._live(visit)))

    async def face(self, request: Request) -> Response:
        """Somebody's face."""
        drawn = face(request.path_params["person"])
        return Response(drawn, media_type="image/svg+xml", headers={"Cache-Control": "max-age=3600"})

    async def events(self, _request: Request) -> Response:
        """An event whenever something has changed, without saying what."""
        return StreamingResponse(self._changes(), media_type="text/event-stream")

    async def complete(self, request: Request) -> Response:
        """What could be typed next."""
        origin = self._origin(self._visit(request.query_params), new_id())
        suggestions = await self._platform.answers.suggest(request.query_params.get("_line", ""), origin)
        return JSONResponse([{"line": s.line, "label": s.label, "detail": s.detail} for s in suggestions])

    # Acting

    async def type(self, visit: Visit, posted: FormData) -> Outcome:
        """A command line, or in the inbox a message to the bot."""
        return await self._typed(visit, posted, str(posted.get("_line", "")).strip())

    async def press(self, visit: Visit, posted: FormData) -> Outcome:
        """A button of a message."""
        value = str(posted.get("_button", ""))
        message = self._message(visit, translate.button_message(value))
        thread = None if message.root is None else str(message.root)
        origin = self._origin(visit, _id(posted), thread)
        invocation, button = translate.pressed(value, message.id, message.message, origin)
        return await self._act(visit, invocation, button.label)

    async def submit(self, visit: Visit, posted: FormData) -> Outcome:
        """A form that was filled in."""
        root = str(posted.get("_thread", ""))
        thread = str(self._message(visit, _number(root)).id) if root else None
        items = [(name, await self._text(value)) for name, value in posted.multi_items()]
        if line := translate.completed(items):
            return await self._typed(visit, posted, line)
        invocation = translate.submitted(items, self._origin(visit, _id(posted), thread))
        return await self._act(visit, invocation, str(posted.get("_title", "")))

    async def _text(self, value: UploadFile | str) -> str:
        """A field's value; a file is kept, and the value names it. No file is an empty one without a name."""
        if isinstance(value, str):
            return value
        if not value.filename:
            return ""
        return self._platform.keep_file(value.filename, await value.read(FILE_MOST + 1))

    async def dismiss(self, visit: Visit, posted: FormData) -> None:
        """Take away a private answer; one that is gone already is fine."""
        self._platform.chat.dismiss(_number(posted.get("_message")) or 0, visit.person.id)

    async def clock(self, visit: Visit, posted: FormData) -> None:
        """Move the clock to an instant (`_to`) or to a wall time of the person's zone (`_wall`)."""
        wall = posted.get("_wall")
        try:
            to = datetime.fromisoformat(str(posted.get("_to") if wall is None else wall))
        except ValueError:
            raise playground_words.no_instant() from None
        if to.tzinfo is None:
            to = to.replace(tzinfo=ZoneInfo(visit.person.zone))
        if to - self._platform.time.now() > FURTHEST:
            raise playground_words.clock_too_far()
        far = to - self._platform.time.now() >= LONG
        await self._platform.advance(to)
        if far:
            self._platform.guide.done(CLOCK)

    async def language(self, _visit: Visit, posted: FormData) -> None:
        """The language of everybody's client and of the cohorts."""
        await self._platform.speak(closest(str(posted.get("_language", ""))) or ENGLISH)

    # Shared by all of them

    def _speaking(self, visit: Visit) -> AbstractAsyncContextManager[None]:
        return self._platform.answers.speaking(self._platform.actor(visit.person))

    def _posting(self, do: Callable[[Visit, FormData], Awaitable[Outcome]]) -> Callable[[Request], Awaitable[Response]]:
        async def post(request: Request) -> Response:
            posted = await request.form()
            visit = self._visit(posted)
            async with self._speaking(visit):
                return await answered(request, visit, posted)

        async def answered(request: Request, visit: Visit, posted: FormData) -> Response:
            fragment, before = FRAGMENT in request.headers, self._platform.chat.newest()
            try:
                outcome = await do(visit, posted)
                if isinstance(outcome, Markup):
                    return HTMLResponse(outcome) if fragment else await self._page(visit, dialog=outcome)
                if not fragment:
                    await self._platform.settle()
                refused = isinstance(outcome, Refusal)
                line = str(posted.get("_line", "")) if refused else ""
                to = self._came_of_it(visit, before, line, later=fragment)
                if not fragment:
                    return RedirectResponse(to, 303)
                return Response(status_code=204, headers={"Location": to, **({FRAGMENT: REFUSED} if refused else {})})
            except PersonError as error:
                status, words = 422, str(error)
            except Stopping:
                status, words = 503, playground_words.playground_stopping()
            if fragment:
                return Response(words, status, media_type="text/plain")
            return await self._page(visit, status, alert=words, line=str(posted.get("_line", "")))

        return post

    def _message(self, visit: Visit, number: int | None) -> Posted:
        """A message that the person sees in the channel. Raises PersonError."""
        message = None if number is None else self._platform.chat.get(number)
        if message is None or message.channel != visit.real_channel or message.private not in (None, visit.person.id):
            raise playground_words.message_gone()
        return message

    def _came_of_it(self, visit: Visit, before: int, line: str, *, later: bool) -> str:
        """The address that shows what was posted after the message `before`: first what answers the person. `later`:
        posts may still be on their way.
        """
        news = self._platform.chat.since(before, visit.person.id)
        here = [each for each in news if each.channel == visit.real_channel]
        first = min(here, key=lambda each: (each.private is None, each.root is not None, each.id), default=None)
        query = {"_as": visit.person.id, "_in": visit.channel}
        query |= {"_line": line} if line else {}
        query |= {"_since": str(before)} if later or any(_aside(each, visit) for each in news) else {}
        return f"/?{urlencode(query)}" + (f"#m-{first.id}" if first else "")

    def _news(self, visit: Visit) -> Sequence[Mapping[str, str]]:
        """Links to what came of an act in threads and other channels, one for each of these; rooms come before people,
        and of many people only the first are named.
        """
        if visit.since is None:
            return []
        places: dict[tuple[str, int | None], list[Posted]] = {}
        for each in self._platform.chat.since(visit.since, visit.person.id):
            if _aside(each, visit):
                root = each.root if each.channel == visit.real_channel else None
                places.setdefault((each.channel, root), []).append(each)
        own = visit.real_channel, dm_channel(visit.person.id), *CHANNELS
        ordered = sorted(places.items(), key=lambda each: each[0][0] not in own)
        links = [self._link(visit, *place, posted) for place, posted in ordered[:MOST_LINKS]]
        left = len(ordered) - len(links)
        return [*links, {"to": "", "text": playground_words.and_more(left)}] if left else links

    def _link(self, visit: Visit, channel: str, root: int | None, posted: Sequence[Posted]) -> Mapping[str, str]:
        number, anchor = len(posted), f"#m-{posted[0].id}"
        if root is not None:
            thread = self._platform.chat.get(root)
            return {"to": anchor, "text": playground_words.new_replies(number, (thread and thread.title) or "")}
        if channel in CHANNELS:
            return {
                "to": replace(visit, channel=channel).address + anchor,
                "text": playground_words.new_posts(number, channel),
            }
        if group := people_of(channel):
            reader = visit.person if visit.person.id in group else self._platform.people[group[0]]
            to = replace(visit, person=reader, channel=channel).address + anchor
            return {"to": to, "text": playground_words.new_posts(number, self._group_name(channel))}
        person = self._platform.people[channel.removeprefix(DM)]
        words = playground_words.new_messages(number, "" if person == visit.person else person.name)
        return {"to": Visit(person, INBOX).address + anchor, "text": words}

    async def _typed(self, visit: Visit, posted: FormData, line: str) -> Outcome:
        origin, table = self._origin(visit, _id(posted)), self._platform.answers.table
        if line.startswith("/"):
            async with self._platform.answers.speaking(origin.actor):
                if form := translate.asked(line, table):
                    return self._form(visit, form)

        async def translated() -> Invocation:
            read = translate.written if visit.channel == INBOX else translate.command
            return read(line, table, origin, self._names())

        made = await language.translated(translated, origin.actor, self._platform.answers.speak)
        return await self._act(visit, made, line)

    async def _act(self, visit: Visit, invocation: Invocation, prompt: str) -> Outcome:
        shown = await self._platform.answers.act(invocation, prompt)
        if isinstance(shown, Message):
            return shown
        return self._form(visit, shown, invocation.place.thread or "" if invocation.place else "")

    def _form(self, visit: Visit, shown: Form | FieldErrors, thread: str = "") -> Markup:
        context = {
            "_as": visit.person.id,
            "_in": visit.channel,
            "_thread": thread,
            "_title": shown.form.title if isinstance(shown, FieldErrors) else shown.title,
        }
        back = f"/?{urlencode({'_as': visit.person.id, '_in': visit.channel})}"
        return forms.form(shown, new_id(), context, action="/submit", cancel=back)

    async def _page(self, visit: Visit, status: int = 200, **values: object) -> Response:
        live = await self._live(visit)
        shown: dict[str, object] = {"alert": None, "line": "", "dialog": None, **values}
        html = render.page(
            "page.html",
            **shown,
            **live,
        )
        return HTMLResponse(html, status)

    async def _live(self, visit: Visit) -> Mapping[str, Any]:
        chat, person, viewer = self._platform.chat, visit.person, self._viewer(visit.person)
        attention = await self._attention(visit)
        items, earlier = chat.timeline(visit.real_channel, person.id, visit.before)
        if attention:  # the first screen is short: what everybody saw last
            items, earlier = [each for each in items if each.private is None][-1:], True
        newest = max((each.id for item in items for each in (item, *item.replies)), default=0)
        chat.read_up_to(person.id, visit.real_channel, newest)
        unread = chat.unread(person.id)
        channels = [{"id": name, "name": name, "unread": unread.get(name, 0)} for name in CHANNELS]
        channels += [
            {"id": name, "name": self._group_name(name), "unread": unread.get(name, 0)}
            for name in chat.groups_of(person.id)
        ]
        channels.append({"id": INBOX, "name": _("Inbox"), "unread": unread.get(dm_channel(person.id), 0)})
        wall = viewer.local(viewer.now)
        return {
            "new_id": new_id,
            "people": list(self._platform.people.values()),
            "guide": self._platform.guide,
            "attention": attention,
            "needed": playground_words.needed(len(attention.needs)) if attention else "",
            "what_this_is": playground_words.what_this_is(attention.week, attention.weeks, attention.members)
            if attention
            else "",
            "boss": playground_words.BOSS,
            "create": playground_words.first_steps()[0].line,
            "visit": visit,
            "person": person,
            "viewer": viewer,
            "channels": channels,
            "items": items,
            "earlier": earlier,
            "news": self._news(visit),
            "next_post": await self._platform.next_post(),
            "day_on": wall + timedelta(days=1),
            "week_on": await self._platform.time.a_week_on(visit.real_channel) or wall + timedelta(days=7),
        }

    async def _attention(self, visit: Visit) -> Attention | None:
        """What the first screen shows; None everywhere else."""
        ask = self._platform.guide.attention
        return await ask() if ask and visit.first and visit.channel == self._platform.guide.room else None

    async def _changes(self) -> AsyncIterator[str]:
        chat, seen = self._platform.chat, -1
        while not self._platform.stopping:
            seen = await chat.changed(seen)
            yield f"data: {seen}\n\n"

    def _visit(self, values: Mapping[str, Any]) -> Visit:
        people = self._platform.people
        channel = str(values.get("_in"))
        person = people.get(str(values.get("_as"))) or next(iter(people.values()))
        return Visit(
            person,
            channel if channel in (*CHANNELS, INBOX) or person.id in people_of(channel) else self._platform.guide.room,
            _number(values.get("_before")),
            _number(values.get("_since")),
            first="_as" not in values,
        )

    def _viewer(self, person: Person) -> text.Viewer:
        names = self._names()
        ids = {name: each for each, name in names.items()}
        return text.Viewer(ZoneInfo(person.zone), self._platform.time.now(), names, ids)

    def _group_name(self, channel: str) -> str:
        names = self._names()
        return " + ".join(names.get(each, each) for each in people_of(channel))

    def _names(self) -> Mapping[str, str]:
        return {each.id: each.name for each in self._platform.people.values()}

    def _origin(self, visit: Visit, invocation_id: str, thread: str | None = None) -> Origin:
        return self._platform.origin(visit.person, visit.real_channel, invocation_id, thread)


def _aside(posted: Posted, visit: Visit) -> bool:
    """Whether a message is not simply at the end of what the person looks at."""
    return posted.private is None and (posted.channel != visit.real_channel or posted.root is not None)


def _id(posted: FormData) -> str:
    return str(posted.get("_id", ""))[:64] or new_id()


def _number(value: object) -> int | None:
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < len(str(_MOST_ID)) else None

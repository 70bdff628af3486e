"""The board's HTTP: every page works without a script, and every act is an invocation through the table."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from cohort_bot.app import board_links, board_member, board_mine, board_pages, board_today
from cohort_bot.app.access import PAGE_FOR_MEMBERS, PAGE_FOR_MODERATORS, account_of
from cohort_bot.app.board_links import Visitor
from cohort_bot.app.commands import Role
from cohort_bot.app.errors import PersonError
from cohort_bot.app.pictures import board as pictures
from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.database import Database
from cohort_bot.app.ports.platform import Dispatch, KnowsPeople, Refused, Unknown
from cohort_bot.app.services import Services
from cohort_bot.app.words import board as words
from cohort_bot.app.words import board_member as member_words
from cohort_bot.app.words import board_mine as mine_words
from cohort_bot.app.words import board_today as today_words
from cohort_bot.board.guard import Guard
from cohort_bot.board.sessions import COOKIE, VALID, Session, Sessions
from cohort_bot.chat.catalogues import ENGLISH, find
from cohort_bot.chat.form import FieldErrors, FileField, Form, Reply
from cohort_bot.chat.i18n import language, speaking
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Message, Picture, buttons
from cohort_bot.chat.place import Actor, Place
from cohort_bot.core.checkins import SKIPS
from cohort_bot.core.comparison import COMPLETED, distance_learners
from cohort_bot.core.membership import Cohort
from cohort_bot.platforms.common.bounded import BoundedDict
from cohort_bot.platforms.common.option_fields import option_field
from cohort_bot.platforms.common.origin import Origin
from cohort_bot.platforms.local import forms, ids, render, text, translate

HERE: Final = Path(__file__).parent
PATH: Final = "/board"
CHECKED_FOR: Final = 30.0
"""Elapsed seconds for which the platform's answer about a person's roles is kept."""

PEOPLE_MOST: Final = 1000
NAME_MOST: Final = 60
ASKED_MOST: Final = 200
FIELDS_MOST: Final = 10
COMMAND: Final = "/"
"""Before the action of a form that holds the options of a command."""


class CannotCheck(Exception):
    """The platform does not say now who somebody is."""


class NotSignedIn(Exception):
    """There is no session, or it is over."""


def page(template: str, **values: object) -> Markup:
    """A template of the board, filled in."""
    return Markup(_TEMPLATES.get_template(template).render(words=words, **values))  # noqa: S704 - it escapes everything


def cohort_body(shown: board_pages.CohortPage, order: str, only: str, named: str) -> Markup:
    """The cohort's page, without its frame."""
    return page(
        "cohort.html",
        shown=shown,
        order=order,
        only=only,
        named=named,
        draw=pictures,
        learners=distance_learners(),
        completed=COMPLETED,
    )


def _of_mine(mine: board_mine.Mine) -> dict[str, object]:
    """What the templates of a member's own page need."""
    return {"mine": mine, "mine_words": mine_words, "draw": pictures, "skips": SKIPS}


class Board:
    """The board as an ASGI app. `url` is the address of the board from outside, ending in `/board`.

    `services` are those of the bot; pages read through them, with the permission of the page, and nothing is kept here
    but the answers of platforms about people, for half a minute.
    """

    def __init__(
        self, url: str, sessions: Sessions, services: Services, database: Database, dispatch: Dispatch, clock: Clock
    ) -> None:
        self._secure = urlsplit(url).scheme == "https"
        self._sessions = sessions
        self._services = services
        self._database = database
        self._dispatch = dispatch
        self._clock = clock
        self._people: BoundedDict[tuple[str, str, str], tuple[float, Actor]] = BoundedDict(PEOPLE_MOST)
        routes: list[Route | Mount] = [
            Route("/enter", self._page(self._enter), methods=["GET"]),
            Route("/enter", self._page(self._entered), methods=["POST"]),
            Route("/out", self._page(self._out), methods=["POST"]),
            Route("/{cohort:int}/press", self._page(self._press), methods=["POST"]),
            Route("/{cohort:int}/submit", self._page(self._submit), methods=["POST"]),
            Route("/{cohort:int}/member/{member:int}", self._page(self._member), methods=["GET"]),
            Route("/{cohort:int}/mine", self._page(self._mine), methods=["GET"]),
            Route("/{cohort:int}/mine/portfolio", self._page(self._portfolio), methods=["GET"]),
            Route("/{cohort:int}/cohort", self._page(self._cohort), methods=["GET"]),
            Route("/{cohort:int}/calendar", self._page(self._calendar), methods=["GET"]),
            Route("/{cohort:int}/programme", self._page(self._programme), methods=["GET"]),
            Route("/{cohort:int}/do/{action}", self._page(self._do), methods=["GET"]),
            Route("/{cohort:int}/today", self._page(self._today), methods=["GET"]),
            Mount("/static", StaticFiles(directory=HERE / "static")),
            Route("/{rest:path}", self._page(self._nothing)),
        ]
        self.routes = routes
        self.app: ASGIApp = Guard(Starlette(routes=routes), urlsplit(url).netloc)

    # Coming and going

    async def _enter(self, request: Request) -> Response:
        """A page with a button: what only looks at links, as chat services do, uses none up."""
        token = request.query_params.get("t", "")
        at = self._clock.now()
        if await self._database.read(lambda store: board_links.known(store, token, at)) is None:
            return self._plain(words.link_used(), 410)
        return HTMLResponse(page("enter.html", token=token))

    async def _entered(self, request: Request) -> Response:
        token = dict(await _fields(request)).get("t", "")
        at = self._clock.now()
        entered = await self._database.write(lambda store: board_links.use(store, token, at))
        if entered is None:
            return self._plain(words.link_used(), 410)
        visitor, cohort, name = entered
        response = RedirectResponse(f"{PATH}/{cohort}/{name}", 303)
        response.set_cookie(
            COOKIE,
            self._sessions.begin(visitor),
            max_age=int(VALID.total_seconds()),
            path=PATH,
            secure=self._secure,
            httponly=True,
            samesite="lax",
        )
        return response

    async def _out(self, request: Request) -> Response:
        await self._posted(request)
        response = self._plain(words.session_over(), 200)
        response.delete_cookie(COOKIE, path=PATH)
        return response

    # Pages

    async def _today(self, request: Request) -> Response:
        return await self._today_after(request, self._session(request))

    async def _today_after(self, request: Request, session: Session, answer: Message | None = None) -> Response:
        """The page, after the answer to what was done on it."""
        shown = await board_today.today_page(
            self._services, await self._invocation(request, session, "button", "cohort.progress")
        )
        hidden = self._hidden(session, f"{PATH}/{shown.cohort.id}/today")
        viewer = await self._viewer(session)
        values = {"today": shown, "today_words": today_words, "hidden": hidden, "viewer": viewer, "new_id": _new_id}
        body = await asyncio.to_thread(page, "today.html", **values)
        answered = render.message(answer, viewer, 0) if answer else Markup()
        return self._framed(shown.cohort, "today", shown.title, body, hidden, answer=answered)

    async def _member(self, request: Request) -> Response:
        session = self._session(request)
        invocation = await self._invocation(request, session, "button", "cohort.person")
        shown = await board_member.member_page(self._services, invocation, request.path_params["member"])
        values = {"shown": shown, "member_words": member_words, "draw": pictures, "newest": board_member.NEWEST}
        body = await asyncio.to_thread(page, "member.html", viewer=await self._viewer(session), **values)
        return await self._shown(request, session, shown.cohort, "cohort", shown.title, body)

    async def _cohort(self, request: Request) -> Response:
        session = self._session(request)
        invocation = await self._invocation(request, session, "button", "cohort.progress")
        order, named = request.query_params.get("sort", ""), request.query_params.get("name", "")[:NAME_MOST]
        order = order if order in board_pages.ORDERS else board_pages.ORDERS[0]
        only = request.query_params.get("only", "")
        only = only if only.startswith(board_pages.IN_PHASE) or only in board_pages.FILTERS else board_pages.FILTERS[0]
        shown = await board_pages.cohort_page(self._services, invocation, order, only, named)
        body = await asyncio.to_thread(cohort_body, shown, order, only, named)
        return await self._shown(request, session, shown.cohort, "cohort", shown.cohort.name, body)

    async def _calendar(self, request: Request) -> Response:
        session = self._session(request)
        invocation = await self._invocation(request, session, "button", "plan")
        cohort, weeks = await board_pages.calendar_page(self._services, invocation)
        actions = words.calendar_actions() if cohort.active else {}
        body = page("calendar.html", cohort=cohort, weeks=weeks, actions=actions, viewer=await self._viewer(session))
        return await self._shown(request, session, cohort, "calendar", words.pages()["calendar"], body)

    async def _programme(self, request: Request) -> Response:
        session = self._session(request)
        invocation = await self._invocation(request, session, "button", "plan")
        cohort, programme = await board_pages.programme_page(self._services, invocation)
        body = await asyncio.to_thread(page, "programme.html", programme=programme)
        return await self._shown(request, session, cohort, "programme", programme.title, body)

    async def _mine(self, request: Request) -> Response:
        session = self._session(request)
        mine = await self._own(request, session)
        body = await asyncio.to_thread(page, "mine.html", **_of_mine(mine))
        return await self._shown(request, session, mine.folio.cohort, "mine", mine_words.title(mine.folio.cohort), body)

    async def _portfolio(self, request: Request) -> Response:
        """The portfolio as a file: a page that needs nothing else."""
        mine = await self._own(request, self._session(request))
        style = (HERE / "templates" / "portfolio.css").read_text(encoding="utf-8")
        body = await asyncio.to_thread(page, "portfolio.html", style=style, **_of_mine(mine))
        name = mine_words.portfolio_name(mine.folio)
        return HTMLResponse(body, headers={"Content-Disposition": f'attachment; filename="{name}"'})

    async def _own(self, request: Request, session: Session) -> board_mine.Mine:
        return await board_mine.mine_page(
            self._services, await self._invocation(request, session, "button", "progress")
        )

    async def _do(self, request: Request) -> Response:
        """A form for the options of a command that the calendar offers."""
        session = self._session(request)
        row = self._services.table.get(request.path_params["action"])
        if row is None or row.action not in words.calendar_actions():
            return self._plain(words.not_there(), 404)
        cohort, _ = await self._moderated(request, session, row.action)
        fields = tuple(option_field(param, "") for param in row.params if param.kind != "cohort")
        title = words.calendar_actions()[row.action]
        form = Form(f"{COMMAND}{row.action}", title, fields[:FIELDS_MOST], {"id": str(cohort.id)}, submit=title)
        back = f"{PATH}/{cohort.id}/calendar"
        return await self._answered(request, session, cohort, "", form, back)

    async def _nothing(self, _request: Request) -> Response:
        return self._plain(words.not_there(), 404)

    # Acts

    async def _press(self, request: Request) -> Response:
        """A button of a page or of an answer."""
        session, posted = await self._posted(request)
        _, _, value = posted.get("_button", "").partition(" ")
        action, _, query = value.partition("?")
        invocation = await self._invocation(
            request, session, "button", action, dict(parse_qsl(query)), posted.get("_id")
        )
        return await self._act(request, session, posted, invocation)

    async def _submit(self, request: Request) -> Response:
        """A form that was filled in."""
        session, posted = await self._posted(request)
        blank = await self._invocation(request, session, "form", "", {}, posted.get("_id"))
        origin = Origin(blank.id, blank.actor, blank.place, blank.at)
        sent = translate.submitted(await _fields(request), origin)
        if sent.action.startswith(COMMAND):  # the options of a command
            given = {key: values[0] for key, values in sent.fields.items() if values and values[0].strip()}
            action = sent.action.removeprefix(COMMAND)
            sent = origin.invocation("command", action, {**sent.args, **given})
        return await self._act(request, session, posted, sent)

    async def _act(
        self, request: Request, session: Session, posted: dict[str, str], invocation: Invocation
    ) -> Response:
        cohort = await self._seen(request, session)
        reply, back = await self._dispatch(invocation), posted.get("_back", "")
        if isinstance(reply, Message) and not buttons(reply) and back == f"{PATH}/{cohort.id}/today":
            return await self._today_after(request, session, reply)
        return await self._answered(request, session, cohort, "", reply, back)

    async def _seen(self, request: Request, session: Session) -> Cohort:
        """The cohort of the address, for somebody who moderates it or is in it."""
        invocation = await self._invocation(request, session, "button", "")
        try:
            (cohort,) = await self._services.bound(Role.MODERATOR, None).require(invocation, PAGE_FOR_MODERATORS)
        except PersonError:
            cohort, _ = await self._services.bound(Role.MEMBER, None).require(invocation, PAGE_FOR_MEMBERS)
        return cohort

    # Shared by all of them

    async def _moderated(
        self, request: Request, session: Session, action: str, **args: str
    ) -> tuple[Cohort, Invocation]:
        """The cohort of the address, for a moderator of it."""
        invocation = await self._invocation(request, session, "button", action, args)
        (cohort,) = await self._services.bound(Role.MODERATOR, None).require(invocation, PAGE_FOR_MODERATORS)
        return cohort, invocation

    async def _answered(
        self, request: Request, session: Session, cohort: Cohort, name: str, reply: Reply, back: str = ""
    ) -> Response:
        """A reply as a page."""
        back = back if back.startswith(f"{PATH}/{cohort.id}/") and "//" not in back else request.url.path
        hidden = self._hidden(session, back)
        status = 200
        if isinstance(reply, Message):
            # The pictures for chat are pages here.
            reply = replace(reply, blocks=tuple(each for each in reply.blocks if not isinstance(each, Picture)))
            body = render.message(reply, await self._viewer(session), 0)
        else:
            reply = _without_files(reply)
            status = 422 if isinstance(reply, FieldErrors) else 200
            body = forms.form(reply, hidden["_id"], hidden, action=f"{PATH}/{cohort.id}/submit", cancel=back)
        title = reply.summary if isinstance(reply, Message) else ""
        return self._framed(cohort, name, title, body, hidden, "" if name else back, status)

    async def _shown(
        self, request: Request, session: Session, cohort: Cohort, name: str, title: str, body: Markup
    ) -> Response:
        """A page of the board's own."""
        return self._framed(cohort, name, title, body, self._hidden(session, request.url.path))

    def _hidden(self, session: Session, back: str) -> dict[str, str]:
        """What each form of a page carries: `back` is the page to go back to."""
        return {"_csrf": session.csrf, "_back": back, "_id": _new_id()}

    def _framed(
        self,
        cohort: Cohort,
        name: str,
        title: str,
        body: Markup,
        hidden: dict[str, str],
        back: str = "",
        status: int = 200,
        answer: Markup = Markup(),  # noqa: B008 - it never changes
    ) -> HTMLResponse:
        """`body` in the board's frame, under the `answer` to what was just done, if there is one."""
        mine = name == "mine" or back.endswith("/mine")
        html = page(
            "page.html",
            cohort=cohort,
            name=name,
            title=title,
            body=body,
            hidden=hidden,
            back=back,
            moderates=not mine,
            answer=answer,
        )
        return HTMLResponse(html, status)

    async def _viewer(self, session: Session) -> text.Viewer:
        actor = session.visitor.actor
        account = await self._database.read(lambda store: account_of(store, actor))
        zone = account.zone if account else actor.zone or "UTC"
        return text.Viewer(ZoneInfo(zone), self._clock.now(), {actor.user: actor.name})

    def _session(self, request: Request) -> Session:
        session = self._sessions.read(request.cookies.get(COOKIE, ""))
        if session is None:
            raise NotSignedIn
        return session

    async def _posted(self, request: Request) -> tuple[Session, dict[str, str]]:
        """The session and the fields of a form of ours. Raises NotSignedIn for one of another page."""
        session = self._session(request)
        posted = dict(await _fields(request))
        if not secrets.compare_digest(posted.get("_csrf", "").encode(), session.csrf.encode()):
            raise NotSignedIn
        return session, posted

    async def _invocation(
        self,
        request: Request,
        session: Session,
        kind: str,
        action: str,
        args: dict[str, str] | None = None,
        identity: str | None = None,
    ) -> Invocation:
        """What the visitor does, as who they are now."""
        visitor = session.visitor
        actor = await self._now(visitor)
        place = Place(actor.platform, visitor.workspace, "")
        origin = Origin(f"board:{identity or _new_id()}", actor, place, self._clock.now())
        cohort = str(request.path_params["cohort"])
        return origin.invocation(kind, action, {"id": cohort, **(args or {})})  # type: ignore[arg-type]

    async def _now(self, visitor: Visitor) -> Actor:
        """The visitor with the rights that their platform says they have now. Raises CannotCheck."""
        actor = visitor.actor
        key = (actor.platform, visitor.workspace, actor.user)
        known = self._people.get(key)
        if known is not None and known[0] > self._clock.elapsed():
            return known[1]
        found: Actor | None = None
        platform: object = self._services.platforms.get(actor.platform)
        if isinstance(platform, KnowsPeople) and visitor.workspace:
            try:
                found = await platform.person(visitor.workspace, actor.user)
            except (Refused, Unknown) as error:
                raise CannotCheck from error
        # Whoever is gone, or cannot be asked about, has no right that only the platform gives.
        now = replace(
            actor, admin=found is not None and found.admin, roles=found.roles if found is not None else frozenset()
        )
        self._people[key] = (self._clock.elapsed() + CHECKED_FOR, now)
        return now

    def _page(self, do: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        """A handler whose failures are pages."""

        async def handle(request: Request) -> Response:
            with speaking(_preferred(request)):  # until a transaction finds out what they have chosen
                try:
                    return await do(request)
                except NotSignedIn:
                    return self._plain(words.session_over(), 401)
                except CannotCheck:
                    return self._plain(words.cannot_check(), 503)
                except PersonError:
                    return self._plain(words.not_there(), 404)

        return handle

    def _plain(self, said: str, status: int) -> HTMLResponse:
        return HTMLResponse(page("plain.html", said=said), status)


def _preferred(request: Request) -> str:
    """The first language on board that the browser asks for, which lists the preferred one first."""
    asked = request.headers.get("accept-language", "")[:ASKED_MOST]
    wanted = (each.partition(";")[0] for each in asked.split(","))
    return next(filter(None, map(find, wanted)), ENGLISH)


def _new_id() -> str:
    """A one-time id for something that a visitor may do: it is done once, however often it is sent."""
    return secrets.token_urlsafe(9)


async def _fields(request: Request) -> list[tuple[str, str]]:
    """What was typed into a form, in order."""
    items = (await request.form()).multi_items()
    return [(name, value) for name, value in items if isinstance(value, str)]


def _without_files(shown: Form | FieldErrors) -> Form | FieldErrors:
    """The form without fields for files: only chat services keep those. Whatever takes a file takes text, too."""
    if isinstance(shown, FieldErrors):
        form = _without_files(shown.form)
        return shown if isinstance(form, FieldErrors) else replace(shown, form=form)
    return replace(shown, fields=tuple(field for field in shown.fields if not isinstance(field, FileField)))


_TEMPLATES: Final = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters.update(moment=text.moment, linked=text.linked, span=text.span)
_TEMPLATES.globals.update(language=language, button_value=ids.button_value, form_state=ids.form_state)

"""The listeners that bolt calls: every request of Slack, translated, dispatched, answered.

A listener returns as soon as its request is acknowledged (`process_before_response`), and what is left goes on by
itself: otherwise bolt would look every ten milliseconds whether each request that waits has been acknowledged.
"""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from cohort_bot.app.commands import Table
from cohort_bot.app.errors import PersonError
from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.platform import Dispatch, Lost, Reason, Refused, Speak, Unknown
from cohort_bot.app.words import platforms as platforms_words
from cohort_bot.chat.catalogues import closest
from cohort_bot.chat.form import Reply
from cohort_bot.chat.i18n import speaking
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Button, Message, text
from cohort_bot.chat.place import Actor
from cohort_bot.platforms.common import language
from cohort_bot.platforms.common.bounded import BoundedDict
from cohort_bot.platforms.common.errors import CannotRender
from cohort_bot.platforms.common.origin import Origin
from cohort_bot.platforms.common.tasks import BackgroundTasks
from cohort_bot.platforms.slack import forms, ids, manifest, render, translate
from cohort_bot.platforms.slack.api import Api, retry
from cohort_bot.platforms.slack.file_delivery import send_files_by_dm
from cohort_bot.platforms.slack.forms import Asked
from cohort_bot.platforms.slack.people import People
from cohort_bot.platforms.slack.reply_channels import ANSWER, Ack, reply_channel, too_long
from cohort_bot.platforms.slack.workspaces import Workspaces

log = logging.getLogger(__name__)

DEFER: Final = 1.5
"""Elapsed seconds for a handler; after that the request is acknowledged first. Slack waits three for an
acknowledgement.
"""

REMEMBERED: Final = 1000
"""How many requests and events are remembered, so that a repeated delivery gets the same answer."""

Body = Mapping[str, Any]
Make = Callable[[Actor], Awaitable[Invocation | Asked]]
Say = Callable[..., Awaitable[None]]

_ANY = re.compile(r".+", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Replied:
    """A reply, the button that leads to it again, and what it replies to."""

    reply: Reply | Asked
    again: Button | None = None
    to: Invocation | None = None


class Answers:
    """Turns requests into invocations and replies into answers. `begin` gives it the application."""

    def __init__(
        self, app: AsyncApp, api: Api, workspaces: Workspaces, people: People, running: BackgroundTasks, clock: Clock
    ) -> None:
        self._api = api
        self._workspaces = workspaces
        self._people = people
        self._running = running
        self._clock = clock
        self._table = Table(())
        self._dispatch: Dispatch | None = None
        self.lost: Lost | None = None
        """Called for an answer that did not arrive."""
        self.speak: Speak | None = None
        """Called before something is said that nothing was dispatched for."""
        self._recent: BoundedDict[str, asyncio.Task[_Replied] | None] = BoundedDict(REMEMBERED)
        """Recent requests, with the reply as long as a repetition needs it, such as a form that is sent again."""
        self._events: BoundedDict[str, None] = BoundedDict(REMEMBERED)
        app.view_submission(_ANY)(self.submit)  # bolt asks one after the other whose a request is
        app.action(_ANY)(self.action)
        app.command(_ANY)(self.command)
        app.view_closed(_ANY)(self.ignore)
        app.shortcut(_ANY)(self.shortcut)
        app.options(_ANY)(self.ignore)
        app.event("app_home_opened")(self.home)
        app.event("message")(self.message)
        app.event("user_change")(self.user_change)
        app.event("app_uninstalled")(self.gone)
        app.event("tokens_revoked")(self.gone)
        app.event(_ANY)(self.ignore)

    def begin(self, table: Table, dispatch: Dispatch) -> None:
        """Take requests from now on."""
        self._table, self._dispatch = table, dispatch

    # What bolt calls

    async def command(self, ack: Ack, body: Body) -> None:
        """A slash command."""

        async def make(actor: Actor) -> Invocation | Asked:
            return translate.command(body, self._table, actor, self._clock.now())

        await self._serve(ack, body, make)

    async def action(self, ack: Ack, body: Body) -> None:
        """A pressed button."""
        if not body.get("actions") or body["actions"][0].get("type", "button") != "button":
            await ack()
            return

        async def make(actor: Actor) -> Invocation:
            return translate.pressed(body, actor, self._clock.now())

        await self._serve(ack, body, make)

    async def submit(self, ack: Ack, body: Body) -> None:
        """A sent form."""

        async def make(actor: Actor) -> Invocation:
            return translate.submitted(body, actor, self._clock.now())

        await self._serve(ack, body, make)

    async def shortcut(self, ack: Ack, body: Body) -> None:
        """A global or message shortcut; its callback_id is the action."""
        action = str(body.get("callback_id", ""))

        async def make(actor: Actor) -> Invocation:
            args: dict[str, str] = {}
            if body.get("type") == "message_action":
                link = await self._api.read(
                    actor.workspace or "",
                    "chat.getPermalink",
                    channel=(body.get("channel") or {}).get("id"),
                    message_ts=body.get("message_ts") or (body.get("message") or {}).get("ts"),
                )
                args["link"] = str(link.get("permalink", ""))
            return translate.shortcut(body, action, args, actor, self._clock.now())

        await self._serve(ack, body, make)

    async def ignore(self, ack: Ack) -> None:
        """Acknowledge events that the bot does not use, or Slack repeats them."""
        await ack()

    async def message(self, body: Body) -> None:
        """Somebody wrote to the bot directly, or edited that: the answer is posted there, where nobody else reads."""
        said = translate.said(body)
        if said is not None and self._dispatch is not None and self._is_new(body):
            self._go_on(self._answer_message(body, said))

    async def _answer_message(self, body: Body, said: translate.Said) -> None:
        who = translate.who({**body, "event": {"user": said.user}})
        with self._speaking(who):
            replied = await self._replied(body, said, who)
            try:
                await self._post(who.team, said, replied.reply if isinstance(replied.reply, Message) else _wrong())
            except (Refused, Unknown, CannotRender) as error:
                log.warning("an answer to a message of %s did not arrive: %s", who.user, error)
                if self.lost is not None and replied.to is not None:
                    await self.lost(replied.to)

    async def _replied(self, body: Body, said: translate.Said, who: translate.Who) -> _Replied:
        if self._running.stopping or self._dispatch is None:
            return _Replied(text(platforms_words.stopping()))
        try:
            invocation = translate.written(body, said, await self._people.actor(who), self._clock.now())
        except PersonError as error:
            return _Replied(text(str(error)))
        return _Replied(await self._dispatch(invocation), to=invocation)

    async def _post(self, team: str, said: translate.Said, reply: Message) -> None:
        for part in render.parts(reply):
            given = {"channel": said.channel, "thread_ts": said.thread, "text": part.text, "blocks": part.blocks}
            await retry(partial(self._api.call, team, "chat.postMessage", **given, metadata=ANSWER), longer=True)

    async def user_change(self, body: Body) -> None:
        """Somebody's name, zone or rights have changed, or their account was deactivated or is used again."""
        user = (body.get("event") or {}).get("user")
        if isinstance(user, dict) and self._is_new(body):
            self._go_on(self._people.changed(translate.who(body).team, user))

    async def gone(self, body: Body, request: AsyncBoltRequest) -> None:
        """The workspace removed the app's access. An event that Slack repeats minutes later may be out of date."""
        event = body.get("event") or {}
        if event.get("type") == "tokens_revoked" and not (event.get("tokens") or {}).get("bot"):
            return  # a person's own token, and the app has none of these
        if not self._is_new(body):
            return
        repeated = bool(request.headers.get("x-slack-retry-num"))
        self._go_on(self._forget(translate.who(body).team, repeated=repeated))

    async def _forget(self, team: str, *, repeated: bool) -> None:
        if not (repeated and await self._still_in(team)):
            await self._workspaces.gone(team)

    async def _still_in(self, team: str) -> bool:
        try:
            await self._api.read(team, "auth.test")
        except Refused as refused:
            return refused.reason is not Reason.REVOKED
        except Unknown:
            pass
        return True

    async def home(self, body: Body) -> None:
        """The home tab was opened."""
        if (body.get("event") or {}).get("tab") == "home" and not self._running.stopping and self._is_new(body):
            self._go_on(self._open_home(body))

    # Inside

    def _is_new(self, body: Body) -> bool:
        """Whether the event comes for the first time: Slack repeats it at once, after a minute and after five."""
        identity = str(body.get("event_id"))
        if identity in self._events:
            return False
        self._events[identity] = None
        return True

    def _go_on(self, work: Coroutine[Any, Any, None]) -> None:
        """Let it go on while the request is acknowledged; a stop waits for it."""
        self._running.start(_logged(work))

    def _speaking(self, who: translate.Who) -> AbstractContextManager[None]:
        """A block in their language, as far as it is known; the dispatcher finds it out."""
        return speaking(closest(self._people.locale(who.team, who.user)))

    async def _open_home(self, body: Body) -> None:
        with self._speaking(translate.who(body)):
            await self._show_home(body)

    async def _show_home(self, body: Body) -> None:
        """Fill the home tab of whoever acted with what is so now."""
        if self._dispatch is None:
            return
        who = translate.who(body)
        actor = await self._people.actor(who)
        replies: list[Message] = []
        for action in manifest.home_actions(self._table):
            origin = Origin(f"{translate.identity(body)}:{action}", actor, None, self._clock.now())
            reply = await self._dispatch(origin.invocation("button", action, {}))
            if isinstance(reply, Message) and reply not in replies:
                replies.append(reply)
        try:
            shown = forms.home(replies, manifest.home_buttons(self._table))
            await retry(partial(self._api.call, who.team, "views.publish", user_id=who.user, view=shown), longer=True)
        except (Refused, Unknown, CannotRender) as error:
            log.warning("the home tab of %s is not shown: %s", who.user, error)

    async def _serve(self, ack: Ack, body: Body, make: Make) -> None:
        """Return once it is acknowledged; what is left goes on by itself."""
        channel = reply_channel(self._api, ack, body)
        identity = translate.identity(body)
        with self._running.work(), self._speaking(translate.who(body)):
            task, is_form = self._recent.get(identity), body.get("type") == "view_submission"
            if identity in self._recent and not is_form:
                await ack()  # the first delivery is answered, or is about to be
                return
            if task is None and (self._running.stopping or self._dispatch is None):
                stopping = text(platforms_words.stopping())
                await channel.acknowledge(stopping, refused=True)
                self._go_on(channel.say(stopping))
                return
            if task is None:
                task = self._recent[identity] = asyncio.create_task(self._reply(body, make))
            done, _ = await asyncio.wait({task}, timeout=DEFER)
            if not done:
                await channel.late()
            else:
                try:
                    await channel.acknowledge(task.result().reply)
                except CannotRender:
                    log.exception("a reply cannot be shown in Slack")
                    await channel.acknowledge(too_long())
            if not (done and is_form) or translate.changes_home(body):
                self._go_on(self._finish(channel.say if done else channel.after, body, task))

    async def _finish(self, say: Say, body: Body, task: asyncio.Task[_Replied]) -> None:
        """Whatever follows the acknowledgement."""
        replied = await asyncio.shield(task)
        try:
            try:
                await say(replied.reply, replied.again)
            except CannotRender:
                log.exception("a reply cannot be shown in Slack")
                await say(too_long())
        except (Refused, Unknown) as error:
            log.warning("an answer to %s did not arrive: %s", translate.who(body).user, error)
            if self.lost is not None and replied.to is not None:
                await self.lost(replied.to)
        finally:
            if body.get("type") != "view_submission":
                self._recent[translate.identity(body)] = None
        if translate.changes_home(body) and isinstance(replied.reply, Message):
            await self._show_home(body)

    async def _reply(self, body: Body, make: Make) -> _Replied:
        """The reply, and the button that leads to it again."""
        with self._running.work():
            try:
                who = translate.who(body)
                actor = await self._people.actor(who)
                made = await language.translated(partial(make, actor), actor, self.speak)
                if isinstance(made, Asked) or self._dispatch is None:
                    if self.speak is not None:
                        await self.speak(actor)
                    return _Replied(made if isinstance(made, Asked) else _wrong())
                reply = await self._dispatch(made)
                if isinstance(reply, Message):
                    reply = await send_files_by_dm(self._api, who, reply)
                return _Replied(reply, _again(made), made)
            except PersonError as error:
                return _Replied(text(str(error)))
            except (Refused, Unknown) as error:
                log.warning("a request of %s ended early: %s", translate.who(body).user, error)
                return _Replied(_wrong())
            except Exception:
                log.exception("a request of Slack failed: %s", body.get("type") or body.get("command"))
                return _Replied(_wrong())


async def _logged(work: Coroutine[Any, Any, None]) -> None:
    """The work, whose error nobody waits for."""
    try:
        await work
    except Exception:
        log.exception("a request of Slack failed")


def _wrong() -> Message:
    return text(platforms_words.wrong())


def _again(made: Invocation) -> Button | None:
    button = Button(platforms_words.open_form(), made.action, made.args, "primary")
    try:
        ids.arguments(button.args)
    except CannotRender:
        return None
    return button

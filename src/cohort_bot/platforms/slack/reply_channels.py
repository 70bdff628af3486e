"""How a reply reaches the person, in time or late: one class for each kind of channel that Slack offers for it."""

import asyncio
import contextlib
import contextvars
import logging
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from cohort_bot.app.errors import PersonError
from cohort_bot.app.ports.platform import Refused, Unknown
from cohort_bot.app.words import platforms as platforms_words
from cohort_bot.chat.form import FieldErrors, Reply
from cohort_bot.chat.message import Actions, Button, Message, paragraph, text
from cohort_bot.platforms.common.tasks import BackgroundTasks
from cohort_bot.platforms.slack import forms, ids, limits, render, translate
from cohort_bot.platforms.slack.api import Api, retry
from cohort_bot.platforms.slack.forms import Asked
from cohort_bot.platforms.slack.text import Json

log = logging.getLogger(__name__)

Ack = Callable[..., Awaitable[Any]]
ANSWER: Json = {"event_type": "cohort_bot_answer", "event_payload": {"answer": True}}
"""Marks the message as a reply, so the search for deliveries skips it."""


def too_long() -> Message:
    """In place of a reply that does not fit."""
    return text(platforms_words.too_long_to_show())


RESPONDED: contextvars.ContextVar[asyncio.Event | None] = contextvars.ContextVar("responded", default=None)
"""Set when the response to the present request was sent. A later answer waits for it."""


@contextlib.contextmanager
def responding(running: BackgroundTasks) -> Iterator[None]:
    """A request of Slack, from its arrival until its response is sent: a stop waits for it."""
    responded = asyncio.Event()
    token = RESPONDED.set(responded)
    try:
        with running.work():
            yield
    finally:
        responded.set()
        RESPONDED.reset(token)


@dataclass(frozen=True, slots=True)
class Request:
    """Common to all of them: the payload, bolt's acknowledgement, and the origin."""

    api: Api
    ack: Ack
    body: Mapping[str, Any]

    @property
    def team(self) -> str:
        """The workspace."""
        return translate.who(self.body).team

    @property
    def origin(self) -> ids.State:
        """Where it was done, empty when the view is not ours."""
        with contextlib.suppress(PersonError):
            return translate.origin_of(self.body)
        return ids.State()

    async def open(self, reply: Reply | Asked) -> None:
        """Show the reply as a modal; the trigger lives three seconds. Raises Refused, Unknown or CannotRender."""
        shown = forms.view(reply, self.origin)
        opening = partial(self.api.call, self.team, "views.open", trigger_id=self.body.get("trigger_id"), view=shown)
        await retry(opening, done="exchanged_trigger_id")

    async def update(self, reply: Reply | Asked) -> None:
        """Show the reply in place of the modal that the request came from. Raises Refused, Unknown or CannotRender."""
        shown = forms.view(reply, self.origin)
        view = self.body.get("view") or {}
        await retry(partial(self.api.call, self.team, "views.update", view_id=view.get("id"), view=shown), longer=True)

    async def direct(self, reply: Reply | Asked) -> None:
        """Send it as a direct message: the last resort where Slack offers nothing else."""
        words = reply if isinstance(reply, Message) else _ready(None)
        user = translate.who(self.body).user
        for part in render.parts(words):
            payload = {"channel": user, "text": part.text, "blocks": part.blocks, "metadata": ANSWER}
            await retry(partial(self.api.call, self.team, "chat.postMessage", **payload), longer=True)


class ReplyChannel(ABC):
    """One request of Slack that waits for an acknowledgement and a reply.

    `again` is the button that replaces a form when the trigger has expired.
    """

    def __init__(self, request: Request) -> None:
        self._request = request

    async def acknowledge(self, reply: Reply | Asked, *, refused: bool = False) -> None:  # noqa: ARG002 - for forms
        """Acknowledge a request that is answered in time; `say` follows. `refused`: nothing was done."""
        await self._request.ack()

    @abstractmethod
    async def say(self, reply: Reply | Asked, again: Button | None = None, /) -> None:
        """The reply, after `acknowledge`."""

    async def late(self) -> None:
        """Acknowledge without a reply, which is not ready yet."""
        await self._request.ack()

    @abstractmethod
    async def after(self, reply: Reply | Asked, again: Button | None = None, /) -> None:
        """The reply, after `late`."""

    async def refuse(self, words: str) -> None:
        """Acknowledge with the reason why nothing is done; the input of a form is kept."""
        reply = text(words)
        await self.acknowledge(reply, refused=True)
        await self.say(reply)


class ByResponse(ReplyChannel):
    """A command, a message's button or a message shortcut: private messages by response_url, forms as modals."""

    async def say(self, reply: Reply | Asked, again: Button | None = None, /) -> None:
        """Open the form or send the reply."""
        if isinstance(reply, Message):
            await self._send(reply)
            return
        try:
            await self._request.open(reply)
        except (Refused, Unknown) as error:
            log.info("no form opened: %s", error)
            await self.after(reply, again)

    async def after(self, reply: Reply | Asked, again: Button | None = None, /) -> None:
        """Send the reply; for a form a button that opens it, because the trigger has expired."""
        await self._send(reply if isinstance(reply, Message) else _ready(again))

    async def _send(self, message: Message) -> None:
        parts = render.parts(message)
        if len(parts) > limits.RESPONSES:
            parts = [render.single(message)]
        url = self._request.body.get("response_url")
        if not url:
            await self._request.direct(message)
            return
        for part in parts:
            body: Json = {
                "response_type": "ephemeral",
                "replace_original": False,
                "delete_original": False,
                "text": part.text,
                "blocks": part.blocks,
            }
            if thread := self._request.origin.thread:
                body["thread_ts"] = thread
            await retry(partial(self._request.api.respond, str(url), body), longer=True)


class BySubmit(ReplyChannel):
    """A submitted form: it is acknowledged when its change is saved; the result replaces the form."""

    def __init__(self, request: Request) -> None:
        super().__init__(request)
        self._view: Mapping[str, Any] = request.body.get("view") or {}

    async def acknowledge(self, reply: Reply | Asked, *, refused: bool = False) -> None:
        """Show the errors at the fields, or the result as a view; what refuses it at the first field, which keeps the
        form as it is.
        """
        fields = [block["block_id"] for block in self._view.get("blocks", ()) if block.get("type") == "input"]
        if refused and fields and isinstance(reply, Message):
            await self._request.ack(response_action="errors", errors={fields[0]: reply.summary})
        elif isinstance(reply, FieldErrors) and reply.errors and reply.form.fields:
            await self._request.ack(response_action="errors", errors=dict(forms.errors(reply)))
        else:
            await self._request.ack(response_action="update", view=forms.view(reply, self._request.origin))

    async def say(self, reply: Reply | Asked, again: Button | None = None, /) -> None:
        """Nothing: the acknowledgement shows it."""

    async def late(self) -> None:
        """Say that it is being saved."""
        title = (self._view.get("title") or {}).get("text") or forms.HOME_TITLE
        await self._request.ack(response_action="update", view=forms.saving(title))

    async def after(self, reply: Reply | Asked, _again: Button | None = None, /) -> None:
        """Put the result in the place of “Saving…”, or send it when the person has closed the view."""
        if responded := RESPONDED.get():
            await responded.wait()  # “Saving…” must not overwrite the result
        try:
            await self._request.update(reply)
        except (Refused, Unknown) as error:
            log.info("no view to update: %s", error)
            await self._request.direct(reply)


class ByModalButton(ReplyChannel):
    """A button inside a modal: the answer replaces the modal, and may be late."""

    async def say(self, reply: Reply | Asked, _again: Button | None = None, /) -> None:
        """Show it in place of the modal."""
        await self.after(reply)

    async def after(self, reply: Reply | Asked, _again: Button | None = None, /) -> None:
        """Show it in place of the modal."""
        await self._request.update(reply)


class ByTrigger(ReplyChannel):
    """The home tab and global shortcuts: no channel and no response_url, so the answer is a modal, late a message."""

    async def say(self, reply: Reply | Asked, again: Button | None = None, /) -> None:
        """Open it."""
        try:
            await self._request.open(reply)
        except (Refused, Unknown) as error:
            log.info("no modal opened: %s", error)
            await self.after(reply, again)

    async def after(self, reply: Reply | Asked, again: Button | None = None, /) -> None:
        """Send it directly; for a form a button that opens it."""
        await self._request.direct(reply if isinstance(reply, Message) else _ready(again))


def _ready(again: Button | None) -> Message:
    """The message in place of a form whose trigger has expired."""
    if again is None:
        return text(platforms_words.opened_late())
    words = platforms_words.form_ready()
    return Message(words, (paragraph(words), Actions((again,))))


def reply_channel(api: Api, ack: Ack, body: Mapping[str, Any]) -> ReplyChannel:
    """The reply channel that fits this request."""
    request = Request(api, ack, body)
    if body.get("type") == "view_submission":
        return BySubmit(request)
    if (body.get("view") or {}).get("type") == "modal":
        return ByModalButton(request)
    if body.get("response_url"):
        return ByResponse(request)
    return ByTrigger(request)

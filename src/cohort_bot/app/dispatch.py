"""From an invocation to its reply: find the row, run its handler, turn every failure into words.

The steps around every handler are in `Dispatcher.__call__`.
"""

import asyncio
import contextlib
import logging
import secrets
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from structlog.contextvars import bind_contextvars, reset_contextvars

from cohort_bot.app.commands import COMMAND, CommandSpec
from cohort_bot.app.errors import PersonError, Question
from cohort_bot.app.ports.database import CannotSave, Database
from cohort_bot.app.ports.watch import InvocationResult, Nobody, Watch
from cohort_bot.app.presence import Outdated, Presence, note_lost, tell
from cohort_bot.app.queries.readers import language_of
from cohort_bot.app.questions import ask
from cohort_bot.app.rate_limit import RateLimit
from cohort_bot.app.services import Services
from cohort_bot.app.words import errors as errors_words
from cohort_bot.chat.form import FieldErrors, Option, Reply
from cohort_bot.chat.i18n import answering, language
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Message, buttons, paragraph, refusal, text
from cohort_bot.chat.place import Actor, named
from cohort_bot.chat.typed import in_words
from cohort_bot.core.folding import begins
from cohort_bot.core.membership import Account

log = logging.getLogger(__name__)

WITHIN = 10.0
"""Seconds of elapsed time over which the rates are counted."""

COMMANDS = 5
"""A person may send this many commands, and write this many messages, within that time."""

PRESSES = 20
"""And press this many buttons and send this many forms: pages are turned faster than commands are typed."""

WORKSPACE_COMMANDS = 300
"""A workspace, all its people together: a thousand members who answer one announcement take half a minute."""

REMEMBERED = 10_000
"""How many people's recent commands are kept in memory."""

WORKSPACES_REMEMBERED = 1_000

AT_ONCE = 32
"""Handlers that run at the same time, so that their changes share commits; the others wait in the order in which they
came.

More would not finish any of them sooner, and would delay urgent work: a platform has to acknowledge a slow request
within the three seconds that Discord and Slack allow.
"""

SUGGESTIONS = 25


class Dispatcher:
    """Runs the handler of an invocation and returns its reply; never raises. Every platform is given it."""

    def __init__(
        self,
        services: Services,
        database: Database,
        elapsed: Callable[[], float],
        watch: Watch | None = None,
        opened: asyncio.Event | None = None,
    ) -> None:
        """`elapsed` counts seconds and is not moved with the calendar; `opened` is set once the database is open."""
        self._opened = opened
        self._services = services
        self._database = database
        self._elapsed = elapsed
        self._watch = watch or Nobody()
        self._people = {
            "command": RateLimit(COMMANDS, WITHIN, REMEMBERED),
            "button": RateLimit(PRESSES, WITHIN, REMEMBERED),
            "form": RateLimit(PRESSES, WITHIN, REMEMBERED),
            "message": RateLimit(COMMANDS, WITHIN, REMEMBERED),
        }
        self._workspaces = RateLimit(WORKSPACE_COMMANDS, WITHIN, WORKSPACES_REMEMBERED)
        self._languages: OrderedDict[tuple[str, str | None, str], str] = OrderedDict()
        """The language of people who read another one than their client says."""
        self._saved: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def __call__(self, invocation: Invocation) -> Reply:
        """The reply to what a person did."""
        invocation = _storable(invocation)
        answer = _Answer()
        with (
            self._in_their_language(invocation.actor),
            self._watched(invocation, answer),
            _errors_in_words(invocation, answer),
        ):
            row = self._admitted(invocation, answer)
            if row is None:
                return answer.reply
            async with self._turns:
                if self._opened is not None:
                    await self._opened.wait()
                presence = Presence(invocation.actor, invocation.at)
                services = self._services.bound(row.who, presence)
                try:
                    try:
                        answer.reply = await row.handler(services, invocation)
                    except Outdated:
                        await self._database.write(presence.update)
                        answer.reply = await row.handler(services, invocation)
                except Question as question:
                    answer.reply = await ask(self._services, invocation, question)
                finally:
                    await self._checked(presence)  # also after a refusal, or without use of the database
                if presence.wrote and not _asks(answer.reply):
                    self._remember(invocation, invocation.action)
                if presence.to_tell is not None:
                    answer.reply = await self._with_failures(answer.reply, presence.to_tell, invocation)
            answer.result = (
                InvocationResult.CORRECTED if isinstance(answer.reply, FieldErrors) else InvocationResult.ANSWERED
            )
        return answer.reply

    def _admitted(self, invocation: Invocation, answer: "_Answer") -> CommandSpec | None:
        """The row to run, or None with an answer that explains why."""
        row = self._services.table.get(invocation.action)
        if row is None:
            log.warning("there is no such action")
            answer.reply = text(errors_words.unknown_action(invocation.actor.platform))
            answer.result = InvocationResult.UNKNOWN
        elif self._too_many(invocation):
            answer.reply = refusal(errors_words.too_many(form=invocation.kind == "form"))
            answer.result = InvocationResult.TOO_MANY
            return None
        return row

    async def _checked(self, presence: Presence) -> None:
        """Check the presence now, if no transaction of the handler has."""
        if presence.checked:
            return
        try:
            await self._database.read(presence.check)
        except Outdated:
            await self._database.write(presence.update)

    @contextlib.contextmanager
    def _in_their_language(self, actor: Actor) -> Iterator[None]:
        """Speak the actor's language, also while the answer is shown: until the first transaction looks it up, the one
        that is remembered, or that of their client.
        """
        key, of_client = (actor.platform, actor.workspace, actor.user), language_of(None, actor)
        with answering(self._languages.get(key, of_client)):
            yield
            if (found := language()) == of_client:
                self._languages.pop(key, None)
            else:
                self._languages[key] = found
                if len(self._languages) > REMEMBERED:
                    self._languages.popitem(last=False)

    @contextlib.contextmanager
    def _watched(self, invocation: Invocation, answer: "_Answer") -> Iterator[None]:
        """Log and count how the invocation ends."""
        platform, began = invocation.actor.platform, self._elapsed()
        known = self._services.table.get(invocation.action) is not None
        action = invocation.action if known else "unknown"  # an invented action must not become a label
        bound = bind_contextvars(invocation=invocation.id, action=action, platform=platform)
        try:
            yield
            seconds = self._elapsed() - began
            log.info("answered", extra={"outcome": answer.result.value, "seconds": round(seconds, 4)})
        finally:
            reset_contextvars(**bound)
        self._watch.invoked(platform, action, answer.result, seconds)

    async def _with_failures(self, reply: Reply, account: Account, invocation: Invocation) -> Reply:
        """The reply; if it is a message, with a notice about messages to the person that failed."""
        if not isinstance(reply, Message):
            return reply
        command = self._command(account.lost or "", invocation.actor.platform)
        try:
            failures = await self._database.write(lambda store: tell(store, account, command))
        except Exception:  # the command is done and answered; the notice comes with the next one
            log.exception("account %s could not be informed that a direct message failed", account.id)
            failures = ()
        if account.lost:  # if this does not arrive either, the notice comes with the next reply
            self._remember(invocation, account.lost)
        return replace(reply, blocks=(*(reply.blocks or (paragraph(reply.summary),)), *failures)) if failures else reply

    async def speak_to(self, actor: Actor) -> None:
        """Go on in the language of somebody to whom a platform says something by itself."""
        with self._in_their_language(actor):
            try:
                if self._opened is not None:
                    await self._opened.wait()
                await self._database.read(Presence(actor).check)
            except Exception:
                log.exception("the language of a person cannot be looked up")

    async def lost(self, invocation: Invocation) -> None:
        """The reply did not arrive. If the handler saved something, the person is informed at their next command."""
        key = (invocation.actor.platform, invocation.id)
        action = self._saved.pop(key, None)
        if action is None:
            return
        try:
            await self._database.write(lambda store: note_lost(store, invocation.actor, action))
        except Exception:
            log.exception("the lost answer of %s cannot be recorded", invocation.action)

    def _remember(self, invocation: Invocation, action: str) -> None:
        """Remember which action to name if the reply does not arrive."""
        self._saved[invocation.actor.platform, invocation.id] = action
        while len(self._saved) > REMEMBERED:
            self._saved.popitem(last=False)

    def _command(self, action: str, platform: str) -> str:
        """The command to which an action belongs, as it is typed; empty where none is."""
        while action:
            row = self._services.table.get(action)
            if row is not None and (name := row.name_on(platform)):
                return in_words(f"/{name}")
            action = action.rpartition(".")[0]
        return ""

    async def complete(self, invocation: Invocation, param: str, typed: str) -> Sequence[Option]:
        """Suggestions for an option of a command, or without an option for the command itself, at most 25; none when
        anything goes wrong.
        """
        row = self._services.table.get(invocation.action)
        known = next((option for option in row.params if option.name == param), None) if row else None
        if known is None and param:
            return ()
        if known and known.choices:
            with self._in_their_language(invocation.actor):
                await self.speak_to(invocation.actor)
                return [
                    each for each in known.labelled if any(begins(said, typed) for said in (each.value, each.label))
                ]
        completer = self._services.table.completers.get(known.completer if known else COMMAND)
        if completer is None:
            return ()
        if self._opened is not None:
            await self._opened.wait()
        try:
            with self._in_their_language(invocation.actor):
                return list(await completer(self._services, invocation, typed))[:SUGGESTIONS]
        except PersonError:
            return ()  # the command itself explains what is missing
        except Exception:
            log.exception("completing %s of %s failed", param, invocation.action)
            return ()

    def _too_many(self, invocation: Invocation) -> bool:
        actor, now = invocation.actor, self._elapsed()
        if not self._people[invocation.kind].allows((actor.platform, actor.workspace, actor.user), now):
            return True
        if invocation.kind != "command":
            return False  # each follows a command or a post, and a form's input must not be lost because of others
        workspace = actor.workspace or (invocation.place.workspace if invocation.place else "")
        return bool(workspace) and not self._workspaces.allows((actor.platform, workspace), now)


def _storable(invocation: Invocation) -> Invocation:
    """The invocation of somebody with a name that can be shown, without NUL characters, which PostgreSQL keeps in no
    column: people type none, programs may.
    """
    if (actor := named(invocation.actor)) is not invocation.actor:
        invocation = replace(invocation, actor=actor)
    if "\0" not in "".join(chain((invocation.id,), invocation.args.values(), *invocation.fields.values())):
        return invocation
    args = {key: value.replace("\0", "") for key, value in invocation.args.items()}
    fields = {key: tuple(each.replace("\0", "") for each in values) for key, values in invocation.fields.items()}
    return replace(invocation, id=invocation.id.replace("\0", ""), args=args, fields=fields)


@dataclass(slots=True)
class _Answer:
    """The reply to an invocation and how it ended; both change while it is handled."""

    reply: Reply = field(default_factory=lambda: text(""))
    result: InvocationResult = InvocationResult.FAILED


@contextlib.contextmanager
def _errors_in_words(invocation: Invocation, answer: _Answer) -> Iterator[None]:
    """Turn what was raised into a reply. An unexpected error is logged with a reference that the reply names."""
    try:
        yield
    except PersonError as error:
        answer.reply, answer.result = refusal(str(error)), InvocationResult.REFUSED
    except CannotSave as error:
        log.error("action %s was not carried out: %s", invocation.action, error)  # noqa: TRY400 - not a bug of ours
        answer.reply = refusal(errors_words.cannot_save())
    except Exception:
        reference = secrets.token_hex(4)
        log.exception("action %s failed, reference %s", invocation.action, reference)
        answer.reply = refusal(errors_words.failed(reference))


def _asks(reply: Reply) -> bool:
    """Whether the reply is a preview: nothing is done before one of its buttons is pressed."""
    return isinstance(reply, Message) and any("draft" in button.args for button in buttons(reply))

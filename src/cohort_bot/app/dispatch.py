"""From an invocation to its reply: find the row, run its handler, turn every failure into words."""

import asyncio
import logging
import secrets
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace

from structlog.contextvars import bound_contextvars

from cohort_bot.app.errors import PersonError
from cohort_bot.app.ports.database import CannotSave
from cohort_bot.app.ports.watch import InvocationResult, Nobody, Watch
from cohort_bot.app.presence import Attended, told
from cohort_bot.app.presence import lost as note_lost
from cohort_bot.app.questions import run
from cohort_bot.app.rate_limit import RateLimit
from cohort_bot.app.services import Services
from cohort_bot.app.words import errors
from cohort_bot.chat.form import FieldErrors, Option, Reply
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Actions, Message, text
from cohort_bot.chat.place import named

log = logging.getLogger(__name__)

WITHIN = 10.0
"""Seconds of elapsed time for the rates."""

COMMANDS = 5
"""A person may send this many commands within that time."""

PRESSES = 20
"""And press this many buttons and send this many forms: pages are turned faster than commands are typed."""

WORKSPACE_COMMANDS = 300
"""A workspace, all its people together: a thousand members who answer one announcement take half a minute."""

REMEMBERED = 10_000
"""How many people's recent commands are kept in memory."""

WORKSPACES_REMEMBERED = 1_000

AT_ONCE = 16
"""Handlers that run at the same time; the others wait in the order in which they came.

More would not make any of them ready sooner, and what must not wait behind them all would: a platform acknowledges
what takes long within the three seconds that Discord and Slack give.
"""

SUGGESTIONS = 25


class Dispatcher:
    """Given to every platform: takes an invocation, returns the reply, never raises."""

    def __init__(self, services: Services, elapsed: Callable[[], float], watch: Watch | None = None) -> None:
        self._services = services
        self._elapsed = elapsed
        self._watch = watch or Nobody()
        self._people = {
            "command": RateLimit(COMMANDS, WITHIN, REMEMBERED),
            "button": RateLimit(PRESSES, WITHIN, REMEMBERED),
            "form": RateLimit(PRESSES, WITHIN, REMEMBERED),
        }
        self._workspaces = RateLimit(WORKSPACE_COMMANDS, WITHIN, WORKSPACES_REMEMBERED)
        self._saved: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def __call__(self, invocation: Invocation) -> Reply:
        """The reply to what a person did."""
        invocation = replace(invocation, actor=named(invocation.actor))
        platform, began = invocation.actor.platform, self._elapsed()
        known = self._services.table.get(invocation.action) is not None
        action = invocation.action if known else "unknown"  # what somebody made up is nobody's label
        with bound_contextvars(invocation=invocation.id, action=action, platform=platform):
            reply, outcome = await self._answer(invocation)
            seconds = self._elapsed() - began
            log.info("answered", extra={"outcome": outcome.value, "seconds": round(seconds, 4)})
        self._watch.invoked(platform, action, outcome, seconds)
        return reply

    async def _answer(self, invocation: Invocation) -> tuple[Reply, InvocationResult]:
        row = self._services.table.get(invocation.action)
        if row is None:
            log.warning("there is no such action")
            return text(errors.unknown_action(invocation.actor.platform)), InvocationResult.UNKNOWN
        if self._too_many(invocation):
            return text(errors.too_many(form=invocation.kind == "form")), InvocationResult.TOO_MANY
        try:
            async with self._turns:
                here = Attended(self._services.database, invocation.actor, invocation.at)
                try:
                    reply = await run(replace(self._services, database=here), row, invocation)
                finally:  # also who is refused is here
                    unreached = await here.unreached()
                if here.wrote and not _asks(reply):
                    self._remember(invocation, invocation.action)
                if unreached is not None and isinstance(reply, Message):
                    command = self._command(unreached.lost or "", invocation.actor.platform)
                    reply = await told(self._services.database, unreached, reply, command)
                    if unreached.lost:  # if this does not arrive either, it is told the next time
                        self._remember(invocation, unreached.lost)
        except PersonError as error:
            return text(str(error)), InvocationResult.REFUSED
        except CannotSave as error:
            log.error("action %s was not carried out: %s", invocation.action, error)  # noqa: TRY400 - no fault of ours
            return text(errors.cannot_save()), InvocationResult.FAILED
        except Exception:
            reference = secrets.token_hex(4)
            log.exception("action %s failed, reference %s", invocation.action, reference)
            return text(errors.failed(reference)), InvocationResult.FAILED
        return reply, InvocationResult.CORRECTED if isinstance(reply, FieldErrors) else InvocationResult.ANSWERED

    async def lost(self, invocation: Invocation) -> None:
        """The reply to it did not arrive. That it is saved, if it is, the person hears at their next command."""
        key = (invocation.actor.platform, invocation.id)
        action = self._saved.pop(key, None)
        if action is None:
            return
        try:
            await self._services.database.write(lambda store: note_lost(store, invocation.actor, action))
        except Exception:
            log.exception("that an answer of %s did not arrive cannot be noted", invocation.action)

    def _remember(self, invocation: Invocation, action: str) -> None:
        """What is to be told if the reply does not arrive."""
        self._saved[invocation.actor.platform, invocation.id] = action
        while len(self._saved) > REMEMBERED:
            self._saved.popitem(last=False)

    def _command(self, action: str, platform: str) -> str:
        """The command to which an action belongs, as it is typed; empty where none is."""
        while action:
            row = self._services.table.get(action)
            if row is not None and (name := row.name_on(platform)):
                return f"/{name}"
            action = action.rpartition(".")[0]
        return ""

    async def complete(self, invocation: Invocation, param: str, typed: str) -> Sequence[Option]:
        """Suggestions for an option of a command, at most 25; none when anything goes wrong."""
        row = self._services.table.get(invocation.action)
        known = next((each for each in row.params if each.name == param), None) if row else None
        if known is None:
            return ()
        if known.choices:
            return [option for option in known.choices if option.value.startswith(typed.lower())]
        completer = self._services.table.completers.get(known.completer)
        if completer is None:
            return ()
        try:
            return list(await completer(self._services, invocation, typed))[:SUGGESTIONS]
        except PersonError:
            return ()  # whoever may not see it, or has nothing here yet, is told so when the command is sent
        except Exception:
            log.exception("completing %s of %s failed", param, invocation.action)
            return ()

    def _too_many(self, invocation: Invocation) -> bool:
        actor, now = invocation.actor, self._elapsed()
        if not self._people[invocation.kind].allows((actor.platform, actor.workspace, actor.user), now):
            return True
        if invocation.kind != "command":
            return False  # each follows a command or a post, and what somebody wrote is not lost for others' sake
        workspace = actor.workspace or (invocation.place.workspace if invocation.place else "")
        return bool(workspace) and not self._workspaces.allows((actor.platform, workspace), now)


def _asks(reply: Reply) -> bool:
    """Whether it is a preview, which has to be agreed to before anything is done."""
    blocks = reply.blocks if isinstance(reply, Message) else ()
    buttons = [button for block in blocks if isinstance(block, Actions) for button in block.buttons]
    return any("draft" in button.args for button in buttons)

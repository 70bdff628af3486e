"""From an invocation to its reply: find the row, run its handler, turn every failure into words."""

import asyncio
import logging
import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace

from structlog.contextvars import bound_contextvars

from cohort_bot.app.asking import run
from cohort_bot.app.errors import PersonError
from cohort_bot.app.ports import CannotSave
from cohort_bot.app.presence import Attended, told
from cohort_bot.app.rates import Rate
from cohort_bot.app.services import Services
from cohort_bot.app.views import refusals
from cohort_bot.app.watching import Nobody, Outcome, Watch
from cohort_bot.chat.form import FieldErrors, Option, Reply
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Message, text
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
            "command": Rate(COMMANDS, WITHIN, REMEMBERED),
            "button": Rate(PRESSES, WITHIN, REMEMBERED),
            "form": Rate(PRESSES, WITHIN, REMEMBERED),
        }
        self._workspaces = Rate(WORKSPACE_COMMANDS, WITHIN, WORKSPACES_REMEMBERED)
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

    async def _answer(self, invocation: Invocation) -> tuple[Reply, Outcome]:
        row = self._services.table.get(invocation.action)
        if row is None:
            log.warning("there is no such action")
            return text(refusals.unknown_action(invocation.actor.platform)), Outcome.UNKNOWN
        if self._too_many(invocation):
            return text(refusals.too_many(form=invocation.kind == "form")), Outcome.TOO_MANY
        try:
            async with self._turns:
                here = Attended(self._services.database, invocation.actor, invocation.at)
                try:
                    reply = await run(replace(self._services, database=here), row, invocation)
                finally:  # also who is refused is here
                    unreached = await here.unreached()
                if unreached is not None and isinstance(reply, Message):
                    reply = await told(self._services.database, unreached, reply)
        except PersonError as error:
            return text(str(error)), Outcome.REFUSED
        except CannotSave as error:
            log.error("action %s was not carried out: %s", invocation.action, error)  # noqa: TRY400 - no fault of ours
            return text(refusals.CANNOT_SAVE), Outcome.FAILED
        except Exception:
            reference = secrets.token_hex(4)
            log.exception("action %s failed, reference %s", invocation.action, reference)
            return text(refusals.failed(reference)), Outcome.FAILED
        return reply, Outcome.CORRECTED if isinstance(reply, FieldErrors) else Outcome.ANSWERED

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

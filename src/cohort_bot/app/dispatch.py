"""From an invocation to its reply: find the row, run its handler, turn every failure into words."""

import logging
import secrets
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence

from cohort_bot.app.commands import typed
from cohort_bot.app.errors import PersonError
from cohort_bot.app.services import Services
from cohort_bot.chat.form import Option, Reply
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import text

log = logging.getLogger(__name__)

COMMANDS = 5
WITHIN = 10.0
"""A person may send this many commands within so many seconds of elapsed time."""

REMEMBERED = 10_000
"""How many people's recent commands are kept in memory; the longest silent are forgotten first."""

SUGGESTIONS = 25


class Dispatcher:
    """Given to every platform: takes an invocation, returns the reply, never raises."""

    def __init__(self, services: Services, elapsed: Callable[[], float]) -> None:
        self._services = services
        self._elapsed = elapsed
        self._recent: OrderedDict[tuple[str, str | None, str], deque[float]] = OrderedDict()

    async def __call__(self, invocation: Invocation) -> Reply:
        """The reply to what a person did."""
        row = self._services.table.get(invocation.action)
        if row is None:
            log.warning("no row for action %s from %s", invocation.action, invocation.actor.platform)
            return text(f"I no longer know that one. {typed('help', invocation.actor.platform)} shows what I can do.")
        if invocation.kind == "command" and self._too_many(invocation):
            return text("One moment, please: that was a lot at once. Try again in ten seconds; nothing was lost.")
        try:
            return await row.handler(self._services, invocation)
        except PersonError as error:
            return text(str(error))
        except Exception:
            reference = secrets.token_hex(4)
            log.exception("action %s failed, reference %s", invocation.action, reference)
            return text(
                "Sorry, that went wrong on my side and nothing was changed. Please try again; if it stays, give a "
                f"moderator this reference: {reference}."
            )

    async def complete(self, invocation: Invocation, param: str, typed: str) -> Sequence[Option]:
        """Suggestions for an option of a command, at most 25; none when anything goes wrong."""
        row = self._services.table.get(invocation.action)
        known = next((each for each in row.params if each.name == param), None) if row else None
        if known is None:
            return ()
        if known.choices:
            return [option for option in known.choices if option.value.startswith(typed.lower())]
        completer = self._services.table.completers.get(known.kind)
        if completer is None:
            return ()
        try:
            return list(await completer(self._services, invocation, typed))[:SUGGESTIONS]
        except Exception:
            log.exception("completing %s of %s failed", param, invocation.action)
            return ()

    def _too_many(self, invocation: Invocation) -> bool:
        actor = invocation.actor
        key = (actor.platform, actor.workspace, actor.user)
        times = self._recent.setdefault(key, deque(maxlen=COMMANDS))
        self._recent.move_to_end(key)
        while len(self._recent) > REMEMBERED:
            self._recent.popitem(last=False)
        now = self._elapsed()
        if len(times) == COMMANDS and now - times[0] < WITHIN:
            return True
        times.append(now)
        return False

"""One attempt at a delivery: post it, or find out whether it was posted already, open its thread, classify a failure.

The courier decides which delivery comes when, and writes the outcomes to the ledger.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Final

from structlog.contextvars import bind_contextvars

from cohort_bot.app.delivery.events import Events
from cohort_bot.app.delivery.kinds import KINDS
from cohort_bot.app.delivery.lookups import LookUps
from cohort_bot.app.delivery.mark_checks import MarkChecks
from cohort_bot.app.delivery.outcome import Outcome
from cohort_bot.app.delivery.pacing import Pacing
from cohort_bot.app.delivery.parcel import Parcel
from cohort_bot.app.delivery.parking import park, use_the_room
from cohort_bot.app.delivery.threads import NoThreadYet, Threads
from cohort_bot.app.delivery.unreachable import Unreachable
from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.database import Database
from cohort_bot.app.ports.platform import ChatPlatform, Reason, Refused, Unknown
from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.app.ports.store import Delivery, DeliveryResult
from cohort_bot.app.ports.watch import Attempt
from cohort_bot.app.words import week as week_words
from cohort_bot.chat import codec
from cohort_bot.chat.i18n import speaking
from cohort_bot.chat.message import Message
from cohort_bot.chat.place import Ref
from cohort_bot.core.delivery_states import State

log = logging.getLogger(__name__)

MAX_ATTEMPTS: Final = 20
"""After this many unexpected errors a delivery is parked."""


class Sender:
    """Makes attempts; remembers the progress of each look-up and how often each thread has failed."""

    def __init__(
        self,
        database: Database,
        platforms: Mapping[str, ChatPlatform],
        clock: Clock,
        pacing: Pacing,
        permit: Callable[[Parcel], Awaitable[DeliveryReason | None]],
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        """`permit` waits until the rate limit allows another message; it returns why the parcel must not be sent after
        all, or None. `wake` is called when posts that were held may be looked up again.
        """
        self._database = database
        self._platforms = platforms
        self._clock = clock
        self._pacing = pacing
        self._permit = permit
        self._threads = Threads(platforms, pacing)
        self._events = Events(database, platforms, pacing)
        self._unreachable = Unreachable(database, platforms, clock, pacing)
        self.lookups = LookUps(clock)
        self.marks = MarkChecks(database, platforms, clock, pacing, wake)

    async def attempt(self, parcel: Parcel) -> Outcome:
        """Post a parcel whose row is `sending`, or look for one whose row is `unknown`. Never raises an error."""
        delivery = parcel.delivery
        bind_contextvars(delivery=delivery.id, kind=delivery.what.kind, platform=delivery.what.platform)
        try:
            return await (self._look_up(parcel) if delivery.state is State.UNKNOWN else self._send(parcel))
        except Exception:  # no error with one row may stop the others
            log.exception("delivery %s failed unexpectedly", delivery.id)
        if delivery.attempts >= MAX_ATTEMPTS:
            with contextlib.suppress(Exception):  # the database itself may be failing; then it is tried again
                refused = Refused(Reason.INVALID, "an unexpected error, again and again")
                return replace(await self._refused(delivery, refused), wait=None)
        result = DeliveryResult(delivery, State.UNKNOWN, DeliveryReason.ERROR)
        return Outcome(delivery.lane, result, Attempt.FAILED, wait=None)

    async def _send(self, parcel: Parcel) -> Outcome:
        delivery = parcel.delivery
        if reason := await self._permit(parcel):
            return Outcome(delivery.lane, DeliveryResult(delivery, State.READY, reason))
        message = parcel.message or codec.loads(delivery.payload or "")
        with speaking(message.language):  # the platform, too
            return await self._post(parcel, message)

    async def _post(self, parcel: Parcel, message: Message) -> Outcome:
        delivery = parcel.delivery
        platform = self._platforms[delivery.what.platform]
        started, again = self._clock.elapsed(), self.lookups.again(delivery)
        try:
            async with asyncio.timeout(self._pacing.lease):
                place = await parcel.place(platform)
                ref = await platform.send(place, message, delivery.mark, again)
        except Refused as refused:
            self.lookups.refused(delivery, again)
            if refused.reason is Reason.ROOM_GONE and (room := parcel.without_thread()):
                return await self._send(room)
            return await self._refused(delivery, refused)
        except (Unknown, TimeoutError) as error:
            self.lookups.uncertain(delivery, started)
            result = DeliveryResult(delivery, State.UNKNOWN, DeliveryReason.NO_ANSWER, detail=str(error) or None)
            return Outcome(delivery.lane, result, Attempt.UNCERTAIN, answered=False, wait=self._pacing.settle)
        self.marks.posted(delivery, ref)
        return await self._sent(delivery, ref, message.summary)

    async def _look_up(self, parcel: Parcel) -> Outcome:
        """Find out whether an uncertain message was posted; its row becomes `ready` only when it certainly was not."""
        delivery = parcel.delivery
        platform = self._platforms[delivery.what.platform]
        search = self.lookups.search(delivery)
        pages_before = search.pages
        try:
            async with asyncio.timeout(self._pacing.lease):
                place = await parcel.place(platform)
                ref = await platform.find(place, search)
                if ref is None and not search.blind:
                    await self.marks.assure(delivery, place)
        except Refused as refused:
            if refused.reason is Reason.ROOM_GONE and (room := parcel.without_thread()):
                return await self._look_up(room)
            if not parcel.left or refused.reason.passing:
                return await self._refused(delivery, refused, ambiguous=True)
            ref = None  # the room has moved, and the channel where it may be cannot be read
        except (Unknown, TimeoutError):
            lane = await self.lookups.let_pass(delivery, self._database)
            going = search.pages > pages_before  # there is much to read, and the next attempt continues from here
            return Outcome(lane, answered=None if going else False, wait=0.0 if going else None)
        if ref is None:
            return Outcome(delivery.lane, DeliveryResult(delivery, State.READY), answered=True)
        await self.marks.found(delivery, ref)
        # A row that was found after a restore may have no payload; then its thread exists.
        title = codec.loads(delivery.payload).summary if delivery.payload else week_words.untitled()
        return await self._sent(delivery, ref, title)

    async def _sent(self, delivery: Delivery, ref: Ref, title: str) -> Outcome:
        thread = ref.place.thread
        if KINDS[delivery.what.kind].opens_thread:
            try:
                thread = await self._threads.open(delivery, ref, title)
            except NoThreadYet as error:  # the next look-up finds the message, and then the thread is tried again
                result = DeliveryResult(delivery, State.UNKNOWN, DeliveryReason.NO_THREAD)
                return Outcome(delivery.lane, result, answered=True, wait=error.retry_after)
        if KINDS[delivery.what.kind].event:
            await self._events.update(delivery, ref)
        self._threads.forget(delivery)
        self.lookups.forget(delivery)
        result = DeliveryResult(delivery, State.SENT, None, ref.message_id, ref.place.channel, thread)
        gap = self._platforms[delivery.what.platform].pace.channel_gap
        return Outcome(delivery.lane, result, Attempt.SENT, answered=True, wait=gap, recovered=True)

    async def _refused(self, delivery: Delivery, refused: Refused, *, ambiguous: bool = False) -> Outcome:
        """Retry temporary refusals later; park the rest. `ambiguous`: an earlier attempt may have posted it."""
        verdict = await self._unreachable.judge(delivery, refused)
        if verdict is None or not verdict.reason.passing:
            self.lookups.forget(delivery)
            if verdict is not None and _in_the_room_instead(delivery, verdict, ambiguous=ambiguous):
                await use_the_room(self._database, delivery, verdict, self._clock.now())
            elif verdict is not None:  # no alert for somebody who cannot be reached directly
                await park(self._database, delivery, verdict, self._clock.now())
            return Outcome(delivery.lane, None, Attempt.PARKED, answered=True)
        answered = False if verdict.retry_after is None else None
        if ambiguous:
            lane = await self.lookups.let_pass(delivery, self._database)
            return Outcome(lane, None, Attempt.RETRIED, answered, verdict.retry_after)
        reason = DeliveryReason[verdict.reason.name]
        result = DeliveryResult(delivery, State.READY, reason, detail=verdict.detail or None)
        return Outcome(delivery.lane, result, Attempt.RETRIED, answered, verdict.retry_after)


def _in_the_room_instead(delivery: Delivery, refused: Refused, *, ambiguous: bool) -> bool:
    """Whether a conversation is refused for good, and certainly has no message of ours."""
    return KINDS[delivery.what.kind].apart and refused.reason is not Reason.REVOKED and not ambiguous

"""Checks that the marks of our posts can be seen again, so that "not found" means "not posted".

Now and then a post that was just sent is read back by the look-up that also decides about uncertain ones. And before an
uncertain post counts as not posted, one that certainly was is looked for in the same place. If that is there and is not
found, uncertain posts of the place are parked instead of being sent again, until marks are seen once more.

What cannot be seen is stored, because it has to outlive a restart and be known to every process. When a place was last
checked is not: after a restart its next post is read back.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from cohort_bot.app.delivery.kinds import KINDS
from cohort_bot.app.delivery.lookups import MARGIN, UNDATED
from cohort_bot.app.delivery.pacing import Pacing
from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.database import Database
from cohort_bot.app.ports.marks import SentMark, UnseenMark
from cohort_bot.app.ports.platform import ChatPlatform, Reason, Refused, Search, SeesDeletions, Unknown
from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.app.ports.store import Delivery, Store
from cohort_bot.chat.place import Place, Ref
from cohort_bot.core import marks

log = logging.getLogger(__name__)

AT_ONCE: Final = 5
"""The most posts that are read back on a platform in one look."""

KNOWN: Final = 3
"""The most posts that are looked for before an uncertain one counts as not posted: somebody may have deleted one."""

APART: Final = tuple(name for name, kind in KINDS.items() if kind.apart)
"""The kinds of posts that go to a conversation of a few people."""

REMEMBERED: Final = 10_000
"""The most spots about which anything is kept in memory."""


@dataclass(frozen=True, slots=True)
class _Post:
    """A post that this process has sent, and when: the elapsed second, and the instant."""

    delivery_id: int
    mark: str
    ref: Ref
    elapsed: float
    at: datetime


class MarkChecks:
    """Call `posted` for each post that was sent, `assure` before one counts as not posted, and `look` about once a
    minute.
    """

    def __init__(
        self,
        database: Database,
        platforms: Mapping[str, ChatPlatform],
        clock: Clock,
        pacing: Pacing,
        wake: Callable[[], None],
    ) -> None:
        """`wake` is called when posts that were held may be looked up again."""
        self._database = database
        self._platforms = platforms
        self._clock = clock
        self._pacing = pacing
        self._wake = wake
        self._newest: OrderedDict[str, _Post] = OrderedDict()
        self._waiting: dict[str, None] = {}  # the spots whose newest post will be read back, longest waiting first
        self._checked: OrderedDict[str, float] = OrderedDict()
        self._seen: OrderedDict[str, float] = OrderedDict()
        self._later: dict[str, tuple[float, float]] = {}  # when an unseen spot is checked next, and the wait after that

    def posted(self, delivery: Delivery, ref: Ref) -> None:
        """A post was sent: it will be read back if its spot is due for that."""
        spot, now = _spot(delivery, ref.place), self._clock.elapsed()
        self._newest[spot] = _Post(delivery.id, delivery.mark, ref, now, self._clock.now())
        if spot in self._later or marks.is_due(self._checked.get(spot), now):
            self._waiting[spot] = None
        while len(self._newest) > REMEMBERED:
            self._waiting.pop(self._newest.popitem(last=False)[0], None)

    async def found(self, delivery: Delivery, ref: Ref) -> None:
        """A look-up has found a post, so marks are seen there."""
        spot = _spot(delivery, ref.place)
        self._note_seen(spot)
        if await self._database.read(lambda store: store.marks.unseen(spot)):
            await self._show(spot)

    async def assure(self, delivery: Delivery, place: Place) -> None:
        """Return if a post that is not found in the place was certainly not posted.

        Raises Refused where our posts cannot be seen; Refused and Unknown when that is not known yet.
        """
        spot, now = _spot(delivery, place), self._clock.elapsed()
        if spot not in self._later and now - self._seen.get(spot, -marks.FRESH) < marks.FRESH:
            return

        def read(store: Store) -> tuple[list[SentMark], list[UnseenMark]]:
            sent = store.marks.sent(delivery.what.cohort_id, place, APART, KNOWN)
            return [*sent], [*store.marks.unseen(spot)]

        known, unseen = await self._database.read(read)
        for each in unseen:
            if not await self._is_over(each):
                raise _held()
        newest = self._newest.get(spot)
        for post in known:
            if newest is not None and newest.delivery_id == post.delivery_id:
                seen = await self._finds(newest.ref, self._search(newest, post.ref.message_id if post.ref else ""))
            else:  # how old it is, is known by the calendar alone, which may have been wrong
                seen = await self._sees(post, UNDATED)
            if seen:
                self._note_seen(spot)
                return
            if seen is False:
                await self._hide(spot, post.delivery_id, place)
                raise _held()

    async def look(self) -> None:
        """Read back some posts that were sent lately, and check the places in which marks could not be seen."""
        now = self._clock.elapsed()
        unseen = {each.spot: each for each in await self._database.read(lambda store: store.marks.unseen())}
        self._later = {spot: self._later.get(spot, (now + marks.AGAIN, marks.AGAIN)) for spot in unseen}
        for name in self._platforms:
            mine = [spot for spot in self._waiting if self._newest[spot].ref.place.platform == name]
            for spot in mine[:AT_ONCE]:
                if not await self._read_back(spot, self._newest[spot]):
                    break  # the platform is busy or away: the others stay for the next look
        for spot, (due, wait) in list(self._later.items()):
            if due <= now and spot in unseen:
                self._later[spot] = (now + (again := marks.next_wait(wait)), again)
                try:
                    await self._is_over(unseen[spot])
                except (Refused, Unknown):
                    continue

    def _search(self, post: _Post, newest: str = "") -> Search:
        """As wide as that for an uncertain message that was sent when this one was."""
        # The calendar may have been moved; elapsed time stands still while a machine sleeps.
        age = max(timedelta(seconds=self._clock.elapsed() - post.elapsed), self._clock.now() - post.at)
        return Search(post.mark, age + MARGIN, newest=newest)

    async def _read_back(self, spot: str, post: _Post) -> bool:
        """Check one post; returns False when the platform gave no answer."""
        try:
            seen = await self._finds(post.ref, self._search(post))
        except (Refused, Unknown):
            return False
        if self._newest.get(spot) is post:
            self._waiting.pop(spot, None)
        self._checked[spot] = self._clock.elapsed()
        _bound(self._checked)
        if seen:
            self._note_seen(spot)
            if spot in self._later:
                await self._show(spot)
        elif seen is False:
            await self._hide(spot, post.delivery_id, post.ref.place)
        return True

    async def _is_over(self, unseen: UnseenMark) -> bool:
        """Whether the post that could not be seen is seen, or gone, by now. Raises Refused and Unknown."""
        if await self._sees(unseen.post, MARGIN) is False:
            return False
        await self._show(unseen.spot)
        return True

    async def _sees(self, post: SentMark, margin: timedelta) -> bool | None:
        """Whether a post of some time ago is found, in one page; None as in `_finds`."""
        if post.ref is None or post.ref.place.platform not in self._platforms:
            return None
        age = max(self._clock.now() - post.at, timedelta())
        return await self._finds(post.ref, Search(post.mark, age + margin, newest=post.ref.message_id))

    async def _finds(self, ref: Ref, search: Search) -> bool | None:
        """Whether the look-up finds the post; None if that shows nothing, because somebody has deleted it, or the
        channel is gone. Raises Unknown, and Refused for what passes.
        """
        platform = self._platforms[ref.place.platform]
        try:
            async with asyncio.timeout(self._pacing.lease):
                if await platform.find(ref.place, search) is not None:
                    return True
                gone = isinstance(platform, SeesDeletions) and await platform.deleted(ref)
        except TimeoutError as error:
            raise Unknown("no answer") from error
        except Refused as refused:
            if refused.reason.passing:
                raise
            return False if refused.reason is Reason.NOT_ALLOWED else None
        return None if gone or search.blind else False

    def _note_seen(self, spot: str) -> None:
        self._seen[spot] = self._clock.elapsed()
        _bound(self._seen)

    async def _hide(self, spot: str, delivery_id: int, place: Place) -> None:
        now, at = self._clock.elapsed(), self._clock.now()
        self._seen.pop(spot, None)
        self._later.setdefault(spot, (now + marks.AGAIN, marks.AGAIN))
        if await self._database.write(lambda store: store.marks.hide(spot, delivery_id, place, at)):
            log.warning("delivery %s is there and can't be found by its mark: uncertain posts are held", delivery_id)

    async def _show(self, spot: str) -> None:
        """Marks are seen: what was held on the platform is looked up again."""
        self._later.pop(spot, None)
        platform, at = spot.partition(":")[0], self._clock.now()
        held = await self._database.write(partial(_free, spot=spot, platform=platform, at=at))
        log.info("posts can be found by their marks again; %s were held", held)
        self._wake()


def _free(store: Store, spot: str, platform: str, at: datetime) -> int:
    store.marks.show(spot)
    return store.deliveries.rearm_parked_for(platform, DeliveryReason.UNSEEN, at)


def _held() -> Refused:
    return Refused(Reason.UNSEEN, "our posts are there and can't be found by their marks")


def _spot(delivery: Delivery, place: Place) -> str:
    what = delivery.what
    direct = what.account_id is not None and place.channel != what.args.get("channel")
    return marks.spot(place.platform, place.workspace, place.channel, thread=place.thread is not None, direct=direct)


def _bound(remembered: OrderedDict[str, Any]) -> None:
    while len(remembered) > REMEMBERED:
        remembered.popitem(last=False)

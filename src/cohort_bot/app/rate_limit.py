"""Rate limits for one person or one workspace."""

from collections import OrderedDict, deque
from collections.abc import Hashable


class RateLimit:
    """At most `most` within any `within` seconds of elapsed time, for each key.

    `remembered` bounds the memory: the keys that were silent longest are forgotten first.
    """

    def __init__(self, most: int, within: float, remembered: int) -> None:
        self._most = most
        self._within = within
        self._remembered = remembered
        self._recent: OrderedDict[Hashable, deque[float]] = OrderedDict()

    def allows(self, key: Hashable, now: float) -> bool:
        """Whether one more is allowed at `now` seconds; if so, it is counted."""
        times = self._recent.setdefault(key, deque(maxlen=self._most))
        self._recent.move_to_end(key)
        while len(self._recent) > self._remembered:
            self._recent.popitem(last=False)
        if len(times) == self._most and now - times[0] < self._within:
            return False
        times.append(now)
        return True

"""What time it is for a platform's servers: what they post is stamped by their clock, which need not be ours."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from cohort_bot.app.ports import Clock


class ServerClock:
    """Told of each answer's `Date`; goes on from there in elapsed time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._heard: tuple[datetime, float] | None = None

    def heard(self, date: str | None) -> None:
        """The `Date` header of an answer that has just come, if it has one."""
        try:
            said = parsedate_to_datetime(date).astimezone(UTC) if date else None
        except ValueError:
            said = None
        if said is not None:
            self._heard = said, self._clock.elapsed()

    def now(self) -> datetime:
        """Aware UTC: their time or ours, whichever is earlier. Who counts back from it looks at more rather than less,
        whoever's clock is wrong.
        """
        ours = self._clock.now()
        if self._heard is None:
            return ours
        said, at = self._heard
        return min(ours, said + timedelta(seconds=self._clock.elapsed() - at))

"""`cohort-bot` with leases and waits of a second, not half a minute: python -m tests.harness.short_timeouts run …"""

from datetime import timedelta
from functools import partial

from cohort_bot.app.delivery import courier, engine_source
from cohort_bot.app.delivery.pacing import Pacing
from cohort_bot.app.features import join
from cohort_bot.cli import main
from cohort_bot.storage import jobs

TOGETHER = 3
"""Seconds in which those who join are greeted together."""

if __name__ == "__main__":
    jobs.Beat = partial(jobs.Beat, heartbeat=0.5, stalled=3.0, look=0.5, poll=0.3, again=1)  # type: ignore[misc,assignment]
    engine_source.SILENCE = 1.5  # type: ignore[misc]
    join.TOGETHER = timedelta(seconds=TOGETHER)
    quick = partial(Pacing, lease=2.0, settle=0.5, first_wait=0.05, longest_wait=0.5)
    courier.Pacing = quick  # type: ignore[assignment,attr-defined]
    main()

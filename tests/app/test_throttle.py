"""A rate holds for every second, also for the one after the process has stood still."""

import asyncio
import time

from cohort_bot.app.delivery.pacing import BURST, Pacing
from cohort_bot.app.delivery.throttle import Throttle
from cohort_bot.app.ports.platform import Pace
from cohort_bot.clocks import SystemClock
from tests.fakes.memory import MemoryPlatform

RATE = 200
STILL = 0.25
"""Seconds of elapsed time in which nothing runs."""


async def test_after_the_process_has_stood_still_no_more_goes_out_than_ever() -> None:
    chat, clock = MemoryPlatform(SystemClock().now), SystemClock()
    chat.pace = Pace(per_second=RATE, shared=True)
    throttle = Throttle([chat.name], clock, Pacing())
    times: list[float] = []

    async def send() -> None:
        await throttle.turn(chat, "w")
        times.append(clock.elapsed())

    sending = [asyncio.create_task(send()) for _ in range(120)]
    await asyncio.sleep(0.1)
    time.sleep(STILL)  # noqa: ASYNC251 - this is the standing still
    await asyncio.gather(*sending)
    most = max(sum(at <= other < at + STILL for other in times) for at in times)
    assert most <= RATE * (STILL + 2 * BURST) + 1, most

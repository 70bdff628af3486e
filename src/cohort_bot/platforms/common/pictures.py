"""SVG to PNG, for platforms that show no SVG.

The library holds Python's lock while it draws, so a thread would stop the event loop as well: it draws in a process of
its own, which ends with the picture. So this one neither loads it nor grows, and a picture that takes too long, or that
cannot be drawn on this machine, is left out: what it shows is also said in words.
"""

import asyncio
import logging
import subprocess
import sys
from collections.abc import Mapping
from hashlib import sha256
from importlib.util import find_spec
from typing import Final

from cohort_bot.app.pictures.chat import FONTS
from cohort_bot.chat.message import Message, Picture
from cohort_bot.platforms.common.bounded import BoundedDict

log = logging.getLogger(__name__)

LIBRARY: Final = "resvg_py"
TWICE: Final = 2
"""Pixels for each CSS pixel: sharp on a phone, and when it is opened."""

SECONDS: Final = 4.0
"""For all pictures of a message; an answer is shown within ten."""

AT_A_TIME: Final = 2
KEPT: Final = 32
"""Each has about 100 kB."""

_DRAW: Final = (
    f"import sys, {LIBRARY} as library; "
    f"sys.stdout.buffer.write(library.svg_to_bytes(svg_string=sys.stdin.buffer.read().decode(), zoom={TWICE}))"
)


def available() -> bool:
    """Whether the library is installed; it is not loaded."""
    return find_spec(LIBRARY) is not None


def draw(svg: str) -> bytes | None:
    """The picture as PNG, None when it cannot be drawn. Waits for a process: call it in a thread."""
    command = [sys.executable, "-I", "-c", _DRAW]
    try:
        done = subprocess.run(command, input=svg.encode(), capture_output=True, timeout=SECONDS, check=False)  # noqa: S603
    except (subprocess.TimeoutExpired, OSError) as error:
        log.warning("a picture was not drawn: %s", type(error).__name__)
        return None
    if done.returncode != 0:
        log.warning("a picture was not drawn: the library ended with %s", done.returncode)
        return None
    return done.stdout


def can_write() -> bool | None:
    """Whether letters are drawn, for which the machine needs a font; None when nothing can be drawn. Waits for a
    process: call it in a thread.
    """
    head = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20">'
    without = draw(f"{head}</svg>") if available() else None
    return None if without is None else draw(f'{head}<text y="15" font-family="{FONTS}">Ab</text></svg>') != without


class Pictures:
    """Draws the pictures of messages, and keeps the newest: the same command often shows the same."""

    def __init__(self) -> None:
        self._drawn: BoundedDict[bytes, bytes] = BoundedDict(KEPT)
        self._turns = asyncio.Semaphore(AT_A_TIME)

    async def of(self, message: Message) -> Mapping[str, bytes]:
        """The message's pictures by name, without those that could not be drawn in time."""
        wanted = [block for block in message.blocks if isinstance(block, Picture)]
        found: dict[str, bytes] = {}
        if not wanted or not available():
            return found
        try:
            async with asyncio.timeout(SECONDS), self._turns:
                for each in wanted:
                    key = sha256(each.svg.encode()).digest()
                    png = self._drawn.get(key) or await asyncio.to_thread(draw, each.svg)
                    if png is not None:
                        self._drawn[key] = found[each.name] = png
        except TimeoutError:
            log.info("a message goes without its picture: too many are being drawn")
        return found

"""Searches the history for a message that may have been posted, newest first, page by page; its progress survives a
failure.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Final

import discord

from cohort_bot.app.ports.platform import Reason, Refused, Search
from cohort_bot.app.words.alerts import marks_withheld
from cohort_bot.platforms.common.server_clock import ServerClock
from cohort_bot.platforms.discord import ids
from cohort_bot.platforms.discord.failures import UNKNOWN_MESSAGE

TranslateErrors = Callable[[], AbstractAsyncContextManager[None]]

PAGE: Final = 100
"""Messages a page: the most that Discord gives."""

WRITTEN: Final = {discord.MessageType.default, discord.MessageType.reply}
"""What people write; the others say that somebody was added to a thread, and the like."""


async def find(
    room: discord.PartialMessageable,
    me: int,
    search: Search,
    server: ServerClock,
    translate_errors: TranslateErrors,
    size: int = PAGE,
) -> discord.Message | None:
    """The message with the mark among those that `me` wrote. Each page is read inside `translate_errors`.

    Raises Refused or Unknown.
    """
    marks = ids.component_ids(search.mark)
    while not search.whole:
        first = str(int(search.newest) + 1) if search.newest else ""
        before = discord.Object(int(search.position or first)) if search.position or first else None
        async with translate_errors():
            page = [message async for message in room.history(limit=1 if first else size, before=before)]
        if search.since is None:
            search.since = server.now() - search.within
        for message in page:
            if message.created_at < search.since:
                search.whole = True
                break
            if message.author.id != me or not message.flags.components_v2:
                continue
            seen = numbers(message.components)
            if seen == marks:
                return message
            if seen == ids.NO_NUMBERS:
                raise Refused(Reason.NOT_ALLOWED, "the marks of our posts are withheld", cure=marks_withheld())
        search.pages += 1
        search.whole = search.whole or bool(first) or len(page) < size
        search.position = str(page[-1].id) if page else ""
    return None


async def deleted(room: discord.PartialMessageable, message: int, translate_errors: TranslateErrors) -> bool:
    """Whether Discord knows the channel and not the message."""
    async with translate_errors():
        try:
            await room.fetch_message(message)
        except discord.NotFound as error:
            if error.code != UNKNOWN_MESSAGE:
                raise
            return True
    return False


async def last_written(room: discord.PartialMessageable, me: int, since: datetime) -> datetime | None:
    """When a person last wrote, who is not `me`; None when nobody has since the instant."""
    async for message in room.history(limit=None):
        if message.created_at < since:
            return None
        if message.author.id != me and not message.author.bot and message.type in WRITTEN:
            return message.created_at
    return None


def numbers(components: Sequence[discord.Component]) -> ids.Numbers:
    """The numbers that encode the mark of a message."""
    for component in components:
        if isinstance(component, discord.Container):
            texts = (child.id for child in component.children if isinstance(child, discord.TextDisplay))
            return component.id, next(texts, None)
    return ids.NO_NUMBERS

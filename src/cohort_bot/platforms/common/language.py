"""What an adapter says before anything is dispatched is said in the person's language, too."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from cohort_bot.app.errors import PersonError
from cohort_bot.app.ports.platform import Speak
from cohort_bot.chat.place import Actor

T = TypeVar("T")


async def translated(translate: Callable[[], Awaitable[T]], actor: Actor, speak: Speak | None) -> T:
    """What `translate` returns. Its PersonError is raised in the language that the person reads, which is looked up
    only then.
    """
    try:
        return await translate()
    except PersonError:
        if speak is None:
            raise
        await speak(actor)
        return await translate()

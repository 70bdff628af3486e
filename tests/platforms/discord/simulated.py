"""The platform on simcord, a Discord that this project did not write; it stands in for the library's connection."""

import asyncio
from collections.abc import Callable

import simcord

from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.platform import Search, Unknown
from cohort_bot.chat.message import Message
from cohort_bot.chat.place import Place, Ref
from cohort_bot.platforms.discord.adapter import DiscordPlatform
from cohort_bot.platforms.discord.connection import Client


class SimulatedDiscord(DiscordPlatform):
    """Everything is the real platform but the log-in and the connection, which are simcord's."""

    env: simcord.Env

    def __init__(self, clock: Clock) -> None:
        super().__init__("simulated.token.only", clock)
        self.lose = 0
        """How many posts are made whose answer is then lost."""

    async def _log_in(self, client: Client) -> Client:
        up = asyncio.get_running_loop().create_future()
        self._over = asyncio.Event()
        self._simulation = asyncio.create_task(self._simulate(client, up))
        self.env = await up
        self._client = client
        return client

    async def _simulate(self, client: Client, up: "asyncio.Future[simcord.Env]") -> None:
        """simcord wants to end in the context in which it began; a test's fixture has two."""
        async with simcord.run(client, shard_count=1, check_errors=False) as env:
            up.set_result(env)
            await self._over.wait()

    async def _stay_connected(self, client: Client, new_client: Callable[[], Client]) -> None:
        await asyncio.Event().wait()

    async def send(self, place: Place, message: Message, mark: str, again: Search | None = None) -> Ref:
        ref = await super().send(place, message, mark, again)
        if self.lose:
            self.lose -= 1
            raise Unknown("the answer was lost")
        return ref

    async def stop(self, grace: float) -> None:
        started = self._client is not None
        if self._answers is not None:
            await self._answers.stop(grace)
        if started:
            self._over.set()
            await self._simulation
        await super().stop(0)

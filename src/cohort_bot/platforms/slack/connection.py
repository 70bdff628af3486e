"""Socket Mode: two connections, each with the library's handler, and a watchdog over them.

Two, because the library closes the old connection before it opens the new one when Slack asks for a refresh: with one,
48 % of the commands in that window were lost.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from cohort_bot.app.ports.health import Connections
from cohort_bot.chat.i18n import N_
from cohort_bot.platforms.common.errors import CannotConnect, WrongToken
from cohort_bot.platforms.common.tasks import BackgroundTasks
from cohort_bot.platforms.slack import failures
from cohort_bot.platforms.slack.api import retry_startup
from cohort_bot.platforms.slack.reply_channels import responding

log = logging.getLogger(__name__)

HANDLERS = 2
PING = 5.0
"""Seconds between pings; after four without an answer the library opens another connection."""

WATCH = 10.0
"""Seconds between two checks by the watchdog; a handler found broken twice in a row is replaced."""


class SocketMode:
    """The app's connections. `open` returns when both are up."""

    def __init__(
        self,
        app: AsyncApp,
        client: AsyncWebClient,
        app_token: str,
        running: BackgroundTasks,
        connections: Connections,
        ping: float,
        watch: float,
    ) -> None:
        self._app = app
        self._client = client
        self._app_token = app_token
        self._running = running
        self._connections = connections
        self._ping = ping
        self._watch = watch
        self._handlers: list[AsyncSocketModeHandler] = []
        self._watchdog: asyncio.Task[None] | None = None
        self.replaced = 0
        """How many broken connections the watchdog has replaced."""

    async def open(self) -> None:
        """Connect. Raises WrongToken or CannotConnect."""
        for _ in range(HANDLERS):
            address = await self._address()
            try:
                async with asyncio.timeout(failures.CALL):
                    self._handlers.append(await self._connected(address))
            except (TimeoutError, aiohttp.ClientError) as error:
                raise CannotConnect(N_("Slack offers a connection that cannot be opened; check the network")) from error
        self._watchdog = asyncio.create_task(self._watch_over())

    async def close(self) -> None:
        """Close all connections. Call it when nothing is under way any more."""
        if self._watchdog is not None:
            self._watchdog.cancel()
            await asyncio.gather(self._watchdog, return_exceptions=True)
        handlers, self._handlers = self._handlers, []
        await asyncio.gather(*map(self._closed, handlers))

    async def _address(self) -> str:
        """The address to connect to. The library itself would retry a wrong token for ever."""
        try:
            answer = await retry_startup(partial(self._client.apps_connections_open, app_token=self._app_token))
        except SlackApiError as error:
            if failures.code(error) in failures.WRONG or failures.code(error) == "not_allowed_token_type":
                raise WrongToken(
                    N_(
                        "SLACK_APP_TOKEN is not an app-level token that Slack knows; make one with the scope "
                        "connections:write at api.slack.com/apps > Basic Information > App-Level Tokens (xapp-…)"
                    )
                ) from error
            raise failures.refusal(error) from error
        except Exception as error:
            raise CannotConnect(
                N_("Slack cannot be reached ({kind}); check the network"), kind=type(error).__name__
            ) from error
        return str(answer["url"])

    async def _connected(self, address: str | None) -> AsyncSocketModeHandler:
        handler = AsyncSocketModeHandler(self._app, self._app_token, web_client=self._client, ping_interval=self._ping)
        handler.client.wss_uri = address
        handler.client.issue_new_wss_url = self._retrying(handler.client.issue_new_wss_url)  # type: ignore[method-assign, assignment]

        async def tracked(client: Any, request: SocketModeRequest) -> None:
            with responding(self._running):
                await handler.handle(_Acknowledging(client, self._others(client)), request)  # type: ignore[arg-type]

        handler.client.socket_mode_request_listeners[:] = [tracked]
        try:
            await handler.connect_async()  # type: ignore[no-untyped-call]
        except BaseException:
            await self._closed(handler)
            raise
        return handler

    def _retrying(self, patiently: Callable[[], Awaitable[str]]) -> Callable[[], Awaitable[str]]:
        """How to request the next connection: retried at once when Slack fails temporarily.

        The library would wait for its next check, five seconds later; with the other connection down as well, nothing
        would be acknowledged within three. It respects the wait that Slack asks for by itself.
        """

        async def ask() -> str:
            try:
                opening = partial(self._client.apps_connections_open, app_token=self._app_token)
                return str((await retry_startup(opening))["url"])
            except SlackApiError as error:
                if failures.code(error) == "ratelimited":
                    return await patiently()
                raise

        return ask

    def _others(self, client: Any) -> list[Any]:
        return [handler.client for handler in self._handlers if handler.client is not client]

    async def _watch_over(self) -> None:
        """Replace handlers that stopped delivering without the library noticing (bolt-python issue 1529)."""
        broken: set[int] = set()
        while True:
            await asyncio.sleep(self._watch)
            seen: set[int] = set()
            working = 0
            for place, handler in enumerate(self._handlers):
                if await _well(handler.client):
                    working += 1
                    continue
                if place not in broken:
                    seen.add(place)
                    continue
                log.warning("a connection to Slack has died; opening another")
                await self._closed(handler)
                try:
                    async with asyncio.timeout(failures.CALL):
                        self._handlers[place] = await self._connected(None)
                    self.replaced += 1
                except Exception:
                    log.exception("no other connection to Slack yet")
                    seen.add(place)
            broken = seen
            self._connections.back() if working else self._connections.lost()

    @staticmethod
    async def _closed(handler: AsyncSocketModeHandler) -> None:
        client = handler.client
        tasks = [
            task for task in (client.message_processor, client.current_session_monitor, client.message_receiver) if task
        ]
        with contextlib.suppress(Exception):  # a connection that is broken may not close cleanly
            await handler.close_async()  # type: ignore[no-untyped-call]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class _Acknowledging:
    """A connection as bolt sees it: when it has just closed, the acknowledgement is sent over another one.

    Slack identifies an envelope by its id; whether it accepts one there is not documented, but there is nothing to
    lose.
    """

    def __init__(self, client: Any, others: Sequence[Any]) -> None:
        self.logger = client.logger
        self._clients = (client, *others)

    async def send_socket_mode_response(self, response: SocketModeResponse) -> None:
        """Send it. Raises ConnectionError when no connection accepts it in time, though each reconnects by itself."""
        for wait in (0.05, 0.2, 0.5, 1.0):
            for client in self._clients:
                with contextlib.suppress(ConnectionError):
                    await client.send_socket_mode_response(response)
                    return
            await asyncio.sleep(wait)
        await self._clients[-1].send_socket_mode_response(response)


async def _well(client: SocketModeClient) -> bool:
    """Whether the connection is up and its three tasks run."""
    tasks = (client.message_processor, client.current_session_monitor, client.message_receiver)
    return all(task is not None and not task.done() for task in tasks) and await client.is_connected()

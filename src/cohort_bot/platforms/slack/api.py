"""Calls of Slack's Web API: one session, no retries by the library, every failure raised as Refused or Unknown."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient

from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.platform import CannotDownload, Reason, Refused, Unknown
from cohort_bot.chat.message import File
from cohort_bot.platforms.common.errors import CannotRender, retry_after
from cohort_bot.platforms.common.files import fetch, sent_file
from cohort_bot.platforms.common.server_clock import Observe, ServerClock
from cohort_bot.platforms.slack.failures import CALL, SERVER_ERROR, TOO_MANY, translate_errors
from cohort_bot.platforms.slack.text import Json

T = TypeVar("T")

Tokens = Callable[[str], Awaitable[str | None]]
"""team id -> its bot token, None where the app is not installed (any more)."""

FILE_SERVER = "files.slack.com"

AGAIN = (0.1, 0.4, 1.0)
"""Seconds between attempts while a person waits: they end before a form's trigger expires, after three seconds."""

LONGER = (1.0, 3.0)
"""Seconds between further attempts for a message, which has no trigger: one that comes late is better than none."""


async def retry(call: Callable[[], Awaitable[T]], done: str = "", *, longer: bool = False) -> T | None:
    """Retry after temporary failures; `longer` where nothing expires meanwhile.

    Only for reads, and for messages to a single person: twice is better there than not at all. `done` is Slack's error
    code that shows that an earlier attempt succeeded. Raises Refused or Unknown.
    """
    doubtful, waits = False, (*AGAIN, *(LONGER if longer else ()))
    for wait in (*waits, None):
        after = 0.0
        try:
            return await call()
        except Unknown as unknown:
            doubtful = True
            if wait is None or isinstance(unknown.__cause__, TimeoutError):
                raise  # after a time-out nobody waits any more
        except Refused as refused:
            if doubtful and done and refused.detail.startswith(done):
                return None
            after = refused.retry_after or 0.0
            if wait is None or refused.reason is not Reason.BUSY or after > max(waits, default=0.0):
                raise
        await asyncio.sleep(max(wait, after))
    return None


async def retry_startup(call: Callable[[], Awaitable[T]]) -> T:
    """The answer of a call that the start depends on, retried. Raises what the library raises."""

    async def asked() -> T:
        async with translate_errors():
            return await call()

    try:
        return cast("T", await retry(asked))
    except (Refused, Unknown) as error:
        raise error.__cause__ or error from None


class Api:
    """Slack's methods for one app in any number of workspaces; `open` it in the event loop that uses it.

    `server` is Slack's clock, read from its answers.
    """

    def __init__(self, api_url: str, tokens: Tokens, clock: Clock, observe: Observe | None = None) -> None:
        self.elapsed = clock.elapsed
        self.server = ServerClock(clock, observe)
        # The library's own retry handler posts twice when only the answer was lost; the ledger looks instead.
        self.client = AsyncWebClient(retry_handlers=[], timeout=int(CALL))
        if api_url:
            self.client.base_url = api_url if api_url.endswith("/") else f"{api_url}/"
        self._tokens = tokens
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        """Create the session that all calls share; without it the library creates one for each call."""
        timeout, traces = aiohttp.ClientTimeout(total=CALL), [self.server.trace()]
        self._session = aiohttp.ClientSession(timeout=timeout, trace_configs=traces)
        self.client.session = self._session

    async def close(self) -> None:
        """Close its connections."""
        if self._session is not None:
            await self._session.close()
        self.client.session = self._session = None

    async def call(self, team: str, method: str, **arguments: Any) -> Mapping[str, Any]:
        """The answer of a method. Raises Refused or Unknown."""
        token = await self._token(team)
        async with translate_errors():
            return _body(await self.client.api_call(method, json={"token": token, **_given(arguments)}))

    async def read(self, team: str, method: str, **arguments: Any) -> Mapping[str, Any]:
        """The same for methods that take no JSON: those that only read (Slack, Web API basics)."""
        token = await self._token(team)
        async with translate_errors():
            params = {"token": token, **_given(arguments)}
            return _body(await self.client.api_call(method, http_verb="GET", params=params))

    async def upload(self, team: str, channel: str, files: Sequence[File]) -> None:
        """Upload files to a conversation, in Slack's three steps. Raises Refused or Unknown."""
        token = await self._token(team)
        async with translate_errors():
            uploads = [{"filename": file.name, "title": file.name, "content": file.content} for file in files]
            await self.client.files_upload_v2(token=token, channel=channel, file_uploads=uploads)

    async def download(self, team: str, file: str, most: int) -> tuple[str, bytes]:
        """A file's name and content; Slack's servers alone are shown the token. Raises CannotDownload."""
        try:
            token = await self._token(team)
        except Refused as refused:
            raise CannotDownload(refused.detail) from refused
        hosts = {FILE_SERVER, urlsplit(self.client.base_url).netloc} - {urlsplit(AsyncWebClient.BASE_URL).netloc}
        return await fetch(sent_file(file), most, hosts, {"Authorization": f"Bearer {token}"})

    async def respond(self, url: str, body: Json) -> None:
        """Send a private answer to a response_url. Raises Refused or Unknown."""
        async with translate_errors():
            if self._session is None:
                raise CannotRender("there is no connection any more")
            webhook = AsyncWebhookClient(url, proxy=self.client.proxy, session=self._session, retry_handlers=[])
            response = await webhook.send_dict(body)
        status = response.status_code
        if status >= SERVER_ERROR:
            raise Unknown(f"response_url: HTTP {status}")
        if status == TOO_MANY:
            raise Refused(Reason.BUSY, "response_url: rate limited", retry_after(response.headers))
        if status >= 400:  # noqa: PLR2004 - where HTTP's errors begin
            raise Refused(Reason.INVALID, f"response_url: HTTP {status}")

    async def _token(self, team: str) -> str:
        token = await self._tokens(team)
        if token is None:
            raise Refused(Reason.REVOKED, f"the app is not installed in the workspace {team}")
        return token


def _given(arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    return {key: value for key, value in arguments.items() if value is not None}


def _body(response: AsyncSlackResponse) -> Mapping[str, Any]:
    return response.data if isinstance(response.data, dict) else {}

"""Files that people send with a form: how a form's value names one, and how it is fetched within a limit."""

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Final
from urllib.parse import urlsplit

import aiohttp

from cohort_bot.app.ports.platform import CannotDownload

TIMEOUT: Final = aiohttp.ClientTimeout(total=30, sock_connect=5)
_CHUNK: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file as its platform describes it; `size` is in bytes."""

    name: str
    url: str
    size: int = 0

    def value(self) -> str:
        """The value of the form's field."""
        return json.dumps(asdict(self))


def sent_file(value: str) -> SentFile:
    """The file that a field's value names. Raises CannotDownload."""
    try:
        return SentFile(**json.loads(value))
    except (TypeError, ValueError) as error:
        raise CannotDownload("no value of a file") from error


async def fetch(
    file: SentFile, most: int, hosts: Collection[str], headers: Mapping[str, str] | None = None
) -> tuple[str, bytes]:
    """Its name and content, from one of these hosts (host, or host:port) and no other. Raises CannotDownload."""
    if file.size > most:
        raise CannotDownload("too large", too_large=True)
    address = urlsplit(file.url)
    if address.netloc not in hosts:
        raise CannotDownload(f"a file at {address.hostname} is not fetched")
    try:
        async with (
            aiohttp.ClientSession(timeout=TIMEOUT, headers=headers) as session,
            session.get(file.url, allow_redirects=False) as response,
        ):
            if response.status != 200:  # noqa: PLR2004 - OK
                raise CannotDownload(f"HTTP {response.status}")
            if response.content_type == "text/html":  # Slack's page to log in, for a token that may not read it
                raise CannotDownload("a page in place of the file: is the scope files:read missing?")
            content = bytearray()
            async for chunk in response.content.iter_chunked(_CHUNK):
                content += chunk
                if len(content) > most:
                    raise CannotDownload("too large", too_large=True)
    except (aiohttp.ClientError, TimeoutError) as error:
        raise CannotDownload(type(error).__name__) from error
    return file.name, bytes(content)

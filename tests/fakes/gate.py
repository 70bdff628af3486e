"""An address that can be away: it refuses connections, answers 503, or hands on to a server."""

import asyncio
import contextlib
import socket
from typing import Literal, Self
from urllib.parse import urlsplit

UNAVAILABLE = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Gate:
    """Stands before a server. Nothing listens until it is told to `answer`."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.tried = asyncio.Event()
        """Set by each connection."""
        self._to = ("", 0)
        self._how: Literal["503", "well"] = "503"
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def before(self, address: str) -> str:
        """The address of the server behind it, as seen from before it."""
        parts = urlsplit(address)
        self._to = parts.hostname or "", parts.port or 0
        return parts._replace(netloc=f"127.0.0.1:{self.port}").geturl()

    async def answer(self, how: Literal["503", "well"]) -> None:
        """Listen from now on."""
        self._how = how
        self.tried.clear()
        if self._server is None:
            self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.tried.set()
        with contextlib.suppress(OSError):
            if self._how == "503":
                await reader.readuntil(b"\r\n\r\n")
                writer.write(UNAVAILABLE)
                await writer.drain()
            else:
                there, onwards = await asyncio.open_connection(*self._to)
                pipes = [asyncio.create_task(_pipe(reader, onwards)), asyncio.create_task(_pipe(there, writer))]
                self._tasks.update(pipes)
                await asyncio.gather(*pipes, return_exceptions=True)
        writer.close()


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()

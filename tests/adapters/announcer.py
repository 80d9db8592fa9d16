"""A local web server that plays the places that announce papers, the well-behaved and the hostile."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from adapters.sources.fetch import Fetcher
from tests.fakes import Clock

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


def answer(body: bytes | str = b"", status: str = "200 OK", *, length: bool = True, **headers: str) -> bytes:
    """An answer of HTTP as bytes."""
    content = body.encode() if isinstance(body, str) else body
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    if length:
        told["Content-Length"] = str(len(content))
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + content


@dataclass
class Announcer:
    """What it answers, by path, and what it was asked."""

    port: int = 0
    answers: dict[str, bytes | Answer] = field(default_factory=dict)
    asked: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    connections: list[tuple[str, int]] = field(default_factory=list)  # what the guard let through

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    def paths(self) -> list[str]:
        """What it was asked, in order."""
        return [path for path, _ in self.asked]

    def allowed(self, address: str, port: int) -> bool:
        """Only this server may be asked."""
        fine = (address, port) == ("127.0.0.1", self.port)
        if fine:
            self.connections.append((address, port))
        return fine

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request as told, and hang up."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            line, *rest = head.strip().split("\r\n")
            path = line.split(" ")[1]
            self.asked.append((path, dict(part.split(": ", 1) for part in rest)))
            said = (
                self.answers.get(path)
                or self.answers.get(path.partition("?")[0])
                or answer("", "404 Not Found")
            )
            if isinstance(said, bytes):
                writer.write(said)
                await writer.drain()
            else:
                await said(writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def an_announcer() -> AsyncIterator[Announcer]:
    """A server on a port of its own."""
    place = Announcer()
    server = await asyncio.start_server(place.serve, "127.0.0.1", 0)
    place.port = server.sockets[0].getsockname()[1]
    try:
        yield place
    finally:
        server.close()


@asynccontextmanager
async def a_fetcher(place: Announcer) -> AsyncIterator[Fetcher]:
    """A fetcher that may ask nobody but *place*."""
    async with Fetcher(Clock(), "ops@example.org", allowed=place.allowed) as fetcher:
        yield fetcher


async def trickle(writer: asyncio.StreamWriter) -> None:
    """A byte now and then, for ever."""
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


async def silence(_writer: asyncio.StreamWriter) -> None:
    """Nothing, for ever."""
    await asyncio.Event().wait()


def bomb(megabytes: int) -> bytes:
    """So much of nothing, packed."""
    return gzip.compress(b"\0" * megabytes * 1_000_000)

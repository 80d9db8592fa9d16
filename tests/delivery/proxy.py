"""A line between two programs that can be cut, hushed and mended."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

AT_ONCE: Final = struct.pack("ii", 1, 0)  # closed so, a connection is reset


class Proxy:
    """Carries what is said, both ways, to a port or to a socket in the file system."""

    def __init__(self, far: int | Path) -> None:
        self.far, self.port = far, 0
        self._open = asyncio.Event()
        self._open.set()
        self._refuses = False
        self._near = set[asyncio.StreamWriter]()

    def cut(self) -> None:
        """Reset every connection, and each one to come."""
        self._refuses = True
        for writer in tuple(self._near):
            reset(writer)

    def hush(self) -> None:
        """Carry nothing; nobody is told."""
        self._open.clear()

    def mend(self) -> None:
        """Carry everything again, also what was said meanwhile."""
        self._refuses = False
        self._open.set()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection until either side ends it."""
        if self._refuses:
            reset(writer)
            return
        self._near.add(writer)
        with contextlib.suppress(OSError):
            there, away = await self._reached()
            async with asyncio.TaskGroup() as ways:
                ways.create_task(self._one_way(reader, away))
                ways.create_task(self._one_way(there, writer))
        self._near.discard(writer)

    async def _reached(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self.far, Path):
            return await asyncio.open_unix_connection(self.far)
        return await asyncio.open_connection("127.0.0.1", self.far)

    async def _one_way(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while said := await reader.read(65_536):
                await self._open.wait()
                writer.write(said)
                await writer.drain()
        writer.close()


def reset(writer: asyncio.StreamWriter) -> None:
    """End a connection as a network does that lost it."""
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
    writer.transport.abort()


@contextlib.asynccontextmanager
async def proxy(far: int | Path) -> AsyncIterator[Proxy]:
    """A proxy to *far*, at a port of its own."""
    here = Proxy(far)
    server = await asyncio.start_server(here.carry, "127.0.0.1", 0)
    here.port = server.sockets[0].getsockname()[1]
    async with server:
        yield here
        here.cut()
